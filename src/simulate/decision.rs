//! The common result of both engines, in the form that `simulate -o json` prints.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;

use super::codes;
use crate::diagnostic::Diagnostic;

/// Which controller decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// MetalLB.
    Metallb,
    /// Cilium.
    Cilium,
}

/// Everything that a controller can decide for one configuration and cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Which controller.
    pub engine: Engine,
    /// The version whose behaviour was simulated.
    pub version: String,
    /// Why the configuration is refused; `outcomes` is then empty.
    pub config_error: Option<String>,
    /// Whether there is just one outcome.
    pub deterministic: bool,
    /// Whether there are more outcomes than were asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Every possible outcome, sorted.
    pub outcomes: Vec<Outcome>,
}

/// Says that the configuration makes Cilium's operator crash
/// ([`Decision::config_error`]).
pub fn crash(reason: &str) -> Diagnostic {
    Diagnostic::error(codes::OPERATOR_CRASHES, format!("Cilium decides nothing: {reason}"))
}

impl Decision {
    /// The Services that have no address in any outcome, each with why where that
    /// is known.
    pub fn unserved(&self) -> BTreeMap<&str, Option<&str>> {
        let Some((first, others)) = self.outcomes.split_first() else { return BTreeMap::new() };
        let without = first.services.iter().filter(|(_, allocation)| allocation.ips.is_empty());
        without
            .filter(|(service, _)| {
                others.iter().all(|outcome| {
                    outcome.services.get(*service).is_none_or(|other| other.ips.is_empty())
                })
            })
            .map(|(service, allocation)| (service.as_str(), allocation.reason.as_deref()))
            .collect()
    }
}

/// One possible decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Outcome {
    /// Every Service of type LoadBalancer by `namespace/name`.
    pub services: BTreeMap<String, Allocation>,
    /// Who may answer for each address on the link, sorted by service, then ip.
    pub l2: Vec<L2Announcement>,
    /// Who sends which prefix to whom, sorted by node, peer, prefix.
    pub bgp: Vec<BgpRoute>,
}

/// What one Service gets.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Allocation {
    /// Its addresses, IPv4 first; empty where it has none.
    pub ips: Vec<IpAddr>,
    /// The pool that holds them; joined by a comma where two pools gave one each.
    pub pool: Option<String>,
    /// Why it has none, in our words.
    pub reason: Option<String>,
}

/// Who may answer for one address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct L2Announcement {
    /// `namespace/name`.
    pub service: String,
    /// The address.
    pub ip: IpAddr,
    /// The nodes that may answer, sorted.
    pub candidates: Vec<String>,
    /// The node that does, where it is known beforehand.
    pub leader: Option<String>,
    /// The interfaces on which each candidate would answer, sorted.
    pub interfaces: BTreeMap<String, Vec<String>>,
}

/// One route that one node sends to one peer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BgpRoute {
    /// The node.
    pub node: String,
    /// The peer's name.
    pub peer: String,
    /// The prefix in CIDR form.
    pub prefix: String,
    /// LOCAL_PREF where one is set.
    pub local_pref: Option<u32>,
    /// Communities in text form, sorted; large ones as `large:a:b:c`.
    pub communities: Vec<String>,
}
