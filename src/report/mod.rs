//! Results on their way out: diagnostics in each of their formats, and the
//! manifests of a conversion.
//!
//! In: diagnostics and the sources that they point into. Out: text, in which no
//! secret and no control character of the input is left. Nothing here writes to
//! a stream.

mod alike;
pub mod check;
pub mod decision;
pub mod diff;

mod escape;
mod excerpt;
mod fold;
mod github;
mod html;
mod human;
mod json;
mod junit;
pub mod manifests;
mod markdown;
pub mod observations;
mod order;
mod page;
mod paint;
pub mod plan;
mod redact;
pub mod rewrite;
mod sarif;
mod summary;
pub mod verify;
pub mod wrap;

#[cfg(test)]
mod secrets_tests;
#[cfg(test)]
mod testing;

use crate::diagnostic::Diagnostic;
use crate::manifest::Sources;

pub(crate) use escape::visible;
pub use redact::Redactor;
pub use summary::Summary;

/// A format of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people, with the places in the input.
    Human(Style),
    /// One JSON object a line.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// One SARIF 2.1.0 log.
    Sarif,
}

/// How text for people looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether it is coloured.
    pub color: bool,
    /// Whether it may have characters beyond ASCII of its own.
    pub unicode: bool,
    /// How many columns a line may have.
    pub width: usize,
    /// Whether notes are shown with their places, too.
    pub verbose: bool,
}

/// Diagnostics in a format, ordered by source, position and code.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, format: &Format) -> String {
    let redactor =
        if diagnostics.is_empty() { Redactor::default() } else { Redactor::new(sources) };
    let shown = diagnostics.iter().map(|diagnostic| redactor.diagnostic(diagnostic, sources));
    let mut shown: Vec<Diagnostic> = shown.collect();
    order::sort(&mut shown);
    match format {
        Format::Human(style) => {
            escape::without_commands(human::render(&shown, sources, &redactor, style))
        }
        Format::Json => json::render(&shown, sources),
        Format::Github => github::render(&shown, sources),
        Format::Sarif => sarif::render(&shown, sources),
    }
}

/// A JSON value over several lines, in which no unsafe character is left.
pub fn json_text(value: &serde_json::Value) -> String {
    // A value is always JSON.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}

/// `a, b, c and 1997 more`.
fn named(names: &[String], shown: usize) -> String {
    let mut text = names.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > shown {
        text.push_str(&format!(" and {} more", names.len() - shown));
    }
    text
}
