//! The value that every format of a verdict is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use super::at_hand::Serving;
use super::proof::Proof;
use super::sessions::Session;
use crate::diagnostic::{Code, Diagnostic, Impact, Severity};
use crate::simulate::decision::Decision;

/// What the verdict speaks of, where nothing is proved.
pub const SCOPE: &str = "This compares the cluster at hand only: its Services, its Nodes, as the \
                         input has them. It proves nothing about other Services or Nodes.";

/// What is not compared.
pub const NOT_COMPARED: &[&str] = &[
    "which of the candidate nodes leads on L2, and how long a fail-over takes",
    "which of several possible outcomes go together: each Service is compared by itself",
    "the next address of a pool that a Service without one gets, as long as the pool is right",
    "ORIGIN, MED, AS_PATH and next hop of routes (communities and local preference are)",
    "router IDs and source addresses where neither side sets one",
    "what happens when nodes, endpoints or pools change later",
    "interfaces of Nodes without the annotation metallb2cilium.io/interfaces",
    "filters of the router, and the data path behind an announced address",
];

/// Whether both sides decide the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They do, for the cluster at hand.
    Equivalent,
    /// They do not.
    Different,
    /// No difference was found, but not every outcome was compared, or nothing was
    /// proved of other Services and Nodes.
    Undecided,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code, impact, what differs, where, and what would mend it.
    pub diagnostic: Diagnostic,
    /// The Services or peers that it touches; empty where it names them itself.
    pub subjects: Vec<String>,
    /// What the one side does.
    pub before: String,
    /// What the other side does.
    pub after: String,
    /// Whether both sides were seen to differ at hand; else the conversion says
    /// that they may, or the proof that they do.
    pub seen: bool,
    /// Where the proof found it: a Service and a Node that show it, as YAML that
    /// `simulate` takes.
    pub example: Option<String>,
}

impl Finding {
    /// Whether anybody's traffic is touched.
    pub fn touches_traffic(&self) -> bool {
        self.diagnostic.severity == Severity::Lossy(Impact::Traffic)
    }

    /// Whom it is about, and what happens to it.
    pub fn headline(&self) -> String {
        let diagnostic = &self.diagnostic;
        match (self.subjects.as_slice(), &diagnostic.object) {
            ([], Some(object)) if self.seen || self.example.is_some() => {
                format!("{object} {}", diagnostic.message)
            }
            ([], _) => diagnostic.message.clone(),
            (_, Some(_)) => diagnostic.message.clone(),
            ([one], None) => format!("{one} {}", diagnostic.message),
            ([first, rest @ ..], None) => {
                format!("{first} and {} more: each {}", rest.len(), diagnostic.message)
            }
        }
    }
}

/// What becomes of a Service's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It stays.
    Kept,
    /// It becomes another one of the same pool.
    Moved,
    /// It becomes one of another pool.
    Changed,
    /// There is none any more, or there may be none.
    Lost,
    /// There is one, or may be, where there was none.
    Gained,
    /// There is none, before and after.
    None,
}

/// A Service, before and after: every way in which it may be served.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRow {
    /// `namespace/name`.
    pub service: String,
    /// What becomes of its address.
    pub address: Fate,
    /// Its possible addresses before.
    pub addresses_before: BTreeSet<Vec<IpAddr>>,
    /// And after.
    pub addresses_after: BTreeSet<Vec<IpAddr>>,
    /// How it may be served before.
    pub before: BTreeSet<Serving>,
    /// And after.
    pub after: BTreeSet<Serving>,
}

/// The sessions of a Node, before and after; several lists where it is left to
/// chance which one it has.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// The Node.
    pub node: String,
    /// Its sessions before.
    pub before: Vec<Vec<Session>>,
    /// And after.
    pub after: Vec<Vec<Session>>,
}

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Services of type LoadBalancer.
    pub services: usize,
    /// Nodes.
    pub nodes: usize,
    /// Sessions of the one side.
    pub sessions: usize,
    /// Possible outcomes of the one side.
    pub outcomes_before: usize,
    /// Possible outcomes of the other side.
    pub outcomes_after: usize,
    /// Whether there are more than that.
    pub truncated: bool,
}

/// A verdict with everything that it rests on.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the one side is called.
    pub before: &'static str,
    /// What the other side is called.
    pub after: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// How much was compared.
    pub counts: Counts,
    /// The proof for every Service and Node; `None` where none was asked for.
    pub proof: Option<Proof>,
    /// Every difference, those that touch traffic first.
    pub findings: Vec<Finding>,
    /// Every Service.
    pub services: Vec<ServiceRow>,
    /// The sessions of every Node.
    pub sessions: Vec<SessionRow>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
    /// What is not the same, but makes no difference at hand.
    pub notes: Vec<Diagnostic>,
}

impl Report {
    /// What the verdict speaks of, in a sentence.
    pub fn scope(&self) -> String {
        let Some(proof) = &self.proof else { return SCOPE.to_owned() };
        proof.sentence()
    }

    /// Whether all that touches traffic has one of these codes. Never where there may be
    /// more than was looked at or is shown.
    pub fn is_accepted(&self, codes: &[&Code]) -> bool {
        let is_whole = |proof: &Proof| proof.unproved.is_empty() && proof.more == 0;
        self.verdict == Verdict::Different
            && !self.counts.truncated
            && self.proof.as_ref().is_none_or(is_whole)
            && self
                .findings
                .iter()
                .filter(|finding| finding.touches_traffic())
                .all(|finding| codes.contains(&finding.diagnostic.code))
    }

    /// How many Services end in each way.
    pub fn fates(&self) -> BTreeMap<Fate, usize> {
        let mut fates = BTreeMap::new();
        for row in &self.services {
            *fates.entry(row.address).or_default() += 1;
        }
        fates
    }
}

/// Every possible list of addresses of each Service.
pub(super) fn addresses(decision: &Decision) -> BTreeMap<&str, BTreeSet<Vec<IpAddr>>> {
    let mut all: BTreeMap<&str, BTreeSet<Vec<IpAddr>>> = BTreeMap::new();
    for outcome in &decision.outcomes {
        for (service, allocation) in &outcome.services {
            all.entry(service).or_default().insert(allocation.ips.clone());
        }
    }
    all
}

/// What becomes of an address, given all that it may be.
pub(super) fn fate(
    before: &BTreeSet<Vec<IpAddr>>,
    after: &BTreeSet<Vec<IpAddr>>,
    pools_before: &BTreeSet<Option<String>>,
    pools_after: &BTreeSet<Option<String>>,
) -> Fate {
    let none = |all: &BTreeSet<Vec<IpAddr>>| all.iter().all(Vec::is_empty);
    let some = |all: &BTreeSet<Vec<IpAddr>>| all.iter().all(|ips| !ips.is_empty());
    match (none(before), none(after)) {
        (true, true) => Fate::None,
        (true, false) => Fate::Gained,
        (false, true) => Fate::Lost,
        _ if after.is_subset(before) => Fate::Kept,
        _ if some(before) && !some(after) => Fate::Lost,
        _ if pools_after.is_subset(pools_before) => Fate::Moved,
        _ => Fate::Changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::ObjectRef;
    use crate::verify::codes;

    #[test]
    fn a_difference_that_is_shown_is_headed_by_its_object() {
        let object = ObjectRef {
            kind: "BGPPeer".to_owned(),
            namespace: String::new(),
            name: "tor".to_owned(),
        };
        let finding = |subjects: &[&str], seen: bool, example: Option<&str>| Finding {
            diagnostic: Diagnostic::lossy(codes::OTHER_SESSIONS, "loses its session"),
            subjects: subjects.iter().map(|name| (*name).to_owned()).collect(),
            before: String::new(),
            after: String::new(),
            seen,
            example: example.map(str::to_owned),
        };
        for (subjects, seen, example, own, with_object) in [
            (&[][..], true, None, "loses its session", "BGPPeer tor loses its session"),
            (&[], false, Some(""), "loses its session", "BGPPeer tor loses its session"),
            (&[], false, None, "loses its session", "loses its session"),
            (&["s/web"], true, None, "s/web loses its session", "loses its session"),
            (
                &["s/a", "s/b"],
                true,
                None,
                "s/a and 1 more: each loses its session",
                "loses its session",
            ),
        ] {
            let mut finding = finding(subjects, seen, example);
            assert_eq!(finding.headline(), own);
            finding.diagnostic = finding.diagnostic.object(object.clone());
            assert_eq!(finding.headline(), with_object);
        }
    }

    #[test]
    fn an_address_is_kept_moved_changed_lost_or_gained() {
        let ips = |texts: &[&str]| -> BTreeSet<Vec<IpAddr>> {
            let one = |text: &&str| text.split_whitespace().map(|ip| ip.parse().unwrap()).collect();
            texts.iter().map(one).collect()
        };
        let pools = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect();
        for (before, after, pool, fated) in [
            (&["10.0.0.1"][..], &["10.0.0.1"][..], "a", Fate::Kept),
            (&["10.0.0.1", "10.1.0.1"], &["10.0.0.1"], "a", Fate::Kept),
            (&["10.0.0.1"], &["10.0.0.2"], "a", Fate::Moved),
            (&["10.0.0.1"], &["10.1.0.2"], "b", Fate::Changed),
            (&["10.0.0.1"], &[""], "a", Fate::Lost),
            (&["10.0.0.1"], &["10.0.0.1", ""], "a", Fate::Lost),
            (&["10.0.0.1", ""], &[""], "a", Fate::Lost),
            (&["10.0.0.1", ""], &["10.0.0.1", ""], "a", Fate::Kept),
            (&[""], &["10.0.0.1"], "a", Fate::Gained),
            (&[""], &[""], "a", Fate::None),
        ] {
            let found = fate(&ips(before), &ips(after), &pools(&["a"]), &pools(&[pool]));
            assert_eq!(found, fated, "{before:?} {after:?}");
        }
    }
}
