//! The addresses of one block of a pool, and whose they are.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::digest::{Digest, digest};
use super::free::FreeBlocks;
use super::pools::Block;
use super::state::{PoolId, RangeId, ServiceId};
use crate::ip::{self, IpRange};

/// The addresses of one block.
#[derive(Debug, Clone)]
pub(super) struct Range {
    pub(super) pool: PoolId,
    pub(super) span: IpRange,
    /// With which others it came: ranges of a later batch come after those of an
    /// earlier one; of one batch, the pools' order is open.
    pub(super) batch: u32,
    free: FreeBlocks,
    holders: HashMap<u128, Holders, BuildHasherDefault<NumberHasher>>,
    digest: Option<Digest>,
}

/// Who has one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holders {
    One(ServiceId),
    /// Several, or nobody: then it is reserved. Boxed, since it is rare.
    #[allow(clippy::box_collection, reason = "keeps the tables of large pools small")]
    These(Box<Vec<ServiceId>>),
}

impl Holders {
    pub(super) fn as_slice(&self) -> &[ServiceId] {
        match self {
            Self::One(service) => std::slice::from_ref(service),
            Self::These(services) => services,
        }
    }
}

impl Range {
    pub(super) fn new(pool: PoolId, block: Block, batch: u32) -> Self {
        let span = block.range;
        let numbers = (ip::to_number(span.first()), ip::to_number(span.last()));
        Self {
            pool,
            span,
            batch,
            free: FreeBlocks::new(numbers.0, numbers.1),
            holders: HashMap::default(),
            digest: None,
        }
    }

    /// Forgets the digest of what is about to change.
    pub(super) fn forget_digest(&mut self) -> Option<Digest> {
        self.digest.take()
    }

    pub(super) fn is_full(&self) -> bool {
        self.free.is_empty()
    }

    pub(super) fn holders(&self, number: u128) -> Option<&[ServiceId]> {
        self.holders.get(&number).map(Holders::as_slice)
    }

    /// Takes any address.
    pub(super) fn take_any(&mut self, service: ServiceId) -> Option<u128> {
        let number = self.free.take_any()?;
        self.holders.insert(number, Holders::One(service));
        Some(number)
    }

    /// Takes one address; `false` if somebody has it.
    pub(super) fn take(&mut self, number: u128, holders: Holders) -> bool {
        let taken = self.free.take(number);
        if taken {
            self.holders.insert(number, holders);
        }
        taken
    }

    pub(super) fn join(&mut self, number: u128, service: ServiceId) {
        if let Some(holders) = self.holders.get_mut(&number) {
            match holders {
                Holders::These(services) => services.push(service),
                Holders::One(first) => *holders = Holders::These(Box::new(vec![*first, service])),
            }
        }
    }

    /// Takes an address from a Service; whether it is free then.
    pub(super) fn leave(&mut self, number: u128, service: ServiceId) -> bool {
        let Some(holders) = self.holders.get_mut(&number) else { return false };
        let mut services = holders.as_slice().to_vec();
        services.retain(|&other| other != service);
        if services.is_empty() {
            self.free(number);
            return true;
        }
        *holders = Holders::These(Box::new(services));
        false
    }

    pub(super) fn free(&mut self, number: u128) {
        if self.holders.remove(&number).is_some() {
            self.free.put(number);
        }
    }

    /// The sizes of the free blocks, were these addresses taken.
    pub(super) fn sizes_without(&self, numbers: &[u128]) -> Vec<u128> {
        let mut free = self.free.clone();
        for &number in numbers {
            free.take(number);
        }
        free.sizes().collect()
    }

    /// Its digest, which is kept until it changes.
    pub(super) fn digest(&mut self, id: RangeId) -> Digest {
        let free = &self.free;
        *self.digest.get_or_insert_with(|| {
            digest(|hasher| {
                hasher.write_usize(id);
                free.feed(hasher);
            })
        })
    }
}

/// Hashes addresses: they are numbers already, and nobody chooses them to collide.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u128(byte.into());
        }
    }

    fn write_u128(&mut self, number: u128) {
        let folded = (number ^ (number >> 64)) as u64;
        self.0 =
            (self.0.rotate_left(5) ^ folded).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}
