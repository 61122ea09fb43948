//! Go's `sort.Slice`, step for step.
//!
//! MetalLB sorts pools by a comparison that is not an order (it says "less" both
//! ways between pools without priority), so the result is whatever Go's algorithm
//! makes of it: insertion sort up to twelve elements, pattern-defeating quicksort
//! above (Go's package `sort`; Orson Peters, arXiv:2106.05123).

/// Up to this length Go sorts by insertion.
pub(super) const MAX_INSERTION: usize = 12;
/// From this length on the pivot is a median of medians.
const SHORTEST_NINTHER: usize = 50;
/// Below this length a nearly sorted slice is not repaired by shifting.
const SHORTEST_SHIFTING: usize = 50;
/// How many pairs out of order are repaired before giving up.
const MAX_STEPS: usize = 5;
/// As many exchanges in the choice of a pivot mean a descending slice.
const MAX_SWAPS: usize = 12;

/// Sorts as `sort.Slice(items, less)` does.
pub(super) fn sort_slice<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let length = items.len();
    let limit = usize::BITS - length.leading_zeros();
    let mut sorter = Sorter { items, less };
    sorter.quick(0, length, limit);
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Hint {
    Unknown,
    Increasing,
    Decreasing,
}

/// Ranges are half open, as in Go. Pivots are chosen in ranges that are too long for
/// insertion only.
struct Sorter<'a, T, F> {
    items: &'a mut [T],
    less: F,
}

impl<T, F: Fn(&T, &T) -> bool> Sorter<'_, T, F> {
    fn less(&self, i: usize, j: usize) -> bool {
        match (self.items.get(i), self.items.get(j)) {
            (Some(a), Some(b)) => (self.less)(a, b),
            _ => false,
        }
    }

    fn swap(&mut self, i: usize, j: usize) {
        self.items.swap(i, j);
    }

    fn quick(&mut self, mut a: usize, mut b: usize, mut limit: u32) {
        let (mut was_balanced, mut was_partitioned) = (true, true);
        loop {
            let length = b - a;
            if length <= MAX_INSERTION {
                return self.insertion(a, b);
            }
            if limit == 0 {
                return self.heap(a, b);
            }
            if !was_balanced {
                self.break_patterns(a, b);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.choose_pivot(a, b);
            if hint == Hint::Decreasing {
                self.items[a..b].reverse();
                pivot = (b - 1) - (pivot - a);
                hint = Hint::Increasing;
            }
            if was_balanced
                && was_partitioned
                && hint == Hint::Increasing
                && self.partial_insertion(a, b)
            {
                return;
            }
            if a > 0 && !self.less(a - 1, pivot) {
                a = self.partition_equal(a, b, pivot);
                continue;
            }
            let (mid, already) = self.partition(a, b, pivot);
            was_partitioned = already;
            let (left, right) = (mid - a, b - mid);
            if left < right {
                was_balanced = left >= length / 8;
                self.quick(a, mid, limit);
                a = mid + 1;
            } else {
                was_balanced = right >= length / 8;
                self.quick(mid + 1, b, limit);
                b = mid;
            }
        }
    }

    fn insertion(&mut self, a: usize, b: usize) {
        for i in a..b {
            let mut j = i;
            while j > a && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j -= 1;
            }
        }
    }

    fn heap(&mut self, a: usize, b: usize) {
        let length = b - a;
        for root in (0..length).rev() {
            self.sift_down(root, length, a);
        }
        for end in (0..length).rev() {
            self.swap(a, a + end);
            self.sift_down(0, end, a);
        }
    }

    fn sift_down(&mut self, mut root: usize, end: usize, first: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            if child + 1 < end && self.less(first + child, first + child + 1) {
                child += 1;
            }
            if !self.less(first + root, first + child) {
                return;
            }
            self.swap(first + root, first + child);
            root = child;
        }
    }

    /// Returns where the pivot came to stand, and whether nothing else moved.
    fn partition(&mut self, a: usize, b: usize, pivot: usize) -> (usize, bool) {
        self.swap(a, pivot);
        let (mut i, mut j) = (a + 1, b - 1);
        let mut nothing_moved = true;
        loop {
            // What was exchanged before is passed over again.
            self.close_in(&mut i, &mut j, a);
            if i > j {
                self.swap(j, a);
                return (j, nothing_moved);
            }
            self.swap(i, j);
            nothing_moved = false;
        }
    }

    fn close_in(&self, i: &mut usize, j: &mut usize, pivot: usize) {
        while *i <= *j && self.less(*i, pivot) {
            *i += 1;
        }
        while *i <= *j && !self.less(*j, pivot) {
            *j -= 1;
        }
    }

    /// Gathers what equals the pivot at the front; returns where the rest begins.
    fn partition_equal(&mut self, a: usize, b: usize, pivot: usize) -> usize {
        self.swap(a, pivot);
        let (mut i, mut j) = (a + 1, b - 1);
        loop {
            while i <= j && !self.less(a, i) {
                i += 1;
            }
            while i <= j && self.less(a, j) {
                j -= 1;
            }
            if i > j {
                return i;
            }
            self.swap(i, j);
        }
    }

    /// Repairs a nearly sorted slice; whether it is sorted now.
    fn partial_insertion(&mut self, a: usize, b: usize) -> bool {
        let mut i = a + 1;
        for _ in 0..MAX_STEPS {
            while i < b && !self.less(i, i - 1) {
                i += 1;
            }
            if i == b {
                return true;
            }
            if b - a < SHORTEST_SHIFTING {
                return false;
            }
            self.swap(i, i - 1);
            if i - a >= 2 {
                let mut j = i - 1;
                while j >= 1 && self.less(j, j - 1) {
                    self.swap(j, j - 1);
                    j -= 1;
                }
            }
            let mut j = i + 1;
            while j < b && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j += 1;
            }
        }
        false
    }

    /// Scatters three elements, by a generator seeded with the length alone.
    fn break_patterns(&mut self, a: usize, b: usize) {
        let length = b - a;
        let mut random = length as u64;
        let mask = (1u64 << (u64::BITS - random.leading_zeros())) - 1;
        let middle = a + (length / 4) * 2;
        for index in middle - 1..=middle + 1 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut other = (random & mask) as usize;
            if other >= length {
                other -= length;
            }
            self.swap(index, a + other);
        }
    }

    fn choose_pivot(&self, a: usize, b: usize) -> (usize, Hint) {
        let length = b - a;
        let mut swaps = 0;
        let quarter = length / 4;
        let (mut i, mut j, mut k) = (a + quarter, a + quarter * 2, a + quarter * 3);
        if length >= SHORTEST_NINTHER {
            i = self.median(i - 1, i, i + 1, &mut swaps);
            j = self.median(j - 1, j, j + 1, &mut swaps);
            k = self.median(k - 1, k, k + 1, &mut swaps);
        }
        j = self.median(i, j, k, &mut swaps);
        let hint = match swaps {
            0 => Hint::Increasing,
            MAX_SWAPS => Hint::Decreasing,
            _ => Hint::Unknown,
        };
        (j, hint)
    }

    fn median(&self, a: usize, b: usize, c: usize, swaps: &mut usize) -> usize {
        let (a, b) = self.order(a, b, swaps);
        let (b, _) = self.order(b, c, swaps);
        let (_, b) = self.order(a, b, swaps);
        b
    }

    fn order(&self, a: usize, b: usize, swaps: &mut usize) -> (usize, usize) {
        if self.less(b, a) {
            *swaps += 1;
            return (b, a);
        }
        (a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sorter, sort_slice};
    use proptest::prelude::*;
    use serde::Deserialize;

    proptest! {
        #[test]
        fn an_order_is_sorted(mut items in prop::collection::vec(0u16..200, 0..400)) {
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_slice(&mut items, |a, b| a < b);
            prop_assert_eq!(items, expected);
        }

        #[test]
        fn a_comparison_that_is_no_order_keeps_every_element(
            items in prop::collection::vec(0u16..50, 0..400),
        ) {
            let mut expected = items.clone();
            let mut sorted = items;
            sort_slice(&mut sorted, |_, _| true);
            sorted.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }

    /// What Go made of a slice: the keys, and where each element stood before.
    #[derive(Deserialize)]
    struct Sorted {
        keys: Vec<i64>,
        order: Vec<usize>,
    }

    #[test]
    fn every_element_ends_where_go_puts_it() {
        let rows: Vec<Sorted> = include_str!("../../../testdata/go/sort.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(rows.len(), 257);
        for Sorted { keys, order } in rows {
            let mut items: Vec<usize> = (0..keys.len()).collect();
            sort_slice(&mut items, |a, b| match (keys[*a], keys[*b]) {
                (a, b) if a > 0 && b > 0 => a < b,
                (0, b) if b > 0 => false,
                _ => true,
            });
            assert_eq!(items, order, "{keys:?}");
        }
    }

    #[test]
    fn up_to_twelve_elements_are_reversed_where_everything_is_less() {
        let mut items: Vec<u32> = (0..12).collect();
        sort_slice(&mut items, |_, _| true);
        assert_eq!(items, (0..12).rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_part_is_divided_without_its_neighbours() {
        let mut items = [5, 9, 1, 0];
        let mut sorter = Sorter { items: &mut items, less: |a: &i32, b: &i32| a < b };
        assert_eq!(sorter.partition(0, 3, 0), (1, false));
        assert_eq!(items, [1, 5, 9, 0]);
        let mut items = [5, 9, 5, 0];
        let mut sorter = Sorter { items: &mut items, less: |a: &i32, b: &i32| a < b };
        assert_eq!(sorter.partition_equal(0, 3, 0), 2);
        assert_eq!(items, [5, 5, 9, 0]);
        let mut sorter = Sorter { items: &mut items, less: |_: &i32, _: &i32| true };
        assert_eq!(sorter.partition_equal(0, 3, 0), 1);
    }

    #[test]
    fn a_part_is_repaired_without_its_neighbours() {
        let rest = 3..=51;
        let mut items: Vec<i32> = [99, 2, 1].into_iter().chain(rest.clone()).collect();
        let mut sorter = Sorter { items: &mut items, less: |a: &i32, b: &i32| a < b };
        assert!(sorter.partial_insertion(1, 52));
        assert_eq!(items, [99, 1, 2].into_iter().chain(rest).collect::<Vec<_>>());
        let mut items: Vec<i32> = (0..48).chain([99, 48, 49, -1]).collect();
        let mut sorter = Sorter { items: &mut items, less: |a: &i32, b: &i32| a < b };
        assert!(sorter.partial_insertion(0, 51));
        assert_eq!(items, (0..50).chain([99, -1]).collect::<Vec<_>>());
    }

    #[test]
    fn patterns_that_defeat_plain_quicksort_are_sorted() {
        for length in [13, 49, 50, 51, 200, 1000] {
            let shapes: [Vec<usize>; 4] = [
                (0..length).rev().collect(),
                (0..length).map(|i| i % 7).collect(),
                (0..length / 2).chain((0..length - length / 2).rev()).collect(),
                vec![3; length],
            ];
            for mut items in shapes {
                let mut expected = items.clone();
                expected.sort_unstable();
                sort_slice(&mut items, |a, b| a < b);
                assert_eq!(items, expected, "length {length}");
            }
        }
    }
}
