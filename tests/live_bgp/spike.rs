//! One signed session for both families, to GoBGP and to FRR: how long until the
//! routes are there, and where those of the other family lead.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::client::{PASSWORD, advertising, interrupt};
use super::input::with_routes;
use super::router::{Kind, Neighbour, Router};
use super::support::net::{Lan, available};
use super::support::say;

/// From the start of the program to the last route in the peer's table, with other
/// tests beside.
const BOUND: Duration = Duration::from_secs(20);

#[test]
fn routes_of_the_other_family_lead_to_the_same_interface() {
    for kind in [Kind::Gobgp, Kind::Frr] {
        if !available(kind.tools()) {
            return;
        }
        for peer in ["192.0.2.11", "2001:db8::11"] {
            let lan = Lan::new(2);
            let signed = |one| Neighbour { password: Some(PASSWORD), ..one };
            let neighbours = [signed(Neighbour::v4(65001)), signed(Neighbour::v6(65001))];
            let router = Router::start(kind, lan.host(1), 64512, &neighbours);
            let yaml = with_routes(&format!(
                "myASN: 65001, peerASN: 64512, peerAddress: '{peer}', password: {PASSWORD}, \
                 holdTime: 90s, dualStackAddressFamily: true"
            ));
            let start = Instant::now();
            let (running, _dir) = advertising(lan.host(0), &yaml, &[], &router, 4);
            let took = start.elapsed();
            say(&format!("{kind:?} has the routes of both families from {peer} after {took:.2?}"));
            assert!(took < BOUND, "{took:?}");
            // Whichever family the session runs over, each route leads to the address of
            // its own family on the session's interface: `dial::next_hops` says so, and
            // FRR as a speaker does so, too (speakers.rs).
            for route in router.table() {
                let v6 = route.prefix.contains(':');
                let hop = if v6 { "2001:db8::10" } else { "192.0.2.10" };
                assert_eq!(route.next_hop, hop.parse::<IpAddr>().unwrap(), "{route:?}");
            }
            interrupt(running);
        }
    }
}
