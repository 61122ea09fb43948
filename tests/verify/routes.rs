//! BGP: routes and the sessions that carry them.

use serde_json::Value;

use crate::resources::{
    ALL, FAMILY, NODES, TIMERS, TOR, advertisement, bgp, cilium, cilium_pool, cluster_config,
    metallb, peer_config, service,
};
use crate::support::reader::run;
use crate::{against, caught, differences, verify};

#[test]
fn routes_that_differ_are_caught() {
    let input = |ad: &str| NODES.to_owned() + &bgp("", ad) + &service("web", "", "", &["10.0.0.7"]);
    let sessions = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &cluster_config("all", "", TOR)
        + &peer_config(TIMERS, FAMILY);
    let attributes = "attributes: {communities: {standard: ['64512:1', '64512:2']}}";
    let communities = "communities: ['64512:1', '64512:2']";
    for (ad, right, wrong) in [
        // An absent selector selects nothing.
        ("", ALL.to_owned(), ", service: {addresses: [LoadBalancerIP]}".to_owned()),
        (
            communities,
            format!("{ALL}, {attributes}"),
            format!("{ALL}, {}", attributes.replace(", '64512:2'", "")),
        ),
        (
            "aggregationLength: 24",
            ", service: {addresses: [LoadBalancerIP], aggregationLengthIPv4: 24}, selector: {}"
                .to_owned(),
            ALL.to_owned(),
        ),
    ] {
        let right = sessions.clone() + &advertisement(&right);
        let wrong = sessions.clone() + &advertisement(&wrong);
        caught(&input(ad), &right, &wrong, "M2C594", "has other routes");
    }
}

#[test]
fn a_peer_is_the_same_by_whatever_name_and_another_by_the_same() {
    let second = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.9";
    let input = |ad: &str| {
        NODES.to_owned()
            + &bgp("", ad)
            + &metallb("BGPPeer", "rack", second)
            + &service("web", "", "", &["10.0.0.7"])
    };
    let resources = |tor: &str, rack: &str, entry: &str| {
        let peers = [(tor, "192.0.2.1"), (rack, "192.0.2.9")].map(|(name, address)| {
            TOR.replace(
                "name: tor, peerAddress: 192.0.2.1",
                &format!("name: {name}, peerAddress: {address}"),
            )
        });
        cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
            + &cluster_config("all", "", &peers.join(", "))
            + &peer_config(TIMERS, FAMILY)
            + &advertisement(entry)
    };
    for (tor, rack) in [("tor", "rack"), ("first", "second"), ("rack", "tor")] {
        let (_, value) = against(&input(""), &resources(tor, rack, ALL));
        assert_eq!(differences(&value), [], "{tor} {rack}");
        // One that is told of by MetalLB only.
        let (_, value) = against(&input("peers: [tor]"), &resources(tor, rack, ALL));
        let found = differences(&value);
        let other = ("M2C594".to_owned(), "has other routes".to_owned());
        assert!(found.contains(&other), "{tor} {rack}: {found:?}");
        let text = value["differences"].to_string();
        assert!(text.contains("to rack: IPv4 /32"), "as MetalLB calls it: {text}");
    }
}

#[test]
fn an_aggregate_of_a_local_service_is_caught() {
    let local = service("web", "", ", externalTrafficPolicy: Local", &["10.0.0.7"]);
    let input = NODES.to_owned() + &bgp("", "aggregationLength: 24") + &local;
    let output = verify(&["-o", "json", "--metallb-mode", "frr"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.status, 1);
    let found = differences(&value);
    assert!(found.contains(&("M2C429".to_owned(), "has other routes".to_owned())), "{found:?}");
}

#[test]
fn sessions_that_differ_are_caught() {
    let resources = |peers: &str, peer_config: &str| {
        cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
            + &cluster_config("all", "", peers)
            + peer_config
            + &advertisement(ALL)
    };
    let plain = peer_config(TIMERS, FAMILY);
    let with = |more: &str| peer_config(&format!("{TIMERS}, {more}"), FAMILY);
    let both = "families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: {a: b}}}, {afi: \
                ipv6, safi: unicast, advertisements: {matchLabels: {a: b}}}]";
    for (peer, right, wrong_peers, wrong, message) in [
        (
            "",
            plain.clone(),
            TOR,
            peer_config("timers: {connectRetryTimeSeconds: 120}", FAMILY),
            "hold time",
        ),
        (
            ", holdTime: 90s, keepaliveTime: 30s",
            peer_config("ebgpMultihop: 1", FAMILY),
            TOR,
            plain.clone(),
            "keepalive time",
        ),
        (
            ", connectTime: 10s",
            peer_config(&TIMERS.replace('{', "{connectRetryTimeSeconds: 10, "), FAMILY),
            TOR,
            plain.clone(),
            "connect retry",
        ),
        (
            ", dualStackAddressFamily: true",
            peer_config(TIMERS, both),
            TOR,
            plain.clone(),
            "families",
        ),
        (", ebgpMultiHop: true", with("ebgpMultihop: 255"), TOR, plain.clone(), "TTL"),
        (
            ", enableGracefulRestart: true",
            with("gracefulRestart: {enabled: true}"),
            TOR,
            plain.clone(),
            "graceful restart",
        ),
        (", peerPort: 1179", with("transport: {peerPort: 1179}"), TOR, plain.clone(), "port"),
        (", password: hunter2", with("authSecretRef: tor"), TOR, plain.clone(), "authentication"),
        (
            "",
            plain.clone(),
            "{name: tor, peerAddress: 192.0.2.1, peerASN: 64599, peerConfigRef: {name: tor}}",
            plain.clone(),
            "peer AS",
        ),
        (
            "",
            plain.clone(),
            "{name: tor, peerAddress: 192.0.2.9, peerASN: 64513, peerConfigRef: {name: tor}}",
            plain.clone(),
            "loses its session",
        ),
    ] {
        let input = NODES.to_owned() + &bgp(peer, "") + &service("web", "", "", &["10.0.0.7"]);
        let code = if message.contains("loses") { "M2C595" } else { "M2C596" };
        let code = if message == "families" { "M2C424" } else { code };
        caught(&input, &resources(TOR, &right), &resources(wrong_peers, &wrong), code, message);
    }
}

/// What stands nowhere is not compared, and that is said.
#[test]
fn a_password_is_compared_where_its_secret_was_read_and_named_as_assumed_where_not() {
    let input =
        NODES.to_owned() + &bgp(", password: hunter2", "") + &service("web", "", "", &["10.0.0.7"]);
    let given = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &cluster_config("all", "", TOR)
        + &peer_config(&format!("{TIMERS}, authSecretRef: by-hand"), FAMILY)
        + &advertisement(ALL);
    let secret = |password: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: by-hand, namespace: \
             kube-system}}\nstringData: {{password: {password}}}\n"
        )
    };
    for (secret, verdict, assumed) in [
        (String::new(), "equivalent", true),
        (secret("hunter2"), "equivalent", false),
        (secret("hunter3"), "different", false),
    ] {
        let (_, value) = against(&input, &(given.clone() + &secret));
        assert_eq!(value["verdict"], verdict, "{secret}: {:#}", value["differences"]);
        let assumptions = value["assumptions"].as_array().unwrap().iter();
        let of_secret = assumptions.filter(|one| {
            one.as_str().unwrap().starts_with("Secret kube-system/by-hand is there and has")
        });
        assert_eq!(of_secret.count(), usize::from(assumed), "{secret}: {value:#}");
    }
}

#[test]
fn source_address_and_router_id_are_compared_on_every_node() {
    let input = NODES.to_owned()
        + &bgp(", sourceAddress: 192.0.2.77, routerID: 10.9.9.9", "")
        + &service("web", "", "", &["10.0.0.7"]);
    let plain = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &cluster_config("all", "", TOR)
        + &peer_config(TIMERS, FAMILY)
        + &advertisement(ALL);
    let set = |node: &str| {
        cilium(
            "CiliumBGPNodeConfigOverride",
            node,
            "bgpInstances: [{name: as-64512, routerID: 10.9.9.9, peers: [{name: tor, localAddress: \
             192.0.2.77}]}]",
        )
    };
    let right = plain.clone() + &set("node-a") + &set("node-b");
    for message in ["another router ID on node-b", "another source address on node-b"] {
        caught(&input, &right, &(plain.clone() + &set("node-a")), "M2C596", message);
    }
}

#[test]
fn a_peer_of_some_nodes_only_and_overlapping_cluster_configs_are_caught() {
    let peer = "myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.2, nodeSelectors: [{matchLabels: {rack: b}}]";
    let two = TOR.replace("name: tor, peerAddress: 192.0.2.1", "name: two, peerAddress: 192.0.2.2");
    let input = NODES.to_owned()
        + &bgp("", "")
        + &metallb("BGPPeer", "two", peer)
        + &service("web", "", "", &["10.0.0.7"]);
    let rest = cilium_pool("a", "{cidr: 10.0.0.0/24}", "")
        + &peer_config(TIMERS, FAMILY)
        + &advertisement(ALL);
    let both = format!("{TOR}, {two}");
    let right = rest.clone()
        + &cluster_config("b", ", {key: rack, operator: In, values: [b]}", &both)
        + &cluster_config("others", ", {key: rack, operator: NotIn, values: [b]}", TOR);
    let everywhere = rest.clone() + &cluster_config("all", "", &both);
    caught(&input, &right, &everywhere, "M2C595", "gains a session on node-a");
    // A node takes one ClusterConfig, whichever comes first.
    let overlapping = rest.clone()
        + &cluster_config("b", ", {key: rack, operator: In, values: [b]}", &both)
        + &cluster_config("all", "", TOR);
    caught(&input, &right, &overlapping, "M2C595", "loses its session on node-b");
}

/// A peer without BFD loses no route by that, nor does it excuse another one.
#[test]
fn a_loss_of_a_session_explains_no_route() {
    let read = |name| std::fs::read_to_string(format!("docs/sample/{name}.yaml")).unwrap();
    let input = read("metallb") + "---\n" + &read("cluster");
    let converted = run(["convert", "-q", "-f", "-"], &input).stdout;
    let (_, value) = against(&input, &converted.replace("64512:100", "64512:1000"));
    let routes: Vec<_> = differences(&value)
        .into_iter()
        .filter(|(_, message)| message == "has other routes")
        .map(|(code, _)| code)
        .collect();
    assert!(routes.len() > 1 && routes.iter().all(|code| code == "M2C594"), "{value:#}");
}

/// Of two losses that could be the cause, the one that is said of the Service itself is.
#[test]
fn a_service_that_drains_is_explained_by_that() {
    let drains = "conditions: {ready: false, serving: true, terminating: true}, nodeName: node-b";
    let input = NODES.to_owned()
        + &bgp("", "")
        + &metallb("BGPAdvertisement", "on-b", "nodeSelectors: [{matchLabels: {rack: b}}]")
        + &service("web", "", ", externalTrafficPolicy: Local", &["10.0.0.7"])
            .replace("conditions: {ready: true}, nodeName: node-b", drains);
    let output = verify(&["--cilium-version", "1.16", "-o", "json"], &input);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let seen = value["differences"].as_array().unwrap().iter().filter(|one| one["seen"] == true);
    let codes: Vec<&Value> = seen.map(|one| &one["code"]).collect();
    assert_eq!(codes, ["M2C435"], "{value:#}");
}
