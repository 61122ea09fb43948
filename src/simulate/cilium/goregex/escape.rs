//! Escapes.

use super::RegexError;
use super::parse::{Node, Parser};

/// `\B`, of which there is one between the bytes of a character, too.
pub(super) const NO_BOUNDARY: &str = "(?-u:\\B)";

/// `\d`, `\s`, `\w`: ASCII only, and `\s` without the vertical tab.
pub(super) fn perl_class(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\x0C\r\x20]",
        'S' => r"[^\t\n\x0C\r\x20]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

impl Parser<'_> {
    /// An escape outside of brackets.
    pub(super) fn escaped(&mut self, nodes: &mut Vec<Node>) -> Result<(), RegexError> {
        let letter = self.rest.chars().nth(1).ok_or(RegexError::TrailingBackslash)?;
        let assertion = match letter {
            'A' => Some("\\A"),
            'z' => Some("\\z"),
            'b' => Some("(?-u:\\b)"),
            'B' => Some(NO_BOUNDARY),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.skip(2);
            nodes.push(Node::Leaf(assertion.to_owned()));
        } else if letter == 'Q' {
            self.skip(2);
            let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            for c in literal.chars() {
                nodes.push(self.literal(c));
            }
        } else if let Some(class) = perl_class(letter) {
            self.skip(2);
            nodes.push(self.leaf(class));
        } else if let Some(class) = self.unicode_class()? {
            nodes.push(self.leaf(&class));
        } else {
            let literal = self.escaped_character()?;
            nodes.push(self.literal(literal));
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    /// An escape that stands for one character.
    pub(super) fn escaped_character(&mut self) -> Result<char, RegexError> {
        self.next();
        let letter = self.next().ok_or(RegexError::TrailingBackslash)?;
        let octal = |c: char| ('0'..='7').contains(&c);
        Ok(match letter {
            // A single digit other than zero would be a back reference.
            '1'..='7' if !self.peek().is_some_and(octal) => return Err(RegexError::Escape),
            '0'..='7' => {
                let mut value = letter.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
                    value = value * 8 + digit;
                    self.next();
                }
                char::from_u32(value).ok_or(RegexError::Escape)?
            }
            'x' => self.hexadecimal()?,
            'a' => '\x07',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0B',
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
            _ => return Err(RegexError::Escape),
        })
    }

    /// `\xFF` or `\x{10FFFF}`.
    fn hexadecimal(&mut self) -> Result<char, RegexError> {
        let digits: String = if self.eat("{") {
            let (digits, rest) = self.rest.split_once('}').ok_or(RegexError::Escape)?;
            self.rest = rest;
            digits.to_owned()
        } else {
            let digits = self.rest.chars().take(2).collect::<String>();
            if digits.chars().count() < 2 {
                return Err(RegexError::Escape);
            }
            self.skip(2);
            digits
        };
        // A sign is no digit to Go.
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A surrogate is a rune to Go, but no text holds one: it matches nothing.
        let value = plain.then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
        match value {
            Some(0xD800..=0xDFFF) => Ok('\u{10FFFF}'),
            Some(value) => char::from_u32(value).ok_or(RegexError::Escape),
            None => Err(RegexError::Escape),
        }
    }
}
