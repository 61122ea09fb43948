//! The order in which MetalLB tries its pools (`Allocate`, `sortPools`).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Problem;
use super::diagram::{ALWAYS, Diagram, NEVER, Spent};
use super::domain::Logic;
use super::raw::Unproved;
use crate::metallb::{Pool, ServiceAllocation};

/// From so many pinned pools for one Service on, MetalLB's order depends on its Go
/// runtime.
const MAX_ORDERED: usize = 12;

/// A pinned pool in MetalLB's lists.
pub(super) struct Entry {
    pub(super) pool: usize,
    pub(super) fits: Diagram,
    pub(super) rank: Rank,
    /// How often it stands in the list that is sorted.
    times: usize,
}

/// The order in which pinned pools that fit one Service are tried; those of equal
/// rank in any order. Priorities first, by number, then in the order of the list
/// (pools by namespace, at random; then pools by Service selector, by name); pools
/// without priority after them, in the order of the list turned round.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Priority(i64, Option<String>),
    Unset(Reverse<String>),
    Namespaced,
    Open,
}

/// The pools that give addresses without being asked, by rank.
pub(super) fn entries(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
) -> Result<Vec<Entry>, Unproved> {
    let mut entries = Vec::new();
    for (at, pool) in problem.config.pools.iter().enumerate().filter(|(_, pool)| pool.auto_assign) {
        let Some(allocation) = &pool.allocation else {
            entries.push(Entry { pool: at, fits: ALWAYS, rank: Rank::Open, times: 0 });
            continue;
        };
        let (fits, inside) = compatible(logic, problem, pool)?;
        let by_selector =
            allocation.fits_every_service() || !allocation.service_selectors.is_empty();
        let namespaced = logic.store.and(fits, inside)?;
        let elsewhere = logic.store.without(fits, inside)?;
        let mut add = |fits: Diagram, namespaced: bool| {
            if fits != NEVER && (namespaced || by_selector) {
                let rank = rank(pool.name(), allocation, namespaced, by_selector);
                let times = usize::from(namespaced) + usize::from(by_selector);
                entries.push(Entry { pool: at, fits, rank, times });
            }
        };
        add(namespaced, true);
        add(elsewhere, false);
    }
    entries.sort_by(|a, b| a.rank.cmp(&b.rank));
    Ok(entries)
}

fn rank(name: &str, allocation: &ServiceAllocation, namespaced: bool, by_selector: bool) -> Rank {
    match allocation.priority {
        0 if by_selector => Rank::Unset(Reverse(name.to_owned())),
        0 => Rank::Namespaced,
        priority => Rank::Priority(priority, (!namespaced).then(|| name.to_owned())),
    }
}

/// Whether the order is one that can be told pool by pool.
pub(super) fn check_order(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    entries: &[Entry],
) -> Result<(), Unproved> {
    let pinned: Vec<&Entry> = entries.iter().filter(|entry| entry.rank != Rank::Open).collect();
    let negative = |entry: &&&Entry| matches!(entry.rank, Rank::Priority(number, _) if number < 0);
    let name = |entry: &Entry| problem.config.pools.get(entry.pool).map_or("", Pool::name);
    for entry in pinned.iter().filter(negative) {
        for other in &pinned {
            if other.pool != entry.pool && logic.store.and(other.fits, entry.fits)? != NEVER {
                return Err(Unproved::because(format!(
                    "pool {} has a negative priority: MetalLB's order is not one then",
                    name(entry)
                )));
            }
        }
    }
    if pinned.iter().map(|entry| entry.times).sum::<usize>() <= MAX_ORDERED {
        return Ok(());
    }
    // At least so many list entries fit.
    let mut at_least = [NEVER; MAX_ORDERED + 1];
    for entry in pinned {
        for _ in 0..entry.times {
            for count in (0..at_least.len()).rev() {
                let fewer = if count == 0 { ALWAYS } else { at_least[count - 1] };
                let one_more = logic.store.and(fewer, entry.fits)?;
                at_least[count] = logic.store.or(at_least[count], one_more)?;
            }
        }
    }
    if at_least[MAX_ORDERED] != NEVER {
        return Err(Unproved::because(format!(
            "more than {MAX_ORDERED} pinned pools fit one Service: their order depends on \
             MetalLB's Go runtime"
        )));
    }
    Ok(())
}

/// Who may have an address of a pool at all (`isPoolCompatibleWithService`), and who
/// is in one of the namespaces that it names.
pub(super) fn compatible(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    pool: &Pool,
) -> Result<(Diagram, Diagram), Spent> {
    let Some(allocation) = &pool.allocation else { return Ok((ALWAYS, NEVER)) };
    let known = &problem.cluster.namespaces;
    let chosen = known.iter().filter(|namespace| {
        allocation.namespace_selectors.iter().any(|one| one.matches(&namespace.labels))
    });
    let names: BTreeSet<&str> = chosen
        .map(|namespace| namespace.name.as_str())
        .chain(allocation.namespaces.iter().map(String::as_str))
        .collect();
    let by_name = logic.in_namespaces(names.iter().copied())?;
    let to_come = logic.in_new_namespaces(known, &allocation.namespace_selectors)?;
    let inside = logic.store.or(by_name, to_come)?;
    let services = logic.services(&allocation.service_selectors)?;
    // Selectors that select no Namespace restrict nothing.
    let restricted = !names.is_empty();
    let fits = if restricted { logic.store.and(inside, services)? } else { services };
    Ok((fits, inside))
}
