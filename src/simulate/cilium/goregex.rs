//! Go's regular expressions (`regexp`, RE2 syntax), with which Cilium matches
//! interface names.
//!
//! The `regex` crate reads almost the same language, but not quite: there `\d`, `\w`,
//! `\s` and `\b` know Unicode, `[a&&b]`, `[a--b]`, `[a~~b]` and nested brackets are set
//! operations, `\<` is an anchor, and `\Q…\E` and a lone `{` are refused. So an
//! expression is parsed here by Go's rules and written out anew in a form that means
//! the same there.

use std::fmt;

mod class;
mod escape;
mod parse;

use escape::NO_BOUNDARY;
use parse::{Node, Parser};
use regex::bytes::{Regex, RegexBuilder};

/// How large a compiled expression may be; Go bounds the expression itself.
const SIZE_LIMIT: usize = 1 << 26;
/// How deep the rewritten expression may be nested: each level of Go's may become three.
const NEST_LIMIT: u32 = 1_000;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct GoRegex(Regex);

/// Why Go does not compile an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegexError {
    /// `)` without `(`.
    UnexpectedParenthesis,
    /// `(` without `)`.
    MissingParenthesis,
    /// `[` without `]`.
    MissingBracket,
    /// `*`, `+`, `?` or `{n}` with nothing before it.
    MissingRepeatArgument,
    /// A repetition of a repetition, such as `a**`.
    NestedRepetition,
    /// A repetition of more than 1000, or with its bounds reversed.
    RepeatSize,
    /// An escape that Go does not have.
    Escape,
    /// A lone `\` at the end.
    TrailingBackslash,
    /// A class or a range that Go does not have.
    CharacterRange,
    /// A name of a group that is none.
    GroupName,
    /// `(?` with something that Go does not have.
    GroupFlags,
    /// Too deep or too large.
    TooLarge,
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnexpectedParenthesis => "unexpected )",
            Self::MissingParenthesis => "missing closing )",
            Self::MissingBracket => "missing closing ]",
            Self::MissingRepeatArgument => "missing argument to repetition operator",
            Self::NestedRepetition => "invalid nested repetition operator",
            Self::RepeatSize => "invalid repeat count",
            Self::Escape => "invalid escape sequence",
            Self::TrailingBackslash => "trailing backslash at end of expression",
            Self::CharacterRange => "invalid character class range",
            Self::GroupName => "invalid named capture",
            Self::GroupFlags => "invalid or unsupported Perl syntax",
            Self::TooLarge => "expression nests too deeply or is too large",
        })
    }
}

impl std::error::Error for RegexError {}

impl GoRegex {
    /// Compiles an expression as `regexp.Compile` would.
    ///
    /// # Errors
    /// Why Go refuses it, or that it is deeper or larger than anybody's.
    pub fn new(expression: &str) -> Result<Self, RegexError> {
        let rewritten = rewrite(expression)?;
        RegexBuilder::new(&rewritten)
            .size_limit(SIZE_LIMIT)
            .nest_limit(NEST_LIMIT)
            .build()
            .map(Self)
            .map_err(|_| RegexError::TooLarge)
    }

    /// Whether it matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }
}

/// The expression as the `regex` crate reads it.
pub(crate) fn rewrite(expression: &str) -> Result<String, RegexError> {
    let node: Node = Parser::new(expression).parse()?;
    let mut written = String::new();
    node.write(&mut written);
    if written.contains(NO_BOUNDARY) {
        // Go looks between characters only: whole ones go before.
        written = format!("\\A(?s:.)*?(?:{written})");
    }
    Ok(written)
}

#[cfg(test)]
mod tests;
