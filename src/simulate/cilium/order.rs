//! What is known of an order that nobody fixed.
//!
//! Cilium's pools reach it in any order, which then stays. Instead of trying every
//! order, it is left open until something depends on it: whoever is found to come
//! first among some is remembered to come before the others.

use std::collections::{BTreeMap, BTreeSet};

use super::digest::{Digest, digest_of};

/// An order of things by number, of which only a part is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OpenOrder {
    /// Before which others each one comes, with everything that follows from that.
    before: BTreeMap<usize, BTreeSet<usize>>,
    digest: Digest,
}

impl OpenOrder {
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// Which of the candidates can be the first of them.
    pub(super) fn possible_first(&self, candidates: &[usize]) -> Vec<usize> {
        let led: BTreeSet<usize> = candidates
            .iter()
            .filter_map(|candidate| self.before.get(candidate))
            .flatten()
            .copied()
            .collect();
        candidates.iter().copied().filter(|candidate| !led.contains(candidate)).collect()
    }

    /// Lets `one` come before `other`.
    pub(super) fn put_before(&mut self, one: usize, other: usize) {
        self.put_first(one, &[other]);
    }

    /// Lets `first` come before all the others.
    pub(super) fn put_first(&mut self, first: usize, candidates: &[usize]) {
        let others = || candidates.iter().copied().filter(|&other| other != first);
        let known = self.before.get(&first);
        if others().all(|other| known.is_some_and(|later| later.contains(&other))) {
            return;
        }
        let mut earlier: Vec<usize> = self
            .before
            .iter()
            .filter(|(_, later)| later.contains(&first))
            .map(|(earlier, _)| *earlier)
            .collect();
        earlier.push(first);
        // There may be very many: a set is made of all at once.
        let mut later: BTreeSet<usize> = others().collect();
        for other in others() {
            later.extend(self.before.get(&other).into_iter().flatten());
        }
        for early in earlier {
            let known = self.before.entry(early).or_default();
            for &late in later.difference(known) {
                self.digest ^= digest_of(&("before", early, late));
            }
            known.append(&mut later.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_two_choices_is_known() {
        let mut order = OpenOrder::default();
        assert_eq!(order.possible_first(&[0, 1]), [0, 1]);
        order.put_first(0, &[0, 1]);
        order.put_first(1, &[1, 2]);
        assert_eq!(order.possible_first(&[0, 2]), [0]);
    }

    #[test]
    fn one_order_has_one_digest_however_it_was_found() {
        let mut one = OpenOrder::default();
        one.put_before(0, 1);
        one.put_before(1, 2);
        let mut other = OpenOrder::default();
        other.put_before(0, 2);
        other.put_before(1, 2);
        other.put_before(0, 1);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one, other);
    }
}
