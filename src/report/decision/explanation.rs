//! Why one Service gets what it gets.

use serde::Serialize;

use super::super::escape::{visible, without_commands};
use super::super::{Style, wrap};
use super::{Format, html, json, markdown, yaml};
use crate::simulate::decision::Engine;

/// The reasons for what one Service gets.
#[derive(Debug, Serialize)]
pub struct Explained<S> {
    /// Whose reasons.
    pub engine: Engine,
    /// The Service as `namespace/name`.
    pub service: String,
    /// The reasons, in the order in which the controller comes upon them.
    pub steps: Vec<ExplainedStep<S>>,
}

/// One reason.
#[derive(Debug, Serialize)]
pub struct ExplainedStep<S> {
    /// For people.
    pub text: String,
    /// For machines.
    #[serde(flatten)]
    pub step: S,
}

impl<S: Serialize> Explained<S> {
    /// The explanation in a format.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Json => json::pretty(self),
            Format::Yaml => yaml::document(self),
            Format::Table(style) => without_commands(self.text(&style)),
            Format::Markdown => {
                let steps = self.steps.iter().map(|step| step.text.clone());
                without_commands(markdown::explained(&self.service, steps))
            }
            Format::Html => {
                html::explained(&self.service, self.steps.iter().map(|step| step.text.clone()))
            }
        }
    }

    fn text(&self, style: &Style) -> String {
        let digits = self.steps.len().to_string().len();
        let mut text = format!("{}\n", visible(&self.service, style.unicode));
        for (number, step) in (1..).zip(&self.steps) {
            let line = format!("{number:>digits$}. {}", visible(&step.text, style.unicode));
            text.push_str(&wrap::indented(&line, style.width, &" ".repeat(digits + 2)));
            text.push('\n');
        }
        text
    }
}
