//! What is there already and matters by its name.

use super::existing::{RACK_A, beside, cilium, codes, node, pods};
use super::*;

const L2: &str = "CiliumL2AnnouncementPolicy";
const ADVERTISEMENT: &str = "CiliumBGPAdvertisement";
const OVERRIDE: &str = "CiliumBGPNodeConfigOverride";

#[test]
fn a_policy_that_is_the_same_is_used_under_its_name() {
    let same = |name: &str| {
        let not_excluded = "{key: node.kubernetes.io/exclude-from-external-load-balancers, \
                            operator: DoesNotExist}";
        let spec = format!(
            "interfaces: ['^eth0$'], loadBalancerIPs: true, externalIPs: false, nodeSelector: \
             {{matchExpressions: [{not_excluded}]}}"
        );
        cilium(L2, name, &spec)
    };
    let other = cilium(L2, "lan", "interfaces: ['^bond0$'], loadBalancerIPs: true");
    for (more, there, expected, found) in [
        ("", same("lan"), &["lan"][..], &[][..]),
        ("", same("live"), &["live"], &["M2C608"]),
        ("", format!("{}{other}", same("live")), &["live"], &["M2C608"]),
        // The name is that of another one which is converted, too.
        ("bond0", same("wan"), &["lan", "wan-2"], &["M2C609"]),
    ] {
        let mut text = [pool("web", "10.0.0.0/24", ""), l2("lan", "interfaces: [eth0]")].concat();
        if !more.is_empty() {
            text += &l2("wan", &format!("interfaces: [{more}]"));
        }
        let conversion = converted(&(text + &there));
        let names: Vec<&str> = conversion.l2_policies.iter().map(|one| one.name()).collect();
        assert_eq!((&names[..], &codes(&conversion)[..]), (expected, found), "{there}");
    }
}

#[test]
fn an_advertisement_of_another_name_takes_no_name() {
    let there = cilium(ADVERTISEMENT, "pods", "advertisements: [{advertisementType: PodCIDR}]");
    let conversion = beside(&there, &node("n1", "rack: a"));
    assert_eq!(conversion.advertisements[0].name(), "out");
    assert_eq!(codes(&conversion), [""; 0]);
}

/// Only a conversion calls an instance by its AS number.
#[test]
fn what_somebody_else_named_is_no_earlier_state() {
    let tor = "{name: old, peerAddress: 192.0.2.8, peerASN: 64513, peerConfigRef: {name: tor}}";
    let there = pods(RACK_A, tor);
    for there in [
        there.replace("{name: pods}", "{name: tor}"),
        there.replace("{name: main", "{name: as-64512"),
    ] {
        let conversion = beside(&there, &node("n1", "rack: a"));
        assert_eq!((losses(&conversion), codes(&conversion)), (vec![], vec!["M2C608"]), "{there}");
        let [config] = &conversion.cluster_configs[..] else { panic!("{there}") };
        let peers = config.resource.spec.bgp_instances[0].peers.iter();
        assert_eq!(peers.map(|peer| peer.name.as_str()).collect::<Vec<_>>(), ["old", "tor"]);
    }
}

#[test]
fn an_override_with_another_source_address_of_the_peer_stays_and_is_named() {
    for (there, expected) in [("10.1.1.1", &[][..]), ("10.9.9.9", &["M2C605"])] {
        let spec = format!(
            "bgpInstances: [{{name: as-64512, peers: [{{name: tor, localAddress: {there}}}]}}]"
        );
        let text = [
            pool("web", "10.0.0.0/24", ""),
            peer("tor", "192.0.2.1", ", sourceAddress: 10.1.1.1"),
            node("n1", ""),
            cilium(OVERRIDE, "n1", &spec),
        ];
        let conversion = converted(&text.concat());
        assert_eq!(losses(&conversion), expected);
        let peer = &conversion.overrides[0].resource.spec.bgp_instances[0].peers[0];
        assert_eq!(peer.local_address.as_deref(), Some(there));
    }
}
