//! Services that are served alike, before and after, taken together: ten thousand
//! Services are a handful of groups.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::html::system::{Answer, Group, Sent, Service, System, Ways, route};
use super::super::group::groups;
use super::super::{addresses, fate};
use crate::ip::Family;
use crate::verify::sessions::{Parameters, Remote, Session};
use crate::verify::{Fate, Finding, PARAMETERS, Report, Route, Serving};

const ABOUT: &str = "Services that are served alike are one box. Choose a box to follow it through \
                     both sides.";

/// What of a way does not tell one address of a pool from another.
type Key<'r> = Vec<(
    Option<&'r str>,
    usize,
    &'r BTreeSet<(Family, BTreeMap<String, Vec<String>>)>,
    bool,
    &'r BTreeSet<Route>,
)>;

fn key(ways: &BTreeSet<Serving>) -> Key<'_> {
    let mut key: Key<'_> = Vec::with_capacity(ways.len());
    for Serving { pool, count, l2, answered_twice, bgp, .. } in ways {
        key.push((pool.as_deref(), *count, l2, *answered_twice, bgp));
    }
    key.sort_unstable();
    key.dedup();
    key
}

/// Whether a Service is served as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// It is.
    Same,
    /// It is not, and nobody's traffic is touched.
    Harmless,
    /// It is not.
    Differs,
}

impl State {
    /// In a word, by which people also filter.
    fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Harmless => "harmless",
            Self::Differs => "differs",
        }
    }
}

/// Every Service, before and after.
pub(in crate::report) fn system(report: &Report) -> System<'_> {
    let cards = cards(report);
    let named = findings_by_service(&report.findings);
    let mut services = Vec::with_capacity(report.services.len());
    let mut alike: BTreeMap<(bool, Key<'_>, Key<'_>), Vec<usize>> = BTreeMap::new();
    for (index, row) in report.services.iter().enumerate() {
        let findings = named.get(row.service.as_str()).cloned().unwrap_or_default();
        let touched = |at: &usize| report.findings.get(*at).is_some_and(Finding::touches_traffic);
        let state = match findings.as_slice() {
            [] => State::Same,
            some if some.iter().any(touched) => State::Differs,
            _ => State::Harmless,
        };
        let key = (state != State::Differs, key(&row.before), key(&row.after));
        alike.entry(key).or_default().push(index);
        let cells = vec![
            row.service.as_str().into(),
            addresses(&row.addresses_before).into(),
            addresses(&row.addresses_after).into(),
            fate(row.address).into(),
            state.word().into(),
        ];
        let findings: BTreeSet<usize> =
            findings.iter().filter_map(|at| cards.get(at).copied()).collect();
        let findings = findings.into_iter().collect();
        services.push(Service { cells, group: 0, findings });
    }
    let mut alike: Vec<_> = alike.into_iter().collect();
    alike.sort_by_key(|((same, ..), services)| (*same, std::cmp::Reverse(services.len())));
    let mut groups = Vec::with_capacity(alike.len());
    for ((same, ..), members) in alike {
        for member in &members {
            if let Some(service) = services.get_mut(*member) {
                service.group = groups.len();
            }
        }
        let first = members.first().and_then(|first| report.services.get(*first));
        let Some(first) = first else { continue };
        let sides = vec![ways(&first.before), ways(&first.after)];
        groups.push(Group { sides, services: members, differs: !same });
    }
    let states = [State::Differs, State::Harmless, State::Same].map(State::word);
    System {
        titles: vec![report.before, report.after],
        groups,
        heads: vec!["Service", report.before, report.after, "Address", "Result"],
        services,
        filters: vec![(4, states.to_vec()), (3, fates().collect())],
        about: ABOUT,
        sessions: sessions(report),
    }
}

/// The peers of which a session is not as before.
fn sessions(report: &Report) -> BTreeSet<&str> {
    let mut peers = BTreeSet::new();
    for row in &report.sessions {
        let both = [&row.before, &row.after].map(|side| side.iter().flatten());
        let [before, after] = both
            .clone()
            .map(|side| side.map(|one| (&one.remote, &one.parameters)).collect::<Vec<_>>());
        let differs = |one: &&Session| {
            let alike = |all: &[(&Remote, &Parameters)]| {
                all.iter().any(|(remote, parameters)| {
                    *remote == &one.remote
                        && PARAMETERS.iter().all(|row| row.same(parameters, &one.parameters))
                })
            };
            !alike(&before) || !alike(&after)
        };
        let differing = both.into_iter().flatten().filter(differs);
        peers.extend(differing.map(|session| session.peer.as_str()));
    }
    peers
}

fn findings_by_service(findings: &[Finding]) -> BTreeMap<&str, Vec<usize>> {
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        for subject in &finding.subjects {
            named.entry(subject).or_default().push(index);
        }
    }
    named
}

/// For each finding the card that tells of it.
fn cards(report: &Report) -> BTreeMap<usize, usize> {
    let groups = groups(report).into_iter().enumerate();
    groups.flat_map(|(card, group)| group.places.into_iter().map(move |at| (at, card))).collect()
}

fn ways(all: &BTreeSet<Serving>) -> Ways<'_> {
    let mut ways = Ways {
        count: all.len(),
        pools: all.iter().filter_map(|way| way.pool.as_deref()).collect(),
        twice: all.iter().any(|way| way.answered_twice),
        ..Ways::default()
    };
    for way in all {
        for (family, nodes) in &way.l2 {
            ways.answers.extend(nodes.iter().map(|(node, interfaces)| Answer {
                node,
                family: *family,
                interfaces: interfaces.join(" "),
            }));
        }
        ways.routes.extend(way.bgp.iter().map(|sent| Sent {
            node: &sent.node,
            peer: &sent.peer,
            what: route(sent.family, sent.length, sent.local_pref, &sent.communities),
        }));
    }
    ways
}

/// Every word that may stand for what becomes of an address.
fn fates() -> impl Iterator<Item = &'static str> {
    [Fate::Kept, Fate::Moved, Fate::Changed, Fate::Lost, Fate::Gained, Fate::None]
        .into_iter()
        .map(fate)
}
