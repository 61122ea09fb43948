//! Digests of states, by which states that are the same are found.
//!
//! A digest is the exclusive or of the digests of a state's parts, so that it can be
//! kept up to date part by part. With 128 bits, two different states of one run do
//! not meet.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::BitXorAssign;

/// The digest of a state or of a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digest(u128);

impl BitXorAssign for Digest {
    fn bitxor_assign(&mut self, other: Self) {
        self.0 ^= other.0;
    }
}

/// The digest of one part.
pub(super) fn digest_of(part: &impl Hash) -> Digest {
    digest(|hasher| part.hash(hasher))
}

/// The digest of what is fed to the hasher.
pub(super) fn digest(feed: impl Fn(&mut DefaultHasher)) -> Digest {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        feed(&mut hasher);
        u128::from(hasher.finish())
    };
    Digest(half(0) << 64 | half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_two_halves_that_differ() {
        let Digest(whole) = digest_of(&"part");
        let (upper, lower) = (whole >> 64, whole & u128::from(u64::MAX));
        assert!(upper != 0 && lower != 0 && upper != lower);
    }
}
