//! Go's regular expressions: what is refused is refused, and what is taken means the
//! same written otherwise.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metallb2cilium::simulate::cilium::{GoRegex, RegexError};
use metallb2cilium_fuzz::repeatable::{GetRandom, getrandom};

/// The largest expression for which it holds that it is not too large.
const SMALL: usize = 40;

#[used]
static REPEATABLE: GetRandom = getrandom;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let Some((expression, text)) = split(bytes) else { return };
    if choice.is_multiple_of(16) {
        quoted(expression, text);
    }
    let regex = match GoRegex::new(expression) {
        Ok(regex) => regex,
        Err(error) => return refused(expression, error),
    };
    let found = regex.is_match(text);
    // What is set within the expression holds up to its end, but no further.
    let closed = if expression.contains("\\Q") { "\\E" } else { "" };
    let inner = format!("{expression}{closed}");
    if !closed.is_empty() && GoRegex::new(&inner).is_err() {
        return;
    }
    let (other, expected) = match choice % 8 {
        0 => (format!("(?:{inner})"), found),
        1 => (format!("({inner})"), found),
        2 => (format!("[^\\x00-\\x{{10FFFF}}]|(?:{inner})"), found),
        3 => (format!("(?s:.*)(?:{inner})"), found),
        4 => (format!("(?:{inner})(?:)"), found),
        5 => (format!("(?:{inner}){{1}}"), found),
        6 => (format!("(?:{inner})?"), true),
        _ => return common(expression, text, found),
    };
    match GoRegex::new(&other) {
        Ok(regex) => assert_eq!(regex.is_match(text), expected, "{other:?} on {text:?}"),
        Err(RegexError::TooLarge) => {}
        Err(error) => panic!("{other:?}: {error}"),
    }
});

/// The `regex` crate agrees where both read alike.
fn common(expression: &str, text: &str, found: bool) {
    if is_common(expression) {
        let theirs = regex::Regex::new(expression);
        let theirs = theirs.unwrap_or_else(|error| panic!("{expression:?}: {error}"));
        assert_eq!(theirs.is_match(text), found, "{expression:?} on {text:?}");
    }
}

/// The expression, and behind a line break what it is tried on.
fn split(bytes: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.split_once('\n').unwrap_or((text, "eth0")))
}

/// A literal text matches what holds it.
fn quoted(literal: &str, text: &str) {
    if !literal.contains("\\E") {
        let quoted = GoRegex::new(&format!("\\Q{literal}\\E")).expect("a text is an expression");
        assert_eq!(quoted.is_match(text), text.contains(literal), "{literal:?} in {text:?}");
        assert!(quoted.is_match(literal), "{literal:?}");
    }
    let escaped = GoRegex::new(&format!("^{}$", regex::escape(text)));
    assert!(escaped.expect("what is escaped is an expression").is_match(text), "{text:?}");
}

/// Why something is refused follows from what stands there.
fn refused(expression: &str, error: RegexError) {
    let reason = match error {
        RegexError::UnexpectedParenthesis => ")",
        RegexError::MissingParenthesis | RegexError::GroupName | RegexError::GroupFlags => "(",
        RegexError::MissingBracket => "[",
        RegexError::RepeatSize => "{",
        RegexError::Escape | RegexError::TrailingBackslash => "\\",
        RegexError::CharacterRange => "",
        RegexError::MissingRepeatArgument | RegexError::NestedRepetition => {
            assert!(expression.contains(['*', '+', '?', '{']), "{expression:?}: {error}");
            ""
        }
        RegexError::TooLarge => {
            let large = expression.len() > SMALL || expression.contains('{');
            assert!(large, "{expression:?}: {error}");
            ""
        }
    };
    assert!(expression.contains(reason), "{expression:?}: {error}");
    // Alone or in a group: it is refused.
    assert!(GoRegex::new(&format!("(?:{expression})")).is_err() || reason == ")");
}

/// Whether Go and the `regex` crate read the expression alike: letters, digits, dots,
/// anchors, alternatives, plain groups, and repetitions of one thing.
fn is_common(expression: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "|().^$*+?-_ ".contains(c);
    expression.chars().all(plain) && !expression.contains("(?")
}
