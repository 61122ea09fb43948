//! Which of many ranges overlap.

use super::IpRange;

/// Two ranges that have addresses in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap<T> {
    /// The one that begins first (of those that begin together, the one given
    /// first), and its tag.
    pub lower: (IpRange, T),
    /// The other.
    pub upper: (IpRange, T),
    /// The addresses in both.
    pub shared: IpRange,
}

/// Finds overlaps in O(n log n). Each range, in ascending order of addresses,
/// that begins within one before it is reported once, with the one before it
/// that reaches farthest. So no overlap is reported only where there is none,
/// and there are fewer reports than ranges even if all pairs overlap.
pub fn overlaps<T: Clone>(ranges: impl IntoIterator<Item = (IpRange, T)>) -> Vec<Overlap<T>> {
    let mut sorted: Vec<(IpRange, T)> = ranges.into_iter().collect();
    sorted.sort_by_key(|(range, _)| range.first());
    let mut found = Vec::new();
    let mut farthest: Option<(IpRange, T)> = None;
    for current in sorted {
        if let Some(lower) = &farthest
            && let Some(shared) = lower.0.intersection(&current.0)
        {
            found.push(Overlap { lower: lower.clone(), upper: current.clone(), shared });
        }
        if farthest.as_ref().is_none_or(|(range, _)| range.last() < current.0.last()) {
            farthest = Some(current);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ip::Family;

    fn range(first: u128, last: u128) -> IpRange {
        IpRange::from_numbers(Family::V4, (first, last))
    }

    fn tags(ranges: &[(u128, u128)]) -> Vec<(usize, usize)> {
        let tagged = ranges.iter().enumerate().map(|(tag, (a, b))| (range(*a, *b), tag));
        overlaps(tagged).into_iter().map(|found| (found.lower.1, found.upper.1)).collect()
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert_eq!(tags(&[(10, 19), (20, 29), (0, 9)]), []);
    }

    #[test]
    fn one_shared_address_is_an_overlap() {
        let found = overlaps([(range(10, 20), 'a'), (range(20, 29), 'b')]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].shared, range(20, 20));
    }

    #[test]
    fn each_range_is_reported_with_the_farthest_before_it() {
        assert_eq!(
            tags(&[(0, 100), (10, 20), (15, 30), (90, 200), (150, 160)]),
            [(0, 1), (0, 2), (0, 3), (3, 4)]
        );
    }

    #[test]
    fn of_two_that_reach_as_far_the_first_is_named() {
        assert_eq!(tags(&[(0, 9), (5, 9), (7, 9)]), [(0, 1), (0, 2)]);
    }

    #[test]
    fn equal_ranges_are_reported_in_the_order_given() {
        assert_eq!(tags(&[(5, 6), (5, 6)]), [(0, 1)]);
    }

    #[test]
    fn families_are_apart() {
        let v6 = IpRange::from_numbers(Family::V6, (0, u128::MAX));
        assert_eq!(overlaps([(range(0, 9), 0), (v6, 1), (range(10, 19), 2)]), []);
        assert_eq!(overlaps([(v6, 0), (v6, 1), (range(0, 9), 2)]).len(), 1);
    }

    proptest! {
        #[test]
        fn a_range_is_reported_just_if_it_begins_within_one_before_it(
            ranges in prop::collection::vec((0_u128..100, 0_u128..10), 0..12)
        ) {
            let ranges: Vec<_> = ranges.into_iter().map(|(a, n)| (a, a + n)).collect();
            let mut reported: Vec<usize> = tags(&ranges).into_iter().map(|(_, upper)| upper).collect();
            reported.sort_unstable();
            let expected: Vec<usize> = (0..ranges.len())
                .filter(|&i| {
                    (0..ranges.len()).any(|j| {
                        let before = (ranges[j].0, j) < (ranges[i].0, i);
                        before && ranges[j].1 >= ranges[i].0
                    })
                })
                .collect();
            prop_assert_eq!(reported, expected);
        }
    }
}
