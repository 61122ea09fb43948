//! Which pinned pool a Service gets without asking: MetalLB's order of the
//! pools that fit.

use std::collections::BTreeSet;

use crate::metallb::Pool;

/// Pools beyond which the order is not computed: from 13 elements on, the
/// sorting algorithm of MetalLB's Go runtime is no longer insertion sort, and
/// its result with an inconsistent comparison depends on the runtime's version.
const MAX_ORDERED: usize = 12;

/// How a pinned pool comes into the list of those that fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) index: usize,
    pub(super) pool: &'a Pool,
    /// Whether it is pinned to namespaces (listed in random order).
    pub(super) by_namespace: bool,
    /// Whether it is pinned by Service selector (listed by name).
    pub(super) by_selector: bool,
}

/// The pools of which each may come first, and those that follow when it is
/// full. `None` where there are too many to say.
pub(super) fn first(candidates: &[Candidate<'_>]) -> Option<BTreeSet<usize>> {
    let in_namespace: Vec<&Candidate<'_>> =
        candidates.iter().filter(|candidate| candidate.by_namespace).collect();
    let mut by_selector: Vec<&Candidate<'_>> =
        candidates.iter().filter(|candidate| candidate.by_selector).collect();
    by_selector.sort_by_key(|candidate| candidate.pool.name());
    if in_namespace.len() + by_selector.len() > MAX_ORDERED {
        return None;
    }
    let mut firsts = BTreeSet::new();
    // Of a list that is sorted by insertion only the smallest comes first; which
    // of several smallest does depends on the random order of the namespaced
    // pools, and there only on which of them stands where.
    for lead in 0..in_namespace.len().max(1) {
        for tail in 0..in_namespace.len().max(1) {
            let mut list = reordered(&in_namespace, lead, tail);
            list.extend(&by_selector);
            insertion_sort(&mut list);
            firsts.extend(list.first().map(|candidate| candidate.index));
        }
    }
    Some(firsts)
}

/// The list with the element `lead` moved to the front and `tail` to the back.
fn reordered<'c, 'p>(
    list: &[&'c Candidate<'p>],
    lead: usize,
    tail: usize,
) -> Vec<&'c Candidate<'p>> {
    let mut order: Vec<&Candidate<'p>> = list.to_vec();
    if order.is_empty() {
        return order;
    }
    let front = order.remove(lead);
    let back_at = if tail > lead { tail - 1 } else { tail };
    if tail != lead {
        let back = order.remove(back_at);
        order.push(back);
    }
    order.insert(0, front);
    order
}

/// As Go's `sort.Slice` sorts up to twelve elements.
fn insertion_sort(list: &mut [&Candidate<'_>]) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && goes_before(list[at].pool, list[at - 1].pool) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// MetalLB's comparison (`allocator.sortPools`): lower priority numbers first,
/// unset ones last; where neither is set it always says yes, which reverses.
fn goes_before(a: &Pool, b: &Pool) -> bool {
    let priority = |pool: &Pool| pool.allocation.as_ref().map_or(0, |a| a.priority);
    match (priority(a), priority(b)) {
        (a, b) if a > 0 && b > 0 => a < b,
        (0, b) if b > 0 => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metallb::ServiceAllocation;

    fn pool(name: &str, priority: i64) -> Pool {
        let allocation = ServiceAllocation { priority, ..ServiceAllocation::default() };
        let mut pool = Pool {
            meta: Default::default(),
            addresses: vec![],
            auto_assign: true,
            avoid_buggy_ips: false,
            allocation: Some(allocation),
            origin: Default::default(),
        };
        pool.meta.name = name.to_owned();
        pool
    }

    fn firsts(pools: &[(&str, i64, bool)]) -> Vec<String> {
        try_firsts(pools).unwrap()
    }

    fn try_firsts(pools: &[(&str, i64, bool)]) -> Option<Vec<String>> {
        let pools: Vec<(Pool, bool)> =
            pools.iter().map(|(name, priority, by_ns)| (pool(name, *priority), *by_ns)).collect();
        let candidates: Vec<Candidate<'_>> = pools
            .iter()
            .enumerate()
            .map(|(index, (pool, by_namespace))| Candidate {
                index,
                pool,
                by_namespace: *by_namespace,
                by_selector: !by_namespace,
            })
            .collect();
        let firsts = first(&candidates)?;
        Some(firsts.into_iter().map(|index| pools[index].0.name().to_owned()).collect())
    }

    #[test]
    fn the_lowest_priority_number_goes_first() {
        assert_eq!(firsts(&[("a", 20, true), ("b", 10, true), ("c", 0, true)]), ["b"]);
        assert_eq!(firsts(&[("a", 20, false), ("b", 10, true)]), ["b"]);
    }

    #[test]
    fn namespaced_pools_of_one_priority_are_taken_at_random() {
        assert_eq!(firsts(&[("a", 5, true), ("b", 5, true), ("c", 9, true)]), ["a", "b"]);
        assert_eq!(firsts(&[("a", 0, true), ("b", 0, true)]), ["a", "b"]);
    }

    #[test]
    fn pools_by_selector_without_priority_go_by_name_backwards() {
        assert_eq!(firsts(&[("a", 0, false), ("b", 0, false)]), ["b"]);
        assert_eq!(firsts(&[("a", 7, false), ("b", 7, false)]), ["a"]);
    }

    #[test]
    fn of_more_than_twelve_pools_nobody_can_say() {
        let last = ("last", 9, false);
        let mut pools = [vec![("a", 5, true); 6], vec![last; 6]].concat();
        assert_eq!(try_firsts(&pools), Some(vec!["a".to_owned(); 6]));
        pools.push(last);
        assert_eq!(try_firsts(&pools), None);
    }
}
