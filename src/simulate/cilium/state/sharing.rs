//! Which addresses stand under which sharing key.

use std::collections::{HashMap, HashSet};

use super::{Held, State};
use crate::simulate::cilium::digest::{Digest, digest_of};

/// The addresses under one sharing key.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// In the order in which they came.
    addresses: Vec<Held>,
    known: HashSet<Held>,
    /// For Services of one kind, before which place there is none that they may join:
    /// who has an address grows more, not less, until somebody leaves.
    pub(super) fruitless: HashMap<Digest, usize>,
}

impl State {
    /// The addresses under a sharing key.
    pub(in crate::simulate::cilium) fn shared(&self, key: &str) -> &[Held] {
        self.sharing.get(key).map_or(&[], |shared| shared.addresses.as_slice())
    }

    /// Before which place a Service of that kind need not look.
    pub(in crate::simulate::cilium) fn fruitless(&self, key: &str, kind: Digest) -> usize {
        let place = self.sharing.get(key).and_then(|shared| shared.fruitless.get(&kind));
        place.copied().unwrap_or(0)
    }

    pub(in crate::simulate::cilium) fn set_fruitless(
        &mut self,
        key: &str,
        kind: Digest,
        place: usize,
    ) {
        if let Some(shared) = self.sharing.get_mut(key) {
            shared.fruitless.insert(kind, place);
        }
    }

    /// Forgets what was found out about Services that may have changed.
    pub(in crate::simulate::cilium) fn forget_fruitless(&mut self) {
        self.sharing.values_mut().for_each(|shared| shared.fruitless.clear());
    }

    /// A Service has an address under its key now, and others may join it: one that
    /// was given up under another key stands there still.
    pub(in crate::simulate::cilium) fn share(&mut self, key: &str, held: Held) {
        let shared = self.sharing.entry(key.into()).or_default();
        if shared.known.insert(held) {
            if self.forked {
                self.digest ^= digest_of(&("shared", key, shared.addresses.len(), held));
            }
            shared.addresses.push(held);
        } else {
            shared.fruitless.clear();
        }
        self.stirred_keys.insert(key.into());
    }

    pub(in crate::simulate::cilium) fn unshare(&mut self, key: &str, held: Held) {
        let Some(shared) = self.sharing.get_mut(key) else { return };
        let Some(at) = shared.addresses.iter().position(|&other| other == held) else { return };
        let feed = |addresses: &[Held]| {
            let mut sum = Digest::default();
            for (place, held) in addresses.iter().enumerate() {
                sum ^= digest_of(&("shared", key, place, held));
            }
            sum
        };
        if self.forked {
            self.digest ^= feed(&shared.addresses);
        }
        shared.addresses.remove(at);
        shared.known.remove(&held);
        shared.fruitless.clear();
        if self.forked {
            self.digest ^= feed(&shared.addresses);
        }
    }
}
