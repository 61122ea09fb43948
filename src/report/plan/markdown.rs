//! A runbook as Markdown.

use super::{checks, commands, heading, scripts};
use crate::plan::{Plan, Step, WayBack};
use crate::report::escape;
use crate::report::verify::literal;

pub(super) fn render(plan: &Plan) -> String {
    let mut text = format!("# {}\n\n", plan.title);
    for line in &plan.summary {
        text.push_str(&format!("{}\n", literal(line)));
    }
    list(&mut text, "Before you start", plan.before.iter().map(|line| escape_text(line)));
    let accepted = plan.accepted.iter().map(|one| {
        let help = one.help.as_ref().map_or(String::new(), |help| format!(" ({})", literal(help)));
        format!("{}: {}{help}", one.code, literal(&one.message))
    });
    list(&mut text, "Losses that were accepted", accepted);
    list(&mut text, "Assumed", plan.assumptions.iter().map(|line| literal(line)));
    for (index, step) in plan.steps.iter().enumerate() {
        self::step(&mut text, index, step);
    }
    text.push_str("\n## The scripts\n");
    for line in scripts(plan) {
        text.push_str(&format!("\n{line}\n"));
    }
    text
}

/// Texts of our own may hold code spans.
fn escape_text(text: &str) -> String {
    escape::visible(text, true).into_owned()
}

fn list(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    text.push_str(&format!("\n## {title}\n\n"));
    for line in lines {
        text.push_str(&format!("- {line}\n"));
    }
}

fn step(text: &mut String, index: usize, step: &Step) {
    text.push_str(&format!("\n## {}\n", literal(&heading(index, &step.title))));
    for paragraph in &step.why {
        text.push_str(&format!("\n{}\n", escape_text(paragraph)));
    }
    if let Some(question) = &step.confirm {
        text.push_str(&format!("\nAsk first: {}\n", literal(question)));
    }
    code(text, "", &commands(&step.tasks));
    if !step.checks.is_empty() {
        text.push_str("\nBefore the next step:\n\n");
    }
    for (sentence, command) in checks(&step.checks) {
        text.push_str(&format!("- [ ] {}\n", literal(&sentence)));
        if let Some(command) = command {
            code(text, "  ", &command);
        }
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
    text.push_str(&format!("\nTakes {}.\n", literal(&step.takes)));
    text.push_str(&format!("\nInterrupts: {}.\n", literal(&step.interrupts)));
    way_back(text, &step.back);
}

fn way_back(text: &mut String, back: &WayBack) {
    text.push_str(&format!("\nWay back: {}\n", escape_text(&back.note)));
    code(text, "", &commands(&back.tasks));
    for check in &back.checks {
        text.push_str(&format!("{}- [ ] {}\n", gap(text), literal(&check.sentence())));
    }
}

/// A list needs an empty line before it.
fn gap(text: &str) -> &'static str {
    let last = text.lines().next_back().unwrap_or_default();
    if last.starts_with("- ") { "" } else { "\n" }
}

/// A block of code: longer fences than any in it.
fn code(text: &mut String, indent: &str, code: &str) {
    if code.is_empty() {
        return;
    }
    let (before, after) = if indent.is_empty() { ("\n", "") } else { ("\n", "\n") };
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    text.push_str(&format!("{before}{indent}{fence}sh\n"));
    for line in code.lines() {
        text.push_str(&format!("{indent}{}\n", escape::visible(line, true)));
    }
    text.push_str(&format!("{indent}{fence}\n{after}"));
}
