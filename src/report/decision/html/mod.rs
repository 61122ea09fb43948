//! Decisions, histories and explanations as a page for a browser.

mod system;

use super::super::escape::markup;
use super::super::html::table::{Row, table};
use super::super::html::{Page, counts, list, verdict};
use super::difference;
use super::summary::{self, how_many};
use crate::simulate::decision::{Decision, Outcome};

/// Rows of a table before the rest is counted.
const ROWS: usize = 1000;

/// One decision.
pub(super) fn render(decision: &Decision) -> String {
    let mut page = page(decision, &[]);
    of(decision, &mut page);
    page.render()
}

/// An empty page about what a controller decides.
pub(super) fn page(decision: &Decision, said: &[String]) -> Page {
    let title = format!("What {} decides", summary::controller(decision));
    let mut lines: Vec<String> = Vec::new();
    lines.extend_from_slice(said);
    lines.extend(chance(decision));
    let class = if decision.deterministic { "certain" } else { "undecided" };
    let numbers = decision.outcomes.first().map(numbers).unwrap_or_default();
    Page::new("simulate", &title, verdict(class, &title, &lines) + &counts(numbers))
}

/// Whether the decision is certain.
fn chance(decision: &Decision) -> Option<String> {
    (!decision.deterministic).then(|| {
        format!(
            "Chance decides: there are {} possible outcomes. Services show all that they may get.",
            how_many(decision)
        )
    })
}

fn numbers(outcome: &Outcome) -> Vec<(String, usize)> {
    let served = outcome.services.values().filter(|given| !given.ips.is_empty()).count();
    vec![
        ("Services with an address".to_owned(), served),
        ("Services without".to_owned(), outcome.services.len() - served),
        ("addresses on L2".to_owned(), outcome.l2.len()),
        ("BGP routes".to_owned(), outcome.bgp.len()),
    ]
}

/// What is to be seen of a decision.
pub(super) fn of(decision: &Decision, page: &mut Page) {
    let system = system::system(decision);
    system.picture(page);
    page.section("chance", "What chance decides", differs(decision));
    system.list(page);
}

/// How the outcomes differ.
fn differs(decision: &Decision) -> String {
    let rows = difference::rows(decision).into_iter().map(Vec::from);
    capped("In which outcomes what holds", &["What", "May be", "In outcome"], rows)
}

/// What a step of a history changes.
pub(super) fn changes(rows: Vec<[String; 4]>) -> String {
    if rows.is_empty() {
        return "<p>Nothing changes.</p>\n".to_owned();
    }
    let rows = rows.into_iter().map(|[room, what, before, now]| vec![what, room, before, now]);
    capped("What changes", &["What", "Of", "Before", "Now"], rows)
}

/// A table of the first rows; empty where there is none.
fn capped(caption: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut rows: Vec<Row> = rows.map(|cells| Row { class: "", cells }).collect();
    if rows.is_empty() {
        return String::new();
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let mut text = table(caption, heads, &rows);
    if more > 0 {
        text.push_str(&format!("<p>And {more} more, which <code>-o json</code> has.</p>\n"));
    }
    text
}

/// A step of a history in words.
pub(super) fn step(decision: &Decision) -> String {
    let counted = decision.outcomes.first().map(summary::counts);
    let lines = counted.iter().flat_map(|text| text.lines()).map(str::to_owned);
    lines.chain(chance(decision)).map(|line| format!("<p>{}</p>\n", markup(&line))).collect()
}

/// The reasons for what one Service gets.
pub(super) fn explained(service: &str, steps: impl Iterator<Item = String>) -> String {
    let steps: Vec<String> = steps.collect();
    let title = format!("Why {service} gets what it gets");
    let mut page = Page::new("simulate", &title, verdict("certain", &title, &[]));
    let steps = list(steps).replacen("<ul>", "<ol class=\"reasons\">", 1);
    page.section("reasons", "Step by step", steps.replace("</ul>", "</ol>"));
    page.render()
}
