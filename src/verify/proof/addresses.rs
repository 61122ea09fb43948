//! The addresses of both sides, cut where the pool changes on either of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ip::{self, Family, IpRange, IpSet};
use crate::metallb::Pool;

/// Addresses that are of one pool on each side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    /// MetalLB's pool, where one gives them out.
    pub(super) metallb: Option<usize>,
    /// Cilium's.
    pub(super) cilium: Option<usize>,
    pub(super) family: Family,
    /// The first of the addresses.
    pub(super) first: IpAddr,
    /// How many there are.
    pub(super) count: u128,
}

/// The addresses that a pool of MetalLB's gives out.
pub(super) fn given_out(pool: &Pool) -> Vec<IpRange> {
    if pool.avoid_buggy_ips {
        pool.ranges().flat_map(ip::without_buggy).collect()
    } else {
        pool.ranges().collect()
    }
}

/// The regions. On either side no address is of two pools.
pub(super) fn regions(metallb: &[Vec<IpRange>], cilium: &[IpSet]) -> Vec<Region> {
    let mut found: BTreeMap<(Family, Option<usize>, Option<usize>), Region> = BTreeMap::new();
    for family in [Family::V4, Family::V6] {
        let one = sorted(metallb.iter().map(|ranges| ranges.iter().copied()), family);
        let other = sorted(cilium.iter().map(IpSet::ranges), family);
        // Every place where something begins, or has just ended.
        let mut cuts: Vec<u128> = Vec::new();
        for (first, last, _) in one.iter().chain(&other) {
            cuts.push(*first);
            cuts.extend(last.checked_add(1));
        }
        cuts.sort_unstable();
        cuts.dedup();
        for (at, first) in cuts.iter().enumerate() {
            let (a, b) = (holder(&one, *first), holder(&other, *first));
            let Some(address) = ip::from_number(family, *first) else { continue };
            if a.is_none() && b.is_none() {
                continue;
            }
            let last = cuts.get(at + 1).map_or(family.max_number(), |next| next - 1);
            let count = (last - first).saturating_add(1);
            let region = Region { metallb: a, cilium: b, family, first: address, count: 0 };
            let entry = found.entry((family, a, b)).or_insert(region);
            entry.count = entry.count.saturating_add(count);
        }
    }
    found.into_values().collect()
}

type Span = (u128, u128, usize);

fn sorted<I: Iterator<Item = IpRange>>(
    pools: impl Iterator<Item = I>,
    family: Family,
) -> Vec<Span> {
    let mut spans: Vec<Span> = pools
        .enumerate()
        .flat_map(|(pool, ranges)| {
            ranges
                .filter(move |range| range.family() == family)
                .map(move |range| (ip::to_number(range.first()), ip::to_number(range.last()), pool))
        })
        .collect();
    spans.sort_unstable();
    spans
}

fn holder(spans: &[Span], number: u128) -> Option<usize> {
    let after = spans.partition_point(|(first, _, _)| *first <= number);
    let (_, last, pool) = spans.get(after.checked_sub(1)?)?;
    (number <= *last).then_some(*pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: &str, last: &str) -> IpRange {
        IpRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    #[test]
    fn addresses_are_cut_where_either_side_changes() {
        let metallb = [vec![range("172.18.255.193", "172.18.255.206")]];
        let cilium = [[range("172.18.255.192", "172.18.255.207")].into_iter().collect()];
        let regions = regions(&metallb, &cilium);
        let shown: Vec<_> =
            regions.iter().map(|r| (r.metallb, r.cilium, r.first.to_string(), r.count)).collect();
        assert_eq!(
            shown,
            [
                (None, Some(0), "172.18.255.192".to_owned(), 2),
                (Some(0), Some(0), "172.18.255.193".to_owned(), 14),
            ]
        );
    }

    #[test]
    fn a_range_and_its_cidrs_are_the_same() {
        let metallb = [vec![range("10.0.0.1", "10.0.0.2")], vec![range("fd00::", "fd00::ff")]];
        let cilium = [
            [range("10.0.0.1", "10.0.0.1"), range("10.0.0.2", "10.0.0.2")].into_iter().collect(),
            [range("fd00::80", "fd00::ff"), range("fd00::", "fd00::7f")].into_iter().collect(),
        ];
        assert!(regions(&metallb, &cilium).iter().all(|r| r.metallb == r.cilium));
    }

    #[test]
    fn the_last_address_of_all_is_an_address() {
        let everything = range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        let regions = regions(&[vec![everything]], &[]);
        assert_eq!(regions.len(), 1);
        assert_eq!(regions[0].count, u128::MAX);
    }
}
