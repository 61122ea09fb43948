//! Sets of addresses.

use std::iter;
use std::net::IpAddr;

use ipnet::IpNet;

use super::interval::Intervals;
use super::{Family, IpRange, to_number};

/// A set of addresses of both families, held as ascending ranges that neither
/// overlap nor touch: two sets are equal just if they hold the same addresses.
///
/// Building it from n ranges takes O(n log n), combining two sets with n ranges
/// in all O(n log n) at most, [`contains`](Self::contains) O(log n).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpSet {
    v4: Intervals,
    v6: Intervals,
}

impl IpSet {
    /// The set of no address.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the addresses of a range. One at a time costs O(n) each: collect
    /// where there are many.
    pub fn insert(&mut self, range: IpRange) {
        self.family_mut(range.family()).insert(range.numbers());
    }

    /// The addresses in either.
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, Intervals::union)
    }

    /// The addresses in both.
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, Intervals::intersection)
    }

    /// The addresses in this and not in the other.
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, Intervals::difference)
    }

    /// Whether the address is in it.
    pub fn contains(&self, addr: IpAddr) -> bool {
        self.family(Family::of(addr)).contains(to_number(addr))
    }

    /// Whether it has no address.
    pub fn is_empty(&self) -> bool {
        self.v4.as_slice().is_empty() && self.v6.as_slice().is_empty()
    }

    /// Whether every address is in the other too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether no address is in both.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).is_empty()
    }

    /// How many addresses it has; `u128::MAX` where that is too many to say.
    pub fn len(&self) -> u128 {
        self.ranges().fold(0, |sum, range| sum.saturating_add(range.len()))
    }

    /// The fewest ranges that make up the set, IPv4 first, ascending.
    pub fn ranges(&self) -> impl Iterator<Item = IpRange> {
        [Family::V4, Family::V6].into_iter().flat_map(|family| {
            self.family(family)
                .as_slice()
                .iter()
                .map(move |interval| IpRange::from_numbers(family, *interval))
        })
    }

    /// The fewest CIDRs that make up the set, IPv4 first, ascending.
    pub fn cidrs(&self) -> impl Iterator<Item = IpNet> {
        self.ranges().flat_map(|range| range.cidrs())
    }

    fn family(&self, family: Family) -> &Intervals {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    fn family_mut(&mut self, family: Family) -> &mut Intervals {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    fn combine(&self, other: &Self, with: fn(&Intervals, &Intervals) -> Intervals) -> Self {
        Self { v4: with(&self.v4, &other.v4), v6: with(&self.v6, &other.v6) }
    }
}

impl FromIterator<IpRange> for IpSet {
    fn from_iter<I: IntoIterator<Item = IpRange>>(ranges: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match range.family() {
                Family::V4 => v4.push(range.numbers()),
                Family::V6 => v6.push(range.numbers()),
            }
        }
        Self { v4: Intervals::from_unsorted(v4), v6: Intervals::from_unsorted(v6) }
    }
}

impl From<IpRange> for IpSet {
    fn from(range: IpRange) -> Self {
        iter::once(range).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ip::from_number;

    /// Where the small universes of the tests lie: at the bottom of a family, in
    /// its midst, and at its top.
    fn universes() -> impl Strategy<Value = (Family, u128)> {
        prop::sample::select(vec![
            (Family::V4, 0),
            (Family::V4, 0x0a00_0000),
            (Family::V4, u128::from(u32::MAX) - 63),
            (Family::V6, 0),
            (Family::V6, 0x2001_0db8 << 96),
            (Family::V6, u128::MAX - 63),
        ])
    }

    /// The model: bit i is the i-th address of a universe of 64.
    fn model(ranges: &[(u32, u32)]) -> u64 {
        ranges.iter().flat_map(|(a, b)| *a..=*b).fold(0, |bits, i| bits | (1 << i))
    }

    fn small_ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
        prop::collection::vec((0_u32..64, 0_u32..64).prop_map(|(a, b)| (a.min(b), a.max(b))), 0..8)
    }

    fn range((family, base): (Family, u128), (a, b): (u32, u32)) -> IpRange {
        IpRange::from_numbers(family, (base + u128::from(a), base + u128::from(b)))
    }

    fn set(universe: (Family, u128), ranges: &[(u32, u32)]) -> IpSet {
        ranges.iter().map(|pair| range(universe, *pair)).collect()
    }

    fn bits((family, base): (Family, u128), set: &IpSet) -> u64 {
        (0..64_u32).fold(0, |bits, i| {
            let addr = from_number(family, base + u128::from(i)).unwrap();
            bits | (u64::from(set.contains(addr)) << i)
        })
    }

    #[test]
    fn neighbours_become_one_range() {
        let text = |set: &IpSet| set.ranges().map(|r| r.to_string()).collect::<Vec<_>>();
        let range = |first: &str, last: &str| {
            IpRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
        };
        let mut set = IpSet::new();
        assert!(set.is_empty());
        set.insert(range("10.0.1.0", "10.0.1.255"));
        set.insert(range("::1", "::1"));
        set.insert(range("10.0.0.0", "10.0.0.255"));
        assert_eq!(text(&set), ["10.0.0.0-10.0.1.255", "::1"]);
        assert_eq!(set.len(), 513);
        assert_eq!(
            set.cidrs().map(|net| net.to_string()).collect::<Vec<_>>(),
            ["10.0.0.0/23", "::1/128"]
        );
    }

    #[test]
    fn the_whole_of_both_families() {
        let all: IpSet = ["0.0.0.0/0", "::/0"]
            .into_iter()
            .map(|net| IpRange::from_cidr(net.parse().unwrap()))
            .collect();
        assert_eq!(all.ranges().count(), 2);
        assert_eq!(all.len(), u128::MAX);
        assert!(all.difference(&all).is_empty());
        assert_eq!(all.difference(&IpSet::new()), all);
    }

    proptest! {
        #[test]
        fn operations_agree_with_a_bitmap(
            universe in universes(), a in small_ranges(), b in small_ranges(),
        ) {
            let (x, y) = (set(universe, &a), set(universe, &b));
            let (m, n) = (model(&a), model(&b));
            prop_assert_eq!(bits(universe, &x), m);
            prop_assert_eq!(bits(universe, &x.union(&y)), m | n);
            prop_assert_eq!(bits(universe, &x.intersection(&y)), m & n);
            prop_assert_eq!(bits(universe, &x.difference(&y)), m & !n);
            prop_assert_eq!(x.is_subset(&y), m & !n == 0);
            prop_assert_eq!(x.is_disjoint(&y), m & n == 0);
            prop_assert_eq!(x.is_empty(), m == 0);
            prop_assert_eq!(x == y, m == n);
            prop_assert_eq!(x.len(), u128::from(m.count_ones()));
        }

        #[test]
        fn inserting_one_by_one_is_collecting(universe in universes(), a in small_ranges()) {
            let mut one_by_one = IpSet::new();
            for pair in &a {
                one_by_one.insert(range(universe, *pair));
            }
            prop_assert_eq!(one_by_one, set(universe, &a));
        }

        #[test]
        fn ranges_ascend_with_gaps(
            universe in universes(), a in small_ranges(), b in small_ranges(),
        ) {
            let (x, y) = (set(universe, &a), set(universe, &b));
            for set in [x.union(&y), x.intersection(&y), x.difference(&y)] {
                let ranges: Vec<IpRange> = set.ranges().collect();
                for pair in ranges.windows(2) {
                    prop_assert!(to_number(pair[0].last()) + 1 < to_number(pair[1].first()));
                }
                prop_assert_eq!(set.cidrs().map(IpRange::from_cidr).collect::<IpSet>(), set);
            }
        }
    }
}
