//! Questions to the kernel (rtnetlink(7)): a request out, messages with their attributes
//! in.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd as _, OwnedFd};

use nix::sys::socket::{
    self, AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType,
};

pub(super) const ERROR: u16 = 2;
pub(super) const DONE: u16 = 3;
/// NLM_F_REQUEST: one answer.
const REQUEST: u16 = 0x1;
/// NLM_F_REQUEST and NLM_F_DUMP: all that there is.
const REQUEST_DUMP: u16 = REQUEST | 0x300;
/// The header of a message.
const HEADER: u32 = 16;
/// A dump is read in parts; more of them than this is no table.
const MAX_PARTS: usize = 1 << 16;

/// A socket of rtnetlink; with `groups` it is told of events.
pub(super) fn open(groups: u32, flags: SockFlag) -> nix::Result<OwnedFd> {
    let flags = flags | SockFlag::SOCK_CLOEXEC;
    let protocol = SockProtocol::NetlinkRoute;
    let socket = socket::socket(AddressFamily::Netlink, SockType::Raw, flags, protocol)?;
    socket::bind(socket.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
    Ok(socket)
}

/// Asks for a whole table; each message of it, its kind first, is taken in.
pub(super) fn dump(kind: u16, body: &[u8], mut take: impl FnMut(u16, &[u8])) -> io::Result<()> {
    let socket = asked(kind, REQUEST_DUMP, body)?;
    let mut buffer = vec![0; 1 << 16];
    for _ in 0..MAX_PARTS {
        let length = socket::recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
        if read(buffer.get(..length).unwrap_or_default(), &mut take)? {
            return Ok(());
        }
    }
    Err(io::Error::other("the kernel does not come to an end"))
}

/// Asks for one thing.
pub(super) fn ask(kind: u16, body: &[u8], mut take: impl FnMut(u16, &[u8])) -> io::Result<()> {
    let socket = asked(kind, REQUEST, body)?;
    let mut buffer = vec![0; 1 << 16];
    let length = socket::recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
    read(buffer.get(..length).unwrap_or_default(), &mut take).map(|_| ())
}

fn asked(kind: u16, flags: u16, body: &[u8]) -> io::Result<OwnedFd> {
    let socket = open(0, SockFlag::empty())?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?.saturating_add(HEADER);
    let mut request = Vec::from(length.to_ne_bytes());
    request.extend(kind.to_ne_bytes());
    request.extend(flags.to_ne_bytes());
    request.extend([0; 8]);
    request.extend(body);
    socket::send(socket.as_raw_fd(), &request, MsgFlags::empty())?;
    Ok(socket)
}

/// Takes in one part of an answer; whether it was the last of a dump.
pub(super) fn read(mut bytes: &[u8], take: &mut impl FnMut(u16, &[u8])) -> io::Result<bool> {
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
            kind => take(kind, message),
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

/// The attributes of a message, each with its kind; it ends where one cannot be read.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let [l0, l1, k0, k1, ..] = *bytes else { return None };
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_ne_bytes([k0, k1]), value))
    })
}

/// An address of either family.
pub(super) fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in super::super) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len() + 4).unwrap();
        let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    pub(in super::super) fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 16).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn messages_are_taken_until_the_dump_is_done() {
        let mut kinds = Vec::new();
        let part = [message(28, &[1; 4]), message(24, &[1; 8])].concat();
        let mut take = |kind, body: &[u8]| kinds.push((kind, body.len()));
        assert!(!read(&part, &mut take).unwrap());
        assert!(read(&message(DONE, &[0; 4]), &mut take).unwrap());
        assert_eq!(kinds, [(28, 4), (24, 8)]);
    }

    #[test]
    fn what_the_kernel_refuses_is_an_error() {
        let refused = message(ERROR, &(-1_i32).to_ne_bytes());
        let error = read(&refused, &mut |_, _: &[u8]| {}).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(1));
        let mut short = message(DONE, &[]);
        short[0] = 200;
        assert!(read(&short, &mut |_, _: &[u8]| {}).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..64), kind in 0u16..32) {
            let mut take = |_, bytes: &[u8]| assert!(attributes(bytes).count() <= bytes.len());
            let _ = read(&body, &mut take);
            let _ = read(&message(kind, &body), &mut take);
        }
    }
}
