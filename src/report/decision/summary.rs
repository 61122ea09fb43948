//! One decision for people.

use super::super::{Style, wrap};
use super::super::escape::visible;
use super::fact::candidates;
use super::table::columns;
use super::difference;
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

/// `MetalLB 0.16.1: 2 of 3 Services have an address, 2 …`.
fn verdict(decision: &Decision, style: &Style) -> String {
    let mut text = controller(decision) + ": ";
    match decision.outcomes.first() {
        Some(outcome) => text.push_str(&counts(outcome)),
        None => text.push_str("no outcome"),
    }
    if !decision.deterministic {
        text.push_str(&format!(
            "\nThis is 1 of {} possible outcomes; what differs stands at the end.",
            how_many(decision)
        ));
    }
    wrapped(&text, style)
}

/// `3`, or `at least 64`.
pub(super) fn how_many(decision: &Decision) -> String {
    let count = decision.outcomes.len();
    if decision.truncated { format!("at least {count}") } else { count.to_string() }
}

/// What one outcome comes to.
pub(super) fn counts(outcome: &Outcome) -> String {
    let all = outcome.services.len();
    let served = outcome.services.values().filter(|given| !given.ips.is_empty()).count();
    let services = match (served, all) {
        (_, 0) => "no Service of type LoadBalancer".to_owned(),
        (served, 1) => format!("{served} of 1 Service has an address"),
        (served, all) => format!("{served} of {all} Services have an address"),
    };
    let s = |count: usize| if count == 1 { "" } else { "es" };
    let (l2, bgp) = (outcome.l2.len(), outcome.bgp.len());
    format!(
        "{services}; {l2} address{} on L2, {bgp} BGP route{}",
        s(l2),
        if bgp == 1 { "" } else { "s" }
    )
}

pub(super) fn wrapped(text: &str, style: &Style) -> String {
    let text = visible(text, style.unicode);
    text.lines().map(|line| wrap::indented(line, style.width, "  ") + "\n").collect()
}

fn services(outcome: &Outcome, style: &Style) -> String {
    if outcome.services.is_empty() {
        return String::new();
    }
    let rows = outcome.services.iter().map(|(service, given)| {
        let ips: Vec<String> = given.ips.iter().map(ToString::to_string).collect();
        [
            service.clone(),
            or_dash(ips.join("\n")),
            or_dash(given.pool.clone().unwrap_or_default()),
            given.reason.clone().unwrap_or_default(),
        ]
    });
    format!("\n{}", columns(["SERVICE", "ADDRESSES", "POOL", "REASON"], rows, style))
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
