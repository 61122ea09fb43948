//! The kernel's neighbour table (rtnetlink(7), RTM_GETNEIGH).

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::os::fd::{AsRawFd as _, OwnedFd};

use nix::sys::socket::{
    self, AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType,
};

use super::Mac;
use super::error::LiveError;

const ERROR: u16 = 2;
const DONE: u16 = 3;
const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOUR: u16 = 30;
/// NLM_F_REQUEST and NLM_F_DUMP.
const REQUEST_DUMP: u16 = 0x1 | 0x300;
const LINK_GROUP: u32 = 1;
const ATTRIBUTE_DESTINATION: u16 = 1;
const ATTRIBUTE_LINK_LAYER: u16 = 2;
/// The states in which an entry's link-layer address is known: reachable, stale,
/// delay, probe, permanent.
const KNOWN: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
/// NTF_ROUTER: it has said to be a router.
const ROUTER: u8 = 0x80;
/// A dump is read in parts; more of them than this is not a neighbour table.
const MAX_PARTS: usize = 1 << 16;

/// A socket of rtnetlink; with `groups` it is told of events.
fn open(groups: u32, flags: SockFlag) -> nix::Result<OwnedFd> {
    let flags = flags | SockFlag::SOCK_CLOEXEC;
    let protocol = SockProtocol::NetlinkRoute;
    let socket = socket::socket(AddressFamily::Netlink, SockType::Raw, flags, protocol)?;
    socket::bind(socket.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
    Ok(socket)
}

fn system(what: &'static str) -> impl Fn(io::Error) -> LiveError {
    move |error| LiveError::System { what, error }
}

/// A socket that becomes readable when an interface changes.
///
/// # Errors
/// What the system refuses.
pub fn link_events() -> Result<OwnedFd, LiveError> {
    let opened = open(LINK_GROUP, SockFlag::SOCK_NONBLOCK);
    opened.map_err(|error| system("listening for changes of interfaces")(error.into()))
}

/// Where the kernel has found its neighbours.
///
/// # Errors
/// What the system refuses.
pub fn neighbours() -> Result<BTreeMap<IpAddr, Mac>, LiveError> {
    let all = dump().map_err(system("reading the neighbour table"))?;
    Ok(all.into_iter().map(|entry| (entry.ip, entry.mac)).collect())
}

/// The link-local addresses of the routers on an interface, as far as the kernel has
/// found them.
///
/// # Errors
/// What the system refuses.
pub fn routers(interface: u32) -> Result<Vec<Ipv6Addr>, LiveError> {
    let all = dump().map_err(system("reading the neighbour table"))?;
    let here = all.into_iter().filter(|entry| entry.router && entry.interface == interface);
    let local = here.filter_map(|entry| match entry.ip {
        IpAddr::V6(ip) => Some(ip).filter(Ipv6Addr::is_unicast_link_local),
        IpAddr::V4(_) => None,
    });
    Ok(local.collect())
}

/// An entry of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    interface: u32,
    ip: IpAddr,
    mac: Mac,
    router: bool,
}

fn dump() -> io::Result<Vec<Entry>> {
    let socket = open(0, SockFlag::empty())?;
    // A header and an empty struct ndmsg: every family, every interface.
    let mut request = Vec::from(28_u32.to_ne_bytes());
    request.extend(GET_NEIGHBOUR.to_ne_bytes());
    request.extend(REQUEST_DUMP.to_ne_bytes());
    request.extend([0; 20]);
    socket::send(socket.as_raw_fd(), &request, MsgFlags::empty())?;
    let mut table = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    for _ in 0..MAX_PARTS {
        let length = socket::recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
        if read(buffer.get(..length).unwrap_or_default(), &mut table)? {
            return Ok(table);
        }
    }
    Err(io::Error::other("the kernel does not come to an end"))
}

/// Takes in one part of a dump; whether it was the last.
fn read(mut bytes: &[u8], table: &mut Vec<Entry>) -> io::Result<bool> {
    while let Some((header, _)) = bytes.split_first_chunk::<16>() {
        let [a, b, c, d, k0, k1, ..] = *header;
        let length = u32::from_ne_bytes([a, b, c, d]);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(message) = bytes.get(16..length) else {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        };
        match u16::from_ne_bytes([k0, k1]) {
            DONE => return Ok(true),
            ERROR => return Err(refusal(message)),
            NEW_NEIGHBOUR => table.extend(neighbour(message)),
            _ => {}
        }
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

fn refusal(message: &[u8]) -> io::Error {
    match message.first_chunk::<4>() {
        Some(number) => io::Error::from_raw_os_error(i32::from_ne_bytes(*number).saturating_neg()),
        None => io::Error::from(io::ErrorKind::InvalidData),
    }
}

/// `struct ndmsg` and its attributes; `None` where the link-layer address is not known.
fn neighbour(message: &[u8]) -> Option<Entry> {
    let (fixed, mut attributes) = message.split_first_chunk::<12>()?;
    let [_, _, _, _, i0, i1, i2, i3, s0, s1, flags, _] = *fixed;
    if u16::from_ne_bytes([s0, s1]) & KNOWN == 0 {
        return None;
    }
    let (mut ip, mut mac) = (None, None);
    while let [l0, l1, k0, k1, ..] = *attributes {
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let value = attributes.get(4..length)?;
        match u16::from_ne_bytes([k0, k1]) {
            ATTRIBUTE_DESTINATION => ip = address(value),
            ATTRIBUTE_LINK_LAYER => mac = <[u8; 6]>::try_from(value).ok().map(Mac),
            _ => {}
        }
        attributes = attributes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(Entry {
        interface: u32::from_ne_bytes([i0, i1, i2, i3]),
        ip: ip?,
        mac: mac.filter(|mac| mac.is_unicast())?,
        router: flags & ROUTER != 0,
    })
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len() + 4).unwrap();
        let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 16).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes
    }

    fn entry(state: u16, ip: &[u8], mac: &[u8]) -> Vec<u8> {
        flagged(state, 0, ip, mac)
    }

    fn flagged(state: u16, flags: u8, ip: &[u8], mac: &[u8]) -> Vec<u8> {
        let mut body = vec![2, 0, 0, 0];
        body.extend(7_u32.to_ne_bytes());
        body.extend(state.to_ne_bytes());
        body.extend([flags, 1]);
        body.extend(attribute(ATTRIBUTE_DESTINATION, ip));
        body.extend(attribute(9, &[1]));
        body.extend(attribute(ATTRIBUTE_LINK_LAYER, mac));
        message(NEW_NEIGHBOUR, &body)
    }

    #[test]
    fn entries_with_a_known_address_are_taken() {
        let v6 = "2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap();
        let part = [
            entry(0x02, &[192, 0, 2, 1], &[2, 0, 0, 0, 0, 1]),
            flagged(0x04, ROUTER, &v6.octets(), &[2, 0, 0, 0, 0, 2]),
            entry(0x20, &[192, 0, 2, 3], &[2, 0, 0, 0, 0, 3]),
            entry(0x40, &[224, 0, 0, 1], &[1, 0, 0x5e, 0, 0, 1]),
            entry(0x80, &[192, 0, 2, 5], &[0; 20]),
        ]
        .concat();
        let mut table = Vec::new();
        assert!(!read(&part, &mut table).unwrap());
        assert!(read(&message(DONE, &[0; 4]), &mut table).unwrap());
        let found: Vec<String> = table
            .iter()
            .map(|one| format!("{} {} {} {}", one.interface, one.ip, one.mac, one.router))
            .collect();
        assert_eq!(
            found,
            ["7 192.0.2.1 02:00:00:00:00:01 false", "7 2001:db8::1 02:00:00:00:00:02 true"]
        );
    }

    #[test]
    fn what_the_kernel_refuses_is_an_error() {
        let refused = message(ERROR, &(-1_i32).to_ne_bytes());
        let error = read(&refused, &mut Vec::new()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(1));
        let mut short = message(DONE, &[]);
        short[0] = 200;
        assert!(read(&short, &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..64), kind in 0u16..32) {
            let _ = read(&body, &mut Vec::new());
            let _ = read(&message(kind, &body), &mut Vec::new());
        }
    }
}
