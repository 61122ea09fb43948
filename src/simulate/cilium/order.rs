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

    fn is_before(&self, one: usize, other: usize) -> bool {
        self.before.get(&one).is_some_and(|later| later.contains(&other))
    }

    /// Which of the candidates can be the first of them.
    pub(super) fn possible_first(&self, candidates: &[usize]) -> Vec<usize> {
        if self.before.is_empty() {
            return candidates.to_vec();
        }
        let leads = |&one: &usize| !candidates.iter().any(|&other| self.is_before(other, one));
        candidates.iter().copied().filter(leads).collect()
    }

    /// Lets `one` come before `other`.
    pub(super) fn put_before(&mut self, one: usize, other: usize) {
        if one == other || self.is_before(one, other) {
            return;
        }
        let mut earlier: Vec<usize> =
            self.before.iter().filter(|(_, later)| later.contains(&one)).map(|(e, _)| *e).collect();
        earlier.push(one);
        let mut later = self.before.get(&other).cloned().unwrap_or_default();
        later.insert(other);
        for early in earlier {
            let known = self.before.entry(early).or_default();
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
