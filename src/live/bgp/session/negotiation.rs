//! What this side's OPEN says, and what follows from both (RFC 5492).

use std::collections::BTreeSet;

use super::super::open::{Capabilities, GracefulRestart, Open};
use super::{Negotiated, Wanted};
use crate::ip::Family;

/// This side's OPEN.
pub(super) fn open(wanted: &Wanted) -> Open {
    let own = &wanted.parameters;
    // Nobody is to keep routes of a program that will not come back: with routes to
    // send it only says that it understands (RFC 4724, section 3).
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
