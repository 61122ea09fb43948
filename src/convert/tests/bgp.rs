//! BGPPeers and BGPAdvertisements.

use super::*;

/// Two local preferences or communities of one route are no longer what they were.
#[test]
fn advertisements_meet_where_they_send_one_prefix_of_one_service_to_one_peer_of_one_node() {
    let both = "10.0.0.0/24, 'fd00::/120'";
    for (addresses, first, second, meets) in [
        ("10.0.0.0/24", "", "", true),
        ("10.0.0.0/24", "peers: [tor]", "", true),
        ("10.0.0.0/24", "peers: [tor]", "peers: [spine]", false),
        ("10.0.0.0/24", "peers: [tor, spine]", "peers: [spine]", true),
        ("10.0.0.0/24", "ipAddressPools: [a]", "ipAddressPools: [b]", false),
        ("10.0.0.0/24", "ipAddressPools: [a]", "ipAddressPools: [a, b]", true),
        ("10.0.0.0/24", "nodeSelectors: [{matchLabels: {rack: r1}}]", "", true),
        (
            "10.0.0.0/24",
            "nodeSelectors: [{matchLabels: {rack: r1}}]",
            "nodeSelectors: [{matchLabels: {rack: r2}}]",
            false,
        ),
        (
            "10.0.0.0/24",
            "serviceSelectors: [{matchLabels: {app: web}}]",
            "serviceSelectors: [{matchLabels: {app: db}}]",
            false,
        ),
        (
            "10.0.0.0/24",
            "serviceSelectors: [{matchLabels: {app: web}}]",
            "serviceSelectors: [{matchLabels: {tier: db}}]",
            true,
        ),
        // One sends the address, the other its network.
        ("10.0.0.0/24", "aggregationLength: 24", "", false),
        ("10.0.0.0/24", "aggregationLengthV6: 120", "", true),
        ("'fd00::/120'", "aggregationLengthV6: 120", "", false),
        (both, "aggregationLength: 24", "", true),
        (both, "aggregationLength: 24, aggregationLengthV6: 120", "", false),
    ] {
        let with = |more: &str| {
            let text = [
                pool("a", addresses, ""),
                pool("b", &addresses.replace("0.0.0/", "1.0.0/").replace("fd00", "fd01"), ""),
                peer("spine", "192.0.2.2", ""),
                peer("tor", "192.0.2.1", ""),
                bgp("first", &format!("{first}{}{more}", if first.is_empty() { "" } else { ", " })),
                bgp("second", second),
            ];
            let options = Options { version: "1.18".parse().unwrap(), ..Options::default() };
            try_convert(&text.concat(), &options).map(|conversion| losses(&conversion))
        };
        // Without serviceSelectors MetalLB itself refuses two local preferences.
        let preferences = with("localPref: 5");
        let lost = |codes: &[&str], code| codes.contains(&code);
        let case = format!("{addresses}: {first} / {second}");
        assert!(preferences.map_or(meets, |codes| lost(&codes, "M2C431") == meets), "{case}");
        let communities = with("communities: ['65000:1']").unwrap();
        assert_eq!(lost(&communities, "M2C432"), meets, "{case}");
    }
}

#[test]
fn an_advertisement_to_peers_that_are_not_there_is_named() {
    let tor = peer("tor", "192.0.2.1", "");
    for (peers, expected) in [
        ([&tor, ""], &[][..]),
        ([&tor, "torr"], &["BGPAdvertisement out names peer `torr`, which is not in the input"]),
        // Then no peer is, which is said once.
        (["", "torr"], &[]),
    ] {
        let [there, unknown] = peers;
        let out = bgp("out", &format!("peers: [tor, {unknown}]"));
        let conversion = converted(&[&pool("a", "10.0.0.0/24", ""), there, &out].concat());
        assert_eq!(messages(&conversion, "M2C438"), expected);
        let nothing = ["BGPAdvertisement out announces nothing, in MetalLB too: there is no \
                        BGPPeer in the input"];
        assert_eq!(messages(&conversion, "M2C310"), nothing[usize::from(!there.is_empty())..]);
    }
}

#[test]
fn advertisements_that_differ_in_their_pools_alone_are_named_together() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        pool("b", "10.1.0.0/24", ""),
        bgp("one", "ipAddressPools: [a]"),
        bgp("two", "ipAddressPools: [b]"),
    ];
    assert_eq!(
        messages(&converted(&text.concat()), "M2C310"),
        ["BGPAdvertisements one and two announce nothing, in MetalLB too: there is no BGPPeer in \
          the input"]
    );
}

#[test]
fn ten_peers_of_a_cluster_config_are_named_and_the_others_counted() {
    let comments = |peers: usize| {
        let peers = (0..peers).map(|at| peer(&format!("p{at}"), &format!("192.0.2.{at}"), ""));
        let text: String = [pool("a", "10.0.0.0/24", "")].into_iter().chain(peers).collect();
        converted(&text).cluster_configs[0].comments.clone()
    };
    assert_eq!(
        (comments(10).len(), comments(10)[9].as_str()),
        (10, "From BGPPeer metallb-system/p9.")
    );
    assert_eq!((comments(11).len(), comments(11)[10].as_str()), (11, "And from 1 more."));
}

#[test]
fn of_the_peers_of_one_address_those_on_nodes_of_their_own_are_kept() {
    let on = |rack: &str| format!(", nodeSelectors: [{{matchLabels: {{rack: {rack}}}}}]");
    // MetalLB takes another spelling for another peer.
    let (one, other) = ("'2001:db8::1'", "'2001:db8:0::1'");
    for (peers, expected) in [
        ([(one, on("a")), (one, on("b")), (one, on("c"))], &["p0", "p1", "p2"][..]),
        ([(one, on("a")), (one, on("b")), (other, on("a"))], &["p0", "p1"]),
        ([(one, on("a")), (other, String::new()), (one, on("b"))], &["p0", "p2"]),
    ] {
        let peers = peers.iter().enumerate();
        let peers = peers.map(|(at, (address, nodes))| peer(&format!("p{at}"), address, nodes));
        let text: String = [pool("a", "10.0.0.0/24", "")].into_iter().chain(peers).collect();
        let conversion = converted(&text);
        let kept: Vec<&str> = conversion.peer_configs.iter().map(|one| one.name()).collect();
        assert_eq!(kept, expected);
        assert_eq!(messages(&conversion, "M2C420").len(), 3 - kept.len());
    }
}

#[test]
fn services_of_one_address_give_one_route_where_the_same_advertisements_select_them() {
    for (label, expected) in [("app: web", &[][..]), ("app: db", &["M2C433"])] {
        let shares = "annotations: {metallb.io/allow-shared-ip: key}";
        let text = [
            pool("a", "10.0.0.0/24", ""),
            peer("tor", "192.0.2.1", ""),
            bgp("all", ""),
            bgp("web", "communities: ['65000:1'], serviceSelectors: [{matchLabels: {app: web}}]"),
            holding("one", "10.0.0.1", &format!("{shares}, labels: {{app: web}}")),
            holding("two", "10.0.0.1", &format!("{shares}, labels: {{{label}}}")),
        ];
        assert_eq!(losses(&converted(&text.concat())), expected, "{label}");
    }
}

#[test]
fn the_aggregate_of_a_local_service_is_lost_where_its_family_is_aggregated() {
    for (address, spec, expected) in [
        ("10.0.0.1", "aggregationLength: 24", &["M2C429"][..]),
        ("10.0.0.1", "aggregationLengthV6: 120", &[]),
        ("'fd00::1'", "aggregationLengthV6: 120", &["M2C429"]),
        ("'fd00::1'", "aggregationLength: 24", &[]),
        // It may get one of either family.
        ("", "aggregationLength: 24", &["M2C429"]),
    ] {
        let local = "LoadBalancer, externalTrafficPolicy: Local, ";
        let there =
            if address.is_empty() { service("x", "", "") } else { holding("x", address, "") };
        let text = [
            pool("a", "10.0.0.0/24, 'fd00::/120'", ""),
            peer("tor", "192.0.2.1", ""),
            bgp("one", spec),
            there.replace("LoadBalancer, ", local),
        ];
        assert_eq!(losses(&converted(&text.concat())), expected, "{address}: {spec}");
    }
}

const SECRET: &str = "\
---
apiVersion: v1
kind: Secret
metadata: {name: bgp-password-tor, namespace: metallb-system}
type: kubernetes.io/basic-auth
stringData: {password: of-the-secret}
";

#[test]
fn a_password_of_a_peer_s_own_takes_no_name_of_a_secret_that_another_peer_has() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("spine", "192.0.2.1", ", passwordSecret: {name: bgp-password-tor}"),
        peer("tor", "192.0.2.2", ", password: inline"),
        peer("tor-2", "192.0.2.3", ", password: other"),
        SECRET.to_owned(),
        bgp("all", ""),
    ];
    let conversion = converted(&text.concat());
    let secrets = conversion.secrets.iter().map(|one| (one.name.as_str(), one.password.expose()));
    assert_eq!(
        secrets.collect::<Vec<_>>(),
        [
            ("bgp-password-tor", "of-the-secret"),
            ("bgp-password-tor-2", "other"),
            ("bgp-password-tor-3", "inline"),
        ]
    );
    let used = conversion.peer_configs.iter();
    let used = used.map(|one| (one.name(), one.resource.spec.auth_secret_ref.as_deref().unwrap()));
    assert_eq!(
        used.collect::<Vec<_>>(),
        [
            ("spine", "bgp-password-tor"),
            ("tor", "bgp-password-tor-3"),
            ("tor-2", "bgp-password-tor-2"),
        ]
    );
}

#[test]
fn an_advertisement_that_reaches_no_peer_is_not_written() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("all", ""),
        bgp("gone", "peers: [gone], communities: ['65000:1']"),
    ];
    let conversion = converted(&text.concat());
    let names: Vec<&str> = conversion.advertisements.iter().map(|one| one.name()).collect();
    assert_eq!(names, ["all"]);
}

#[test]
fn a_local_as_number_that_changes_what_kind_of_session_it_is_is_a_loss() {
    for (numbers, expected) in [
        ("myASN: 64512, peerASN: 64513, localASN: 64513", "; by that the session becomes internal"),
        ("myASN: 64513, peerASN: 64513, localASN: 64999", "; by that the session becomes external"),
        ("myASN: 64512, peerASN: 64513, localASN: 64999", "in place of localASN"),
    ] {
        let tor =
            resource("v1beta2", "BGPPeer", "tor", &format!("{numbers}, peerAddress: 192.0.2.1"));
        let conversion = converted(&(pool("a", "10.0.0.0/24", "") + &tor));
        let said = messages(&conversion, "M2C425");
        assert!(said.len() == 1 && said[0].ends_with(expected), "{said:?}");
        assert_eq!(losses(&conversion).is_empty(), expected.starts_with("in "));
    }
}
