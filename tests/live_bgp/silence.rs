//! What a peer's silence means, as far as it can be told from here.

use std::time::Duration;

use super::client::{PASSWORD, observed, peer, settled, start};
use super::input::{metallb, with_routes};
use super::router::{Kind, Neighbour, Router, frr, gobgp};
use super::support::net::{Finished, Lan, available, wait_until};

const TOOLS: [&str; 2] = ["ip", "iptables"];

fn signed(address: &str) -> String {
    metallb(&format!(
        "myASN: 65001, peerASN: 64512, peerAddress: {address}, password: {PASSWORD}, \
         holdTime: 90s, ebgpMultiHop: true"
    ))
}

/// Why it was not up.
fn reason(finished: &Finished) -> String {
    let (status, seen) = observed(finished);
    assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{seen}");
    seen["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_host_that_is_there_and_one_that_is_not_are_told_apart() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let host = lan.host(0);
    host.ip("route add 198.51.100.0/25 via 192.0.2.99");
    host.ip("route add 198.51.100.128/25 via 192.0.2.11");
    host.ip("route add prohibit 203.0.113.0/25");
    host.ip("route add blackhole 203.0.113.128/25");
    for (address, says) in [
        ("192.0.2.99", "nobody there has the address"),
        ("198.51.100.1", "the router 192.0.2.99 on the way to it does not answer"),
        ("198.18.0.1", "no route leads to it"),
        ("203.0.113.1", "this host itself forbids to connect to it"),
        ("203.0.113.129", "no route leads to it"),
        ("192.0.2.11", "refused: nobody listens on port 179"),
    ] {
        for password in [PASSWORD, ""] {
            let yaml = signed(address).replace(&format!("password: {PASSWORD}, "), "");
            let yaml = if password.is_empty() { yaml } else { signed(address) };
            let reason = reason(&peer(host, &yaml, &["--connect-timeout", "2s"]));
            assert!(reason.contains(says), "{address} {password:?}: {reason}");
        }
    }
    let near = signed("198.51.100.129").replace(", ebgpMultiHop: true", "");
    let reason = reason(&peer(host, &near, &["--connect-timeout", "2s"]));
    assert!(
        reason.contains("more than one hop away (TTL 1: no eBGP multihop), behind 192.0.2.11"),
        "{reason}"
    );
}

#[test]
fn a_filter_and_a_refusal_are_told_apart() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    let yaml = signed("192.0.2.11");
    let plain = yaml.replace(&format!("password: {PASSWORD}, "), "");
    let there = "the host is there (it answers ARP or NDP) and says nothing";
    for (target, of_signed, of_plain) in [
        (
            "DROP",
            "filtered, a wrong password or not from 192.0.2.10",
            "filtered, the peer expects a password or not from 192.0.2.10",
        ),
        // What refuses cannot sign: the kernel drops it, and counts.
        ("REJECT --reject-with tcp-reset", "and says so unsigned", "refused: nobody listens"),
        // This comes by ICMP.
        ("REJECT --reject-with icmp-host-prohibited", "says so", "says so"),
    ] {
        let rule = |action: &str| {
            let line = format!("{action} INPUT -p tcp --dport 179 -j {target}");
            let done = lan.host(1).run("iptables", line.split(' '));
            assert_eq!(done.status, Some(0), "{done:?}");
        };
        rule("-A");
        for (yaml, says) in [(&yaml, of_signed), (&plain, of_plain)] {
            let reason = reason(&peer(lan.host(0), yaml, &["--connect-timeout", "2s"]));
            assert!(reason.contains(says), "{target}: {reason}");
            assert_eq!(reason.starts_with(there), target == "DROP", "{target}: {reason}");
        }
        rule("-D");
    }
}

#[test]
fn a_peer_that_expects_no_password_is_not_one_with_another() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let router = Router::start(Kind::Gobgp, lan.host(1), 64512, &[Neighbour::v4(65001)]);
    let args = ["--connect-timeout", "2s"];
    let reason = reason(&peer(lan.host(0), &signed("192.0.2.11"), &args));
    let says = "the peer expects no password, or not from 192.0.2.10: it takes";
    assert!(reason.contains(says), "{reason}");
    // The look did no harm.
    let plain = signed("192.0.2.11").replace(&format!("password: {PASSWORD}, "), "");
    let (status, seen) = settled(lan.host(0), &plain, &[]);
    assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
    drop(router);
}

#[test]
fn wrong_as_numbers_are_named_on_both_sides() {
    for kind in [Kind::Frr, Kind::Bird, Kind::Gobgp] {
        if !available(kind.tools()) {
            return;
        }
        let lan = Lan::new(2);
        let _router = Router::start(kind, lan.host(1), 64512, &[Neighbour::v4(65001)]);
        for (ours, theirs, says) in [
            (65001, 64513, "wrong AS: the peer is AS 64512, and is to be AS 64513"),
            (65002, 64512, "it expects another AS number of this side than 65002"),
        ] {
            let yaml = metallb(&format!(
                "myASN: {ours}, peerASN: {theirs}, peerAddress: 192.0.2.11, holdTime: 90s"
            ));
            let (status, seen) = settled(lan.host(0), &yaml, &[]);
            assert_eq!((status, &seen["outcome"]), (Some(1), &"notUp".into()), "{seen}");
            let reason = seen["reason"].as_str().unwrap();
            assert!(reason.contains(says), "{kind:?}: {reason}");
        }
    }
}

#[test]
fn a_hold_time_that_is_not_taken_is_named() {
    if !available(Kind::Frr.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let config = frr::config(64512, &[Neighbour::v4(65001)]);
    let config =
        config.replacen("\n bgp router-id", "\n bgp minimum-holdtime 60\n bgp router-id", 1);
    let _router = frr::start(lan.host(1), &config);
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 30s");
    let (_, seen) = settled(lan.host(0), &yaml, &[]);
    let reason = seen["reason"].as_str().unwrap();
    assert!(reason.contains("it does not take the hold time of 30 s"), "{reason}");
}

#[test]
fn a_family_that_the_peer_does_not_carry_is_named() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let config = gobgp::config(64512, &[Neighbour::v4(65001)], &["ipv4-unicast"]);
    let _router = gobgp::start(lan.host(1), &config);
    let yaml = with_routes(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s, \
         dualStackAddressFamily: true",
    );
    let (status, seen) = settled(lan.host(0), &yaml, &[]);
    assert_eq!((status, &seen["outcome"]), (Some(1), &"different".into()), "{seen}");
    let rows = seen["negotiated"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == "families").unwrap();
    assert_eq!(row["note"], "unsupported family: the peer offers IPv4, not IPv6");
    let mut said = String::new();
    // It rests for a moment after a session.
    let told = wait_until(Duration::from_secs(30), || {
        let (running, _dir) = start(lan.host(0), &yaml, &["--for", "1s", "-o", "text"]);
        said = running.finish(Duration::from_secs(30)).stdout;
        said.contains("families IPv4 instead of IPv4, IPv6 (unsupported family")
    });
    assert!(told, "{said}");
}
