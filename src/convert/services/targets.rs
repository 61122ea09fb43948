//! From which pool each Service at hand has its address, or asks for one.

use std::collections::HashMap;
use std::net::IpAddr;

use super::requests::{Request, is_ours, named_pool, request};
use crate::cluster::{Cluster, Service};
use crate::convert::Context;
use crate::ip::{self, IpRange};
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
    services
        .filter(|service| is_ours(service, lb_class))
        .filter_map(|service| Some((service, target(context, &index, service)?)))
        .collect()
}

fn target(context: &Context<'_>, index: &PoolIndex<'_>, service: &Service) -> Option<Target> {
    let config = context.config;
    let asked = request(service);
    let names_pool = named_pool(service).is_some();
    let fits = |pool: &usize| is_compatible(&config.pools[*pool], service, context.cluster);
    let target = |pool, addresses, held| Target { pool, addresses, held, names_pool };
    let holding: Vec<IpAddr> =
        service.ingress.iter().filter_map(|text| ip::parse_addr(text).ok()).collect();
    let held = index.pool_of_all(&holding).filter(fits);
    match asked {
        Request::Addresses(addresses) => {
            let pool = index.pool_of_all(&addresses).filter(fits)?;
            let held = same_addresses(&addresses, &holding);
            Some(target(pool, addresses, held))
        }
        Request::Pool(name) => {
            let pool = index.by_name(&name).filter(fits)?;
            match held {
                Some(holder) if holder == pool => Some(target(pool, holding, true)),
                _ => Some(target(pool, vec![], false)),
            }
        }
        // A wish that cannot be read leaves what is held alone.
        Request::Any | Request::Malformed(_) => Some(target(held?, holding, true)),
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
