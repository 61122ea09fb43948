//! A runbook as Markdown: what is to be done is seen, what is long is folded away.

use super::{checks, commands, heading, scripts};
use crate::plan::{Plan, Step, WayBack};
use crate::report::markdown::{details, literal, prose};

/// Lines of a list that are seen at once.
const SEEN: usize = 12;
/// Lines of commands that are seen at once.
const LINES: usize = 24;
/// The whole runbook, however long: nobody should begin with half of one.
pub(super) fn render(plan: &Plan) -> String {
    let mut text = format!("# {}\n\n", literal(plan.title));
    for line in &plan.summary {
        text.push_str(&format!("{}\n", literal(line)));
    }
    text.push_str(&list("Before you start", plan.before.iter().map(|line| prose(line))));
    let accepted = plan.accepted.iter().map(|one| {
        let help = one.help.as_ref().map_or(String::new(), |help| format!(" ({})", prose(help)));
        format!("{}: {}{help}", one.code, prose(&one.message))
    });
    text.push_str(&list("Losses that were accepted", accepted));
    text.push_str(&list("Assumed", plan.assumptions.iter().map(|line| prose(line))));
    for (index, one) in plan.steps.iter().enumerate() {
        text.push_str(&step(index, one));
    }
    text.push_str("\n## The scripts\n");
    for line in scripts(plan) {
        text.push_str(&format!("\n{line}\n"));
    }
    text
}

/// A list below its title: what is beyond some lines is folded away.
fn list(title: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.map(|line| format!("- {line}\n")).collect();
    if lines.is_empty() {
        return String::new();
    }
    let (seen, more) = lines.split_at(lines.len().min(SEEN));
    let mut text = format!("\n## {title}\n\n{}", seen.concat());
    if !more.is_empty() {
        let more = details(&format!("{} more", more.len()), &more.concat());
        text.push_str(&format!("\n{more}"));
    }
    text
}

fn step(index: usize, step: &Step) -> String {
    let mut text = format!("\n## {}\n", literal(&heading(index, &step.title)));
    for paragraph in &step.why {
        text.push_str(&format!("\n{}\n", prose(paragraph)));
    }
    if let Some(question) = &step.confirm {
        text.push_str(&format!("\nAsk first: {}\n", prose(question)));
    }
    text.push_str(&folded("The commands", &code("", &commands(&step.tasks))));
    if !step.checks.is_empty() {
        text.push_str("\nBefore the next step:\n\n");
    }
    for (sentence, command) in checks(&step.checks) {
        text.push_str(&format!("- [ ] {}\n", prose(&sentence)));
        if let Some(command) = command {
            text.push_str(&code("  ", &command));
        }
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
    text.push_str(&format!("\nTakes {}.\n", prose(&step.takes)));
    text.push_str(&format!("\nInterrupts: {}.\n", prose(&step.interrupts)));
    text.push_str(&format!("\nWay back: {}\n", prose(&step.back.note)));
    text + &folded("The way back", &way_back(&step.back))
}

fn way_back(back: &WayBack) -> String {
    let mut text = code("", &commands(&back.tasks));
    for check in &back.checks {
        let gap = gap(&text);
        text.push_str(&format!("{gap}- [ ] {}\n", prose(&check.sentence())));
    }
    text
}

/// What is longer than some lines is folded away.
fn folded(title: &str, text: &str) -> String {
    let lines = text.lines().count();
    if lines <= LINES {
        return text.to_owned();
    }
    let body = details(&format!("{title}: {lines} lines"), text.trim_start_matches('\n'));
    format!("\n{}\n", body.trim_end())
}

/// A list needs an empty line before it.
fn gap(text: &str) -> &'static str {
    let last = text.lines().next_back().unwrap_or_default();
    if last.starts_with("- ") { "" } else { "\n" }
}

/// A block of code.
fn code(indent: &str, code: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    let after = if indent.is_empty() { "" } else { "\n" };
    format!("\n{}{after}", crate::report::markdown::code(indent, "sh", code))
}
