//! Nodes divided into classes by the peers they have.

use proptest::prelude::*;

use super::*;
use crate::cilium::BgpClusterConfigSpec;

fn selected<'c>(
    conversion: &'c Conversion,
    node: &BTreeMap<String, String>,
) -> Vec<&'c BgpClusterConfigSpec> {
    let configs = conversion.cluster_configs.iter().map(|config| &config.resource.spec);
    configs
        .filter(|spec| spec.node_selector.as_ref().is_none_or(|selector| selector.matches(node)))
        .collect()
}

fn peers_on(conversion: &Conversion, node: &[(&str, &str)]) -> Vec<String> {
    let node = labels(node);
    let configs = selected(conversion, &node);
    assert!(configs.len() <= 1, "{node:?} is in {} ClusterConfigs", configs.len());
    let instances = configs.iter().flat_map(|config| &config.bgp_instances);
    instances.flat_map(|instance| &instance.peers).map(|peer| peer.name.clone()).collect()
}

#[test]
fn peers_of_every_node_are_one_class() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("tor-1", "192.0.2.1", ""),
        peer("tor-2", "192.0.2.2", ""),
        bgp("all", ""),
    ]
    .concat();
    let conversion = converted(&text);
    assert_eq!(conversion.cluster_configs.len(), 1);
    assert_eq!(conversion.cluster_configs[0].name(), "tor-1-tor-2");
    assert_eq!(peers_on(&conversion, &[]), ["tor-1", "tor-2"]);
    let excluded = ("node.kubernetes.io/exclude-from-external-load-balancers", "");
    assert_eq!(peers_on(&conversion, &[excluded]), [""; 0]);
    assert_eq!(losses(&conversion), [""; 0]);
}

/// The hardest part of the mapping: three peers whose selectors overlap, and no
/// Nodes to look at.
#[test]
fn three_peers_with_overlapping_selectors_make_disjoint_classes() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("x", "192.0.2.1", ", nodeSelectors: [{matchLabels: {rack: r1}}]"),
        peer("w", "192.0.2.2", ", nodeSelectors: [{matchLabels: {zone: z1}}]"),
        peer(
            "z",
            "192.0.2.3",
            ", nodeSelectors: [{matchExpressions: [{key: rack, operator: In, values: [r1, r2]}]}]",
        ),
        bgp("all", ""),
    ]
    .concat();
    let conversion = converted(&text);
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: [Case<'_>; 7] = [
        (&[], &[]),
        (&[("rack", "r1")], &["x", "z"]),
        (&[("rack", "r2")], &["z"]),
        (&[("rack", "r3")], &[]),
        (&[("zone", "z1")], &["w"]),
        (&[("rack", "r1"), ("zone", "z1")], &["w", "x", "z"]),
        (&[("rack", "r2"), ("zone", "z1")], &["w", "z"]),
    ];
    for (node, expected) in cases {
        assert_eq!(peers_on(&conversion, node), expected, "{node:?}");
    }
    assert_eq!(losses(&conversion), [""; 0]);
}

#[test]
fn a_peer_whose_advertisements_differ_by_node_has_a_peer_config_for_each_class() {
    let text = [
        pool("a", "10.0.0.0/24", ""),
        peer("tor", "192.0.2.1", ""),
        bgp("general", ""),
        bgp("racked", "communities: ['65000:1'], nodeSelectors: [{matchLabels: {rack: r1}}]"),
    ]
    .concat();
    let conversion = converted(&text);
    let names: Vec<&str> = conversion.peer_configs.iter().map(|config| config.name()).collect();
    assert_eq!(names, ["tor", "tor-2"]);
    let adverts_on = |node: &[(&str, &str)]| {
        let config = selected(&conversion, &labels(node))[0];
        let peer = &config.bgp_instances[0].peers[0];
        assert_eq!(peer.name, "tor", "the peer keeps its name");
        let reference = &peer.peer_config_ref.as_ref().unwrap().name;
        let peer_config =
            conversion.peer_configs.iter().find(|config| config.name() == reference).unwrap();
        let selector = peer_config.resource.spec.families[0].advertisements.as_ref().unwrap();
        let adverts = conversion.advertisements.iter();
        let names = adverts.filter(|advert| selector.matches(&advert.resource.meta.labels));
        names.map(|advert| advert.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(adverts_on(&[]), ["general"]);
    assert_eq!(adverts_on(&[("rack", "r1")]), ["general", "racked"]);
}

fn many_peers() -> String {
    let peers: String = (0..9)
        .map(|n| {
            let selector = format!(", nodeSelectors: [{{matchLabels: {{k{n}: 'on'}}}}]");
            peer(&format!("p{n}"), &format!("192.0.2.{n}"), &selector)
        })
        .collect();
    [pool("a", "10.0.0.0/24", ""), peers, bgp("all", "")].concat()
}

#[test]
fn too_many_classes_ask_for_the_nodes() {
    let text = peer("everywhere", "192.0.2.99", "") + &many_peers();
    let refused = try_convert(&text, &Options::default()).unwrap_err();
    let errors: Vec<&Diagnostic> = refused.iter().filter(|one| one.is_error()).collect();
    let [error] = errors[..] else { panic!("{errors:?}") };
    assert_eq!(error.code.id, "M2C436");
    let at = error.labels[0].span.start as usize;
    assert!(text[at..].starts_with("[{matchLabels: {k0: 'on'}}]"), "a peer with selectors");
}

#[test]
fn with_the_nodes_only_their_classes_are_written() {
    let node = |name: &str, labels: &str| {
        format!(
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"
        )
    };
    let text = [many_peers(), node("one", "k0: 'on', k1: 'on'"), node("two", "k2: 'on'")].concat();
    let everywhere = peer("everywhere", "192.0.2.99", "");
    let found = converted(&(everywhere.clone() + &text)).diagnostics;
    let found = found.iter().find(|one| one.code.id == "M2C437").unwrap();
    let at = found.labels[0].span.start as usize - everywhere.len();
    assert!(text[at..].starts_with("[{matchLabels: {k0: 'on'}}]"), "a peer with selectors");
    let conversion = converted(&text);
    assert_eq!(peers_on(&conversion, &[("k0", "on"), ("k1", "on")]), ["p0", "p1"]);
    assert_eq!(peers_on(&conversion, &[("k2", "on")]), ["p2"]);
    assert_eq!(conversion.cluster_configs.len(), 2);
    assert_eq!(losses(&conversion), ["M2C437"]);
}

/// A selector over two keys with two values each, as flow YAML.
fn any_selector() -> impl Strategy<Value = String> {
    let requirement = (0..2usize, 0..4usize, 0..2usize).prop_map(|(key, operator, value)| {
        let key = ["rack", "zone"][key];
        let value = ["a", "b"][value];
        match operator {
            0 => format!("{{key: {key}, operator: In, values: [{value}]}}"),
            1 => format!("{{key: {key}, operator: NotIn, values: [{value}]}}"),
            2 => format!("{{key: {key}, operator: Exists}}"),
            _ => format!("{{key: {key}, operator: DoesNotExist}}"),
        }
    });
    proptest::collection::btree_set(requirement, 1..3).prop_map(|requirements| {
        let requirements: Vec<String> = requirements.into_iter().collect();
        format!("{{matchExpressions: [{}]}}", requirements.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the selectors, a node is in at most one ClusterConfig, and has
    /// just the peers whose nodeSelectors select it.
    #[test]
    fn every_node_has_just_its_peers(
        lists in proptest::collection::vec(
            proptest::collection::btree_set(any_selector(), 0..3), 1..5,
        ),
    ) {
        let mut text = [pool("a", "10.0.0.0/24", ""), bgp("all", "")].concat();
        let mut selectors = Vec::new();
        for (index, list) in lists.iter().enumerate() {
            let list: Vec<String> = list.iter().cloned().collect();
            let list = format!("[{}]", list.join(", "));
            let parsed: Vec<LabelSelector> = serde_yaml::from_str(&list).unwrap();
            text += &peer(
                &format!("p{index}"),
                &format!("192.0.2.{index}"),
                &format!(", nodeSelectors: {list}"),
            );
            selectors.push(parsed);
        }
        let conversion = converted(&text);
        for rack in [None, Some("a"), Some("b"), Some("c")] {
            for zone in [None, Some("a"), Some("b"), Some("c")] {
                let pairs: Vec<(&str, &str)> = rack
                    .map(|value| ("rack", value))
                    .into_iter()
                    .chain(zone.map(|value| ("zone", value)))
                    .collect();
                let node = labels(&pairs);
                let expected: Vec<String> = selectors
                    .iter()
                    .enumerate()
                    .filter(|(_, list)| list.is_empty() || list.iter().any(|s| s.matches(&node)))
                    .map(|(index, _)| format!("p{index}"))
                    .collect();
                prop_assert_eq!(peers_on(&conversion, &pairs), expected);
            }
        }
    }
}
