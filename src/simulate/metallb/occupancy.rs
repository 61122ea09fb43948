//! Which addresses of one family of one pool are in use, and by whom.
//!
//! Cost goes by the number of Services: runs of taken addresses are intervals, and
//! only shared addresses have an entry of their own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ids::{KeyId, Port, ServiceId};

/// The state of one family of one pool. Numbers are those of
/// [`Space`](super::pools::Space).
///
/// Users and ports stand in one flat table each: most shared addresses have few.
#[derive(Debug, Clone, Default)]
pub(super) struct Occupancy {
    taken: Intervals,
    /// The key of each address whose users allow sharing.
    keys: BTreeMap<u128, KeyId>,
    users: BTreeSet<(u128, ServiceId)>,
    ports: BTreeMap<(u128, Port), ServiceId>,
    by_key: BTreeMap<KeyId, KeyIndex>,
}

/// The addresses of one key.
#[derive(Debug, Clone, Default)]
struct KeyIndex {
    numbers: BTreeSet<u128>,
    /// For a port: every number below uses it.
    frontiers: HashMap<Port, u128>,
}

impl Occupancy {
    pub(super) fn is_taken(&self, number: u128) -> bool {
        self.taken.contains(number)
    }

    /// Under which key an address is shared, if its users allow sharing.
    pub(super) fn key(&self, number: u128) -> Option<KeyId> {
        self.keys.get(&number).copied()
    }

    /// A user of a shared address other than `user`.
    pub(super) fn other_user(&self, number: u128, user: ServiceId) -> Option<ServiceId> {
        let all = (number, ServiceId(0))..=(number, ServiceId(u32::MAX));
        self.users.range(all).map(|(_, other)| *other).find(|other| *other != user)
    }

    /// Who uses a port of a shared address.
    pub(super) fn port_user(&self, number: u128, port: Port) -> Option<ServiceId> {
        self.ports.get(&(number, port)).copied()
    }

    /// The first number up to `last` that is neither taken nor passed over.
    pub(super) fn first_free(&self, last: u128, avoid: impl Fn(u128) -> bool) -> Option<u128> {
        let mut number = self.taken.first_gap()?;
        while number <= last {
            if !avoid(number) {
                return Some(number);
            }
            number = number.checked_add(1)?;
        }
        None
    }

    /// The first number below `limit` whose users share under `key` and use none of
    /// `ports`.
    pub(super) fn first_shareable(
        &mut self,
        key: KeyId,
        ports: &[Port],
        limit: Option<u128>,
    ) -> Option<u128> {
        let index = self.by_key.get_mut(&key)?;
        let mut from = 0;
        for port in ports {
            let frontier = index.frontiers.entry(*port).or_default();
            for number in index.numbers.range(*frontier..) {
                if !self.ports.contains_key(&(*number, *port)) {
                    break;
                }
                *frontier = number.checked_add(1)?;
            }
            from = from.max(*frontier);
        }
        for number in index.numbers.range(from..) {
            if limit.is_some_and(|limit| *number >= limit) {
                return None;
            }
            if !ports.iter().any(|port| self.ports.contains_key(&(*number, *port))) {
                return Some(*number);
            }
        }
        None
    }

    /// Takes an address for one Service alone.
    pub(super) fn take(&mut self, number: u128, avoid: impl Fn(u128) -> bool) {
        self.taken.insert(number, avoid);
    }

    /// Gives back an address that one Service had alone.
    pub(super) fn give_back(&mut self, number: u128) {
        self.taken.remove(number);
    }

    /// Adds a user to an address that is shared under `key`, and was under no other.
    pub(super) fn join(&mut self, number: u128, key: KeyId, user: ServiceId, ports: &[Port]) {
        self.keys.insert(number, key);
        self.users.insert((number, user));
        self.ports.extend(ports.iter().map(|port| ((number, *port), user)));
        let index = self.by_key.entry(key).or_default();
        if index.numbers.insert(number) {
            for (port, frontier) in &mut index.frontiers {
                if !ports.contains(port) {
                    *frontier = (*frontier).min(number);
                }
            }
        }
    }

    /// Takes a user off a shared address; whether nobody is left.
    ///
    /// As in MetalLB's `Unassign`, an address is free as soon as no port of it is
    /// in use.
    pub(super) fn leave(&mut self, number: u128, user: ServiceId, ports: &[Port]) -> bool {
        let Some(key) = self.key(number) else { return false };
        if !self.users.remove(&(number, user)) {
            return false;
        }
        for port in ports {
            self.ports.remove(&(number, *port));
        }
        let all = (number, Port(0))..=(number, Port(u32::MAX));
        if self.ports.range(all).next().is_some() {
            if let Some(index) = self.by_key.get_mut(&key) {
                for port in ports {
                    if let Some(frontier) = index.frontiers.get_mut(port) {
                        *frontier = (*frontier).min(number);
                    }
                }
            }
            return false;
        }
        while let Some(other) = self.other_user(number, user) {
            self.users.remove(&(number, other));
        }
        self.keys.remove(&number);
        self.strike(key, number);
        true
    }

    fn strike(&mut self, key: KeyId, number: u128) {
        if let Some(index) = self.by_key.get_mut(&key) {
            index.numbers.remove(&number);
            if index.numbers.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }
}

/// Disjoint intervals that do not touch, by their first number.
#[derive(Debug, Clone, Default)]
struct Intervals(BTreeMap<u128, u128>);

impl Intervals {
    fn contains(&self, number: u128) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, last)| *last >= number)
    }

    /// The first number outside; `None` where there is none.
    fn first_gap(&self) -> Option<u128> {
        match self.0.first_key_value() {
            Some((0, last)) => last.checked_add(1),
            _ => Some(0),
        }
    }

    /// Adds a number, and with it the passed-over ones below it: they can never be
    /// handed out, and so a full run stays one interval.
    fn insert(&mut self, number: u128, avoid: impl Fn(u128) -> bool) {
        if self.contains(number) {
            return;
        }
        let (mut first, mut last) = (number, number);
        while first > 0 {
            let below = first - 1;
            match self.0.range(..=below).next_back() {
                Some((start, end)) if *end == below => first = *start,
                _ if avoid(below) => first = below,
                _ => break,
            }
        }
        if let Some(end) = number.checked_add(1).and_then(|above| self.0.get(&above)) {
            last = *end;
        }
        let covered: Vec<u128> = self.0.range(first..=last).map(|(start, _)| *start).collect();
        for start in covered {
            self.0.remove(&start);
        }
        self.0.insert(first, last);
    }

    fn remove(&mut self, number: u128) {
        let Some((&first, &last)) = self.0.range(..=number).next_back() else { return };
        if last < number {
            return;
        }
        self.0.remove(&first);
        if first < number {
            self.0.insert(first, number - 1);
        }
        if number < last {
            self.0.insert(number + 1, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_number_of_all_is_no_edge() {
        let mut occupancy = Occupancy::default();
        for number in [u128::MAX, u128::MAX - 1, 0] {
            occupancy.take(number, |_| false);
            assert!(occupancy.is_taken(number));
        }
        assert_eq!(occupancy.first_free(u128::MAX, |_| false), Some(1));
        occupancy.give_back(u128::MAX);
        assert!(occupancy.is_taken(u128::MAX - 1) && !occupancy.is_taken(u128::MAX));
    }

    proptest! {
        #[test]
        fn the_first_free_number_is_that_of_a_plain_set(
            steps in prop::collection::vec((any::<bool>(), 0u128..40), 0..120),
            avoided in prop::collection::btree_set(0u128..40, 0..12),
        ) {
            let mut intervals = Occupancy::default();
            let mut plain = BTreeSet::new();
            let avoid = |number: u128| avoided.contains(&number);
            for (add, number) in steps {
                if avoid(number) {
                    continue;
                }
                if add {
                    intervals.take(number, avoid);
                    plain.insert(number);
                } else if plain.remove(&number) {
                    intervals.give_back(number);
                }
                let expected = (0..40).find(|n| !plain.contains(n) && !avoid(*n));
                prop_assert_eq!(intervals.first_free(39, avoid), expected);
                for n in 0..40 {
                    prop_assert!(avoid(n) || intervals.is_taken(n) == plain.contains(&n));
                }
            }
        }

        #[test]
        fn the_first_shareable_number_is_found_whatever_came_before(
            steps in prop::collection::vec((any::<bool>(), 0u32..12, 0u128..6, 0u32..3), 0..80),
            asked in prop::collection::btree_set(0u32..3, 1..3),
        ) {
            let key = KeyId(1);
            let asked: Vec<Port> = asked.into_iter().map(Port).collect();
            let mut occupancy = Occupancy::default();
            let mut plain: BTreeMap<u128, BTreeMap<Port, ServiceId>> = BTreeMap::new();
            for (add, user, number, port) in steps {
                let (user, port) = (ServiceId(user), Port(port));
                let on = plain.entry(number).or_default();
                if add && !on.contains_key(&port) && !on.values().any(|other| *other == user) {
                    on.insert(port, user);
                    occupancy.join(number, key, user, &[port]);
                } else if !add && on.get(&port) == Some(&user) {
                    on.remove(&port);
                    prop_assert_eq!(occupancy.leave(number, user, &[port]), on.is_empty());
                }
                plain.retain(|_, ports| !ports.is_empty());
                let expected = plain
                    .iter()
                    .find(|(_, ports)| !asked.iter().any(|port| ports.contains_key(port)))
                    .map(|(number, _)| *number);
                prop_assert_eq!(occupancy.first_shareable(key, &asked, None), expected);
            }
        }
    }
}
