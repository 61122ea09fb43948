//! How sessions end: hold timers on both sides, NOTIFICATIONs of the routers, a tool
//! that is killed.

use std::time::Duration;

use serde_json::Value;

use super::client::{advertising, found, observed, settled, start};
use super::input::{many, with_routes};
use super::router::{Kind, Neighbour, Router};
use super::support::net::{Lan, Running, available, wait_until};

/// A session with routes that has been up, over IPv4, with a hold time of so many
/// seconds.
fn configuration(hold: u32) -> String {
    with_routes(&format!(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: {hold}s, \
         keepaliveTime: 1s, dualStackAddressFamily: true, enableGracefulRestart: true"
    ))
}

fn neighbour(hold: u32) -> Neighbour {
    Neighbour { hold, restart: Some(60), ..Neighbour::v4(65001) }
}

/// What was observed in the end, which must be a failure, with its reason.
fn failed(running: Running) -> String {
    let (status, seen) = observed(&running.finish(Duration::from_secs(60)));
    assert_eq!((status, &seen["outcome"]), (Some(1), &"lost".into()), "{seen}");
    assert_eq!(seen["good"], false);
    // What was agreed on and sent is known all the same.
    assert_eq!(found(&seen, "peer AS"), "64512");
    assert!(seen["sent"].as_array().is_some_and(|sent| !sent.is_empty()), "{seen}");
    assert_eq!(seen["withdrawn"], Value::Array(vec![]), "{seen}");
    seen["reason"].as_str().unwrap().to_owned()
}

/// Does something to each of the routers, and to the tool, once it has the four routes.
fn once_up(
    kinds: &[Kind],
    hold: u32,
    neighbour: &Neighbour,
    then: impl Fn(&Lan, &Router<'_>, Running),
) {
    for kind in kinds {
        if !available(kind.tools()) {
            return;
        }
        let lan = Lan::new(2);
        let neighbours = std::slice::from_ref(neighbour);
        let router = Router::start(*kind, lan.host(1), 64512, neighbours);
        let (running, _dir) = advertising(lan.host(0), &configuration(hold), &[], &router, 4);
        then(&lan, &router, running);
    }
}

/// Whether the router forgets the routes.
fn forgets(router: &Router<'_>) -> bool {
    wait_until(Duration::from_secs(20), || router.table().is_empty())
}

#[test]
fn a_router_that_hangs_or_is_cut_off_is_noticed_when_the_hold_time_is_over() {
    let silence = "the peer fell silent while the session was up: the hold time went by";
    once_up(&Kind::ALL, 3, &neighbour(3), |_, router, running| {
        router.running.signal("-STOP");
        assert_eq!(failed(running), silence, "{:?}", router.kind);
        router.running.signal("-CONT");
    });
    once_up(&[Kind::Frr], 3, &neighbour(3), |lan, _, running| {
        lan.cut(1);
        assert_eq!(failed(running), silence);
    });
}

#[test]
fn a_router_whose_hold_timer_expires_says_so() {
    once_up(&Kind::ALL, 3, &neighbour(3), |_, router, running| {
        let kind = router.kind;
        running.signal("-STOP");
        // No graceful restart was offered: nothing is kept.
        let gone = forgets(router);
        running.signal("-CONT");
        assert!(gone, "{kind:?}: {:?}", router.table());
        let expired = "refused by the peer while the session was up: its hold timer expired";
        assert_eq!(failed(running), expired, "{kind:?}");
    });
}

#[test]
fn every_routers_goodbye_is_understood() {
    // One that restarts gracefully may close without a word: ExaBGP does.
    let neighbour = Neighbour { restart: None, ..neighbour(90) };
    once_up(&Kind::ALL, 90, &neighbour, |_, router, running| {
        router.end_sessions();
        let reason = failed(running);
        let says = match router.kind {
            Kind::Frr | Kind::Exabgp => "administrative reset",
            Kind::Bird | Kind::Gobgp => "administrative shutdown",
        };
        let begins = "refused by the peer while the session was up: ";
        let kind = router.kind;
        assert!(reason.starts_with(begins) && reason.contains(says), "{kind:?}: {reason}");
    });
}

#[test]
fn too_many_routes_are_told_as_what_they_are() {
    for kind in [Kind::Frr, Kind::Bird] {
        if !available(kind.tools()) {
            return;
        }
        let lan = Lan::new(2);
        let neighbours = [Neighbour { limit: Some(2), ..neighbour(90) }];
        let _router = Router::start(kind, lan.host(1), 64512, &neighbours);
        let yaml = many("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11", 10);
        let (running, _dir) = start(lan.host(0), &yaml, &["--really-advertise", "--for", "30s"]);
        let reason = failed(running);
        assert!(reason.contains("too many prefixes"), "{kind:?}: {reason}");
    }
}

#[test]
fn no_router_keeps_routes_of_a_tool_that_was_killed() {
    once_up(&Kind::ALL, 90, &neighbour(90), |_, router, running| {
        running.signal("-KILL");
        assert!(forgets(router), "{:?}: {:?}", router.kind, router.table());
    });
}

#[test]
fn a_router_that_restarts_is_met_again() {
    if !available(Kind::Bird.tools()) {
        return;
    }
    let lan = Lan::new(2);
    for kind in [Kind::Frr, Kind::Bird] {
        for _start in 0..2 {
            let _router = Router::start(kind, lan.host(1), 64512, &[neighbour(90)]);
            let (status, seen) = settled(lan.host(0), &configuration(90), &[]);
            assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
        }
    }
}
