//! The packet sockets on an interface (packet(7)).
//!
//! One socket receives ARP, the other neighbour discovery; both only of one
//! interface. A filter in the kernel keeps all other traffic away.

use std::array;
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::socket::{self, LinkAddr, MsgFlags, MultiHeaders, SockaddrLike as _};
use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use super::arp::ArpPacket;
use super::error::LiveError;
use super::ndp::NdpPacket;
use super::packet::{Frame, Heard, Malformed, Origin, Packet, Sender};
use super::{Mac, sys};

mod filter;
mod groups;
mod interface;

use filter::{arp_only, ndp_only};
pub use groups::Membership;
pub use interface::Interface;

const ETH_P_ALL: u16 = 0x0003;
const ETH_P_ARP: u16 = 0x0806;
const ETH_P_IPV6: u16 = 0x86dd;
/// `sll_pkttype`: to this host, to all, to a group, to another host, from this host.
const PACKET_OTHERHOST: u8 = 3;
const PACKET_OUTGOING: u8 = 4;
/// The largest frame that is looked at; both protocols' are far smaller.
const BUFFER: usize = 2048;
/// So many packets are taken in, or sent, by one call of the system.
const BATCH: usize = 64;
/// So many batches are taken in before others get their turn.
const BATCHES: usize = 4;

/// What is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// What comes to this host or to groups that it is in.
    Ours,
    /// Every group on the link, without joining it, and what this host itself sends.
    Everything,
}

/// The packet sockets on an interface.
#[derive(Debug)]
pub struct Link {
    interface: Interface,
    sender: Sender,
    arp: OwnedFd,
    ndp: OwnedFd,
    inbox: Inbox,
    malformed: u64,
}

/// Where packets are received into, many at once.
#[derive(Debug)]
struct Inbox {
    headers: MultiHeaders<LinkAddr>,
    buffers: Vec<u8>,
}

impl Inbox {
    fn new() -> Self {
        Self { headers: MultiHeaders::preallocate(BATCH, None), buffers: vec![0; BATCH * BUFFER] }
    }

    /// Takes in what there is, one batch at most; the number of packets.
    fn receive(
        &mut self,
        socket: &OwnedFd,
        mut each: impl FnMut(&[u8], Option<LinkAddr>),
    ) -> Result<usize, Errno> {
        let mut buffers = self.buffers.chunks_mut(BUFFER);
        let mut parts: [_; BATCH] =
            array::from_fn(|_| [IoSliceMut::new(buffers.next().unwrap_or_default())]);
        let flags = MsgFlags::MSG_DONTWAIT;
        let received =
            socket::recvmmsg(socket.as_raw_fd(), &mut self.headers, &mut parts, flags, None)?;
        let mut count = 0;
        for message in received {
            let part = message.iovs().next().unwrap_or_default();
            each(part.get(..message.bytes).unwrap_or(part), message.address);
            count += 1;
        }
        Ok(count)
    }
}

impl Link {
    /// Opens the sockets. Nothing is sent.
    ///
    /// # Errors
    /// An interface that cannot be used, a missing capability, a kernel without
    /// packet sockets.
    pub fn open(interface: Interface, reception: Reception) -> Result<Self, LiveError> {
        let sender = interface.sender()?;
        let index = interface.index;
        // Only a socket of every protocol is shown what this host sends.
        let bound = |protocol| match reception {
            Reception::Ours => protocol,
            Reception::Everything => ETH_P_ALL,
        };
        let arp = packet_socket(index, bound(ETH_P_ARP), &arp_only()).map_err(refused)?;
        let ndp = packet_socket(index, bound(ETH_P_IPV6), &ndp_only()).map_err(refused)?;
        if reception == Reception::Everything {
            sys::receive_all_groups(&ndp, index).map_err(refused)?;
        }
        Ok(Self {
            interface,
            sender,
            arp: arp.into(),
            ndp: ndp.into(),
            inbox: Inbox::new(),
            malformed: 0,
        })
    }

    /// The interface.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The addresses that frames leave from.
    pub fn sender(&self) -> Sender {
        self.sender
    }

    /// How many packets of these protocols were no packets to act on.
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    /// The sockets, to wait for.
    pub fn sockets(&self) -> [BorrowedFd<'_>; 2] {
        [self.arp.as_fd(), self.ndp.as_fd()]
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn send(&self, frame: &Frame) -> io::Result<()> {
        self.send_all(std::slice::from_ref(frame))
    }

    /// Sends frames, those of one protocol in their order. What finds a queue full is
    /// lost, as it would be in any other queue on its way: who asked asks again.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn send_all<'a>(&self, frames: impl IntoIterator<Item = &'a Frame>) -> io::Result<()> {
        let (mut arp, mut ndp) = (Vec::new(), Vec::new());
        for frame in frames {
            let (packets, protocol, bytes) = match &frame.packet {
                Packet::Arp(packet) => (&mut arp, ETH_P_ARP, packet.encode()),
                Packet::Ndp(packet) => (&mut ndp, ETH_P_IPV6, packet.encode()),
            };
            packets.push((sys::link_address(self.interface.index, protocol, frame.to)?, bytes));
        }
        for (socket, packets) in [(&self.arp, arp), (&self.ndp, ndp)] {
            for batch in packets.chunks(BATCH) {
                send_batch(socket, batch)?;
            }
        }
        Ok(())
    }

    /// Takes in what has been received, from those of [`Link::sockets`] that have
    /// something; a bounded number of packets at a time.
    ///
    /// # Errors
    /// What the system refuses, such as that the link is gone.
    pub fn receive(&mut self, ready: [bool; 2]) -> io::Result<Vec<Heard>> {
        let mut heard = Vec::new();
        let sockets = [(&self.arp, ETH_P_ARP), (&self.ndp, ETH_P_IPV6)];
        for ((socket, protocol), _) in sockets.into_iter().zip(ready).filter(|(_, ready)| *ready) {
            for _ in 0..BATCHES {
                let now = Instant::now();
                let received = self.inbox.receive(socket, |bytes, from| {
                    let Some(from) = from else { return };
                    match parse(protocol, bytes) {
                        Ok(packet) => heard.extend(seen(packet, &from, now)),
                        Err(_) => self.malformed += 1,
                    }
                });
                match received {
                    Ok(BATCH) => {}
                    Ok(_) | Err(Errno::EAGAIN) => break,
                    Err(Errno::EINTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(heard)
    }
}

/// Sends packets that are few enough for one call of the system.
fn send_batch(socket: &OwnedFd, mut packets: &[(LinkAddr, Vec<u8>)]) -> io::Result<()> {
    while !packets.is_empty() {
        match sys::send_many(socket, packets) {
            Ok(sent) => packets = packets.get(sent.max(1)..).unwrap_or_default(),
            Err(error) => match error.raw_os_error().map(Errno::from_raw) {
                Some(Errno::EINTR) => {}
                Some(Errno::EAGAIN | Errno::ENOBUFS) => return Ok(()),
                _ => return Err(error),
            },
        }
    }
    Ok(())
}

fn refused(error: io::Error) -> LiveError {
    LiveError::from_io("a packet socket", "CAP_NET_RAW", error)
}

fn parse(protocol: u16, bytes: &[u8]) -> Result<Packet, Malformed> {
    if protocol == ETH_P_ARP {
        Ok(Packet::Arp(ArpPacket::parse(bytes)?))
    } else {
        Ok(Packet::Ndp(NdpPacket::parse(bytes)?))
    }
}

fn seen(packet: Packet, from: &LinkAddr, at: Instant) -> Option<Heard> {
    let kind = from.pkttype();
    let origin = if kind == PACKET_OUTGOING { Origin::Own } else { Origin::Link };
    let for_us = kind != PACKET_OTHERHOST && kind != PACKET_OUTGOING;
    Some(Heard { at, from: Mac(from.addr()?), origin, for_us, packet })
}

/// A socket that receives one protocol on one interface. It is opened for no
/// protocol and bound last, so that nothing comes in before the filter.
fn packet_socket(interface: u32, protocol: u16, filter: &[SockFilter]) -> io::Result<Socket> {
    // Behind the link-layer header, which the kernel takes off and puts on.
    let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(Protocol::from(0)))?;
    socket.set_nonblocking(true)?;
    socket.attach_filter(filter)?;
    let address = sys::link_address(interface, protocol, Mac::ZERO)?;
    debug_assert_eq!(address.family(), Some(socket::AddressFamily::Packet));
    socket::bind(socket.as_raw_fd(), &address)?;
    Ok(socket)
}
