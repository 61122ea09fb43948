//! Decisions one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::Style;
use super::super::escape::without_commands;
use super::super::html::Page;
use super::super::markdown::LIMIT;
use super::fact::{About, possibilities};
use super::summary::{self, wrapped};
use super::table::columns;
use super::{Format, html, json, markdown, yaml};
use crate::simulate::decision::Decision;

/// A history on its way out.
#[derive(Debug)]
pub struct History {
    format: Format,
    text: String,
    before: BTreeMap<About, BTreeSet<Option<String>>>,
    page: Page,
    /// Steps that found no room.
    left_out: usize,
}

#[derive(Serialize)]
struct Step<'a> {
    step: usize,
    name: Option<&'a str>,
    #[serde(flatten)]
    decision: &'a Decision,
}

impl Step<'_> {
    fn title(&self) -> String {
        match (self.step, self.name) {
            (0, _) => "Step 0, the start".to_owned(),
            (number, Some(name)) => format!("Step {number}: {name}"),
            (number, None) => format!("Step {number}"),
        }
    }
}

impl History {
    /// A history before its start.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            text: String::new(),
            before: BTreeMap::new(),
            page: Page::default(),
            left_out: 0,
        }
    }

    /// Adds the decision after a step; step 0 is the start.
    pub fn add(&mut self, step: usize, name: Option<&str>, decision: &Decision) {
        let line = Step { step, name, decision };
        let text = match self.format {
            Format::Json => json::line(&line),
            Format::Yaml => yaml::document(&line),
            Format::Table(style) => without_commands(self.account(&line, &style)),
            Format::Markdown => {
                let text = without_commands(self.markdown(&line));
                if self.left_out > 0 || self.text.len() + text.len() > LIMIT {
                    self.left_out += 1;
                    return;
                }
                text
            }
            Format::Html => {
                self.section(&line);
                return;
            }
        };
        self.text.push_str(&text);
    }

    /// The whole text.
    pub fn finish(self) -> String {
        match self.format {
            Format::Html => self.page.render(),
            _ if self.left_out > 0 => self.text + &markdown::more(self.left_out, "step", "steps"),
            _ => self.text,
        }
    }

    /// The same as Markdown.
    fn markdown(&mut self, step: &Step<'_>) -> String {
        let now = possibilities(step.decision);
        let before = std::mem::replace(&mut self.before, now);
        match step.step {
            0 => markdown::render(step.decision),
            _ => markdown::step(&step.title(), step.decision, changes(&before, &self.before)),
        }
    }

    /// The start in full, then a section for what each step changes.
    fn section(&mut self, step: &Step<'_>) {
        let now = possibilities(step.decision);
        let before = std::mem::replace(&mut self.before, now);
        if step.step == 0 {
            let said = "The picture and the list show the start; what each step changes comes \
                        after them.";
            self.page = html::page(step.decision, &[said.to_owned()]);
            html::of(step.decision, &mut self.page);
            return;
        }
        let body = html::step(step.decision) + &html::changes(changes(&before, &self.before));
        self.page.section(&format!("step-{}", step.step), &step.title(), body);
    }

    /// The start in full, then what each step changes.
    fn account(&mut self, step: &Step<'_>, style: &Style) -> String {
        let now = possibilities(step.decision);
        let before = std::mem::replace(&mut self.before, now);
        let title = step.title();
        if step.step == 0 {
            let rest = summary::render(step.decision, style);
            return format!("{}{rest}", wrapped(&title, style));
        }
        let mut text = format!("\n{}", wrapped(&title, style));
        if let Some(outcome) = step.decision.outcomes.first() {
            text.push_str(&wrapped(&summary::counts(outcome), style));
        }
        if !step.decision.deterministic {
            let count = summary::how_many(step.decision);
            text.push_str(&wrapped(&format!("This is 1 of {count} possible outcomes."), style));
        }
        let rows = changes(&before, &self.before);
        if rows.is_empty() {
            return text + &wrapped("Nothing changes.", style);
        }
        text + "\n" + &columns(["CHANGED", "WHAT", "BEFORE", "NOW"], rows, style)
    }
}

/// What is said otherwise than before, or for the first or the last time.
fn changes(
    before: &BTreeMap<About, BTreeSet<Option<String>>>,
    now: &BTreeMap<About, BTreeSet<Option<String>>>,
) -> Vec<[String; 4]> {
    let all: BTreeSet<&About> = before.keys().chain(now.keys()).collect();
    let changed = all.into_iter().filter(|about| before.get(about) != now.get(about));
    let value = |said: Option<&BTreeSet<Option<String>>>| match said {
        None => "-".to_owned(),
        Some(values) => {
            let texts = values.iter().map(|value| value.as_deref().unwrap_or("-"));
            texts.collect::<Vec<_>>().join("\nor ")
        }
    };
    changed
        .map(|about| {
            let (old, new) = (value(before.get(about)), value(now.get(about)));
            [about.room().to_owned(), about.text(), old, new]
        })
        .collect()
}
