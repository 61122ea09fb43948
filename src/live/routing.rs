//! Which way this host's packets go (rtnetlink(7), RTM_GETROUTE).

use std::io;
use std::net::IpAddr;

use super::netlink::{self, address, attributes};

const NEW_ROUTE: u16 = 24;
const GET_ROUTE: u16 = 26;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
/// The tables in which packets of this host look by themselves.
const MAIN: u32 = 254;
const UNICAST: u8 = 1;
const LOCAL: u8 = 2;
/// RTM_F_CLONED: an entry of the cache, not of a table.
const CLONED: u32 = 0x200;
const DESTINATION: u16 = 1;
const INTERFACE: u16 = 4;
const GATEWAY: u16 = 5;
const PRIORITY: u16 = 6;
const MULTIPATH: u16 = 9;
const TABLE: u16 = 15;
const VIA: u16 = 18;
/// `struct rtnexthop`.
const NEXT_HOP: usize = 8;

/// The way to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is this host's own.
    Own,
    /// It is on the link of the interface with this number.
    Link(u32),
    /// It is behind this router, on the link of the interface with this number.
    Behind(IpAddr, u32),
}

/// A route as a message of the kernel has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    family: u8,
    bits: u8,
    kind: u8,
    table: u32,
    flags: u32,
    priority: u32,
    /// Router and interface, of each path.
    paths: Vec<(Option<IpAddr>, Option<u32>)>,
}

/// The way that this host's packets take to an address; `None` where there is none.
///
/// # Errors
/// What the system refuses.
pub fn way(to: IpAddr) -> io::Result<Option<Way>> {
    let mut found = None;
    let asked = netlink::ask(GET_ROUTE, &question(to), |kind, message| {
        found = found.take().or_else(|| route(kind, message));
    });
    match asked {
        Ok(()) => Ok(found.as_ref().and_then(Route::way)),
        Err(error) if is_no_way(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The router of this host's default route of a family, and the number of its interface:
/// of several, that of the lowest metric. `None` where there is none.
///
/// # Errors
/// What the system refuses.
pub fn default_gateway(v6: bool) -> io::Result<Option<(IpAddr, u32)>> {
    let mut all = Vec::new();
    let family = if v6 { AF_INET6 } else { AF_INET };
    netlink::dump(GET_ROUTE, &[family, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], |kind, message| {
        // Only these are kept: a router may have a million others.
        all.extend(route(kind, message).filter(|route| route.is_default(v6)));
    })?;
    Ok(gateway(&all))
}

/// The router of the default route that is taken first.
fn gateway(defaults: &[Route]) -> Option<(IpAddr, u32)> {
    let routers = defaults.iter().filter_map(|route| match route.way()? {
        Way::Behind(router, interface) => Some((route.priority, router, interface)),
        Way::Own | Way::Link(_) => None,
    });
    routers.min_by_key(|(priority, ..)| *priority).map(|(_, router, index)| (router, index))
}

fn is_no_way(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::InvalidInput
    )
}

/// `struct rtmsg` and the destination.
fn question(to: IpAddr) -> Vec<u8> {
    let (family, octets) = match to {
        IpAddr::V4(ip) => (AF_INET, ip.octets().to_vec()),
        IpAddr::V6(ip) => (AF_INET6, ip.octets().to_vec()),
    };
    let (bits, length) = if family == AF_INET { (32, 8_u16) } else { (128, 20) };
    let mut body = vec![family, bits, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    body.extend(length.to_ne_bytes());
    body.extend(DESTINATION.to_ne_bytes());
    body.extend(octets);
    body
}

fn number(value: &[u8]) -> Option<u32> {
    <[u8; 4]>::try_from(value).ok().map(u32::from_ne_bytes)
}

/// The address in an attribute that names its family.
fn via(value: &[u8]) -> Option<IpAddr> {
    value.get(2..).and_then(address)
}

fn route(kind: u16, message: &[u8]) -> Option<Route> {
    let (fixed, rest) = message.split_first_chunk::<12>().filter(|_| kind == NEW_ROUTE)?;
    let [family, bits, _, _, table, _, _, kind, f0, f1, f2, f3] = *fixed;
    let mut route = Route {
        family,
        bits,
        kind,
        table: table.into(),
        flags: u32::from_ne_bytes([f0, f1, f2, f3]),
        priority: 0,
        paths: Vec::new(),
    };
    let (mut gateway, mut interface) = (None, None);
    for (kind, value) in attributes(rest) {
        match kind {
            INTERFACE => interface = number(value),
            GATEWAY => gateway = address(value),
            VIA => gateway = via(value),
            PRIORITY => route.priority = number(value).unwrap_or_default(),
            TABLE => route.table = number(value).unwrap_or(route.table),
            MULTIPATH => route.paths.extend(paths(value)),
            _ => {}
        }
    }
    if gateway.is_some() || interface.is_some() {
        route.paths.push((gateway, interface));
    }
    Some(route)
}

/// The paths of one route: `struct rtnexthop` with attributes, one behind the other.
fn paths(mut bytes: &[u8]) -> Vec<(Option<IpAddr>, Option<u32>)> {
    let mut all = Vec::new();
    while let [l0, l1, _, _, i0, i1, i2, i3, ..] = *bytes {
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let Some(rest) = bytes.get(NEXT_HOP..length) else { break };
        let gateway = attributes(rest).find_map(|(kind, value)| match kind {
            GATEWAY => address(value),
            VIA => via(value),
            _ => None,
        });
        all.push((gateway, Some(u32::from_ne_bytes([i0, i1, i2, i3]))));
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    all
}

impl Route {
    fn way(&self) -> Option<Way> {
        match (self.kind, self.paths.first()?) {
            (LOCAL, _) => Some(Way::Own),
            (UNICAST, (Some(gateway), Some(interface))) => Some(Way::Behind(*gateway, *interface)),
            (UNICAST, (None, Some(interface))) => Some(Way::Link(*interface)),
            _ => None,
        }
    }

    /// Whether it is a default route of the main table.
    fn is_default(&self, v6: bool) -> bool {
        let family = if v6 { AF_INET6 } else { AF_INET };
        (self.family, self.bits, self.kind, self.table) == (family, 0, UNICAST, MAIN)
            && self.flags & CLONED == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::netlink::tests::attribute;
    use super::*;

    fn message(kind: u8, more: &[Vec<u8>]) -> Vec<u8> {
        let mut body = vec![AF_INET, 0, 0, 0, 254, 0, 0, kind, 0, 0, 0, 0];
        body.extend(more.concat());
        body
    }

    #[test]
    fn the_way_is_read() {
        let interface = attribute(INTERFACE, &7_u32.to_ne_bytes());
        let gateway = attribute(GATEWAY, &[192, 0, 2, 1]);
        let router: IpAddr = [192, 0, 2, 1].into();
        let hop = [&20_u16.to_ne_bytes()[..], &[0; 2], &9_u32.to_ne_bytes()].concat();
        let hop = [&hop, &attribute(GATEWAY, &[192, 0, 2, 1])[..]].concat();
        let hop = [&16_u16.to_ne_bytes()[..], &hop[2..]].concat();
        let v6 = "fe80::1".parse::<std::net::Ipv6Addr>().unwrap();
        let over_v6 = attribute(VIA, &[&10_u16.to_ne_bytes()[..], &v6.octets()].concat());
        for (kind, more, expected) in [
            (UNICAST, vec![interface.clone()], Some(Way::Link(7))),
            (UNICAST, vec![gateway.clone(), interface.clone()], Some(Way::Behind(router, 7))),
            (UNICAST, vec![over_v6, interface.clone()], Some(Way::Behind(v6.into(), 7))),
            (UNICAST, vec![attribute(MULTIPATH, &hop)], Some(Way::Behind(router, 9))),
            (LOCAL, vec![interface.clone()], Some(Way::Own)),
            (7, vec![interface], None),
            (UNICAST, vec![], None),
        ] {
            let found = route(NEW_ROUTE, &message(kind, &more)).unwrap();
            assert_eq!(found.way(), expected, "{found:?}");
        }
        assert_eq!(route(28, &message(UNICAST, &[])), None);
    }

    #[test]
    fn the_default_route_of_the_lowest_metric_counts() {
        let of = |metric: u32, last: u8| {
            let more = [
                attribute(INTERFACE, &7_u32.to_ne_bytes()),
                attribute(GATEWAY, &[192, 0, 2, last]),
                attribute(PRIORITY, &metric.to_ne_bytes()),
            ];
            route(NEW_ROUTE, &message(UNICAST, &more)).unwrap()
        };
        let link = attribute(INTERFACE, &7_u32.to_ne_bytes());
        let link = route(NEW_ROUTE, &message(UNICAST, &[link])).unwrap();
        let all = [of(200, 1), of(100, 2), of(100, 3), link.clone()];
        assert_eq!(gateway(&all), Some(([192, 0, 2, 2].into(), 7)));
        assert_eq!(gateway(&[link]), None);
        assert!(all.iter().all(|one| one.is_default(false) && !one.is_default(true)));
        let other = Route { table: 7, ..of(1, 1) };
        let narrow = Route { bits: 24, ..of(1, 1) };
        assert!(!other.is_default(false) && !narrow.is_default(false));
    }

    #[test]
    fn this_host_knows_the_way_to_itself() {
        assert_eq!(way([127, 0, 0, 1].into()).unwrap(), Some(Way::Own));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..96)) {
            let found = route(NEW_ROUTE, &message(UNICAST, &[attribute(MULTIPATH, &body), body]));
            let _ = found.map(|found| (found.way(), found.is_default(false)));
        }
    }
}
