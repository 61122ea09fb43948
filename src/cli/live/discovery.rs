//! Peers that Cilium's agent finds on its node (`autoDiscovery`): the router of the
//! default route, as this host has it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use crate::cilium::{BgpPeer, CiliumConfig};
use crate::cluster::Node;
use crate::live::routing;

/// What was found, by the names of the peers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Discovery {
    /// Peers that have an address now, each with it.
    pub(super) found: BTreeMap<String, IpAddr>,
    /// Peers that have none, and why.
    pub(super) missing: BTreeMap<String, String>,
}

/// Gives the Node's peers their addresses.
pub(super) fn discover(config: &mut CiliumConfig, node: &Node) -> Discovery {
    let gateway = |v6| routing::default_gateway(v6).map(|found| found.map(|(ip, _)| ip));
    discover_by(config, node, |v6| match gateway(v6) {
        Ok(Some(IpAddr::V6(ip))) if ip.is_unicast_link_local() => Err(link_local(ip)),
        Ok(Some(ip)) => Ok(ip),
        Ok(None) => {
            let family = if v6 { "IPv6" } else { "IPv4" };
            Err(format!("this host has no default route of {family} by a router"))
        }
        Err(error) => Err(format!("reading the routes: {error}")),
    })
}

fn link_local(ip: Ipv6Addr) -> String {
    format!("the default route leads to the link-local address {ip}: look at the router's own view")
}

fn discover_by(
    config: &mut CiliumConfig,
    node: &Node,
    gateway: impl Fn(bool) -> Result<IpAddr, String>,
) -> Discovery {
    let mut discovery = Discovery::default();
    for resource in &mut config.cluster_configs {
        let selector = resource.spec.node_selector.as_ref();
        if !selector.is_none_or(|selector| selector.matches(&node.labels)) {
            continue;
        }
        let instances = resource.spec.bgp_instances.iter_mut();
        for peer in instances.flat_map(|instance| &mut instance.peers) {
            if peer.peer_address.is_some() {
                continue;
            }
            match address(peer, &gateway) {
                Ok(ip) => {
                    peer.peer_address = Some(ip.to_string());
                    discovery.found.insert(peer.name.clone(), ip);
                }
                Err(why) => drop(discovery.missing.insert(peer.name.clone(), why)),
            }
        }
    }
    discovery
}

fn address(
    peer: &BgpPeer,
    gateway: impl Fn(bool) -> Result<IpAddr, String>,
) -> Result<IpAddr, String> {
    let discovery = peer.auto_discovery.as_ref().ok_or("it has no address")?;
    if discovery.mode != "DefaultGateway" {
        return Err(format!("autoDiscovery by the mode {:?} is not known", discovery.mode));
    }
    let family = discovery.default_gateway.as_ref().map(|one| one.address_family.as_str());
    match family.unwrap_or_default() {
        "ipv4" => gateway(false),
        "ipv6" => gateway(true),
        other => Err(format!("defaultGateway.addressFamily {other:?} is neither ipv4 nor ipv6")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cilium::{AutoDiscovery, DefaultGateway};

    fn peer(mode: &str, family: &str) -> BgpPeer {
        let default_gateway = Some(DefaultGateway { address_family: family.to_owned() });
        let auto_discovery = Some(AutoDiscovery { mode: mode.to_owned(), default_gateway });
        BgpPeer { auto_discovery, ..BgpPeer::default() }
    }

    #[test]
    fn the_default_gateway_of_the_family_is_the_peer() {
        let router: IpAddr = [192, 0, 2, 1].into();
        let gateway = |v6| if v6 { Err("no route".to_owned()) } else { Ok(router) };
        assert_eq!(address(&peer("DefaultGateway", "ipv4"), gateway), Ok(router));
        for (peer, says) in [
            (peer("DefaultGateway", "ipv6"), "no route"),
            (peer("DefaultGateway", "both"), "neither ipv4 nor ipv6"),
            (peer("Magic", "ipv4"), "the mode \"Magic\""),
            (BgpPeer::default(), "no address"),
        ] {
            let why = address(&peer, gateway).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }
}
