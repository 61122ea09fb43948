//! What fails has its own words; what would disturb is refused.

use std::time::Duration;

use super::client::{PASSWORD, found, observed, peer, start};
use super::input::metallb;
use super::router::{Kind, Neighbour, Router, gobgp};
use super::support::net::{Lan, available, wait_until};
use super::support::reader::run;

#[test]
fn each_way_to_fail_with_gobgp_is_told_apart() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let neighbours = [Neighbour { password: Some(PASSWORD), ..Neighbour::v4(65001) }];
    let config = gobgp::config(64512, &neighbours, &["ipv4-unicast"]);
    let good = format!(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, password: {PASSWORD}, \
         holdTime: 90s, ebgpMultiHop: true"
    );
    for (from, to, outcome, says) in [
        ("", "", "asConfigured", ""),
        (PASSWORD, "another", "notUp", "a wrong password"),
        ("peerASN: 64512", "peerASN: 64513", "notUp", "the peer is AS 64512"),
        ("myASN: 65001", "myASN: 65002", "notUp", "expects another AS number of this side"),
        ("192.0.2.11", "192.0.2.99", "notUp", "nobody there has the address"),
        ("holdTime: 90s", "holdTime: 180s", "different", ""),
        ("ebgpMultiHop: true", "dualStackAddressFamily: true", "different", ""),
    ] {
        let yaml = metallb(&good.replace(from, to));
        let yaml = if from.is_empty() { metallb(&good) } else { yaml };
        let _router = gobgp::start(lan.host(1), &config);
        let (status, seen) = observed(&peer(lan.host(0), &yaml, &[]));
        assert_eq!(seen["outcome"], outcome, "{from} {to}: {seen}");
        assert_eq!(status, Some(i32::from(outcome != "asConfigured")));
        let reason = seen["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(says), "{from} {to}: {seen}");
    }
}

#[test]
fn a_peer_that_this_host_has_a_session_to_is_left_alone() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let _router = Router::start(Kind::Gobgp, lan.host(1), 64512, &[Neighbour::v4(65001)]);
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s");
    let (first, _dir) = start(lan.host(0), &yaml, &["--for", "60s"]);
    let up = || {
        let sockets = lan.host(0).run("ss", ["-Htn", "state", "established"]).stdout;
        sockets.contains("192.0.2.11:179")
    };
    assert!(wait_until(Duration::from_secs(20), up), "{}", first.said());
    let second = peer(lan.host(0), &yaml, &[]);
    assert_eq!((second.status, second.stdout.as_str()), (Some(2), ""), "{second:?}");
    assert!(second.stderr.contains("M2C708"), "{}", second.stderr);
    assert!(up(), "the first session stands");
    first.signal("-INT");
    let first = first.finish(Duration::from_secs(10));
    assert_eq!(first.status, Some(1), "{first:?}");
    let seen = observed(&first).1;
    // It was up, but not for as long as it was to look.
    assert_eq!((&seen["outcome"], &seen["good"]), (&"interrupted".into(), &false.into()));
    assert_eq!(found(&seen, "peer AS"), "64512");
}

#[test]
fn a_signal_ends_those_to_come_and_text_says_what_was_up() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let _router = Router::start(Kind::Gobgp, lan.host(1), 64512, &[Neighbour::v4(65001)]);
    let both = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s")
        + "---\napiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
           metadata: {name: tor-z, namespace: metallb-system}\n\
           spec: {myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.12, holdTime: 90s}\n";
    let (running, _dir) = start(lan.host(0), &both, &["--for", "60s", "-o", "text"]);
    let up = || {
        let sockets = lan.host(0).run("ss", ["-Htn", "state", "established"]).stdout;
        sockets.contains("192.0.2.11:179")
    };
    assert!(wait_until(Duration::from_secs(20), up), "{}", running.said());
    // It is established a moment after the connection is.
    std::thread::sleep(Duration::from_secs(2));
    running.signal("-INT");
    let finished = running.finish(Duration::from_secs(20));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert!(lines[0].starts_with("tor (192.0.2.11 port 179): up, as configured: "), "{lines:?}");
    assert!(lines[0].contains("; left at a signal after "), "{lines:?}");
    assert!(lines[0].ends_with("; source address 192.0.2.10 (by route)"), "{lines:?}");
    assert!(lines[1].contains("tor-z (192.0.2.12 port 179): skipped: a signal"), "{lines:?}");
}

/// What else runs on this host may connect while other peers are spoken to.
#[test]
fn a_session_that_came_up_meanwhile_is_left_alone() {
    if !available(Kind::Gobgp.tools()) {
        return;
    }
    let lan = Lan::new(3);
    let _first = Router::start(Kind::Gobgp, lan.host(1), 64512, &[Neighbour::v4(65001)]);
    let _second = Router::start(Kind::Gobgp, lan.host(2), 64512, &[Neighbour::v4(65001)]);
    let later = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.12, holdTime: 90s");
    let both = later.replacen("name: tor", "name: tor-b", 1)
        + "---\napiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
           metadata: {name: tor-a, namespace: metallb-system}\n\
           spec: {myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s}\n";
    let up = |address: &str| {
        let sockets = lan.host(0).run("ss", ["-Htn", "state", "established"]).stdout;
        sockets.contains(&format!("{address}:179"))
    };
    let patience = Duration::from_secs(20);
    let (first, _dir) = start(lan.host(0), &both, &["--for", "10s"]);
    assert!(wait_until(patience, || up("192.0.2.11")), "{}", first.said());
    let (other, _other_dir) = start(lan.host(0), &later, &["--for", "60s"]);
    assert!(wait_until(Duration::from_secs(8), || up("192.0.2.12")), "{}", other.said());
    let first = first.finish(patience);
    assert_eq!(first.status, Some(1), "{first:?}");
    let lines: Vec<serde_json::Value> =
        first.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|one| &one["outcome"]).collect::<Vec<_>>(),
        ["asConfigured", "skipped"]
    );
    let reason = lines[1]["reason"].as_str().unwrap();
    assert!(reason.contains("this host has a session to tor-b"), "{reason}");
    assert!(up("192.0.2.12"), "the other's session stands");
    other.signal("-INT");
    assert_eq!(observed(&other.finish(patience)).1["outcome"], "interrupted");
}

#[test]
fn peers_that_are_not_there_are_refused() {
    let yaml = metallb("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11");
    let args = ["live", "peer", "--node", "node-a", "--error-format", "json"];
    let output = run(args.iter().chain(&["--peer", "tro"]), &yaml);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{output:?}");
    assert!(output.stderr.contains("M2C709") && output.stderr.contains("its peers are: tor"));
    let nowhere = metallb(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, \
         nodeSelectors: [{matchLabels: {rack: a}}]",
    );
    let output = run(args, &nowhere);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("M2C709"), "{}", output.stderr);
}
