//! OPEN messages: this side's, and what follows from both (RFC 5492).

use std::collections::BTreeSet;

use netgauze_bgp_pkt::capabilities::{
    BgpCapability, FourOctetAsCapability, GracefulRestartAddressFamily, GracefulRestartCapability,
    MultiProtocolExtensionsCapability,
};
use netgauze_bgp_pkt::open::{BgpOpenMessage, BgpOpenMessageParameter};
use netgauze_iana::address_family::AddressType;

use super::{AS_TRANS, Negotiated, Wanted};
use crate::ip::Family;
use crate::verify::sessions::Parameters;

fn address_type(family: Family) -> AddressType {
    match family {
        Family::V4 => AddressType::Ipv4Unicast,
        Family::V6 => AddressType::Ipv6Unicast,
    }
}

/// This side's OPEN.
pub(super) fn open(wanted: &Wanted) -> BgpOpenMessage {
    let own = &wanted.parameters;
    let families: Vec<AddressType> = own.families.iter().copied().map(address_type).collect();
    let mut capabilities: Vec<BgpCapability> = families
        .iter()
        .map(|family| {
            BgpCapability::MultiProtocolExtensions(MultiProtocolExtensionsCapability::new(*family))
        })
        .collect();
    capabilities.push(BgpCapability::RouteRefresh);
    capabilities.push(BgpCapability::FourOctetAs(FourOctetAsCapability::new(own.local_asn)));
    // Nobody is to keep routes of a program that will not come back.
    if let Some(time) = own.graceful_restart.filter(|_| wanted.routes.is_empty()) {
        let kept = |family: &AddressType| GracefulRestartAddressFamily::new(false, *family);
        let families: Vec<GracefulRestartAddressFamily> = families.iter().map(kept).collect();
        let restart = GracefulRestartCapability::new(false, false, time, families);
        capabilities.push(BgpCapability::GracefulRestartCapability(restart));
    }
    let parameters = vec![BgpOpenMessageParameter::new_capabilities(capabilities)];
    let asn = u16::try_from(own.local_asn).unwrap_or(AS_TRANS);
    let hold = u16::try_from(own.hold).unwrap_or(u16::MAX);
    BgpOpenMessage::new(asn, hold, wanted.router_id, parameters)
}

/// What both can agree on.
pub(super) fn negotiated(open: &BgpOpenMessage, own: &Parameters) -> Negotiated {
    let capabilities = open.capabilities();
    let mut offered: BTreeSet<Family> = BTreeSet::new();
    let mut found = Negotiated {
        asn: open.my_asn4(),
        router_id: open.bgp_id(),
        hold: open.hold_time().min(u16::try_from(own.hold).unwrap_or(u16::MAX)),
        families: BTreeSet::new(),
        offered: BTreeSet::new(),
        four_octet_as: false,
        route_refresh: false,
        graceful_restart: None,
    };
    let mut multiprotocol = false;
    for capability in capabilities {
        match capability {
            BgpCapability::MultiProtocolExtensions(family) => {
                multiprotocol = true;
                let families = [Family::V4, Family::V6];
                offered.extend(
                    families.into_iter().filter(|f| address_type(*f) == family.address_type()),
                );
            }
            BgpCapability::FourOctetAs(_) => found.four_octet_as = true,
            BgpCapability::RouteRefresh => found.route_refresh = true,
            BgpCapability::GracefulRestartCapability(restart) => {
                found.graceful_restart = Some(restart.time());
            }
            _ => {}
        }
    }
    if !multiprotocol {
        // Who does not say carries IPv4 (RFC 4760, section 8).
        offered.insert(Family::V4);
    }
    found.families = offered.intersection(&own.families).copied().collect();
    found.offered = offered;
    found
}
