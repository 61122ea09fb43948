//! What stands for MetalLB and for Cilium side by side: FRR configured as MetalLB
//! configures it, and GoBGP as Cilium does, as peers of one router. Its table is held
//! against each engine's Decision. Neither is the controller itself.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::client::{advertising, observed};
use super::input::{Expected, with_routes};
use super::router::{Kind, Neighbour, Route, Router, exabgp, frr, gobgp};
use super::support::net::{Host, Lan, available, wait_until};

/// The prefixes of the Services of `with_routes`, the one with attributes first.
const PREFIXES: [[&str; 2]; 2] =
    [["203.0.113.5/32", "2001:db8:1::5/128"], ["198.18.0.5/32", "2001:db8:2::5/128"]];
const COMMUNITIES: [&str; 2] = ["64512:100", "64512:200"];
const LARGE: [&str; 1] = ["64512:1:2"];
const LOCAL_PREF: u32 = 150;

/// A session of both speakers with the router.
struct Session {
    /// The router's address.
    router: &'static str,
    asn: u32,
    /// The two speakers' addresses.
    speakers: [&'static str; 2],
    /// The families that it carries.
    families: &'static [Family],
}

/// A family as each side calls it.
#[derive(Debug, Clone, Copy)]
enum Family {
    V4,
    V6,
}

impl Family {
    /// FRR's name for prefix lists, and for itself.
    fn frr(self) -> (&'static str, &'static str) {
        match self {
            Self::V4 => ("ip", "ipv4"),
            Self::V6 => ("ipv6", "ipv6"),
        }
    }

    /// The prefixes of the two Services.
    fn prefixes(self) -> [&'static str; 2] {
        PREFIXES.map(|both| match self {
            Self::V4 => both[0],
            Self::V6 => both[1],
        })
    }
}

/// What MetalLB makes of it in its FRR mode: prefix lists, a route map with a step for
/// each attribute, and networks.
fn as_metallb(session: &Session) -> String {
    let (peer, asn, internal) = (session.router, session.asn, session.asn == 64512);
    let mut text = "ip nht resolve-via-default\nipv6 nht resolve-via-default\n".to_owned();
    text += &format!("route-map {peer}-in deny 20\n");
    let mut step = 0;
    let mut attribute = |name: &str, set: &str| {
        for family in session.families {
            let ((ip, _), prefix) = (family.frr(), family.prefixes()[0]);
            step += 1;
            let list = format!("{peer}-{name}-{ip}-prefixes");
            text += &format!(
                "{ip} prefix-list {list} seq {step} permit {prefix}\n\
                 route-map {peer}-out permit {step}\n match {ip} address prefix-list {list}\n \
                 {set}\n on-match next\n"
            );
        }
    };
    if internal {
        attribute("localpref", &format!("set local-preference {LOCAL_PREF}"));
    }
    for community in COMMUNITIES {
        attribute(community, &format!("set community {community} additive"));
    }
    for community in LARGE {
        attribute(community, &format!("set large-community {community} additive"));
    }
    for family in session.families {
        let (ip, _) = family.frr();
        let list = format!("{peer}-allowed-{ip}");
        for (number, prefix) in family.prefixes().iter().enumerate() {
            text += &format!("{ip} prefix-list {list} seq {} permit {prefix}\n", number + 1);
        }
        step += 1;
        text += &format!(
            "route-map {peer}-out permit {step}\n match {ip} address prefix-list {list}\n"
        );
    }
    text += &format!(
        "router bgp {asn}\n no bgp ebgp-requires-policy\n no bgp network import-check\n \
         no bgp default ipv4-unicast\n bgp graceful-restart preserve-fw-state\n \
         bgp router-id 192.0.2.10\n neighbor {peer} remote-as 64512\n neighbor {peer} port 179\n \
         neighbor {peer} timers 30 90\n neighbor {peer} timers connect 1\n"
    );
    for family in session.families {
        let (_, name) = family.frr();
        text += &format!(
            " address-family {name} unicast\n  neighbor {peer} activate\n  \
             neighbor {peer} route-map {peer}-in in\n  neighbor {peer} route-map {peer}-out out\n"
        );
        for prefix in family.prefixes() {
            text += &format!("  network {prefix}\n");
        }
        text += " exit-address-family\n";
    }
    text
}

/// What Cilium makes of it: one policy for the neighbour and each set of prefixes.
fn as_cilium(session: &Session) -> String {
    let (peer, asn, internal) = (session.router, session.asn, session.asn == 64512);
    let mut text = format!(
        "[global.config]\nas = {asn}\nrouter-id = \"192.0.2.12\"\nport = -1\n\
         [global.apply-policy.config]\nexport-policy-list = [\"v4\", \"v6\"]\n\
         default-export-policy = \"accept-route\"\n\
         [[neighbors]]\n[neighbors.config]\nneighbor-address = \"{peer}\"\npeer-as = 64512\n\
         [neighbors.timers.config]\nhold-time = 90\nkeepalive-interval = 30\nconnect-retry = 1\n"
    );
    for family in session.families {
        text += &format!(
            "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\n\
             afi-safi-name = \"{}-unicast\"\n",
            family.frr().1
        );
    }
    text += &format!(
        "[[defined-sets.neighbor-sets]]\nneighbor-set-name = \"tor\"\n\
         neighbor-info-list = [\"{peer}\"]\n"
    );
    for (prefix, name) in PREFIXES[0].iter().zip(["v4", "v6"]) {
        let bits = prefix.rsplit_once('/').unwrap().1;
        text += &format!(
            "[[defined-sets.prefix-sets]]\nprefix-set-name = \"{name}\"\n\
             [[defined-sets.prefix-sets.prefix-list]]\nip-prefix = \"{prefix}\"\n\
             masklength-range = \"{bits}..{bits}\"\n"
        );
        text += &format!(
            "[[policy-definitions]]\nname = \"{name}\"\n\
             [[policy-definitions.statements]]\nname = \"{name}\"\n\
             [policy-definitions.statements.conditions.match-prefix-set]\n\
             prefix-set = \"{name}\"\nmatch-set-options = \"any\"\n\
             [policy-definitions.statements.conditions.match-neighbor-set]\n\
             neighbor-set = \"tor\"\nmatch-set-options = \"any\"\n\
             [policy-definitions.statements.actions]\nroute-disposition = \"accept-route\"\n\
             [policy-definitions.statements.actions.bgp-actions]\n"
        );
        if internal {
            text += &format!("set-local-pref = {LOCAL_PREF}\n");
        }
        for (kind, list) in
            [("set-community", &COMMUNITIES[..]), ("set-large-community", &LARGE[..])]
        {
            text += &format!(
                "[policy-definitions.statements.actions.bgp-actions.{kind}]\noptions = \"add\"\n\
                 [policy-definitions.statements.actions.bgp-actions.{kind}.{kind}-method]\n\
                 communities-list = {list:?}\n"
            );
        }
    }
    text
}

/// Gives GoBGP the paths as Cilium does: ORIGIN IGP, the next hop left open.
fn add_paths(host: &Host) {
    for prefix in PREFIXES.iter().flatten() {
        let family = if prefix.contains(':') { "ipv6" } else { "ipv4" };
        let args = ["global", "rib", "-a", family, "add", prefix, "origin", "igp"];
        let added = host.run("gobgp", args);
        assert_eq!(added.status, Some(0), "{added:?}");
    }
}

/// What the router has from one speaker, once all is there.
fn heard(
    router: &Router<'_>,
    session: &Session,
    speaker: usize,
    speaks: &Router<'_>,
) -> BTreeSet<Route> {
    let table = || exabgp::table_of(router, session.speakers[speaker]);
    let all = || table().len() == 2 * session.families.len();
    let there = wait_until(Duration::from_secs(60), all);
    assert!(there, "{:?}\n{}\n{}", table(), router.said(), speaks.said());
    table()
}

/// All that runs.
fn tools() -> Vec<&'static str> {
    [Kind::Frr.tools(), Kind::Gobgp.tools(), Kind::Exabgp.tools(), &["zebra"]].concat()
}

#[test]
fn a_router_hears_from_both_what_the_engines_decide() {
    if !available(&tools()) {
        return;
    }
    for session in [
        Session {
            router: "192.0.2.11",
            asn: 64512,
            speakers: ["192.0.2.10", "192.0.2.12"],
            families: &[Family::V4, Family::V6],
        },
        Session {
            router: "2001:db8::11",
            asn: 65001,
            speakers: ["2001:db8::10", "2001:db8::12"],
            families: &[Family::V6],
        },
    ] {
        let lan = Lan::new(3);
        let neighbours = session.speakers.map(|speaker| Neighbour {
            address: speaker.parse().unwrap(),
            local: session.router.parse().unwrap(),
            ..Neighbour::v4(session.asn)
        });
        // One that shows what came as it came.
        let router = Router::start(Kind::Exabgp, lan.host(1), 64512, &neighbours);
        let (metallb, _zebra) = frr::speaker(lan.host(0), &as_metallb(&session));
        let cilium = gobgp::speaker(lan.host(2), &as_cilium(&session));
        add_paths(lan.host(2));
        let yaml = with_routes(&format!(
            "myASN: {}, peerASN: 64512, peerAddress: '{}', holdTime: 90s, \
             dualStackAddressFamily: {}",
            session.asn,
            session.router,
            session.families.len() == 2
        ));
        let asn = (session.asn != 64512).then_some(session.asn);
        // FRR: the address of the route's own family on the session's interface. Its
        // own networks have a MED of 0, which is as good as none to a router that does
        // not take a missing one for the worst.
        let by_metallb =
            Expected { engine: "metallb", asn, v4: "192.0.2.10", v6: "2001:db8::10" }.routes(&yaml);
        let by_metallb = by_metallb.into_iter().map(|route| Route { med: Some(0), ..route });
        let table = heard(&router, &session, 0, &metallb);
        assert_eq!(table, by_metallb.collect::<BTreeSet<Route>>());
        // GoBGP: the session's local address, whatever the family.
        let v6 = if asn.is_none() { "::ffff:192.0.2.12" } else { "2001:db8::12" };
        let by_cilium = Expected { engine: "cilium", asn, v4: "192.0.2.12", v6 };
        assert_eq!(heard(&router, &session, 1, &cilium), by_cilium.routes(&yaml));
    }
}

/// What `live peer --engine cilium` sends is what GoBGP does: to a router that shows what
/// came over IPv4, and to one that takes IPv4 over IPv6.
#[test]
fn the_rehearsal_has_the_next_hops_of_gobgp() {
    if !available(&tools()) {
        return;
    }
    for (kind, peer, hops, says) in [
        (
            Kind::Exabgp,
            "192.0.2.11",
            ["192.0.2.10", "::ffff:192.0.2.10"],
            "IPv6 with the next hop ::ffff:192.0.2.10",
        ),
        (
            Kind::Gobgp,
            "2001:db8::11",
            ["2001:db8::10", "2001:db8::10"],
            "IPv4 with the next hop 2001:db8::10",
        ),
    ] {
        let lan = Lan::new(2);
        let v4 = kind == Kind::Exabgp;
        let neighbour = if v4 { Neighbour::v4(65001) } else { Neighbour::v6(65001) };
        let router = Router::start(kind, lan.host(1), 64512, &[neighbour]);
        let yaml = with_routes(&format!(
            "myASN: 65001, peerASN: 64512, peerAddress: '{peer}', holdTime: 90s, \
             dualStackAddressFamily: true"
        ));
        let decided = Expected { engine: "cilium", asn: Some(65001), v4: hops[0], v6: hops[1] };
        let expected: BTreeSet<Route> =
            decided.routes(&yaml).into_iter().map(|route| router.shows(route)).collect();
        let args = ["--engine", "cilium"];
        let (running, _dir) = advertising(lan.host(0), &yaml, &args, &router, 4);
        assert_eq!(router.table(), expected, "{kind:?}");
        running.signal("-TERM");
        let (status, seen) = observed(&running.finish(Duration::from_secs(20)));
        assert_eq!(status, Some(0), "{seen}");
        let rows = seen["negotiated"].as_array().unwrap();
        let sent = rows.iter().find(|row| row["name"] == "routes sent").unwrap();
        assert!(sent["note"].as_str().unwrap().contains(says), "{sent}");
        assert_eq!(seen["localAddress"], hops[0], "{seen}");
    }
}

/// RFC 8950 without its capability: GoBGP takes such routes, ExaBGP ends the session.
#[test]
fn gobgp_sends_ipv4_over_ipv6_with_a_next_hop_of_ipv6() {
    if !available(&tools()) {
        return;
    }
    let session = Session {
        router: "2001:db8::11",
        asn: 65001,
        speakers: ["2001:db8::10", "2001:db8::12"],
        families: &[Family::V4, Family::V6],
    };
    let lan = Lan::new(3);
    let neighbour = Neighbour { address: "2001:db8::12".parse().unwrap(), ..Neighbour::v6(65001) };
    let router = Router::start(Kind::Gobgp, lan.host(1), 64512, &[neighbour]);
    let cilium = gobgp::speaker(lan.host(2), &as_cilium(&session));
    add_paths(lan.host(2));
    let there = || router.table().len() == 4;
    assert!(wait_until(Duration::from_secs(60), there), "{}\n{}", router.said(), cilium.said());
    for route in router.table() {
        assert_eq!(route.next_hop, "2001:db8::12".parse::<IpAddr>().unwrap(), "{route:?}");
    }
}
