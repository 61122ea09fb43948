//! Decisions, histories and explanations in each of their formats.
//!
//! In: a [`Decision`], or what [`crate::simulate`] says about one. Out: text in which
//! no control character of the input is left.

mod difference;
mod explanation;
mod fact;
mod history;
mod html;
mod json;
mod markdown;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod yaml;

use super::{Style, escape};
use crate::simulate::decision::Decision;

pub use explanation::{Explained, ExplainedStep};
pub use history::History;

/// A format of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for people.
    Table(Style),
    /// The form of the golden scenarios.
    Json,
    /// The same in YAML.
    Yaml,
    /// Markdown, for a comment on a change.
    Markdown,
    /// One page that needs nothing else.
    Html,
}

/// One decision.
pub fn render(decision: &Decision, format: Format) -> String {
    match format {
        Format::Table(style) => escape::without_commands(summary::render(decision, &style)),
        Format::Json => json::pretty(decision),
        Format::Yaml => yaml::document(decision),
        Format::Markdown => escape::without_commands(markdown::render(decision)),
        Format::Html => html::render(decision),
    }
}
