//! Waiting until a peer connects.
//!
//! The kernel holds the port and the password; a connection of anybody else is closed
//! without a word. Once the peer is there nobody is listened to any more, so that
//! there is one connection, and no collision to resolve (RFC 4271, section 6.8).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollFlags;
use socket2::Socket;

use super::super::wires::Stop;
use super::dial::{DialError, Neighbour, is, is_ready, prepared, source};
use crate::verify::sessions::Parameters;

/// BGP's port (RFC 4271, section 4.2), which is where a peer dials to: a port of the
/// configuration is the peer's own.
pub const PORT: u16 = 179;
/// Connections that wait to be taken.
const BACKLOG: i32 = 16;

/// Listens for the peer: at this address, else at the source of the parameters, else
/// where this host's routes to the peer begin.
///
/// # Errors
/// Why it cannot be listened there.
pub fn listen(
    at: Option<SocketAddr>,
    peer: &Neighbour,
    parameters: &Parameters,
) -> Result<(Socket, SocketAddr), DialError> {
    let at = match at {
        Some(at) if at.is_ipv4() != peer.address.is_ipv4() => {
            let message = format!("{at} is of another family than {}", peer.address);
            return Err(DialError::Impossible(message));
        }
        Some(at) => peer.beside(at.ip(), at.port()),
        None => {
            let own = match source(peer, &parameters.source)? {
                Some(own) => own,
                None => own_address(peer)?,
            };
            peer.beside(own, PORT)
        }
    };
    let socket = prepared(peer, parameters)?;
    let listening = socket
        .set_reuse_address(true)
        .and_then(|()| if at.is_ipv6() { socket.set_only_v6(true) } else { Ok(()) })
        .and_then(|()| socket.bind(&at.into()))
        .and_then(|()| socket.listen(BACKLOG));
    match listening {
        Ok(()) => {}
        Err(error) if is(&error, Errno::EADDRINUSE) => return Err(DialError::Taken(at)),
        Err(error) if is(&error, Errno::EADDRNOTAVAIL) => {
            return Err(DialError::Impossible(format!("the address {} is not here", at.ip())));
        }
        Err(error) if is(&error, Errno::EACCES) => {
            return Err(DialError::Impossible(not_permitted(at.port())));
        }
        Err(error) => return Err(DialError::System(error)),
    }
    // Port 0 is any: which one is only known now.
    let bound = socket.local_addr().ok().and_then(|local| local.as_socket()).unwrap_or(at);
    Ok((socket, bound))
}

/// What helps where a port below 1024 is not to be had (ip(7)).
fn not_permitted(port: u16) -> String {
    format!(
        "listening on port {port} needs the capability CAP_NET_BIND_SERVICE: run it as root, \
         give it the capability (setcap cap_net_raw,cap_net_bind_service+ep PROGRAM), or listen \
         on a port from 1024 on with --listen ADDRESS:PORT"
    )
}

/// The address of this host that packets to the peer would leave from. None is sent:
/// the system is only asked for a route.
pub(super) fn own_address(peer: &Neighbour) -> Result<IpAddr, DialError> {
    if let (IpAddr::V6(address), Some(interface)) = (peer.address, &peer.interface)
        && address.is_unicast_link_local()
    {
        let sender =
            interface.sender().map_err(|error| DialError::Impossible(error.to_string()))?;
        let none =
            || DialError::Impossible(format!("{} has no link-local address", interface.name));
        return sender.link_local.map(IpAddr::V6).ok_or_else(none);
    }
    let any: IpAddr = match peer.address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let asked = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((peer.address, PORT))?;
        socket.local_addr()
    });
    match asked {
        Ok(local) => Ok(local.ip()),
        Err(error) if is(&error, Errno::ENETUNREACH) => Err(DialError::Unreachable),
        Err(error) => Err(DialError::System(error)),
    }
}

/// Waits until the peer connects; whoever else does is turned away.
///
/// # Errors
/// Why there is no connection.
pub fn accept(
    listener: Socket,
    at: SocketAddr,
    peer: &Neighbour,
    patience: Duration,
    stop: &Stop,
) -> Result<Socket, DialError> {
    let deadline = Instant::now() + patience;
    let mut strangers = 0;
    while is_ready(&listener, PollFlags::POLLIN, deadline, stop)? {
        match listener.accept() {
            Ok((socket, from)) => {
                let from = from.as_socket().map(|from| from.ip().to_canonical());
                if from == Some(peer.address) {
                    socket.set_nonblocking(true).map_err(DialError::System)?;
                    return Ok(socket);
                }
                strangers += 1;
            }
            Err(error) if passes(&error) => {}
            Err(error) => return Err(DialError::System(error)),
        }
    }
    Err(DialError::NotDialled { at, patience, strangers })
}

/// Whether it is only about one connection, or none (accept(2)).
fn passes(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpStream;

    use super::super::session::tests::parameters;
    use super::*;

    fn local(port: u16) -> Option<SocketAddr> {
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    fn peer(last: u8) -> Neighbour {
        Neighbour { address: Ipv4Addr::new(127, 0, 0, last).into(), interface: None }
    }

    #[test]
    fn only_the_peer_is_taken_and_the_others_are_told_nothing() {
        let stop = Stop::new().unwrap();
        let (listener, at) = listen(local(0), &peer(1), &parameters()).unwrap();
        let connected = TcpStream::connect(at).unwrap();
        let patience = Duration::from_secs(10);
        let socket = accept(listener, at, &peer(1), patience, &stop).unwrap();
        assert_eq!(socket.peer_addr().unwrap().as_socket(), Some(connected.local_addr().unwrap()));
        // Nobody listens any more.
        assert!(TcpStream::connect(at).is_err());

        let (listener, at) = listen(local(0), &peer(9), &parameters()).unwrap();
        let mut stranger = TcpStream::connect(at).unwrap();
        let patience = Duration::from_millis(200);
        let refused = accept(listener, at, &peer(9), patience, &stop);
        let Err(DialError::NotDialled { strangers: 1, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(stranger.read(&mut [0]).unwrap_or(0), 0);
    }

    #[test]
    fn where_it_cannot_be_listened_is_told_apart() {
        let (_first, at) = listen(local(0), &peer(1), &parameters()).unwrap();
        let taken = listen(Some(at), &peer(1), &parameters());
        assert!(matches!(taken, Err(DialError::Taken(_))), "{taken:?}");
        let elsewhere = Some(SocketAddr::from(([192, 0, 2, 99], 0)));
        let absent = listen(elsewhere, &peer(1), &parameters());
        assert!(matches!(absent, Err(DialError::Impossible(_))), "{absent:?}");
        let other = Some(SocketAddr::from((Ipv6Addr::LOCALHOST, 0)));
        let family = listen(other, &peer(1), &parameters());
        assert!(matches!(family, Err(DialError::Impossible(_))), "{family:?}");
    }
}
