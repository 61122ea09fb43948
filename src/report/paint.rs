//! Colours, each of which means one thing.

use std::borrow::Cow;

use super::Style;

/// What a colour says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It is so, or it is added: green.
    Good,
    /// It differs, or it is taken away: red.
    Bad,
    /// Nobody knows: yellow.
    Open,
    /// By the way: cyan.
    Aside,
}

impl Tone {
    /// The parameter of the SGR sequence (ECMA-48, section 8.3.117).
    const fn code(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Bad => "31",
            Self::Open => "33",
            Self::Aside => "36",
        }
    }
}

/// The text in its colour, where colours are wanted.
pub(super) fn paint<'t>(text: &'t str, tone: Tone, style: &Style) -> Cow<'t, str> {
    if style.color {
        Cow::Owned(format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()))
    } else {
        Cow::Borrowed(text)
    }
}

/// A line of a unified diff, coloured by what it says.
pub(super) fn diff_line<'t>(line: &'t str, style: &Style) -> Cow<'t, str> {
    match line.as_bytes().first() {
        Some(b'+') => paint(line, Tone::Good, style),
        Some(b'-') => paint(line, Tone::Bad, style),
        Some(b'@') => paint(line, Tone::Aside, style),
        _ => Cow::Borrowed(line),
    }
}
