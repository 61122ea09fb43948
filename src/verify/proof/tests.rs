mod announced;
mod examples;
mod left_out;

use super::*;
use crate::cilium::{BgpFamily, CiliumVersion};
use crate::convert::{Options, POOL_LABEL, codes as convert};
use crate::selector::{LabelSelector, Operator, Requirement};
use crate::verify::testing::{AT_HAND, Both, cilium_pool, metallb, pool};

/// What differs: the aspect, and for which Services.
fn found(both: &Both) -> BTreeSet<(Aspect, String)> {
    let proof = both.proof();
    assert_eq!(proof.unproved, Vec::<String>::new());
    proof.differences.into_iter().map(|one| (one.aspect, one.who)).collect()
}

fn pinned(count: usize, allocation: impl Fn(usize) -> String) -> String {
    let one = |at| {
        let allocation = allocation(at);
        let spec = format!("addresses: [10.0.{at}.0/24], serviceAllocation: {{{allocation}}}");
        pool(&format!("p{at:02}"), &spec)
    };
    (0..count).map(one).collect()
}

#[test]
fn so_many_pinned_pools_for_one_service_that_their_order_is_not_told_are_not_proved() {
    let by_priority = |namespaces: usize| {
        move |at: usize| format!("priority: {}, namespaces: [n{}]", at + 1, at % namespaces)
    };
    let told = |count, namespaces| {
        let proof = Both::of(&pinned(count, by_priority(namespaces))).proof();
        !proof.unproved.iter().any(|reason| reason.starts_with("more than 12 pinned pools"))
    };
    assert_eq!([told(12, 1), told(13, 1), told(13, 2), told(26, 2)], [true, false, true, false]);
}

#[test]
fn a_negative_priority_is_not_proved_where_another_pool_fits_the_same_service() {
    let told = |text: &str| {
        let proof = Both::of(text).proof();
        !proof.unproved.iter().any(|reason| reason.contains("has a negative priority"))
    };
    let both = |namespaces: [&'static str; 2]| {
        pinned(2, |at| format!("priority: {}, namespaces: [{}]", at as i32 - 1, namespaces[at]))
    };
    assert!(told(&pinned(1, |_| "priority: -1, namespaces: [shop]".to_owned())));
    assert!(told(&both(["shop", "other"])));
    assert!(!told(&both(["shop", "shop"])));
}

#[test]
fn of_a_pool_in_two_parts_an_address_of_the_part_that_differs_is_asked_for() {
    let both = Both::against(
        &pool("a", "addresses: [10.0.0.0/28, 10.1.0.0/28]"),
        &(cilium_pool("open", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'")
            + &cilium_pool(
                "closed",
                "blocks: [{cidr: 10.1.0.0/28}], allowFirstLastIPs: 'Yes', serviceSelector: \
                 {matchLabels: {io.kubernetes.service.namespace: shop}}",
            )),
    );
    let who = "an IPv4 one in namespace default".to_owned();
    assert_eq!(found(&both), [(Aspect::Lost, who)].into());
}

#[test]
fn who_asks_for_a_pool_without_his_family_is_left_out() {
    let both = Both::against(
        &(pool("a", "addresses: [10.0.0.0/28]") + &pool("b", "addresses: ['fd00::/124']")),
        &(cilium_pool("a", "blocks: [{cidr: 10.0.0.0/28}], allowFirstLastIPs: 'Yes'")
            + &cilium_pool("b", "blocks: [{cidr: 'fd00::/124'}], allowFirstLastIPs: 'Yes'")),
    );
    assert_eq!(both.proof().outcome, Outcome::Proved);
}

#[test]
fn dual_stack_services_are_left_out_unless_both_sides_take_their_addresses_alike() {
    let (v4, v6) = ("10.0.0.0/28", "'fd00::/124'");
    let of = |name, addresses: &str| pool(name, &format!("addresses: [{addresses}]"));
    let asked = |name, addresses: &str| of(name, addresses).replace("]}", "], autoAssign: false}");
    let both = of("a", &format!("{v4}, {v6}")) + &of("b", "10.1.0.0/28, 'fd01::/124'");
    let (all, required) = ("dual-stack Services", "Services that require both families");
    let half = "dual-stack Services that hold one address only, or two of two pools";
    let full = "dual-stack Services where a pool has room for one family only";
    for (pools, version, left_out) in [
        (of("a", &format!("{v4}, {v6}")), "1.19", &[full][..]),
        // MetalLB gives nothing where both are required, Cilium what there is.
        (of("a", v4), "1.19", &[required]),
        // So, too, to those that name the one that has one only.
        (both.clone() + &asked("c", "10.2.0.0/28"), "1.19", &[required, half, full]),
        (asked("a", v4) + &asked("b", v6), "1.19", &[required]),
        // The addresses of one Service are of one pool with MetalLB, of two with Cilium.
        (of("a", v4) + &of("b", v6), "1.19", &[all]),
        // Both pools have both, but Cilium keeps one address whatever the other is.
        (both.clone(), "1.19", &[half, full]),
        // From 1.20 on it walks through the pools anew for each family.
        (both, "1.20", &[all]),
    ] {
        let version: CiliumVersion = version.parse().unwrap();
        let proof = Both::with(&pools, &Options { version, ..Options::default() }).proof();
        assert_eq!(proof.outcome, Outcome::Proved, "{pools}");
        let apart = proof.apart.iter().filter(|one| one.code == convert::DUAL_STACK);
        let who: Vec<&str> = apart.map(|one| one.who).collect();
        assert_eq!(who, left_out, "{pools}");
    }
}

#[test]
fn a_first_choice_is_shown_full_in_all_of_its_parts() {
    let first = "addresses: [10.0.0.0/28, 10.0.1.0/28], serviceAllocation: {namespaces: [shop]}";
    let text = pool("a", first) + &pool("b", "addresses: [10.1.0.0/28]");
    let mut both = Both::of(&text);
    let mut part = both.written.pools[0].clone();
    part.meta.name = "part".to_owned();
    part.spec.blocks.pop();
    both.written.pools[0].spec.blocks.remove(0);
    both.written.pools.push(part);
    let proof = both.proof();
    assert_eq!(proof.unproved, Vec::<String>::new());
    let of_code = proof.differences.iter().filter(|one| one.code == Some(convert::FALL_BACK));
    let found: Vec<_> = of_code.map(|one| (one.before.as_str(), one.after.as_str())).collect();
    assert_eq!(found, [("an address of pool b", "no address")]);
}

#[test]
fn a_verdict_on_what_is_only_reported_of_a_version_says_assumed() {
    let said = |version: &str| {
        let version = version.parse().unwrap();
        let options = Options { version, ..Options::default() };
        let l2 = metallb("L2Advertisement", "l2", "");
        let text = pool("a", "addresses: [10.0.0.0/28]") + &l2;
        Both::with(&text, &options).proof().sentence()
    };
    let proved = "proved equivalent for every Service and Node, over 9 classes of Services and 2 of \
                  Nodes";
    let assumed = "what Cilium does from 1.20.2 on is reported, not tested";
    assert_eq!(said("1.19.0"), proved);
    assert_eq!(said("1.20.2"), format!("{proved}, but assumed: {assumed}"));
    assert_eq!(said("1.18.1"), proved);
    let assumed = assumed.replace("1.20.2", "1.18.2");
    assert_eq!(said("1.18.2"), format!("{proved}, but assumed: {assumed}"));
}

#[test]
fn the_classes_of_services_and_of_nodes_are_counted() {
    let nodes = metallb("L2Advertisement", "l2", "nodeSelectors: [{matchLabels: {rack: a}}]");
    let classes = Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &nodes)).proof().classes;
    let (services, nodes) = ("9".to_owned(), "6".to_owned());
    assert_eq!(classes, Classes { services, nodes });
}

#[test]
fn nodes_to_come_are_left_out_where_something_is_set_node_by_node() {
    let left_out = |peer: &str, routes: &str| {
        let spec = format!("myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1{peer}");
        let both = Both::of(
            &("apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n".to_owned()
                + &pool("a", "addresses: [10.0.0.0/28]")
                + &metallb("BGPPeer", "tor", &spec)
                + routes),
        );
        both.proof().apart.iter().any(|one| one.code == convert::NEEDS_NODES)
    };
    for routes in ["", &metallb("BGPAdvertisement", "ad", "")] {
        assert!(left_out(", routerID: 10.0.0.1", routes));
        assert!(!left_out("", routes));
    }
}

/// Two advertisements to two peers, of which the one is internal.
fn routed(ads: [&str; 2]) -> Both {
    let peer = |name, asn, host| {
        let spec = format!("myASN: 64512, peerASN: {asn}, peerAddress: 192.0.2.{host}");
        metallb("BGPPeer", name, &spec)
    };
    Both::of(
        &(pool("a", "addresses: [10.0.0.0/28]")
            + &peer("inner", 64512, 1)
            + &peer("outer", 64513, 2)
            + &metallb("BGPAdvertisement", "one", ads[0])
            + &metallb("BGPAdvertisement", "two", ads[1])),
    )
}

#[test]
fn local_preferences_differ_for_internal_peers_only() {
    for (peer, differs) in [("inner", true), ("outer", false)] {
        let spec = format!("peers: [{peer}], localPref: 200");
        let mut both = routed([&spec, &spec]);
        assert_eq!(both.proof().outcome, Outcome::Proved);
        for one in
            both.written.advertisements.iter_mut().flat_map(|one| &mut one.spec.advertisements)
        {
            one.attributes.get_or_insert_default().local_preference = Some(100);
        }
        assert_eq!(!found(&both).is_empty(), differs, "{peer}");
    }
}

#[test]
fn metallb_knows_whether_a_peer_of_any_as_is_internal() {
    for (asn, differs) in [("internal", true), ("external", false)] {
        let peer = format!("myASN: 64512, dynamicASN: {asn}, peerAddress: 192.0.2.1");
        let mut both = Both::of(
            &(AT_HAND.to_owned()
                + &pool("a", "addresses: [10.0.0.0/28]")
                + &metallb("BGPPeer", "tor", &peer)
                + &metallb("BGPAdvertisement", "ad", "localPref: 200")),
        );
        for preference in [Some(200), Some(100), None] {
            let advertisement = &mut both.written.advertisements[0].spec.advertisements[0];
            advertisement.attributes.as_mut().unwrap().local_preference = preference;
            let proof = both.proof();
            assert_eq!(proof.unproved, [""; 0], "{asn} {preference:?}");
            let is_route = |one: &&ClassDifference| one.aspect == Aspect::Routes;
            let differs = differs && preference != Some(200);
            assert_eq!(
                proof.differences.iter().any(|one| is_route(&one)),
                differs,
                "{preference:?}"
            );
            let findings = both.report().findings;
            let routes = findings.iter().any(|one| one.headline().contains("other routes"));
            assert_eq!(routes, differs, "{asn} {preference:?}");
        }
    }
}

#[test]
fn advertisements_contradict_each_other_by_preference_for_one_peer_and_length() {
    // Of what is told apart by Services MetalLB sees only then whether it contradicts.
    let app = |more| format!("serviceSelectors: [{{matchLabels: {{app: x}}}}], {more}");
    let team = |more| format!("serviceSelectors: [{{matchLabels: {{team: x}}}}], {more}");
    for (one, other, contradict) in [
        (app("localPref: 100"), team("localPref: 100"), false),
        (app("localPref: 100"), team("localPref: 200"), true),
        (app("localPref: 100, peers: [inner]"), team("localPref: 200"), true),
        (app("localPref: 100"), team("localPref: 200, peers: [inner]"), true),
        (app("localPref: 100, peers: [outer]"), team("localPref: 200, peers: [inner]"), false),
        ("localPref: 100, aggregationLength: 28".to_owned(), "localPref: 200".to_owned(), false),
    ] {
        let proof = routed([&one, &other]).proof();
        assert_eq!(proof.unproved, Vec::<String>::new(), "{one} {other}");
        let codes: BTreeSet<&str> =
            proof.differences.iter().filter_map(|one| Some(one.code?.id)).collect();
        let expected = if contradict { vec!["M2C431"] } else { vec![] };
        assert_eq!(codes, expected.into_iter().collect(), "{one} {other}");
        assert_eq!(proof.differences.is_empty(), !contradict);
    }
}

#[test]
fn before_1_19_the_last_entry_of_an_advertisement_decides() {
    let ad = metallb("BGPAdvertisement", "ad", "communities: ['64512:1', '64512:2']");
    let peer = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1";
    let text = pool("a", "addresses: [10.0.0.0/28]") + &metallb("BGPPeer", "tor", peer) + &ad;
    let (one, other, both) = (&["64512:1"][..], &["64512:2"][..], &["64512:1", "64512:2"][..]);
    for (version, entries, same) in [
        ("1.18", [one, other], false),
        ("1.18", [both, one], false),
        ("1.18", [one, both], true),
        ("1.18", [both, both], true),
        ("1.19", [one, other], true),
        ("1.19", [one, one], false),
    ] {
        let options = Options { version: version.parse().unwrap(), ..Options::default() };
        let mut given = Both::with(&text, &options);
        let advertisement = &mut given.written.advertisements[0].spec.advertisements;
        advertisement.push(advertisement[0].clone());
        for (entry, communities) in advertisement.iter_mut().zip(entries) {
            let communities = communities.iter().map(|text| (*text).to_owned()).collect();
            let attributes = entry.attributes.as_mut().unwrap();
            attributes.communities.as_mut().unwrap().standard = communities;
        }
        assert_eq!(found(&given).is_empty(), same, "{version} {entries:?}");
    }
}

#[test]
fn a_selector_of_any_family_that_is_none_is_not_passed_over() {
    let mut both = routed(["", ""]);
    assert_eq!(both.proof().outcome, Outcome::Proved);
    let bad = Requirement { key: "a".to_owned(), operator: Operator::In, values: vec![] };
    let advertisements =
        Some(LabelSelector { match_expressions: vec![bad], ..LabelSelector::default() });
    let (afi, safi) = ("l2vpn".to_owned(), "evpn".to_owned());
    both.written.peer_configs[0].spec.families.push(BgpFamily { afi, safi, advertisements });
    assert_eq!(both.proof().outcome, Outcome::NotProved);
}

/// A pool of MetalLB's, and the same of Cilium's with a selector.
fn selected(more: &str, selector: &str) -> Both {
    Both::against(
        &pool("a", &format!("addresses: [10.0.0.0/28]{more}")),
        &cilium_pool(
            "a",
            &format!(
                "blocks: [{{cidr: 10.0.0.0/28}}], allowFirstLastIPs: 'Yes', serviceSelector: \
                 {{matchExpressions: [{{{selector}}}]}}"
            ),
        ),
    )
}

#[test]
fn every_service_has_a_name_and_a_namespace() {
    let who = "an IPv4 one in namespace default".to_owned();
    let lost = BTreeSet::from([(Aspect::Lost, who)]);
    for key in ["io.kubernetes.service.name", "io.kubernetes.service.namespace"] {
        let all = found(&selected("", &format!("key: {key}, operator: Exists")));
        assert_eq!(all, BTreeSet::new());
        // Nobody gains what was for nobody, either.
        for more in ["", ", autoAssign: false"] {
            let none = found(&selected(more, &format!("key: {key}, operator: DoesNotExist")));
            assert_eq!(none, lost, "{key} {more}");
        }
    }
}

#[test]
fn an_example_says_just_what_makes_the_difference() {
    let key = "key: io.kubernetes.service.namespace";
    for (selector, who) in [
        ("key: app, operator: NotIn, values: [x]".to_owned(), "default with app=x"),
        ("key: app, operator: In, values: [x]".to_owned(), "default"),
        ("key: app, operator: DoesNotExist".to_owned(), "default with app=other"),
        (format!("{key}, operator: In, values: [shop]"), "default"),
        (format!("{key}, operator: In, values: [default]"), "default-x"),
    ] {
        let who = format!("an IPv4 one in namespace {who}");
        assert_eq!(found(&selected("", &selector)), [(Aspect::Lost, who)].into(), "{selector}");
    }
}

#[test]
fn the_example_of_other_interfaces_has_a_node_with_such_a_one() {
    let l2 = metallb("L2Advertisement", "l2", "interfaces: [eth0]");
    let mut both = Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &l2));
    both.written.l2_policies[0].spec.interfaces = vec!["eth0".to_owned()];
    let example = both.proof().differences.remove(0).example;
    let node = "annotations: {\"metallb2cilium.io/interfaces\": \"aeth0\"}";
    assert!(example.ends_with(&format!("{node}\n")), "{example}");
}

#[test]
fn an_interface_that_is_named_is_lost_where_cilium_does_not_manage_it() {
    let text = AT_HAND.replace("interfaces: eth0", "interfaces: 'eth0,eth1'")
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("L2Advertisement", "l2", "interfaces: [eth0, eth1]");
    let mut both = Both::of(&text);
    for (devices, same) in
        [(&[][..], true), (&["eth+"], true), (&["eth0"], false), (&["en+"], false)]
    {
        both.written.settings.devices = devices.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found(&both).is_empty(), same, "{devices:?}");
        assert_eq!(both.report().findings.is_empty(), same, "{devices:?}");
    }
}

#[test]
fn a_class_of_bgp_only_is_answered_for_by_nobody_on_l2() {
    let l2 = metallb("L2Advertisement", "l2", "");
    let mut both = Both::of(&(pool("a", "addresses: [10.0.0.0/28]") + &l2));
    assert_eq!(both.proof().outcome, Outcome::Proved);
    both.lb_class = Some(crate::simulate::cilium::BGP_CLASS);
    let who = "an IPv4 one in namespace default".to_owned();
    assert_eq!(found(&both), [(Aspect::Answerers, who)].into());
}

#[test]
fn of_interfaces_that_are_left_out_those_at_hand_are_compared() {
    let text = AT_HAND.replace("interfaces: eth0", "interfaces: 'eth0,eth1,veth0'")
        + &pool("a", "addresses: [10.0.0.0/28]")
        + &metallb("L2Advertisement", "l2", "");
    let excluded_interfaces = Some(vec!["^veth".to_owned()]);
    let mut both = Both::with(&text, &Options { excluded_interfaces, ..Options::default() });
    assert_eq!(both.written.l2_policies[0].spec.interfaces, ["^eth0$", "^eth1$"]);
    for (interfaces, same) in [
        (&["^eth0$", "^eth1$"][..], true),
        (&["^eth"], true),
        // Of those to come nothing is said.
        (&["^eth[0-9]$", "^en"], true),
        (&["^eth0$"], false),
        (&["^eth9$"], false),
        (&["eth"], false),
        (&[], false),
    ] {
        both.written.l2_policies[0].spec.interfaces =
            interfaces.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(found(&both).is_empty(), same, "{interfaces:?}");
        assert_eq!(both.report().findings.is_empty(), same, "{interfaces:?}");
    }
}

#[test]
fn an_interface_that_is_named_and_left_out_is_not_proved() {
    for (interfaces, proved) in [("[eth0]", true), ("[veth1]", false), ("[eth0, veth1]", false)] {
        let text = pool("a", "addresses: [10.0.0.0/28]")
            + &metallb("L2Advertisement", "l2", &format!("interfaces: {interfaces}"));
        let excluded_interfaces = Some(vec!["^veth".to_owned()]);
        let options = Options { excluded_interfaces, ..Options::default() };
        let proof = Both::with(&text, &options).proof();
        let reason = "L2Advertisement l2 names veth1, on which MetalLB never answers \
                      (metallb-excludel2)";
        let reasons = if proved { vec![] } else { vec![reason.to_owned()] };
        assert_eq!(proof.unproved, reasons, "{interfaces}");
    }
}
