//! Connecting to a peer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, Socket, Type};

use super::super::link::Interface;
use super::super::sys;
use super::super::wires::Stop;
use super::routes::NextHops;
use crate::verify::sessions::{Authentication, Parameters, Source};

/// Why there is no connection.
#[derive(Debug)]
pub enum DialError {
    /// Nobody answered in time.
    Timeout(Duration),
    /// The host is there, and nobody listens on the port.
    Refused,
    /// There is no way to the peer.
    Unreachable,
    /// A signal came.
    Interrupted,
    /// The configuration asks for what cannot be done here.
    Impossible(String),
    /// Something else.
    System(io::Error),
}

/// Connects as the parameters say: their source, TTL, VRF and password.
///
/// # Errors
/// Why there is no connection.
pub fn dial(
    peer: IpAddr,
    parameters: &Parameters,
    patience: Duration,
    stop: &Stop,
) -> Result<Socket, DialError> {
    let to = SocketAddr::new(peer, parameters.port);
    let socket = prepared(to, parameters)?;
    match socket.connect(&to.into()) {
        Ok(()) => return Ok(socket),
        Err(error) if is(&error, Errno::EINPROGRESS) => {}
        Err(error) => return Err(failed(error)),
    }
    let deadline = Instant::now() + patience;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(DialError::Timeout(patience));
        }
        let mut both = [
            PollFd::new(socket.as_fd(), PollFlags::POLLOUT),
            PollFd::new(stop.as_fd(), PollFlags::POLLIN),
        ];
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        match poll(&mut both, timeout) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(DialError::System(error.into())),
        }
        if stop.asked() {
            return Err(DialError::Interrupted);
        }
        if both.first().is_some_and(|fd| fd.any().unwrap_or(true)) {
            return match socket.take_error() {
                Ok(None) => Ok(socket),
                Ok(Some(error)) | Err(error) => Err(failed(error)),
            };
        }
    }
}

fn prepared(to: SocketAddr, parameters: &Parameters) -> Result<Socket, DialError> {
    let system = DialError::System;
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP));
    let socket = socket.map_err(system)?;
    socket.set_nonblocking(true).map_err(system)?;
    if let Some(ttl) = parameters.ttl {
        let set = match to {
            SocketAddr::V4(_) => socket.set_ttl_v4(ttl.into()),
            SocketAddr::V6(_) => socket.set_unicast_hops_v6(ttl.into()),
        };
        set.map_err(system)?;
    }
    if let Some(vrf) = &parameters.vrf {
        let bound = socket.bind_device(Some(vrf.as_bytes()));
        bound.map_err(|error| DialError::Impossible(format!("the VRF {vrf}: {error}")))?;
    }
    if let Some(source) = source(to.ip(), &parameters.source)? {
        let bound = socket.bind(&SocketAddr::new(source, 0).into());
        bound.map_err(|error| {
            DialError::Impossible(format!("the source address {source} is not here: {error}"))
        })?;
    }
    match &parameters.authentication {
        Authentication::None => {}
        Authentication::Password(None) => {
            return Err(DialError::Impossible(
                "the Secret with the password is not in the input".to_owned(),
            ));
        }
        Authentication::Password(Some(password)) => {
            sys::sign_tcp(&socket, to, password)
                .map_err(|error| DialError::Impossible(unsigned(&error)))?;
        }
    }
    Ok(socket)
}

/// Why nothing can be signed.
fn unsigned(error: &io::Error) -> String {
    if is(error, Errno::ENOPROTOOPT) {
        "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)".to_owned()
    } else {
        format!("TCP MD5: {error}")
    }
}

/// The source address, where one is set.
fn source(peer: IpAddr, source: &Source) -> Result<Option<IpAddr>, DialError> {
    match source {
        Source::Routed => Ok(None),
        Source::Address(text) => text
            .parse()
            .map(Some)
            .map_err(|_| DialError::Impossible(format!("{text} is no source address"))),
        Source::Interface(name) => {
            let interface =
                Interface::find(name).map_err(|error| DialError::Impossible(error.to_string()))?;
            let mut own = interface.addresses.iter().map(ipnet::IpNet::addr);
            let fits = own.find(|ip| ip.is_ipv4() == peer.is_ipv4());
            let none = || DialError::Impossible(format!("{name} has no address of that family"));
            fits.map(Some).ok_or_else(none)
        }
    }
}

fn is(error: &io::Error, errno: Errno) -> bool {
    error.raw_os_error().map(Errno::from_raw) == Some(errno)
}

fn failed(error: io::Error) -> DialError {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ECONNREFUSED) => DialError::Refused,
        Some(Errno::EHOSTUNREACH | Errno::ENETUNREACH | Errno::EADDRNOTAVAIL) => {
            DialError::Unreachable
        }
        Some(Errno::ETIMEDOUT) => DialError::Timeout(Duration::ZERO),
        _ => DialError::System(error),
    }
}

/// The addresses of this host that a connection leaves from: its own, and of the
/// other family that of the same interface.
///
/// # Errors
/// What the system refuses.
pub fn next_hops(socket: &Socket) -> io::Result<NextHops> {
    let local = socket.local_addr()?.as_socket().map(|local| local.ip().to_canonical());
    let all = Interface::all().map_err(io::Error::other)?;
    let has = |one: &&Interface| {
        local.is_some_and(|local| one.addresses.iter().any(|net| net.addr() == local))
    };
    let mut hops = NextHops::default();
    let beside = all.iter().find(has).map(|one| one.addresses.as_slice()).unwrap_or_default();
    let beside = beside.iter().map(ipnet::IpNet::addr);
    for ip in local.into_iter().chain(beside) {
        match ip {
            IpAddr::V4(ip) => hops.v4 = hops.v4.or(Some(ip)),
            IpAddr::V6(ip) if !ip.is_unicast_link_local() => hops.v6 = hops.v6.or(Some(ip)),
            IpAddr::V6(_) => {}
        }
    }
    Ok(hops)
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
