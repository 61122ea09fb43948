//! Routers two hops away.

use std::net::IpAddr;

use super::client::{advertising, interrupt, settled};
use super::input::{Expected, with_routes};
use super::router::{Kind, Neighbour, Router};
use super::support::net::{Lan, available};

const OURS: [&str; 2] = ["198.51.100.1", "2001:db8:f::1"];
const THEIRS: [&str; 2] = ["198.51.100.2", "2001:db8:f::2"];

/// A host, one that forwards, and the router: addresses beyond the link at both ends,
/// each with its way through the middle.
fn behind_a_hop() -> Lan {
    let lan = Lan::new(3);
    let [near, middle, far] = [0, 1, 2].map(|n| lan.host(n));
    for setting in [
        "net.ipv4.ip_forward=1",
        "net.ipv6.conf.all.forwarding=1",
        "net.ipv4.conf.all.send_redirects=0",
        "net.ipv4.conf.eth0.send_redirects=0",
    ] {
        middle.sysctl(setting);
    }
    for (host, own, other, number) in [(near, OURS, THEIRS, 0), (far, THEIRS, OURS, 2)] {
        for family in ["ipv4", "ipv6"] {
            host.sysctl(&format!("net.{family}.conf.eth0.accept_redirects=0"));
        }
        for (own, other, link, bits) in
            [(own[0], other[0], "192.0.2.1", 32), (own[1], other[1], "2001:db8::1", 128)]
        {
            // An address that may be a duplicate is no source yet.
            let nodad = if bits == 128 { "nodad" } else { "" };
            host.ip(&format!("addr add {own}/{bits} dev lo {nodad}"));
            host.ip(&format!("route add {other}/{bits} via {link}1 src {own}"));
            middle.ip(&format!("route add {own}/{bits} via {link}{number}"));
        }
    }
    lan
}

#[test]
fn a_router_behind_a_hop_is_reached_where_that_is_configured() {
    for kind in [Kind::Frr, Kind::Bird, Kind::Gobgp, Kind::Exabgp] {
        if !available(kind.tools()) {
            return;
        }
        let lan = behind_a_hop();
        let neighbour = |at: usize| Neighbour {
            address: OURS[at].parse::<IpAddr>().unwrap(),
            local: THEIRS[at].parse::<IpAddr>().unwrap(),
            multihop: true,
            ..Neighbour::v4(65001)
        };
        let router = Router::start(kind, lan.host(2), 64512, &[neighbour(0), neighbour(1)]);
        for (ours, theirs) in OURS.into_iter().zip(THEIRS) {
            let peer = |more: &str| {
                with_routes(&format!(
                    "myASN: 65001, peerASN: 64512, peerAddress: '{theirs}', holdTime: 90s, \
                     sourceAddress: '{ours}', {more}"
                ))
            };
            let (status, seen) = settled(lan.host(0), &peer("ebgpMultiHop: false"), &[]);
            assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{kind:?} {seen}");
            let reason = seen["reason"].as_str().unwrap();
            assert!(reason.contains("more than one hop away (TTL 1"), "{reason}");
            let yaml = peer("ebgpMultiHop: true");
            // Only the routes of the session's own family.
            let asn = Some(65001);
            let expected = Expected { engine: "metallb", asn, v4: OURS[0], v6: OURS[1] };
            let expected = expected.routes(&yaml);
            assert_eq!(expected.len(), 2);
            let (running, _dir) = advertising(lan.host(0), &yaml, &[], &router, 2);
            let shown = expected.into_iter().map(|route| router.shows(route)).collect();
            assert_eq!(router.table(), shown, "{kind:?}");
            interrupt(running);
        }
    }
}
