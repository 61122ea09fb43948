//! A runbook as Markdown: what is to be done is seen, what is long is folded away.

use super::{checks, commands, heading, scripts};
use crate::plan::{Plan, Step, WayBack};
use crate::report::markdown::{LIMIT, details, fitting, literal, prose};

/// Lines of a list that are seen at once.
const SEEN: usize = 12;
/// Lines of commands that are seen at once.
const LINES: usize = 24;
/// Room for a list, where the whole is a comment.
const LIST: usize = 8_000;

/// The whole runbook, or as many of its steps as find room in a comment.
pub(super) fn render(plan: &Plan, whole: bool) -> String {
    let room = |room: usize| if whole { usize::MAX } else { room };
    let mut text = format!("# {}\n\n", literal(plan.title));
    for line in &plan.summary {
        text.push_str(&format!("{}\n", literal(line)));
    }
    let list = |title, lines: &mut dyn Iterator<Item = String>| list(title, lines, room(LIST));
    text.push_str(&list("Before you start", &mut plan.before.iter().map(|line| prose(line))));
    let mut accepted = plan.accepted.iter().map(|one| {
        let help = one.help.as_ref().map_or(String::new(), |help| format!(" ({})", prose(help)));
        format!("{}: {}{help}", one.code, prose(&one.message))
    });
    text.push_str(&list("Losses that were accepted", &mut accepted));
    text.push_str(&list("Assumed", &mut plan.assumptions.iter().map(|line| prose(line))));
    let scripts: String = scripts(plan).map(|line| format!("\n{line}\n")).collect();
    let end = format!("\n## The scripts\n{scripts}");
    let steps = plan.steps.iter().enumerate().map(|(index, one)| (step(index, one), 1));
    let used = text.len() + end.len() + 600;
    let (steps, left_out) = fitting(steps, room(LIMIT.saturating_sub(used)));
    // Nobody should begin with half of a runbook: it is said before the first step, too.
    let missing = match left_out {
        0 => String::new(),
        _ => missing(left_out),
    };
    text + &missing + &steps + &missing + &end
}

/// What is said of steps that found no room.
fn missing(count: usize) -> String {
    let s = if count == 1 { " is" } else { "s are" };
    format!(
        "\n**{count} more step{s} left out here**, where there is no more room: `metallb2cilium plan \
         --output-dir DIR` writes the whole runbook and a script for each step.\n"
    )
}

/// A list below its title: what is beyond some lines is folded away.
fn list(title: &str, lines: &mut dyn Iterator<Item = String>, room: usize) -> String {
    let lines: Vec<String> = lines.map(|line| format!("- {line}\n")).collect();
    if lines.is_empty() {
        return String::new();
    }
    let (seen, folded) = lines.split_at(lines.len().min(SEEN));
    let parts = |lines: &[String]| lines.iter().map(|line| (line.clone(), 1)).collect::<Vec<_>>();
    let (first, left) = fitting(parts(seen), room);
    let (rest, more) = fitting(parts(folded), room.saturating_sub(first.len()));
    let mut text = format!("\n## {title}\n\n{first}");
    if !rest.is_empty() {
        text.push_str(&format!("\n{}", details(&format!("{} more", folded.len() - more), &rest)));
    }
    if left + more > 0 {
        text.push_str(&format!(
            "\n**{} more left out here**: `metallb2cilium plan -o json` has all.\n",
            left + more
        ));
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
