//! One decision for people.

use super::super::escape::visible;
use super::super::{Style, wrap};
use super::difference;
use super::fact::candidates;
use super::table::columns;
use crate::simulate::decision::{Decision, Engine, Outcome};

/// The verdict, then the first outcome, then how the others differ from it.
pub(super) fn render(decision: &Decision, style: &Style) -> String {
    let Some(outcome) = decision.outcomes.first() else { return verdict(decision, style) };
    let mut text = verdict(decision, style);
    text.push_str(&services(outcome, style));
    text.push_str(&l2(outcome, decision.engine, style));
    text.push_str(&bgp(outcome, style));
    text.push_str(&difference::render(decision, style));
    text
}

/// The controller, with its version.
pub(super) fn controller(decision: &Decision) -> String {
    let name = match decision.engine {
        Engine::Metallb => "MetalLB",
        Engine::Cilium => "Cilium",
    };
    format!("{name} {}", decision.version)
}

/// The controller, what it comes to, and whether that is certain.
fn verdict(decision: &Decision, style: &Style) -> String {
    let mut text = controller(decision);
    if let Some(outcome) = decision.outcomes.first() {
        text.push_str(&format!(": {}", counts(outcome)));
    }
    text = wrapped(&text, style);
    if !decision.deterministic {
        let mut line = format!("This is 1 of {} possible outcomes", how_many(decision));
        line.push_str(if decision.outcomes.len() > 1 {
            "; what differs stands at the end."
        } else {
            "; --max-outcomes shows more."
        });
        text.push_str(&wrapped(&line, style));
    }
    text
}

/// `3`, or `at least 64`.
pub(super) fn how_many(decision: &Decision) -> String {
    let count = decision.outcomes.len();
    if decision.truncated { format!("at least {count}") } else { count.to_string() }
}

/// What one outcome comes to: `2 of 3 Services have an address`, and what is
/// announced on a line of its own.
pub(super) fn counts(outcome: &Outcome) -> String {
    let all = outcome.services.len();
    let served = outcome.services.values().filter(|given| !given.ips.is_empty()).count();
    let services = match (served, all) {
        (_, 0) => "no Service of type LoadBalancer".to_owned(),
        (1, 1) => "the one Service has an address".to_owned(),
        (2, 2) => "both Services have an address".to_owned(),
        (0, _) => "no Service has an address".to_owned(),
        (served, all) if served == all => format!("all {all} Services have an address"),
        (served, all) => format!("{served} of {all} Services have an address"),
    };
    let number = |count: usize, one: &str, several: &str| match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    let l2 = number(outcome.l2.len(), "address", "addresses");
    let bgp = number(outcome.bgp.len(), "BGP route", "BGP routes");
    format!("{services}\n{l2} on L2, {bgp}")
}

pub(super) fn wrapped(text: &str, style: &Style) -> String {
    let text = visible(text, style.unicode);
    text.lines().map(|line| wrap::indented(line, style.width, "  ") + "\n").collect()
}

fn services(outcome: &Outcome, style: &Style) -> String {
    if outcome.services.is_empty() {
        return String::new();
    }
    let has_reason = outcome.services.values().any(|given| given.reason.is_some());
    let rows = outcome.services.iter().map(|(service, given)| {
        let ips: Vec<String> = given.ips.iter().map(ToString::to_string).collect();
        let pool = or_dash(given.pool.clone().unwrap_or_default());
        let reason = given.reason.clone().unwrap_or_default();
        [service.clone(), or_dash(ips.join("\n")), pool, reason]
    });
    let table = if has_reason {
        columns(["SERVICE", "ADDRESSES", "POOL", "REASON"], rows, style)
    } else {
        let rows = rows.map(|[service, ips, pool, _]| [service, ips, pool]);
        columns(["SERVICE", "ADDRESSES", "POOL"], rows, style)
    };
    format!("\n{table}")
}

fn l2(outcome: &Outcome, engine: Engine, style: &Style) -> String {
    if outcome.l2.is_empty() {
        return String::new();
    }
    let rows = outcome.l2.iter().map(|entry| {
        [
            entry.service.clone(),
            entry.ip.to_string(),
            or_dash(entry.leader.clone().unwrap_or_default()),
            candidates(entry),
        ]
    });
    let table = columns(["L2 SERVICE", "ADDRESS", "LEADER", "CANDIDATES: INTERFACES"], rows, style);
    let lease = match engine {
        Engine::Metallb => String::new(),
        Engine::Cilium => wrapped("Whichever candidate takes the lease is the leader.", style),
    };
    format!("\n{table}{lease}")
}

fn bgp(outcome: &Outcome, style: &Style) -> String {
    if outcome.bgp.is_empty() {
        return String::new();
    }
    let rows = outcome.bgp.iter().map(|route| {
        [
            route.node.clone(),
            route.peer.clone(),
            route.prefix.clone(),
            or_dash(route.local_pref.map(|preference| preference.to_string()).unwrap_or_default()),
            or_dash(route.communities.join("\n")),
        ]
    });
    let headings = ["BGP NODE", "PEER", "PREFIX", "LOCAL PREF", "COMMUNITIES"];
    format!("\n{}", columns(headings, rows, style))
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}
