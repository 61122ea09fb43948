//! Guards of speed: what `benches/live.rs` measures must not fall below half of what
//! was reached. Only ratios of one run count, since the machine may be busy, and the
//! program is built as for all other tests.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a helper that cannot do its work fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod arp;
mod bgp;
mod median;

use std::time::Duration;

use median::median;
use support::say;

/// Half of what a build without optimisations reaches beside other work.
const ARP_RATE: f64 = 0.35;
const ARP_LATENCY: f64 = 8.2;
const BGP_RATE: f64 = 1.0;

#[test]
fn arp_is_answered_as_fast_as_before() {
    if !support::net::available(&arp::TOOLS) {
        return;
    }
    let rounds = arp::rounds(3, Duration::from_millis(500));
    let rate = median(rounds.iter().map(arp::Round::rate));
    let latency = median(rounds.iter().map(arp::Round::latency));
    let read = median(rounds.iter().map(arp::Round::read));
    say(&format!(
        "ARP: {rate:.2} times the kernel's rate, {latency:.1} times its latency, {read:.1} times \
         until a sleeping asker has read it"
    ));
    assert!(rate > ARP_RATE && latency < ARP_LATENCY, "{rounds:?}");
}

#[test]
fn routes_are_sent_as_fast_as_before() {
    if !support::net::available(&bgp::TOOLS) {
        return;
    }
    let rounds = bgp::rounds(3, 10_000);
    let rate = median(rounds.iter().map(bgp::Round::rate));
    say(&format!("BGP: {rate:.2} times the rate of gobgpd: {rounds:?}"));
    assert!(rate > BGP_RATE, "{rounds:?}");
}
