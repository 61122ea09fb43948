//! What is known of an order that nobody fixed.
//!
//! Cilium's pools reach it in any order, which then stays. Instead of trying every
//! order, it is left open until something depends on it: whoever is found to come
//! first among some is remembered to come before the others.

use std::collections::{BTreeMap, BTreeSet};

use super::digest::{Digest, digest_of};

/// An order of `0..n` of which only a part is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenOrder {
    count: usize,
    /// For those of which something is known: all that come after them, with
    /// everything that follows. Mostly there are few, whatever the count.
    after: BTreeMap<usize, BTreeSet<usize>>,
    digest: Digest,
}

impl OpenOrder {
    pub(super) fn new(count: usize) -> Self {
        Self { count, after: BTreeMap::new(), digest: Digest::default() }
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// One more, of which nothing is known.
    pub(super) fn add(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }

    fn is_before(&self, one: usize, other: usize) -> bool {
        self.after.get(&one).is_some_and(|after| after.contains(&other))
    }

    /// Which of the candidates can be the first of them.
    pub(super) fn possible_first(&self, candidates: &[usize]) -> Vec<usize> {
        let leads = |&one: &usize| !candidates.iter().any(|&other| self.is_before(other, one));
        candidates.iter().copied().filter(leads).collect()
    }

    /// Lets `one` come before `other`.
    pub(super) fn put_before(&mut self, one: usize, other: usize) {
        if one == other || self.is_before(one, other) {
            return;
        }
        let leads_one =
            |(index, after): (&usize, &BTreeSet<usize>)| after.contains(&one).then_some(*index);
        let earlier: Vec<usize> =
            self.after.iter().filter_map(leads_one).chain(std::iter::once(one)).collect();
        let mut later = self.after.get(&other).cloned().unwrap_or_default();
        later.insert(other);
        for early in earlier {
            let known = self.after.entry(early).or_default();
            for &late in &later {
                if known.insert(late) {
                    self.digest ^= digest_of(&("before", early, late));
                }
            }
        }
    }

    /// Lets `first` come before all the others.
    pub(super) fn put_first(&mut self, first: usize, candidates: &[usize]) {
        for &other in candidates {
            self.put_before(first, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_two_choices_is_known() {
        let mut order = OpenOrder::new(3);
        assert_eq!(order.possible_first(&[0, 1]), [0, 1]);
        order.put_first(0, &[0, 1]);
        order.put_first(1, &[1, 2]);
        assert_eq!(order.possible_first(&[0, 2]), [0]);
    }

    #[test]
    fn one_order_has_one_digest_however_it_was_found() {
        let mut one = OpenOrder::new(3);
        one.put_before(0, 1);
        one.put_before(1, 2);
        let mut other = OpenOrder::new(3);
        other.put_before(0, 2);
        other.put_before(1, 2);
        other.put_before(0, 1);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one, other);
    }
}
