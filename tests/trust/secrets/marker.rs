//! What is planted, and how it is found again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// What every marker holds, however the rest of it is escaped.
const CORE: &str = "Zq7marker9Xw";
/// A marker that no format need escape.
pub(crate) const PLAIN: &str = "Zq7marker9Xw";
/// One that every format escapes in its own way.
pub(crate) const ODD: &str = "x<&>Zq7marker9Xw%\u{fc}";
/// A marker that is a number.
pub(crate) const NUMBER: &str = "739184620573918462";

/// The text with the marker for `@`, and its base64 for `%64%`.
pub(crate) fn plant(text: &str, marker: &str) -> String {
    text.replace("%64%", &BASE64.encode(marker)).replace('@', marker)
}

/// Whether the marker, in whatever form, stands in the text.
pub(crate) fn leaks(text: &str, marker: &str) -> bool {
    let core = if marker == NUMBER { NUMBER } else { CORE };
    if text.contains(core) || text.contains("Zq7\\u006darker9Xw") {
        return true;
    }
    // In base64, wherever it begins.
    (0..3).any(|before| {
        let encoded = BASE64.encode(format!("{}{core}", " ".repeat(before)));
        // Only what depends on the marker alone.
        let from = [0, 2, 3][before];
        let to = encoded.trim_end_matches('=').len() - 2;
        encoded.get(from..to).is_some_and(|part| text.contains(part))
    })
}

/// The text without what is in Secrets.
pub(crate) fn without_secrets(text: &str) -> String {
    if let Ok(mut list) = serde_json::from_str::<serde_json::Value>(text) {
        if let Some(items) = list["items"].as_array_mut() {
            items.retain(|item| item["kind"] != "Secret");
        }
        return list.to_string();
    }
    let documents = text.split("---\n");
    documents.filter(|document| !document.contains("\nkind: Secret\n")).collect()
}

#[test]
fn the_marker_is_found_in_every_form() {
    for marker in [PLAIN, ODD, NUMBER] {
        for form in ["@", "%64%", "a@b", "{\"a\":\"@\"}"] {
            assert!(leaks(&plant(form, marker), marker), "{form} {marker}");
        }
        for before in ["", "a", "ab"] {
            let within = BASE64.encode(format!("{before}{marker} and more"));
            assert!(leaks(&within, marker), "{marker} {before}");
        }
    }
    assert!(!leaks("nothing", PLAIN) && !leaks("bm90aGluZw==", PLAIN));
}
