//! Announcements where the golden scenarios do not reach: other versions, broken
//! configurations.

use super::*;
use crate::manifest::Manifests;

pub(super) fn read(version: &str, text: &str) -> (CiliumConfig, Cluster) {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    let (config, found) = CiliumConfig::read(&manifests.objects, None, version.parse().unwrap());
    assert!(!found.iter().any(crate::diagnostic::Diagnostic::is_error), "{found:?}");
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert_eq!(found, []);
    (config, cluster)
}

/// Every outcome as lines: who may answer, and which routes go where.
fn decided(version: &str, text: &str) -> BTreeSet<Vec<String>> {
    let (config, cluster) = read(version, text);
    let decision = simulate(&config, &cluster, &Options::default());
    assert!(!decision.truncated);
    decision.outcomes.iter().map(lines).collect()
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let l2 = outcome.l2.iter().map(|announcement| {
        let nodes = announcement.interfaces.iter();
        let nodes: Vec<String> =
            nodes.map(|(node, names)| format!("{node}[{}]", names.join(","))).collect();
        format!("{} {} {}", announcement.service, announcement.ip, nodes.join(" "))
    });
    let bgp = outcome.bgp.iter().map(|route| {
        let preference = route.local_pref.map(|value| format!(" {value}")).unwrap_or_default();
        let communities = route.communities.join(",");
        format!("{}->{} {}{preference} {communities}", route.node, route.peer, route.prefix)
            .trim_end()
            .to_owned()
    });
    l2.chain(bgp).collect()
}

#[track_caller]
fn decides(version: &str, text: &str, expected: &[&[&str]]) {
    let expected: BTreeSet<Vec<String>> =
        expected.iter().map(|lines| lines.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(decided(version, text), expected, "{version}");
}

const CLUSTER: &str = "
apiVersion: v1
kind: Node
metadata: {name: a, annotations: {metallb2cilium.io/interfaces: 'eth0,lo'}}
---
apiVersion: v1
kind: Node
metadata: {name: b, annotations: {metallb2cilium.io/interfaces: 'eth0'}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: ns, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
endpoints: [{addresses: [10.244.0.1], nodeName: b}]
---
";

fn service(spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: ns}}\n\
         spec: {{type: LoadBalancer, ports: [{{port: 80}}], {spec}}}\n---\n"
    )
}

fn pool(api_version: &str, cidr: &str) -> String {
    format!(
        "apiVersion: cilium.io/{api_version}\nkind: CiliumLoadBalancerIPPool\n\
         metadata: {{name: p}}\nspec: {{blocks: [{{cidr: '{cidr}'}}]}}\n---\n"
    )
}

const POLICY: &str = "
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: l2}
spec: {loadBalancerIPs: true, interfaces: ['^eth']}
---
";

#[test]
fn from_1_20_2_a_local_service_needs_an_endpoint_on_the_node() {
    let text = format!(
        "{CLUSTER}{}{}{POLICY}",
        pool("v2", "10.0.0.1/32"),
        service("externalTrafficPolicy: Local")
    );
    decides("1.20.1", &text, &[&["ns/s 10.0.0.1 a[eth0] b[eth0]"]]);
    decides("1.20.2", &text, &[&["ns/s 10.0.0.1 b[eth0]"]]);
    let anywhere = text.replace("externalTrafficPolicy: Local", "");
    decides("1.20.2", &anywhere, &[&["ns/s 10.0.0.1 a[eth0] b[eth0]"]]);
}

#[test]
fn before_1_19_nobody_answers_for_ipv6() {
    let text = format!(
        "{CLUSTER}{}{}{POLICY}",
        pool("v2", "2001:db8::1/128"),
        service("ipFamilies: [IPv6]")
    );
    decides("1.19", &text, &[&["ns/s 2001:db8::1 a[eth0] b[eth0]"]]);
    decides("1.18", &text, &[&["ns/s 2001:db8::1 a[] b[]"]]);
}

#[test]
fn only_devices_that_cilium_manages_answer() {
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config}\n\
                    data: {devices: 'bond+ lo'}\n---\n";
    let every = POLICY.replace(", interfaces: ['^eth']", "");
    let text = format!("{CLUSTER}{settings}{}{}{every}", pool("v2", "10.0.0.1/32"), service(""));
    decides("1.19", &text, &[&["ns/s 10.0.0.1 a[lo] b[]"]]);
}

#[test]
fn a_policy_of_external_addresses_announces_those_only() {
    let external = POLICY.replace("loadBalancerIPs", "externalIPs");
    let text = |spec| format!("{CLUSTER}{}{}{external}", pool("v2", "10.0.0.1/32"), service(spec));
    decides("1.19", &text("externalIPs: [10.8.0.1]"), &[&["ns/s 10.8.0.1 a[eth0] b[eth0]"]]);
    decides("1.19", &text(""), &[&[]]);
}

#[test]
fn a_policy_whose_selector_cannot_be_compiled_is_out_of_use() {
    let bad = POLICY.replace(
        "loadBalancerIPs: true",
        "loadBalancerIPs: true, serviceSelector: {matchExpressions: [{key: a, operator: In}]}",
    );
    let text = format!("{CLUSTER}{}{}{bad}", pool("v2", "10.0.0.1/32"), service(""));
    decides("1.19", &text, &[&[]]);
}

fn bgp(peers: &str, config: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: CiliumBGPClusterConfig\nmetadata: {{name: c}}\n\
         spec: {{bgpInstances: [{{name: i, localASN: 64512, peers: [{peers}]}}]}}\n---\n\
         apiVersion: cilium.io/v2\nkind: CiliumBGPPeerConfig\nmetadata: {{name: pc}}\n\
         spec: {{families: [{{afi: ipv4, safi: unicast, advertisements: {{}}}}] {config}}}\n---\n"
    )
}

fn advertisement(name: &str, rest: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: CiliumBGPAdvertisement\nmetadata: {{name: {name}}}\n\
         spec: {{advertisements: [{{advertisementType: Service, service: {{addresses: \
         [LoadBalancerIP]}}, selector: {{}} {rest}}}]}}\n---\n"
    )
}

fn one_node(rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata: {{name: a}}\n---\n{}{}{rest}",
        pool("v2", "10.0.0.1/32"),
        service("")
    )
}

const TOR: &str = "{name: tor, peerAddress: 192.0.2.1, peerASN: 64513, peerConfigRef: {name: pc}}";

#[test]
fn without_merging_one_of_several_advertisements_counts() {
    let adverts = |attributes: [&str; 2]| {
        let [one, two] = attributes;
        advertisement("one", &format!(", attributes: {{communities: {{standard: ['{one}']}}}}"))
            + &advertisement(
                "two",
                &format!(", attributes: {{communities: {{standard: ['{two}']}}}}"),
            )
    };
    let text = one_node(&(bgp(TOR, "") + &adverts(["1:1", "1:2"])));
    decides("1.19", &text, &[&["a->tor 10.0.0.1/32 1:1,1:2"]]);
    decides("1.18", &text, &[&["a->tor 10.0.0.1/32 1:1"], &["a->tor 10.0.0.1/32 1:2"]]);
}

#[test]
fn of_two_peers_with_one_address_one_is_made() {
    let twins = format!("{TOR}, {}", TOR.replace("name: tor", "name: twin"));
    let text = one_node(&(bgp(&twins, "") + &advertisement("ad", "")));
    decides("1.19", &text, &[&["a->tor 10.0.0.1/32"], &["a->twin 10.0.0.1/32"]]);
}

#[test]
fn before_1_17_a_peer_without_an_as_number_breaks_every_peer_of_the_instance() {
    let any = TOR.replace("peerASN: 64513, ", "");
    let other = TOR.replace("name: tor", "name: other").replace("192.0.2.1", "192.0.2.2");
    let text = one_node(&(bgp(&format!("{any}, {other}"), "") + &advertisement("ad", "")));
    let text = text.replace("cilium.io/v2\n", "cilium.io/v2alpha1\n");
    decides("1.17", &text, &[&["a->other 10.0.0.1/32", "a->tor 10.0.0.1/32"]]);
    decides("1.16", &text, &[&[]]);
}

#[test]
fn a_secret_without_a_password_breaks_every_peer_of_the_instance() {
    let other = TOR.replace("name: tor", "name: other").replace("192.0.2.1", "192.0.2.2");
    let with_secret = "apiVersion: cilium.io/v2\nkind: CiliumBGPPeerConfig\n\
                       metadata: {name: secret}\nspec: {authSecretRef: s}\n---\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: kube-system}\n\
                  stringData: {other: x}\n---\n";
    let peers = format!("{}, {other}", TOR.replace("name: pc", "name: secret"));
    let text = one_node(&(bgp(&peers, "") + with_secret + &advertisement("ad", "")));
    decides("1.19", &text, &[&["a->other 10.0.0.1/32"]]);
    decides("1.19", &(text.clone() + secret), &[&[]]);
    let good = secret.replace("other: x", "password: x");
    decides("1.19", &(text + &good), &[&["a->other 10.0.0.1/32"]]);
}

#[test]
fn a_selector_that_cannot_be_compiled_breaks_the_instance() {
    let bad = advertisement("bad", "").replace(
        "selector: {}",
        "selector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
    );
    let text = one_node(&(bgp(TOR, "") + &advertisement("ad", "") + &bad));
    decides("1.19", &text, &[&[]]);
}

#[test]
fn a_node_override_can_make_a_peer_internal() {
    let own = "apiVersion: cilium.io/v2\nkind: CiliumBGPNodeConfigOverride\nmetadata: {name: a}\n\
               spec: {bgpInstances: [{name: i, localASN: 64513}]}\n---\n";
    let advert = advertisement("ad", ", attributes: {localPreference: 200}");
    let text = one_node(&(bgp(TOR, "") + &advert));
    decides("1.19", &text, &[&["a->tor 10.0.0.1/32"]]);
    decides("1.19", &(text + own), &[&["a->tor 10.0.0.1/32 200"]]);
}

#[test]
fn cluster_configs_are_handled_in_one_order_for_all_nodes() {
    let second = bgp(&TOR.replace("name: tor", "name: two"), "").replace("name: c}", "name: d}");
    let second = second.split("---").next().unwrap().to_owned() + "---\n";
    let node_b = "apiVersion: v1\nkind: Node\nmetadata: {name: b}\n---\n";
    let text = one_node(&(bgp(TOR, "") + &second + node_b + &advertisement("ad", "")));
    decides(
        "1.19",
        &text,
        &[
            &["a->tor 10.0.0.1/32", "b->tor 10.0.0.1/32"],
            &["a->two 10.0.0.1/32", "b->two 10.0.0.1/32"],
        ],
    );
}

#[test]
fn a_pool_with_a_bad_selector_stops_whoever_comes_upon_it() {
    let bad = pool("v2", "10.0.1.1/32").replace("name: p}", "name: bad}").replace(
        "spec: {",
        "spec: {serviceSelector: {matchExpressions: [{key: a, operator: In, values: []}]}, ",
    );
    let text = format!("{CLUSTER}{}{bad}{}{POLICY}", pool("v2", "10.0.0.1/32"), service(""));
    decides("1.19", &text, &[&["ns/s 10.0.0.1 a[eth0] b[eth0]"], &[]]);
}

#[test]
fn the_operator_of_1_20_crashes_on_a_reserved_address_with_a_key() {
    let text = format!(
        "{}apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: ns, annotations: \
         {{lbipam.cilium.io/ips: 10.0.0.0, lbipam.cilium.io/sharing-key: k}}}}\n\
         spec: {{type: LoadBalancer, ports: [{{port: 80}}]}}\n",
        pool("v2", "10.0.0.0/24").replace("spec: {", "spec: {allowFirstLastIPs: 'No', "),
    );
    let manifests = Manifests::from_text("test.yaml", text);
    let (cluster, _) = Cluster::read(&manifests.objects);
    let decision = |version: &str| {
        let (config, _) = CiliumConfig::read(&manifests.objects, None, version.parse().unwrap());
        simulate(&config, &cluster, &Options::default())
    };
    assert!(decision("1.20").config_error.unwrap().contains("Service ns/s has a sharing key"));
    assert_eq!(decision("1.19").outcomes[0].services["ns/s"].ips, [address(0)]);
}

#[test]
fn a_node_sends_no_route_of_a_service_that_is_exposed_elsewhere() {
    let node_b = "apiVersion: v1\nkind: Node\nmetadata: {name: b}\n---\n";
    let text = one_node(&(bgp(TOR, "") + node_b + &advertisement("ad", "")));
    decides("1.19", &text, &[&["a->tor 10.0.0.1/32", "b->tor 10.0.0.1/32"]]);
    let here = text.replace("{name: a}", "{name: a, labels: {service.cilium.io/node: x}}").replace(
        "{name: s, namespace: ns}",
        "{name: s, namespace: ns, annotations: {service.cilium.io/node: x}}",
    );
    decides("1.19", &here, &[&["a->tor 10.0.0.1/32"]]);
}

/// Two ways of allocating, and for each of them two Services of which either has the
/// external address.
#[test]
fn more_ways_of_announcing_than_asked_for_are_cut_off() {
    let rival = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: ns}}\n\
             spec: {{type: ClusterIP, ports: [{{port: 80}}], externalIPs: [10.8.0.1]}}\n---\n"
        )
    };
    let other = pool("v2", "10.0.1.1/32").replace("name: p}", "name: q}");
    let text = format!(
        "{CLUSTER}{}{other}{}{}{}{}",
        pool("v2", "10.0.0.1/32"),
        service(""),
        rival("one"),
        rival("two"),
        POLICY.replace("loadBalancerIPs: true", "externalIPs: true"),
    );
    let (config, cluster) = read("1.19", &text);
    let ways = simulate(&config, &cluster, &Options::default()).outcomes.len();
    let last = ways - 1;
    for (max_outcomes, listed, truncated) in
        [(ways, ways, false), (last, last, true), (2, 2, true), (1, 1, true)]
    {
        let options = Options { max_outcomes };
        let engine = Engine::new(&config, &cluster, &options);
        for decision in [simulate(&config, &cluster, &options), engine.decision()] {
            assert_eq!((decision.outcomes.len(), decision.truncated), (listed, truncated));
            assert!(!decision.deterministic);
        }
    }
}

#[test]
fn a_node_that_changes_is_another_candidate() {
    use crate::cluster::Node;
    use crate::simulate::change::Change;
    let policy = POLICY.replace("spec: {", "spec: {nodeSelector: {matchLabels: {role: edge}}, ");
    let text = format!("{CLUSTER}{}{}{policy}", pool("v2", "10.0.0.1/32"), service(""));
    let (config, cluster) = read("1.19", &text);
    let labels: BTreeMap<String, String> = [("role".to_owned(), "edge".to_owned())].into();
    let changed = Node { labels, ..cluster.nodes[1].clone() };
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let told = |engine: &Engine| lines(&engine.decision().outcomes[0]);
    assert_eq!(told(&engine), Vec::<String>::new());
    engine.apply(Change::NodeApplied(Box::new(changed))).unwrap();
    assert_eq!(told(&engine), ["ns/s 10.0.0.1 b[eth0]"]);
    engine.apply(Change::NodeApplied(Box::new(cluster.nodes[1].clone()))).unwrap();
    assert_eq!(told(&engine), Vec::<String>::new());
}

/// The agents read their settings when they start.
#[test]
fn other_resources_bring_no_other_settings() {
    let text = format!("{CLUSTER}{}{}{POLICY}", pool("v2", "10.0.0.1/32"), service(""));
    let (mut config, cluster) = read("1.19", &text);
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let before = engine.decision().outcomes;
    assert_eq!(before[0].l2.len(), 1);
    config.settings.l2_announcements = false;
    engine.reconfigure(config);
    assert_eq!(engine.decision().outcomes, before);
}

#[test]
fn a_discovered_peer_is_internal_where_it_has_this_ends_as_number() {
    let discovered = |name: &str, asn: u32| {
        format!(
            "{{name: {name}, peerASN: {asn}, peerConfigRef: {{name: pc}}, autoDiscovery: {{mode: \
             DefaultGateway, defaultGateway: {{addressFamily: ipv4}}}}}}"
        )
    };
    let peers = format!("{}, {}, {TOR}", discovered("own", 64512), discovered("other", 64513));
    let (config, cluster) = read("1.19", &one_node(&bgp(&peers, "")));
    let mut opened: Vec<(&str, bool)> = Vec::new();
    let found = sessions(&config, &cluster);
    for session in found[0].alternatives.iter().flatten() {
        opened.push((&session.peer.name, session.internal));
    }
    assert_eq!(opened, [("tor", false), ("own", true), ("other", false)]);
}
