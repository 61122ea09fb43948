//! Services that are served alike, before and after, taken together: ten thousand
//! Services are a handful of groups.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fate;
use crate::ip::Family;
use crate::verify::{Fate, Finding, Report, Route, Serving};

/// Services that are served alike.
pub(super) struct Group<'r> {
    /// How they may be served before.
    pub(super) before: Ways<'r>,
    /// And after.
    pub(super) after: Ways<'r>,
    /// Their places in [`Report::services`].
    pub(super) services: Vec<usize>,
    /// Whether the traffic of one of them is touched by a difference.
    pub(super) differs: bool,
}

/// Every way in which a Service may be served, but for its very addresses.
pub(super) struct Ways<'r> {
    /// How many ways there are.
    pub(super) count: usize,
    /// From which pools.
    pub(super) pools: BTreeSet<&'r str>,
    /// Who answers on the link: the node, and on what.
    pub(super) answers: BTreeSet<(&'r str, String)>,
    /// Which routes are sent: the node, the peer, and what the route is like.
    pub(super) routes: BTreeSet<(&'r str, &'r str, String)>,
    /// Whether two nodes may answer for one address.
    pub(super) twice: bool,
}

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

/// What is said of one Service.
pub(super) struct Row<'r> {
    /// Its group.
    pub(super) group: usize,
    /// The differences that name it, by their places in [`Report::findings`].
    pub(super) findings: Vec<usize>,
    /// What becomes of it, in words.
    pub(super) fate: &'static str,
    /// Whether it counts as a difference, and how.
    pub(super) state: State,
    /// The row of the report.
    pub(super) row: &'r crate::verify::ServiceRow,
}

/// Whether a Service is served as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// It is.
    Same,
    /// It is not, and nobody's traffic is touched.
    Harmless,
    /// It is not.
    Differs,
}

impl State {
    /// In a word, by which people also filter.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Harmless => "harmless",
            Self::Differs => "differs",
        }
    }
}

/// The groups, those that differ and the largest first, and every Service with its
/// group.
pub(super) fn grouped(report: &Report) -> (Vec<Group<'_>>, Vec<Row<'_>>) {
    let named = findings_by_service(&report.findings);
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(report.services.len());
    let mut groups: BTreeMap<(bool, Key<'_>, Key<'_>), Vec<usize>> = BTreeMap::new();
    for (index, row) in report.services.iter().enumerate() {
        let findings = named.get(row.service.as_str()).cloned().unwrap_or_default();
        let touched = |at: &usize| report.findings.get(*at).is_some_and(Finding::touches_traffic);
        let state = match findings.as_slice() {
            [] => State::Same,
            some if some.iter().any(touched) => State::Differs,
            _ => State::Harmless,
        };
        let alike = (state != State::Differs, key(&row.before), key(&row.after));
        groups.entry(alike).or_default().push(index);
        rows.push(Row { group: 0, findings, fate: fate(row.address), state, row });
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|((same, ..), services)| (*same, std::cmp::Reverse(services.len())));
    let mut taken = Vec::with_capacity(groups.len());
    for (at, ((same, ..), services)) in groups.into_iter().enumerate() {
        for service in &services {
            if let Some(row) = rows.get_mut(*service) {
                row.group = at;
            }
        }
        let Some(first) = services.first().and_then(|first| report.services.get(*first)) else {
            continue;
        };
        let (before, after) = (ways(&first.before), ways(&first.after));
        taken.push(Group { before, after, services, differs: !same });
    }
    (taken, rows)
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

fn ways(all: &BTreeSet<Serving>) -> Ways<'_> {
    let mut ways = Ways {
        count: all.len(),
        pools: all.iter().filter_map(|way| way.pool.as_deref()).collect(),
        answers: BTreeSet::new(),
        routes: BTreeSet::new(),
        twice: all.iter().any(|way| way.answered_twice),
    };
    for way in all {
        for (family, nodes) in &way.l2 {
            for (node, interfaces) in nodes {
                let on = match interfaces.as_slice() {
                    [] => "no interface known".to_owned(),
                    some => some.join(" "),
                };
                ways.answers.insert((node, format!("{} on {on}", name(*family))));
            }
        }
        for route in &way.bgp {
            ways.routes.insert((&route.node, &route.peer, attributes(route)));
        }
    }
    ways
}

fn attributes(route: &Route) -> String {
    let mut text = format!("{} /{}", name(route.family), route.length);
    if let Some(preference) = route.local_pref {
        text.push_str(&format!(", local preference {preference}"));
    }
    if !route.communities.is_empty() {
        text.push_str(&format!(", communities {}", route.communities.join(" ")));
    }
    text
}

fn name(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

impl Ways<'_> {
    /// All of it as lines, each under its heading.
    pub(super) fn lines(&self) -> [(&'static str, Vec<String>); 3] {
        let answers = self.answers.iter().map(|(node, on)| format!("{node}: {on}"));
        let mut answers: Vec<String> = answers.collect();
        if self.twice {
            answers.push("two nodes may answer at once".to_owned());
        }
        let routes = self.routes.iter();
        let routes = routes.map(|(node, peer, what)| format!("{node} to {peer}: {what}"));
        [
            ("Pool", self.pools.iter().map(|pool| (*pool).to_owned()).collect()),
            ("Answers on L2", answers),
            ("Routes", routes.collect()),
        ]
    }
}

/// Every word that may stand for what becomes of an address.
pub(super) fn fates() -> impl Iterator<Item = &'static str> {
    [Fate::Kept, Fate::Moved, Fate::Changed, Fate::Lost, Fate::Gained, Fate::None]
        .into_iter()
        .map(fate)
}
