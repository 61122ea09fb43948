//! Decisions, histories and explanations as Markdown, for a comment on a change: what it
//! comes to is seen, the tables are folded away.

use super::super::markdown::{LIMIT, clipped, details, fitting, literal, table};
use super::difference;
use super::fact::candidates;
use super::summary::{controller, counts, how_many};
use crate::simulate::decision::{Decision, Outcome};

/// Room for each table.
const TABLE: usize = 11_000;
/// Services without an address that are seen at once.
const SEEN: usize = 5;

/// One decision.
pub(super) fn render(decision: &Decision) -> String {
    let mut text = heading("##", &controller(decision), decision);
    let Some(outcome) = decision.outcomes.first() else { return text };
    text.push_str(&unserved(outcome));
    text.push_str(&services(outcome));
    let rows = outcome.l2.iter().map(|entry| {
        let leader = entry.leader.clone().unwrap_or_default();
        vec![entry.service.clone(), entry.ip.to_string(), leader, candidates(entry)]
    });
    let heads = ["Service", "address", "leader", "candidates: interfaces"];
    text.push_str(&folded("on L2", "address", "addresses", &heads, rows.collect()));
    let rows = outcome.bgp.iter().map(|route| {
        vec![
            route.node.clone(),
            route.peer.clone(),
            route.prefix.clone(),
            route.local_pref.map(|preference| preference.to_string()).unwrap_or_default(),
            route.communities.join(" "),
        ]
    });
    let heads = ["node", "peer", "prefix", "local preference", "communities"];
    text.push_str(&folded("by BGP", "route", "routes", &heads, rows.collect()));
    let rows: Vec<Vec<String>> = difference::rows(decision).into_iter().map(Vec::from).collect();
    let heads = ["what", "may be", "in outcome"];
    text + &folded("which chance decides", "thing", "things", &heads, rows)
}

/// A step of a history, with what it changes.
pub(super) fn step(title: &str, decision: &Decision, changes: Vec<[String; 4]>) -> String {
    let text = heading("###", &clipped(title), decision);
    let rows: Vec<Vec<String>> =
        changes.into_iter().map(|row| row.map(|cell| cell.replace('\n', " ")).to_vec()).collect();
    if rows.is_empty() {
        return text + "Nothing changes.\n\n";
    }
    let heads = ["changed", "what", "before", "now"];
    text + &folded("that changed", "thing", "things", &heads, rows)
}

/// The reasons for what one Service gets.
pub(super) fn explained(service: &str, steps: impl Iterator<Item = String>) -> String {
    let text = format!("## Why {} gets what it gets\n\n", literal(&clipped(service)));
    let steps = (1..).zip(steps);
    let steps = steps.map(|(at, step)| (format!("{at}. {}\n", literal(&clipped(&step))), 1));
    let (steps, left_out) = fitting(steps, LIMIT - 2_000);
    let mut text = text + &steps;
    if left_out > 0 {
        text.push_str(&more(left_out, "step", "steps"));
    }
    text
}

/// What is said where something has no more room.
pub(super) fn more(left_out: usize, one: &str, several: &str) -> String {
    let (what, is) = if left_out == 1 { (one, "is") } else { (several, "are") };
    format!(
        "\n**{left_out} more {what} {is} left out here**: `metallb2cilium simulate` with the same \
         options shows all of them, as a table or with `-o json`.\n\n"
    )
}

fn heading(level: &str, title: &str, decision: &Decision) -> String {
    let outcome = decision.outcomes.first().map(counts).unwrap_or_default();
    let (first, rest) = outcome.split_once('\n').unwrap_or((&outcome, ""));
    let mut text = format!("{level} {}: {first}\n\n", literal(title));
    if !rest.is_empty() {
        text.push_str(&format!("{rest}.\n\n"));
    }
    if !decision.deterministic {
        let many = how_many(decision);
        text.push_str(&format!("Chance decides: this is 1 of {many} possible outcomes.\n\n"));
    }
    text
}

/// Services without an address, with the reason.
fn unserved(outcome: &Outcome) -> String {
    let all: Vec<_> = outcome.services.iter().filter(|(_, given)| given.ips.is_empty()).collect();
    let mut text = String::new();
    for (name, given) in all.iter().take(SEEN) {
        let reason = given.reason.as_deref().unwrap_or("no pool takes it");
        text.push_str(&format!(
            "- {} has no address: {}\n",
            literal(&clipped(name)),
            literal(&clipped(reason))
        ));
    }
    match all.len().saturating_sub(SEEN) {
        0 if text.is_empty() => {}
        0 => text.push('\n'),
        more => text.push_str(&format!("- and {more} more without an address\n\n")),
    }
    text
}

fn services(outcome: &Outcome) -> String {
    let has_reason = outcome.services.values().any(|given| given.reason.is_some());
    let rows = outcome.services.iter().map(|(service, given)| {
        let ips: Vec<String> = given.ips.iter().map(ToString::to_string).collect();
        let mut cells =
            vec![service.clone(), ips.join(" "), given.pool.clone().unwrap_or_default()];
        cells.extend(has_reason.then(|| given.reason.clone().unwrap_or_default()));
        cells
    });
    let heads: &[&str] = &["Service", "addresses", "pool", "reason"];
    let heads = heads.get(..if has_reason { 4 } else { 3 }).unwrap_or(heads);
    folded("and what they get", "Service", "Services", heads, rows.collect())
}

/// A table below the number of its rows; nothing where it has none.
fn folded(whose: &str, one: &str, several: &str, heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let count = rows.len();
    let (mut text, left_out) = table(heads, rows, TABLE);
    if left_out > 0 {
        text.push_str(&more(left_out, one, several));
    }
    let what = if count == 1 { one } else { several };
    details(&format!("{count} {what} {whose}"), &text)
}
