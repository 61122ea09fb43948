//! Routes into UPDATEs (RFC 4271, section 4.3; RFC 4760): as many prefixes with the
//! same attributes into one message as it holds.
//!
//! A message has prefixes in one place only, and MP_REACH_NLRI stands first
//! (RFC 7606, section 5.1).

use ipnet::IpNet;

use super::message::{HEADER, LONGEST, update};
use super::open::AS_TRANS;
use super::prefix::{UNICAST, afi, size, write};
use super::routes::{NextHops, Shared};
use crate::ip::Family;

/// LOCAL_PREF where none is set: every route to an internal peer has one
/// (RFC 4271, section 5.1.5).
const DEFAULT_LOCAL_PREF: u32 = 100;
/// Room for the parts of a body.
const ROOM: usize = LONGEST - HEADER;
/// The lengths of the withdrawn prefixes and of the attributes.
const LENGTHS: usize = 4;
/// Flags, type and length of an attribute with a length of two octets.
const EXTENDED_HEADER: usize = 4;

const WELL_KNOWN: u8 = 0x40;
const OPTIONAL: u8 = 0x80;
const OPTIONAL_TRANSITIVE: u8 = 0xc0;
const EXTENDED_LENGTH: u8 = 0x10;
const AS_SEQUENCE: u8 = 2;

/// What goes into every UPDATE of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// This side's AS number.
    pub asn: u32,
    /// Whether the peer has the same.
    pub internal: bool,
    /// Whether the peer can do AS numbers of four octets.
    pub four_octet_as: bool,
    /// Whether IPv4 goes with IPv6 next hops (RFC 8950).
    pub extended_next_hop: bool,
    /// The next hops, of each family that there is one of.
    pub next_hops: NextHops,
}

/// The attributes of routes of one family, ready to be sent before their prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What stands in MP_REACH_NLRI before its prefixes; `None` for IPv4 as of old.
    reach: Option<Vec<u8>>,
    attributes: Vec<u8>,
}

impl Template {
    /// The attributes of these routes; `None` where there is no next hop of the
    /// family, or they leave no room for a prefix.
    pub fn new(family: Family, shared: &Shared, to: &Attributes) -> Option<Self> {
        let v6 = match (to.next_hops.v6, to.next_hops.link_local) {
            // Who has no global address shows the other one twice, as FRR does.
            (global, Some(local)) => [global.unwrap_or(local).octets(), local.octets()].concat(),
            (Some(global), None) => global.octets().to_vec(),
            (None, None) => Vec::new(),
        };
        let multiprotocol = family == Family::V6 || to.extended_next_hop;
        let next_hop = if multiprotocol { v6 } else { to.next_hops.v4?.octets().to_vec() };
        if next_hop.is_empty() {
            return None;
        }
        let mut attributes = Vec::new();
        attribute(&mut attributes, WELL_KNOWN, 1, &[0]);
        attribute(&mut attributes, WELL_KNOWN, 2, &as_path(to));
        if !multiprotocol {
            attribute(&mut attributes, WELL_KNOWN, 3, &next_hop);
        }
        if to.internal {
            let metric = shared.local_pref.unwrap_or(DEFAULT_LOCAL_PREF);
            attribute(&mut attributes, WELL_KNOWN, 5, &metric.to_be_bytes());
        }
        if !shared.communities.is_empty() {
            attribute(&mut attributes, OPTIONAL_TRANSITIVE, 8, &octets(&shared.communities));
        }
        if !to.internal && !to.four_octet_as && to.asn > u32::from(u16::MAX) {
            let path = [&[AS_SEQUENCE, 1], to.asn.to_be_bytes().as_slice()].concat();
            attribute(&mut attributes, OPTIONAL_TRANSITIVE, 17, &path);
        }
        if !shared.large.is_empty() {
            attribute(
                &mut attributes,
                OPTIONAL_TRANSITIVE,
                32,
                &octets(shared.large.as_flattened()),
            );
        }
        let reach = multiprotocol.then(|| {
            let length = u8::try_from(next_hop.len()).unwrap_or_default();
            let [a0, a1] = afi(family).to_be_bytes();
            [&[a0, a1, UNICAST, length], next_hop.as_slice(), &[0]].concat()
        });
        let template = Self { reach, attributes };
        // The longest prefix of IPv6 takes 17 octets.
        (template.fixed() + 17 <= ROOM).then_some(template)
    }

    /// The octets of a body without prefixes.
    fn fixed(&self) -> usize {
        let reach = self.reach.as_ref().map_or(0, |reach| EXTENDED_HEADER + reach.len());
        LENGTHS + reach + self.attributes.len()
    }

    /// Appends one UPDATE that announces the first of the prefixes, as many as fit;
    /// says how many.
    pub fn announce(&self, prefixes: &[IpNet], out: &mut Vec<u8>) -> usize {
        let (taken, nlri) = fill(prefixes, ROOM.saturating_sub(self.fixed()));
        let mut attributes = Vec::with_capacity(ROOM);
        let mut behind = nlri.as_slice();
        if let Some(reach) = &self.reach {
            extended(&mut attributes, MP_REACH, &[reach, nlri.as_slice()].concat());
            behind = &[];
        }
        attributes.extend(&self.attributes);
        update(&body(&[], &attributes, behind), out);
        taken
    }
}

const MP_REACH: u8 = 14;
const MP_UNREACH: u8 = 15;

/// Appends one UPDATE that takes back the first of the prefixes, as many as fit; says
/// how many. IPv4 goes the old way where it does not have IPv6 next hops.
pub fn withdraw(family: Family, to: &Attributes, prefixes: &[IpNet], out: &mut Vec<u8>) -> usize {
    if family == Family::V4 && !to.extended_next_hop {
        let (taken, withdrawn) = fill(prefixes, ROOM - LENGTHS);
        update(&body(&withdrawn, &[], &[]), out);
        return taken;
    }
    let (taken, nlri) = fill(prefixes, ROOM - LENGTHS - EXTENDED_HEADER - 3);
    update(&body(&[], &unreach(family, &nlri), &[]), out);
    taken
}

/// Appends the end of the routes of a family (RFC 4724, section 2).
pub fn end_of_rib(family: Family, out: &mut Vec<u8>) {
    let attributes = if family == Family::V4 { Vec::new() } else { unreach(family, &[]) };
    update(&body(&[], &attributes, &[]), out);
}

fn unreach(family: Family, nlri: &[u8]) -> Vec<u8> {
    let [a0, a1] = afi(family).to_be_bytes();
    let mut attributes = Vec::new();
    extended(&mut attributes, MP_UNREACH, &[&[a0, a1, UNICAST], nlri].concat());
    attributes
}

/// The first prefixes that fit into so many octets: how many, and those.
fn fill(prefixes: &[IpNet], room: usize) -> (usize, Vec<u8>) {
    let mut bytes = Vec::with_capacity(room);
    let mut taken = 0;
    for prefix in prefixes {
        if bytes.len() + size(prefix) > room {
            break;
        }
        write(prefix, &mut bytes);
        taken += 1;
    }
    (taken, bytes)
}

fn body(withdrawn: &[u8], attributes: &[u8], nlri: &[u8]) -> Vec<u8> {
    let counted = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&counted(withdrawn), withdrawn, &counted(attributes), attributes, nlri].concat()
}

fn attribute(out: &mut Vec<u8>, flags: u8, kind: u8, value: &[u8]) {
    match u8::try_from(value.len()) {
        Ok(length) => {
            out.extend([flags, kind, length]);
            out.extend(value);
        }
        Err(_) => long(out, flags, kind, value),
    }
}

/// A multiprotocol attribute; the length may be longer than it must.
fn extended(out: &mut Vec<u8>, kind: u8, value: &[u8]) {
    long(out, OPTIONAL, kind, value);
}

fn long(out: &mut Vec<u8>, flags: u8, kind: u8, value: &[u8]) {
    let [l0, l1] = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    out.extend([flags | EXTENDED_LENGTH, kind, l0, l1]);
    out.extend(value);
}

fn octets(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Empty towards an internal peer, this side's AS number towards another (RFC 4271,
/// section 5.1.2), or AS_TRANS where the peer cannot read it (RFC 6793).
fn as_path(to: &Attributes) -> Vec<u8> {
    let number = match (to.internal, to.four_octet_as) {
        (true, _) => return Vec::new(),
        (false, true) => to.asn.to_be_bytes().to_vec(),
        (false, false) => u16::try_from(to.asn).unwrap_or(AS_TRANS).to_be_bytes().to_vec(),
    };
    [&[AS_SEQUENCE, 1], number.as_slice()].concat()
}

#[cfg(test)]
mod tests;
