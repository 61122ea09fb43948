//! The free addresses of one range, in the order in which Cilium gives them out.
//!
//! Cilium keeps free blocks in a binary heap by size and takes the first address of
//! the block at its top (`pkg/ipalloc`). Which of several blocks of one size is at
//! the top depends on the history of the heap, so the heap is kept as Go's
//! `container/heap` would have it, with the same oversights: a block that grows at
//! its lower end stays where it is, one that grows at its upper end repairs another
//! place of the heap, and a block made for a returned address counts as one larger
//! than others of a single address.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// The free addresses of one range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FreeBlocks {
    heap: Vec<Block>,
    /// Where in the heap the block with that last address is: taking addresses from
    /// the front of a block does not touch it.
    by_last: BTreeMap<u128, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Block {
    first: u128,
    last: u128,
    size: u128,
}

impl Block {
    fn new(first: u128, last: u128) -> Self {
        Self { first, last, size: last - first }
    }

    /// A block for one returned address.
    fn returned(address: u128) -> Self {
        Self { first: address, last: address, size: 1 }
    }
}

impl FreeBlocks {
    /// All addresses from `first` to `last`.
    pub(super) fn new(first: u128, last: u128) -> Self {
        Self { heap: vec![Block::new(first, last)], by_last: BTreeMap::from([(last, 0)]) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Takes the address that comes next.
    pub(super) fn take_any(&mut self) -> Option<u128> {
        let address = self.heap.first()?.first;
        self.take(address);
        Some(address)
    }

    #[cfg(test)]
    fn contains(&self, address: u128) -> bool {
        self.find(address).is_some()
    }

    fn find(&self, address: u128) -> Option<usize> {
        let (_, &place) = self.by_last.range(address..).next()?;
        (self.block(place).first <= address).then_some(place)
    }

    fn block(&self, place: usize) -> Block {
        self.heap.get(place).copied().unwrap_or(Block::new(0, 0))
    }

    /// Takes one address; `false` if it is not free.
    pub(super) fn take(&mut self, address: u128) -> bool {
        let Some(place) = self.find(address) else { return false };
        let block = self.block(place);
        if block.first == block.last {
            self.remove(place);
        } else if block.first == address {
            self.replace(place, Block::new(address + 1, block.last));
            self.repair(place);
        } else if block.last == address {
            self.replace(place, Block::new(block.first, address - 1));
            self.repair(place);
        } else {
            self.remove(place);
            self.push(Block::new(block.first, address - 1));
            self.push(Block::new(address + 1, block.last));
        }
        true
    }

    /// Gives an address back that is not free.
    pub(super) fn put(&mut self, address: u128) {
        let Some(mut current) = self.heap.first().copied() else {
            return self.push(Block::returned(address));
        };
        let mut came_from: Option<u128> = None;
        for step in 0.. {
            let below = address < current.first;
            let next = if below { self.before(current) } else { self.after(current) };
            let adjacent = if below {
                current.first.checked_sub(1) == Some(address)
            } else {
                current.last.checked_add(1) == Some(address)
            };
            if adjacent {
                return self.grow(current, address, below, next, step);
            }
            match next {
                Some(next) if came_from != Some(next.last) => {
                    came_from = Some(current.last);
                    current = next;
                }
                _ => return self.push(Block::returned(address)),
            }
        }
    }

    /// Adds an address to a block, below or above it, and joins it with the next block on
    /// that side.
    fn grow(&mut self, block: Block, address: u128, below: bool, next: Option<Block>, step: usize) {
        let Some(&place) = self.by_last.get(&block.last) else { return };
        let grown =
            if below { Block::new(address, block.last) } else { Block::new(block.first, address) };
        self.replace(place, grown);
        if !below {
            self.repair(step);
        }
        let Some(next) = next else { return };
        let (left, right) = if below { (next, grown) } else { (grown, next) };
        if left.last.checked_add(1) == Some(right.first) {
            for block in [left, right] {
                if let Some(&place) = self.by_last.get(&block.last) {
                    self.remove(place);
                }
            }
            self.push(Block::new(left.first, right.last));
        }
    }

    fn before(&self, block: Block) -> Option<Block> {
        self.by_last.range(..block.last).next_back().map(|(_, &place)| self.block(place))
    }

    fn after(&self, block: Block) -> Option<Block> {
        let above = block.last.checked_add(1)?;
        self.by_last.range(above..).next().map(|(_, &place)| self.block(place))
    }

    /// Feeds the heap as it lies, which decides everything to come.
    pub(super) fn feed(&self, hasher: &mut impl Hasher) {
        self.heap.hash(hasher);
    }

    /// The free blocks' sizes, in no order.
    pub(super) fn sizes(&self) -> impl Iterator<Item = u128> + '_ {
        self.heap.iter().map(|block| block.size)
    }
}

/// Go's `container/heap`.
impl FreeBlocks {
    fn replace(&mut self, place: usize, block: Block) {
        if let Some(slot) = self.heap.get_mut(place) {
            if slot.last != block.last {
                self.by_last.remove(&slot.last);
                self.by_last.insert(block.last, place);
            }
            *slot = block;
        }
    }

    fn less(&self, one: usize, other: usize) -> bool {
        self.block(one).size < self.block(other).size
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.heap.swap(one, other);
        for place in [one, other] {
            self.by_last.insert(self.block(place).last, place);
        }
    }

    fn push(&mut self, block: Block) {
        let place = self.heap.len();
        self.heap.push(block);
        self.by_last.insert(block.last, place);
        self.up(place);
    }

    fn remove(&mut self, place: usize) {
        let Some(end) = self.heap.len().checked_sub(1) else { return };
        if place != end {
            self.swap(place, end);
            if !self.down(place, end) {
                self.up(place);
            }
        }
        if let Some(block) = self.heap.pop() {
            self.by_last.remove(&block.last);
        }
    }

    fn repair(&mut self, place: usize) {
        if !self.down(place, self.heap.len()) {
            self.up(place);
        }
    }

    fn up(&mut self, mut child: usize) {
        while let Some(above) = child.checked_sub(1) {
            let parent = above / 2;
            if !self.less(child, parent) {
                break;
            }
            self.swap(parent, child);
            child = parent;
        }
    }

    fn down(&mut self, start: usize, end: usize) -> bool {
        let mut parent = start;
        loop {
            let left = 2 * parent + 1;
            if left >= end {
                break;
            }
            let right = left + 1;
            let child = if right < end && self.less(right, left) { right } else { left };
            if !self.less(child, parent) {
                break;
            }
            self.swap(parent, child);
            parent = child;
        }
        parent > start
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_come_in_order_from_a_fresh_block() {
        let mut free = FreeBlocks::new(10, 13);
        let taken: Vec<u128> = std::iter::from_fn(|| free.take_any()).collect();
        assert_eq!(taken, [10, 11, 12, 13]);
    }

    #[test]
    fn the_smaller_part_is_used_up_first() {
        let mut free = FreeBlocks::new(0, 15);
        assert!(free.take(12));
        let taken: Vec<u128> = std::iter::from_fn(|| free.take_any()).take(5).collect();
        assert_eq!(taken, [13, 14, 15, 0, 1]);
    }

    /// What `pkg/ipalloc` gives on Go's own `container/heap`.
    #[test]
    fn after_these_were_taken_and_those_given_back_the_rest_comes_in_the_order_of_go() {
        let cases: [(&[u128], &[u128], &[u128]); 5] = [
            (&[1, 4], &[], &[0, 2, 3, 5, 6, 7, 8, 9]),
            (&[6, 4, 1], &[], &[5, 0, 2, 3, 7, 8, 9]),
            (&[6, 1, 3], &[], &[0, 2, 4, 5, 7, 8, 9]),
            (&[8], &[8], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (&[4, 0, 7, 2, 9], &[0, 4], &[0, 1, 8, 3, 4, 5, 6]),
        ];
        for (taken, given_back, rest) in cases {
            let mut free = FreeBlocks::new(0, 9);
            assert!(taken.iter().all(|&address| free.take(address)));
            given_back.iter().for_each(|&address| free.put(address));
            let order: Vec<u128> = std::iter::from_fn(|| free.take_any()).collect();
            assert_eq!(order, rest, "{taken:?}, {given_back:?}");
        }
    }

    /// What takes the place of a block that goes may come from another branch.
    #[test]
    fn a_block_that_is_smaller_than_its_new_parent_rises() {
        let mut free = FreeBlocks { heap: Vec::new(), by_last: BTreeMap::new() };
        for (place, size) in [1, 5, 2, 6, 7, 3].into_iter().enumerate() {
            let first = 100 * place as u128;
            free.push(Block::new(first, first + size));
        }
        free.remove(3);
        assert_eq!(free.sizes().collect::<Vec<_>>(), [1, 3, 2, 5, 7]);
    }

    #[test]
    fn what_is_taken_cannot_be_taken_again() {
        let mut free = FreeBlocks::new(0, 3);
        assert!(free.take(0) && !free.take(0) && !free.take(4));
        assert!(free.take(3) && free.take(1) && free.take(2) && free.is_empty());
        assert_eq!(free.take_any(), None);
    }

    #[test]
    fn the_last_address_of_a_family_is_no_edge() {
        let mut free = FreeBlocks::new(u128::MAX - 2, u128::MAX);
        assert!(free.take(u128::MAX) && free.take(u128::MAX - 1));
        free.put(u128::MAX);
        free.put(u128::MAX - 1);
        assert!(free.contains(u128::MAX) && free.contains(u128::MAX - 1));
        assert_eq!(free.sizes().collect::<Vec<_>>(), [2]);
    }

    /// What happens to the free addresses.
    #[derive(Debug, Clone)]
    enum Step {
        Any,
        Take(u128),
        Put(u128),
    }

    proptest! {
        #[test]
        fn exactly_what_is_not_taken_is_free(
            steps in prop::collection::vec(
                prop_oneof![
                    Just(Step::Any),
                    (0..24_u128).prop_map(Step::Take),
                    (0..24_u128).prop_map(Step::Put),
                ],
                0..80,
            ),
        ) {
            let mut free = FreeBlocks::new(0, 23);
            let mut model: BTreeSet<u128> = (0..24).collect();
            for step in steps {
                match step {
                    Step::Any => match free.take_any() {
                        Some(address) => prop_assert!(model.remove(&address)),
                        None => prop_assert!(model.is_empty()),
                    },
                    Step::Take(address) => prop_assert_eq!(free.take(address), model.remove(&address)),
                    Step::Put(address) => if model.insert(address) {
                        free.put(address);
                    },
                }
                for address in 0..24 {
                    prop_assert_eq!(free.contains(address), model.contains(&address));
                }
                prop_assert_eq!(free.heap.len(), free.by_last.len());
                for (place, block) in free.heap.iter().enumerate() {
                    prop_assert_eq!(free.by_last.get(&block.last), Some(&place));
                }
            }
        }
    }
}
