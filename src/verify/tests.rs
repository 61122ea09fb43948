//! What is said of a cluster at hand.

use std::collections::BTreeMap;

use super::report::Fate;
use super::testing::{AT_HAND, Both, cilium, cilium_pool, metallb, pool};
use super::{Proof, codes, with_existing, without_sessions_there};
use crate::cilium::CiliumConfig;
use crate::diagnostic::Code;

#[test]
fn how_many_addresses_stay_and_go_is_counted() {
    let held = AT_HAND.replace("ingress: []", "ingress: [{ip: 10.0.0.7}]");
    let other = AT_HAND.split_once("---").unwrap().1.replace("web", "other");
    let text = held + "---" + &other + &pool("a", "addresses: [10.0.0.7/32]");
    let both = Both::of(&text);
    assert_eq!(both.report().fates(), BTreeMap::from([(Fate::Kept, 1), (Fate::None, 1)]));
}

#[test]
fn what_is_announced_beyond_is_said_with_the_nodes_that_do() {
    let text = AT_HAND.replace("selector:", "externalIPs: [198.51.100.7], selector:")
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("L2Advertisement", "l2", "");
    let mut both = Both::of(&text);
    both.written.l2_policies[0].spec.external_ips = Some(true);
    let findings = both.report().findings;
    let said: Vec<_> = findings.iter().map(|one| (&*one.before, &*one.after)).collect();
    assert_eq!(said, [("none of them", "198.51.100.7 of shop/web by node-a")]);
}

#[test]
fn what_is_there_already_stays_unless_it_is_replaced() {
    let both = Both::of(&pool("a", "addresses: [10.0.0.0/28]"));
    let there = Both::against("", &(cilium_pool("a", "") + &cilium_pool("b", ""))).written;
    let names = |config: &CiliumConfig| -> Vec<String> {
        config.pools.iter().map(|one| one.meta.name.clone()).collect()
    };
    let all = with_existing(both.written, &there);
    assert_eq!(names(&all), ["a", "b"]);
    assert_eq!(all.pools[0].spec.blocks.len(), 1);
}

#[test]
fn the_address_that_is_told_is_one_of_the_pool_that_is_told() {
    let asks = "annotations: {metallb.io/address-pool: a}, namespace: shop";
    let text = AT_HAND.replacen("namespace: shop", asks, 1);
    let all = ["a", "b", "c"];
    let blocks = |at: usize| format!("10.{at}.0.0/28");
    let metallb: String =
        (0..3).map(|at| pool(all[at], &format!("addresses: [{}]", blocks(at)))).collect();
    let open: String = (0..3)
        .map(|at| {
            let spec = format!("blocks: [{{cidr: {}}}], allowFirstLastIPs: 'Yes'", blocks(at));
            cilium_pool(all[at], &spec)
        })
        .collect();
    let findings = Both::against(&(text + &metallb), &open).report().findings;
    let seen = findings.iter().filter(|one| one.seen);
    let said: Vec<_> = seen.map(|one| (&*one.before, &*one.after)).collect();
    assert_eq!(said, [("10.0.0.0 of pool a", "10.1.0.0 of pool b in one of the outcomes")]);
}

#[test]
fn what_may_be_more_than_is_shown_is_not_accepted() {
    let mut both = Both::of(&(AT_HAND.to_owned() + &pool("a", "addresses: [10.0.0.0/28]")));
    both.written.pools.clear();
    let report = |unproved: &[&str], more, truncated| {
        let mut report = both.report();
        report.counts.truncated = truncated;
        let unproved = unproved.iter().map(|reason| (*reason).to_owned()).collect();
        report.proof = Some(Proof { unproved, more, ..both.proof() });
        report
    };
    let own: &[&Code] = &[codes::OTHER_ADDRESS];
    assert!(both.report().is_accepted(own));
    assert!(report(&[], 0, false).is_accepted(own));
    assert!(!report(&[], 0, false).is_accepted(&[codes::OTHER_ROUTES]));
    for other in [report(&["why"], 0, false), report(&[], 1, false), report(&[], 0, true)] {
        assert!(!other.is_accepted(own));
    }
}

#[test]
fn sessions_that_are_there_are_nobodys_gain_unless_metallb_has_them() {
    let config = |hosts: &[u8], asn: u32| {
        let peer =
            |host: &u8| format!("{{name: p{host}, peerASN: 64513, peerAddress: 192.0.2.{host}}}");
        let peers: Vec<String> = hosts.iter().map(peer).collect();
        let peers = peers.join(", ");
        let instances = format!("bgpInstances: [{{name: as, localASN: {asn}, peers: [{peers}]}}]");
        Both::against("", &cilium("CiliumBGPClusterConfig", "all", &instances)).written
    };
    let peer = metallb("BGPPeer", "tor", "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1");
    let own = Both::of(&peer).config;
    for (asn, left) in [(64512, &["p1", "p3"][..]), (64999, &["p1", "p2", "p3"])] {
        let without =
            without_sessions_there(config(&[1, 2, 3], 64512), &config(&[1, 2], asn), &own);
        let peers = without.cluster_configs[0].spec.bgp_instances[0].peers.iter();
        let names: Vec<&str> = peers.map(|peer| &*peer.name).collect();
        assert_eq!(names, left, "{asn}");
    }
}

#[test]
fn routes_beyond_the_load_balancers_point_at_the_kinds_that_cause_them() {
    let peer = "peerASN: 64513, peerAddress: 192.0.2.1";
    let text = AT_HAND.to_owned()
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("BGPPeer", "tor", &format!("myASN: 64512, {peer}"))
        + &metallb("BGPAdvertisement", "ad", "");
    let of_peer = format!("{{name: tor, {peer}, peerConfigRef: {{name: all}}}}");
    let instances = format!("bgpInstances: [{{name: as, localASN: 64512, peers: [{of_peer}]}}]");
    let families = "timers: {holdTimeSeconds: 180, keepAliveTimeSeconds: 60}, families: [{afi: ipv4, \
                    safi: unicast, advertisements: {}}]";
    let entry = |kinds: &str| {
        format!("{{advertisementType: Service, service: {{addresses: [{kinds}]}}, selector: {{}}}}")
    };
    let entries = [entry("LoadBalancerIP"), entry("LoadBalancerIP, ClusterIP")].join(", ");
    let written = cilium_pool("a", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'")
        + &cilium("CiliumBGPClusterConfig", "all", &instances)
        + &cilium("CiliumBGPPeerConfig", "all", families)
        + &cilium("CiliumBGPAdvertisement", "ad", &format!("advertisements: [{entries}]"));
    let findings = Both::against(&text, &written).report().findings;
    let said: Vec<_> = findings.iter().map(|one| (&*one.before, &*one.after)).collect();
    assert_eq!(said, [("none of them", "10.96.0.1/32 to tor by node-a")]);
    let labels = findings[0].diagnostic.labels.iter();
    let places: Vec<&str> =
        labels.map(|one| &written[one.span.start as usize..one.span.end as usize]).collect();
    assert_eq!(places, ["[LoadBalancerIP, ClusterIP]"]);
}
