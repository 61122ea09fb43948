//! Results as JSON.

use serde::Serialize;

use super::super::escape;

/// A value over several lines, with a newline at its end.
pub(super) fn pretty(value: &impl Serialize) -> String {
    // Structs of texts, numbers and lists always serialize.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}

/// A value on one line, with a newline at its end.
pub(super) fn line(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}
