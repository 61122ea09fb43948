//! Where quoted texts and flow collections end.

/// How many backslashes stand right before an offset.
fn backslashes(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// The quote at an offset: its character, and how many backslashes it has as
/// part of a text within a text.
pub(super) fn opening(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let depth = bytes.get(at..)?.iter().take_while(|byte| **byte == b'\\').count();
    match bytes.get(at + depth) {
        Some(quote @ b'"') => Some((*quote, depth)),
        Some(quote @ b'\'') if depth == 0 => Some((*quote, depth)),
        _ => None,
    }
}

/// Where a quoted text that opens at `at` ends, past its closing quote; the end
/// of the text where it is not closed.
pub(super) fn quoted_end(bytes: &[u8], at: usize, quote: u8, depth: usize) -> usize {
    let mut next = at + depth + 1;
    while let Some(found) = bytes.get(next..).and_then(|b| b.iter().position(|b| *b == quote)) {
        let end = next + found;
        next = end + 1;
        if quote == b'\'' {
            if bytes.get(next) == Some(&b'\'') {
                next += 1;
                continue;
            }
            return next;
        }
        // What the opening quote itself has does not count.
        let run = backslashes(&bytes[at + depth + 1..end], end - (at + depth + 1));
        let closes = match depth {
            0 => run.is_multiple_of(2),
            1 => run == 0 || ((run - 1) / 2).is_multiple_of(2),
            _ => run <= depth,
        };
        if closes {
            return next;
        }
    }
    bytes.len()
}

/// Where a flow collection that opens at `at` ends, past its closing bracket;
/// the end of the text where it is not closed.
pub(super) fn flow_end(bytes: &[u8], at: usize) -> usize {
    let mut open = 0_usize;
    let mut next = at;
    // A quote opens a text only where a value or a key may begin.
    let mut begins = true;
    while let Some(byte) = bytes.get(next) {
        if begins && let Some((quote, depth)) = opening(bytes, next) {
            next = quoted_end(bytes, next, quote, depth);
            begins = false;
            continue;
        }
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open -= 1,
            _ => {}
        }
        next += 1;
        if open == 0 {
            return next;
        }
        begins =
            matches!(byte, b'{' | b'[' | b',' | b':') || (begins && byte.is_ascii_whitespace());
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> &str {
        let (quote, depth) = opening(text.as_bytes(), 0).unwrap();
        &text[..quoted_end(text.as_bytes(), 0, quote, depth)]
    }

    #[test]
    fn quoted_texts_end_at_their_own_quote() {
        for (text, expected) in [
            (r#""a" b"#, r#""a""#),
            (r#""a\"b" c"#, r#""a\"b""#),
            (r#""a\\" c"#, r#""a\\""#),
            ("'a''b' c", "'a''b'"),
            (r#""open"#, r#""open"#),
            ("\"two\nlines\" x", "\"two\nlines\""),
            (r#"\"a\" b"#, r#"\"a\""#),
            (r#"\"a\\\"b\" c"#, r#"\"a\\\"b\""#),
            (r#"\"a\\\\\" c"#, r#"\"a\\\\\""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn flow_collections_end_at_their_own_bracket() {
        for (text, expected) in [
            ("{a: b} c", "{a: b}"),
            ("{a: {b: [c]}} d", "{a: {b: [c]}}"),
            (r#"{"a": "}"} b"#, r#"{"a": "}"}"#),
            ("{a: '}', b: c} d", "{a: '}', b: c}"),
            ("{a: don't, b: '}'} d", "{a: don't, b: '}'}"),
            (r#"{\"a\":\"}\"} b"#, r#"{\"a\":\"}\"}"#),
            ("{a: b", "{a: b"),
        ] {
            assert_eq!(&text[..flow_end(text.as_bytes(), 0)], expected);
        }
    }
}
