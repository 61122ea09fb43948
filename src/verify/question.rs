//! The question that is asked, and how it is answered: both engines are run on the
//! cluster at hand, and what they decide is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::at_hand::{PoolMap, Side, leave_alone, served};
use super::beyond;
use super::deviations;
use super::explain::Losses;
use super::findings::{self, Seen};
use super::proof::{Outcome, Proof};
use super::report::{self, Counts, Report, ServiceRow, SessionRow, Verdict};
use super::sessions::{self, Sessions, Speakers};
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Severity};
use crate::metallb::Config;
use crate::simulate::decision::Decision;
use crate::simulate::{cilium, metallb};

/// MetalLB's side, and how far the answer goes.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// MetalLB's configuration.
    pub config: &'a Config,
    /// The cluster as MetalLB finds it.
    pub cluster: &'a Cluster,
    /// How its speakers run.
    pub speakers: &'a Speakers,
    /// MetalLB's `--lb-class`.
    pub lb_class: Option<&'a str>,
    /// How many outcomes of each side are compared.
    pub max_outcomes: usize,
    /// The proof over every Service and Node, where there is one.
    pub proof: Option<&'a Proof>,
}

/// Cilium's side.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// What it is called.
    pub title: &'static str,
    /// Cilium's configuration.
    pub config: &'a CiliumConfig,
    /// The cluster as Cilium finds it.
    pub cluster: &'a Cluster,
    /// What is there already beside MetalLB: its sessions are nobody's gain.
    pub there: Option<&'a CiliumConfig>,
}

/// Whether Cilium decides what MetalLB does. `said` is what the conversion had to
/// say; with `own` its losses are differences, wherever they show.
///
/// # Errors
/// Why Cilium's operator does not survive its configuration.
pub fn verify(
    question: &Question<'_>,
    cilium: &Compared<'_>,
    said: &[Diagnostic],
    own: bool,
) -> Result<Report, String> {
    let Question { config, cluster, speakers, .. } = *question;
    let options = speakers.simulated(question.lb_class, question.max_outcomes);
    let before = metallb::simulate(config, cluster, &options);
    let sessions_before = sessions::of_metallb(config, cluster, speakers);
    let decided =
        Two { before: Side::Metallb(&before), sessions_before, title: "MetalLB", preferred: true };
    answer(question, decided, cilium, said, own)
}

/// What changes in meaning when one configuration of Cilium's takes the place of
/// another, over the Services and Nodes at hand.
///
/// # Errors
/// Why Cilium's operator does not survive one of the configurations.
pub fn change_of_meaning(
    question: &Question<'_>,
    there: &Compared<'_>,
    applied: &Compared<'_>,
) -> Result<Report, String> {
    let before = decide(there, question.max_outcomes)?;
    let sessions_before = sessions::of_cilium(there.config, there.cluster, question.speakers);
    let decided = Two {
        before: Side::Cilium(&before),
        sessions_before,
        title: there.title,
        preferred: false,
    };
    answer(question, decided, applied, &[], false)
}

/// The side that is compared with.
struct Two<'d> {
    before: Side<'d>,
    sessions_before: Sessions,
    title: &'static str,
    /// Whether it knows preferred nodes.
    preferred: bool,
}

fn decide(compared: &Compared<'_>, max_outcomes: usize) -> Result<Decision, String> {
    let options = cilium::Options { max_outcomes };
    let decision = cilium::simulate(compared.config, compared.cluster, &options);
    match decision.config_error {
        Some(reason) => Err(reason),
        None => Ok(decision),
    }
}

fn answer(
    question: &Question<'_>,
    two: Two<'_>,
    cilium: &Compared<'_>,
    said: &[Diagnostic],
    own: bool,
) -> Result<Report, String> {
    let Question { config, cluster, .. } = *question;
    let before = two.before.decision();
    let mut after = decide(cilium, question.max_outcomes)?;
    let mut sessions_after = sessions::of_cilium(cilium.config, cilium.cluster, question.speakers);
    align(&mut after, &deviations::names(&two.sessions_before, &sessions_after));
    if let Some(there) = cilium.there {
        let there = sessions::of_cilium(there, cilium.cluster, question.speakers);
        sessions::leave_out(&mut sessions_after, &there, &two.sessions_before);
    }
    let servings_before = served(config, cluster, before, two.before);
    let mut servings_after = served(config, cluster, before, Side::Cilium(&after));
    leave_alone(&servings_before, &mut servings_after);
    let mut addresses_after = report::addresses(&after);
    for (service, addresses) in &mut addresses_after {
        let servings = servings_after.get(*service);
        if servings.is_some_and(|all| all.iter().all(|one| one.count == 0)) {
            *addresses = [vec![]].into();
        }
    }
    let seen = Seen {
        config,
        cluster,
        cilium: cilium.config,
        applied: cilium.cluster,
        servings_before,
        servings_after,
        addresses_before: report::addresses(before),
        addresses_after,
        pools: PoolMap::new(config),
        metallb: two.preferred.then_some(before),
    };
    let mut losses = Losses::new(said, own);
    let mut found = findings::services(&seen, &mut losses);
    found.extend(findings::preferred(&seen, &mut losses));
    let deviations = deviations::compare(&two.sessions_before, &sessions_after);
    found.extend(findings::sessions(deviations, &mut losses));
    found.extend(beyond::findings(before, &after, cilium.config));
    if let Some(proof) = question.proof {
        let more = findings::proved(proof, config, &found, &mut losses);
        found.extend(more);
    }
    if own {
        found.extend(losses.unclaimed().map(findings::unseen));
    }
    found.sort_by_key(|finding| {
        (!finding.touches_traffic(), !finding.seen, finding.example.is_none())
    });
    let counts = Counts {
        services: seen.servings_before.len(),
        nodes: cluster.nodes.len(),
        sessions: two.sessions_before.values().filter_map(|all| all.first()).map(Vec::len).sum(),
        outcomes_before: before.outcomes.len(),
        outcomes_after: after.outcomes.len(),
        truncated: before.truncated || after.truncated,
    };
    let verdict = if found.iter().any(report::Finding::touches_traffic) {
        Verdict::Different
    } else if counts.truncated || question.proof.is_some_and(|one| one.outcome != Outcome::Proved) {
        Verdict::Undecided
    } else {
        Verdict::Equivalent
    };
    let services = service_rows(&seen);
    let notes = if own {
        // What is assumed is not what was found.
        let contradicted = |note: &Diagnostic| {
            let found = found.iter().any(|one| one.diagnostic.code == note.code);
            found && note.assumed
        };
        let notes = said.iter().filter(|one| one.severity == Severity::Note);
        notes.filter(|one| !contradicted(one)).cloned().collect()
    } else {
        vec![]
    };
    let rows = session_rows(two.sessions_before, sessions_after);
    Ok(Report {
        before: two.title,
        after: cilium.title,
        verdict,
        counts,
        proof: question.proof.cloned(),
        findings: found,
        services,
        sessions: rows,
        assumptions: vec![],
        notes,
    })
}

/// Calls each peer of a decision by the name that it has on the other side.
pub(super) fn align(decision: &mut Decision, names: &BTreeMap<(String, String), String>) {
    for outcome in &mut decision.outcomes {
        for route in &mut outcome.bgp {
            if let Some(name) = names.get(&(route.node.clone(), route.peer.clone())) {
                route.peer.clone_from(name);
            }
        }
        outcome.bgp.sort();
    }
}

fn service_rows(seen: &Seen<'_>) -> Vec<ServiceRow> {
    let rows = seen.servings_before.iter().map(|(service, before)| {
        let after = seen.servings_after.get(service).cloned().unwrap_or_default();
        let addresses = |all: &BTreeMap<&str, BTreeSet<Vec<std::net::IpAddr>>>| {
            all.get(service.as_str()).cloned().unwrap_or_default()
        };
        let pools = |all: &BTreeSet<super::Serving>| -> BTreeSet<Option<String>> {
            all.iter().map(|serving| serving.pool.clone()).collect()
        };
        let (was, is) = (addresses(&seen.addresses_before), addresses(&seen.addresses_after));
        ServiceRow {
            service: service.clone(),
            address: report::fate(&was, &is, &pools(before), &pools(&after)),
            addresses_before: was,
            addresses_after: is,
            before: before.clone(),
            after,
        }
    });
    rows.collect()
}

fn session_rows(mut before: Sessions, mut after: Sessions) -> Vec<SessionRow> {
    let nodes: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    nodes
        .into_iter()
        .map(|node| SessionRow {
            before: before.remove(&node).unwrap_or_default(),
            after: after.remove(&node).unwrap_or_default(),
            node,
        })
        .collect()
}
