//! Diagnostics in every format: none may panic, whatever the input holds.

use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::Sources;
use metallb2cilium::report::{self, Format, Style};

/// Writes diagnostics in the format of that number, and holds that no control
/// character of the input is left, and that what is JSON is JSON.
pub fn write(diagnostics: &[Diagnostic], sources: &Sources, format: u8) {
    if diagnostics.is_empty() {
        return;
    }
    let width = 20 + usize::from(format) / 2;
    let style = Style { color: false, unicode: true, width, verbose: true };
    // A SARIF log lists every code there is: a thousand times slower than the others.
    let format = match (format, format % 3) {
        (255, _) => Format::Sarif,
        (_, 0) => Format::Human(style),
        (_, 1) => Format::Json,
        _ => Format::Github,
    };
    let text = report::render(diagnostics, sources, &format);
    let unsafe_character = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(unsafe_character, None, "{format:?}: {text:?}");
    match format {
        Format::Json => {
            for line in text.lines() {
                assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
            }
        }
        Format::Sarif => {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        }
        Format::Human(_) | Format::Github => {}
    }
}
