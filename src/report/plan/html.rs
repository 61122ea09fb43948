//! A runbook as a page for a browser: a section for each step, and the system that moves.

use std::collections::BTreeSet;

use super::{checks, commands, heading, scripts};
use crate::manifest::Sources;
use crate::plan::{Check, Plan, Step, Task};
use crate::report::escape::markup;
use crate::report::html::{Page, counts, list, prose, verdict};
use crate::report::verify;
use crate::verify::Report;

/// The runbook; with the comparison that it rests on, where there is one.
pub(super) fn render(plan: &Plan, compared: Option<&Report>, sources: &Sources) -> String {
    let asked = plan.steps.iter().filter(|step| step.confirm.is_some()).count();
    let numbers = [("steps", plan.steps.len()), ("ask first", asked)];
    let numbers = counts(numbers.map(|(what, count)| (what.to_owned(), count)));
    let header = verdict("plan", plan.title, &plan.summary) + &numbers;
    let mut page = Page::new("plan", plan.title, header);
    page.section("before", "Before you start", list(&plan.before));
    page.section("accepted", "Losses that were accepted", accepted(plan, compared, sources));
    page.section("assumed", "Assumed", list(&plan.assumptions));
    for (index, step) in plan.steps.iter().enumerate() {
        page.section(&step.id, &heading(index, &step.title), self::step(step));
    }
    let lines = scripts(plan).map(|line| format!("<p>{}</p>\n", prose(line)));
    page.section("scripts", "The scripts", lines.collect());
    if let Some(report) = compared {
        let system = verify::system(report);
        system.picture(&mut page);
        system.list(&mut page);
    }
    page.render()
}

/// What was accepted: differences as `verify` shows them, and what the plan itself costs.
fn accepted(plan: &Plan, compared: Option<&Report>, sources: &Sources) -> String {
    let findings = compared.iter().flat_map(|report| &report.findings);
    let shown: BTreeSet<&str> = findings
        .filter(|finding| finding.touches_traffic())
        .map(|finding| finding.diagnostic.code.id)
        .collect();
    let others = plan.accepted.iter().filter(|one| !shown.contains(one.code.id));
    let others = others.map(|one| {
        let help = one.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{}: {}{help}", one.code, one.message)
    });
    let cards = compared.map_or(String::new(), |report| verify::touching(report, sources));
    list(others) + &cards
}

fn code(code: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    format!(
        "<pre tabindex=\"0\" role=\"group\" aria-label=\"Commands\"><code>{}</code></pre>\n",
        markup(code)
    )
}

fn step(step: &Step) -> String {
    let mut html: String = step.why.iter().map(|why| format!("<p>{}</p>\n", prose(why))).collect();
    html.push_str(&format!(
        "<dl class=\"facts\"><div><dt>Takes</dt><dd>{}</dd></div><div><dt>Interrupts</dt><dd>{}\
         </dd></div></dl>\n",
        prose(&step.takes),
        prose(&step.interrupts)
    ));
    if let Some(question) = &step.confirm {
        html.push_str(&format!(
            "<p class=\"ask\"><strong>Ask first:</strong> {}</p>\n",
            prose(question)
        ));
    }
    html.push_str(&todo(&step.tasks, "Before the next step", &step.checks));
    html.push_str(&format!(
        "<div class=\"back\">\n<h3>Way back</h3>\n<p>{}</p>\n{}</div>\n",
        prose(&step.back.note),
        todo(&step.back.tasks, "What must hold then", &step.back.checks)
    ));
    html
}

/// What is done, and what must hold afterwards, to be ticked off.
fn todo(tasks: &[Task], title: &str, all: &[Check]) -> String {
    let mut html = code(&commands(tasks));
    if all.is_empty() {
        return html;
    }
    html.push_str(&format!("<p>{title}:</p>\n<ul class=\"checks\">\n"));
    for (sentence, command) in checks(all) {
        let command = command.map_or(String::new(), |command| code(&command));
        html.push_str(&format!(
            "<li><label><input type=\"checkbox\" autocomplete=\"off\"> <span>{}</span></label>\n\
             {command}</li>\n",
            prose(&sentence)
        ));
    }
    html.push_str("</ul>\n");
    html
}
