//! What is known of the order in which the controller's map gave out the pools.
//!
//! MetalLB lists the pools pinned to a namespace by walking a Go map, once for each
//! reading of the configuration: in an order that is arbitrary, but stays for the
//! run and is one and the same for all namespaces. So a choice between such pools
//! made for one Service binds the choices for the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::gosort::MAX_INSERTION;
use super::ids::PoolId;
use super::pools::PoolTable;

/// Up to this many pools every order is tried one by one.
const MAX_PERMUTED: usize = 7;
/// Beyond, as many orders are drawn.
const DRAWN: usize = 5040;

/// The orders that are still possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// Every order in which these pairs (first, second) stand in this order. Enough
    /// as long as sorting only compares neighbours, by a sane priority.
    Partial(Arc<BTreeSet<(PoolId, PoolId)>>),
    /// Just these.
    Among {
        orders: Arc<Vec<Vec<PoolId>>>,
        /// Whether no order is left out.
        complete: bool,
    },
}

/// A pool that may come first, and what then is known.
#[derive(Debug, Clone)]
pub(super) struct First {
    pub(super) pool: PoolId,
    pub(super) order: Order,
}

impl Order {
    /// Nothing is known yet.
    pub(super) fn new(pools: &PoolTable) -> Self {
        if !pools.has_negative_priority() && pools.longest_list() <= MAX_INSERTION {
            return Self::Partial(Arc::default());
        }
        let namespaced: Vec<PoolId> = pools.namespaced().into_iter().collect();
        let complete = namespaced.len() <= MAX_PERMUTED;
        let orders = if complete { permutations(&namespaced) } else { drawn(&namespaced) };
        Self::Among { orders: Arc::new(orders), complete }
    }

    /// Whether orders were left out because there are too many.
    pub(super) fn is_complete(&self) -> bool {
        !matches!(self, Self::Among { complete: false, .. })
    }

    /// Which pools of `wanted` may come first when the lists by namespace (in
    /// arbitrary order) and by Service selector are joined and sorted.
    pub(super) fn firsts(
        &self,
        pools: &PoolTable,
        by_namespace: &[PoolId],
        by_selector: &[PoolId],
        wanted: &[PoolId],
    ) -> Vec<First> {
        if let [only] = wanted {
            return vec![First { pool: *only, order: self.clone() }];
        }
        match self {
            Self::Partial(before) => {
                let class = best_class(pools, by_namespace, by_selector, wanted);
                class.firsts(before)
            }
            Self::Among { orders, complete } => {
                let mut firsts: Vec<(PoolId, Vec<Vec<PoolId>>)> = Vec::new();
                for order in orders.iter() {
                    let mut list: Vec<PoolId> =
                        order.iter().filter(|id| by_namespace.contains(id)).copied().collect();
                    list.extend(by_selector);
                    pools.sort(&mut list);
                    let Some(first) = list.iter().find(|id| wanted.contains(id)) else { continue };
                    match firsts.iter_mut().find(|(pool, _)| pool == first) {
                        Some((_, orders)) => orders.push(order.clone()),
                        None => firsts.push((*first, vec![order.clone()])),
                    }
                }
                firsts.sort_by_key(|(pool, _)| *pool);
                let order = |orders| Self::Among { orders: Arc::new(orders), complete: *complete };
                firsts.into_iter().map(|(pool, o)| First { pool, order: order(o) }).collect()
            }
        }
    }
}

/// The pools that stand before all others, when all is known but the map's order.
enum Class {
    /// Just this one.
    Fixed(Option<PoolId>),
    /// The one that the map gives first.
    FirstOf(Vec<PoolId>),
    /// The one that the map gives last.
    LastOf(Vec<PoolId>),
}

/// With at most twelve entries Go sorts by insertion: pools with a priority keep
/// their order within it, and those without, each "less" than the last, turn theirs.
fn best_class(
    pools: &PoolTable,
    by_namespace: &[PoolId],
    by_selector: &[PoolId],
    wanted: &[PoolId],
) -> Class {
    let best = wanted.iter().map(|id| pools.priority(*id)).filter(|p| *p > 0).min();
    let priority = best.unwrap_or(0);
    let of_class = |list: &[PoolId]| -> Vec<PoolId> {
        let fits = |id: &&PoolId| wanted.contains(id) && pools.priority(**id) == priority;
        list.iter().filter(fits).copied().collect()
    };
    let (namespaced, selecting) = (of_class(by_namespace), of_class(by_selector));
    if best.is_some() {
        if namespaced.is_empty() {
            return Class::Fixed(selecting.first().copied());
        }
        return Class::FirstOf(namespaced);
    }
    match selecting.last() {
        Some(last) => Class::Fixed(Some(*last)),
        None => Class::LastOf(namespaced),
    }
}

impl Class {
    fn firsts(self, before: &Arc<BTreeSet<(PoolId, PoolId)>>) -> Vec<First> {
        let unchanged = || Order::Partial(Arc::clone(before));
        let (mut pools, last) = match self {
            Self::Fixed(pool) => {
                let first = pool.map(|pool| First { pool, order: unchanged() });
                return first.into_iter().collect();
            }
            Self::FirstOf(pools) => (pools, false),
            Self::LastOf(pools) => (pools, true),
        };
        pools.sort_unstable();
        let pair = |pool, other| if last { (other, pool) } else { (pool, other) };
        let mut firsts = Vec::new();
        for pool in &pools {
            let others = pools.iter().filter(|other| *other != pool);
            let pairs: Vec<_> = others.map(|other| pair(*pool, *other)).collect();
            if pairs.iter().any(|(a, b)| before.contains(&(*b, *a))) {
                continue;
            }
            let mut known = BTreeSet::clone(before);
            for (a, b) in pairs {
                learn(&mut known, a, b);
            }
            firsts.push(First { pool: *pool, order: Order::Partial(Arc::new(known)) });
        }
        firsts
    }
}

/// Adds "a before b" and all that follows from it.
fn learn(known: &mut BTreeSet<(PoolId, PoolId)>, a: PoolId, b: PoolId) {
    if known.contains(&(a, b)) {
        return;
    }
    let mut up: Vec<PoolId> = known.iter().filter(|(_, y)| *y == a).map(|(x, _)| *x).collect();
    let mut down: Vec<PoolId> = known.iter().filter(|(x, _)| *x == b).map(|(_, y)| *y).collect();
    up.push(a);
    down.push(b);
    for x in &up {
        known.extend(down.iter().map(|y| (*x, *y)));
    }
}

fn permutations(items: &[PoolId]) -> Vec<Vec<PoolId>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for shorter in permutations(rest) {
        for at in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(at, *first);
            all.push(longer);
        }
    }
    all
}

/// Orders drawn by a fixed generator, the same in every run.
fn drawn(items: &[PoolId]) -> Vec<Vec<PoolId>> {
    let mut state = 0;
    let mut order = items.to_vec();
    (0..DRAWN)
        .map(|_| {
            for i in (1..order.len()).rev() {
                // The remainder is below the length.
                #[allow(clippy::cast_possible_truncation)]
                let other = (split_mix(&mut state) % (i as u64 + 1)) as usize;
                order.swap(i, other);
            }
            order.clone()
        })
        .collect()
}

/// The next number of SplitMix64.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metallb::{Config, ServiceAllocation};
    use crate::simulate::metallb::testing;
    use proptest::prelude::*;

    fn table(priorities: &[i64], namespaced: &[bool], selecting: &[bool]) -> PoolTable {
        let pools = priorities.iter().enumerate().map(|(i, priority)| {
            let range = format!("10.{i}.0.0-10.{i}.0.255");
            let mut pool = testing::pool(&format!("p{i}"), &[&range]);
            let mut allocation =
                ServiceAllocation { priority: *priority, ..ServiceAllocation::default() };
            if namespaced[i] {
                allocation.namespaces.insert("default".to_owned());
            }
            if selecting[i] {
                allocation.service_selectors.push(testing::selector("a", "b"));
            }
            pool.allocation = Some(allocation);
            pool
        });
        PoolTable::new(&Config { pools: pools.collect(), ..Config::default() }, &[])
    }

    /// All ways of choosing for Services that want these sets one after another.
    fn courses(pools: &PoolTable, order: Order, wants: &[Vec<PoolId>]) -> BTreeSet<Vec<PoolId>> {
        let service = testing::service_labelled("default", "s", &[("a", "b")]);
        let (by_namespace, by_selector) = pools.pinned_for(&service);
        let mut courses = vec![(Vec::new(), order)];
        for wanted in wants {
            let mut next = Vec::new();
            for (course, order) in courses {
                for first in order.firsts(pools, &by_namespace, &by_selector, wanted) {
                    let mut course: Vec<PoolId> = course.clone();
                    course.push(first.pool);
                    next.push((course, first.order));
                }
            }
            courses = next;
        }
        courses.into_iter().map(|(course, _)| course).collect()
    }

    proptest! {
        /// Pairs are as good as trying every order.
        #[test]
        fn what_pairs_allow_is_what_some_order_gives(
            kinds in prop::collection::vec((0i64..3, 0u8..3), 2..6),
            wants in prop::collection::vec(prop::collection::btree_set(0u32..6, 1..6), 1..4),
        ) {
            let priorities: Vec<i64> = kinds.iter().map(|(p, _)| *p).collect();
            let namespaced: Vec<bool> = kinds.iter().map(|(_, k)| *k != 0).collect();
            let selecting: Vec<bool> = kinds.iter().map(|(_, k)| *k != 1).collect();
            let pools = table(&priorities, &namespaced, &selecting);
            let count = u32::try_from(kinds.len()).unwrap();
            let wants: Vec<Vec<PoolId>> = wants
                .into_iter()
                .map(|want| {
                    let want: BTreeSet<u32> = want.into_iter().map(|id| id % count).collect();
                    want.into_iter().map(PoolId).collect()
                })
                .collect();
            let all = permutations(&pools.namespaced().into_iter().collect::<Vec<_>>());
            let among = Order::Among { orders: Arc::new(all), complete: true };
            let partial = Order::new(&pools);
            prop_assert!(matches!(partial, Order::Partial(_)));
            prop_assert_eq!(courses(&pools, partial, &wants), courses(&pools, among, &wants));
        }
    }

    #[test]
    fn pools_without_priority_are_taken_from_the_last_name() {
        let pools = table(&[0, 0, 0], &[false; 3], &[true; 3]);
        let all: Vec<PoolId> = pools.ids().collect();
        let firsts = Order::new(&pools).firsts(&pools, &[], &all, &all);
        assert_eq!(firsts.iter().map(|f| f.pool).collect::<Vec<_>>(), [PoolId(2)]);
    }

    #[test]
    fn a_negative_priority_takes_the_later_name_first() {
        let pools = table(&[-1, 5, 0], &[false; 3], &[true; 3]);
        let all: Vec<PoolId> = pools.ids().collect();
        let mut sorted = all.clone();
        pools.sort(&mut sorted);
        let firsts = Order::new(&pools).firsts(&pools, &[], &all, &all);
        assert_eq!(firsts.iter().map(|f| f.pool).collect::<Vec<_>>(), sorted[..1]);
    }

    /// The first numbers of Vigna's `splitmix64.c` from the seed 0.
    #[test]
    fn numbers_are_those_of_split_mix() {
        let mut state = 0;
        let numbers = [(); 3].map(|()| split_mix(&mut state));
        assert_eq!(numbers, [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
    }

    #[test]
    fn of_many_pools_orders_are_drawn_in_which_each_comes_first() {
        let pools = table(&[-1; 9], &[true; 9], &[false; 9]);
        let Order::Among { orders, complete: false } = Order::new(&pools) else { panic!() };
        let all: BTreeSet<PoolId> = pools.ids().collect();
        assert_eq!(orders.len(), DRAWN);
        for order in orders.iter() {
            assert_eq!((order.len(), order.iter().copied().collect()), (9, all.clone()));
        }
        assert_eq!(orders.iter().map(|order| order[0]).collect::<BTreeSet<_>>(), all);
        // A pool may stay where it stood in the order before.
        assert!(orders.windows(2).any(|pair| pair[0][8] == pair[1][8]));
    }

    #[test]
    fn what_follows_from_two_choices_decides_the_third() {
        let pools = table(&[1; 3], &[true; 3], &[false; 3]);
        let all = permutations(&pools.namespaced().into_iter().collect::<Vec<_>>());
        for wants in [[[0, 1], [1, 2], [0, 2]], [[1, 2], [0, 1], [0, 2]]] {
            let wants: Vec<Vec<PoolId>> = wants.map(|want| want.map(PoolId).to_vec()).to_vec();
            let among = Order::Among { orders: Arc::new(all.clone()), complete: true };
            let ways = courses(&pools, Order::new(&pools), &wants);
            assert_eq!(ways.len(), 6);
            assert_eq!(ways, courses(&pools, among, &wants));
        }
    }

    /// Beyond twelve, Go does not sort by insertion.
    #[test]
    fn long_lists_are_sorted_order_by_order() {
        let partial = |namespaced: usize, selecting: usize| {
            let all = namespaced + selecting;
            let by_namespace: Vec<bool> = (0..all).map(|i| i < namespaced).collect();
            let by_selector: Vec<bool> = by_namespace.iter().map(|named| !named).collect();
            let pools = table(&vec![0; all], &by_namespace, &by_selector);
            matches!(Order::new(&pools), Order::Partial(_))
        };
        for (namespaced, selecting) in [(12, 0), (0, 12), (6, 6)] {
            assert!(partial(namespaced, selecting));
            assert!(!partial(namespaced + 1, selecting) && !partial(namespaced, selecting + 1));
        }
    }
}
