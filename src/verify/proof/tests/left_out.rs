//! What is left out by name, or not proved, though the examples at hand differ.

use super::*;
use crate::cilium::{BgpInstanceOverride, BgpNodeConfigOverrideSpec};
use crate::manifest::Resource;

/// The Services, Nodes and interfaces that are left out for this reason.
fn left_out(both: &Both, code: &'static crate::diagnostic::Code) -> Vec<&'static str> {
    let proof = both.proof();
    assert_eq!(proof.outcome, Outcome::Proved, "{:?}", proof.unproved);
    proof.apart.iter().filter(|one| one.code == code).map(|one| one.who).collect()
}

fn versioned(text: &str, version: &str) -> Both {
    Both::with(text, &Options { version: version.parse().unwrap(), ..Options::default() })
}

const L2: &str = "addresses: [10.0.0.0/28]";

#[test]
fn dual_stack_services_are_left_out_where_cilium_has_a_family_switched_off() {
    let text = pool("a", "addresses: [10.0.0.0/28, 'fd00::/124']");
    for (ipv4, ipv6, all) in
        [(true, true, false), (true, false, true), (false, true, true), (false, false, true)]
    {
        let mut both = Both::of(&text);
        (both.written.settings.ipv4, both.written.settings.ipv6) = (ipv4, ipv6);
        let who = left_out(&both, convert::DUAL_STACK);
        assert_eq!(who.contains(&"dual-stack Services"), all, "{ipv4} {ipv6}");
    }
}

#[test]
fn dual_stack_services_are_left_out_where_one_family_of_a_pool_is_full() {
    let who = "dual-stack Services where a pool has room for one family only";
    for (addresses, full) in [("10.0.0.0/32, 'fd00::/124'", true), ("10.0.0.0/32", false)] {
        let both = Both::of(&pool("a", &format!("addresses: [{addresses}]")));
        assert_eq!(left_out(&both, convert::DUAL_STACK).contains(&who), full, "{addresses}");
    }
}

#[test]
fn draining_endpoints_are_left_out_on_l2_too_where_local_services_are_not() {
    let l2 = pool("a", L2) + &metallb("L2Advertisement", "l2", "");
    for (text, version, draining) in
        [(l2.clone(), "1.20.2", true), (l2, "1.20.1", false), (pool("a", L2), "1.20.2", false)]
    {
        let both = versioned(&text, version);
        assert_eq!(!left_out(&both, convert::DRAINING).is_empty(), draining, "{version}");
    }
}

#[test]
fn interfaces_that_cilium_does_not_manage_are_left_out_where_metallb_names_none() {
    for (interfaces, devices, apart) in
        [("", &["eth0"][..], true), ("", &[], false), ("interfaces: [eth0]", &["eth0"], false)]
    {
        let mut both = Both::of(&(pool("a", L2) + &metallb("L2Advertisement", "l2", interfaces)));
        both.written.settings.devices = devices.iter().map(|name| (*name).to_owned()).collect();
        let who = left_out(&both, convert::ALL_INTERFACES);
        assert_eq!(!who.is_empty(), apart, "{interfaces} {devices:?}");
    }
}

#[test]
fn interfaces_that_metallb_leaves_out_are_left_out_where_they_are_not_written_out() {
    let (not_at_hand, all) = (
        "interfaces that are not those of the Nodes at hand",
        "interfaces that metallb-excludel2 leaves out",
    );
    for (node, interfaces, excluded, who) in [
        ("", "", &["^veth"][..], &[all][..]),
        ("eth0", "", &["^veth"], &[all]),
        ("'eth0,veth1'", "", &["^veth"], &[not_at_hand]),
        ("eth0", "interfaces: [eth0]", &["^veth"], &[]),
        ("eth0", "", &[], &[]),
    ] {
        let text = AT_HAND.replace("interfaces: eth0", &format!("interfaces: {node}"))
            + &pool("a", L2)
            + &metallb("L2Advertisement", "l2", interfaces);
        let excluded = excluded.iter().map(|text| (*text).to_owned()).collect();
        let options = Options { excluded_interfaces: Some(excluded), ..Options::default() };
        let both = Both::with(&text, &options);
        assert_eq!(left_out(&both, convert::EXCLUDED_INTERFACES), who, "{node} {interfaces}");
    }
}

#[test]
fn services_that_share_an_aggregate_are_left_out() {
    for (ad, who) in [
        ("", "Services that share an address announced by BGP"),
        (
            "aggregationLength: 28",
            "Services that share an address, or an aggregate, announced by BGP",
        ),
        (
            "aggregationLengthV6: 64",
            "Services that share an address, or an aggregate, announced by BGP",
        ),
    ] {
        let both = routed([ad, ad]);
        assert_eq!(left_out(&both, convert::SHARED_ATTRIBUTES), [who], "{ad}");
        let of_local = left_out(&both, convert::AGGREGATE_OF_LOCAL);
        assert_eq!(of_local.is_empty(), ad.is_empty(), "{ad}");
    }
}

#[test]
fn nothing_is_left_out_of_what_is_announced_nowhere() {
    let ad = metallb("BGPAdvertisement", "ad", "aggregationLength: 28");
    let both = Both::of(&(pool("a", L2) + &ad));
    let announced = [
        convert::SHARED_ATTRIBUTES,
        convert::AGGREGATE_OF_LOCAL,
        convert::FAMILY_WITHOUT_ENDPOINTS,
        convert::DRAINING,
        convert::NETWORK_UNAVAILABLE,
        convert::SHARED_ON_L2,
        convert::LOCAL_ON_L2,
    ];
    for code in announced {
        assert_eq!(left_out(&both, code), [""; 0], "{}", code.id);
    }
}

#[test]
fn services_that_share_an_address_are_left_out_where_advertisements_select_services() {
    for (selectors, apart) in [("serviceSelectors: [{matchLabels: {app: x}}]", true), ("", false)] {
        let both = Both::of(&(pool("a", L2) + &metallb("L2Advertisement", "l2", selectors)));
        let who = left_out(&both, convert::SELECTORS_AND_SHARING);
        assert_eq!(!who.is_empty(), apart, "{selectors}");
    }
}

#[test]
fn dual_stack_services_are_left_out_where_two_pools_are_one_of_ciliums() {
    let blocks = ["10.0.0.0/28", "'fd00::/124'", "10.1.0.0/28", "'fd01::/124'"];
    let of = |name, [v4, v6]: [&str; 2]| pool(name, &format!("addresses: [{v4}, {v6}]"));
    let text = of("a", [blocks[0], blocks[1]]) + &of("b", [blocks[2], blocks[3]]);
    let [one, two, three, four] = blocks.map(|block| format!("{{cidr: {block}}}"));
    let all = |blocks: &[&String]| {
        let blocks = blocks.iter().map(|block| block.as_str()).collect::<Vec<_>>().join(", ");
        format!("blocks: [{blocks}], allowFirstLastIPs: 'Yes'")
    };
    let apart = |written: &str| {
        let proof = Both::against(&text, written).proof();
        proof.apart.iter().any(|one| one.who == "dual-stack Services")
    };
    let each = cilium_pool("a", &all(&[&one, &two])) + &cilium_pool("b", &all(&[&three, &four]));
    assert!(!apart(&each));
    assert!(apart(&cilium_pool("all", &all(&[&one, &two, &three, &four]))));
}

#[test]
fn beside_kube_proxy_nothing_on_l2_is_proved() {
    let l2 = metallb("L2Advertisement", "l2", "");
    for (ads, replaced, outcome) in [
        (&*l2, Some(false), Outcome::NotProved),
        (&*l2, Some(true), Outcome::Proved),
        (&*l2, None, Outcome::Proved),
        ("", Some(false), Outcome::Proved),
    ] {
        let mut both = Both::of(&(pool("a", L2) + ads));
        both.written.settings.kube_proxy_replacement = replaced;
        assert_eq!(both.proof().outcome, outcome, "{ads} {replaced:?}");
    }
}

#[test]
fn of_two_peers_with_one_address_any_may_be_made() {
    for (address, reference, told) in [
        ("192.0.2.1", None, false),
        ("192.0.2.1", Some("inner"), false),
        // That one is never made.
        ("192.0.2.1", Some("missing"), true),
        ("192.0.2.9", None, true),
    ] {
        let mut both = routed(["", ""]);
        let peers = &mut both.written.cluster_configs[0].spec.bgp_instances[0].peers;
        let mut twin = peers[0].clone();
        assert_eq!(twin.peer_address.as_deref(), Some("192.0.2.1"));
        twin.name = "twin".to_owned();
        twin.peer_address = Some(address.to_owned());
        match reference {
            None => twin.peer_config_ref = None,
            Some(name) => twin.peer_config_ref.as_mut().unwrap().name = name.to_owned(),
        }
        peers.insert(0, twin);
        assert_eq!(both.proof().unproved.is_empty(), told, "{address} {reference:?}");
    }
}

#[test]
fn a_node_with_another_as_number_is_not_proved() {
    let name = routed(["", ""]).written.cluster_configs[0].spec.bgp_instances[0].name.clone();
    for (instance, asn, outcome) in [
        (&*name, Some(65000), Outcome::NotProved),
        (&*name, Some(64512), Outcome::Proved),
        (&*name, None, Outcome::Proved),
        ("other", Some(65000), Outcome::Proved),
    ] {
        let mut both = routed(["", ""]);
        let set = BgpInstanceOverride {
            name: instance.to_owned(),
            local_asn: asn,
            ..BgpInstanceOverride::default()
        };
        let spec = BgpNodeConfigOverrideSpec { bgp_instances: vec![set] };
        let mut one = Resource { spec, ..Resource::default() };
        one.meta.name = "node-a".to_owned();
        both.written.node_overrides.push(one);
        assert_eq!(both.proof().outcome, outcome, "{instance} {asn:?}");
    }
}
