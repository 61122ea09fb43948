//! The groups in which IPv6 neighbours are asked for.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use socket2::{Domain, Protocol, Socket, Type};

use super::super::error::LiveError;
use super::super::ndp::solicited_node;

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
