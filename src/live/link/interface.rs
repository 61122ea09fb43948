//! An interface of this host (getifaddrs(3)).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::{InterfaceFlags, if_nametoindex};

use super::super::Mac;
use super::super::error::LiveError;
use super::super::packet::Sender;

const ARPHRD_ETHER: u16 = 1;

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
