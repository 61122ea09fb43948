//! The hash by which the L2 leader is found: SHA-256 (FIPS 180-4) of the node's
//! name, `#`, and the address.

use std::fmt::Write;
use std::net::IpAddr;

use sha2::block_api::compress256;

/// A SHA-256 state.
pub(super) type Digest = [u32; 8];

const BLOCK: usize = 64;
/// The initial state (FIPS 180-4, 5.3.3).
const INITIAL: Digest = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A node's name made ready for hashing with many addresses.
#[derive(Debug, Clone)]
pub(super) struct Ballot {
    /// The state after the whole blocks of the name.
    state: Digest,
    /// The bytes that are left.
    rest: [u8; BLOCK],
    filled: usize,
    hashed: usize,
}

/// An address in text.
#[derive(Debug, Clone)]
pub(super) struct AddressText {
    bytes: [u8; 48],
    length: usize,
}

impl AddressText {
    pub(super) fn new(address: IpAddr) -> Self {
        let mut text = Self { bytes: [0; 48], length: 0 };
        // The longest address has 39 letters, so this cannot fail.
        let _ = write!(text, "{address}");
        text
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Write for AddressText {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Ballot {
    pub(super) fn new(node: &str) -> Self {
        let mut ballot = Self { state: INITIAL, rest: [0; BLOCK], filled: 0, hashed: 0 };
        for byte in node.bytes().chain([b'#']) {
            ballot.push(byte);
        }
        ballot
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.rest.get_mut(self.filled) {
            *place = byte;
        }
        self.filled += 1;
        if self.filled == BLOCK {
            compress256(&mut self.state, &[self.rest]);
            self.rest = [0; BLOCK];
            self.hashed += BLOCK;
            self.filled = 0;
        }
    }

    /// The digest of name, `#` and address.
    pub(super) fn digest(&self, address: &AddressText) -> Digest {
        let mut tail = [[0u8; BLOCK]; 2];
        let text = address.as_bytes();
        let length = self.filled + text.len();
        let blocks = if length + 9 > BLOCK { 2 } else { 1 };
        {
            let flat = tail.as_flattened_mut();
            flat[..BLOCK].copy_from_slice(&self.rest);
            flat[self.filled..length].copy_from_slice(text);
            flat[length] = 0x80;
            let bits = ((self.hashed + length) as u64) * 8;
            let end = blocks * BLOCK;
            flat[end - 8..end].copy_from_slice(&bits.to_be_bytes());
        }
        let mut state = self.state;
        compress256(&mut state, &tail[..blocks]);
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_digest_is_that_of_the_library() {
        for length in 1..=253 {
            let node = "n".repeat(length);
            let ballot = Ballot::new(&node);
            for address in ["10.0.0.1", "2001:db8:1234:5678:9abc:def0:1234:5678", "::"] {
                let address: IpAddr = address.parse().unwrap();
                let digest = ballot.digest(&AddressText::new(address));
                let bytes: Vec<u8> = digest.iter().flat_map(|word| word.to_be_bytes()).collect();
                let expected = Sha256::digest(format!("{node}#{address}"));
                assert_eq!(bytes, expected.as_slice(), "{node}#{address}");
            }
        }
    }
}
