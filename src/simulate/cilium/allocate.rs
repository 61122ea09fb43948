//! LB-IPAM at work on one Service: what it keeps, what it takes in, what it is given.
//!
//! This follows `operator/pkg/lbipam/lbipam.go` step by step: a Service that changes,
//! or is looked at again, first loses what no longer fits (`stripInvalidAllocations`),
//! then takes in what its status names (`stripOrImportIngresses`), then is given what
//! it lacks (`satisfyService`).

use std::net::IpAddr;

use super::labels::Selects;
use super::oracle::{Oracle, Stop};
use super::range::Holders;
use super::state::{Held, Phase, RangeId, ServiceId, State, World};
use crate::ip::{self, Family};

/// A pool's selector that cannot be compiled breaks off whatever comes upon it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadSelector;

/// What a step of the allocation comes to.
pub(super) type Tried<T> = Result<Result<T, BadSelector>, Stop>;

/// Unwraps the inner result of a [`Tried`], or hands its fault on.
macro_rules! step {
    ($step:expr) => {
        match $step? {
            Ok(value) => value,
            Err($crate::simulate::cilium::allocate::BadSelector) => {
                return Ok(Err($crate::simulate::cilium::allocate::BadSelector));
            }
        }
    };
}
pub(super) use step;

/// LB-IPAM with its state and with what is left to chance.
pub(super) struct Allocator<'a, 'w> {
    pub(super) world: &'a World<'w>,
    pub(super) state: &'a mut State,
    pub(super) oracle: &'a mut Oracle,
}

impl Allocator<'_, '_> {
    /// One of `count` alternatives.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        if count > 1 {
            self.state.fork();
        }
        self.oracle.pick(count)
    }

    pub(super) fn key(&self, service: ServiceId) -> Option<&str> {
        self.world.requests.get(service)?.sharing_key.as_deref()
    }

    pub(super) fn held(&self, service: ServiceId) -> Vec<Held> {
        self.state.view(service).map(|view| view.held.clone()).unwrap_or_default()
    }

    /// Looks at a Service that is new or changed, and gives it what it lacks.
    pub(super) fn upsert(&mut self, service: ServiceId) -> Tried<()> {
        step!(Ok(self.strip(service)));
        step!(Ok(self.import(service)));
        self.complete(service)
    }

    /// Gives a Service what it lacks.
    pub(super) fn complete(&mut self, service: ServiceId) -> Tried<()> {
        if !self.is_satisfied(service) {
            step!(self.satisfy(service));
        }
        self.file(service);
        Ok(Ok(()))
    }

    pub(super) fn is_satisfied(&self, service: ServiceId) -> bool {
        let (Some(request), Some(view)) =
            (self.world.requests.get(service), self.state.view(service))
        else {
            return false;
        };
        match &view.status {
            Some(status) => request.is_satisfied_by(status.iter().copied()),
            None => {
                request.is_satisfied_by(view.held.iter().filter_map(|&h| self.state.address(h)))
            }
        }
    }

    /// Puts a Service among the satisfied or the unsatisfied.
    pub(super) fn file(&mut self, service: ServiceId) {
        let phase = if self.is_satisfied(service) { Phase::Satisfied } else { Phase::Unsatisfied };
        if self.state.view(service).is_some_and(|view| view.phase != phase) {
            self.state.change(service, |view| view.phase = phase);
        }
    }

    /// Takes from a Service the addresses that no longer fit it.
    pub(super) fn strip(&mut self, service: ServiceId) -> Result<(), BadSelector> {
        let mut bad = Ok(());
        for held in self.held(service).into_iter().rev() {
            match self.still_fits(service, held) {
                Ok(true) => {}
                Ok(false) => {
                    let key = self.key(service).map(str::to_owned);
                    self.state.release(service, held, key.as_deref());
                }
                Err(BadSelector) => bad = Err(BadSelector),
            }
        }
        bad
    }

    pub(super) fn still_fits(&self, service: ServiceId, held: Held) -> Result<bool, BadSelector> {
        let Some(pool) = self.state.pool_of(held.range).filter(|pool| pool.known) else {
            return Ok(false);
        };
        let (Some(object), Some(request)) =
            (self.world.services.get(service), self.world.requests.get(service))
        else {
            return Ok(false);
        };
        if pool.pool.selects.fault().is_some() {
            return Err(BadSelector);
        }
        if !pool.pool.selects.service(object) {
            return Ok(false);
        }
        let fits = if self.world.rules.releases_only_incompatible {
            self.fits_its_group(service, held)
        } else {
            self.held(service).iter().all(|&held| self.fits_its_group(service, held))
        };
        if !fits {
            return Ok(false);
        }
        let Some(address) = self.state.address(held) else { return Ok(false) };
        Ok(if request.addresses.is_empty() {
            request.wants(Family::of(address))
        } else {
            request.addresses.contains(&address)
        })
    }

    fn fits_its_group(&self, service: ServiceId, held: Held) -> bool {
        let holders = self.holders(held.range, held.number).unwrap_or(&[]);
        let others = || holders.iter().filter(|&&other| other != service);
        holders.len() == 1 || others().all(|&other| self.world.compatible(other, service).is_ok())
    }

    pub(super) fn holders(&self, range: RangeId, number: u128) -> Option<&[ServiceId]> {
        self.state.ranges.get(range)?.holders(number)
    }

    /// Takes in the addresses that a Service's status names, as far as they fit, and
    /// strikes out the others.
    pub(super) fn import(&mut self, service: ServiceId) -> Result<(), BadSelector> {
        let Some(status) = self.state.view(service).and_then(|view| view.status.clone()) else {
            return Ok(());
        };
        for address in status {
            let known = self.held(service).iter().any(|&h| self.state.address(h) == Some(address));
            if !known && self.may_hold(service, address) {
                self.import_one(service, address)?;
            }
        }
        // What is held now is the status.
        self.state.change(service, |view| view.status = None);
        Ok(())
    }

    /// Whether a Service asks for an address that it holds.
    pub(super) fn may_hold(&self, service: ServiceId, address: IpAddr) -> bool {
        self.world.requests.get(service).is_some_and(|request| {
            (request.addresses.is_empty() || request.addresses.contains(&address))
                && request.wants(Family::of(address))
        })
    }

    fn import_one(&mut self, service: ServiceId, address: IpAddr) -> Result<(), BadSelector> {
        let Ok(range) = self.find_range(service, address)? else { return Ok(()) };
        let number = ip::to_number(address);
        let held = Held { range, number };
        let key = self.key(service).map(str::to_owned);
        let taken = match self.state.range_mut(range) {
            Some(range) => range.take(number, Holders::One(service)),
            None => false,
        };
        if !taken && !self.joins(service, held) {
            return Ok(());
        }
        if !taken && let Some(range) = self.state.range_mut(range) {
            range.join(number, service);
        }
        self.state.change(service, |view| view.add(held));
        if let Some(key) = key {
            self.state.share(&key, held);
        }
        Ok(())
    }

    /// Whether a Service that holds an address shares it with those who have it.
    fn joins(&self, service: ServiceId, held: Held) -> bool {
        self.world.rules.joins_held_shared
            && self.key(service).is_some()
            && self.holders(held.range, held.number).is_some_and(|holders| {
                !holders.is_empty()
                    && holders.iter().all(|&other| self.world.compatible(other, service).is_ok())
            })
    }

    /// The range that holds an address, if it selects the Service; else whether there
    /// is one that does not.
    pub(super) fn find_range(
        &self,
        service: ServiceId,
        address: IpAddr,
    ) -> Result<Result<RangeId, bool>, BadSelector> {
        let Some(range) = self.state.enabled_range(address) else { return Ok(Err(false)) };
        let (Some(selects), Some(object)) =
            (self.state.selects(range), self.world.services.get(service))
        else {
            return Ok(Err(false));
        };
        match selects {
            Selects::Invalid(_) => Err(BadSelector),
            selects if selects.service(object) => Ok(Ok(range)),
            _ => Ok(Err(true)),
        }
    }

    /// Tries the unsatisfied Services again, where anything changed that could help them.
    pub(super) fn retry(&mut self) -> Result<(), Stop> {
        while self.state.stirred || !self.state.stirred_keys.is_empty() {
            let everyone = std::mem::take(&mut self.state.stirred);
            let keys = std::mem::take(&mut self.state.stirred_keys);
            let mut left: Vec<ServiceId> = self
                .state
                .unsatisfied
                .iter()
                .copied()
                .filter(|&id| everyone || self.key(id).is_some_and(|key| keys.contains(key)))
                .filter(|&id| self.could_gain(id))
                .collect();
            while !left.is_empty() {
                let at = self.pick(left.len());
                let service = left.swap_remove(at);
                // A bad selector breaks the round off; it is tried again, and the others
                // come first in some other round.
                let _: Result<(), BadSelector> = self.satisfy(service)?;
                left.retain(|&other| self.could_gain(other));
            }
        }
        Ok(())
    }

    /// Whether an unsatisfied Service could get anything now.
    pub(super) fn could_gain(&self, service: ServiceId) -> bool {
        let Some(request) = self.world.requests.get(service) else { return false };
        let held = self.held(service);
        let has = |address: IpAddr| held.iter().any(|&h| self.state.address(h) == Some(address));
        if !request.addresses.is_empty() {
            return request.addresses.iter().any(|&address| {
                !has(address)
                    && self.find_range(service, address).is_ok_and(|range| {
                        range.is_ok_and(|range| {
                            request.sharing_key.is_some()
                                || self.holders(range, ip::to_number(address)).is_none()
                        })
                    })
            });
        }
        [Family::V4, Family::V6].into_iter().any(|family| {
            let lacks = !held.iter().any(|&held| {
                self.state.address(held).is_some_and(|address| Family::of(address) == family)
            });
            request.wants(family)
                && lacks
                && (self.shareable(service, family).is_some()
                    || self.candidates(service, family).iter().any(|c| c.range.is_some()))
        })
    }

    /// Lets go of a Service that is gone, or no longer cared for.
    pub(super) fn forget(&mut self, service: ServiceId, key: Option<&str>) {
        for held in self.held(service) {
            self.state.release(service, held, key);
        }
        self.state.change(service, |view| *view = super::state::View::default());
    }
}
