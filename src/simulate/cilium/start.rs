//! What LB-IPAM does when it starts: it takes in the pools, then the Services that
//! hold addresses, then the others.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::allocate::{Allocator, BadSelector};
use super::digest::digest_of;
use super::import::Import;
use super::oracle::{Oracle, Stop};
use super::pools::Pool;
use super::settle::Overlaps;
use super::state::{Phase, PoolId, ServiceId, State, World};
use crate::ip;

/// Takes the pools in, in any order, and settles their conflicts.
pub(super) fn take_in_pools(
    world: &World<'_>,
    state: &mut State,
    pools: &[Pool],
    oracle: &mut Oracle,
) -> Result<(), Stop> {
    let batch = state.next_batch;
    state.next_batch += 1;
    let mut ids = Vec::new();
    for pool in pools {
        if world.rules.bad_block_spoils_pool && pool.bad_block.is_some() {
            continue;
        }
        let id = state.add_pool(pool.clone());
        for &block in &pool.blocks {
            state.add_range(id, block, batch);
        }
        ids.push(id);
    }
    let known = ids.iter().filter_map(|&id| Some((id, &state.pools.get(id)?.pool)));
    let overlaps = Overlaps::of(known);
    let groups = overlaps.groups();
    let grouped: BTreeSet<PoolId> = groups.iter().flatten().copied().collect();
    for &id in ids.iter().filter(|id| !grouped.contains(id)) {
        make_known(state, id);
    }
    for group in groups {
        arrive(state, group, &overlaps, oracle)?;
    }
    // Once all are there, conflicts are settled again.
    state.settle(&overlaps, oracle);
    state.refresh_enabled();
    Ok(())
}

fn make_known(state: &mut State, id: PoolId) {
    state.change_pool(id, |pool| pool.known = true);
}

/// Lets pools that overlap arrive one after the other.
fn arrive(
    state: &mut State,
    mut left: Vec<PoolId>,
    overlaps: &Overlaps,
    oracle: &mut Oracle,
) -> Result<(), Stop> {
    let mut arrived = Vec::new();
    state.fork();
    while !left.is_empty() {
        let id = left.remove(oracle.pick(left.len()));
        make_known(state, id);
        // A pool with a bad block ends in an error before conflicts are settled.
        if state.pools.get(id).is_some_and(|pool| pool.pool.bad_block.is_none()) {
            state.settle(overlaps, oracle);
        }
        arrived.push(id);
    }
    arrived.retain(|&id| state.pools.get(id).is_some_and(|pool| pool.is_enabled()));
    for pair in arrived.windows(2) {
        if let [earlier, later] = pair {
            state.order.put_before(*earlier, *later);
        }
    }
    let digest = state.digest();
    oracle.visit(|| {
        let mut whole = digest;
        whole ^= digest_of(&"arrived");
        whole
    })
}

/// Whether LB-IPAM does anything: without a pool it waits.
pub(super) fn is_awake(world: &World<'_>, state: &State) -> bool {
    world.rules.settings.lb_ipam && state.pools.iter().any(|pool| pool.known)
}

/// Which Services are there when LB-IPAM looks at them for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// Those that hold addresses; the others come afterwards, in order.
    Holding,
    /// All: they waited for a first pool, and are taken in in any order.
    All,
}

/// Takes in the Services.
pub(super) fn take_in_services(
    world: &World<'_>,
    state: &mut State,
    oracle: &mut Oracle,
    there: There,
) -> Result<(), Stop> {
    let managed = |&id: &ServiceId| world.requests.get(id).is_some_and(|request| request.managed);
    let all: Vec<ServiceId> = (0..world.services.len()).filter(managed).collect();
    let holds = |&id: &ServiceId| match state.view(id).and_then(|view| view.status.as_ref()) {
        _ if there == There::All => true,
        Some(status) => !status.is_empty(),
        None => world.services.get(id).is_some_and(|service| !service.ingress.is_empty()),
    };
    let (holding, new): (Vec<ServiceId>, Vec<ServiceId>) = all.into_iter().partition(holds);
    for &id in &holding {
        let status = found_status(world, state, id);
        let satisfied = world
            .requests
            .get(id)
            .is_some_and(|request| request.is_satisfied_by(status.iter().copied()));
        state.change(id, |view| {
            view.status = Some(status);
            view.phase = if satisfied { Phase::Satisfied } else { Phase::Unsatisfied };
        });
    }
    let mut allocator = Allocator { world, state, oracle };
    let ready = Import::new(&allocator, &holding, &new).run(&mut allocator)?;
    if !ready {
        // A bad selector keeps LB-IPAM from getting through: nobody else is looked at.
        return Ok(());
    }
    allocator.retry()?;
    for id in new {
        allocator.visit(("new", id))?;
        let _: Result<(), BadSelector> = allocator.upsert(id)?;
        allocator.retry()?;
    }
    Ok(())
}

/// Looks at all Services again after the pools changed.
pub(super) fn revalidate(
    world: &World<'_>,
    state: &mut State,
    oracle: &mut Oracle,
) -> Result<(), Stop> {
    let taken_in: Vec<ServiceId> = (0..world.services.len())
        .filter(|&id| state.view(id).is_some_and(|view| view.phase != Phase::Unknown))
        .collect();
    let mut allocator = Allocator { world, state, oracle };
    let gives_up = taken_in.iter().any(|&id| allocator.gives_up(id));
    let affected: Vec<ServiceId> =
        taken_in.into_iter().filter(|&id| allocator.is_affected(id, gives_up)).collect();
    Import::new(&allocator, &affected, &[]).run(&mut allocator)?;
    Ok(())
}

/// The addresses in the status of a Service that LB-IPAM has not taken in: as LB-IPAM
/// left it before it fell asleep, or else as the Service came.
pub(super) fn found_status(world: &World<'_>, state: &State, id: ServiceId) -> Vec<IpAddr> {
    match state.view(id).and_then(|view| view.status.clone()) {
        Some(status) => status,
        None => world.services.get(id).map(status_of).unwrap_or_default(),
    }
}

/// The addresses that a Service's status names.
pub(super) fn status_of(service: &crate::cluster::Service) -> Vec<IpAddr> {
    let mut status: Vec<IpAddr> =
        service.ingress.iter().filter_map(|text| ip::parse_addr_as_written(text).ok()).collect();
    status.dedup();
    status
}

impl Allocator<'_, '_> {
    /// Whether looking at a Service again may change anything, where others give up
    /// addresses or not.
    fn is_affected(&self, id: ServiceId, others_give_up: bool) -> bool {
        let Some(view) = self.state.view(id) else { return false };
        let waits = view.phase == Phase::Unsatisfied;
        view.status.is_some()
            || self.gives_up(id)
            || (waits && (others_give_up || self.could_gain(id)))
    }

    /// Whether a Service has an address that it may not keep.
    fn gives_up(&self, id: ServiceId) -> bool {
        self.held(id).iter().any(|&held| self.still_fits(id, held) != Ok(true))
    }

    /// Says where the run is.
    pub(super) fn visit(&mut self, place: impl std::hash::Hash) -> Result<(), Stop> {
        let state = &mut *self.state;
        self.oracle.visit(|| {
            let mut whole = state.digest();
            whole ^= digest_of(&place);
            whole
        })
    }
}
