//! A peer that Cilium's agent finds by itself: the router of the default route.

use super::client::{peer, settled};
use super::router::{Kind, Neighbour, Router};
use super::support::net::{Lan, available};

fn cilium(family: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata: {{name: bgp}}
spec:
  bgpInstances:
  - name: main
    localASN: 65001
    peers:
    - name: gateway
      peerASN: 64512
      autoDiscovery: {{mode: DefaultGateway, defaultGateway: {{addressFamily: {family}}}}}
      peerConfigRef: {{name: common}}
---
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata: {{name: common}}
spec:
  families: [{{afi: ipv4, safi: unicast}}]
---
apiVersion: v1
kind: Node
metadata: {{name: node-a}}
"
    )
}

#[test]
fn the_default_gateway_is_the_peer() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let host = lan.host(0);
    let _router = Router::start(
        Kind::Gobgp,
        lan.host(1),
        64512,
        &[Neighbour::v4(65001), Neighbour::v6(65001)],
    );
    let args = ["--engine", "cilium"];
    let none = peer(host, &cilium("ipv4"), &args);
    assert_eq!(none.status, Some(1), "{none:?}");
    assert!(none.stdout.contains("this host has no default route of IPv4"), "{none:?}");
    assert!(none.stdout.contains("\"remote\":\"the default gateway of IPv4\""), "{none:?}");
    host.ip("route add default via 192.0.2.99 metric 200");
    host.ip("route add default via 192.0.2.11 metric 100");
    host.ip("route add default via 2001:db8::11");
    for (family, remote) in [("ipv4", "192.0.2.11"), ("ipv6", "2001:db8::11")] {
        let (status, seen) = settled(host, &cilium(family), &args);
        assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
        let found = (seen["remote"].as_str(), seen["discovered"].as_bool());
        assert_eq!(found, (Some(remote), Some(true)), "{seen}");
    }
    host.ip("-6 route replace default via fe80::1 dev eth0");
    let local = peer(host, &cilium("ipv6"), &args);
    assert!(local.stdout.contains("link-local address fe80::1"), "{local:?}");
    assert_eq!(local.status, Some(1));
    // Text says where the address is from.
    let text = peer(host, &cilium("ipv4"), &[&args[..], &["-o", "text"]].concat());
    assert!(text.stdout.contains("(192.0.2.11 port 179, the default gateway)"), "{text:?}");
}
