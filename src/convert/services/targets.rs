//! From which pool each Service at hand has its address, or asks for one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::requests::{Request, can_share, is_ours, named_pool, request};
use crate::cilium::Feature;
use crate::cluster::{Cluster, IpFamilyPolicy, Service, ServiceKey, ServiceType};
use crate::convert::Context;
use crate::ip::{self, Family, IpRange};
use crate::metallb::{Config, Pool};

/// Where a Service's address comes from.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The pool, by its index in the configuration.
    pub(crate) pool: usize,
    /// The addresses that it holds and keeps, or asks for; empty where it has
    /// none yet.
    pub(crate) addresses: Vec<IpAddr>,
    /// Whether it holds them already.
    pub(crate) held: bool,
    /// Whether it names the pool itself.
    pub(crate) names_pool: bool,
}

/// The Services at hand that MetalLB serves, or would serve, from a pool that
/// can be told without running its allocator.
pub(crate) fn targets<'a>(context: &Context<'a>) -> Vec<(&'a Service, Target)> {
    let index = PoolIndex::new(context.config);
    let lb_class = context.options.lb_class.as_deref();
    let services = context.cluster.services.iter();
    let mut targets: Vec<(&Service, Target)> = services
        .filter(|service| is_ours(service, lb_class))
        .filter_map(|service| Some((service, target(context, &index, service)?)))
        .collect();
    release_contested(&mut targets);
    targets
}

/// The Services that hold or ask for an address which another one holds or asks
/// for, too, and that do not share it.
pub(crate) fn contested<'a>(
    context: &Context<'a>,
    served: &BTreeSet<&ServiceKey>,
) -> Vec<&'a Service> {
    let lb_class = context.options.lb_class.as_deref();
    let mut claims: BTreeMap<IpAddr, Vec<&Service>> = BTreeMap::new();
    let is_there = |one: &&Service| is_ours(one, lb_class) && !context.keeps_out(one);
    for service in context.cluster.services.iter().filter(is_there) {
        let mut addresses: BTreeSet<IpAddr> =
            service.ingress.iter().filter_map(|text| ip::parse_addr(text).ok()).collect();
        match request(service) {
            Request::Addresses(asked) => addresses.extend(asked),
            // Cilium takes it for a wish where MetalLB refuses all of them.
            Request::Malformed(_) => addresses
                .extend(service.load_balancer_ip.as_deref().and_then(|ip| ip::parse_addr(ip).ok())),
            Request::Any | Request::Pool(_) => {}
        }
        for address in addresses {
            claims.entry(address).or_default().push(service);
        }
    }
    let exposed = exposed_by_others(context, &claims);
    // To one that MetalLB refuses no sharing key is given.
    let share = |one: &Service, other: &Service| {
        can_share(one, other) && served.contains(&one.key) == served.contains(&other.key)
    };
    let mut contested: Vec<&Service> = claims
        .into_values()
        .filter(|claimants| {
            let others = |at: usize| &claimants[at + 1..];
            (0..claimants.len())
                .any(|at| others(at).iter().any(|other| !share(claimants[at], other)))
        })
        .flatten()
        .chain(exposed)
        .collect();
    contested.sort_by_key(|service| &service.key);
    contested.dedup_by_key(|service| &service.key);
    contested
}

/// Those whose address and port a Service that MetalLB does not serve has, too, by its
/// class or as an external address: where Cilium announces frontends, one of the two has
/// none.
fn exposed_by_others<'a>(
    context: &Context<'a>,
    claims: &BTreeMap<IpAddr, Vec<&'a Service>>,
) -> Vec<&'a Service> {
    if !context.options.version.has(Feature::AnnouncesFrontends) {
        return Vec::new();
    }
    let lb_class = context.options.lb_class.as_deref();
    let mut found = Vec::new();
    for other in &context.cluster.services {
        let is_foreign =
            other.service_type == ServiceType::LoadBalancer && !is_ours(other, lb_class);
        let held = other.ingress.iter().filter(|_| is_foreign);
        let addresses = other.external_ips.iter().chain(held);
        for address in addresses.filter_map(|text| ip::parse_addr(text).ok()) {
            let claimants = claims.get(&address).into_iter().flatten().copied();
            found.extend(claimants.filter(|one| {
                one.key != other.key && one.ports.iter().any(|port| other.ports.contains(port))
            }));
        }
    }
    found
}

/// Takes a held address from Services that cannot share it with the one that
/// MetalLB looks at first: that with the most addresses, then the first listed.
fn release_contested(targets: &mut [(&Service, Target)]) {
    let mut order: Vec<usize> = (0..targets.len()).filter(|at| targets[*at].1.held).collect();
    order.sort_by_key(|at| std::cmp::Reverse(targets[*at].1.addresses.len()));
    let mut holders: HashMap<IpAddr, &Service> = HashMap::new();
    for at in order {
        let (service, target) = &mut targets[at];
        let contested = target
            .addresses
            .iter()
            .any(|address| holders.get(address).is_some_and(|holder| !can_share(holder, service)));
        if contested {
            target.addresses.clear();
            target.held = false;
        } else {
            for address in &target.addresses {
                holders.entry(*address).or_insert(service);
            }
        }
    }
}

fn target(context: &Context<'_>, index: &PoolIndex<'_>, service: &Service) -> Option<Target> {
    let config = context.config;
    let asked = request(service);
    let named = named_pool(service);
    let names_pool = named.is_some();
    let fits = |pool: &usize| is_compatible(&config.pools[*pool], service, context.cluster);
    let target = |pool, addresses, held| Target { pool, addresses, held, names_pool };
    let holding: Vec<IpAddr> =
        service.ingress.iter().filter_map(|text| ip::parse_addr(text).ok()).collect();
    let held = index.pool_of_all(&holding).filter(fits);
    // Half of what a dual-stack Service is to have: the rest is still to come, so
    // there is nothing to be pinned.
    let keeps = keeps(service, &holding);
    let kept = || if keeps == Keeps::All { holding.clone() } else { vec![] };
    match asked {
        Request::Addresses(addresses) => {
            let pool = index.pool_of_all(&addresses).filter(fits)?;
            // Asked for by address and by name, it has to be one pool.
            named.is_none_or(|name| index.by_name(name) == Some(pool)).then_some(())?;
            let held = same_addresses(&addresses, &holding);
            are_of_its_families(service, &addresses).then(|| target(pool, addresses, held))
        }
        Request::Pool(name) => {
            let pool = index.by_name(&name).filter(fits)?;
            match held {
                Some(holder) if holder == pool && keeps != Keeps::Nothing => {
                    Some(target(pool, kept(), keeps == Keeps::All))
                }
                _ => Some(target(pool, vec![], false)),
            }
        }
        // A wish that cannot be read leaves what is held alone.
        Request::Any | Request::Malformed(_) if keeps != Keeps::Nothing => {
            Some(target(held?, kept(), keeps == Keeps::All))
        }
        Request::Any | Request::Malformed(_) => None,
    }
}

/// The families that the Service is to have, by its cluster addresses; `None`
/// where they are not known, as in a manifest that was never applied.
fn families(service: &Service) -> Option<BTreeSet<Family>> {
    let addrs = service.cluster_ips.iter().filter_map(|text| ip::parse_addr(text).ok());
    let families: BTreeSet<Family> = addrs.map(Family::of).collect();
    (!families.is_empty()).then_some(families)
}

/// Whether MetalLB grants these addresses together: one for each of the
/// Service's families.
fn are_of_its_families(service: &Service, addresses: &[IpAddr]) -> bool {
    let asked: BTreeSet<Family> = addresses.iter().map(|address| Family::of(*address)).collect();
    asked.len() == addresses.len() && families(service).is_none_or(|families| families == asked)
}

/// How much of what a Service holds MetalLB leaves it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    All,
    /// One address of a Service that prefers both families.
    Half,
    Nothing,
}

fn keeps(service: &Service, holding: &[IpAddr]) -> Keeps {
    if are_of_its_families(service, holding) {
        return Keeps::All;
    }
    let prefers_both = service.ip_family_policy == Some(IpFamilyPolicy::PreferDualStack);
    match holding {
        [_] if prefers_both && families(service).is_some_and(|families| families.len() == 2) => {
            Keeps::Half
        }
        _ => Keeps::Nothing,
    }
}

fn same_addresses(a: &[IpAddr], b: &[IpAddr]) -> bool {
    a.len() == b.len() && a.iter().all(|addr| b.contains(addr))
}

/// Whether MetalLB lets the Service have an address of the pool
/// (`isPoolCompatibleWithService`).
pub(crate) fn is_compatible(pool: &Pool, service: &Service, cluster: &Cluster) -> bool {
    let Some(allocation) = &pool.allocation else { return true };
    let selects = |namespace: &crate::cluster::Namespace| {
        let selectors = &allocation.namespace_selectors;
        selectors.iter().any(|selector| selector.matches(&namespace.labels))
    };
    // Selectors that select no Namespace restrict nothing.
    let restricted = !allocation.namespaces.is_empty() || cluster.namespaces.iter().any(selects);
    let own = &service.key.namespace;
    let in_namespace = allocation.namespaces.contains(own)
        || cluster.namespaces.iter().any(|ns| ns.name == *own && selects(ns));
    let selectors = &allocation.service_selectors;
    (!restricted || in_namespace)
        && (selectors.is_empty()
            || selectors.iter().any(|selector| selector.matches(&service.labels)))
}

/// Pools by address and by name.
struct PoolIndex<'a> {
    config: &'a Config,
    by_name: HashMap<&'a str, usize>,
    /// Disjoint, in ascending order.
    ranges: Vec<(IpRange, usize)>,
}

impl<'a> PoolIndex<'a> {
    fn new(config: &'a Config) -> Self {
        let pools = config.pools.iter().enumerate();
        let mut ranges: Vec<(IpRange, usize)> =
            pools.clone().flat_map(|(at, pool)| pool.ranges().map(move |r| (r, at))).collect();
        ranges.sort_by_key(|(range, _)| range.first());
        Self { config, by_name: pools.map(|(at, pool)| (pool.name(), at)).collect(), ranges }
    }

    fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    fn pool_of(&self, addr: IpAddr) -> Option<usize> {
        let after = self.ranges.partition_point(|(range, _)| range.first() <= addr);
        let (range, pool) = self.ranges[..after].last()?;
        let avoided = self.config.pools[*pool].avoid_buggy_ips && ip::is_buggy(addr);
        (range.contains(addr) && !avoided).then_some(*pool)
    }

    /// The one pool that holds all of the addresses.
    fn pool_of_all(&self, addrs: &[IpAddr]) -> Option<usize> {
        let first = self.pool_of(*addrs.first()?)?;
        addrs.iter().all(|addr| self.pool_of(*addr) == Some(first)).then_some(first)
    }
}
