//! A router that keeps the routes of a speaker that is just restarting (RFC 4724): they
//! go when `live peer` comes up in its place, or when the restart time is over.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::client::{advertising, interrupt, settled};
use super::input::with_routes;
use super::router::{Kind, Neighbour, Router};
use super::support::net::{Host, Lan, Running, available, wait_until};
use super::support::reader::files;

const STALE: &str = "203.0.113.77/32";
/// How long routers wait for the speaker to come back.
const RESTART: u64 = 20;

fn configuration() -> String {
    with_routes(
        "myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s, \
         dualStackAddressFamily: true, enableGracefulRestart: true",
    )
}

/// A speaker that can restart gracefully, with one route.
fn speaker(host: &Host, restart: u64) -> (Running, TempDir) {
    let config = format!(
        "router id 192.0.2.10;\nlog stderr all;\nprotocol device {{}}\n\
         protocol static {{ ipv4; route {STALE} blackhole; }}\n\
         protocol bgp {{\n  local 192.0.2.10 as 65001;\n  neighbor 192.0.2.11 as 64512;\n  \
         graceful restart on;\n  graceful restart time {restart};\n  connect delay time 1;\n  \
         connect retry time 1;\n  error wait time 1, 1;\n  \
         ipv4 {{ import none; export all; next hop self; }};\n}}\n"
    );
    let dir = files(&[("config", &config)]);
    let path = |name: &str| dir.path().join(name).display().to_string();
    let args = ["-f", "-c", &path("config"), "-s", &path("control"), "-P", &path("pid")];
    (host.start("bird", args), dir)
}

fn has_stale(router: &Router<'_>) -> bool {
    router.table().iter().any(|route| route.prefix == STALE)
}

/// A speaker that has been up with the router, and is gone without a word: since when.
fn left_behind(lan: &Lan, router: &Router<'_>, restart: u64) -> Instant {
    let (running, _dir) = speaker(lan.host(0), restart);
    let there = wait_until(Duration::from_secs(30), || has_stale(router));
    assert!(there, "{:?}\n{}\n{}", router.kind, running.said(), router.said());
    running.signal("-KILL");
    let gone = Instant::now();
    assert!(wait_until(Duration::from_secs(5), || running.is_over()));
    // It does not only not know yet.
    std::thread::sleep(Duration::from_secs(2));
    assert!(has_stale(router), "{:?} keeps it\n{}", router.kind, router.said());
    gone
}

fn routers(test: impl Fn(&Lan, &Router<'_>)) {
    for kind in [Kind::Frr, Kind::Bird] {
        if !available(kind.tools()) || !available(Kind::Bird.tools()) {
            return;
        }
        let lan = Lan::new(2);
        let neighbour = Neighbour { restart: Some(60), ..Neighbour::v4(65001) };
        let router = Router::start(kind, lan.host(1), 64512, &[neighbour]);
        test(&lan, &router);
    }
}

#[test]
fn kept_routes_go_when_a_session_comes_up_that_does_not_bring_them() {
    routers(|lan, router| {
        let since = left_behind(lan, router, RESTART);
        // The four are there, and nothing else.
        let (running, _dir) = advertising(lan.host(0), &configuration(), &[], router, 4);
        assert!(!has_stale(router), "{:?}", router.table());
        assert!(since.elapsed() < Duration::from_secs(RESTART), "not by the timer");
        interrupt(running);
        let gone = || router.table().is_empty();
        assert!(wait_until(Duration::from_secs(20), gone), "{:?}", router.table());
    });
}

#[test]
fn kept_routes_go_when_a_dry_session_comes_up() {
    routers(|lan, router| {
        let since = left_behind(lan, router, RESTART);
        let (status, seen) = settled(lan.host(0), &configuration(), &[]);
        assert_eq!((status, &seen["outcome"]), (Some(0), &"asConfigured".into()), "{seen}");
        let gone = wait_until(Duration::from_secs(2), || !has_stale(router));
        assert!(gone, "{:?}: {:?}", router.kind, router.table());
        assert!(since.elapsed() < Duration::from_secs(RESTART), "not by the timer");
    });
}

#[test]
fn kept_routes_go_when_the_restart_time_is_over() {
    routers(|lan, router| {
        let since = left_behind(lan, router, 6);
        let gone = wait_until(Duration::from_secs(30), || !has_stale(router));
        assert!(gone, "{:?}: {:?}", router.kind, router.table());
        let after = since.elapsed();
        assert!((5..15).contains(&after.as_secs()), "{:?}: {after:?}", router.kind);
    });
}
