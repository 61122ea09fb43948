//! An interface of this host, and the packet sockets on it (packet(7)).
//!
//! One socket receives ARP, the other neighbour discovery; both only of one
//! interface. A filter in the kernel keeps all other IPv6 traffic away.

use std::collections::BTreeSet;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::time::Instant;

use ipnet::IpNet;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::libc;
use nix::net::if_::{InterfaceFlags, if_nametoindex};
use nix::sys::socket::{self, LinkAddr, MsgFlags, MultiHeaders, SockaddrLike as _};
use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use super::arp::ArpPacket;
use super::error::LiveError;
use super::ndp::{NdpPacket, solicited_node};
use super::packet::{Frame, Heard, Malformed, Origin, Packet, Sender};
use super::{Mac, sys};

const ETH_P_ALL: u16 = 0x0003;
const ETH_P_ARP: u16 = 0x0806;
const ETH_P_IPV6: u16 = 0x86dd;
const ARPHRD_ETHER: u16 = 1;
/// `sll_pkttype`: to this host, to all, to a group, to another host, from this host.
const PACKET_OTHERHOST: u8 = 3;
const PACKET_OUTGOING: u8 = 4;
/// The largest frame that is looked at; both protocols' are far smaller.
const BUFFER: usize = 2048;
/// So many packets are taken in, or sent, by one call of the system.
const BATCH: usize = 64;
/// So many batches are taken in before others get their turn.
const BATCHES: usize = 4;

/// An interface of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its number.
    pub index: u32,
    /// Its link-layer address; `None` where it is none of Ethernet.
    pub mac: Option<Mac>,
    /// Its addresses with their prefixes.
    pub addresses: Vec<IpNet>,
    /// Whether it is up and its link, too.
    pub running: bool,
    /// Whether it leads back to this host.
    pub loopback: bool,
}

impl Interface {
    /// Every interface of this host, in the order of their numbers.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn all() -> Result<Vec<Self>, LiveError> {
        let system = |error: Errno| LiveError::System {
            what: "listing the interfaces",
            error: error.into(),
        };
        let mut all: Vec<Self> = Vec::new();
        for entry in getifaddrs().map_err(system)? {
            let at = match all.iter().position(|known| known.name == entry.interface_name) {
                Some(at) => at,
                None => {
                    // One that has gone since is left out.
                    let Ok(index) = if_nametoindex(entry.interface_name.as_str()) else { continue };
                    let up = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING;
                    all.push(Self {
                        name: entry.interface_name.clone(),
                        index,
                        mac: None,
                        addresses: Vec::new(),
                        running: entry.flags.contains(up),
                        loopback: entry.flags.contains(InterfaceFlags::IFF_LOOPBACK),
                    });
                    all.len() - 1
                }
            };
            if let Some(interface) = all.get_mut(at) {
                interface.add(&entry);
            }
        }
        all.sort_by_key(|interface| interface.index);
        Ok(all)
    }

    fn add(&mut self, entry: &nix::ifaddrs::InterfaceAddress) {
        let Some(address) = &entry.address else { return };
        if let Some(link) = address.as_link_addr() {
            if link.hatype() == ARPHRD_ETHER && link.halen() == 6 {
                self.mac = link.addr().map(Mac);
            }
            return;
        }
        let mask = entry.netmask.as_ref();
        let net = if let Some(v4) = address.as_sockaddr_in() {
            let mask = mask.and_then(|mask| mask.as_sockaddr_in()).map(|mask| mask.ip());
            IpNet::with_netmask(v4.ip().into(), mask.unwrap_or(Ipv4Addr::BROADCAST).into())
        } else if let Some(v6) = address.as_sockaddr_in6() {
            let mask = mask.and_then(|mask| mask.as_sockaddr_in6()).map(|mask| mask.ip());
            let mask = mask.unwrap_or(Ipv6Addr::from_bits(u128::MAX));
            IpNet::with_netmask(v6.ip().into(), mask.into())
        } else {
            return;
        };
        self.addresses.extend(net.ok());
    }

    /// The interface of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(name: &str) -> Result<Self, LiveError> {
        let all = Self::all()?;
        let known = || all.iter().map(|interface| interface.name.clone()).collect();
        all.iter()
            .find(|interface| interface.name == name)
            .cloned()
            .ok_or_else(|| LiveError::NoInterface { name: name.to_owned(), known: known() })
    }

    /// Whether the address is in a subnet of the interface.
    pub fn reaches(&self, ip: IpAddr) -> bool {
        self.addresses.iter().any(|net| net.contains(&ip))
    }

    /// What leaves it comes from these addresses.
    ///
    /// # Errors
    /// An interface without a link, or not of Ethernet.
    pub fn sender(&self) -> Result<Sender, LiveError> {
        let unusable = |reason| LiveError::Unusable { name: self.name.clone(), reason };
        if !self.running {
            return Err(unusable("is down or has no link"));
        }
        let mac = self.mac.filter(|mac| mac.is_unicast());
        let mac =
            mac.ok_or_else(|| unusable("is not Ethernet: neither ARP nor NDP is spoken there"))?;
        let link_local = self.addresses.iter().find_map(|net| match net.addr() {
            IpAddr::V6(ip) => Some(ip).filter(Ipv6Addr::is_unicast_link_local),
            IpAddr::V4(_) => None,
        });
        Ok(Sender { mac, link_local })
    }
}

/// Membership of solicited-node groups, which ends when this is dropped. The kernel
/// reports it to switches and routers (MLD), so that questions are passed on to here.
#[derive(Debug)]
pub struct Membership {
    socket: Socket,
    joined: BTreeSet<(u32, Ipv6Addr)>,
}

impl Membership {
    /// In no group yet.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn new() -> Result<Self, LiveError> {
        let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP));
        let socket = socket.map_err(|error| LiveError::System { what: "IPv6", error })?;
        Ok(Self { socket, joined: BTreeSet::new() })
    }

    /// Joins the group in which who has the address is asked for it.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn join(&mut self, interface: u32, ip: Ipv6Addr) -> Result<(), LiveError> {
        let group = solicited_node(ip);
        // Addresses may have one group in common.
        if self.joined.insert((interface, group)) {
            let joined = self.socket.join_multicast_v6(&group, interface);
            joined.map_err(|error| LiveError::System { what: "joining a group", error })?;
        }
        Ok(())
    }
}

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
        let mut parts: Vec<[IoSliceMut<'_>; 1]> =
            self.buffers.chunks_mut(BUFFER).map(|buffer| [IoSliceMut::new(buffer)]).collect();
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

/// One step of a filter (BPF): what it does, where it goes on, with which value.
fn step(code: u32, yes: u8, no: u8, value: u32) -> SockFilter {
    // The codes are constants below 256.
    SockFilter::new(u16::try_from(code).unwrap_or_default(), yes, no, value)
}

const LOAD_BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
const LOAD_WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const END: u32 = libc::BPF_RET | libc::BPF_K;
const TAKE: u32 = 0xffff;
const DROP: u32 = 0;
/// Where a filter finds the packet's protocol (SKF_AD_OFF + SKF_AD_PROTOCOL).
const PROTOCOL: u32 = 0xffff_f000;

/// Lets through ARP.
fn arp_only() -> [SockFilter; 4] {
    [
        step(LOAD_WORD, 0, 0, PROTOCOL),
        step(EQUAL, 0, 1, ETH_P_ARP.into()),
        step(END, 0, 0, TAKE),
        step(END, 0, 0, DROP),
    ]
}

/// Lets through ICMPv6 of type 135 and 136 right behind the IPv6 header.
fn ndp_only() -> [SockFilter; 9] {
    [
        step(LOAD_WORD, 0, 0, PROTOCOL),
        step(EQUAL, 0, 6, ETH_P_IPV6.into()),
        step(LOAD_BYTE, 0, 0, 6),
        step(EQUAL, 0, 4, 58),
        step(LOAD_BYTE, 0, 0, 40),
        step(EQUAL, 1, 0, 135),
        step(EQUAL, 0, 1, 136),
        step(END, 0, 0, TAKE),
        step(END, 0, 0, DROP),
    ]
}
