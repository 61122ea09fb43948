//! Pools that overlap: the newer one is switched off.
//!
//! LB-IPAM settles conflicts whenever a pool arrives, in the order in which the pools
//! arrive, walking them in Go's random map order (`settleConflicts`). With chains of
//! overlaps, different orders switch off different pools.

use super::oracle::Oracle;
use super::pools::Pool;
use super::state::{PoolId, State};
use crate::ip::IpRange;

/// Which pools overlap, themselves or one another.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlaps {
    itself: Vec<bool>,
    others: Vec<Vec<PoolId>>,
}

impl Overlaps {
    pub(super) fn of<'a>(pools: impl Iterator<Item = (PoolId, &'a Pool)> + Clone) -> Self {
        let count = pools.clone().map(|(id, _)| id + 1).max().unwrap_or(0);
        let mut found = Self { itself: vec![false; count], others: vec![Vec::new(); count] };
        let mut blocks: Vec<(IpRange, PoolId)> = pools
            .flat_map(|(id, pool)| pool.blocks.iter().map(move |block| (block.range, id)))
            .collect();
        blocks.sort_unstable();
        let mut open: Vec<(IpRange, PoolId)> = Vec::new();
        for (range, pool) in blocks {
            open.retain(|(earlier, _)| earlier.overlaps(&range));
            for &(_, other) in &open {
                found.note(pool, other);
            }
            open.push((range, pool));
        }
        found
    }

    /// The pools that overlap anything, in groups that have nothing to do with each other.
    pub(super) fn groups(&self) -> Vec<Vec<PoolId>> {
        let mut groups: Vec<Vec<PoolId>> = Vec::new();
        for pool in (0..self.itself.len()).filter(|&pool| self.is_involved(pool)) {
            let mut joined = vec![pool];
            groups.retain_mut(|group| {
                let touches = group.iter().any(|&other| self.others(pool).contains(&other));
                if touches {
                    joined.append(group);
                }
                !touches
            });
            joined.sort_unstable();
            groups.push(joined);
        }
        groups
    }

    fn note(&mut self, one: PoolId, other: PoolId) {
        if one == other {
            if let Some(itself) = self.itself.get_mut(one) {
                *itself = true;
            }
            return;
        }
        for (from, to) in [(one, other), (other, one)] {
            if let Some(others) = self.others.get_mut(from).filter(|list| !list.contains(&to)) {
                others.push(to);
            }
        }
    }

    fn is_involved(&self, pool: PoolId) -> bool {
        self.itself(pool) || !self.others(pool).is_empty()
    }

    fn itself(&self, pool: PoolId) -> bool {
        self.itself.get(pool).copied().unwrap_or(false)
    }

    fn others(&self, pool: PoolId) -> &[PoolId] {
        self.others.get(pool).map_or(&[], Vec::as_slice)
    }
}

impl State {
    fn conflicts(&self, pool: PoolId) -> bool {
        self.pools.get(pool).is_some_and(|pool| pool.conflicting)
    }

    fn is_known(&self, pool: PoolId) -> bool {
        self.pools.get(pool).is_some_and(|pool| pool.known)
    }

    fn mark(&mut self, pool: PoolId, conflicting: bool) {
        self.change_pool(pool, |pool| pool.conflicting = conflicting);
    }

    fn is_older(&self, one: PoolId, other: PoolId) -> bool {
        let created = |id: PoolId| self.pools.get(id).map(|pool| pool.pool.created);
        created(one) < created(other)
    }

    /// Whom looking at `pool` switches off, with each of the pools that it may meet first.
    fn victims(&self, pool: PoolId, overlaps: &Overlaps) -> Vec<PoolId> {
        if !self.is_known(pool) || self.conflicts(pool) {
            return Vec::new();
        }
        if overlaps.itself(pool) {
            return vec![pool];
        }
        let meets = |&other: &PoolId| self.is_known(other) && !self.conflicts(other);
        let mut victims: Vec<PoolId> = overlaps
            .others(pool)
            .iter()
            .copied()
            .filter(meets)
            .map(|other| if self.is_older(pool, other) { other } else { pool })
            .collect();
        victims.sort_unstable();
        victims.dedup();
        victims
    }

    /// Settles the conflicts between all known pools.
    pub(super) fn settle(&mut self, overlaps: &Overlaps, oracle: &mut Oracle) {
        let involved = || (0..self.pools.len()).filter(|&pool| overlaps.is_involved(pool));
        let mut left: Vec<PoolId> = involved().collect();
        loop {
            let moves: Vec<(PoolId, PoolId)> = left
                .iter()
                .flat_map(|&pool| {
                    self.victims(pool, overlaps).into_iter().map(move |victim| (pool, victim))
                })
                .collect();
            let Some(&(pool, victim)) = oracle.pick_from(&moves) else { break };
            self.mark(victim, true);
            left.retain(|&other| other != pool);
        }
        for pool in 0..self.pools.len() {
            let still = overlaps.itself(pool)
                || overlaps.others(pool).iter().any(|&other| self.is_known(other));
            if self.conflicts(pool) && !still {
                self.mark(pool, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cilium::{LoadBalancerIpPoolSpec, PoolBlock};
    use crate::manifest::Resource;
    use crate::simulate::cilium::oracle::{Bounds, explore};

    fn pool(name: &str, age: &str, ranges: &[(&str, &str)]) -> Pool {
        let mut resource = Resource::<LoadBalancerIpPoolSpec>::default();
        resource.meta.name = name.to_owned();
        resource.meta.creation_timestamp = Some(format!("2026-01-01T00:00:0{age}Z"));
        resource.spec.blocks = ranges
            .iter()
            .map(|(start, stop)| PoolBlock {
                cidr: None,
                start: Some((*start).to_owned()),
                stop: Some((*stop).to_owned()),
            })
            .collect();
        Pool::new(&resource)
    }

    /// The sets of pools that can end switched off when all are there at once.
    fn switched_off(pools: &[Pool]) -> BTreeSet<Vec<String>> {
        let overlaps = Overlaps::of(pools.iter().enumerate());
        let bounds = Bounds { results: 100, work: 100_000 };
        let found = explore(bounds, Clone::clone, |oracle| {
            let mut state = State::new(0);
            for pool in pools {
                let id = state.add_pool(pool.clone());
                state.change_pool(id, |pool| pool.known = true);
            }
            state.settle(&overlaps, oracle);
            let off = state.pools.iter().filter(|pool| pool.conflicting);
            Ok(off.map(|pool| pool.pool.name.clone()).collect::<Vec<_>>())
        });
        found.results.into_iter().collect()
    }

    fn sets(expected: &[&[&str]]) -> BTreeSet<Vec<String>> {
        expected.iter().map(|set| set.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn the_newer_pool_is_switched_off() {
        let old = pool("old", "1", &[("10.0.0.0", "10.0.0.9")]);
        let new = pool("new", "2", &[("10.0.0.9", "10.0.0.20"), ("10.0.1.0", "10.0.1.1")]);
        assert_eq!(switched_off(&[old.clone(), new.clone()]), sets(&[&["new"]]));
        assert_eq!(switched_off(&[new, old]), sets(&[&["new"]]));
    }

    #[test]
    fn of_two_of_one_age_either_is_switched_off() {
        let one = pool("one", "1", &[("10.0.0.0", "10.0.0.9")]);
        let two = pool("two", "1", &[("10.0.0.9", "10.0.0.20")]);
        assert_eq!(switched_off(&[one, two]), sets(&[&["one"], &["two"]]));
    }

    #[test]
    fn a_pool_that_overlaps_itself_is_switched_off() {
        let own = pool("own", "1", &[("10.0.0.0", "10.0.0.9"), ("10.0.0.5", "10.0.0.5")]);
        let other = pool("other", "2", &[("10.0.1.0", "10.0.1.9")]);
        assert_eq!(switched_off(&[own, other]), sets(&[&["own"]]));
    }

    #[test]
    fn in_a_chain_it_depends_on_the_order() {
        let a = pool("a", "1", &[("10.0.0.0", "10.0.0.9")]);
        let b = pool("b", "2", &[("10.0.0.9", "10.0.0.20")]);
        let c = pool("c", "3", &[("10.0.0.20", "10.0.0.30")]);
        assert_eq!(switched_off(&[a, b, c]), sets(&[&["b"], &["b", "c"]]));
    }
}
