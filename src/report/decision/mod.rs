//! Decisions in each of their formats.
//!
//! In: a [`Decision`]. Out: text in which no control character of the input is left.

mod json;
mod yaml;

use super::Style;
use crate::simulate::decision::Decision;

/// A format of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for people.
    Table(Style),
    /// The form of the golden scenarios.
    Json,
    /// The same in YAML.
    Yaml,
}

/// One decision.
pub fn render(decision: &Decision, format: Format) -> String {
    match format {
        Format::Table(_) => String::new(),
        Format::Json => json::pretty(decision),
        Format::Yaml => yaml::document(decision),
    }
}
