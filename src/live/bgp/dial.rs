//! Connecting to a peer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, Socket, Type};

use super::super::link::Interface;
use super::super::sys;
use super::super::wires::Stop;
use super::evidence::Unsigned;
use super::listen::own_address;
use super::routes::NextHops;
use crate::verify::sessions::{Authentication, Parameters, Source};

/// How long it is waited for an answer to a connection without a password.
const LOOK: Duration = Duration::from_secs(3);

/// Why there is no connection.
#[derive(Debug)]
pub enum DialError {
    /// Nobody answered in time.
    Timeout(Duration),
    /// The host is there, and nobody listens on the port.
    Refused,
    /// There is no way to the peer.
    Unreachable,
    /// A rule of this host's own forbids it.
    Forbidden,
    /// The peer did not dial in time; so many others did, and were turned away.
    NotDialled {
        /// Where it was waited for.
        at: SocketAddr,
        /// How long.
        patience: Duration,
        /// How many connections of others there were.
        strangers: u64,
    },
    /// Somebody else listens there.
    Taken(SocketAddr),
    /// A signal came.
    Interrupted,
    /// The configuration asks for what cannot be done here.
    Impossible(String),
    /// Something else.
    System(io::Error),
}

/// Whom a connection is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its address.
    pub address: IpAddr,
    /// The interface that it is on, where its address is a link-local one.
    pub interface: Option<Interface>,
}

impl Neighbour {
    /// This port of an address beside the peer, on the same link.
    pub(super) fn beside(&self, address: IpAddr, port: u16) -> SocketAddr {
        match (address, &self.interface) {
            (IpAddr::V6(ip), Some(interface)) if ip.is_unicast_link_local() => {
                SocketAddrV6::new(ip, port, 0, interface.index).into()
            }
            _ => SocketAddr::new(address, port),
        }
    }
}

/// Connects as the parameters say: their source, TTL, VRF and password.
///
/// # Errors
/// Why there is no connection.
pub fn dial(
    peer: &Neighbour,
    parameters: &Parameters,
    patience: Duration,
    stop: &Stop,
) -> Result<Socket, DialError> {
    let to = peer.beside(peer.address, parameters.port);
    let socket = prepared(peer, parameters)?;
    if let Some(source) = source(peer, &parameters.source)? {
        let bound = socket.bind(&peer.beside(source, 0).into());
        bound.map_err(|error| {
            DialError::Impossible(format!("the source address {source} is not here: {error}"))
        })?;
    }
    match socket.connect(&to.into()) {
        Ok(()) => return Ok(socket),
        Err(error) if is(&error, Errno::EINPROGRESS) => {}
        Err(error) => return Err(failed(error)),
    }
    if !is_ready(&socket, PollFlags::POLLOUT, Instant::now() + patience, stop)? {
        return Err(DialError::Timeout(patience));
    }
    match socket.take_error() {
        Ok(None) => Ok(socket),
        Ok(Some(error)) | Err(error) => Err(failed(error)),
    }
}

/// Tries to connect without the password, after silence: the peer's answer says what its
/// silence meant. Nothing is sent on the connection, which is reset at once.
pub fn look_unsigned(
    peer: &Neighbour,
    parameters: &Parameters,
    patience: Duration,
    stop: &Stop,
) -> Option<Unsigned> {
    if parameters.authentication == Authentication::None {
        return None;
    }
    let plain = Parameters { authentication: Authentication::None, ..parameters.clone() };
    match dial(peer, &plain, patience.min(LOOK), stop) {
        Ok(socket) => {
            // Without this it would linger as a session that is closed in an orderly way.
            let _ = socket.set_linger(Some(Duration::ZERO));
            Some(Unsigned::Taken)
        }
        Err(DialError::Refused) => Some(Unsigned::Refused),
        Err(DialError::Timeout(_)) => Some(Unsigned::Silent),
        Err(_) => None,
    }
}

/// Waits until the socket is ready for that; whether it is before the deadline.
pub(super) fn is_ready(
    socket: &Socket,
    wanted: PollFlags,
    deadline: Instant,
    stop: &Stop,
) -> Result<bool, DialError> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let mut both =
            [PollFd::new(socket.as_fd(), wanted), PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
        // A wait of less than a millisecond would be none.
        let timeout = PollTimeout::try_from(left.max(Duration::from_millis(1)));
        match poll(&mut both, timeout.unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(DialError::System(error.into())),
        }
        if stop.asked() {
            return Err(DialError::Interrupted);
        }
        let [of_socket, _] = both;
        if of_socket.any().unwrap_or(true) {
            return Ok(true);
        }
    }
}

/// A socket with what both who dials and who listens needs: TTL, VRF, password.
pub(super) fn prepared(peer: &Neighbour, parameters: &Parameters) -> Result<Socket, DialError> {
    let system = DialError::System;
    let address = SocketAddr::new(peer.address, 0);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP));
    let socket = socket.map_err(system)?;
    socket.set_nonblocking(true).map_err(system)?;
    if let Some(ttl) = parameters.ttl {
        let set = match peer.address {
            IpAddr::V4(_) => socket.set_ttl_v4(ttl.into()),
            IpAddr::V6(_) => socket.set_unicast_hops_v6(ttl.into()),
        };
        set.map_err(system)?;
    }
    if let Some(vrf) = &parameters.vrf {
        let bound = socket.bind_device(Some(vrf.as_bytes()));
        bound.map_err(|error| DialError::Impossible(format!("the VRF {vrf}: {error}")))?;
    }
    match &parameters.authentication {
        Authentication::None => {}
        Authentication::Password(None) => {
            return Err(DialError::Impossible(
                "the Secret with the password is not in the input".to_owned(),
            ));
        }
        Authentication::Password(Some(password)) => {
            sys::sign_tcp(&socket, address, password)
                .map_err(|error| DialError::Impossible(unsigned(&error)))?;
        }
    }
    Ok(socket)
}

/// Why nothing can be signed, and what helps.
fn unsigned(error: &io::Error) -> String {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ENOPROTOOPT) => {
            "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG): run it on a host whose kernel has \
             it, such as the node itself"
                .to_owned()
        }
        Some(Errno::EPERM | Errno::EACCES) => {
            "TCP MD5 is not permitted here (a sandbox, or a kernel in FIPS mode): run it on the \
             node itself, outside of it"
                .to_owned()
        }
        _ => format!("TCP MD5: {error}"),
    }
}

/// The source address, where one is set.
pub(super) fn source(peer: &Neighbour, source: &Source) -> Result<Option<IpAddr>, DialError> {
    match source {
        Source::Routed => Ok(None),
        Source::Address(text) => text
            .parse()
            .map(Some)
            .map_err(|_| DialError::Impossible(format!("{text} is no source address"))),
        Source::Interface(name) => {
            let interface = Interface::find(name)
                .map_err(|error| DialError::Impossible(error.with_remedy()))?;
            let mut own = interface.addresses.iter().map(ipnet::IpNet::addr);
            let fits = own.find(|ip| ip.is_ipv4() == peer.address.is_ipv4());
            let none = || DialError::Impossible(format!("{name} has no address of that family"));
            fits.map(Some).ok_or_else(none)
        }
    }
}

/// The address of this host that a connection to the peer leaves from, before there is
/// one; `None` where there is none to be had.
pub fn local_address(peer: &Neighbour, parameters: &Parameters) -> Option<IpAddr> {
    match source(peer, &parameters.source) {
        Ok(Some(configured)) => Some(configured),
        // Within a VRF other routes count.
        Ok(None) if parameters.vrf.is_none() => own_address(peer).ok(),
        Ok(None) | Err(_) => None,
    }
}

pub(super) fn is(error: &io::Error, errno: Errno) -> bool {
    error.raw_os_error().map(Errno::from_raw) == Some(errno)
}

fn failed(error: io::Error) -> DialError {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ECONNREFUSED) => DialError::Refused,
        // EINVAL: a blackhole route.
        Some(Errno::EHOSTUNREACH | Errno::ENETUNREACH | Errno::EADDRNOTAVAIL | Errno::EINVAL) => {
            DialError::Unreachable
        }
        Some(Errno::EPERM | Errno::EACCES) => DialError::Forbidden,
        Some(Errno::ETIMEDOUT) => DialError::Timeout(Duration::ZERO),
        _ => DialError::System(error),
    }
}

/// The addresses of this host that a connection leaves from: its own, and of the
/// other family that of the same interface. For a neighbour on a link those of the
/// link, with the link-local one.
///
/// # Errors
/// What the system refuses.
pub fn next_hops(socket: &Socket, peer: &Neighbour) -> io::Result<NextHops> {
    let local = socket.local_addr()?.as_socket().map(|local| local.ip().to_canonical());
    let all = Interface::all().map_err(io::Error::other)?;
    let has = |one: &&Interface| match &peer.interface {
        Some(interface) => one.index == interface.index,
        None => local.is_some_and(|local| one.addresses.iter().any(|net| net.addr() == local)),
    };
    let beside = all.iter().find(has).map(|one| one.addresses.as_slice()).unwrap_or_default();
    Ok(hops(local, beside.iter().map(ipnet::IpNet::addr), peer.interface.is_some()))
}

/// The next hop that GoBGP gives to routes of whatever family, and so Cilium: the
/// connection's own address, that of IPv4 to IPv6 as `::ffff:192.0.2.1`. For a neighbour on a
/// link as [`next_hops`] has them.
///
/// # Errors
/// What the system refuses.
pub fn own_next_hop(socket: &Socket, peer: &Neighbour) -> io::Result<NextHops> {
    if peer.interface.is_some() {
        return next_hops(socket, peer);
    }
    let local = socket.local_addr()?.as_socket().map(|local| local.ip().to_canonical());
    Ok(local.map(own_hop).unwrap_or_default())
}

fn own_hop(local: IpAddr) -> NextHops {
    match local {
        IpAddr::V4(ip) => {
            NextHops { v4: Some(ip), v6: Some(ip.to_ipv6_mapped()), ..NextHops::default() }
        }
        IpAddr::V6(ip) => NextHops { v6: Some(ip), v4_by_v6: true, ..NextHops::default() },
    }
}

fn hops(local: Option<IpAddr>, beside: impl Iterator<Item = IpAddr>, on_link: bool) -> NextHops {
    let mut hops = NextHops::default();
    let link_local = |ip: &Ipv6Addr| ip.is_unicast_link_local();
    for ip in local.into_iter().chain(beside) {
        match ip {
            IpAddr::V4(ip) => hops.v4 = hops.v4.or(Some(ip)),
            IpAddr::V6(ip) if !link_local(&ip) => hops.v6 = hops.v6.or(Some(ip)),
            IpAddr::V6(ip) if on_link => hops.link_local = hops.link_local.or(Some(ip)),
            IpAddr::V6(_) => {}
        }
    }
    hops
}

/// The router ID that this side shows where none is set: the connection's own
/// address, else the first of IPv4 on this host.
///
/// # Errors
/// What the system refuses.
pub fn router_id(socket: &Socket) -> io::Result<Option<Ipv4Addr>> {
    let local = socket.local_addr()?.as_socket().map(|local| local.ip().to_canonical());
    if let Some(IpAddr::V4(ip)) = local {
        return Ok(Some(ip));
    }
    let all = Interface::all().map_err(io::Error::other)?;
    let addresses = all.iter().filter(|one| !one.loopback).flat_map(|one| &one.addresses);
    let v4 = |net: &ipnet::IpNet| match net.addr() {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    };
    Ok(addresses.filter_map(v4).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_hops_are_the_connections_own_address_and_those_beside_it() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let beside = ["192.0.2.1", "192.0.2.9", "fe80::1", "2001:db8::1", "2001:db8::9"].map(ip);
        let found = hops(Some(ip("192.0.2.9")), beside.into_iter(), false);
        let expected = NextHops {
            v4: Some([192, 0, 2, 9].into()),
            v6: Some("2001:db8::1".parse().unwrap()),
            ..NextHops::default()
        };
        assert_eq!(found, expected);
        let found = hops(Some(ip("fe80::1")), [ip("fe80::1")].into_iter(), true);
        let link_local = Some("fe80::1".parse().unwrap());
        assert_eq!(found, NextHops { link_local, ..NextHops::default() });
    }

    #[test]
    fn gobgp_has_one_next_hop_for_both_families() {
        let v4 = own_hop([192, 0, 2, 9].into());
        let mapped = "::ffff:192.0.2.9".parse().ok();
        assert_eq!((v4.v4, v4.v6, v4.v4_by_v6), (Some([192, 0, 2, 9].into()), mapped, false));
        let global: Ipv6Addr = "2001:db8::9".parse().unwrap();
        let v6 = own_hop(global.into());
        assert_eq!((v6.v4, v6.v6, v6.v4_by_v6), (None, Some(global), true));
    }

    #[test]
    fn what_keeps_from_signing_has_its_remedy() {
        for (errno, says) in [
            (Errno::ENOPROTOOPT, "(CONFIG_TCP_MD5SIG): run it on a host whose kernel has it"),
            (Errno::EPERM, "FIPS mode): run it on the node itself"),
            (Errno::ENOMEM, "TCP MD5: "),
        ] {
            let text = unsigned(&errno.into());
            assert!(text.contains(says), "{text}");
        }
    }

    #[test]
    fn only_a_link_local_address_belongs_to_its_interface() {
        let interface = Interface {
            name: "eth0".to_owned(),
            index: 7,
            mac: None,
            addresses: Vec::new(),
            running: true,
            loopback: false,
        };
        let address = "fe80::1".parse().unwrap();
        let peer = Neighbour { address, interface: Some(interface) };
        assert_eq!(peer.beside(address, 179).to_string(), "[fe80::1%7]:179");
        let other = "2001:db8::1".parse().unwrap();
        assert_eq!(peer.beside(other, 179).to_string(), "[2001:db8::1]:179");
    }
}
