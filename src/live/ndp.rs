//! Neighbour solicitations and advertisements of IPv6 (RFC 4861, section 4.3, 4.4).
//!
//! In: whole IPv6 packets. Only what a node may act on comes out (sections 7.1.1 and
//! 7.1.2): hop limit 255, so that it was sent on this very link, a valid checksum,
//! sound options.

use std::net::Ipv6Addr;

use thiserror::Error;

use super::Mac;

const IPV6_HEADER: usize = 40;
/// Type, code, checksum, flags or reserved, target.
const FIXED: usize = 24;
const ICMPV6: u8 = 58;
const SOLICITATION: u8 = 135;
const ADVERTISEMENT: u8 = 136;
const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;
const ROUTER: u8 = 0x80;
const SOLICITED: u8 = 0x40;
const OVERRIDE: u8 = 0x20;

/// All nodes of the link.
pub const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// A message with the addresses of its packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NdpPacket {
    /// From whom.
    pub source: Ipv6Addr,
    /// To whom.
    pub destination: Ipv6Addr,
    /// The address in question.
    pub target: Ipv6Addr,
    /// What it says about it.
    pub message: NdpMessage,
}

/// What is said about the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NdpMessage {
    /// Who has it? From this link-layer address, where the source is an address.
    Solicitation(Option<Mac>),
    /// It is here.
    Advertisement(Advertisement),
}

/// A neighbour advertisement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advertisement {
    /// Where: the target's link-layer address.
    pub mac: Option<Mac>,
    /// Whether the sender is a router.
    pub router: bool,
    /// Whether it answers a solicitation.
    pub solicited: bool,
    /// Whether it goes before what a neighbour has in its cache.
    pub overrides: bool,
}

/// Why a packet is no message to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NdpError {
    /// It ends before its fields do.
    #[error("a neighbour discovery packet that ends after {0} bytes")]
    Truncated(usize),
    /// Not IPv6.
    #[error("an IP packet of version {0}")]
    Version(u8),
    /// Another protocol right behind the IPv6 header.
    #[error("the protocol {0}, not ICMPv6")]
    Protocol(u8),
    /// Another type of ICMPv6.
    #[error("ICMPv6 of type {0}")]
    Type(u8),
    /// It may have come through a router.
    #[error("a hop limit of {0}: it may come from beyond the link")]
    HopLimit(u8),
    /// It was damaged.
    #[error("a wrong checksum")]
    Checksum,
    /// A code other than 0.
    #[error("the code {0}")]
    Code(u8),
    /// The target is a group or nothing.
    #[error("the target {0}, which nobody can have")]
    Target(Ipv6Addr),
    /// The source is a group.
    #[error("the source {0}, which nobody can have")]
    Source(Ipv6Addr),
    /// An option that ends behind the packet, or of length 0.
    #[error("an option of a wrong length")]
    OptionLength,
    /// A link-layer address that no interface has.
    #[error("the link-layer address {0}, which no interface has")]
    LinkLayer(Mac),
    /// From no address, but not to the solicited-node group, or with its own
    /// link-layer address.
    #[error("a solicitation from no address that is not one of address detection")]
    Unspecified,
    /// To a group, but as the answer to one.
    #[error("an advertisement to a group that is said to be solicited")]
    SolicitedToGroup,
}

/// The group in which who has an address is asked for it (RFC 4291, section 2.7.1).
pub fn solicited_node(ip: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = ip.octets();
    Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c])
}

/// Where a group of IPv6 is on Ethernet (RFC 2464, section 7).
pub fn group_mac(group: Ipv6Addr) -> Mac {
    let [.., a, b, c, d] = group.octets();
    Mac([0x33, 0x33, a, b, c, d])
}

impl NdpPacket {
    /// Asks who has an address.
    pub fn solicitation(mac: Mac, source: Ipv6Addr, target: Ipv6Addr) -> Self {
        Self {
            source,
            destination: solicited_node(target),
            target,
            message: NdpMessage::Solicitation(Some(mac)),
        }
    }

    /// Says unasked where an address is (RFC 4861, section 7.2.6); from the address
    /// itself, as Linux and Cilium do.
    pub fn announcement(mac: Mac, target: Ipv6Addr) -> Self {
        let message = NdpMessage::Advertisement(Advertisement {
            mac: Some(mac),
            router: false,
            solicited: false,
            overrides: true,
        });
        Self { source: target, destination: ALL_NODES, target, message }
    }

    /// The answer to a solicitation (RFC 4861, section 7.2.4): to all nodes where
    /// it came from no address.
    pub fn answer(&self, mac: Mac) -> Self {
        let announcement = Self::announcement(mac, self.target);
        if self.source.is_unspecified() {
            return announcement;
        }
        let message = NdpMessage::Advertisement(Advertisement {
            mac: Some(mac),
            router: false,
            solicited: true,
            overrides: true,
        });
        Self { destination: self.source, message, ..announcement }
    }

    /// Reads an IPv6 packet; bytes behind it are padding.
    ///
    /// # Errors
    /// A packet that is not one of these messages, or that must not be acted on.
    pub fn parse(bytes: &[u8]) -> Result<Self, NdpError> {
        let Some((header, rest)) = bytes.split_first_chunk::<IPV6_HEADER>() else {
            return Err(NdpError::Truncated(bytes.len()));
        };
        let [first, _, _, _, l0, l1, next, hop_limit, addresses @ ..] = *header;
        if first >> 4 != 6 {
            return Err(NdpError::Version(first >> 4));
        }
        if next != ICMPV6 {
            return Err(NdpError::Protocol(next));
        }
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let Some(payload) = rest.get(..length) else {
            return Err(NdpError::Truncated(bytes.len()));
        };
        let (source, destination) = addresses.split_at(16);
        let source = address(source).ok_or(NdpError::Truncated(bytes.len()))?;
        let destination = address(destination).ok_or(NdpError::Truncated(bytes.len()))?;
        if source.is_multicast() {
            return Err(NdpError::Source(source));
        }
        Self::parse_message(source, destination, hop_limit, payload)
    }

    fn parse_message(
        source: Ipv6Addr,
        destination: Ipv6Addr,
        hop_limit: u8,
        payload: &[u8],
    ) -> Result<Self, NdpError> {
        let Some(&kind) = payload.first() else { return Err(NdpError::Truncated(IPV6_HEADER)) };
        if kind != SOLICITATION && kind != ADVERTISEMENT {
            return Err(NdpError::Type(kind));
        }
        if hop_limit != 255 {
            return Err(NdpError::HopLimit(hop_limit));
        }
        let Some((fixed, options)) = payload.split_first_chunk::<FIXED>() else {
            return Err(NdpError::Truncated(IPV6_HEADER + payload.len()));
        };
        if checksum(source, destination, payload) != 0 {
            return Err(NdpError::Checksum);
        }
        let [_, code, _, _, flags, _, _, _, target @ ..] = *fixed;
        if code != 0 {
            return Err(NdpError::Code(code));
        }
        let target = Ipv6Addr::from(target);
        if target.is_multicast() || target.is_unspecified() {
            return Err(NdpError::Target(target));
        }
        let wanted = if kind == SOLICITATION { SOURCE_LINK_LAYER } else { TARGET_LINK_LAYER };
        let mac = link_layer(options, wanted)?;
        let message = if kind == SOLICITATION {
            let detection = destination == solicited_node(target) && mac.is_none();
            if source.is_unspecified() && !detection {
                return Err(NdpError::Unspecified);
            }
            NdpMessage::Solicitation(mac)
        } else {
            let solicited = flags & SOLICITED != 0;
            if solicited && destination.is_multicast() {
                return Err(NdpError::SolicitedToGroup);
            }
            NdpMessage::Advertisement(Advertisement {
                mac,
                router: flags & ROUTER != 0,
                solicited,
                overrides: flags & OVERRIDE != 0,
            })
        };
        Ok(Self { source, destination, target, message })
    }

    /// The IPv6 packet.
    pub fn encode(&self) -> Vec<u8> {
        let (kind, flags, option, mac) = match self.message {
            NdpMessage::Solicitation(mac) => (SOLICITATION, 0, SOURCE_LINK_LAYER, mac),
            NdpMessage::Advertisement(told) => {
                let flag = |set: bool, bit: u8| if set { bit } else { 0 };
                let flags = flag(told.router, ROUTER)
                    | flag(told.solicited, SOLICITED)
                    | flag(told.overrides, OVERRIDE);
                (ADVERTISEMENT, flags, TARGET_LINK_LAYER, told.mac)
            }
        };
        let message = |sum: [u8; 2]| {
            let mut bytes = vec![kind, 0];
            bytes.extend(sum);
            bytes.extend([flags, 0, 0, 0]);
            bytes.extend(self.target.octets());
            if let Some(mac) = mac {
                bytes.extend([option, 1]);
                bytes.extend(mac.0);
            }
            bytes
        };
        let sum = checksum(self.source, self.destination, &message([0, 0]));
        let payload = message(sum.to_be_bytes());
        let length: u16 = if mac.is_some() { 32 } else { 24 };
        let mut packet = vec![0x60, 0, 0, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([ICMPV6, 255]);
        packet.extend(self.source.octets());
        packet.extend(self.destination.octets());
        packet.extend(payload);
        packet
    }
}

fn address(bytes: &[u8]) -> Option<Ipv6Addr> {
    <[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from)
}

/// The first link-layer address of that kind among the options.
fn link_layer(mut options: &[u8], wanted: u8) -> Result<Option<Mac>, NdpError> {
    let mut found = None;
    while let [kind, units, ..] = *options {
        let length = usize::from(units) * 8;
        let option = options.get(..length).filter(|option| !option.is_empty());
        let option = option.ok_or(NdpError::OptionLength)?;
        if let ([_, _, a, b, c, d, e, f], None) = (option, found)
            && kind == wanted
        {
            let mac = Mac([*a, *b, *c, *d, *e, *f]);
            if !mac.is_unicast() {
                return Err(NdpError::LinkLayer(mac));
            }
            found = Some(mac);
        }
        options = options.get(length..).unwrap_or_default();
    }
    if options.is_empty() { Ok(found) } else { Err(NdpError::OptionLength) }
}

/// The checksum of ICMPv6 over its pseudo header (RFC 8200, section 8.1); 0 for a
/// message that carries the right one.
fn checksum(source: Ipv6Addr, destination: Ipv6Addr, payload: &[u8]) -> u16 {
    // Message lengths are 16 bits: the length's upper half is 0.
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
    let mut sum = u32::from(ICMPV6) + u32::from(length);
    for segment in source.segments().into_iter().chain(destination.segments()) {
        sum += u32::from(segment);
    }
    let mut pairs = payload.chunks_exact(2);
    for pair in &mut pairs {
        if let [high, low] = *pair {
            sum += u32::from(u16::from_be_bytes([high, low]));
        }
    }
    if let [last] = *pairs.remainder() {
        sum += u32::from(u16::from_be_bytes([last, 0]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
