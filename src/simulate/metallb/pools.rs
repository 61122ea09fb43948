//! The pools as the controller prepares them: addresses in allocation order,
//! namespaces resolved, and the lists that pinned pools are looked up in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::gosort;
use super::ids::{PoolId, family_index};
use crate::cluster::{Namespace, Service};
use crate::ip::{Family, from_number, is_buggy, to_number};
use crate::metallb::{Config, Pool};
use crate::selector::LabelSelector;

/// All pools of a configuration.
#[derive(Debug, Default)]
pub(super) struct PoolTable {
    pools: Vec<PreparedPool>,
    by_name: BTreeMap<String, PoolId>,
    /// Every range by its first address; ranges do not overlap.
    by_address: Vec<Located>,
    /// `Pools.ByNamespace`; the order within is the controller's map order.
    by_namespace: BTreeMap<String, Vec<PoolId>>,
    /// `Pools.ByServiceSelector`, by name.
    by_service_selector: Vec<PoolId>,
    /// Pools that any Service may get an address from without asking.
    open: Vec<PoolId>,
}

/// One pool.
#[derive(Debug)]
pub(super) struct PreparedPool {
    pub(super) name: String,
    pub(super) auto_assign: bool,
    pub(super) avoid_buggy_ips: bool,
    pub(super) pinning: Option<Pinning>,
    spaces: [Space; 2],
}

/// `spec.serviceAllocation` with its namespaces resolved.
#[derive(Debug)]
pub(super) struct Pinning {
    pub(super) priority: i64,
    /// Empty means no restriction, also where selectors fitted no namespace.
    pub(super) namespaces: BTreeSet<String>,
    /// Any of; empty means no restriction.
    pub(super) service_selectors: Vec<LabelSelector>,
}

/// The addresses of one family of a pool, numbered in allocation order.
#[derive(Debug, Default)]
pub(super) struct Space {
    segments: Vec<Segment>,
    last: Option<u128>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    /// The number of its first address.
    base: u128,
    first: u128,
    last: u128,
}

#[derive(Debug, Clone, Copy)]
struct Located {
    first: IpAddr,
    last: IpAddr,
    pool: PoolId,
    base: u128,
}

/// Where an address stands in its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) pool: PoolId,
    pub(super) family: Family,
    pub(super) number: u128,
}

impl Space {
    /// The number of the last address; `None` where there is none.
    pub(super) fn last(&self) -> Option<u128> {
        self.last
    }

    /// The address of a number.
    pub(super) fn address(&self, family: Family, number: u128) -> Option<IpAddr> {
        let after = self.segments.partition_point(|segment| segment.base <= number);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let address = segment.first.checked_add(number - segment.base)?;
        if address > segment.last {
            return None;
        }
        from_number(family, address)
    }

    fn push(&mut self, first: u128, last: u128) -> Option<u128> {
        let base = match self.last {
            None => 0,
            Some(number) => number.checked_add(1)?,
        };
        self.last = Some(base.checked_add(last - first)?);
        self.segments.push(Segment { base, first, last });
        Some(base)
    }
}

impl PreparedPool {
    pub(super) fn space(&self, family: Family) -> &Space {
        &self.spaces[family_index(family)]
    }

    /// MetalLB's `isPoolCompatibleWithService`.
    pub(super) fn is_compatible(&self, service: &Service) -> bool {
        let Some(pinning) = &self.pinning else { return true };
        (pinning.namespaces.is_empty() || pinning.namespaces.contains(&service.key.namespace))
            && (pinning.service_selectors.is_empty()
                || pinning
                    .service_selectors
                    .iter()
                    .any(|selector| selector.matches(&service.labels)))
    }

    fn priority(&self) -> i64 {
        self.pinning.as_ref().map_or(0, |pinning| pinning.priority)
    }

    fn new(pool: &Pool, namespaces: &[Namespace]) -> Self {
        let pinning = pool.allocation.as_ref().map(|allocation| {
            let mut names = allocation.namespaces.clone();
            let chosen = namespaces.iter().filter(|namespace| {
                allocation.namespace_selectors.iter().any(|s| s.matches(&namespace.labels))
            });
            names.extend(chosen.map(|namespace| namespace.name.clone()));
            let mut service_selectors = allocation.service_selectors.clone();
            if allocation.fits_every_service() {
                service_selectors.push(LabelSelector::default());
            }
            Pinning { priority: allocation.priority, namespaces: names, service_selectors }
        });
        Self {
            name: pool.name().to_owned(),
            auto_assign: pool.auto_assign,
            avoid_buggy_ips: pool.avoid_buggy_ips,
            pinning,
            spaces: Default::default(),
        }
    }
}

impl PoolTable {
    pub(super) fn new(config: &Config, namespaces: &[Namespace]) -> Self {
        let mut table = Self::default();
        for (id, pool) in (0..).map(PoolId).zip(&config.pools) {
            let mut prepared = PreparedPool::new(pool, namespaces);
            for range in pool.ranges() {
                let (first, last) = (to_number(range.first()), to_number(range.last()));
                let space = &mut prepared.spaces[family_index(range.family())];
                if let Some(base) = space.push(first, last) {
                    let (first, last) = (range.first(), range.last());
                    table.by_address.push(Located { first, last, pool: id, base });
                }
            }
            table.enlist(id, &prepared);
            table.pools.push(prepared);
        }
        table.by_address.sort_unstable_by_key(|located| located.first);
        let pools = &table.pools;
        let name = |id: &PoolId| pools.get(id.index()).map(|pool| pool.name.as_str());
        table.by_service_selector.sort_by(|a, b| name(a).cmp(&name(b)));
        table
    }

    fn enlist(&mut self, id: PoolId, pool: &PreparedPool) {
        self.by_name.insert(pool.name.clone(), id);
        let Some(pinning) = &pool.pinning else {
            if pool.auto_assign {
                self.open.push(id);
            }
            return;
        };
        for namespace in &pinning.namespaces {
            self.by_namespace.entry(namespace.clone()).or_default().push(id);
        }
        if !pinning.service_selectors.is_empty() {
            self.by_service_selector.push(id);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pools.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.pools.len()
    }

    pub(super) fn get(&self, id: PoolId) -> Option<&PreparedPool> {
        self.pools.get(id.index())
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = PoolId> + use<> {
        (0..).map(PoolId).take(self.pools.len())
    }

    pub(super) fn name(&self, id: PoolId) -> &str {
        self.get(id).map_or("", |pool| &pool.name)
    }

    pub(super) fn named(&self, name: &str) -> Option<PoolId> {
        self.by_name.get(name).copied()
    }

    pub(super) fn open(&self) -> &[PoolId] {
        &self.open
    }

    /// Whether any pool is pinned, so that order may matter.
    pub(super) fn has_pinned(&self) -> bool {
        !self.by_namespace.is_empty() || !self.by_service_selector.is_empty()
    }

    /// Pools that stand in some list by namespace.
    pub(super) fn namespaced(&self) -> BTreeSet<PoolId> {
        self.by_namespace.values().flatten().copied().collect()
    }

    /// How many entries the longest list of pinned pools can have.
    pub(super) fn longest_list(&self) -> usize {
        self.by_service_selector.len()
            + self.by_namespace.values().map(Vec::len).max().unwrap_or_default()
    }

    pub(super) fn has_negative_priority(&self) -> bool {
        self.pools.iter().any(|pool| pool.priority() < 0)
    }

    pub(super) fn priority(&self, id: PoolId) -> i64 {
        self.get(id).map_or(0, PreparedPool::priority)
    }

    /// The pinned pools that fit a Service and hand out addresses unasked: those by
    /// namespace (in no order) and those by Service selector (in theirs).
    pub(super) fn pinned_for(&self, service: &Service) -> (Vec<PoolId>, Vec<PoolId>) {
        let fits = |id: &&PoolId| {
            self.get(**id).is_some_and(|pool| pool.auto_assign && pool.is_compatible(service))
        };
        let by_namespace = self.by_namespace.get(&service.key.namespace);
        (
            by_namespace.into_iter().flatten().filter(fits).copied().collect(),
            self.by_service_selector.iter().filter(fits).copied().collect(),
        )
    }

    /// MetalLB's `sortPools`.
    pub(super) fn sort(&self, pools: &mut [PoolId]) {
        gosort::sort_slice(pools, |a, b| {
            let (a, b) = (self.priority(*a), self.priority(*b));
            if a > 0 && b > 0 { a < b } else { !(a == 0 && b > 0) }
        });
    }

    /// Where an address stands, whether avoided or not.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let after = self.by_address.partition_point(|located| located.first <= address);
        let located = self.by_address.get(after.checked_sub(1)?)?;
        let family = Family::of(address);
        if Family::of(located.first) != family || located.last < address {
            return None;
        }
        let number = located.base + (to_number(address) - to_number(located.first));
        Some(Place { pool: located.pool, family, number })
    }

    /// The one pool that holds all of these addresses and does not avoid any
    /// (`poolFor` of the allocator).
    pub(super) fn pool_for(&self, addresses: &[IpAddr]) -> Option<PoolId> {
        let pool = self.holder_of(addresses)?;
        let avoided = self.get(pool)?.avoid_buggy_ips && addresses.iter().copied().any(is_buggy);
        (!avoided).then_some(pool)
    }

    /// The one pool that holds all of these addresses (`poolFor` of the speaker).
    pub(super) fn holder_of(&self, addresses: &[IpAddr]) -> Option<PoolId> {
        let (first, rest) = addresses.split_first()?;
        let pool = self.place(*first)?.pool;
        rest.iter()
            .all(|address| self.place(*address).is_some_and(|place| place.pool == pool))
            .then_some(pool)
    }

    /// The address at a place.
    pub(super) fn address(&self, place: Place) -> Option<IpAddr> {
        self.get(place.pool)?.space(place.family).address(place.family, place.number)
    }
}
