//! Keys and values as they stand in a text: their places, their quotes, their lines.

use std::ops::Range;

use crate::manifest::{Node, Span, Value, reads_as_text};

/// A place that cannot be edited so that all else stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotExact(pub(super) &'static str);

/// The bytes of a span.
pub(super) fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The header line of a block scalar.
pub(super) fn header(written: &str) -> &str {
    let line = written.lines().next().unwrap_or_default();
    line.split(" #").next().unwrap_or_default()
}

/// The line break of the line at an offset; of the text's first one, if that line
/// has none.
pub(super) fn line_break(text: &str, at: usize) -> &'static str {
    let newline = text[at..].find('\n').map(|newline| at + newline).or_else(|| text.find('\n'));
    match newline {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where the line of an offset starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The value behind a key that ends at `key_end`, as it is written.
pub(super) fn raw_value(
    text: &str,
    key_end: usize,
    value: &Node,
) -> Result<Range<usize>, NotExact> {
    const ODD: NotExact = NotExact("it is written in a way that is not edited");
    let behind = text.get(key_end..).ok_or(ODD)?;
    let colon = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    if !behind[colon..].starts_with(':') {
        return Err(ODD);
    }
    let after_colon = key_end + colon + 1;
    let rest = &text[after_colon..];
    let start = after_colon + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let span = bytes(value.span);
    let is_token_end = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']');
    match text[start..].chars().next() {
        Some('*') => {
            let length = text[start..].find(is_token_end).unwrap_or(text.len() - start);
            Ok(start..start + length)
        }
        Some('&' | '!') if span.start >= start => Ok(start..written_end(text, value)),
        _ if value.value == Value::Null
            && text.get(span.clone()).is_none_or(|t| t.trim().is_empty()) =>
        {
            Ok(after_colon..after_colon)
        }
        _ if span.start >= start => Ok(span.start..written_end(text, value)),
        _ => Err(ODD),
    }
}

/// Where a node ends that is written in its place: the last value of a block
/// collection may be null, and stand nowhere.
pub(super) fn written_end(text: &str, node: &Node) -> usize {
    let range = bytes(node.span);
    let Value::Map(entries) = &node.value else { return range.end };
    if text.get(range.clone()).is_none_or(|written| written.starts_with('{')) {
        return range.end;
    }
    let own = entries
        .iter()
        .filter(|(_, key, _)| range.start <= key.start as usize && key.end as usize <= range.end);
    let last = own.max_by_key(|(_, key, _)| key.start);
    let end = last.and_then(|(_, key, value)| raw_value(text, key.end as usize, value).ok());
    end.map_or(range.end, |raw| raw.end)
}

/// The quote that a scalar is written in.
pub(super) fn quote_of(written: &str) -> Option<char> {
    written.chars().next().filter(|c| matches!(c, '"' | '\''))
}

/// What a scalar on one line says, if it holds no escapes.
pub(super) fn unquoted(written: &str) -> Option<&str> {
    match quote_of(written) {
        Some(quote) => {
            let inner = written.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.contains(quote) && !inner.contains('\\')).then_some(inner)
        }
        None => Some(written),
    }
}

/// A text in quotes of that kind.
pub(super) fn quoted(text: &str, quote: Option<char>) -> String {
    match quote {
        Some('\'') => format!("'{}'", text.replace('\'', "''")),
        // A JSON string is a YAML one.
        Some(_) => serde_json::Value::String(text.to_owned()).to_string(),
        None => text.to_owned(),
    }
}

/// Whether a text may stand in a block mapping without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    let may_start = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_');
    let inner = |c: char| may_start(c) || matches!(c, '-' | ',' | ':' | '+' | '@');
    text.chars().next().is_some_and(may_start)
        && text.chars().all(inner)
        && !text.ends_with(':')
        && reads_as_text(text)
}
