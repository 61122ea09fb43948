//! The kernel's neighbour table (rtnetlink(7), RTM_GETNEIGH).

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::os::fd::OwnedFd;

use nix::sys::socket::SockFlag;

use super::Mac;
use super::error::LiveError;
use super::identity::Neighbour;
use super::netlink::{self, address, attributes};

const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOUR: u16 = 30;
const LINK_GROUP: u32 = 1;
const ATTRIBUTE_DESTINATION: u16 = 1;
const ATTRIBUTE_LINK_LAYER: u16 = 2;
/// The states in which an entry's link-layer address is known: reachable, stale,
/// delay, probe, permanent.
const KNOWN: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
/// The state in which it has answered just now.
const REACHABLE: u16 = 0x02;
/// The states in which it is asked for, or was in vain: incomplete, failed.
const IN_VAIN: u16 = 0x01 | 0x20;
/// NTF_ROUTER: it has said to be a router.
const ROUTER: u8 = 0x80;

fn system(what: &'static str) -> impl Fn(io::Error) -> LiveError {
    move |error| LiveError::System { what, error }
}

/// A socket that becomes readable when an interface changes.
///
/// # Errors
/// What the system refuses.
pub fn link_events() -> Result<OwnedFd, LiveError> {
    let opened = netlink::open(LINK_GROUP, SockFlag::SOCK_NONBLOCK);
    opened.map_err(|error| system("listening for changes of interfaces")(error.into()))
}

/// Where the kernel has found its neighbours.
///
/// # Errors
/// What the system refuses.
pub fn neighbours() -> Result<Vec<Neighbour>, LiveError> {
    let all = dump().map_err(system("reading the neighbour table"))?;
    let found = all.into_iter().filter_map(|entry| {
        let mac = entry.known()?;
        Some(Neighbour { interface: entry.interface, ip: entry.ip, mac })
    });
    Ok(found.collect())
}

/// The link-local addresses of the routers on an interface, as far as the kernel has
/// found them.
///
/// # Errors
/// What the system refuses.
pub fn routers(interface: u32) -> Result<Vec<Ipv6Addr>, LiveError> {
    let all = dump().map_err(system("reading the neighbour table"))?;
    let here = all.into_iter().filter(|entry| entry.router && entry.interface == interface);
    let local = here.filter(|entry| entry.known().is_some()).filter_map(|entry| match entry.ip {
        IpAddr::V6(ip) => Some(ip).filter(Ipv6Addr::is_unicast_link_local),
        IpAddr::V4(_) => None,
    });
    Ok(local.collect())
}

/// Whether a neighbour answers ARP or NDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// It has, just now.
    Yes,
    /// It was asked for in vain.
    No,
    /// It was not asked, or has not answered for a while.
    Unknown,
}

/// Whether a neighbour answers, as the kernel has found.
///
/// # Errors
/// What the system refuses.
pub fn answers(interface: u32, ip: IpAddr) -> Result<Answers, LiveError> {
    let all = dump().map_err(system("reading the neighbour table"))?;
    let entry = all.iter().find(|entry| entry.interface == interface && entry.ip == ip);
    Ok(entry.map_or(Answers::Unknown, Entry::answers))
}

/// An entry of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    interface: u32,
    ip: IpAddr,
    mac: Option<Mac>,
    state: u16,
    router: bool,
}

impl Entry {
    /// Its link-layer address, where that is known.
    fn known(&self) -> Option<Mac> {
        self.mac.filter(|mac| self.state & KNOWN != 0 && mac.is_unicast())
    }

    fn answers(&self) -> Answers {
        match self.state {
            state if state & REACHABLE != 0 => Answers::Yes,
            state if state & IN_VAIN != 0 => Answers::No,
            _ => Answers::Unknown,
        }
    }
}

fn dump() -> io::Result<Vec<Entry>> {
    let mut table = Vec::new();
    // An empty struct ndmsg: every family, every interface.
    netlink::dump(GET_NEIGHBOUR, &[0; 12], |kind, message| {
        table.extend(neighbour(kind, message));
    })?;
    Ok(table)
}

/// `struct ndmsg` and its attributes.
fn neighbour(kind: u16, message: &[u8]) -> Option<Entry> {
    let (fixed, rest) = message.split_first_chunk::<12>().filter(|_| kind == NEW_NEIGHBOUR)?;
    let [_, _, _, _, i0, i1, i2, i3, s0, s1, flags, _] = *fixed;
    let (mut ip, mut mac) = (None, None);
    for (kind, value) in attributes(rest) {
        match kind {
            ATTRIBUTE_DESTINATION => ip = address(value),
            ATTRIBUTE_LINK_LAYER => mac = <[u8; 6]>::try_from(value).ok().map(Mac),
            _ => {}
        }
    }
    Some(Entry {
        interface: u32::from_ne_bytes([i0, i1, i2, i3]),
        ip: ip?,
        mac,
        state: u16::from_ne_bytes([s0, s1]),
        router: flags & ROUTER != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::netlink::tests::attribute;
    use super::*;

    fn entry(state: u16, flags: u8, ip: &[u8], mac: &[u8]) -> Entry {
        let mut body = vec![2, 0, 0, 0];
        body.extend(7_u32.to_ne_bytes());
        body.extend(state.to_ne_bytes());
        body.extend([flags, 1]);
        body.extend(attribute(ATTRIBUTE_DESTINATION, ip));
        body.extend(attribute(9, &[1]));
        body.extend(attribute(ATTRIBUTE_LINK_LAYER, mac));
        neighbour(NEW_NEIGHBOUR, &body).unwrap()
    }

    #[test]
    fn entries_are_read_with_their_state() {
        let v6 = "2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets();
        let (v4, mac) = ([192, 0, 2, 1], [2, 0, 0, 0, 0, 1]);
        for (state, flags, ip, mac, known, answers) in [
            (REACHABLE, 0, &v4[..], &mac[..], true, Answers::Yes),
            (0x04, ROUTER, &v6, &mac, true, Answers::Unknown),
            (0x01, 0, &v4, &[], false, Answers::No),
            (0x20, 0, &v4, &mac, false, Answers::No),
            (0x40, 0, &[224, 0, 0, 1], &[1, 0, 0x5e, 0, 0, 1], false, Answers::Unknown),
            (0x80, 0, &v4, &[0; 20], false, Answers::Unknown),
        ] {
            let entry = entry(state, flags, ip, mac);
            assert_eq!((entry.interface, Some(entry.ip)), (7, address(ip)));
            assert_eq!((entry.known().is_some(), entry.answers()), (known, answers), "{state:x}");
            assert_eq!(entry.router, flags == ROUTER);
        }
    }

    #[test]
    fn other_messages_and_cut_off_ones_are_passed_over() {
        assert_eq!(neighbour(24, &[0; 40]), None);
        assert_eq!(neighbour(NEW_NEIGHBOUR, &[0; 11]), None);
        assert_eq!(neighbour(NEW_NEIGHBOUR, &[0; 12]), None);
    }
}
