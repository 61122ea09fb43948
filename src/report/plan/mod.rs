//! A runbook in each of its formats.

mod html;
mod json;
mod markdown;

use super::escape;
use crate::manifest::Sources;
use crate::plan::{Check, Plan, Task};
use crate::verify::Report;

/// How a runbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown, to be read and ticked off.
    Markdown,
    /// One JSON object.
    Json,
    /// One page that needs nothing else.
    Html,
}

/// Writes a runbook; a page shows the comparison that it rests on, too, where there is one,
/// with the lines of the input.
pub fn render(plan: &Plan, compared: Option<&Report>, sources: &Sources, format: Format) -> String {
    match format {
        Format::Markdown => escape::without_commands(markdown::render(plan)),
        Format::Json => json::render(plan),
        Format::Html => html::render(plan, compared, sources),
    }
}

/// Commands as they are typed, with what is waited for as comments between them.
fn commands(tasks: &[Task]) -> String {
    let mut text = String::new();
    for task in tasks {
        match task {
            Task::Do(action) => {
                for command in action.commands() {
                    text.push_str(&command);
                    text.push('\n');
                }
            }
            // It is asked, not waited for.
            Task::Await(check @ Check::Rights) => {
                text.push_str(&format!("# {}\n", check.sentence()));
                text.extend(check.command().map(|command| format!("{command}\n")));
            }
            Task::Await(check) => text.push_str(&format!("# Wait: {}\n", check.sentence())),
        }
    }
    text
}

/// What must hold, with what to type to look at it.
fn checks(checks: &[Check]) -> impl Iterator<Item = (String, Option<String>)> + '_ {
    checks.iter().map(|check| (check.sentence(), check.command()))
}

/// The heading of a step.
fn heading(index: usize, title: &str) -> String {
    format!("{}. {title}", index + 1)
}

/// How the scripts are run, in every format.
fn scripts(plan: &Plan) -> impl Iterator<Item = &'static str> {
    let has_back = plan.steps.iter().any(|step| !step.back.tasks.is_empty());
    std::iter::once(SCRIPTS).chain(has_back.then_some(BACK))
}

const SCRIPTS: &str = "`metallb2cilium plan --output-dir DIR` writes the files that the commands name and a script \
     for each step, `DIR/NN-….sh`. A script stops at the first check that does not hold, may be \
     run again, and asks before it moves anything, unless it is given `--yes`.";

const BACK: &str = "The way back from any step: the scripts `DIR/back-NN-….sh` of the steps that were done, the \
     last one first. `metallb2cilium plan --rollback snapshot.yaml` finds it from whatever the \
     cluster looks like.";
