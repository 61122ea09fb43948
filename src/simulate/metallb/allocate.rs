//! The allocator: who holds which address, and which address is next
//! (`internal/allocator`).

use std::net::IpAddr;
use std::sync::Arc;

use super::explain::Trace;
use super::ids::{Addresses, Families, KeyId, PoolId, PortsId, ServiceId, family_index};
use super::occupancy::Occupancy;
use super::offer::{Offer, Suits, offer_step, passed_over_at_once};
use super::order::Order;
use super::pools::{Place, PoolTable};
use super::reason::Reason;
use super::request::Request;
use super::world::World;
use crate::cluster::Service;
use crate::ip::{Family, is_buggy};

/// What stands in one Service's status, and what the allocator holds for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Whether the status is still that of the input.
    pub(super) untouched: bool,
    /// The status otherwise.
    pub(super) ips: Addresses,
    /// What is held; its addresses are those of the status.
    pub(super) claim: Option<Claim>,
    /// Why the Service has no address.
    pub(super) reason: Option<Reason>,
}

impl Record {
    /// Whether the allocator holds an address for the Service.
    fn holds(&self, address: IpAddr) -> bool {
        self.claim.is_some() && self.ips.as_slice().contains(&address)
    }
}

/// An allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) pool: PoolId,
    pub(super) key: KeyId,
    pub(super) ports: PortsId,
}

/// The allocator's state in one possible course of things.
#[derive(Debug, Clone)]
pub(super) struct Allocator {
    pub(super) records: Vec<Record>,
    pub(super) order: Order,
    occupancy: Vec<[Occupancy; 2]>,
    /// What was before, so that another choice can be tried.
    journal: Vec<(ServiceId, Record)>,
}

/// An allocation that is possible, and what it tells of the map's order.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) pool: PoolId,
    pub(super) ips: Addresses,
    pub(super) order: Option<Order>,
}

impl Allocator {
    pub(super) fn new(world: &World<'_>) -> Self {
        let untouched = Record { untouched: true, ..Record::default() };
        Self {
            records: vec![untouched; world.requests.len()],
            order: Order::new(&world.pools),
            occupancy: vec![Default::default(); world.pools.len()],
            journal: Vec::new(),
        }
    }

    pub(super) fn record(&self, id: ServiceId) -> Record {
        self.records.get(id.index()).copied().unwrap_or_default()
    }

    /// Puts a Service's state in place of the one it has.
    pub(super) fn set(&mut self, world: &World<'_>, id: ServiceId, new: Record) {
        if let Some(old) = self.put(world, id, new) {
            self.journal.push((id, old));
        }
    }

    /// Returns what was there, if it was something else.
    fn put(&mut self, world: &World<'_>, id: ServiceId, new: Record) -> Option<Record> {
        let old = self.record(id);
        if old == new {
            return None;
        }
        if old.claim != new.claim || old.ips != new.ips {
            self.release(world, id, &old);
            self.occupy(world, id, &new);
        }
        *self.records.get_mut(id.index())? = new;
        Some(old)
    }

    /// Clears a Service's status and gives back what it holds (`clearServiceState`).
    pub(super) fn clear(&mut self, world: &World<'_>, id: ServiceId) {
        self.set(world, id, Record::default());
    }

    /// How far the journal goes.
    pub(super) fn mark(&self) -> usize {
        self.journal.len()
    }

    /// Forgets what was before: nothing will be undone.
    pub(super) fn forget(&mut self) {
        self.journal.clear();
    }

    /// Goes back to where the journal went to `mark`.
    pub(super) fn undo_to(&mut self, world: &World<'_>, mark: usize) {
        while self.journal.len() > mark {
            let Some((id, record)) = self.journal.pop() else { return };
            self.put(world, id, record);
        }
    }

    /// Takes over other pools (`SetPools`): what no pool holds any more is given
    /// back, though it stays in the status until the Service is looked at.
    pub(super) fn change_pools(&mut self, world: &World<'_>) {
        self.order = Order::new(&world.pools);
        self.occupancy = vec![Default::default(); world.pools.len()];
        self.journal.clear();
        for (id, index) in (0..).map(ServiceId).zip(0..self.records.len()) {
            let mut record = self.record(id);
            record.reason = None;
            record.claim = record.claim.and_then(|mut claim| {
                claim.pool = world.pools.pool_for(record.ips.as_slice())?;
                Some(claim)
            });
            self.occupy(world, id, &record);
            if let Some(slot) = self.records.get_mut(index) {
                *slot = record;
            }
        }
    }

    /// Makes room for Services that came to the end of the list.
    pub(super) fn extend(&mut self, length: usize) {
        self.records.resize(length, Record { untouched: true, ..Record::default() });
    }

    fn occupancy(&mut self, place: Place) -> Option<&mut Occupancy> {
        self.occupancy.get_mut(place.pool.index()).map(|pair| &mut pair[family_index(place.family)])
    }

    fn occupy(&mut self, world: &World<'_>, id: ServiceId, record: &Record) {
        let Some(claim) = record.claim else { return };
        for address in record.ips.as_slice() {
            let pools = &world.pools;
            let Some(place) = pools.place(*address) else { continue };
            let avoid = avoided(pools, place.pool, place.family);
            let Some(occupancy) = self.occupancy(place) else { continue };
            occupancy.take(place.number, avoid);
            if world.interner.is_sharing(claim.key) {
                let ports = world.interner.ports(claim.ports);
                occupancy.join(place.number, claim.key, id, ports);
            }
        }
    }

    fn release(&mut self, world: &World<'_>, id: ServiceId, record: &Record) {
        let Some(claim) = record.claim else { return };
        for address in record.ips.as_slice() {
            let Some(place) = world.pools.place(*address) else { continue };
            let Some(occupancy) = self.occupancy(place) else { continue };
            let is_free = !world.interner.is_sharing(claim.key)
                || occupancy.leave(place.number, id, world.interner.ports(claim.ports));
            if is_free {
                occupancy.give_back(place.number);
            }
        }
    }

    /// Holds these addresses for a Service, if they may be (`Assign`).
    pub(super) fn assign(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        ips: Addresses,
    ) -> Result<PoolId, Reason> {
        let (Some(service), Some(request)) = (world.service(id), world.request(id)) else {
            return Err(Reason::Exhausted);
        };
        let pool = self.check(world, id, service, request, ips)?;
        let claim = Some(Claim { pool, key: request.key, ports: request.ports });
        self.set(world, id, Record { untouched: false, ips, claim, reason: None });
        Ok(pool)
    }

    fn check(
        &self,
        world: &World<'_>,
        id: ServiceId,
        service: &Service,
        request: &Request,
        ips: Addresses,
    ) -> Result<PoolId, Reason> {
        let Some(pool) = world.pools.pool_for(ips.as_slice()) else {
            return Err(ips.as_slice().first().map_or(Reason::Exhausted, |a| Reason::Outside(*a)));
        };
        if !world.pools.get(pool).is_some_and(|pool| pool.is_compatible(service)) {
            return Err(Reason::Unfit(pool));
        }
        for address in ips.as_slice() {
            self.check_sharing(world, id, request, *address)?;
        }
        Ok(pool)
    }

    /// MetalLB's `checkSharing`.
    fn check_sharing(
        &self,
        world: &World<'_>,
        id: ServiceId,
        request: &Request,
        address: IpAddr,
    ) -> Result<(), Reason> {
        let Some(place) = world.pools.place(address) else { return Ok(()) };
        let pair = self.occupancy.get(place.pool.index());
        let Some(occupancy) = pair.map(|pair| &pair[family_index(place.family)]) else {
            return Ok(());
        };
        if !occupancy.is_taken(place.number) {
            return Ok(());
        }
        let Some(key) = occupancy.key(place.number) else {
            let own = self.record(id).holds(address);
            return if own { Ok(()) } else { Err(Reason::Taken { address, by: None }) };
        };
        let may_share = key == request.key && world.interner.is_sharing(key);
        if !may_share && let by @ Some(_) = occupancy.other_user(place.number, id) {
            return Err(Reason::Taken { address, by });
        }
        for port in world.interner.ports(request.ports) {
            let user = occupancy.port_user(place.number, *port).filter(|user| *user != id);
            if let Some(by) = user {
                return Err(Reason::PortTaken { address, port: *port, by });
            }
        }
        Ok(())
    }

    /// What a pool has for a Service (`getFreeIPsFromPool`).
    fn offer(&mut self, world: &World<'_>, request: &Request, pool: PoolId, f: Families) -> Offer {
        Offer {
            v4: (f != Families::V6).then(|| self.next(world, request, pool, Family::V4)).flatten(),
            v6: (f != Families::V4).then(|| self.next(world, request, pool, Family::V6)).flatten(),
        }
    }

    /// The first address, in the order of the pool, that is free or can be shared.
    fn next(
        &mut self,
        world: &World<'_>,
        request: &Request,
        pool: PoolId,
        family: Family,
    ) -> Option<IpAddr> {
        let last = world.pools.get(pool)?.space(family).last()?;
        let avoid = avoided(&world.pools, pool, family);
        let occupancy = self.occupancy(Place { pool, family, number: 0 })?;
        let free = occupancy.first_free(last, avoid);
        let shareable = if world.interner.is_sharing(request.key) {
            occupancy.first_shareable(request.key, world.interner.ports(request.ports), free)
        } else {
            None
        };
        world.pools.address(Place { pool, family, number: shareable.or(free)? })
    }

    /// Everything that an allocation without a wish can come to (`Allocate`).
    pub(super) fn choices(
        &mut self,
        world: &World<'_>,
        service: &Service,
        request: &Request,
        trace: &mut Trace,
    ) -> Vec<Choice> {
        let Some(families) = request.families() else { return Vec::new() };
        let pools: Arc<PoolTable> = Arc::clone(&world.pools);
        trace.note(|| passed_over_at_once(&pools, service));
        if pools.has_pinned() {
            let (by_namespace, by_selector) = pools.pinned_for(service);
            let mut all = by_namespace.clone();
            all.extend(by_selector.iter().filter(|id| !by_namespace.contains(id)));
            let offers = self.best(world, request, families, &all, trace);
            let wanted: Vec<PoolId> = offers.iter().map(|(pool, _)| *pool).collect();
            if !wanted.is_empty() {
                let firsts = self.order.firsts(&pools, &by_namespace, &by_selector, &wanted);
                let offer = |pool| offers.iter().find(|(id, _)| *id == pool);
                let choice = |first: super::order::First| {
                    let (pool, ips) = *offer(first.pool)?;
                    Some(Choice { pool, ips, order: Some(first.order) })
                };
                return firsts.into_iter().filter_map(choice).collect();
            }
        }
        let offers = self.best(world, request, families, pools.open(), trace);
        offers.into_iter().map(|(pool, ips)| Choice { pool, ips, order: None }).collect()
    }

    /// The pools that suit a Service best, whichever comes first.
    fn best(
        &mut self,
        world: &World<'_>,
        request: &Request,
        families: Families,
        pools: &[PoolId],
        trace: &mut Trace,
    ) -> Vec<(PoolId, Addresses)> {
        let mut best = Suits::SecondaryFamily;
        let mut offers = Vec::new();
        for pool in pools {
            let offer = self.offer(world, request, *pool, families);
            let suits = offer.suits(request, families);
            trace.note(|| [offer_step(&world.pools, *pool, offer, suits)]);
            if suits > best {
                best = suits;
                offers.clear();
            }
            if suits == best {
                offers.push((*pool, offer.addresses()));
            }
        }
        offers
    }

    /// Allocates from the pool asked for (`AllocateFromPool`).
    pub(super) fn assign_from(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        request: &Request,
        pool: &str,
    ) -> Result<PoolId, Reason> {
        let families = request.families().ok_or(Reason::MalformedClusterIps)?;
        let pool = world.pools.named(pool).ok_or(Reason::UnknownPool)?;
        let offer = self.offer(world, request, pool, families);
        if offer.suits(request, families) == Suits::No {
            return Err(Reason::PoolExhausted(pool));
        }
        self.assign(world, id, offer.addresses())
    }

    /// Adds the other family from the pool of the address held
    /// (`AllocateFromPoolForAdditionalFamily`).
    pub(super) fn assign_additional(
        &mut self,
        world: &World<'_>,
        id: ServiceId,
        request: &Request,
        held: IpAddr,
    ) -> Option<Addresses> {
        let pool = self.record(id).claim?.pool;
        let missing = match Family::of(held) {
            Family::V4 => Family::V6,
            Family::V6 => Family::V4,
        };
        let added = self.next(world, request, pool, missing)?;
        let ips = Addresses::two(held, added);
        self.assign(world, id, ips).ok().map(|_| ips)
    }
}

/// Which numbers of a pool are passed over by `avoidBuggyIPs`.
fn avoided(pools: &PoolTable, pool: PoolId, family: Family) -> impl Fn(u128) -> bool + '_ {
    let avoiding = pools.get(pool).filter(|pool| pool.avoid_buggy_ips && family == Family::V4);
    move |number| {
        avoiding
            .is_some_and(|pool| pool.space(family).address(family, number).is_some_and(is_buggy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_names_is_held_only_where_the_allocator_has_it() {
        let [own, other] = ["10.1.0.1", "10.1.0.2"].map(|text| text.parse().unwrap());
        let claim = Claim { pool: PoolId(0), key: KeyId(0), ports: PortsId(0) };
        let named = Record { ips: Addresses::one(own), ..Record::default() };
        let held = Record { claim: Some(claim), ..named };
        assert!(held.holds(own) && !held.holds(other) && !named.holds(own));
    }
}
