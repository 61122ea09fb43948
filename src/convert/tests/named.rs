//! What is there already and matters by its name.

use super::existing::{CONFIG, PEER_CONFIG, RACK_A, SPINE, beside, cilium, codes, node, pods};
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

/// While a cut-over lasts, its label stands in the policy.
#[test]
fn a_policy_that_a_cut_over_holds_back_is_an_earlier_state() {
    let of_rest = "loadBalancerIPs: true, externalIPs: false, nodeSelector: {matchExpressions: \
                   [{key: node.kubernetes.io/exclude-from-external-load-balancers, operator: \
                   DoesNotExist}]}";
    let gate = "metallb2cilium.io/announcer: cilium";
    for (selectors, there, expected) in [
        ("", gate.to_owned(), "lan"),
        ("serviceSelectors: [{matchLabels: {app: web}}]", format!("{gate}, app: web"), "lan"),
        ("serviceSelectors: [{matchLabels: {app: web}}]", format!("{gate}, app: db"), "lan-2"),
        ("", "app: web".to_owned(), "lan-2"),
    ] {
        let spec = format!("{of_rest}, serviceSelector: {{matchLabels: {{{there}}}}}");
        let text = [pool("web", "10.0.0.0/24", ""), l2("lan", selectors), cilium(L2, "lan", &spec)];
        let conversion = converted(&text.concat());
        assert_eq!(conversion.l2_policies[0].name(), expected, "{there}");
    }
}

#[test]
fn an_advertisement_that_was_renamed_keeps_its_name_the_next_time() {
    let pod_cidr = "advertisements: [{advertisementType: PodCIDR}]";
    let there = cilium(ADVERTISEMENT, "out", pod_cidr);
    let ours = cilium(ADVERTISEMENT, "out-2", pod_cidr)
        .replace("name: out-2", "name: out-2, labels: {peer.metallb2cilium.io/tor: ''}");
    let conversion = beside(&(there + &ours), &node("n1", "rack: a"));
    assert_eq!(conversion.advertisements[0].name(), "out-2");
}

#[test]
fn a_peer_config_that_was_renamed_keeps_its_name_when_it_changes() {
    let ours = "families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: \
                {peer.metallb2cilium.io/tor: ''}}}], ebgpMultihop: 7";
    let there = cilium(PEER_CONFIG, "tor", "families: [{afi: ipv4, safi: unicast}]")
        + &cilium(PEER_CONFIG, "tor-2", ours);
    let conversion = beside(&there, &node("n1", "rack: a"));
    assert_eq!(conversion.peer_configs[0].name(), "tor-2");
    assert_eq!(codes(&conversion), ["M2C609", "M2C606"]);
}

/// By their PeerConfigs: those that a conversion wrote pick by its labels.
#[test]
fn a_cluster_config_with_peers_of_an_earlier_conversion_is_replaced() {
    let old = "{name: old, peerAddress: 192.0.2.8, peerASN: 64513, peerConfigRef: {name: old}}";
    let there = pods(RACK_A, old).replace("{name: pods}", "{name: tor}");
    let there = there.replace("{name: main", "{name: as-64512");
    let picks = |key: &str| {
        format!(
            "families: [{{afi: ipv4, safi: unicast, advertisements: {{matchLabels: {{{key}: ''}}}}}}]"
        )
    };
    for (name, key, expected) in [
        ("old", "peer.metallb2cilium.io/old", &["tor"][..]),
        ("old", "app", &["old", "tor"]),
        ("other", "peer.metallb2cilium.io/other", &["old", "tor"]),
    ] {
        let peer_config = cilium(PEER_CONFIG, name, &picks(key));
        let conversion = beside(&(there.clone() + &peer_config), &node("n1", "rack: a"));
        let [config] = &conversion.cluster_configs[..] else { panic!("{name} {key}") };
        let peers = config.resource.spec.bgp_instances[0].peers.iter();
        let peers: Vec<&str> = peers.map(|peer| peer.name.as_str()).collect();
        assert_eq!(peers, expected, "{name} {key}");
    }
}

#[test]
fn the_name_of_a_cluster_config_of_other_nodes_is_left_to_it() {
    let there = pods("nodeSelector: {matchLabels: {rack: b}}, ", SPINE);
    let there = there.replace("{name: pods}", "{name: tor}");
    let conversion = beside(&there, &node("n1", "rack: a"));
    let names: Vec<&str> = conversion.cluster_configs.iter().map(|one| one.name()).collect();
    assert_eq!((names, codes(&conversion)), (vec!["tor-2"], vec!["M2C609"]));
}

#[test]
fn fields_of_v2alpha1_go_where_v2_is_written() {
    let reference = "peerConfigRef: {name: x, group: example.com, kind: Other}";
    let spine = SPINE.replace('}', &format!(", {reference}}}"));
    let there = pods(RACK_A, &spine).replace("cilium.io/v2\n", "cilium.io/v2alpha1\n");
    let text = [
        pool("web", "10.0.0.0/24", ""),
        bgp("out", ""),
        peer("tor", "192.0.2.1", ", nodeSelectors: [{matchLabels: {rack: a}}]"),
        node("n1", "rack: a"),
        there,
    ]
    .concat();
    for (version, stays) in [("1.17", true), ("1.19", false)] {
        let options = Options { version: version.parse().unwrap(), ..Options::default() };
        let conversion = try_convert(&text, &options).unwrap();
        let peers = &conversion.cluster_configs[0].resource.spec.bgp_instances[0].peers;
        let reference = peers[0].peer_config_ref.as_ref().unwrap();
        assert_eq!([&reference.group, &reference.kind].map(Option::is_some), [stays; 2]);
    }
}

#[test]
fn a_cluster_config_takes_no_more_than_sixteen_instances() {
    for (count, expected) in [(15, &[][..]), (16, &["M2C605"])] {
        let instances = (0..count).map(|at| {
            let asn = 65000 + at;
            format!(
                "{{name: i{at}, localASN: {asn}, peers: [{{name: p, peerAddress: 192.0.2.{}, \
                 peerASN: 64700}}]}}",
                100 + at
            )
        });
        let instances: Vec<String> = instances.collect();
        let spec = format!("{RACK_A}bgpInstances: [{}]", instances.join(", "));
        let conversion = beside(&cilium(CONFIG, "pods", &spec), &node("n1", "rack: a"));
        assert_eq!(losses(&conversion), expected, "{count}");
        let said = messages(&conversion, "M2C605").concat();
        assert_eq!(said.ends_with(": it has 16 instances already"), count == 16, "{said}");
    }
}

#[test]
fn a_cluster_config_of_nodes_with_several_sets_of_peers_is_in_the_way() {
    let text = [
        pool("web", "10.0.0.0/24", ""),
        bgp("out", ""),
        peer("a", "192.0.2.1", ", nodeSelectors: [{matchLabels: {rack: a}}]"),
        peer("b", "192.0.2.2", ", nodeSelectors: [{matchLabels: {rack: b}}]"),
        node("n1", "rack: a"),
        node("n2", "rack: b"),
        pods("", SPINE),
    ];
    let said = messages(&converted(&text.concat()), "M2C605").concat();
    assert!(said.ends_with(": it selects Nodes that have other peers"), "{said}");
}

#[test]
fn parts_of_a_cluster_config_have_names_of_their_own() {
    let part = "nodeSelector: {matchLabels: {rack: a, row: x, zone: z}, matchExpressions: [{key: \
                node.kubernetes.io/exclude-from-external-load-balancers, operator: DoesNotExist}]}, ";
    let nodes = node("n1", "rack: a, row: x, zone: z") + &node("n2", "rack: a");
    let conversion = beside(&pods(part, SPINE), &nodes);
    let names: Vec<&str> = conversion.cluster_configs.iter().map(|one| one.name()).collect();
    assert_eq!(names, ["tor", "tor-2", "pods"]);
}
