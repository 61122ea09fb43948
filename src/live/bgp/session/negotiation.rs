//! What this side's OPEN says, and what follows from both (RFC 4271, section 6.2; RFC
//! 5492).

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::super::notification::Reason;
use super::super::open::{Capabilities, GracefulRestart, Open};
use super::super::routes::{NextHops, Route};
use super::End;
use crate::ip::Family;
use crate::verify::sessions::{Parameters, RemoteAsn};

/// What the session is to be like on this side.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The configuration's parameters.
    pub parameters: Parameters,
    /// Whether the peer is whoever is at the other end of an interface: IPv4 then goes
    /// with IPv6 next hops (RFC 8950).
    pub unnumbered: bool,
    /// The router ID of this side.
    pub router_id: Ipv4Addr,
    /// How long to stay once established.
    pub stay: Duration,
    /// What is said on leaving (RFC 9003).
    pub farewell: String,
    /// The routes to send, and the next hops that they have.
    pub routes: Vec<Route>,
    /// Where the routes lead.
    pub next_hops: NextHops,
}

/// What was agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// The peer's AS number.
    pub asn: u32,
    /// The peer's router ID.
    pub router_id: Ipv4Addr,
    /// The hold time that counts for both, in seconds; 0 is none.
    pub hold: u16,
    /// The families that both can carry.
    pub families: BTreeSet<Family>,
    /// The families that the peer can carry.
    pub offered: BTreeSet<Family>,
    /// Whether the peer can do AS numbers of four octets.
    pub four_octet_as: bool,
    /// Whether the peer can send its routes again (RFC 2918).
    pub route_refresh: bool,
    /// Whether both take IPv6 next hops for IPv4 (RFC 8950).
    pub extended_next_hop: bool,
    /// The peer's restart time, where it can restart gracefully (RFC 4724).
    pub graceful_restart: Option<u16>,
}
/// This side's OPEN.
pub(super) fn open(wanted: &Wanted) -> Open {
    let own = &wanted.parameters;
    // Nobody is to keep routes of a program that will not come back: with routes to
    // send it only says that it understands (RFC 4724, section 3). Nor has it restarted
    // ever: the Restart State bit stays clear.
    let kept: BTreeSet<Family> =
        if wanted.routes.is_empty() { own.families.clone() } else { BTreeSet::new() };
    let graceful_restart = own.graceful_restart.map(|time| GracefulRestart {
        time,
        families: kept.into_iter().map(|family| (family, false)).collect(),
        ..GracefulRestart::default()
    });
    Open {
        asn: own.local_asn,
        hold: hold(wanted),
        router_id: wanted.router_id,
        capabilities: Capabilities {
            families: Some(own.families.clone()),
            route_refresh: true,
            extended_next_hop: offers_extended_next_hop(wanted),
            four_octet_as: true,
            graceful_restart,
        },
    }
}

fn hold(wanted: &Wanted) -> u16 {
    u16::try_from(wanted.parameters.hold).unwrap_or(u16::MAX)
}

fn offers_extended_next_hop(wanted: &Wanted) -> bool {
    wanted.unnumbered && wanted.parameters.families.contains(&Family::V4)
}

/// Why the peer's OPEN is not agreed to, as it is told and as it is seen here.
pub(super) fn refusal(open: &Open, wanted: &Wanted) -> Option<(Reason, End)> {
    let own = &wanted.parameters;
    let wrong_as = match own.remote_asn {
        RemoteAsn::Number(expected) => open.asn != expected,
        RemoteAsn::Own => open.asn != own.local_asn,
        RemoteAsn::Other => open.asn == own.local_asn,
        RemoteAsn::Any => false,
    };
    if wrong_as {
        return Some((Reason::BAD_PEER_AS, End::WrongAs(open.asn)));
    }
    if matches!(open.hold, 1 | 2) {
        let end = End::Unacceptable("a hold time below 3 seconds");
        return Some((Reason::UNACCEPTABLE_HOLD_TIME, end));
    }
    // Only within one AS must the two differ (RFC 6286, section 2.2).
    let same = open.asn == own.local_asn && open.router_id == wanted.router_id;
    if open.router_id.is_unspecified() || same {
        let end = End::Unacceptable("the router ID of this side, or none");
        return Some((Reason::BAD_IDENTIFIER, end));
    }
    None
}

/// What both can agree on.
pub(super) fn negotiated(open: &Open, wanted: &Wanted) -> Negotiated {
    let theirs = &open.capabilities;
    // Who does not say carries IPv4 (RFC 4760, section 8).
    let offered = theirs.families.clone().unwrap_or_else(|| [Family::V4].into());
    Negotiated {
        asn: open.asn,
        router_id: open.router_id,
        hold: open.hold.min(hold(wanted)),
        families: offered.intersection(&wanted.parameters.families).copied().collect(),
        offered,
        four_octet_as: theirs.four_octet_as,
        route_refresh: theirs.route_refresh,
        extended_next_hop: theirs.extended_next_hop && offers_extended_next_hop(wanted),
        graceful_restart: theirs.graceful_restart.as_ref().map(|restart| restart.time),
    }
}
