//! What a Service is given that it lacks (`satisfyService`).

use std::net::IpAddr;

use super::allocate::{Allocator, BadSelector, Tried, step};
use super::digest::{Digest, digest_of};
use super::explain::Step;
use super::oracle::Stop;
use super::range::Holders;
use super::state::{Held, PoolId, RangeId, ServiceId};
use crate::ip::{self, Family};

/// A pool that could give an address, or break the attempt off.
pub(super) struct Candidate {
    pool: PoolId,
    /// The range that would give it; `None` where the selector is bad.
    pub(super) range: Option<RangeId>,
    batch: u32,
}

impl Allocator<'_, '_> {
    /// Gives a Service what it lacks, as far as there is any.
    pub(super) fn satisfy(&mut self, service: ServiceId) -> Tried<()> {
        let Some(request) = self.world.requests.get(service) else { return Ok(Ok(())) };
        let before = self.held(service);
        if request.addresses.is_empty() {
            for family in [Family::V4, Family::V6] {
                let has = self
                    .held(service)
                    .iter()
                    .any(|&held| self.state.address(held).is_some_and(|a| Family::of(a) == family));
                if request.wants(family) && !has {
                    step!(self.give_any(service, family));
                }
            }
        } else {
            for &address in &request.addresses {
                step!(self.give_requested(service, address));
            }
        }
        if let Some(key) = &request.sharing_key {
            for held in self.held(service) {
                if !before.contains(&held) {
                    self.state.share(key, held);
                }
            }
        }
        // What it held before it was given anything is in its status already.
        self.file(service);
        Ok(Ok(()))
    }

    fn give_requested(&mut self, service: ServiceId, address: IpAddr) -> Tried<()> {
        if self.held(service).iter().any(|&held| self.state.address(held) == Some(address)) {
            return Ok(Ok(()));
        }
        let Ok(range) = step!(Ok(self.find_range(service, address))) else { return Ok(Ok(())) };
        let number = ip::to_number(address);
        if let Some(holders) = self.holders(range, number) {
            if self.key(service).is_none() {
                return Ok(Ok(()));
            }
            if holders.is_empty() && self.world.rules.reserved_request_crashes {
                return Err(Stop::Crash(self.crash(service, address, range)));
            }
            if !holders.iter().all(|&other| self.world.compatible(other, service).is_ok()) {
                return Ok(Ok(()));
            }
            if let Some(range) = self.state.range_mut(range) {
                range.join(number, service);
            }
        } else if let Some(range) = self.state.range_mut(range) {
            range.take(number, Holders::One(service));
        }
        self.state.change(service, |view| view.add(Held { range, number }));
        Ok(Ok(()))
    }

    fn crash(&self, service: ServiceId, address: IpAddr, range: RangeId) -> String {
        let name = self.world.services.get(service).map(|service| service.key.to_string());
        let pool = self.state.pool_of(range).map_or("", |pool| &pool.pool.name);
        format!(
            "the operator of Cilium {} crashes, at every start again: Service {} has a sharing key \
             and asks for {address}, which pool {pool} reserves (allowFirstLastIPs: \"No\")",
            self.world.rules.version,
            name.unwrap_or_default(),
        )
    }

    fn give_any(&mut self, service: ServiceId, family: Family) -> Tried<()> {
        if self.join_shared(service, family) {
            return Ok(Ok(()));
        }
        let Some(range) = step!(self.choose_range(service, family)) else { return Ok(Ok(())) };
        let number = self.state.range_mut(range).and_then(|range| range.take_any(service));
        if let Some(number) = number {
            self.state.change(service, |view| view.add(Held { range, number }));
        }
        Ok(Ok(()))
    }

    /// An address under the Service's sharing key that it may join, and its place there.
    /// The pool's selector is not asked.
    pub(super) fn shareable(&self, service: ServiceId, family: Family) -> Option<(usize, Held)> {
        let key = self.key(service)?;
        let start = self.state.fruitless(key, self.sharing_kind(service, family));
        let addresses = self.state.shared(key).iter().copied().enumerate().skip(start);
        addresses.into_iter().find(|&(_, held)| {
            let range = self.state.ranges.get(held.range);
            let of_family = range.is_some_and(|range| range.span.family() == family);
            let holders = self.holders(held.range, held.number).unwrap_or(&[]);
            of_family
                && !holders.is_empty()
                && holders.iter().all(|&other| self.world.compatible(other, service).is_ok())
        })
    }

    /// What decides whether a Service may join others: Services of one kind may or may
    /// not alike.
    fn sharing_kind(&self, service: ServiceId, family: Family) -> Digest {
        let Some(object) = self.world.services.get(service) else { return Digest::default() };
        digest_of(&(
            family,
            &object.key.namespace,
            super::request::across_namespaces(object),
            &object.ports,
            object.external_traffic_policy,
            &object.selector,
        ))
    }

    /// Joins an address under the Service's sharing key, if there is one.
    fn join_shared(&mut self, service: ServiceId, family: Family) -> bool {
        let Some(key) = self.key(service) else { return false };
        let (key, kind) = (key.to_owned(), self.sharing_kind(service, family));
        let found = self.shareable(service, family);
        let place = found.map_or(self.state.shared(&key).len(), |(place, _)| place);
        self.state.set_fruitless(&key, kind, place);
        let Some((_, held)) = found else { return false };
        if let Some(range) = self.state.range_mut(held.range) {
            range.join(held.number, service);
        }
        self.state.change(service, |view| view.add(held));
        self.note(service, |this| this.state.address(held).map(Step::Joins));
        true
    }

    /// The range that gives the next address of a family: of the pools that select the
    /// Service and have room, the first in an order that is left to chance.
    fn choose_range(&mut self, service: ServiceId, family: Family) -> Tried<Option<RangeId>> {
        if let Some(only) = self.state.only_pool()
            && self.state.watch.is_none()
        {
            return Ok(self.only_range(service, family, only));
        }
        let mut candidates = self.candidates(service, family);
        if !self.world.rules.pools_walked_at_random {
            let earliest = candidates.iter().map(|candidate| candidate.batch).min();
            candidates.retain(|candidate| Some(candidate.batch) == earliest);
        }
        let pools: Vec<PoolId> = candidates.iter().map(|candidate| candidate.pool).collect();
        let possible = if self.world.rules.pools_walked_at_random {
            pools.clone()
        } else {
            self.state.order.possible_first(&pools)
        };
        self.note_pools(service, family, &possible);
        let at = self.pick(possible.len());
        let Some(&first) = possible.get(at) else { return Ok(Ok(None)) };
        if !self.world.rules.pools_walked_at_random {
            self.state.order.put_first(first, &pools);
        }
        let chosen = candidates.into_iter().find(|candidate| candidate.pool == first);
        Ok(match chosen.map(|candidate| candidate.range) {
            Some(Some(range)) => Ok(Some(range)),
            Some(None) => Err(BadSelector),
            None => Ok(None),
        })
    }

    /// The range that gives the next address where there is one pool only.
    fn only_range(
        &self,
        service: ServiceId,
        family: Family,
        pool: PoolId,
    ) -> Result<Option<RangeId>, BadSelector> {
        let candidate = self.state.pools.get(pool).zip(self.world.services.get(service));
        let Some((known, object)) = candidate else { return Ok(None) };
        let bad = known.pool.selects.fault().is_some();
        if !bad && !known.pool.selects.service(object) {
            return Ok(None);
        }
        match self.candidate(pool, family).map(|candidate| candidate.range) {
            Some(None) => Err(BadSelector),
            Some(Some(range)) => Ok(Some(range)),
            None => Ok(None),
        }
    }

    pub(super) fn candidates(&self, service: ServiceId, family: Family) -> Vec<Candidate> {
        let Some(object) = self.world.services.get(service) else { return Vec::new() };
        let pools = self.state.pools_for(object).into_iter();
        pools.filter_map(|pool| self.candidate(pool, family)).collect()
    }

    fn candidate(&self, id: PoolId, family: Family) -> Option<Candidate> {
        let pool = self.state.pools.get(id)?;
        let bad = pool.pool.selects.fault().is_some();
        let range = *pool.ranges.iter().find(|&&range| {
            self.state
                .ranges
                .get(range)
                .is_some_and(|range| range.span.family() == family && (bad || !range.is_full()))
        })?;
        let batch = self.state.ranges.get(range).map_or(0, |range| range.batch);
        Some(Candidate { pool: id, range: (!bad).then_some(range), batch })
    }
}
