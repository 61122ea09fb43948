//! ARP answered beside the kernel's own stack, and routes sent beside gobgpd, in network
//! namespaces: medians of five, as ratios of one run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a benchmark that cannot run ends"
)]

#[cfg(target_os = "linux")]
#[path = "../tests/speed/arp.rs"]
mod arp;
#[cfg(target_os = "linux")]
#[path = "../tests/speed/bgp.rs"]
mod bgp;
#[cfg(target_os = "linux")]
#[path = "../tests/speed/median.rs"]
mod median;
#[cfg(target_os = "linux")]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    use std::time::Duration;

    use median::median;

    const ROUNDS: usize = 5;
    const ROUTES: u32 = 100_000;

    let tools = [&arp::TOOLS[..], &bgp::TOOLS[..]].concat();
    if !support::net::available(&tools) {
        return;
    }
    let rounds = arp::rounds(ROUNDS, Duration::from_secs(1));
    let of = |value: fn(&arp::Round) -> f64| median(rounds.iter().map(value));
    println!(
        "ARP: {:.0} answers a second, the kernel's stack {:.0}: {:.2} times",
        of(|round| round.ours.rate),
        of(|round| round.kernel.rate),
        of(arp::Round::rate)
    );
    println!(
        "ARP, one request at a time: {:.1} µs, the kernel's stack {:.1} µs: {:.2} times",
        of(|round| round.ours.latency * 1e6),
        of(|round| round.kernel.latency * 1e6),
        of(arp::Round::latency)
    );
    println!(
        "the same until an asker that sleeps has read it: {:.1} µs, {:.1} µs: {:.2} times",
        of(|round| round.ours.read * 1e6),
        of(|round| round.kernel.read * 1e6),
        of(arp::Round::read)
    );
    let rounds = bgp::rounds(ROUNDS, ROUTES);
    let of = |value: fn(&bgp::Round) -> f64| median(rounds.iter().map(value));
    println!(
        "BGP, {ROUTES} routes: {:.2} s, gobgpd {:.2} s: {:.2} times as fast",
        of(|round| round.ours),
        of(|round| round.gobgpd),
        of(bgp::Round::rate)
    );
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("namespaces of the network are Linux's");
}
