//! UPDATE messages of the peer: which prefixes they bring and take, and what is done
//! where one is malformed (RFC 7606).
//!
//! ```text
//! length 2 | withdrawn prefixes | length 2 | path attributes | prefixes
//!                                            attribute: flags 1 | type 1 | length 1 or 2 | value
//! ```
//!
//! Pure: the body of a message and what was agreed on come in, prefixes and faults go
//! out. The attributes are checked and let go: nobody here chooses routes by them.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::notification::{Notification, Reason};
use super::prefix::{self, family_of};
use crate::ip::Family;

mod attributes;

use attributes::{Attribute, MP_REACH, MP_UNREACH, walk};

/// What was agreed on, as far as the form of UPDATEs depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Whether the peer has the AS number of this side.
    pub internal: bool,
    /// Whether AS numbers have four octets.
    pub four_octet_as: bool,
    /// Whether IPv4 may have IPv6 next hops.
    pub extended_next_hop: bool,
    /// The families that are carried.
    pub families: BTreeSet<Family>,
}

/// What is done about a fault, from the mildest on (RFC 7606, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approach {
    /// The attribute is passed over.
    Discard,
    /// The message's prefixes are taken as withdrawn.
    TreatAsWithdraw,
    /// Nothing more of the family is taken in.
    Disable(Family),
    /// The session ends.
    Reset,
}

/// What is wrong with an UPDATE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is done about it.
    pub approach: Approach,
    /// The attribute's type, where it is about one.
    pub attribute: Option<u8>,
    /// What is wrong.
    pub what: &'static str,
}

/// What an UPDATE says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// Prefixes that it brings.
    pub announced: Vec<IpNet>,
    /// Prefixes that it takes, or that are treated so.
    pub withdrawn: Vec<IpNet>,
    /// The family whose first routes it ends (RFC 4724, section 2).
    pub end_of_rib: Option<Family>,
    /// What is wrong with it, and can be borne.
    pub faults: Vec<Fault>,
}

/// Why an UPDATE ends the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fatal {
    /// What the peer is told.
    pub told: Notification,
    /// What is wrong.
    pub what: &'static str,
}

impl Fatal {
    fn new(reason: Reason, data: &[u8], what: &'static str) -> Self {
        Self { told: Notification::new(reason, data), what }
    }
}

/// The parts of the body.
struct Parts<'a> {
    withdrawn: &'a [u8],
    attributes: &'a [u8],
    nlri: &'a [u8],
}

/// Reads the body of an UPDATE.
///
/// # Errors
/// Where the session must end: lengths or prefixes that cannot be read, an unknown
/// well-known attribute, multiprotocol attributes more than once.
pub fn decode(body: &[u8], agreed: &Agreed) -> Result<Update, Fatal> {
    let lengths =
        || Fatal::new(Reason::MALFORMED_ATTRIBUTES, &[], "lengths that lead beyond the message");
    let parts = parts(body).ok_or_else(lengths)?;
    let network = |what| Fatal::new(Reason::INVALID_NETWORK, &[], what);
    let mut withdrawn = prefix::read(Family::V4, parts.withdrawn)
        .ok_or_else(|| network("withdrawn prefixes that cannot be read"))?;
    let mut announced = prefix::read(Family::V4, parts.nlri)
        .ok_or_else(|| network("prefixes that cannot be read"))?;
    let read = walk(parts.attributes, agreed)?;
    let mut faults = read.faults;
    let reach = read.reach.map(|attribute| multiprotocol(&attribute, agreed)).transpose()?;
    let unreach = read.unreach.map(|attribute| multiprotocol(&attribute, agreed)).transpose()?;
    // Whether it is certain that the prefixes are all known (RFC 7606, section 5.2).
    let reachable =
        !announced.is_empty() || reach.as_ref().is_some_and(|reach| !reach.prefixes.is_empty());
    let brings = reachable || reach.as_ref().is_some_and(|reach| reach.fault.is_some());
    if reachable {
        faults.extend(attributes::missing(&read.seen, !announced.is_empty()));
    }
    let others = read.seen.iter().any(|kind| *kind != MP_UNREACH) || read.cut_off;
    let worst = faults.iter().map(|fault| fault.approach).max();
    if worst >= Some(Approach::TreatAsWithdraw) && others && !brings {
        let what = "a malformed attribute, and no prefix that it is about";
        return Err(Fatal::new(Reason::MALFORMED_ATTRIBUTES, &[], what));
    }
    let end_of_rib = match (&unreach, read.seen.len()) {
        _ if !faults.is_empty() || !parts.withdrawn.is_empty() || brings => None,
        (None, 0) => Some(Family::V4),
        (Some(unreach), 1) if unreach.prefixes.is_empty() => unreach.family,
        _ => None,
    };
    for mut part in [reach, unreach].into_iter().flatten() {
        faults.extend(part.fault);
        if part.reaches { &mut announced } else { &mut withdrawn }.append(&mut part.prefixes);
    }
    if worst >= Some(Approach::TreatAsWithdraw) {
        withdrawn.append(&mut announced);
    }
    Ok(Update { announced, withdrawn, end_of_rib, faults })
}

fn parts(body: &[u8]) -> Option<Parts<'_>> {
    let (withdrawn, rest) = counted(body)?;
    let (attributes, nlri) = counted(rest)?;
    Some(Parts { withdrawn, attributes, nlri })
}

/// A length of two octets, what it counts, and the rest.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// The prefixes of a multiprotocol attribute (RFC 4760).
#[derive(Default)]
struct Multiprotocol {
    reaches: bool,
    prefixes: Vec<IpNet>,
    family: Option<Family>,
    fault: Option<Fault>,
}

/// Reads MP_REACH_NLRI or MP_UNREACH_NLRI. What is wrong in a family that was agreed
/// on takes that family away (RFC 4760, section 7); one that was not is passed over.
fn multiprotocol(attribute: &Attribute<'_>, agreed: &Agreed) -> Result<Multiprotocol, Fatal> {
    let Some(([a0, a1, safi], rest)) = attribute.value.split_first_chunk::<3>() else {
        let what = "a multiprotocol attribute without a family";
        return Err(Fatal::new(Reason::OPTIONAL_ATTRIBUTE, attribute.whole, what));
    };
    let reaches = attribute.kind == MP_REACH;
    let fault = |approach, what| {
        let fault = Some(Fault { approach, attribute: Some(attribute.kind), what });
        Ok(Multiprotocol { reaches, fault, ..Multiprotocol::default() })
    };
    let family = family_of(u16::from_be_bytes([*a0, *a1]), *safi);
    let Some(family) = family.filter(|family| agreed.families.contains(family)) else {
        return fault(Approach::Discard, "a family that was not agreed on");
    };
    let disable = Approach::Disable(family);
    let nlri = if reaches {
        let next_hop = rest.split_first().and_then(|(length, rest)| {
            rest.split_at_checked(usize::from(*length)).filter(|(hop, _)| fits(hop, family, agreed))
        });
        let Some((_, rest)) = next_hop else {
            return fault(disable, "a next hop of a length that its family cannot have");
        };
        // One octet is reserved (RFC 4760, section 3).
        let Some((_, nlri)) = rest.split_first() else {
            return fault(disable, "a multiprotocol attribute that ends behind its next hop");
        };
        nlri
    } else {
        rest
    };
    match prefix::read(family, nlri) {
        Some(prefixes) => {
            Ok(Multiprotocol { reaches, prefixes, family: Some(family), fault: None })
        }
        None => fault(disable, "prefixes that cannot be read"),
    }
}

/// Whether a next hop has a length that is right for the family (RFC 2545, section 3;
/// RFC 8950, section 3).
fn fits(next_hop: &[u8], family: Family, agreed: &Agreed) -> bool {
    match (next_hop.len(), family) {
        (4, Family::V4) | (16 | 32, Family::V6) => true,
        (16 | 32, Family::V4) => agreed.extended_next_hop,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
