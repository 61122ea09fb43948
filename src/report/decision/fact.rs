//! The statements that an outcome consists of: what two outcomes can be compared by.

use std::collections::{BTreeMap, BTreeSet};

use crate::simulate::decision::{Allocation, BgpRoute, Decision, L2Announcement, Outcome};

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// A Service's addresses: the Service.
    Service(String),
    /// Who answers on the link: the Service and the address.
    L2(String, String),
    /// A route: node, peer, prefix.
    Bgp(String, String, String),
}

impl About {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Service(service) => service.clone(),
            Self::L2(service, ip) => format!("{service} {ip}"),
            Self::Bgp(node, peer, prefix) => format!("{prefix} from {node} to {peer}"),
        }
    }

    /// The room of the report that it belongs to.
    pub(super) fn room(&self) -> &'static str {
        match self {
            Self::Service(_) => "Services",
            Self::L2(..) => "L2",
            Self::Bgp(..) => "BGP",
        }
    }
}

/// The statements of one outcome.
pub(super) fn facts(outcome: &Outcome) -> BTreeMap<About, String> {
    let services = outcome
        .services
        .iter()
        .map(|(service, allocation)| (About::Service(service.clone()), given(allocation)));
    let l2 = outcome
        .l2
        .iter()
        .map(|entry| (About::L2(entry.service.clone(), entry.ip.to_string()), answers(entry)));
    let bgp = outcome.bgp.iter().map(|route| {
        let about = About::Bgp(route.node.clone(), route.peer.clone(), route.prefix.clone());
        (about, attributes(route))
    });
    services.chain(l2).chain(bgp).collect()
}

/// What is said of each thing over all outcomes; a thing of which an outcome says
/// nothing is marked by `None`.
pub(super) fn possibilities(decision: &Decision) -> BTreeMap<About, BTreeSet<Option<String>>> {
    let all: Vec<BTreeMap<About, String>> = decision.outcomes.iter().map(facts).collect();
    let mut said: BTreeMap<About, BTreeSet<Option<String>>> = BTreeMap::new();
    for about in all.iter().flat_map(BTreeMap::keys) {
        if !said.contains_key(about) {
            let values = all.iter().map(|facts| facts.get(about).cloned()).collect();
            said.insert(about.clone(), values);
        }
    }
    said
}

/// `10.0.0.1 of pool a`, or why there is none.
pub(super) fn given(allocation: &Allocation) -> String {
    let Allocation { ips, pool, reason } = allocation;
    let ips: Vec<String> = ips.iter().map(ToString::to_string).collect();
    match (ips.is_empty(), pool, reason) {
        (true, _, Some(reason)) => format!("no address: {reason}"),
        (true, _, None) => "no address".to_owned(),
        (false, Some(pool), None) => format!("{} of pool {pool}", ips.join(", ")),
        (false, Some(pool), Some(reason)) => {
            format!("{} of pool {pool} ({reason})", ips.join(", "))
        }
        (false, None, _) => format!("{} of no pool", ips.join(", ")),
    }
}

/// `node-a answers, of node-a, node-b: eth0`.
fn answers(entry: &L2Announcement) -> String {
    let candidates = candidates(entry);
    match &entry.leader {
        Some(leader) => format!("{leader} answers, of {candidates}"),
        None => format!("one answers of {candidates}"),
    }
}

/// The nodes with the interfaces that they would answer on: `a, b: eth0; c: no interface
/// known`. No cluster names its nodes' interfaces by itself: none known is not none.
pub(super) fn candidates(entry: &L2Announcement) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for node in &entry.candidates {
        let interfaces = match entry.interfaces.get(node) {
            Some(interfaces) if !interfaces.is_empty() => interfaces.join(", "),
            _ => "no interface known".to_owned(),
        };
        match groups.iter_mut().find(|(known, _)| *known == interfaces) {
            Some((_, nodes)) => nodes.push(node),
            None => groups.push((interfaces, vec![node])),
        }
    }
    let texts = groups.iter().map(|(on, nodes)| format!("{}: {on}", nodes.join(", ")));
    texts.collect::<Vec<_>>().join("; ")
}

/// `local pref 100, communities 1:2 3:4`.
fn attributes(route: &BgpRoute) -> String {
    let mut texts = Vec::new();
    if let Some(preference) = route.local_pref {
        texts.push(format!("local pref {preference}"));
    }
    if !route.communities.is_empty() {
        texts.push(format!("communities {}", route.communities.join(" ")));
    }
    if texts.is_empty() { "no attributes".to_owned() } else { texts.join(", ") }
}
