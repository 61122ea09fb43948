//! Two Decisions on the cluster at hand, Service by Service.
//!
//! In: what MetalLB and what Cilium decide. Out: the Services for which some
//! outcome of Cilium is none that MetalLB could have come to. The very address
//! of a Service counts where it holds one; else its pool and families do. A pool
//! is told by the addresses that MetalLB's configuration puts there, whatever
//! Cilium's object is called. The L2 leader does not count, nor a local preference
//! that goes to an external peer, which is never sent.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

use crate::cluster::{Cluster, Endpoint, Service};
use crate::ip::{self, Family};
use crate::metallb::{Config, Peer, Pool};
use crate::simulate::cilium::{BGP_CLASS, L2_CLASS};
use crate::simulate::decision::{Decision, L2Announcement, Outcome};

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
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
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
    /// Whether two nodes may answer for one address at once, each for another
    /// Service that shares it.
    pub answered_twice: bool,
    /// The routes.
    pub bgp: BTreeSet<Route>,
}

/// A route of a Service, without its prefix: the address may differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
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

/// Whose decision it is, as far as the comparison needs to know.
#[derive(Debug, Clone, Copy)]
pub enum Side<'d> {
    /// MetalLB's.
    Metallb(&'d Decision),
    /// Cilium's.
    Cilium(&'d Decision),
}

impl<'d> Side<'d> {
    /// The decision.
    pub fn decision(self) -> &'d Decision {
        match self {
            Self::Metallb(decision) | Self::Cilium(decision) => decision,
        }
    }
}

/// Compares what MetalLB and Cilium decide on one cluster.
pub fn compare(
    config: &Config,
    cluster: &Cluster,
    metallb: &Decision,
    cilium: &Decision,
) -> Comparison {
    compare_sides(config, cluster, Side::Metallb(metallb), Side::Cilium(cilium))
}

/// Compares two Decisions on one cluster, in the terms of MetalLB's configuration.
fn compare_sides(
    config: &Config,
    cluster: &Cluster,
    before: Side<'_>,
    after: Side<'_>,
) -> Comparison {
    let terms = Terms::new(config, cluster, before.decision());
    let servings_before = servings(before, &terms);
    let mut servings_after = servings(after, &terms);
    leave_alone(&servings_before, &mut servings_after);
    let mut differences = Vec::new();
    let services = servings_before.len();
    for (service, before) in servings_before {
        let other = servings_after.get(&service).and_then(|after| after.difference(&before).next());
        if let Some(other) = other {
            differences.push(Difference { service, after: other.clone(), before });
        }
    }
    let truncated = before.decision().truncated || after.decision().truncated;
    Comparison { services, differences, truncated }
}

/// For each Service, all the ways in which it may be served.
pub(super) fn served(
    config: &Config,
    cluster: &Cluster,
    held_by: &Decision,
    side: Side<'_>,
) -> BTreeMap<String, BTreeSet<Serving>> {
    servings(side, &Terms::new(config, cluster, held_by))
}

/// Services that neither side serves have no address on either: what the status of such a
/// one shows, of another class say, another controller gave.
pub(super) fn leave_alone(
    before: &BTreeMap<String, BTreeSet<Serving>>,
    after: &mut BTreeMap<String, BTreeSet<Serving>>,
) {
    for (service, was) in before {
        if let Some(is) = after.get_mut(service)
            && was.iter().chain(is.iter()).all(Serving::is_nobodys)
        {
            is.clone_from(was);
        }
    }
}

/// In which terms Services are compared.
struct Terms<'a> {
    internal: BTreeSet<&'a str>,
    external: BTreeSet<&'a str>,
    pools: PoolMap<'a>,
    held: BTreeSet<String>,
    /// Services that Cilium announces to nobody, for their class: a route to the address
    /// that their status shows is another's.
    foreign: BTreeSet<String>,
    /// Services that no endpoint could serve: a route that another one is a reason for, which
    /// shares the address or is in one aggregate with it, is not theirs.
    idle: BTreeSet<String>,
}

impl<'a> Terms<'a> {
    fn new(config: &'a Config, cluster: &Cluster, held_by: &Decision) -> Self {
        let foreign = cluster.services.iter().filter(|service| {
            let class = service.load_balancer_class.as_deref();
            class.is_some_and(|class| class != BGP_CLASS && class != L2_CLASS)
        });
        // Without any EndpointSlice nothing is known of endpoints.
        let idle = cluster.services.iter().filter(|service| {
            !cluster.endpoints.is_empty()
                && !cluster.endpoints_of(&service.key).iter().any(Endpoint::can_serve)
        });
        let (internal, external): (Vec<&Peer>, Vec<&Peer>) =
            config.peers.iter().partition(|peer| peer.is_internal());
        Self {
            internal: internal.iter().map(|peer| peer.name()).collect(),
            external: external.iter().map(|peer| peer.name()).collect(),
            pools: PoolMap::new(config),
            held: held(cluster, held_by),
            foreign: foreign.map(|service| service.key.to_string()).collect(),
            idle: idle.map(|service| service.key.to_string()).collect(),
        }
    }
}

/// What a pool is called that holds addresses that no pool of MetalLB's does.
pub const NO_POOL_OF_METALLB: &str = "(outside MetalLB's pools)";

/// Which pool of MetalLB's an address belongs to.
pub(super) struct PoolMap<'a>(BTreeMap<IpAddr, (IpAddr, &'a Pool)>);

impl<'a> PoolMap<'a> {
    /// The pools of a configuration, which do not overlap.
    pub(super) fn new(config: &'a Config) -> Self {
        let ranges = config
            .pools
            .iter()
            .flat_map(|pool| pool.ranges().map(move |range| (range.first(), (range.last(), pool))));
        Self(ranges.collect())
    }

    /// The pool that gives this address out.
    fn pool(&self, address: IpAddr) -> Option<&'a Pool> {
        let (first, (last, pool)) = self.0.range(..=address).next_back()?;
        let holds = first.is_ipv4() == address.is_ipv4() && address <= *last;
        let avoided = pool.avoid_buggy_ips && ip::is_buggy(address);
        (holds && !avoided).then_some(*pool)
    }

    /// The pools of these addresses, in the form of a Decision.
    pub(super) fn names(&self, addresses: &[IpAddr]) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for address in addresses {
            let name = self.pool(*address).map_or(NO_POOL_OF_METALLB, Pool::name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join(","))
    }
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
fn servings(side: Side<'_>, terms: &Terms<'_>) -> BTreeMap<String, BTreeSet<Serving>> {
    let mut all: BTreeMap<String, BTreeSet<Serving>> = BTreeMap::new();
    for outcome in &side.decision().outcomes {
        for (service, serving) in of_outcome(outcome, side, terms) {
            all.entry(service.to_owned()).or_default().insert(serving);
        }
    }
    all
}

fn of_outcome<'o>(
    outcome: &'o Outcome,
    side: Side<'_>,
    terms: &Terms<'_>,
) -> HashMap<&'o str, Serving> {
    let mut servings: HashMap<&str, Serving> = HashMap::with_capacity(outcome.services.len());
    let mut by_address: BTreeMap<IpAddr, Vec<&str>> = BTreeMap::new();
    for (service, allocation) in &outcome.services {
        let is_reached = matches!(side, Side::Metallb(_)) || !terms.foreign.contains(service);
        for address in allocation.ips.iter().filter(|_| is_reached) {
            by_address.entry(*address).or_default().push(service);
        }
        let addresses = if terms.held.contains(service) { allocation.ips.clone() } else { vec![] };
        let pool = match side {
            Side::Metallb(_) => allocation.pool.clone(),
            Side::Cilium(_) => {
                allocation.pool.as_ref().and_then(|_| terms.pools.names(&allocation.ips))
            }
        };
        let serving = Serving {
            pool,
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
    for service in answered_twice(outcome) {
        if let Some(serving) = servings.get_mut(service) {
            serving.answered_twice = true;
        }
    }
    for route in &outcome.bgp {
        let Ok(prefix) = route.prefix.parse::<IpNet>() else { continue };
        let sent = Route {
            node: route.node.clone(),
            peer: route.peer.clone(),
            family: Family::of(prefix.network()),
            length: prefix.prefix_len(),
            local_pref: match side {
                Side::Metallb(_) => {
                    route.local_pref.filter(|_| terms.internal.contains(route.peer.as_str()))
                }
                // Cilium takes it away itself, where it knows the peer's AS number.
                Side::Cilium(_) => {
                    route.local_pref.filter(|_| !terms.external.contains(route.peer.as_str()))
                }
            },
            communities: route.communities.clone(),
        };
        let range = prefix.network()..=prefix.broadcast();
        let reached = || by_address.range(range.clone()).flat_map(|(_, services)| services);
        let is_idle = |service: &&&str| terms.idle.contains(**service);
        let has_reason = reached().any(|service| !is_idle(&service));
        for service in reached().filter(|service| !(has_reason && is_idle(service))) {
            if let Some(serving) = servings.get_mut(service) {
                serving.bgp.insert(sent.clone());
            }
        }
    }
    servings
}

/// The Services that share an address with another one for which another node
/// may answer at the same time.
fn answered_twice(outcome: &Outcome) -> BTreeSet<&str> {
    let mut by_address: BTreeMap<IpAddr, Vec<&L2Announcement>> = BTreeMap::new();
    for entry in outcome.l2.iter().filter(|entry| !entry.candidates.is_empty()) {
        by_address.entry(entry.ip).or_default().push(entry);
    }
    let mut services = BTreeSet::new();
    for entries in by_address.into_values() {
        for one in &entries {
            let apart = |other: &&&L2Announcement| {
                one.service != other.service
                    && match (&one.leader, &other.leader) {
                        (Some(one), Some(other)) => one != other,
                        _ => one.candidates.len() > 1 || one.candidates != other.candidates,
                    }
            };
            if entries.iter().any(|other| apart(&other)) {
                services.insert(one.service.as_str());
            }
        }
    }
    services
}

impl Serving {
    /// Whether the address, if there is one, is of no pool and announced to nobody.
    fn is_nobodys(&self) -> bool {
        self.pool.is_none() && self.l2.is_empty() && self.bgp.is_empty()
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
