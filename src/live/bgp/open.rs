//! OPEN messages (RFC 4271, section 4.2) and the capabilities in them (RFC 5492).
//!
//! ```text
//! version 1 | AS 2 | hold time 2 | router ID 4 | length 1 | parameters
//!                                                 parameter: type 1 | length 1 | capabilities
//!                                                 capability: code 1 | length 1 | value
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::notification::{Notification, Reason};
use super::prefix::{afi, family_of};
use crate::ip::Family;

const VERSION: u8 = 4;
/// Who has a larger number says so in a capability (RFC 6793, section 4.2.3).
pub(super) const AS_TRANS: u16 = 23456;
const CAPABILITIES: u8 = 2;
/// The parameters have lengths of two octets (RFC 9072).
const EXTENDED: u8 = 255;

const MULTIPROTOCOL: u8 = 1;
const ROUTE_REFRESH: u8 = 2;
const EXTENDED_NEXT_HOP: u8 = 5;
const GRACEFUL_RESTART: u8 = 64;
const FOUR_OCTET_AS: u8 = 65;

/// Bits of the capability of graceful restart (RFC 4724, section 3; RFC 8538).
const RESTARTING: u16 = 0x8000;
const NOTIFICATION: u16 = 0x4000;
const RESTART_TIME: u16 = 0x0fff;
const FORWARDING: u8 = 0x80;

/// How one side introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its AS number: of the capability where there is one, else of the field.
    pub asn: u32,
    /// Its hold time in seconds.
    pub hold: u16,
    /// Its router ID.
    pub router_id: Ipv4Addr,
    /// What it can do.
    pub capabilities: Capabilities,
}

/// What one side can do, as far as the other looks at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The families that it carries; `None` where it does not say (RFC 4760).
    pub families: Option<BTreeSet<Family>>,
    /// Whether it can send its routes again (RFC 2918).
    pub route_refresh: bool,
    /// Whether it takes IPv6 next hops for IPv4 unicast (RFC 8950).
    pub extended_next_hop: bool,
    /// Whether it can do AS numbers of four octets (RFC 6793).
    pub four_octet_as: bool,
    /// Whether and how it restarts gracefully.
    pub graceful_restart: Option<GracefulRestart>,
}

/// The capability of graceful restart (RFC 4724, section 3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GracefulRestart {
    /// Whether it has just restarted.
    pub restarting: bool,
    /// Whether routes are kept at a NOTIFICATION, too (RFC 8538).
    pub notification: bool,
    /// How long its restart may take, in seconds.
    pub time: u16,
    /// The families in which its routes are to be kept while it restarts, and whether
    /// it has gone on forwarding. None: it only keeps those of others.
    pub families: BTreeMap<Family, bool>,
}

impl Open {
    /// The body of the message.
    pub fn body(&self) -> Vec<u8> {
        let asn = u16::try_from(self.asn).unwrap_or(AS_TRANS);
        let mut body = vec![VERSION];
        body.extend(asn.to_be_bytes());
        body.extend(self.hold.to_be_bytes());
        body.extend(self.router_id.octets());
        let capabilities = self.capabilities.encode(self.asn);
        // Those that are known here are far below 253 octets.
        let length = u8::try_from(capabilities.len()).unwrap_or_default();
        if length == 0 {
            body.push(0);
        } else {
            body.extend([length + 2, CAPABILITIES, length]);
            body.extend(capabilities);
        }
        body
    }

    /// Reads the body of a message.
    ///
    /// # Errors
    /// With what the peer is to be told (RFC 4271, section 6.2).
    pub fn parse(body: &[u8]) -> Result<Self, Notification> {
        let Some((fixed, rest)) = body.split_first_chunk::<10>() else {
            return Err(unspecific());
        };
        let [version, a0, a1, h0, h1, i0, i1, i2, i3, length] = *fixed;
        if version != VERSION {
            let known = u16::from(VERSION).to_be_bytes();
            return Err(Notification::new(Reason::UNSUPPORTED_VERSION, &known));
        }
        let (mut capabilities, mut large) = (Capabilities::default(), None);
        for (kind, value) in parameters(length, rest)? {
            if kind != CAPABILITIES {
                return Err(Notification::new(Reason::UNSUPPORTED_PARAMETER, &[]));
            }
            for (code, value) in triples(value, Width::One).ok_or_else(unspecific)? {
                capabilities.take(code, value, &mut large);
            }
        }
        let asn = large.unwrap_or_else(|| u16::from_be_bytes([a0, a1]).into());
        if asn == 0 {
            // RFC 7607.
            return Err(Notification::new(Reason::BAD_PEER_AS, &[]));
        }
        let router_id = Ipv4Addr::new(i0, i1, i2, i3);
        Ok(Self { asn, hold: u16::from_be_bytes([h0, h1]), router_id, capabilities })
    }
}

fn unspecific() -> Notification {
    Notification::new(Reason::OPEN_UNSPECIFIC, &[])
}

#[derive(Clone, Copy)]
enum Width {
    One,
    Two,
}

/// The optional parameters; their length must be that of the rest of the message.
fn parameters(length: u8, rest: &[u8]) -> Result<Vec<(u8, &[u8])>, Notification> {
    let (width, rest) = match rest {
        [EXTENDED, l0, l1, rest @ ..] if length != 0 => {
            let length = usize::from(u16::from_be_bytes([*l0, *l1]));
            (Width::Two, Some(rest).filter(|rest| rest.len() == length))
        }
        rest => (Width::One, Some(rest).filter(|rest| rest.len() == usize::from(length))),
    };
    rest.and_then(|rest| triples(rest, width)).ok_or_else(unspecific)
}

/// Types or codes with their values; `None` where a length leads beyond the end.
fn triples(mut bytes: &[u8], width: Width) -> Option<Vec<(u8, &[u8])>> {
    let mut found = Vec::new();
    while let Some((kind, rest)) = bytes.split_first() {
        let (length, rest) = match (width, rest) {
            (Width::One, [length, rest @ ..]) => (usize::from(*length), rest),
            (Width::Two, [l0, l1, rest @ ..]) => {
                (usize::from(u16::from_be_bytes([*l0, *l1])), rest)
            }
            _ => return None,
        };
        found.push((*kind, rest.get(..length)?));
        bytes = rest.get(length..)?;
    }
    Some(found)
}

impl Capabilities {
    /// Takes one in. One that is not known, or not of its length, is no reason to end
    /// (RFC 5492, section 3).
    fn take(&mut self, code: u8, value: &[u8], large: &mut Option<u32>) {
        match (code, value) {
            (MULTIPROTOCOL, [a0, a1, _, safi]) => {
                let families = self.families.get_or_insert_default();
                families.extend(family_of(u16::from_be_bytes([*a0, *a1]), *safi));
            }
            (ROUTE_REFRESH, []) => self.route_refresh = true,
            (EXTENDED_NEXT_HOP, triples) => {
                // NLRI AFI, NLRI SAFI, next hop AFI, two octets each.
                let mut all = triples.chunks_exact(6);
                self.extended_next_hop |= all.any(|one| one == [0, 1, 0, 1, 0, 2]);
            }
            (FOUR_OCTET_AS, [a, b, c, d]) => {
                self.four_octet_as = true;
                *large = Some(u32::from_be_bytes([*a, *b, *c, *d]));
            }
            (GRACEFUL_RESTART, [f0, f1, families @ ..]) => {
                let flags = u16::from_be_bytes([*f0, *f1]);
                let mut restart = GracefulRestart {
                    restarting: flags & RESTARTING != 0,
                    notification: flags & NOTIFICATION != 0,
                    time: flags & RESTART_TIME,
                    families: BTreeMap::new(),
                };
                for one in families.chunks_exact(4) {
                    if let [a0, a1, safi, flags] = *one
                        && let Some(family) = family_of(u16::from_be_bytes([a0, a1]), safi)
                    {
                        restart.families.insert(family, flags & FORWARDING != 0);
                    }
                }
                self.graceful_restart = Some(restart);
            }
            _ => {}
        }
    }

    fn encode(&self, asn: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut capability = |code: u8, value: &[u8]| {
            bytes.extend([code, u8::try_from(value.len()).unwrap_or_default()]);
            bytes.extend(value);
        };
        for family in self.families.iter().flatten() {
            let [a0, a1] = afi(*family).to_be_bytes();
            capability(MULTIPROTOCOL, &[a0, a1, 0, 1]);
        }
        if self.route_refresh {
            capability(ROUTE_REFRESH, &[]);
        }
        if self.extended_next_hop {
            capability(EXTENDED_NEXT_HOP, &[0, 1, 0, 1, 0, 2]);
        }
        if let Some(restart) = &self.graceful_restart {
            let flag = |set: bool, bit: u16| if set { bit } else { 0 };
            let flags = flag(restart.restarting, RESTARTING)
                | flag(restart.notification, NOTIFICATION)
                | restart.time.min(RESTART_TIME);
            let mut value = flags.to_be_bytes().to_vec();
            for (family, forwarding) in &restart.families {
                value.extend(afi(*family).to_be_bytes());
                value.extend([1, if *forwarding { FORWARDING } else { 0 }]);
            }
            capability(GRACEFUL_RESTART, &value);
        }
        if self.four_octet_as {
            capability(FOUR_OCTET_AS, &asn.to_be_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The body of an OPEN of AS 65000 with these parameters.
    fn body(length: u8, parameters: &[u8]) -> Vec<u8> {
        [&[4, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1, length], parameters].concat()
    }

    fn read(parameters: &[u8]) -> Open {
        Open::parse(&body(u8::try_from(parameters.len()).unwrap(), parameters)).unwrap()
    }

    #[test]
    fn capabilities_are_read_wherever_they_stand() {
        let v4: &[u8] = &[1, 4, 0, 1, 0, 1];
        let v6: &[u8] = &[1, 4, 0, 2, 0, 1];
        let both = Some([Family::V4, Family::V6].into());
        let one = [&[2, 12][..], v4, v6].concat();
        let several = [&[2, 6][..], v4, &[2, 6], v6].concat();
        let extended = [&[255, 0, 15, 2, 0, 12][..], v4, v6].concat();
        assert_eq!(read(&one).capabilities.families, both);
        assert_eq!(read(&several).capabilities.families, both);
        let read = Open::parse(&body(255, &extended)).unwrap();
        assert_eq!(read.capabilities.families, both);
        assert_eq!((read.asn, read.hold), (65000, 90));
    }

    #[test]
    fn capabilities_of_another_form_are_passed_over() {
        // Unknown, multiprotocol too short, of another family, a refresh with a value,
        // graceful restart with half a family.
        let odd = [
            &[70, 0][..],
            &[1, 3, 0, 1, 0],
            &[1, 4, 0, 25, 0, 70],
            &[2, 1, 0],
            &[64, 5, 0xc0, 60, 0, 1, 1],
            &[65, 3, 0, 0, 1],
        ]
        .concat();
        let parameters = [&[2, u8::try_from(odd.len()).unwrap()], odd.as_slice()].concat();
        let read = read(&parameters);
        let restart = GracefulRestart {
            restarting: true,
            notification: true,
            time: 60,
            ..Default::default()
        };
        let expected = Capabilities {
            families: Some([].into()),
            graceful_restart: Some(restart),
            ..Capabilities::default()
        };
        assert_eq!((read.asn, read.capabilities), (65000, expected));
    }

    #[test]
    fn an_open_that_cannot_be_read_is_told_so() {
        let zero_as = [&[4, 0, 0, 0, 90, 192, 0, 2, 1, 0][..]].concat();
        for (bytes, reason, data) in [
            (vec![3, 0xfd, 0xe8, 0, 90, 192, 0, 2, 1, 0], Reason::UNSUPPORTED_VERSION, &[0, 4][..]),
            (zero_as, Reason::BAD_PEER_AS, &[]),
            // The capability says AS 0.
            (body(8, &[2, 6, 65, 4, 0, 0, 0, 0]), Reason::BAD_PEER_AS, &[]),
            // The length of the parameters is not that of the message.
            (body(0, &[2, 0]), Reason::OPEN_UNSPECIFIC, &[]),
            (body(3, &[2, 0]), Reason::OPEN_UNSPECIFIC, &[]),
            (body(255, &[255, 0, 9, 2, 0, 0]), Reason::OPEN_UNSPECIFIC, &[]),
            // A parameter, or a capability, that leads beyond the end.
            (body(2, &[2, 1]), Reason::OPEN_UNSPECIFIC, &[]),
            (body(1, &[2]), Reason::OPEN_UNSPECIFIC, &[]),
            (body(4, &[2, 2, 1, 1]), Reason::OPEN_UNSPECIFIC, &[]),
            // Authentication, which RFC 4271 has taken away.
            (body(2, &[1, 0]), Reason::UNSUPPORTED_PARAMETER, &[]),
            (vec![4, 0], Reason::OPEN_UNSPECIFIC, &[]),
        ] {
            let told = Open::parse(&bytes).unwrap_err();
            assert_eq!(told, Notification::new(reason, data), "{bytes:?}");
        }
    }

    fn any_open() -> impl Strategy<Value = Open> {
        let families = || {
            prop::collection::btree_set(prop::sample::select(&[Family::V4, Family::V6][..]), 0..3)
        };
        let restart =
            (any::<[bool; 3]>(), 0u16..4096, families()).prop_map(|(flags, time, all)| {
                let families = all.into_iter().map(|family| (family, flags[2])).collect();
                GracefulRestart { restarting: flags[0], notification: flags[1], time, families }
            });
        let capabilities = (any::<[bool; 3]>(), families(), prop::option::of(restart));
        let open = (1u32.., any::<u16>(), any::<u32>(), capabilities);
        open.prop_map(|(asn, hold, id, (flags, families, graceful_restart))| Open {
            asn: if flags[2] { asn } else { asn % 0xffff + 1 },
            hold,
            router_id: id.into(),
            capabilities: Capabilities {
                families: Some(families).filter(|families| !families.is_empty()),
                route_refresh: flags[0],
                extended_next_hop: flags[1],
                four_octet_as: flags[2],
                graceful_restart,
            },
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(open in any_open()) {
            prop_assert_eq!(Open::parse(&open.body()), Ok(open));
        }

        #[test]
        fn no_bytes_panic(
            open in any_open(),
            changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
            body in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = Open::parse(&body);
            let mut bytes = open.body();
            for (at, byte) in changes {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            let _ = Open::parse(&bytes);
            bytes.truncate(bytes.len() / 2);
            let _ = Open::parse(&bytes);
        }
    }
}
