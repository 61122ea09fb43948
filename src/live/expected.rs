//! Who is expected to answer for each address, by a [`Decision`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::cluster::Cluster;
use crate::simulate::decision::{Decision, L2Announcement};

/// Who is expected to answer for one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The Services that have the address, as `namespace/name`.
    pub services: BTreeSet<String>,
    /// The Nodes that may answer.
    pub candidates: BTreeSet<String>,
    /// The Nodes that do, one for each Service, where that is known: MetalLB elects them
    /// by the input alone, Cilium's Leases may be in the input.
    pub leaders: BTreeSet<String>,
}

impl Expected {
    /// Whether somebody is expected to answer.
    pub fn somebody(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Whether this Node may be who answers: one that may, unless others are known to do.
    pub fn may_be(&self, node: &str) -> bool {
        let leads = self.leaders.is_empty() || self.leaders.contains(node);
        self.candidates.contains(node) && leads
    }
}

/// For every address in use: who may answer, over every possible outcome.
///
/// A Node whose interfaces are not in the input may answer on any.
pub fn expected(decision: &Decision, cluster: &Cluster) -> BTreeMap<IpAddr, Expected> {
    let mut all: BTreeMap<IpAddr, Expected> = BTreeMap::new();
    for outcome in &decision.outcomes {
        for (service, allocation) in &outcome.services {
            for ip in &allocation.ips {
                all.entry(*ip).or_default().services.insert(service.clone());
            }
        }
        for announcement in &outcome.l2 {
            let entry = all.entry(announcement.ip).or_default();
            entry.services.insert(announcement.service.clone());
            let candidates = announcement.candidates.iter();
            let able = candidates.filter(|node| may_answer(announcement, node, cluster));
            entry.candidates.extend(able.cloned());
            let leader = announcement.leader.iter();
            entry.leaders.extend(leader.filter(|n| may_answer(announcement, n, cluster)).cloned());
        }
    }
    all
}

fn may_answer(announcement: &L2Announcement, node: &str, cluster: &Cluster) -> bool {
    let known = cluster.nodes.iter().find(|known| known.name == node);
    let on = announcement.interfaces.get(node);
    on.is_some_and(|on| !on.is_empty()) || known.is_none_or(|node| node.interfaces.is_empty())
}

/// One address that a Node is to answer for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// The address.
    pub ip: IpAddr,
    /// On which interfaces.
    pub interfaces: BTreeSet<String>,
    /// For which Services.
    pub services: BTreeSet<String>,
    /// Whether the Node is sure to answer; else it may win the lease.
    pub sure: bool,
}

/// What a Node is to answer for in every possible outcome.
pub fn duties(decision: &Decision, node: &str) -> Vec<Duty> {
    let mut outcomes = decision.outcomes.iter().map(|outcome| of_outcome(&outcome.l2, node));
    let Some(first) = outcomes.next() else { return Vec::new() };
    let common = outcomes.fold(first, |kept, other| {
        let both = kept.into_iter().filter_map(|(ip, duty)| {
            let also = other.get(&ip)?;
            let interfaces = duty.interfaces.intersection(&also.interfaces).cloned().collect();
            let services = duty.services.union(&also.services).cloned().collect();
            Some((ip, Duty { ip, interfaces, services, sure: duty.sure && also.sure }))
        });
        both.filter(|(_, duty)| !duty.interfaces.is_empty()).collect()
    });
    common.into_values().collect()
}

fn of_outcome(l2: &[L2Announcement], node: &str) -> BTreeMap<IpAddr, Duty> {
    let mut duties: BTreeMap<IpAddr, Duty> = BTreeMap::new();
    for announcement in l2 {
        let other_leads = announcement.leader.as_deref().is_some_and(|leader| leader != node);
        let on = announcement.interfaces.get(node).filter(|on| !on.is_empty());
        let (false, Some(on)) = (other_leads, on) else { continue };
        if !announcement.candidates.iter().any(|candidate| candidate == node) {
            continue;
        }
        let sure = announcement.leader.is_some() || announcement.candidates.len() == 1;
        let ip = announcement.ip;
        let duty = duties.entry(ip).or_insert_with(|| Duty {
            ip,
            interfaces: BTreeSet::new(),
            services: BTreeSet::new(),
            sure: false,
        });
        duty.interfaces.extend(on.iter().cloned());
        duty.services.insert(announcement.service.clone());
        duty.sure |= sure;
    }
    duties
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cluster::Node;
    use crate::simulate::decision::{Allocation, Engine, Outcome};

    pub(crate) fn announcement(
        last: u8,
        leader: Option<&str>,
        interfaces: &[(&str, &[&str])],
    ) -> L2Announcement {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        L2Announcement {
            service: format!("default/s{last}"),
            ip: IpAddr::from([192, 0, 2, last]),
            candidates: interfaces.iter().map(|(node, _)| (*node).to_owned()).collect(),
            leader: leader.map(str::to_owned),
            interfaces: interfaces.iter().map(|(n, on)| ((*n).to_owned(), owned(on))).collect(),
        }
    }

    pub(crate) fn decision(outcomes: Vec<Vec<L2Announcement>>) -> Decision {
        let outcome = |l2: Vec<L2Announcement>| {
            let allocation = |one: &L2Announcement| Allocation {
                ips: vec![one.ip],
                pool: Some("pool".to_owned()),
                reason: None,
            };
            let services = l2.iter().map(|one| (one.service.clone(), allocation(one))).collect();
            Outcome { services, l2, bgp: vec![] }
        };
        Decision {
            engine: Engine::Metallb,
            version: String::new(),
            config_error: None,
            deterministic: outcomes.len() == 1,
            truncated: false,
            outcomes: outcomes.into_iter().map(outcome).collect(),
        }
    }

    #[test]
    fn candidates_that_would_be_silent_are_not_expected() {
        let silent = announcement(1, Some("a"), &[("a", &[]), ("b", &["eth0"])]);
        let named = |name: &str, interfaces: &[&str]| Node {
            name: name.to_owned(),
            interfaces: interfaces.iter().map(ToString::to_string).collect(),
            ..Node::default()
        };
        let decision = decision(vec![vec![silent]]);
        let ip = IpAddr::from([192, 0, 2, 1]);
        let known = Cluster {
            nodes: vec![named("a", &["eth1"]), named("b", &["eth0"])],
            ..Cluster::default()
        };
        let found = expected(&decision, &known).remove(&ip).unwrap();
        assert_eq!(found.candidates.into_iter().collect::<Vec<_>>(), ["b"]);
        assert!(found.leaders.is_empty());
        let unknown =
            Cluster { nodes: vec![named("a", &[]), named("b", &["eth0"])], ..Cluster::default() };
        let found = expected(&decision, &unknown).remove(&ip).unwrap();
        assert_eq!(found.candidates.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(found.leaders.into_iter().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_duty_holds_in_every_outcome() {
        let leads = announcement(1, Some("a"), &[("a", &["eth0", "eth1"]), ("b", &["eth0"])]);
        let fewer = announcement(1, Some("a"), &[("a", &["eth0"])]);
        let follows = announcement(2, Some("b"), &[("a", &["eth0"]), ("b", &["eth0"])]);
        let mute = announcement(3, Some("a"), &[("a", &[])]);
        let elsewhere = announcement(4, Some("a"), &[("a", &["eth2"])]);
        let either = announcement(5, None, &[("a", &["eth0"]), ("b", &["eth0"])]);
        let alone = announcement(6, None, &[("a", &["eth0"])]);
        let both = [either, alone];
        let one = [vec![leads, follows, mute, elsewhere], both.to_vec()].concat();
        let other = [vec![fewer], both.to_vec()].concat();
        let found = duties(&decision(vec![one, other]), "a");
        let told: Vec<(String, String, bool)> = found
            .iter()
            .map(|duty| {
                let on: Vec<&str> = duty.interfaces.iter().map(String::as_str).collect();
                (duty.ip.to_string(), on.join(","), duty.sure)
            })
            .collect();
        let expected = [("192.0.2.1", true), ("192.0.2.5", false), ("192.0.2.6", true)];
        let expected = expected.map(|(ip, sure)| (ip.to_owned(), "eth0".to_owned(), sure));
        assert_eq!(told, expected);
        assert_eq!(duties(&decision(vec![]), "a"), []);
    }
}
