//! Bracketed classes, and classes by Unicode property.

use std::fmt::Write as _;

use super::RegexError;
use super::escape::perl_class;
use super::parse::Parser;

/// The names of `[[:name:]]`; `[[:^name:]]` is the rest.
const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Unicode's general categories under the names that Go has.
const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
    "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So",
    "Z", "Zl", "Zp", "Zs",
];

/// Scripts whose full names have four letters; other names of four letters are codes,
/// which Go does not know.
const FOUR_LETTER_SCRIPTS: &[&str] =
    &["Ahom", "Cham", "Kawi", "Lisu", "Miao", "Modi", "Newa", "Thai", "Toto"];

impl Parser<'_> {
    /// `[…]`, written with nothing in it that the other side would read otherwise.
    pub(super) fn class(&mut self) -> Result<String, RegexError> {
        self.next();
        let mut written = String::from("[");
        if self.eat("^") {
            written.push('^');
        }
        let mut first = true;
        while first || self.peek() != Some(']') {
            if self.peek().is_none() {
                return Err(RegexError::MissingBracket);
            }
            first = false;
            if let Some(class) = self.posix_class()? {
                written.push_str(&class);
            } else if let Some(class) = self.unicode_class()? {
                let _ = write!(written, "[{class}]");
            } else if let Some(class) = self.perl_class_in_brackets() {
                written.push_str(class);
            } else {
                self.range(&mut written)?;
            }
        }
        self.next();
        written.push(']');
        Ok(written)
    }

    fn perl_class_in_brackets(&mut self) -> Option<&'static str> {
        let letter = self.rest.strip_prefix('\\')?.chars().next()?;
        let class = perl_class(letter)?;
        self.skip(2);
        Some(class)
    }

    fn posix_class(&mut self) -> Result<Option<String>, RegexError> {
        let Some((name, rest)) = self.rest.strip_prefix("[:").and_then(|t| t.split_once(":]"))
        else {
            return Ok(None);
        };
        if !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(RegexError::CharacterRange);
        }
        self.rest = rest;
        Ok(Some(format!("[:{name}:]")))
    }

    fn range(&mut self, written: &mut String) -> Result<(), RegexError> {
        let low = self.class_character()?;
        let is_range =
            self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest != "-";
        let high = if is_range {
            self.next();
            self.class_character()?
        } else {
            low
        };
        if high < low {
            return Err(RegexError::CharacterRange);
        }
        let _ = write!(written, "\\x{{{:x}}}-\\x{{{:x}}}", u32::from(low), u32::from(high));
        Ok(())
    }

    fn class_character(&mut self) -> Result<char, RegexError> {
        if self.peek() == Some('\\') {
            return self.escaped_character();
        }
        self.next().ok_or(RegexError::MissingBracket)
    }

    /// `\pN`, `\p{Greek}`, `\P{^Lu}`.
    pub(super) fn unicode_class(&mut self) -> Result<Option<String>, RegexError> {
        let negated = if self.rest.starts_with("\\p") {
            false
        } else if self.rest.starts_with("\\P") {
            true
        } else {
            return Ok(None);
        };
        self.skip(2);
        let name: String = if self.eat("{") {
            let (name, rest) = self.rest.split_once('}').ok_or(RegexError::CharacterRange)?;
            self.rest = rest;
            name.to_owned()
        } else {
            self.next().ok_or(RegexError::CharacterRange)?.to_string()
        };
        let (negated, name) = match name.strip_prefix('^') {
            Some(name) => (!negated, name),
            None => (negated, name.as_str()),
        };
        let property = property(name).ok_or(RegexError::CharacterRange)?;
        let letter = if negated { 'P' } else { 'p' };
        Ok(Some(format!("\\{letter}{{{property}}}")))
    }
}

/// The property as the other side names it, if Go knows it.
fn property(name: &str) -> Option<String> {
    if name == "Any" {
        return Some(name.to_owned());
    }
    if CATEGORIES.contains(&name) {
        return Some(format!("gc={name}"));
    }
    let capitalised = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let known = name.split('_').all(capitalised)
        && (name.len() != 4 || FOUR_LETTER_SCRIPTS.contains(&name))
        && regex_syntax::parse(&format!("\\p{{sc={name}}}")).is_ok();
    known.then(|| format!("sc={name}"))
}
