//! Cilium's resources that are there already.

use super::*;

pub(super) fn cilium(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "CiliumL2AnnouncementPolicy" { "v2alpha1" } else { "v2" };
    format!(
        "---\napiVersion: cilium.io/{version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: \
         {{{spec}}}\n"
    )
}

pub(super) fn node(name: &str, labels: &str) -> String {
    format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n")
}

pub(super) fn codes(conversion: &Conversion) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> =
        conversion.diagnostics.iter().map(|one| one.code.id).collect();
    codes
        .retain(|code| ["M2C603", "M2C604", "M2C605", "M2C606", "M2C608", "M2C609"].contains(code));
    codes.dedup();
    codes
}

const POOL: &str = "CiliumLoadBalancerIPPool";
pub(super) const CONFIG: &str = "CiliumBGPClusterConfig";
pub(super) const PEER_CONFIG: &str = "CiliumBGPPeerConfig";
const ADVERTISEMENT: &str = "CiliumBGPAdvertisement";
const OVERRIDE: &str = "CiliumBGPNodeConfigOverride";
const L2: &str = "CiliumL2AnnouncementPolicy";

#[test]
fn a_pool_that_is_the_same_is_used_and_others_are_in_the_way() {
    for (there, name, expected) in [
        (cilium(POOL, "lb", "blocks: [{cidr: 10.0.0.0/24}]"), "lb", "M2C608"),
        // Half each: the addresses count, not how they are written.
        (
            cilium(
                POOL,
                "lb",
                "blocks: [{cidr: 10.0.0.0/25}, {start: 10.0.0.128, stop: 10.0.0.255}]",
            ),
            "lb",
            "M2C608",
        ),
        (cilium(POOL, "lb", "blocks: [{cidr: 10.0.0.0/25}]"), "web", "M2C604"),
        (cilium(POOL, "lb", "blocks: [{cidr: 10.0.0.0/24}], disabled: true"), "web", "M2C604"),
        (
            cilium(POOL, "lb", "blocks: [{cidr: 10.0.0.0/24}], allowFirstLastIPs: 'No'"),
            "web",
            "M2C604",
        ),
        (
            cilium(
                POOL,
                "lb",
                "blocks: [{cidr: 10.0.0.0/24}], serviceSelector: {matchLabels: {a: b}}",
            ),
            "web",
            "M2C604",
        ),
        (cilium(POOL, "web", "blocks: [{cidr: 10.9.0.0/24}]"), "web-2", "M2C609"),
        (cilium(POOL, "web", "blocks: [{cidr: 10.0.0.0/23}]"), "web", "M2C604"),
        (cilium(POOL, "web", "blocks: [{cidr: 10.0.0.0/25}]"), "web", "M2C606"),
    ] {
        let conversion = converted(&format!("{}{there}", pool("web", "10.0.0.0/24", "")));
        assert_eq!(conversion.pools[0].name(), name, "{there}");
        assert_eq!(codes(&conversion)[..1], [expected], "{there}");
        assert_eq!(losses(&conversion).contains(&"M2C604"), expected == "M2C604", "{there}");
    }
}

#[test]
fn a_selector_that_apply_would_leave_is_a_loss() {
    let live = "creationTimestamp: '2026-01-01T00:00:00Z'";
    let applied = "annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}";
    for (metadata, expected) in [
        (live.to_owned(), &["M2C606"][..]),
        // What was applied before is taken out; a manifest is replaced as a whole.
        (format!("{live}, {applied}"), &[]),
        (applied.to_owned(), &[]),
        ("labels: {a: b}".to_owned(), &[]),
    ] {
        let there = format!(
            "---\napiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {{name: web, \
             {metadata}}}\nspec: {{blocks: [{{cidr: 10.0.0.0/24}}], serviceSelector: {{matchLabels: \
             {{a: b}}}}}}\n"
        );
        let conversion = converted(&format!("{}{there}", pool("web", "10.0.0.0/24", "")));
        assert_eq!((losses(&conversion), codes(&conversion)), (expected.to_vec(), vec!["M2C606"]));
    }
}

#[test]
fn names_of_others_are_left_to_them() {
    let text = format!(
        "{}{}{}{}",
        pool("web", "10.0.0.0/24", ""),
        l2("lan", "interfaces: [eth0]"),
        cilium(L2, "lan", "interfaces: ['^bond0$'], loadBalancerIPs: true"),
        cilium(L2, "other", "externalIPs: true"),
    );
    let conversion = converted(&text);
    assert_eq!((conversion.l2_policies[0].name(), codes(&conversion)), ("lan-2", vec!["M2C609"]));
    let text = format!(
        "{}{}{}{}{}",
        pool("web", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("out", ""),
        cilium(PEER_CONFIG, "tor", "families: [{afi: ipv4, safi: unicast}]"),
        cilium(ADVERTISEMENT, "out", "advertisements: [{advertisementType: PodCIDR}]"),
    );
    let conversion = converted(&text);
    assert_eq!(conversion.peer_configs[0].name(), "tor-2");
    assert_eq!(conversion.advertisements[0].name(), "out-2");
    let peers = &conversion.cluster_configs[0].resource.spec.bgp_instances[0].peers;
    assert_eq!(peers[0].peer_config_ref.as_ref().unwrap().name, "tor-2");
    assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
}

#[test]
fn a_conversion_beside_its_own_output_changes_nothing() {
    let text = format!(
        "{}{}{}{}{}{}{}",
        pool("web", "10.0.0.0/24", ""),
        l2("lan", "interfaces: [eth0]"),
        peer(
            "tor",
            "192.0.2.1",
            ", routerID: 192.0.2.9, nodeSelectors: [{matchLabels: {rack: a}}]"
        ),
        bgp("out", ""),
        node("n1", "rack: a"),
        cilium(PEER_CONFIG, "tor", "families: [{afi: ipv4, safi: unicast}]"),
        cilium(
            CONFIG,
            "tor",
            "nodeSelector: {matchLabels: {rack: a}}, bgpInstances: [{name: pods, localASN: 64512, \
             peers: [{name: spine, peerAddress: 192.0.2.7, peerASN: 64700, peerConfigRef: {name: \
             tor}}]}]",
        ),
    );
    let first = converted(&text);
    assert!(losses(&first).is_empty(), "{:?}", first.diagnostics);
    let all = [super::super::Part::Pools, super::super::Part::L2, super::super::Part::Bgp];
    let written: Vec<_> =
        first.documents(&all).unwrap().into_iter().map(|one| one.object).collect();
    // What was there of the same kind and name is replaced by what was written.
    let rest: String = text.rsplit_once("---").unwrap().0.to_owned();
    let again: String =
        written.iter().map(|object| format!("---\n{object}\n")).collect::<Vec<_>>().concat();
    let second = converted(&format!("{rest}{again}"));
    let repeated: Vec<_> =
        second.documents(&all).unwrap().into_iter().map(|one| one.object).collect();
    assert_eq!(repeated, written);
}

/// One Node in rack a, and what is there beside a BGPPeer for that rack.
pub(super) fn beside(there: &str, nodes: &str) -> Conversion {
    converted(&format!(
        "{}{}{}{nodes}{there}",
        pool("web", "10.0.0.0/24", ""),
        bgp("out", ""),
        peer("tor", "192.0.2.1", ", nodeSelectors: [{matchLabels: {rack: a}}]"),
    ))
}

pub(super) fn pods(selector: &str, peers: &str) -> String {
    cilium(
        CONFIG,
        "pods",
        &format!("{selector}bgpInstances: [{{name: main, localASN: 64512, peers: [{peers}]}}]"),
    )
}

pub(super) const RACK_A: &str = "nodeSelector: {matchLabels: {rack: a}}, ";
pub(super) const SPINE: &str = "{name: spine, peerAddress: 192.0.2.7, peerASN: 64700}";
const TOR: &str = "{name: tor, peerAddress: 192.0.2.1, peerASN: 64513, peerConfigRef: {name: tor}}";

/// The ClusterConfigs with the peers of their first instance.
fn peers_of(conversion: &Conversion) -> Vec<(&str, Vec<&str>)> {
    let configs = conversion.cluster_configs.iter();
    let named = configs.map(|config| {
        let peers = &config.resource.spec.bgp_instances[0].peers;
        (config.name(), peers.iter().map(|peer| peer.name.as_str()).collect())
    });
    named.collect()
}

#[test]
fn peers_go_into_the_cluster_config_of_the_same_nodes() {
    let conversion = beside(&pods(RACK_A, SPINE), &node("n1", "rack: a"));
    assert_eq!((losses(&conversion), codes(&conversion)), (vec![], vec!["M2C608"]));
    let names: Vec<&str> = conversion.cluster_configs.iter().map(|one| one.name()).collect();
    // What is left of the converted one: nodes of the rack that the other leaves out.
    assert_eq!(names, ["pods"], "{:?}", conversion.cluster_configs);
    let spec = &conversion.cluster_configs[0].resource.spec;
    assert_eq!(shown(spec.node_selector.as_ref()), "rack=a");
    let instance = &spec.bgp_instances[0];
    let peers: Vec<&str> = instance.peers.iter().map(|peer| peer.name.as_str()).collect();
    assert_eq!((instance.name.as_str(), peers), ("main", vec!["spine", "tor"]));
    assert!(conversion.merged_cluster_configs.contains("pods"));
}

#[test]
fn a_cluster_config_of_another_as_number_gets_an_instance() {
    let there = pods(RACK_A, SPINE).replace("64512", "64999");
    let conversion = beside(&there, &node("n1", "rack: a"));
    assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
    let instances = &conversion.cluster_configs[0].resource.spec.bgp_instances;
    let shown: Vec<_> = instances
        .iter()
        .map(|one| (one.name.as_str(), one.local_asn, one.peers[0].name.as_str(), one.peers.len()))
        .collect();
    assert_eq!(shown, [("main", Some(64999), "spine", 1), ("as-64512", Some(64512), "tor", 1)]);
}

#[test]
fn peers_that_are_in_a_cluster_config_already_stay_as_they_are() {
    let renamed = TOR.replace("name: tor, peerAddress", "name: tor-2, peerAddress");
    let other = SPINE.replace("spine", "tor");
    for (peers, expected) in [
        (TOR.to_owned(), vec!["tor"]),
        // It was added under another name, since its own was taken.
        (format!("{other}, {renamed}"), vec!["tor", "tor-2"]),
    ] {
        let conversion = beside(&pods(RACK_A, &peers), &node("n1", "rack: a"));
        assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
        assert_eq!(peers_of(&conversion), [("pods", expected)]);
    }
}

#[test]
fn only_an_earlier_state_of_a_cluster_config_is_replaced() {
    let earlier = |peer_config: &str| {
        let old = TOR.replace("{name: tor}", &format!("{{name: {peer_config}}}"));
        let old = old.replace("tor, peerAddress: 192.0.2.1", "old, peerAddress: 192.0.2.8");
        pods(RACK_A, &old).replace("{name: pods}", "{name: tor}").replace("main", "as-64512")
    };
    for (peer_config, expected) in
        [("tor", (vec!["tor"], "M2C606")), ("elsewhere", (vec!["old", "tor"], "M2C608"))]
    {
        let conversion = beside(&earlier(peer_config), &node("n1", "rack: a"));
        assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
        let (peers, code) = expected;
        assert_eq!(peers_of(&conversion), [("tor", peers)], "{peer_config}");
        assert_eq!(codes(&conversion), [code], "{peer_config}");
    }
}

#[test]
fn nodes_to_come_are_left_to_the_cluster_config_that_could_select_them() {
    let there = pods("nodeSelector: {matchLabels: {row: x}}, ", SPINE);
    let nodes = [node("n1", "rack: a"), node("n2", "row: x")].concat();
    let conversion = beside(&there, &nodes);
    assert_eq!((losses(&conversion), codes(&conversion)), (vec![], vec!["M2C608"]));
    assert_eq!(peers_of(&conversion), [("tor", vec!["tor"])]);
    let rest = conversion.cluster_configs[0].resource.spec.node_selector.as_ref().unwrap();
    assert!(rest.matches(&labels(&[("rack", "a")])));
    assert!(!rest.matches(&labels(&[("rack", "a"), ("row", "x")])));
}

#[test]
fn a_secret_that_others_use_with_another_password_keeps_its_name() {
    let secret = |namespace: &str, name: &str, password: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: \
             {namespace}}}\ntype: kubernetes.io/basic-auth\nstringData: {{password: {password}}}\n"
        )
    };
    let ours = "families: [{afi: ipv4, safi: unicast, advertisements: {matchLabels: \
                {peer.metallb2cilium.io/spine: ''}}}], authSecretRef: bgp";
    for (spine, passwords, expected) in [
        ("authSecretRef: bgp", ["old", "old"], "bgp-3"),
        // The second is from an earlier conversion.
        ("authSecretRef: bgp", ["old", "new"], "bgp-2"),
        ("authSecretRef: bgp", ["new", "old"], "bgp"),
        ("authSecretRef: mine", ["old", "old"], "bgp"),
        (ours, ["old", "old"], "bgp"),
    ] {
        let text = [
            pool("web", "10.0.0.0/24", ""),
            peer("tor", "192.0.2.1", ", passwordSecret: {name: bgp}"),
            secret("metallb-system", "bgp", "new"),
            secret("kube-system", "bgp", passwords[0]),
            secret("kube-system", "bgp-2", passwords[1]),
            cilium(PEER_CONFIG, "spine", spine),
        ];
        let conversion = converted(&text.concat());
        let config = &conversion.peer_configs[0];
        assert_eq!(config.name(), "tor", "another name than that of what is there");
        assert_eq!(config.resource.spec.auth_secret_ref.as_deref(), Some(expected), "{spine}");
        assert_eq!(conversion.secrets[0].name, expected);
        assert_eq!(codes(&conversion).contains(&"M2C609"), expected != "bgp", "{spine}");
    }
}

#[test]
fn a_cluster_config_of_other_nodes_too_is_in_the_way() {
    let control = "rack: a, node.kubernetes.io/exclude-from-external-load-balancers: ''";
    let too = "it selects n2 too, where these peers announce nothing";
    let has = |peer: &str| format!("its peer {peer} has a session with 192.0.2.1 already");
    let x = "{name: x, peerAddress: 192.0.2.1, peerASN: 64513}";
    for (there, nodes, why) in [
        (pods("", SPINE), node("n1", "rack: a") + &node("n2", "rack: b"), too),
        (pods(RACK_A, SPINE), node("n1", "rack: a") + &node("n2", control), too),
        (
            pods("", SPINE),
            String::new(),
            "it may select other nodes, too, and no Node is in the input",
        ),
        // The router has a session with it already.
        (pods(RACK_A, x), node("n1", "rack: a"), &has("x")),
        // So it has from another AS number.
        (pods(RACK_A, TOR).replace("64512", "64999"), node("n1", "rack: a"), &has("tor")),
    ] {
        let conversion = beside(&there, &nodes);
        assert_eq!(losses(&conversion), ["M2C605"], "{there}{nodes}");
        let said = messages(&conversion, "M2C605").concat();
        assert!(said.ends_with(&format!("; they cannot be merged: {why}")), "{said}");
        assert!(conversion.merged_cluster_configs.is_empty());
        assert_eq!(conversion.cluster_configs[0].name(), "tor");
    }
}

#[test]
fn a_cluster_config_of_part_of_the_nodes_gets_the_peers_and_the_rest_keeps_its_own() {
    let part = "nodeSelector: {matchLabels: {rack: a, row: x}, matchExpressions: [{key: \
                node.kubernetes.io/exclude-from-external-load-balancers, operator: DoesNotExist}]}, ";
    for nodes in
        [String::new(), format!("{}{}", node("n1", "rack: a, row: x"), node("n2", "rack: a"))]
    {
        let conversion = beside(&pods(part, SPINE), &nodes);
        assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
        let names: Vec<&str> = conversion.cluster_configs.iter().map(|one| one.name()).collect();
        assert_eq!(names, ["tor", "pods"]);
        let rest = conversion.cluster_configs[0].resource.spec.node_selector.as_ref().unwrap();
        let fits = |row: &[(&str, &str)]| rest.matches(&labels(row));
        assert!(fits(&[("rack", "a")]) && fits(&[("rack", "a"), ("row", "y")]));
        assert!(!fits(&[("rack", "a"), ("row", "x")]) && !fits(&[("rack", "b")]));
    }
}

#[test]
fn a_name_that_another_peer_has_is_not_used_again_and_overrides_follow() {
    let there = pods(RACK_A, "{name: tor, peerAddress: 192.0.2.7, peerASN: 64700}");
    let there_override = cilium(
        OVERRIDE,
        "n1",
        "bgpInstances: [{name: main, peers: [{name: tor, localPort: 1790}]}]",
    );
    let text = format!(
        "{}{}{}{}{there}{there_override}",
        pool("web", "10.0.0.0/24", ""),
        bgp("out", ""),
        peer(
            "tor",
            "192.0.2.1",
            ", sourceAddress: 10.1.1.1, routerID: 10.1.1.2, nodeSelectors: [{matchLabels: {rack: a}}]"
        ),
        node("n1", "rack: a"),
    );
    let conversion = converted(&text);
    assert!(losses(&conversion).is_empty(), "{:?}", conversion.diagnostics);
    let instance = &conversion.overrides[0].resource.spec.bgp_instances[0];
    assert_eq!((instance.name.as_str(), instance.router_id.as_deref()), ("main", Some("10.1.1.2")));
    let peers: Vec<_> = instance
        .peers
        .iter()
        .map(|peer| (peer.name.as_str(), peer.local_port, peer.local_address.as_deref()))
        .collect();
    assert_eq!(peers, [("tor", Some(1790), None), ("tor-2", None, Some("10.1.1.1"))]);
    // Another router ID is no merge.
    let conflicting = text.replace("[{name: main, peers", "[{name: main, routerID: 9.9.9.9, peers");
    assert_eq!(losses(&converted(&conflicting)), ["M2C605"]);
}

#[test]
fn a_peer_config_that_selects_every_advertisement_is_a_loss() {
    let takes =
        cilium(PEER_CONFIG, "spine", "families: [{afi: ipv4, safi: unicast, advertisements: {}}]");
    assert_eq!(losses(&beside(&takes, &node("n1", "rack: a"))), ["M2C603"]);
}
