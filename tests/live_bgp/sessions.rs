//! Sessions to each router over each family, internal and external, signed; and the
//! routes in the router's table, attribute by attribute.

use std::collections::BTreeSet;
use std::time::Duration;

use super::client::{PASSWORD, advertising, found, interrupt, settled};
use super::input::{Expected, with_routes};
use super::router::{Kind, Neighbour, Route, Router};
use super::support::net::{Lan, available, wait_until};

/// The AS numbers of a session: ours, the router's.
type Asns = (u32, u32);

/// Both roles over both families: external from a number of four octets, internal
/// with a number of two and of four.
const ROUNDS: [(u32, [u32; 2]); 2] =
    [(64512, [4_200_000_001, 64512]), (4_200_000_512, [4_200_000_512, 65001])];

fn configuration(peer: &str, (ours, theirs): Asns) -> String {
    with_routes(&format!(
        "myASN: {ours}, peerASN: {theirs}, peerAddress: '{peer}', password: {PASSWORD}, \
         holdTime: 90s, dualStackAddressFamily: true, enableGracefulRestart: true"
    ))
}

/// Sessions and routes with one kind of router.
fn all_sessions(kind: Kind) {
    if !available(kind.tools()) {
        return;
    }
    let lan = Lan::new(2);
    for (theirs, [v4, v6]) in ROUNDS {
        let signed =
            |neighbour| Neighbour { password: Some(PASSWORD), restart: Some(77), ..neighbour };
        let neighbours = [signed(Neighbour::v4(v4)), signed(Neighbour::v6(v6))];
        let router = Router::start(kind, lan.host(1), theirs, &neighbours);
        for (peer, ours) in [("192.0.2.11", v4), ("2001:db8::11", v6)] {
            let yaml = configuration(peer, (ours, theirs));
            negotiates(&lan, &router, &yaml, theirs);
            carries(&lan, &router, &yaml, "metallb", (ours, theirs));
            // Not every router takes what Cilium sends of the other family.
            let own = yaml.replace("dualStackAddressFamily: true", "dualStackAddressFamily: false");
            carries(&lan, &router, &own, "cilium", (ours, theirs));
        }
    }
}

/// What is agreed on is what both sides are configured for.
fn negotiates(lan: &Lan, router: &Router<'_>, yaml: &str, theirs: u32) {
    let (status, seen) = settled(lan.host(0), yaml, &["--engine", "metallb"]);
    assert_eq!(
        (status, &seen["outcome"]),
        (Some(0), &"asConfigured".into()),
        "{:?}: {seen}\n{}",
        router.kind,
        router.said()
    );
    assert_eq!(found(&seen, "peer AS"), theirs.to_string());
    assert_eq!(found(&seen, "hold time"), "90 s");
    assert_eq!(found(&seen, "families"), "IPv4, IPv6");
    assert_eq!(found(&seen, "4-octet AS"), "yes");
    assert_eq!(found(&seen, "graceful restart"), "77 s");
    assert_eq!(found(&seen, "TCP MD5"), "on");
    let refresh = if router.kind == Kind::Exabgp { "no" } else { "yes" };
    assert_eq!(found(&seen, "route refresh"), refresh);
}

/// The router's table is the Decision, and empty after it.
fn carries(lan: &Lan, router: &Router<'_>, yaml: &str, engine: &str, (ours, theirs): Asns) {
    let asn = (ours != theirs).then_some(ours);
    let decided = Expected { engine, asn, v4: "192.0.2.10", v6: "2001:db8::10" };
    let expected: BTreeSet<Route> =
        decided.routes(yaml).into_iter().map(|route| router.shows(route)).collect();
    let count = expected.len();
    assert_eq!(count, if engine == "metallb" { 4 } else { 2 });
    let (running, _dir) = advertising(lan.host(0), yaml, &["--engine", engine], router, count);
    // Compared as a whole: a MED, say, would show.
    assert_eq!(router.table(), expected, "{:?}, {engine}", router.kind);
    interrupt(running);
    // Though both sides can restart gracefully, nothing is kept.
    let gone = || router.table().is_empty();
    assert!(wait_until(Duration::from_secs(20), gone), "{:?} {:?}", router.kind, router.table());
}

#[test]
fn frr_has_the_routes_of_the_decision() {
    all_sessions(Kind::Frr);
}

#[test]
fn bird_has_the_routes_of_the_decision() {
    all_sessions(Kind::Bird);
}

#[test]
fn gobgp_has_the_routes_of_the_decision() {
    all_sessions(Kind::Gobgp);
}

#[test]
fn exabgp_has_the_routes_of_the_decision() {
    all_sessions(Kind::Exabgp);
}

/// A wrong password, none where one is asked for, and one where none is.
#[test]
fn every_router_is_silent_to_another_password() {
    for kind in Kind::ALL {
        if !available(kind.tools()) {
            return;
        }
        let lan = Lan::new(2);
        let neighbours = [Neighbour::v4(65001), Neighbour::v6(65001)]
            .map(|one| Neighbour { password: Some(PASSWORD), ..one });
        let router = Router::start(kind, lan.host(1), 64512, &neighbours);
        for peer in ["192.0.2.11", "2001:db8::11"] {
            let common = format!("myASN: 65001, peerASN: 64512, peerAddress: '{peer}'");
            for (password, says) in
                [(", password: another", "a wrong password"), ("", "the peer expects a password")]
            {
                let yaml = with_routes(&format!("{common}{password}"));
                let (status, seen) = settled(lan.host(0), &yaml, &["--connect-timeout", "2s"]);
                assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{seen}");
                let reason = seen["reason"].as_str().unwrap();
                assert!(reason.contains(says), "{kind:?}: {seen}\n{}", router.said());
            }
        }
    }
}
