//! Who is at the other end of a link, for sessions that are configured by interface
//! only (unnumbered): the router that sends advertisements there (RFC 4861, section
//! 4.1, 4.2).
//!
//! FRR finds its peers so, and takes a connection only from whom it has found. So a
//! solicitation is sent, and an advertisement of this side: with a router lifetime of
//! 0, so that no host takes this one for its router, and without prefixes.

use std::collections::BTreeSet;
use std::io::{self, IoSliceMut};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::time::{Duration, Instant};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{self, ControlMessageOwned, MsgFlags, SockaddrIn6};
use socket2::{Domain, Protocol, Socket, Type};

use super::Mac;
use super::error::LiveError;
use super::link::Interface;
use super::ndp::ALL_NODES;
use super::neighbours;
use super::wires::Stop;

const SOLICITATION: u8 = 133;
const ADVERTISEMENT: u8 = 134;
const SOURCE_LINK_LAYER: u8 = 1;
/// Type, code, checksum, hop limit, flags, lifetime, two timers.
const ADVERTISEMENT_FIXED: usize = 16;
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
const HOP_LIMIT: u8 = 255;
/// RFC 4861, section 10: so many solicitations, though sooner one after the other.
const SOLICITATIONS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// How long others may still answer after the first.
const OTHERS: Duration = Duration::from_millis(300);
/// More routers than this are not told apart.
const MAX_ROUTERS: usize = 16;

/// Why there is nobody to connect to.
#[derive(Debug)]
pub enum NoRouter {
    /// Nobody has said to be a router.
    None,
    /// Several have: which one is meant does not follow.
    Several(Vec<Ipv6Addr>),
    /// A signal came.
    Interrupted,
    /// It cannot be found out on this host.
    Impossible(LiveError),
}

/// The router on the link of an interface.
///
/// # Errors
/// Why there is none.
pub fn find(interface: &Interface, patience: Duration, stop: &Stop) -> Result<Ipv6Addr, NoRouter> {
    let socket = open(interface).map_err(|error| {
        NoRouter::Impossible(LiveError::from_io("an ICMPv6 socket", "CAP_NET_RAW", error))
    })?;
    let own: Vec<_> = interface.addresses.iter().map(ipnet::IpNet::addr).collect();
    let system =
        |error| NoRouter::Impossible(LiveError::System { what: "looking for routers", error });
    let mut deadline = Instant::now() + patience;
    let (mut sent, mut found) = (0, BTreeSet::new());
    let mut ask_at = Instant::now();
    loop {
        let now = Instant::now();
        if now >= deadline {
            break;
        }
        if sent < SOLICITATIONS && ask_at <= now {
            ask(&socket, interface).map_err(system)?;
            sent += 1;
            ask_at = now + PAUSE;
        }
        let until = if sent < SOLICITATIONS { deadline.min(ask_at) } else { deadline };
        wait(&socket, stop, until.saturating_duration_since(now)).map_err(system)?;
        if stop.asked() {
            return Err(NoRouter::Interrupted);
        }
        while let Some((from, hop_limit, bytes)) = receive(&socket).map_err(system)? {
            let news = is_advertisement(from, hop_limit, &bytes) && !own.contains(&from.into());
            if news && found.len() < MAX_ROUTERS && found.insert(from) {
                deadline = deadline.min(Instant::now() + OTHERS);
            }
        }
    }
    if found.is_empty() {
        // One that only answers others may have told the kernel that it is a router.
        let known = neighbours::routers(interface.index).map_err(NoRouter::Impossible)?;
        found = known.into_iter().take(MAX_ROUTERS).collect();
    }
    let found: Vec<Ipv6Addr> = found.into_iter().collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(NoRouter::None),
        _ => Err(NoRouter::Several(found)),
    }
}

/// A socket for ICMPv6 on one interface. The kernel adds and checks the checksums.
fn open(interface: &Interface) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6))?;
    socket.set_nonblocking(true)?;
    socket.bind_device(Some(interface.name.as_bytes()))?;
    socket.set_multicast_if_v6(interface.index)?;
    socket.set_multicast_hops_v6(HOP_LIMIT.into())?;
    socket.set_multicast_loop_v6(false)?;
    socket::setsockopt(&socket, socket::sockopt::Ipv6RecvHopLimit, &true)?;
    Ok(socket)
}

fn ask(socket: &Socket, interface: &Interface) -> io::Result<()> {
    let mac = interface.mac.filter(|mac| mac.is_unicast());
    for (group, message) in [(ALL_NODES, advertisement(mac)), (ALL_ROUTERS, solicitation(mac))] {
        let to = SocketAddr::from(SocketAddrV6::new(group, 0, 0, interface.index));
        socket.send_to(&message, &to.into())?;
    }
    Ok(())
}

/// A solicitation; the checksum is left to the kernel.
fn solicitation(mac: Option<Mac>) -> Vec<u8> {
    let mut bytes = vec![SOLICITATION, 0, 0, 0, 0, 0, 0, 0];
    source_link_layer(mac, &mut bytes);
    bytes
}

/// An advertisement of a router that nobody is to use: everything in it is 0, which
/// means unspecified.
fn advertisement(mac: Option<Mac>) -> Vec<u8> {
    let mut bytes = vec![ADVERTISEMENT];
    bytes.resize(ADVERTISEMENT_FIXED, 0);
    source_link_layer(mac, &mut bytes);
    bytes
}

fn source_link_layer(mac: Option<Mac>, bytes: &mut Vec<u8>) {
    if let Some(mac) = mac {
        bytes.extend([SOURCE_LINK_LAYER, 1]);
        bytes.extend(mac.0);
    }
}

/// Whether it is one to act on (RFC 4861, section 6.1.2): from the link itself, of a
/// sound form.
fn is_advertisement(from: Ipv6Addr, hop_limit: u8, bytes: &[u8]) -> bool {
    let Some((fixed, options)) = bytes.split_first_chunk::<ADVERTISEMENT_FIXED>() else {
        return false;
    };
    let [kind, code, ..] = *fixed;
    from.is_unicast_link_local()
        && hop_limit == HOP_LIMIT
        && (kind, code) == (ADVERTISEMENT, 0)
        && sound(options)
}

/// Options of lengths that are not 0 and fit.
fn sound(mut options: &[u8]) -> bool {
    while let [_, units, ..] = *options {
        let length = usize::from(units) * 8;
        match options.get(length..) {
            Some(rest) if length > 0 => options = rest,
            _ => return false,
        }
    }
    options.is_empty()
}

fn wait(socket: &Socket, stop: &Stop, left: Duration) -> io::Result<()> {
    // A millisecond more, so that what is due is due by then.
    let left = left + Duration::from_millis(1);
    let mut both = [
        PollFd::new(socket.as_fd(), PollFlags::POLLIN),
        PollFd::new(stop.as_fd(), PollFlags::POLLIN),
    ];
    match poll(&mut both, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A message with its source and hop limit; `None` where there is none now.
fn receive(socket: &Socket) -> io::Result<Option<(Ipv6Addr, u8, Vec<u8>)>> {
    let mut buffer = [0; 2048];
    let mut control = cmsg_space!(i32);
    let mut parts = [IoSliceMut::new(&mut buffer)];
    let received = socket::recvmsg::<SockaddrIn6>(
        socket.as_raw_fd(),
        &mut parts,
        Some(&mut control),
        MsgFlags::empty(),
    );
    let message = match received {
        Ok(message) => message,
        Err(Errno::EAGAIN) => return Ok(None),
        Err(Errno::EINTR) => return Ok(Some((Ipv6Addr::UNSPECIFIED, 0, Vec::new()))),
        Err(error) => return Err(error.into()),
    };
    let hop_limit = message.cmsgs()?.find_map(|one| match one {
        ControlMessageOwned::Ipv6HopLimit(limit) => u8::try_from(limit).ok(),
        _ => None,
    });
    let from = message.address.map_or(Ipv6Addr::UNSPECIFIED, |from| from.ip());
    let length = message.bytes;
    Ok(Some((from, hop_limit.unwrap_or(0), buffer.get(..length).unwrap_or_default().to_vec())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);

    fn local() -> Ipv6Addr {
        "fe80::1".parse().unwrap()
    }

    #[test]
    fn this_side_is_nobodys_router() {
        let told = advertisement(Some(MAC));
        assert_eq!((told.len(), told[0]), (24, 134));
        assert!(told[1..16].iter().all(|byte| *byte == 0), "a lifetime of 0");
        assert_eq!(&told[16..], &[1, 1, 2, 0, 0, 0, 0, 1]);
        assert!(is_advertisement(local(), 255, &told));
        assert_eq!(solicitation(None), [133, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_may_come_from_elsewhere_is_no_advertisement() {
        let good = advertisement(Some(MAC));
        let global = "2001:db8::1".parse().unwrap();
        assert!(!is_advertisement(global, 255, &good));
        assert!(!is_advertisement(local(), 254, &good));
        assert!(!is_advertisement(local(), 255, &good[..15]));
        assert!(!is_advertisement(local(), 255, &good[..20]), "half an option");
        assert!(!is_advertisement(local(), 255, &solicitation(Some(MAC))));
        let mut code = good.clone();
        code[1] = 1;
        assert!(!is_advertisement(local(), 255, &code));
        let mut zero = good;
        zero[17] = 0;
        assert!(!is_advertisement(local(), 255, &zero), "an option of length 0");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = is_advertisement(local(), 255, &bytes);
            let forged = [advertisement(None), bytes].concat();
            let _ = is_advertisement(local(), 255, &forged);
        }
    }
}
