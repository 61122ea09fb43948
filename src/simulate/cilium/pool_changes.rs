//! Pools that come, change and go while LB-IPAM runs.

use std::net::IpAddr;

use super::allocate::Allocator;
use super::oracle::{Oracle, Stop};
use super::pools::Pool;
use super::settle::Overlaps;
use super::start;
use super::state::{Phase, PoolId, State, World};

/// Brings the pools in line with the configuration, one after the other.
pub(super) fn change_pools(
    world: &World<'_>,
    state: &mut State,
    wanted: &[Pool],
    oracle: &mut Oracle,
) -> Result<(), Stop> {
    let asleep = !start::is_awake(world, state);
    let find = |state: &State, name: &str| {
        state.pools.iter().position(|pool| pool.known && pool.pool.name == name)
    };
    let gone: Vec<PoolId> = state
        .pools
        .iter()
        .enumerate()
        .filter(|(_, pool)| pool.known && !wanted.iter().any(|new| new.name == pool.pool.name))
        .map(|(id, _)| id)
        .collect();
    for pool in wanted {
        let spoiled = world.rules.bad_block_spoils_pool && pool.bad_block.is_some();
        match find(state, &pool.name) {
            Some(id) if state.pools.get(id).is_some_and(|known| known.pool != *pool) => {
                modify_pool(state, id, pool);
                if pool.bad_block.is_none() {
                    revalidate(world, state, oracle)?;
                }
            }
            None if !spoiled => add_pool(state, pool),
            _ => continue,
        }
        if pool.bad_block.is_some() {
            // It ends in an error before anything else is done.
            state.refresh_enabled();
            continue;
        }
        settle_and_satisfy(world, state, oracle)?;
    }
    for id in gone {
        remove_pool(state, id);
        revalidate(world, state, oracle)?;
        settle_and_satisfy(world, state, oracle)?;
    }
    if asleep && start::is_awake(world, state) {
        start::take_in_services(world, state, oracle, start::There::All)?;
    }
    if !asleep && !start::is_awake(world, state) {
        fall_asleep(state);
    }
    Ok(())
}

/// Without a pool LB-IPAM forgets everything and leaves the Services' status alone,
/// as it is by then.
fn fall_asleep(state: &mut State) {
    let statuses: Vec<Option<Vec<IpAddr>>> = state
        .views
        .iter()
        .enumerate()
        .map(|(id, view)| match view.phase {
            Phase::Unknown => view.status.clone(),
            Phase::Satisfied | Phase::Unsatisfied => Some(state.status(id)),
        })
        .collect();
    *state = State::new(statuses.len());
    state.fork();
    for (id, status) in statuses.into_iter().enumerate() {
        state.change(id, |view| view.status = status);
    }
}

fn add_pool(state: &mut State, pool: &Pool) {
    let batch = state.next_batch;
    state.next_batch += 1;
    let id = state.add_pool(pool.clone());
    state.change_pool(id, |pool| pool.known = true);
    for &block in &pool.blocks {
        state.add_range(id, block, batch);
    }
}

/// A changed pool keeps the ranges that it still has; new ones go to the end. Of a pool
/// with a bad block, the ranges stay as they were.
fn modify_pool(state: &mut State, id: PoolId, pool: &Pool) {
    let Some(known) = state.pool_mut(id) else { return };
    let before = std::mem::replace(&mut known.pool, pool.clone());
    if pool.bad_block.is_some() {
        return;
    }
    let ranges = known.ranges.clone();
    let span_of = |state: &State, range: usize| state.ranges.get(range).map(|range| range.span);
    for range in ranges.iter().copied() {
        let span = span_of(state, range);
        let Some(block) = pool.blocks.iter().find(|block| Some(block.range) == span) else {
            state.drop_range(range);
            continue;
        };
        if let Some(ends) = block.ends()
            && before.reserves_ends != pool.reserves_ends
        {
            state.reserve_ends(range, ends, pool.reserves_ends);
        }
    }
    let batch = state.next_batch;
    state.next_batch += 1;
    for &block in &pool.blocks {
        if !ranges.iter().any(|&range| span_of(state, range) == Some(block.range)) {
            state.add_range(id, block, batch);
        }
    }
}

fn remove_pool(state: &mut State, id: PoolId) {
    let ranges = state.pools.get(id).map(|pool| pool.ranges.clone()).unwrap_or_default();
    for range in ranges {
        state.drop_range(range);
    }
    state.change_pool(id, |pool| pool.known = false);
}

/// Looks at the Services again when a pool changed or went: that comes before conflicts
/// are settled. A new pool gives nothing until then.
fn revalidate(world: &World<'_>, state: &mut State, oracle: &mut Oracle) -> Result<(), Stop> {
    state.refresh_enabled();
    start::revalidate(world, state, oracle)
}

fn settle_and_satisfy(
    world: &World<'_>,
    state: &mut State,
    oracle: &mut Oracle,
) -> Result<(), Stop> {
    let known = state.pools.iter().enumerate().filter(|(_, pool)| pool.known);
    let overlaps = Overlaps::of(known.map(|(id, pool)| (id, &pool.pool)));
    state.settle(&overlaps, oracle);
    state.refresh_enabled();
    Allocator { world, state, oracle }.retry()
}
