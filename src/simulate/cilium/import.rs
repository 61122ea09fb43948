//! In which order the Services that hold addresses are taken in, as far as that matters.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::allocate::{Allocator, BadSelector};
use super::oracle::Stop;
use super::state::{Phase, PoolId, RangeId, ServiceId};
use crate::ip::{self, Family};

/// How the Services that hold addresses are taken in (`revalidateAllServices`): in
/// Go's map order, that is in any; the satisfied ones first.
///
/// Orders that can make no difference are not tried apart. A Service is *plain* if
/// whatever it holds is its own for the taking; plain Services go first, in one order,
/// unless somebody may be given an address from a range of theirs before them.
pub(super) struct Import {
    plain: Vec<ServiceId>,
    /// Groups whose members matter to each other.
    groups: Vec<Vec<ServiceId>>,
}

/// What a Service may touch while it is taken in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Touch {
    Range(RangeId),
    Key(Box<str>),
}

impl Import {
    pub(super) fn new(
        allocator: &Allocator<'_, '_>,
        holding: &[ServiceId],
        new: &[ServiceId],
    ) -> Self {
        let mut claims: HashMap<IpAddr, usize> = HashMap::new();
        let mut keys: HashMap<&str, usize> = HashMap::new();
        for &id in holding {
            for address in status(allocator, id) {
                *claims.entry(*address).or_default() += 1;
            }
            if let Some(key) = key(allocator, id) {
                *keys.entry(key).or_default() += 1;
            }
        }
        let is_plain = |id: ServiceId| {
            let addresses = status(allocator, id);
            let own = addresses.iter().all(|address| {
                claims.get(address) == Some(&1)
                    && allocator.may_hold(id, *address)
                    && is_free(allocator, id, *address)
            });
            own && !addresses.is_empty()
                && allocator.is_satisfied(id)
                && key(allocator, id).is_none_or(|key| keys.get(key) == Some(&1))
        };
        let (plain, others): (Vec<ServiceId>, Vec<ServiceId>) =
            holding.iter().copied().partition(|&id| is_plain(id));
        let mut contended: BTreeSet<RangeId> = BTreeSet::new();
        let mut touches: BTreeMap<ServiceId, Vec<Touch>> = BTreeMap::new();
        for &id in &others {
            let touched = touched_by(allocator, id);
            contended.extend(touched.iter().filter_map(|touch| match touch {
                Touch::Range(range) => Some(*range),
                Touch::Key(_) => None,
            }));
            touches.insert(id, touched);
        }
        let mut plain = plain;
        if !allocator.world.rules.joins_held_shared {
            plain = without_losers(allocator, plain, &mut contended, &mut touches);
        }
        contended.extend(fragile_ranges(allocator, &plain, new));
        let mut import = Self { plain: Vec::new(), groups: Vec::new() };
        for id in plain {
            let ranges: Vec<RangeId> = held_ranges(allocator, id).collect();
            if ranges.iter().any(|range| contended.contains(range)) {
                touches.insert(id, ranges.into_iter().map(Touch::Range).collect());
            } else {
                import.plain.push(id);
            }
        }
        import.groups = groups(touches);
        import
    }

    /// Takes all in; `false` if a bad selector keeps LB-IPAM from getting through.
    pub(super) fn run(self, allocator: &mut Allocator<'_, '_>) -> Result<bool, Stop> {
        for &id in &self.plain {
            // The selectors of the ranges that hold what it has are good.
            let _: Result<(), BadSelector> = allocator.upsert(id)?;
        }
        let mut ready = true;
        for group in self.groups {
            ready &= if allocator.world.rules.joins_held_shared {
                take_in_two_passes(allocator, &group)?
            } else {
                take_in_one_by_one(allocator, &group)?
            };
        }
        Ok(ready)
    }
}

/// Takes out of the plain Services those that may lose what they hold to somebody who
/// is given it first, and then are given something else: they matter to all who may be
/// given the same.
fn without_losers(
    allocator: &Allocator<'_, '_>,
    mut plain: Vec<ServiceId>,
    contended: &mut BTreeSet<RangeId>,
    touches: &mut BTreeMap<ServiceId, Vec<Touch>>,
) -> Vec<ServiceId> {
    loop {
        let (losers, rest): (Vec<ServiceId>, Vec<ServiceId>) = plain
            .into_iter()
            .partition(|&id| held_ranges(allocator, id).any(|range| contended.contains(&range)));
        if losers.is_empty() {
            return rest;
        }
        for id in losers {
            let touched = touched_by(allocator, id);
            contended.extend(touched.iter().filter_map(|touch| match touch {
                Touch::Range(range) => Some(*range),
                Touch::Key(_) => None,
            }));
            touches.insert(id, touched);
        }
        plain = rest;
    }
}

/// Each Service takes in what it holds and is given what it lacks, before the next one.
fn take_in_one_by_one(
    allocator: &mut Allocator<'_, '_>,
    group: &[ServiceId],
) -> Result<bool, Stop> {
    let satisfied = |allocator: &Allocator<'_, '_>, id: ServiceId| {
        allocator.state.view(id).is_some_and(|view| view.phase == Phase::Satisfied)
    };
    let mut ready = true;
    let rounds = if allocator.world.rules.held_before_new {
        // Services that lose what they held are among the unsatisfied afterwards.
        let first = group.iter().copied().filter(|&id| satisfied(allocator, id)).collect();
        vec![Some(first), None]
    } else {
        vec![Some(group.to_vec())]
    };
    for round in rounds {
        let mut left: Vec<ServiceId> = match round {
            Some(list) => list,
            None => group.iter().copied().filter(|&id| !satisfied(allocator, id)).collect(),
        };
        while !left.is_empty() {
            allocator.visit(("held", &left))?;
            if left.iter().all(|&id| is_idle(allocator, id)) {
                break;
            }
            let id = left.remove(allocator.pick(left.len()));
            ready &= allocator.upsert(id)?.is_ok();
        }
        for id in left {
            ready &= allocator.upsert(id)?.is_ok();
        }
    }
    Ok(ready)
}

/// Whether looking at a Service changes nothing but its own status. An address that it
/// could take in is free, so that it could be given it as well.
fn is_idle(allocator: &Allocator<'_, '_>, id: ServiceId) -> bool {
    let holds = allocator.state.view(id).is_some_and(|view| !view.held.is_empty());
    !holds && !allocator.could_gain(id)
}

/// All take in what they hold, then those who lack something are given it in the same
/// order.
fn take_in_two_passes(
    allocator: &mut Allocator<'_, '_>,
    group: &[ServiceId],
) -> Result<bool, Stop> {
    let satisfied = |&id: &ServiceId| {
        allocator.state.view(id).is_some_and(|view| view.phase == Phase::Satisfied)
    };
    let (first, second): (Vec<ServiceId>, Vec<ServiceId>) =
        group.iter().copied().partition(satisfied);
    let mut lacking = Vec::new();
    let mut ready = true;
    for mut left in [first, second] {
        while !left.is_empty() {
            allocator.visit(("held", &left, &lacking))?;
            let id = left.remove(allocator.pick(left.len()));
            ready &= allocator.strip(id).and_then(|()| allocator.import(id)).is_ok();
            allocator.file(id);
            if !allocator.is_satisfied(id) {
                lacking.push(id);
            }
        }
    }
    for (at, &id) in lacking.iter().enumerate() {
        allocator.visit(("lacking", &lacking[at..]))?;
        ready &= allocator.complete(id)?.is_ok();
    }
    Ok(ready)
}

fn status<'a>(allocator: &'a Allocator<'_, '_>, id: ServiceId) -> &'a [IpAddr] {
    allocator.state.view(id).and_then(|view| view.status.as_deref()).unwrap_or(&[])
}

fn key<'a>(allocator: &'a Allocator<'_, '_>, id: ServiceId) -> Option<&'a str> {
    allocator.world.requests.get(id)?.sharing_key.as_deref()
}

fn is_free(allocator: &Allocator<'_, '_>, id: ServiceId, address: IpAddr) -> bool {
    let Ok(Ok(range)) = allocator.find_range(id, address) else { return false };
    let range = allocator.state.ranges.get(range);
    range.is_some_and(|range| range.holders(ip::to_number(address)).is_none())
}

/// The ranges that hold what a Service's status names.
fn held_ranges<'a>(
    allocator: &'a Allocator<'_, '_>,
    id: ServiceId,
) -> impl Iterator<Item = RangeId> + 'a {
    status(allocator, id).iter().filter_map(|&address| allocator.state.enabled_range(address))
}

/// Everything that a Service may touch. What it has it may give up.
fn touched_by(allocator: &Allocator<'_, '_>, id: ServiceId) -> Vec<Touch> {
    let mut touched: Vec<Touch> = held_ranges(allocator, id).map(Touch::Range).collect();
    touched.extend(allocator.held(id).into_iter().map(|held| Touch::Range(held.range)));
    touched.extend(usable_ranges(allocator, id).into_iter().map(Touch::Range));
    touched.extend(key(allocator, id).map(|key| Touch::Key(key.into())));
    touched.sort_unstable();
    touched.dedup();
    touched
}

/// The ranges from which a Service may be given an address.
fn usable_ranges(allocator: &Allocator<'_, '_>, id: ServiceId) -> Vec<RangeId> {
    let (Some(request), Some(service)) =
        (allocator.world.requests.get(id), allocator.world.services.get(id))
    else {
        return Vec::new();
    };
    if !request.addresses.is_empty() {
        let range = |&address: &IpAddr| allocator.state.enabled_range(address);
        return request.addresses.iter().filter_map(range).collect();
    }
    allocator
        .state
        .pools_for(service)
        .into_iter()
        .filter_map(|pool| allocator.state.pools.get(pool))
        .flat_map(|pool| &pool.ranges)
        .copied()
        .filter(|&range| {
            let range = allocator.state.ranges.get(range);
            range.is_some_and(|range| request.wants(range.span.family()))
        })
        .collect()
}

/// What new Services may be given: any address of a pool's family, or these ranges'.
#[derive(Default)]
struct Demand {
    pools: BTreeSet<(PoolId, Family)>,
    asked: BTreeSet<RangeId>,
}

impl Demand {
    fn of(allocator: &Allocator<'_, '_>, new: &[ServiceId]) -> Self {
        let mut demand = Self::default();
        for &id in new {
            let (Some(request), Some(service)) =
                (allocator.world.requests.get(id), allocator.world.services.get(id))
            else {
                continue;
            };
            let asked = request.addresses.iter();
            demand.asked.extend(asked.filter_map(|&a| allocator.state.enabled_range(a)));
            if request.addresses.is_empty() {
                for pool in allocator.state.pools_for(service) {
                    let wanted = [Family::V4, Family::V6].into_iter().filter(|f| request.wants(*f));
                    demand.pools.extend(wanted.map(|family| (pool, family)));
                }
            }
        }
        demand
    }
}

/// The ranges in which the order of taking in decides what new Services get: free
/// blocks of one size lie in the heap as they came.
fn fragile_ranges(
    allocator: &Allocator<'_, '_>,
    plain: &[ServiceId],
    new: &[ServiceId],
) -> BTreeSet<RangeId> {
    let mut taken: BTreeMap<RangeId, Vec<u128>> = BTreeMap::new();
    for &id in plain {
        for &address in status(allocator, id) {
            if let Some(range) = allocator.state.enabled_range(address) {
                taken.entry(range).or_default().push(ip::to_number(address));
            }
        }
    }
    taken.retain(|_, numbers| numbers.len() > 1);
    let mut demand: Option<Demand> = None;
    let mut fragile = BTreeSet::new();
    for (id, numbers) in taken {
        let Some(range) = allocator.state.ranges.get(id) else { continue };
        let mut sizes = range.sizes_without(&numbers);
        if sizes.len() < 2 {
            continue;
        }
        sizes.sort_unstable();
        let alike = sizes.windows(2).any(|pair| pair.first() == pair.last());
        let demand = demand.get_or_insert_with(|| Demand::of(allocator, new));
        let asked = demand.asked.contains(&id);
        let used = asked || demand.pools.contains(&(range.pool, range.span.family()));
        if (alike && used) || (sizes.len() > 2 && asked) {
            fragile.insert(id);
        }
    }
    fragile
}

/// Puts those together that touch the same.
fn groups(touches: BTreeMap<ServiceId, Vec<Touch>>) -> Vec<Vec<ServiceId>> {
    let mut group_of: BTreeMap<Touch, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<ServiceId>> = Vec::new();
    for (id, touched) in touches {
        let mut members = vec![id];
        let mut joined: Vec<usize> =
            touched.iter().filter_map(|touch| group_of.get(touch).copied()).collect();
        joined.sort_unstable();
        joined.dedup();
        for &index in &joined {
            if let Some(group) = groups.get_mut(index) {
                members.append(group);
            }
        }
        let index = groups.len();
        for place in group_of.values_mut().filter(|place| joined.contains(place)) {
            *place = index;
        }
        group_of.extend(touched.into_iter().map(|touch| (touch, index)));
        members.sort_unstable();
        groups.push(members);
    }
    groups.retain(|group| !group.is_empty());
    groups
}
