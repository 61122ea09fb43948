//! Path attributes: the table of what each must be like, and what is done where one
//! is not (RFC 7606, section 3, 4 and 7).

use std::collections::BTreeSet;

use super::super::notification::Reason;
use super::{Agreed, Approach, Fatal, Fault};

pub(super) const MP_REACH: u8 = 14;
pub(super) const MP_UNREACH: u8 = 15;

const OPTIONAL: u8 = 0x80;
const TRANSITIVE: u8 = 0x40;
const EXTENDED_LENGTH: u8 = 0x10;
const WELL_KNOWN: u8 = TRANSITIVE;
const BOTH: u8 = OPTIONAL | TRANSITIVE;

/// An attribute of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) kind: u8,
    flags: u8,
    pub(super) value: &'a [u8],
    /// With its flags, type and length.
    pub(super) whole: &'a [u8],
}

/// From whom an attribute is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Everyone,
    /// Not from an external peer.
    Internal,
    /// Only from one with AS numbers of two octets (RFC 6793, section 4.1).
    TwoOctets,
}

/// What an attribute must be like.
struct Row {
    kind: u8,
    flags: u8,
    from: Taken,
    /// What is done where its form is wrong.
    approach: Approach,
    good: fn(&[u8], &Agreed) -> bool,
    what: &'static str,
}

const fn row(
    kind: u8,
    flags: u8,
    from: Taken,
    approach: Approach,
    good: fn(&[u8], &Agreed) -> bool,
    what: &'static str,
) -> Row {
    Row { kind, flags, from, approach, good, what }
}

const ORIGIN: u8 = 1;
const AS_PATH: u8 = 2;
const NEXT_HOP: u8 = 3;

/// The attributes that are known, with where their form is said.
const ROWS: &[Row] = {
    use Approach::{Discard, TreatAsWithdraw as Withdraw};
    use Taken::{Everyone, Internal, TwoOctets};
    &[
        // RFC 7606, section 7.1 to 7.10.
        row(ORIGIN, WELL_KNOWN, Everyone, Withdraw, origin, "a wrong ORIGIN"),
        row(AS_PATH, WELL_KNOWN, Everyone, Withdraw, as_path, "a wrong AS_PATH"),
        row(NEXT_HOP, WELL_KNOWN, Everyone, Withdraw, next_hop, "a wrong NEXT_HOP"),
        row(4, OPTIONAL, Everyone, Withdraw, four, "a wrong MULTI_EXIT_DISC"),
        row(5, WELL_KNOWN, Internal, Withdraw, four, "a wrong LOCAL_PREF"),
        row(6, WELL_KNOWN, Everyone, Discard, empty, "a wrong ATOMIC_AGGREGATE"),
        row(7, BOTH, Everyone, Discard, aggregator, "a wrong AGGREGATOR"),
        row(8, BOTH, Everyone, Withdraw, several::<4>, "wrong COMMUNITIES"),
        row(9, OPTIONAL, Internal, Withdraw, four, "a wrong ORIGINATOR_ID"),
        row(10, OPTIONAL, Internal, Withdraw, several::<4>, "a wrong CLUSTER_LIST"),
        // Looked at by themselves (section 7.11 and 7.12); their flags as all others'.
        row(MP_REACH, OPTIONAL, Everyone, Withdraw, any, ""),
        row(MP_UNREACH, OPTIONAL, Everyone, Withdraw, any, ""),
        // RFC 7606, section 7.14 and 7.15.
        row(16, BOTH, Everyone, Withdraw, several::<8>, "wrong EXTENDED COMMUNITIES"),
        row(25, BOTH, Everyone, Withdraw, several::<20>, "wrong IPv6 EXTENDED COMMUNITIES"),
        // RFC 6793, section 6.
        row(17, BOTH, TwoOctets, Discard, as4_path, "a wrong AS4_PATH"),
        row(18, BOTH, TwoOctets, Discard, eight, "a wrong AS4_AGGREGATOR"),
        // RFC 8092, section 6.
        row(32, BOTH, Everyone, Withdraw, several::<12>, "wrong LARGE_COMMUNITY"),
        // RFC 9234, section 5.
        row(35, BOTH, Everyone, Withdraw, four, "a wrong ONLY_TO_CUSTOMER"),
    ]
};

fn any(_: &[u8], _: &Agreed) -> bool {
    true
}

fn empty(value: &[u8], _: &Agreed) -> bool {
    value.is_empty()
}

fn four(value: &[u8], _: &Agreed) -> bool {
    value.len() == 4
}

fn eight(value: &[u8], _: &Agreed) -> bool {
    value.len() == 8
}

fn several<const SIZE: usize>(value: &[u8], _: &Agreed) -> bool {
    !value.is_empty() && value.len().is_multiple_of(SIZE)
}

fn origin(value: &[u8], _: &Agreed) -> bool {
    matches!(value, [0..=2])
}

/// An address that a host can have (RFC 4271, section 6.3).
fn next_hop(value: &[u8], _: &Agreed) -> bool {
    matches!(value, [1..=126 | 128..=223, _, _, _])
}

fn aggregator(value: &[u8], agreed: &Agreed) -> bool {
    value.len() == if agreed.four_octet_as { 8 } else { 6 }
}

fn as_path(value: &[u8], agreed: &Agreed) -> bool {
    // Confederations show their segments to their own members only (RFC 5065).
    let kinds = if agreed.internal { 1..=4 } else { 1..=2 };
    segments(value, &kinds, if agreed.four_octet_as { 4 } else { 2 })
}

fn as4_path(value: &[u8], _: &Agreed) -> bool {
    !value.is_empty() && segments(value, &(1..=4), 4)
}

/// Segments: a type, how many AS numbers, and those; none of them 0 (RFC 7607).
fn segments(mut value: &[u8], kinds: &std::ops::RangeInclusive<u8>, width: usize) -> bool {
    while let Some((kind, rest)) = value.split_first() {
        let Some((count @ 1.., rest)) = rest.split_first() else { return false };
        let Some((numbers, rest)) = rest.split_at_checked(usize::from(*count) * width) else {
            return false;
        };
        let zero = numbers.chunks_exact(width).any(|number| number.iter().all(|octet| *octet == 0));
        if !kinds.contains(kind) || zero {
            return false;
        }
        value = rest;
    }
    true
}

/// What the attributes of a message are.
pub(super) struct Walked<'a> {
    /// The types that are there, well-formed or not.
    pub(super) seen: BTreeSet<u8>,
    pub(super) reach: Option<Attribute<'a>>,
    pub(super) unreach: Option<Attribute<'a>>,
    pub(super) faults: Vec<Fault>,
    /// Whether one leads beyond the end of all (section 4).
    pub(super) cut_off: bool,
}

/// Goes through the attributes.
pub(super) fn walk<'a>(mut bytes: &'a [u8], agreed: &Agreed) -> Result<Walked<'a>, Fatal> {
    let mut walked = Walked {
        seen: BTreeSet::new(),
        reach: None,
        unreach: None,
        faults: Vec::new(),
        cut_off: false,
    };
    while !bytes.is_empty() {
        let Some((attribute, rest)) = next(bytes) else {
            walked.cut_off = true;
            let what = "attributes that lead beyond their length";
            let approach = Approach::TreatAsWithdraw;
            walked.faults.push(Fault { approach, attribute: None, what });
            break;
        };
        bytes = rest;
        let again = !walked.seen.insert(attribute.kind);
        match attribute.kind {
            MP_REACH | MP_UNREACH if again => {
                let what = "a multiprotocol attribute twice";
                return Err(Fatal::new(Reason::MALFORMED_ATTRIBUTES, &[], what));
            }
            MP_REACH => walked.reach = Some(attribute),
            MP_UNREACH => walked.unreach = Some(attribute),
            _ => {}
        }
        let fault = if again {
            Some((Approach::Discard, "an attribute twice"))
        } else {
            check(&attribute, agreed)?
        };
        walked.faults.extend(fault.map(|(approach, what)| Fault {
            approach,
            attribute: Some(attribute.kind),
            what,
        }));
    }
    Ok(walked)
}

/// The first attribute, and what is behind it.
fn next(bytes: &[u8]) -> Option<(Attribute<'_>, &[u8])> {
    let (length, behind) = match bytes {
        [flags, _, l0, l1, behind @ ..] if flags & EXTENDED_LENGTH != 0 => {
            (usize::from(u16::from_be_bytes([*l0, *l1])), behind)
        }
        [flags, _, length, behind @ ..] if flags & EXTENDED_LENGTH == 0 => {
            (usize::from(*length), behind)
        }
        _ => return None,
    };
    let (value, rest) = behind.split_at_checked(length)?;
    let [flags, kind, ..] = *bytes else { return None };
    let whole = bytes.get(..bytes.len() - rest.len())?;
    Some((Attribute { kind, flags, value, whole }, rest))
}

/// What is wrong with an attribute by itself.
fn check(
    attribute: &Attribute<'_>,
    agreed: &Agreed,
) -> Result<Option<(Approach, &'static str)>, Fatal> {
    let Some(row) = ROWS.iter().find(|row| row.kind == attribute.kind) else {
        if attribute.flags & OPTIONAL == 0 {
            let what = "a well-known attribute that nobody knows";
            return Err(Fatal::new(Reason::UNRECOGNIZED_WELL_KNOWN, attribute.whole, what));
        }
        return Ok(None);
    };
    let refused = match row.from {
        Taken::Everyone => None,
        Taken::Internal => (!agreed.internal).then_some("an attribute for internal peers only"),
        Taken::TwoOctets => agreed
            .four_octet_as
            .then_some("an attribute for peers with AS numbers of two octets only"),
    };
    if let Some(what) = refused {
        return Ok(Some((Approach::Discard, what)));
    }
    if attribute.flags & BOTH != row.flags {
        return Ok(Some((Approach::TreatAsWithdraw, "an attribute with wrong flags")));
    }
    Ok((!(row.good)(attribute.value, agreed)).then_some((row.approach, row.what)))
}

/// The well-known attributes that are not there and must be: NEXT_HOP only for
/// prefixes outside of multiprotocol attributes (section 3 d).
pub(super) fn missing(seen: &BTreeSet<u8>, nlri: bool) -> Option<Fault> {
    let needed = [ORIGIN, AS_PATH, NEXT_HOP];
    let needed = needed.into_iter().filter(|kind| *kind != NEXT_HOP || nlri);
    let absent = needed.into_iter().find(|kind| !seen.contains(kind))?;
    let what = "a well-known attribute that is missing";
    Some(Fault { approach: Approach::TreatAsWithdraw, attribute: Some(absent), what })
}
