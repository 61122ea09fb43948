//! 10,000 routes advertised and withdrawn again and again by one process: it takes no
//! more memory than at first. The long form is run at night (`ci/nightly/soak`).

use std::time::Duration;

use super::client::{observed, start};
use super::input::many;
use super::router::{Kind, Neighbour, Router, bird};
use super::support::net::{Finished, Lan, available, wait_until};
use super::support::say;

const ROUTES: u32 = 10_000;

/// So many sessions one after the other, each with a neighbour of BIRD's own: one that
/// has just been left would rest.
fn soak(rounds: u8) {
    if !available(Kind::Bird.tools()) {
        return;
    }
    let lan = Lan::new(2);
    let address = |round: u8| std::net::Ipv4Addr::new(192, 0, 2, 100 + round);
    let mut neighbours = Vec::new();
    let mut yaml =
        many("myASN: 65001, peerASN: 64512, peerAddress: 192.0.2.100, holdTime: 90s", ROUTES);
    for round in 0..rounds {
        lan.host(1).ip(&format!("addr add {}/24 dev eth0", address(round)));
        neighbours.push(Neighbour { local: address(round).into(), ..Neighbour::v4(65001) });
        if round > 0 {
            yaml += &format!(
                "---\napiVersion: metallb.io/v1beta2\nkind: BGPPeer\n\
                 metadata: {{name: tor-{round:03}, namespace: metallb-system}}\n\
                 spec: {{myASN: 65001, peerASN: 64512, peerAddress: {}, holdTime: 90s}}\n",
                address(round)
            );
        }
    }
    let router = Router::start(Kind::Bird, lan.host(1), 64512, &neighbours);
    let (running, _dir) = start(lan.host(0), &yaml, &["--really-advertise", "--for", "1s"]);
    let mut memory = Vec::new();
    for round in 1..=usize::from(rounds) {
        let over = || running.said().matches("\"outcome\"").count() >= round;
        let told = wait_until(Duration::from_secs(120), || over() || running.is_over());
        assert!(told, "round {round}: {}", router.said());
        memory.extend(running.memory("VmRSS"));
    }
    let finished = running.finish(Duration::from_secs(60));
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines.len(), usize::from(rounds), "{}", finished.stderr);
    for line in lines {
        let one = Finished {
            status: finished.status,
            stdout: format!("{line}\n"),
            stderr: String::new(),
        };
        let (status, seen) = observed(&one);
        let outcome = (status, &seen["outcome"]);
        assert_eq!(outcome, (Some(0), &"asConfigured".into()), "{}", seen["reason"]);
        assert_eq!(seen["sent"].as_array().unwrap().len(), ROUTES as usize);
    }
    let left = || bird::birdc(&router, &["show", "route", "count"]).contains("\n0 of 0 routes");
    assert!(wait_until(Duration::from_secs(20), left), "{}", router.said());
    say(&format!("memory after each round, in KiB: {memory:?}"));
    // The first round has all that there will be; the process may end before the last
    // one is read.
    let [first, .., last] = memory[..] else { panic!("{memory:?}") };
    assert!(last < first + first / 10 + 4096, "{memory:?}");
}

#[test]
fn routes_come_and_go_without_a_trace() {
    soak(3);
}

#[test]
#[ignore = "takes minutes: ci/nightly/soak runs it"]
fn routes_come_and_go_twenty_times_without_a_trace() {
    soak(20);
}
