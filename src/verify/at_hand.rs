//! Two Decisions on the cluster at hand, Service by Service.
//!
//! In: what MetalLB and what Cilium decide. Out: the Services for which some
//! outcome of Cilium is none that MetalLB could have come to. The very address
//! of a Service counts where it holds one; else its pool and families do. The L2
//! leader does not count, nor a local preference that goes to an external peer,
//! which is never sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::cluster::{Cluster, Service};
use crate::ip::{self, Family};
use crate::metallb::{Config, RemoteAs};
use crate::simulate::decision::{Decision, Outcome};

/// A Service that Cilium may serve as MetalLB would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `namespace/name`.
    pub service: String,
    /// What MetalLB may decide.
    pub before: BTreeSet<Serving>,
    /// What Cilium may decide instead.
    pub after: Serving,
}

/// How a Service is served, as far as it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serving {
    /// The pool.
    pub pool: Option<String>,
    /// The families of its addresses.
    pub families: BTreeSet<Family>,
    /// How many addresses it has.
    pub count: usize,
    /// The addresses, where it holds some that MetalLB keeps.
    pub addresses: Vec<IpAddr>,
    /// For each family, the nodes that may answer with their interfaces.
    pub l2: BTreeSet<(Family, BTreeMap<String, Vec<String>>)>,
    /// The routes.
    pub bgp: BTreeSet<Route>,
}

/// A route of a Service, without its prefix: the address may differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The node that sends it.
    pub node: String,
    /// To whom.
    pub peer: String,
    /// The family of the prefix.
    pub family: Family,
    /// The length of the prefix.
    pub length: u8,
    /// LOCAL_PREF, towards internal peers.
    pub local_pref: Option<u32>,
    /// Communities, sorted.
    pub communities: Vec<String>,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many Services were compared.
    pub services: usize,
    /// Those that may be served otherwise, by name.
    pub differences: Vec<Difference>,
    /// Whether one of the Decisions did not list all its outcomes, so that a
    /// difference may have been missed, or one seen that is none.
    pub truncated: bool,
}

/// Compares two Decisions on one cluster.
pub fn compare(
    config: &Config,
    cluster: &Cluster,
    metallb: &Decision,
    cilium: &Decision,
) -> Comparison {
    let internal = internal_peers(config);
    let held = held(cluster, metallb);
    let before = servings(metallb, &internal, &held);
    let after = servings(cilium, &internal, &held);
    let mut differences = Vec::new();
    let services = before.len();
    for (service, before) in before {
        let other = after.get(&service).and_then(|after| after.difference(&before).next());
        if let Some(other) = other {
            differences.push(Difference { service, after: other.clone(), before });
        }
    }
    Comparison { services, differences, truncated: metallb.truncated || cilium.truncated }
}

fn internal_peers(config: &Config) -> BTreeSet<&str> {
    let internal = config.peers.iter().filter(|peer| match peer.remote {
        RemoteAs::Asn(asn) => asn == peer.shown_asn(),
        RemoteAs::Internal => true,
        RemoteAs::External => false,
    });
    internal.map(|peer| peer.name()).collect()
}

/// The Services whose present addresses MetalLB keeps whatever happens.
fn held(cluster: &Cluster, metallb: &Decision) -> BTreeSet<String> {
    let keeps = |service: &Service| {
        let mut holding: Vec<IpAddr> =
            service.ingress.iter().filter_map(|text| ip::parse_addr(text).ok()).collect();
        holding.sort();
        let key = service.key.to_string();
        !holding.is_empty()
            && metallb.outcomes.iter().all(|outcome| {
                outcome.services.get(&key).is_some_and(|allocation| {
                    let mut given = allocation.ips.clone();
                    given.sort();
                    given == holding
                })
            })
    };
    let services = cluster.services.iter().filter(|service| keeps(service));
    services.map(|service| service.key.to_string()).collect()
}

/// For each Service, all that it may come to.
fn servings(
    decision: &Decision,
    internal: &BTreeSet<&str>,
    held: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<Serving>> {
    let mut all: BTreeMap<String, BTreeSet<Serving>> = BTreeMap::new();
    for outcome in &decision.outcomes {
        for (service, serving) in of_outcome(outcome, internal, held) {
            all.entry(service.to_owned()).or_default().insert(serving);
        }
    }
    all
}

fn of_outcome<'o>(
    outcome: &'o Outcome,
    internal: &BTreeSet<&str>,
    held: &BTreeSet<String>,
) -> HashMap<&'o str, Serving> {
    let mut servings: HashMap<&str, Serving> = HashMap::with_capacity(outcome.services.len());
    let mut by_address: BTreeMap<IpAddr, Vec<&str>> = BTreeMap::new();
    for (service, allocation) in &outcome.services {
        for address in &allocation.ips {
            by_address.entry(*address).or_default().push(service);
        }
        let addresses = if held.contains(service) { allocation.ips.clone() } else { vec![] };
        let serving = Serving {
            pool: allocation.pool.clone(),
            families: allocation.ips.iter().map(|address| Family::of(*address)).collect(),
            count: allocation.ips.len(),
            addresses,
            ..Serving::default()
        };
        servings.insert(service, serving);
    }
    for entry in &outcome.l2 {
        if let Some(serving) = servings.get_mut(entry.service.as_str()) {
            serving.l2.insert((Family::of(entry.ip), entry.interfaces.clone()));
        }
    }
    for route in &outcome.bgp {
        let Ok(prefix) = route.prefix.parse::<IpNet>() else { continue };
        let sent = Route {
            node: route.node.clone(),
            peer: route.peer.clone(),
            family: Family::of(prefix.network()),
            length: prefix.prefix_len(),
            local_pref: route.local_pref.filter(|_| internal.contains(route.peer.as_str())),
            communities: route.communities.clone(),
        };
        for (_, services) in by_address.range(prefix.network()..=prefix.broadcast()) {
            for service in services {
                if let Some(serving) = servings.get_mut(service) {
                    serving.bgp.insert(sent.clone());
                }
            }
        }
    }
    servings
}

impl Difference {
    /// What differs first, in the order in which it matters.
    pub fn what(&self) -> &'static str {
        let after = &self.after;
        let alike = |same: &dyn Fn(&Serving) -> bool| self.before.iter().any(same);
        if !alike(&|before| (before.count == 0) == (after.count == 0)) {
            if after.count == 0 { "loses its address" } else { "gains an address" }
        } else if !alike(&|before| before.addresses == after.addresses) {
            "changes its address"
        } else if !alike(&|before| before.pool == after.pool) {
            "changes its pool"
        } else if !alike(&|before| {
            (&before.families, before.count) == (&after.families, after.count)
        }) {
            "has other address families"
        } else if !alike(&|before| before.l2 == after.l2) {
            "is answered for by other nodes"
        } else if !alike(&|before| before.bgp == after.bgp) {
            "has other routes"
        } else {
            "is served otherwise"
        }
    }
}

/// `pool a, IPv4, answered for by node-a and node-b, 2 routes`.
impl fmt::Display for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return f.write_str("no address");
        }
        match &self.pool {
            Some(pool) => write!(f, "pool {pool}")?,
            None => f.write_str("no pool")?,
        }
        for family in &self.families {
            f.write_str(match family {
                Family::V4 => ", IPv4",
                Family::V6 => ", IPv6",
            })?;
        }
        let nodes: BTreeSet<&str> =
            self.l2.iter().flat_map(|(_, nodes)| nodes.keys().map(String::as_str)).collect();
        if !nodes.is_empty() {
            let nodes: Vec<&str> = nodes.into_iter().collect();
            write!(f, ", answered for by {}", nodes.join(" "))?;
        }
        match self.bgp.len() {
            0 => Ok(()),
            1 => f.write_str(", 1 route"),
            count => write!(f, ", {count} routes"),
        }
    }
}
