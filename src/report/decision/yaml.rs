//! Results as YAML.

use serde::Serialize;

use super::super::escape;
use super::json;

/// A value as a document of a stream.
pub(super) fn document(value: &impl Serialize) -> String {
    let text = serde_saphyr::to_string(value).unwrap_or_default();
    if text.chars().any(|character| character != '\n' && escape::is_unsafe(character)) {
        // JSON is YAML, and has an escape for every character.
        return format!("---\n{}", json::pretty(value));
    }
    format!("---\n{text}")
}
