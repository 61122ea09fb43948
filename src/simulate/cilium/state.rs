//! The state of LB-IPAM: which address is whose.
//!
//! It grows with the number of Services, not of addresses. Everything that decides
//! what happens next goes into its [`Digest`].

mod sharing;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use sharing::Shared;

use super::digest::{Digest, digest_of};
use super::explain::Watch;
use super::labels::{Selects, labels_of};
use super::order::OpenOrder;
use super::pools::{Block, Pool};
use super::range::{Holders, Range};
use super::request::Request;
use super::rules::Rules;
use crate::cluster::Service;
use crate::ip::{self, Family, IpRange};

/// A Service by its place in the cluster's list.
pub(super) type ServiceId = usize;
/// A pool by its place in [`State::pools`].
pub(super) type PoolId = usize;
/// A range by its place in [`State::ranges`].
pub(super) type RangeId = usize;

/// What LB-IPAM looks at but does not change.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) rules: &'a Rules,
    pub(super) services: &'a [Service],
    /// What each Service asks for.
    pub(super) requests: &'a [Request],
}

impl World<'_> {
    pub(super) fn compatible(
        &self,
        one: ServiceId,
        other: ServiceId,
    ) -> Result<(), super::request::Incompatible> {
        let get = |id: ServiceId| Some((self.services.get(id)?, self.requests.get(id)?));
        match (get(one), get(other)) {
            (Some(one), Some(other)) => super::request::compatible(one, other, self.rules),
            _ => Err(super::request::Incompatible::Key),
        }
    }
}

/// One address with the range that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) range: RangeId,
    pub(super) number: u128,
}

/// What LB-IPAM knows of one Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) phase: Phase,
    /// Its addresses, in the order in which it got them.
    pub(super) held: Vec<Held>,
    /// `status.loadBalancer.ingress`, where it differs from `held`.
    pub(super) status: Option<Vec<IpAddr>>,
}

impl View {
    /// Adds an address. Most Services have just one.
    pub(super) fn add(&mut self, held: Held) {
        self.held.reserve_exact(1);
        self.held.push(held);
    }
}

/// How far a Service is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// LB-IPAM has not taken it in.
    #[default]
    Unknown,
    /// It has all it asks for.
    Satisfied,
    /// It lacks something.
    Unsatisfied,
}

/// A pool that LB-IPAM knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownPool {
    pub(super) pool: Pool,
    /// Whether it takes part; a deleted one does not.
    pub(super) known: bool,
    /// Whether it is switched off because it overlaps another one.
    pub(super) conflicting: bool,
    /// Its ranges, in order of arrival.
    pub(super) ranges: Vec<RangeId>,
}

impl KnownPool {
    pub(super) fn is_enabled(&self) -> bool {
        self.known && !self.conflicting && !self.pool.disabled
    }
}

/// The pools and ranges in use.
#[derive(Debug, Default)]
struct Enabled {
    /// The ranges by their first address; they do not overlap.
    ranges: Vec<(IpRange, RangeId)>,
    /// The pools that only Services with one of these labels may use.
    by_label: HashMap<String, HashMap<String, Vec<PoolId>>>,
    /// The other pools.
    general: Vec<PoolId>,
}

/// LB-IPAM's state.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) pools: Vec<Arc<KnownPool>>,
    pub(super) ranges: Vec<Arc<Range>>,
    pub(super) views: Vec<View>,
    /// The order in which the pools of one batch came.
    pub(super) order: OpenOrder,
    /// The addresses of each sharing key, in the order in which they came.
    sharing: HashMap<Box<str>, Shared>,
    pub(super) unsatisfied: BTreeSet<ServiceId>,
    /// Whether an address became free, or a pool changed, since the unsatisfied ones
    /// were last tried.
    pub(super) stirred: bool,
    /// The sharing keys whose addresses changed since.
    pub(super) stirred_keys: BTreeSet<Box<str>>,
    pub(super) next_batch: u32,
    enabled: Arc<Enabled>,
    /// The ranges that changed since their digests were taken.
    dirty: BTreeSet<RangeId>,
    digest: Digest,
    /// Whether chance has played a part. The courses before are all alike: their
    /// digests need no keeping.
    forked: bool,
    /// What is noted of one Service.
    pub(super) watch: Option<Watch>,
}

impl State {
    pub(super) fn new(services: usize) -> Self {
        Self {
            pools: Vec::new(),
            ranges: Vec::new(),
            views: vec![View::default(); services],
            order: OpenOrder::default(),
            sharing: HashMap::new(),
            unsatisfied: BTreeSet::new(),
            stirred: false,
            stirred_keys: BTreeSet::new(),
            next_batch: 0,
            enabled: Arc::default(),
            dirty: BTreeSet::new(),
            digest: Digest::default(),
            forked: false,
            watch: None,
        }
    }

    /// The digest of all that changed since chance first played a part.
    pub(super) fn digest(&mut self) -> Digest {
        for id in std::mem::take(&mut self.dirty) {
            if let Some(range) = self.ranges.get_mut(id) {
                self.digest ^= Arc::make_mut(range).digest(id);
            }
        }
        let mut whole = self.digest;
        whole ^= self.order.digest();
        whole ^= digest_of(&("stirred", self.stirred, &self.stirred_keys));
        whole
    }

    /// A range that is about to change.
    pub(super) fn range_mut(&mut self, id: RangeId) -> Option<&mut Range> {
        let range = Arc::make_mut(self.ranges.get_mut(id)?);
        if self.forked {
            if let Some(old) = range.forget_digest() {
                self.digest ^= old;
            }
            self.dirty.insert(id);
        }
        Some(range)
    }

    /// Changes what is known of a pool.
    pub(super) fn change_pool(&mut self, id: PoolId, change: impl FnOnce(&mut KnownPool)) {
        let Some(pool) = self.pool_mut(id) else { return };
        let before = digest_of(&("pool", id, pool.known, pool.conflicting));
        change(pool);
        let after = digest_of(&("pool", id, pool.known, pool.conflicting));
        self.digest ^= before;
        self.digest ^= after;
    }

    /// A pool that is about to change in what no digest tells of.
    pub(super) fn pool_mut(&mut self, id: PoolId) -> Option<&mut KnownPool> {
        self.pools.get_mut(id).map(Arc::make_mut)
    }

    /// From here on, courses may differ.
    pub(super) fn fork(&mut self) {
        self.forked = true;
    }

    pub(super) fn view(&self, service: ServiceId) -> Option<&View> {
        self.views.get(service)
    }

    /// Changes what is known of a Service.
    pub(super) fn change(&mut self, service: ServiceId, change: impl FnOnce(&mut View)) {
        let Some(view) = self.views.get_mut(service) else { return };
        if self.forked {
            self.digest ^= digest_of(&("view", service, &*view));
        }
        change(view);
        if self.forked {
            self.digest ^= digest_of(&("view", service, &*view));
        }
        if view.phase == Phase::Unsatisfied {
            self.unsatisfied.insert(service);
        } else {
            self.unsatisfied.remove(&service);
        }
    }

    /// The address that is held.
    pub(super) fn address(&self, held: Held) -> Option<IpAddr> {
        let family = self.ranges.get(held.range)?.span.family();
        ip::from_number(family, held.number)
    }

    /// The addresses in a Service's status.
    pub(super) fn status(&self, service: ServiceId) -> Vec<IpAddr> {
        match self.view(service) {
            None => Vec::new(),
            Some(View { status: Some(status), .. }) => status.clone(),
            Some(view) => view.held.iter().filter_map(|&held| self.address(held)).collect(),
        }
    }

    /// Takes a pool in, with its ranges.
    pub(super) fn add_pool(&mut self, pool: Pool) -> PoolId {
        let id = self.pools.len();
        let pool = KnownPool { pool, known: false, conflicting: false, ranges: Vec::new() };
        self.pools.push(Arc::new(pool));
        id
    }

    /// Adds a block of a pool at the end of all that came before this batch.
    pub(super) fn add_range(&mut self, pool: PoolId, block: Block, batch: u32) {
        let id = self.ranges.len();
        let mut range = Range::new(pool, block, batch);
        let Some(known) = self.pool_mut(pool) else { return };
        for end in known.pool.reserved_ends(block).into_iter().flatten() {
            range.take(ip::to_number(end), Holders::These(Box::default()));
        }
        known.ranges.push(id);
        self.ranges.push(Arc::new(range));
    }

    /// Takes a range away, with everything in it; what the Services hold of it stays in
    /// their status until they are looked at again.
    pub(super) fn drop_range(&mut self, range: RangeId) {
        let losing: Vec<ServiceId> = self
            .views
            .iter()
            .enumerate()
            .filter(|(_, view)| view.held.iter().any(|held| held.range == range))
            .map(|(id, _)| id)
            .collect();
        for service in losing {
            let status = self.status(service);
            self.change(service, |view| {
                view.held.retain(|held| held.range != range);
                view.status = Some(status);
            });
        }
        let pool = self.ranges.get(range).map(|range| range.pool);
        if let Some(pool) = pool.and_then(|pool| self.pool_mut(pool)) {
            pool.ranges.retain(|&other| other != range);
        }
        self.stirred = true;
    }

    /// Reserves the ends of a range, or lets go of them, even where a Service has them;
    /// what a Service has stays its own when they are reserved.
    pub(super) fn reserve_ends(&mut self, range: RangeId, ends: [IpAddr; 2], reserved: bool) {
        let Some(range) = self.range_mut(range) else { return };
        for end in ends.map(ip::to_number) {
            if reserved {
                range.take(end, Holders::These(Box::default()));
            } else {
                range.free(end);
            }
        }
    }

    /// Looks up anew which pools and ranges are in use.
    pub(super) fn refresh_enabled(&mut self) {
        let mut enabled = Enabled::default();
        for (id, pool) in self.pools.iter().enumerate().filter(|(_, pool)| pool.is_enabled()) {
            let spans = pool.ranges.iter().filter_map(|&id| Some((self.ranges.get(id)?.span, id)));
            enabled.ranges.extend(spans);
            match pool.pool.selects.hints() {
                None => enabled.general.push(id),
                Some(hints) => {
                    for (key, value) in hints {
                        let values = enabled.by_label.entry(key.to_owned()).or_default();
                        values.entry(value.to_owned()).or_default().push(id);
                    }
                }
            }
        }
        enabled.ranges.sort_unstable();
        self.enabled = Arc::new(enabled);
        self.stirred = true;
    }

    /// The enabled range that holds an address. Enabled ranges do not overlap.
    pub(super) fn enabled_range(&self, address: IpAddr) -> Option<RangeId> {
        let ranges = &self.enabled.ranges;
        let after = ranges.partition_point(|(span, _)| span.first() <= address);
        let (span, id) = ranges.get(after.checked_sub(1)?)?;
        span.contains(address).then_some(*id)
    }

    /// The pool in use, if there is just one.
    pub(super) fn only_pool(&self) -> Option<PoolId> {
        match self.enabled.general.as_slice() {
            [only] if self.enabled.by_label.is_empty() => Some(*only),
            _ => None,
        }
    }

    /// The pools in use that select a Service, or whose selector is bad.
    pub(super) fn pools_for(&self, service: &Service) -> Vec<PoolId> {
        let mut pools = self.enabled.general.clone();
        if !self.enabled.by_label.is_empty() {
            for (key, value) in labels_of(service) {
                let listed = self.enabled.by_label.get(key).and_then(|values| values.get(value));
                pools.extend(listed.into_iter().flatten());
            }
            pools.sort_unstable();
            pools.dedup();
        }
        pools.retain(|&id| {
            self.pools.get(id).is_some_and(|pool| {
                let selects = &pool.pool.selects;
                selects.service(service) || selects.fault().is_some()
            })
        });
        pools
    }

    pub(super) fn pool_of(&self, range: RangeId) -> Option<&KnownPool> {
        self.pools.get(self.ranges.get(range)?.pool).map(Arc::as_ref)
    }

    pub(super) fn selects(&self, range: RangeId) -> Option<&Selects> {
        self.pool_of(range).map(|pool| &pool.pool.selects)
    }

    /// Takes one address from a Service. It may become free.
    pub(super) fn release(&mut self, service: ServiceId, held: Held, key: Option<&str>) {
        let freed =
            self.range_mut(held.range).is_some_and(|range| range.leave(held.number, service));
        if freed {
            self.stirred = true;
            if let Some(key) = key {
                self.unshare(key, held);
            }
        }
        if let Some(key) = key {
            self.stirred_keys.insert(key.into());
            if let Some(shared) = self.sharing.get_mut(key) {
                shared.fruitless.clear();
            }
        }
        self.change(service, |view| view.held.retain(|&other| other != held));
    }

    /// Whether a family's addresses can be had from a range.
    pub(super) fn has_room(&self, range: RangeId, family: Family) -> bool {
        self.ranges
            .get(range)
            .is_some_and(|range| range.span.family() == family && !range.is_full())
    }
}
