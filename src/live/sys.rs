//! What the safe wrappers do not cover: the address of a packet socket, its
//! reception of groups, many packets at once, and TCP MD5. The only module with
//! `unsafe`.

#![allow(unsafe_code, reason = "calls of the system that no safe wrapper has")]

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd as _};

use nix::libc;
use nix::sys::socket::{LinkAddr, SockaddrLike as _, SockaddrStorage};

use super::Mac;
use crate::cluster::SecretString;

/// The longest key of TCP MD5 that Linux takes.
pub(super) const MAX_MD5_KEY: usize = 80;

/// `struct tcp_md5sig` of linux/tcp.h, which libc does not have.
#[repr(C)]
struct TcpMd5Sig {
    address: SockaddrStorage,
    flags: u8,
    prefix_length: u8,
    key_length: u16,
    interface: libc::c_int,
    key: [u8; MAX_MD5_KEY],
}

/// The address of a packet socket (`struct sockaddr_ll`): an interface, a protocol
/// and, for sending, a link-layer address.
pub(super) fn link_address(interface: u32, protocol: u16, to: Mac) -> io::Result<LinkAddr> {
    let [a, b, c, d, e, f] = to.0;
    let raw = libc::sockaddr_ll {
        sll_family: u16::try_from(libc::AF_PACKET).map_err(io::Error::other)?,
        sll_protocol: protocol.to_be(),
        sll_ifindex: i32::try_from(interface).map_err(io::Error::other)?,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 6,
        sll_addr: [a, b, c, d, e, f, 0, 0],
    };
    let length = libc::socklen_t::try_from(mem::size_of_val(&raw)).map_err(io::Error::other)?;
    // SAFETY: `raw` is a whole sockaddr_ll of this family and length, and outlives
    // the call, which copies it.
    let address = unsafe { LinkAddr::from_raw((&raw const raw).cast(), Some(length)) };
    address.ok_or_else(|| io::Error::other("the system does not take its own address"))
}

/// Sends packets in their order; how many of them the system took, which is at least
/// one.
pub(super) fn send_many(socket: &impl AsFd, packets: &[(LinkAddr, Vec<u8>)]) -> io::Result<usize> {
    let mut parts: Vec<libc::iovec> = packets
        .iter()
        .map(|(_, bytes)| libc::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len(),
        })
        .collect();
    let headers = packets.iter().zip(&mut parts).map(|((to, _), part)| {
        // SAFETY: all zeros is an empty header, with null pointers and no lengths.
        let mut header: libc::mmsghdr = unsafe { mem::zeroed() };
        header.msg_hdr.msg_name = to.as_ptr().cast_mut().cast();
        header.msg_hdr.msg_namelen = to.len();
        header.msg_hdr.msg_iov = part;
        header.msg_hdr.msg_iovlen = 1;
        header
    });
    let mut headers: Vec<libc::mmsghdr> = headers.collect();
    let count = libc::c_uint::try_from(headers.len()).map_err(io::Error::other)?;
    // SAFETY: `count` whole headers; what they point to, `packets` and `parts`, outlives
    // the call, which only reads it.
    let sent = unsafe {
        libc::sendmmsg(
            socket.as_fd().as_raw_fd(),
            headers.as_mut_ptr(),
            count,
            // An `int` in glibc's header, unsigned in musl's.
            libc::MSG_DONTWAIT as _,
        )
    };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Lets a packet socket receive every group on the interface. Nothing is sent for
/// it: no report of a membership, as joining a group would do.
pub(super) fn receive_all_groups(socket: &impl AsFd, interface: u32) -> io::Result<()> {
    let request = libc::packet_mreq {
        mr_ifindex: i32::try_from(interface).map_err(io::Error::other)?,
        mr_type: u16::try_from(libc::PACKET_MR_ALLMULTI).map_err(io::Error::other)?,
        mr_alen: 0,
        mr_address: [0; 8],
    };
    set(socket, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &request)
}

/// Signs what goes to a peer, and takes only what it has signed (RFC 2385). To be
/// set before connecting, and on a listener for each peer.
pub(super) fn sign_tcp(
    socket: &impl AsFd,
    peer: SocketAddr,
    password: &SecretString,
) -> io::Result<()> {
    let secret = password.expose().as_bytes();
    let mut key = [0; MAX_MD5_KEY];
    let Some(room) = key.get_mut(..secret.len()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a key of more than 80 bytes"));
    };
    room.copy_from_slice(secret);
    let request = TcpMd5Sig {
        // The port does not count; on a listener it must be 0.
        address: SockaddrStorage::from(SocketAddr::new(peer.ip(), 0)),
        flags: 0,
        prefix_length: 0,
        key_length: u16::try_from(secret.len()).map_err(io::Error::other)?,
        interface: 0,
        key,
    };
    set(socket, libc::IPPROTO_TCP, libc::TCP_MD5SIG, &request)
}

/// Sets an option whose value the kernel reads as a `T`.
fn set<T>(socket: &impl AsFd, level: libc::c_int, name: libc::c_int, value: &T) -> io::Result<()> {
    let length = libc::socklen_t::try_from(mem::size_of::<T>()).map_err(io::Error::other)?;
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: the pointer and the length describe one whole `T`, which the kernel
    // only reads, and only during the call; the descriptor is open while borrowed.
    let result =
        unsafe { libc::setsockopt(socket, level, name, std::ptr::from_ref(value).cast(), length) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
