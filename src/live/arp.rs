//! ARP for IPv4 over Ethernet (RFC 826) and its probes and announcements (RFC 5227).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-------------------------------+-------------------------------+
//! |       hardware type (1)       |     protocol type (0x0800)    |
//! +---------------+---------------+-------------------------------+
//! |  hw len (6)   | proto len (4) |           operation           |
//! +---------------+---------------+-------------------------------+
//! |                     sender hardware address                   |
//! |                               +-------------------------------+
//! |                               |    sender protocol address    |
//! +-------------------------------+-------------------------------+
//! |                               |    target hardware address    |
//! +-------------------------------+                               |
//! |                                                               |
//! +---------------------------------------------------------------+
//! |                    target protocol address                    |
//! +---------------------------------------------------------------+
//! ```

use std::net::Ipv4Addr;

use thiserror::Error;

use super::Mac;

/// How long a packet is; what follows is padding.
const LENGTH: usize = 28;
const HARDWARE_ETHERNET: u16 = 1;
const PROTOCOL_IPV4: u16 = 0x0800;

/// What a packet wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// To be told who has the target address.
    Request,
    /// To tell who has the sender address.
    Reply,
}

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArpPacket {
    /// What it wants.
    pub operation: Operation,
    /// Who says so.
    pub sender_mac: Mac,
    /// The address that the sender claims; unspecified in a probe.
    pub sender_ip: Ipv4Addr,
    /// To whom it is said; of no meaning in a request.
    pub target_mac: Mac,
    /// The address in question.
    pub target_ip: Ipv4Addr,
}

/// Why bytes are no packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ArpError {
    /// It ends too early.
    #[error("an ARP packet of {0} bytes; at least {LENGTH} are needed")]
    Truncated(usize),
    /// Not for Ethernet.
    #[error("ARP for the hardware type {0}, not Ethernet")]
    HardwareType(u16),
    /// Not for IPv4.
    #[error("ARP for the protocol {0:#06x}, not IPv4")]
    ProtocolType(u16),
    /// Addresses of other lengths than Ethernet's and IPv4's.
    #[error("ARP with addresses of {0} and {1} bytes, not 6 and 4")]
    Lengths(u8, u8),
    /// Neither request nor reply.
    #[error("the ARP operation {0}, neither request nor reply")]
    Operation(u16),
    /// The sender is a group, or nobody.
    #[error("ARP from {0}, which is no interface's address")]
    Sender(Mac),
}

impl ArpPacket {
    /// A probe (RFC 5227, section 2.1.1): it asks who has an address and puts
    /// nothing into anybody's cache.
    pub fn probe(mac: Mac, ip: Ipv4Addr) -> Self {
        Self {
            operation: Operation::Request,
            sender_mac: mac,
            sender_ip: Ipv4Addr::UNSPECIFIED,
            target_mac: Mac::ZERO,
            target_ip: ip,
        }
    }

    /// An announcement (RFC 5227, section 2.3; "gratuitous ARP"), as a request or
    /// as a reply: some hosts heed just one of them.
    pub fn announcement(operation: Operation, mac: Mac, ip: Ipv4Addr) -> Self {
        let target_mac = match operation {
            Operation::Request => Mac::ZERO,
            Operation::Reply => Mac::BROADCAST,
        };
        Self { operation, sender_mac: mac, sender_ip: ip, target_mac, target_ip: ip }
    }

    /// The answer to a request.
    pub fn answer(&self, mac: Mac) -> Self {
        Self {
            operation: Operation::Reply,
            sender_mac: mac,
            sender_ip: self.target_ip,
            target_mac: self.sender_mac,
            target_ip: self.sender_ip,
        }
    }

    /// Whether it asks on behalf of nobody.
    pub fn is_probe(&self) -> bool {
        self.operation == Operation::Request && self.sender_ip.is_unspecified()
    }

    /// Whether it tells everybody about the sender without being asked.
    pub fn is_announcement(&self) -> bool {
        self.sender_ip == self.target_ip && !self.sender_ip.is_unspecified()
    }

    /// Reads a packet; bytes behind it are padding.
    ///
    /// # Errors
    /// Bytes that are no ARP packet for IPv4 over Ethernet.
    pub fn parse(bytes: &[u8]) -> Result<Self, ArpError> {
        let Some(bytes) = bytes.first_chunk::<LENGTH>() else {
            return Err(ArpError::Truncated(bytes.len()));
        };
        let [h0, h1, p0, p1, hardware_length, protocol_length, o0, o1, rest @ ..] = *bytes;
        let [a, b, c, d, e, f, s0, s1, s2, s3, rest @ ..] = rest;
        let [g, h, i, j, k, l, t0, t1, t2, t3] = rest;
        match u16::from_be_bytes([h0, h1]) {
            HARDWARE_ETHERNET => {}
            other => return Err(ArpError::HardwareType(other)),
        }
        match u16::from_be_bytes([p0, p1]) {
            PROTOCOL_IPV4 => {}
            other => return Err(ArpError::ProtocolType(other)),
        }
        if (hardware_length, protocol_length) != (6, 4) {
            return Err(ArpError::Lengths(hardware_length, protocol_length));
        }
        let operation = match u16::from_be_bytes([o0, o1]) {
            1 => Operation::Request,
            2 => Operation::Reply,
            other => return Err(ArpError::Operation(other)),
        };
        let sender_mac = Mac([a, b, c, d, e, f]);
        if !sender_mac.is_unicast() {
            return Err(ArpError::Sender(sender_mac));
        }
        Ok(Self {
            operation,
            sender_mac,
            sender_ip: Ipv4Addr::new(s0, s1, s2, s3),
            target_mac: Mac([g, h, i, j, k, l]),
            target_ip: Ipv4Addr::new(t0, t1, t2, t3),
        })
    }

    /// The packet as it goes behind an Ethernet header.
    pub fn encode(&self) -> Vec<u8> {
        let operation: u16 = match self.operation {
            Operation::Request => 1,
            Operation::Reply => 2,
        };
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(HARDWARE_ETHERNET.to_be_bytes());
        bytes.extend(PROTOCOL_IPV4.to_be_bytes());
        bytes.extend([6, 4]);
        bytes.extend(operation.to_be_bytes());
        bytes.extend(self.sender_mac.0);
        bytes.extend(self.sender_ip.octets());
        bytes.extend(self.target_mac.0);
        bytes.extend(self.target_ip.octets());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const THEIRS: Mac = Mac([2, 0, 0, 0, 0, 2]);
    const IP: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);

    #[test]
    fn a_probe_is_the_bytes_of_the_standard() {
        let bytes = ArpPacket::probe(OURS, IP).encode();
        let expected =
            [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 10];
        assert_eq!(bytes, expected);
        let probe = ArpPacket::parse(&bytes).unwrap();
        assert!(probe.is_probe() && !probe.is_announcement());
    }

    #[test]
    fn an_answer_goes_back_to_who_asked() {
        let answer = ArpPacket::probe(THEIRS, IP).answer(OURS);
        assert_eq!(
            answer,
            ArpPacket {
                operation: Operation::Reply,
                sender_mac: OURS,
                sender_ip: IP,
                target_mac: THEIRS,
                target_ip: Ipv4Addr::UNSPECIFIED,
            }
        );
    }

    #[test]
    fn what_is_malformed_is_named() {
        let good = ArpPacket::probe(OURS, IP).encode();
        let with = |at: usize, octet: u8| {
            let mut bytes = good.clone();
            bytes[at] = octet;
            bytes
        };
        for (bytes, expected) in [
            (vec![], ArpError::Truncated(0)),
            (good[..27].to_vec(), ArpError::Truncated(27)),
            (with(1, 6), ArpError::HardwareType(6)),
            (with(2, 0x86), ArpError::ProtocolType(0x8600)),
            (with(4, 8), ArpError::Lengths(8, 4)),
            (with(5, 16), ArpError::Lengths(6, 16)),
            (with(7, 0), ArpError::Operation(0)),
            (with(7, 3), ArpError::Operation(3)),
            (with(8, 3), ArpError::Sender(Mac([3, 0, 0, 0, 0, 1]))),
        ] {
            assert_eq!(ArpPacket::parse(&bytes), Err(expected));
        }
    }

    #[test]
    fn padding_is_no_part_of_a_packet() {
        let mut bytes = ArpPacket::announcement(Operation::Reply, OURS, IP).encode();
        bytes.extend([0xaa; 18]);
        let packet = ArpPacket::parse(&bytes).unwrap();
        assert!(packet.is_announcement() && packet.encode() == bytes[..LENGTH]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_what_is_read_is_written_the_same(
            mut bytes in prop::collection::vec(any::<u8>(), 0..64), plausible: bool,
        ) {
            if plausible {
                for (byte, header) in bytes.iter_mut().zip([0, 1, 8, 0, 6, 4, 0]) {
                    *byte = header;
                }
            }
            if let Ok(packet) = ArpPacket::parse(&bytes) {
                prop_assert_eq!(&packet.encode(), &bytes[..LENGTH]);
            }
        }
    }
}
