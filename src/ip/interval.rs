//! Sets of numbers as sorted lists of intervals.

use std::cmp::Ordering;

/// An inclusive interval.
pub(super) type Interval = (u128, u128);

/// A set of numbers: ascending intervals with a gap between any two, so that
/// equal sets have equal lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Intervals(Vec<Interval>);

impl Intervals {
    /// The union of intervals in any order.
    pub(super) fn from_unsorted(mut intervals: Vec<Interval>) -> Self {
        intervals.sort_unstable();
        Self::from_sorted(intervals)
    }

    /// The union of intervals sorted by their beginnings.
    fn from_sorted(intervals: impl IntoIterator<Item = Interval>) -> Self {
        let mut merged: Vec<Interval> = Vec::new();
        for (first, last) in intervals {
            match merged.last_mut() {
                Some(end) if touches(end.1, first) => end.1 = end.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    pub(super) fn as_slice(&self) -> &[Interval] {
        &self.0
    }

    pub(super) fn contains(&self, number: u128) -> bool {
        self.0
            .binary_search_by(|(first, last)| {
                if *last < number {
                    Ordering::Less
                } else if *first > number {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                }
            })
            .is_ok()
    }

    pub(super) fn insert(&mut self, (mut first, mut last): Interval) {
        let start = self.0.partition_point(|(_, end)| !touches(*end, first));
        let end = self.0.partition_point(|(begin, _)| touches(last, *begin));
        // Where it touches none, those beside it begin later and end before.
        if let Some(low) = self.0.get(start) {
            first = first.min(low.0);
        }
        if let Some(high) = end.checked_sub(1).and_then(|i| self.0.get(i)) {
            last = last.max(high.1);
        }
        self.0.splice(start..end, [(first, last)]);
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        let mut all = Vec::with_capacity(self.0.len() + other.0.len());
        all.extend_from_slice(&self.0);
        all.extend_from_slice(&other.0);
        Self::from_unsorted(all)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(a, b)), Some(&&(c, d))) = (left.peek(), right.peek()) {
            if a.max(c) <= b.min(d) {
                common.push((a.max(c), b.min(d)));
            }
            if b < d {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    /// The numbers up to `max` that are not in it.
    fn complement(&self, max: u128) -> Self {
        let mut gaps = Vec::new();
        let mut next = Some(0);
        for (first, last) in &self.0 {
            if let Some(start) = next
                && start < *first
            {
                gaps.push((start, first - 1));
            }
            next = last.checked_add(1);
        }
        gaps.extend(next.filter(|start| *start <= max).map(|start| (start, max)));
        Self(gaps)
    }

    pub(super) fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement(u128::MAX))
    }
}

/// Whether an interval that begins at `first` continues one that ends at
/// `last`, or begins before.
fn touches(last: u128, first: u128) -> bool {
    last.checked_add(1).is_none_or(|next| first <= next)
}
