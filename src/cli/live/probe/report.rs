//! What `live probe` has seen, in each of its formats.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::super::LiveEngine;
use super::super::time::millis;
use super::{Observation, Question};
use crate::live::expected::Expected;
use crate::live::observations::{Kind, head};
use crate::live::verdict::Verdict;

/// An observation for people.
pub(super) fn text(question: &Question, observation: &Observation) -> String {
    let expected = question.expected.get(&observation.ip);
    let mut answers: Vec<String> = observation
        .answers
        .iter()
        .map(|answer| {
            let node = question.known.node_of(answer.mac).unwrap_or("unknown");
            let leads = expected.map_or(String::new(), |expected| leads(question, expected, node));
            format!("{} ({node}{leads}) in {} ms", answer.mac, millis(answer.after))
        })
        .collect();
    let mut text = format!("{}  {}", observation.ip, observation.verdict.words());
    if observation.verdict == Verdict::Conflict
        && let Some(own) = question.answered_here.get(&observation.ip)
    {
        let here = question.here.as_deref();
        let node = here.map(|here| format!("{here}, ")).unwrap_or_default();
        answers.push(format!("{} ({node}this host: {} has it)", own.mac, own.interface));
    }
    if !answers.is_empty() {
        let more = if observation.more { " and more" } else { "" };
        text.push_str(&format!("  {}{more}", answers.join(", ")));
    }
    let Some(expected) = expected else { return text };
    if expected.somebody() && observation.verdict != Verdict::AsExpected {
        let join = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        text.push_str(&format!("  expected: {}", join(&expected.candidates)));
        if !expected.leaders.is_empty() {
            let leaders = join(&expected.leaders);
            text.push_str(&format!(" ({}: {leaders})", leads_by(question)));
        }
    }
    let services: Vec<&str> = expected.services.iter().map(String::as_str).collect();
    if !services.is_empty() {
        text.push_str(&format!("  {}", services.join(", ")));
    }
    text
}

/// Whether the Node leads; where another is to, who.
fn leads(question: &Question, expected: &Expected, node: &str) -> String {
    let by = leads_by(question);
    if expected.leaders.contains(node) {
        return format!(", {by}");
    }
    if expected.leaders.is_empty() || !expected.candidates.contains(node) {
        return String::new();
    }
    let leaders: Vec<&str> = expected.leaders.iter().map(String::as_str).collect();
    format!(", not {by}: that is {}", leaders.join(", "))
}

/// What the one is called who answers, of all that may.
fn leads_by(question: &Question) -> &'static str {
    match question.engine {
        LiveEngine::Metallb => "the leader",
        LiveEngine::Cilium => "the lease holder",
    }
}

/// An observation for machines.
pub(super) fn to_json(
    question: &Question,
    observation: &Observation,
    round: u32,
    time: &str,
) -> String {
    let none = Expected::default();
    let expected = question.expected.get(&observation.ip).unwrap_or(&none);
    let answers: Vec<serde_json::Value> = observation
        .answers
        .iter()
        .map(|answer| {
            json!({
                "mac": answer.mac,
                "node": question.known.node_of(answer.mac),
                "milliseconds": millis(answer.after),
            })
        })
        .collect();
    let rest = json!({
        "observerMacs": question.own_macs,
        "engine": question.engine.name(),
        "interface": question.interfaces_of(observation.ip),
        "time": time,
        "round": round,
        "ip": observation.ip,
        "verdict": observation.verdict,
        "good": observation.verdict.is_good(),
        "answers": answers,
        "own": question.answered_here.get(&observation.ip),
        "orMore": observation.more,
        "services": expected.services,
        "candidates": expected.candidates,
        "leaders": expected.leaders,
    });
    head(Kind::Probe, question.here.as_deref(), rest).to_string()
}

/// How many addresses there are of each kind.
pub(super) fn summary(observations: &BTreeMap<IpAddr, Observation>) -> String {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for observation in observations.values() {
        *counts.entry(observation.verdict).or_default() += 1;
    }
    let counts = counts.iter().map(|(verdict, count)| format!("{count} {}", verdict.words()));
    let addresses = match observations.len() {
        1 => "1 address".to_owned(),
        several => format!("{several} addresses"),
    };
    format!("{addresses}: {}", counts.collect::<Vec<_>>().join(", "))
}
