//! Diagnostics for people.

use super::escape::visible;
use super::{Style, wrap};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, style: &Style) -> String {
    diagnostics
        .iter()
        .filter(|diagnostic| style.notes || diagnostic.severity != Severity::Note)
        .map(|diagnostic| compact(diagnostic, sources, style))
        .collect()
}

/// One short block: what, where, what to do.
fn compact(diagnostic: &Diagnostic, sources: &Sources, style: &Style) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Lossy(_) => "lossy",
        Severity::Note => "note",
    };
    let line = |text: &str| {
        let text = visible(text, style.unicode);
        wrap::indented(&text, style.width, "  ") + "\n"
    };
    let mut text = line(&format!("{severity}[{}]: {}", diagnostic.code, diagnostic.message));
    if let Some(label) = diagnostic.labels.first() {
        let (start, file) = (sources.start(label.span), &sources.get(label.span.source).name);
        text.push_str(&line(&format!("  {file}:{}:{}", start.line, start.column)));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&line(&format!("  help: {help}")));
    }
    text
}
