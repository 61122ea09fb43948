//! LB-IPAM by the book: lists, every order of everything, every step every time.
//!
//! Written from what the operator's code does, not from the engine: one list of
//! ranges with their owners address by address, the free blocks as Go's heap in a
//! plain list, and no order left out.

use std::collections::BTreeSet;

use super::{SmallPool, SmallService};
use crate::simulate::cilium::oracle::{Bounds, Oracle, Stop, explore};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    V1_17,
    V1_19,
    V1_20,
}

struct Range {
    pool: usize,
    first: u8,
    last: u8,
    /// First, last and size of the free blocks, in the order of the heap.
    heap: Vec<(u8, u8, u8)>,
    /// Whose each address is; an empty list is a reserved one.
    owners: Vec<(u8, Vec<usize>)>,
}

struct Model<'a> {
    kind: Kind,
    pools: &'a [SmallPool],
    services: &'a [SmallService],
    ranges: Vec<Range>,
    held: Vec<Vec<u8>>,
    status: Vec<Vec<u8>>,
    shared: Vec<(u8, u8)>,
}

/// Every possible allocation; none if the operator crashes in some course.
pub(super) fn outcomes(
    kind: Kind,
    pools: &[SmallPool],
    services: &[SmallService],
) -> Option<BTreeSet<Vec<Vec<u8>>>> {
    let bounds = Bounds { results: 1_000_000, work: u64::MAX };
    let found = explore(bounds, Clone::clone, |oracle| run(kind, pools, services, oracle));
    found.crash.is_none().then(|| found.results.into_iter().collect())
}

fn run(
    kind: Kind,
    pools: &[SmallPool],
    services: &[SmallService],
    oracle: &mut Oracle,
) -> Result<Vec<Vec<u8>>, Stop> {
    let mut model = Model {
        kind,
        pools,
        services,
        ranges: Vec::new(),
        held: vec![Vec::new(); services.len()],
        status: services.iter().map(|service| deduplicated(&service.holds)).collect(),
        shared: Vec::new(),
    };
    for pool in shuffled((0..pools.len()).collect(), oracle) {
        model.add_ranges(pool);
    }
    let holding: Vec<usize> =
        (0..services.len()).filter(|&id| !services[id].holds.is_empty()).collect();
    let mut order = Vec::new();
    if kind == Kind::V1_17 {
        order.push(shuffled(holding, oracle));
    } else {
        let (satisfied, others): (Vec<usize>, Vec<usize>) =
            holding.into_iter().partition(|&id| model.is_satisfied(id));
        order.push(shuffled(satisfied, oracle));
        if kind == Kind::V1_20 {
            order[0].extend(shuffled(others, oracle));
        } else {
            order.push(others);
        }
    }
    if kind == Kind::V1_20 {
        for &id in &order[0] {
            model.import(id);
        }
        for &id in &order[0] {
            model.complete(id, oracle)?;
        }
    } else {
        for id in order[0].clone() {
            model.import(id);
            model.complete(id, oracle)?;
        }
        if let Some(others) = order.get(1) {
            let lost = order[0].iter().copied().filter(|&id| !model.is_satisfied(id));
            let left: Vec<usize> = others.iter().copied().chain(lost).collect();
            for id in shuffled(left, oracle) {
                model.import(id);
                model.complete(id, oracle)?;
            }
        }
    }
    let mut known: Vec<usize> =
        (0..services.len()).filter(|&id| !services[id].holds.is_empty()).collect();
    model.retry(&known, oracle)?;
    for (id, service) in services.iter().enumerate() {
        if service.holds.is_empty() {
            known.push(id);
            model.complete(id, oracle)?;
            model.retry(&known, oracle)?;
        }
    }
    for addresses in &mut model.status {
        addresses.sort_unstable();
    }
    Ok(model.status)
}

fn deduplicated(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets.dedup();
    octets
}

fn shuffled(mut left: Vec<usize>, oracle: &mut Oracle) -> Vec<usize> {
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.remove(oracle.pick(left.len())));
    }
    order
}

impl Model<'_> {
    fn add_ranges(&mut self, pool: usize) {
        for block in &self.pools[pool].blocks {
            let (first, last) = (block.first, block.last);
            let heap = vec![(first, last, last - first)];
            let mut range = Range { pool, first, last, heap, owners: Vec::new() };
            if self.pools[pool].no_ends && block.is_cidr && last - first > 1 {
                for end in [first, last] {
                    range.take(end);
                    range.owners.push((end, Vec::new()));
                }
            }
            self.ranges.push(range);
        }
    }

    fn is_satisfied(&self, id: usize) -> bool {
        let asks = &self.services[id].asks;
        if asks.is_empty() {
            !self.status[id].is_empty()
        } else {
            asks.iter().all(|asked| self.status[id].contains(asked))
        }
    }

    fn selects(&self, range: usize, id: usize) -> bool {
        let pool = &self.pools[self.ranges[range].pool];
        pool.selects.is_none_or(|label| label == self.services[id].label)
    }

    fn range_of(&self, octet: u8, id: usize) -> Option<usize> {
        (0..self.ranges.len()).find(|&range| {
            let found = &self.ranges[range];
            !self.pools[found.pool].disabled
                && found.first <= octet
                && octet <= found.last
                && self.selects(range, id)
        })
    }

    fn compatible(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.services[one], &self.services[other]);
        one.key == other.key && one.port != other.port && one.local == other.local
    }

    fn all_compatible(&self, range: usize, octet: u8, id: usize) -> bool {
        self.ranges[range].owners_of(octet).unwrap().iter().all(|&other| self.compatible(other, id))
    }

    fn note_shared(&mut self, id: usize, octet: u8) {
        if let Some(key) = self.services[id].key
            && !self.shared.contains(&(key, octet))
        {
            self.shared.push((key, octet));
        }
    }

    fn import(&mut self, id: usize) {
        let status = std::mem::take(&mut self.status[id]);
        for octet in status {
            if self.held[id].contains(&octet) {
                self.status[id].push(octet);
                continue;
            }
            let asks = &self.services[id].asks;
            if !asks.is_empty() && !asks.contains(&octet) {
                continue;
            }
            let Some(range) = self.range_of(octet, id) else { continue };
            if self.ranges[range].owners_of(octet).is_none() {
                self.ranges[range].take(octet);
                self.ranges[range].owners.push((octet, vec![id]));
            } else if self.kind == Kind::V1_20
                && self.services[id].key.is_some()
                && !self.ranges[range].owners_of(octet).unwrap().is_empty()
                && self.all_compatible(range, octet, id)
            {
                self.ranges[range].join(octet, id);
            } else {
                continue;
            }
            self.held[id].push(octet);
            self.status[id].push(octet);
            self.note_shared(id, octet);
        }
    }

    fn complete(&mut self, id: usize, oracle: &mut Oracle) -> Result<(), Stop> {
        if self.is_satisfied(id) {
            return Ok(());
        }
        if self.services[id].asks.is_empty() {
            if self.held[id].is_empty() {
                self.give_any(id, oracle);
            }
        } else {
            for octet in self.services[id].asks.clone() {
                self.give(id, octet)?;
            }
        }
        for octet in self.held[id].clone() {
            if !self.status[id].contains(&octet) {
                self.status[id].push(octet);
                self.note_shared(id, octet);
            }
        }
        Ok(())
    }

    fn give(&mut self, id: usize, octet: u8) -> Result<(), Stop> {
        if self.held[id].contains(&octet) {
            return Ok(());
        }
        let Some(range) = self.range_of(octet, id) else { return Ok(()) };
        match self.ranges[range].owners_of(octet) {
            None => {
                self.ranges[range].take(octet);
                self.ranges[range].owners.push((octet, vec![id]));
            }
            Some(_) if self.services[id].key.is_none() => return Ok(()),
            Some([]) if self.kind == Kind::V1_20 => return Err(Stop::Crash("crash".to_owned())),
            Some(_) if !self.all_compatible(range, octet, id) => return Ok(()),
            Some(_) => self.ranges[range].join(octet, id),
        }
        self.held[id].push(octet);
        Ok(())
    }

    fn give_any(&mut self, id: usize, oracle: &mut Oracle) {
        for (key, octet) in self.shared.clone() {
            let range = (0..self.ranges.len())
                .find(|&r| self.ranges[r].first <= octet && octet <= self.ranges[r].last)
                .unwrap();
            if self.services[id].key == Some(key) && self.all_compatible(range, octet, id) {
                self.ranges[range].join(octet, id);
                self.held[id].push(octet);
                return;
            }
        }
        let mut usable: Vec<usize> = (0..self.ranges.len())
            .filter(|&range| {
                let found = &self.ranges[range];
                !self.pools[found.pool].disabled
                    && self.selects(range, id)
                    && !found.heap.is_empty()
            })
            .collect();
        if self.kind == Kind::V1_20 {
            let mut pools: Vec<usize> = usable.iter().map(|&r| self.ranges[r].pool).collect();
            pools.dedup();
            let chosen = oracle.pick_from(&pools).copied();
            usable.retain(|&range| Some(self.ranges[range].pool) == chosen);
        }
        if let Some(&range) = usable.first() {
            let octet = self.ranges[range].heap[0].0;
            self.ranges[range].take(octet);
            self.ranges[range].owners.push((octet, vec![id]));
            self.held[id].push(octet);
        }
    }

    fn retry(&mut self, known: &[usize], oracle: &mut Oracle) -> Result<(), Stop> {
        let lacking = known.iter().copied().filter(|&id| !self.is_satisfied(id)).collect();
        // Twice: whoever is given something may help those who were tried before.
        let order = shuffled(lacking, oracle);
        for _ in 0..2 {
            for &id in &order {
                self.complete(id, oracle)?;
            }
        }
        Ok(())
    }
}

impl Range {
    fn owners_of(&self, octet: u8) -> Option<&[usize]> {
        let found = self.owners.iter().find(|(owned, _)| *owned == octet);
        found.map(|(_, owners)| owners.as_slice())
    }

    fn join(&mut self, octet: u8, id: usize) {
        self.owners.iter_mut().find(|(owned, _)| *owned == octet).unwrap().1.push(id);
    }

    fn take(&mut self, octet: u8) {
        let at = self.heap.iter().position(|&(first, last, _)| first <= octet && octet <= last);
        let at = at.unwrap();
        let (first, last, _) = self.heap[at];
        if first == last {
            self.remove(at);
        } else if first == octet {
            self.heap[at] = (first + 1, last, last - first - 1);
            self.fix(at);
        } else if last == octet {
            self.heap[at] = (first, last - 1, last - 1 - first);
            self.fix(at);
        } else {
            self.remove(at);
            self.push((first, octet - 1, octet - 1 - first));
            self.push((octet + 1, last, last - octet - 1));
        }
    }

    fn push(&mut self, block: (u8, u8, u8)) {
        self.heap.push(block);
        self.up(self.heap.len() - 1);
    }

    fn remove(&mut self, at: usize) {
        let end = self.heap.len() - 1;
        if at != end {
            self.heap.swap(at, end);
            if !self.down(at, end) {
                self.up(at);
            }
        }
        self.heap.pop();
    }

    fn fix(&mut self, at: usize) {
        if !self.down(at, self.heap.len()) {
            self.up(at);
        }
    }

    fn up(&mut self, mut child: usize) {
        while child > 0 {
            let parent = (child - 1) / 2;
            if self.heap[child].2 >= self.heap[parent].2 {
                return;
            }
            self.heap.swap(child, parent);
            child = parent;
        }
    }

    fn down(&mut self, start: usize, end: usize) -> bool {
        let mut parent = start;
        while 2 * parent + 1 < end {
            let mut child = 2 * parent + 1;
            if child + 1 < end && self.heap[child + 1].2 < self.heap[child].2 {
                child += 1;
            }
            if self.heap[child].2 >= self.heap[parent].2 {
                break;
            }
            self.heap.swap(parent, child);
            parent = child;
        }
        parent > start
    }
}
