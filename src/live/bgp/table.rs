//! The sessions that this host has already: its table of TCP sockets (proc(5)).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Sockets in every state in which the peer may know of them: established, and about
/// to be.
const CONNECTED: [&str; 3] = ["01", "02", "03"];

/// The other ends of this host's TCP connections, with both ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// This end.
    pub local: IpAddr,
    /// This end's port.
    pub local_port: u16,
    /// The other end.
    pub remote: IpAddr,
    /// The other end's port.
    pub remote_port: u16,
}

/// This host's connections, in this process's network namespace.
///
/// # Errors
/// Tables that cannot be read.
pub fn connections() -> io::Result<Vec<Connection>> {
    let mut all = read(&std::fs::read_to_string("/proc/self/net/tcp")?);
    match std::fs::read_to_string("/proc/self/net/tcp6") {
        Ok(text) => all.extend(read(&text)),
        // A kernel without IPv6 has no such connections.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(all)
}

/// Whether one of them is a BGP session with this peer, whoever opened it.
pub fn has_session(connections: &[Connection], peer: IpAddr, port: u16) -> bool {
    connections.iter().any(|one| one.remote == peer && one.is_bgp(port))
}

/// Whether one of them is a BGP session with a neighbour on the link of the interface
/// that has these addresses, by link-local ones.
pub fn has_session_on_link(connections: &[Connection], own: &[IpAddr], port: u16) -> bool {
    let local = |ip: IpAddr| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
    connections.iter().any(|one| local(one.remote) && own.contains(&one.local) && one.is_bgp(port))
}

impl Connection {
    fn is_bgp(&self, port: u16) -> bool {
        [port, 179].contains(&self.remote_port) || self.local_port == 179
    }
}

fn read(table: &str) -> Vec<Connection> {
    table.lines().filter_map(connection).collect()
}

fn connection(line: &str) -> Option<Connection> {
    let mut fields = line.split_whitespace().skip(1);
    let (local, local_port) = end(fields.next()?)?;
    let (remote, remote_port) = end(fields.next()?)?;
    let state = fields.next()?;
    CONNECTED.contains(&state).then_some(Connection { local, local_port, remote, remote_port })
}

/// An address in words of the host's byte order, and a port.
fn end(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let word = u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    let address = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let octets: [u8; 16] = words.concat().try_into().ok()?;
            IpAddr::V6(Ipv6Addr::from(octets)).to_canonical()
        }
        _ => return None,
    };
    Some((address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: &str = "  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 1 1
   1: 0A0200C0:A3C2 FE0200C0:00B3 01 00000000:00000000 00:00000000 00000000  0 0 2 1
   2: 0A0200C0:00B3 FD0200C0:A3C2 01 00000000:00000000 00:00000000 00000000  0 0 2 1
   3: 0A0200C0:A3C4 FC0200C0:00B3 06 00000000:00000000 00:00000000 00000000  0 0 2 1
   4: 0A0200C0:A3C4 FB0200C0:07CF 02 00000000:00000000 00:00000000 00000000  0 0 2 1
";
    const V6: &str = "  sl  local_address                         remote_address         st
   0: B80D0120000000000000000001000000:9C40 B80D0120000000000000000002000000:00B3 01 0:0
   1: 0000000000000000FFFF00000A0200C0:00B3 0000000000000000FFFF0000FA0200C0:9C40 01 0:0
";

    #[test]
    #[cfg(target_endian = "little")]
    fn sessions_are_found_whoever_opened_them() {
        let all = [read(V4), read(V6)].concat();
        for (peer, port, there) in [
            ("192.0.2.254", 179, true),
            ("192.0.2.253", 179, true),
            ("192.0.2.252", 179, false),
            ("192.0.2.251", 179, false),
            ("192.0.2.251", 1999, true),
            ("192.0.2.250", 179, true),
            ("2001:db8::2", 179, true),
            ("2001:db8::1", 179, false),
        ] {
            assert_eq!(has_session(&all, peer.parse().unwrap(), port), there, "{peer}:{port}");
        }
    }

    #[test]
    fn sessions_by_link_local_addresses_are_found_by_the_interface() {
        let connection = |remote: &str, remote_port| Connection {
            local: "fe80::1".parse().unwrap(),
            local_port: 40_000,
            remote: remote.parse().unwrap(),
            remote_port,
        };
        let own: IpAddr = "fe80::1".parse().unwrap();
        let other: IpAddr = "fe80::9".parse().unwrap();
        let up = [connection("fe80::2", 179)];
        assert!(has_session_on_link(&up, &[other, own], 179));
        assert!(!has_session_on_link(&up, &[other], 179));
        assert!(!has_session_on_link(&[connection("2001:db8::2", 179)], &[own], 179));
        assert!(!has_session_on_link(&[connection("fe80::2", 22)], &[own], 179));
    }

    #[test]
    fn lines_of_another_form_are_passed_over() {
        assert_eq!(read("x\n0: zz:zz 00:00 01\n0: 0100007F 00000000:0000 01\n\n"), []);
    }
}
