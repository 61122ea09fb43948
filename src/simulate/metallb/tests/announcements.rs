//! Single decisions about announcements that no golden scenario shows.

use std::net::IpAddr;

use crate::cluster::{Cluster, EXCLUDE_LABEL, Service, TrafficPolicy};
use crate::ip::parse_addr;
use crate::metallb::{Config, L2Advertisement, PreferredNodes};
use crate::simulate::decision::Outcome;
use crate::simulate::metallb::testing::{
    advertisement, annotated, endpoint, l2, node, peer, pool, selector, service, service_labelled,
};
use crate::simulate::metallb::{Allocations, Options, simulate};

fn cluster(services: Vec<Service>) -> Cluster {
    let endpoints = services.iter().map(|s| (s.key.clone(), vec![endpoint("n1")])).collect();
    let nodes = vec![node("n1"), node("n2")];
    Cluster { services, nodes, endpoints, ..Cluster::default() }
}

fn config() -> Config {
    Config {
        pools: vec![pool("p", &["10.1.0.1-10.1.0.9"])],
        l2_advertisements: vec![l2("l2")],
        bgp_advertisements: vec![advertisement("bgp", None, None)],
        peers: vec![peer("tor", "192.0.2.1")],
        ..Config::default()
    }
}

fn outcome(config: &Config, cluster: &Cluster, options: &Options) -> Outcome {
    let decision = simulate(config, cluster, options);
    assert!(decision.deterministic);
    decision.outcomes.into_iter().next().unwrap()
}

fn nodes_of(outcome: &Outcome) -> (Vec<String>, Vec<String>) {
    let candidates = outcome.l2.iter().flat_map(|l2| l2.candidates.clone()).collect();
    (candidates, outcome.bgp.iter().map(|route| route.node.clone()).collect())
}

#[test]
fn only_nodes_with_a_speaker_announce() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.nodes[1].labels.insert("speaker".to_owned(), "yes".to_owned());
    let speaker_nodes = Some(selector("speaker", "yes"));
    let options = Options { speaker_nodes, ..Options::default() };
    let only = vec!["n2".to_owned()];
    assert_eq!(nodes_of(&outcome(&config, &cluster, &options)), (only.clone(), only));
}

#[test]
fn the_exclude_label_can_be_ignored() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.nodes[0].labels.insert(EXCLUDE_LABEL.to_owned(), "false".to_owned());
    for (ignore_exclude_lb, count) in [(false, 1), (true, 2)] {
        let options = Options { ignore_exclude_lb, ..Options::default() };
        let (l2, bgp) = nodes_of(&outcome(&config, &cluster, &options));
        assert_eq!((l2.len(), bgp.len()), (count, count));
    }
}

#[test]
fn interfaces_that_are_left_out_are_so_though_they_are_named() {
    let mut cluster = cluster(vec![service("d", "a")]);
    cluster.nodes = vec![node("n1")];
    cluster.nodes[0].interfaces = ["eth0", "veth0", "veth1"].map(str::to_owned).to_vec();
    let excluded_interfaces = vec!["^veth".to_owned(), "(".to_owned()];
    let options = Options { excluded_interfaces, ..Options::default() };
    let named = |names: &[&str]| {
        let interfaces = names.iter().map(|name| (*name).to_owned()).collect();
        L2Advertisement { interfaces, ..l2("l2") }
    };
    for (advertisements, answers) in [
        (vec![named(&[])], &["eth0"][..]),
        (vec![named(&["veth1"])], &[]),
        (vec![named(&["eth0", "veth1"])], &["eth0"]),
        (vec![named(&[]), named(&["veth1"])], &["eth0"]),
    ] {
        let config = Config { l2_advertisements: advertisements, ..config() };
        assert_eq!(outcome(&config, &cluster, &options).l2[0].interfaces["n1"], answers);
    }
}

#[test]
fn a_served_class_is_served_and_nothing_else() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a"), service("d", "b")]));
    cluster.services[0].load_balancer_class = Some("metallb.io/x".to_owned());
    let options = Options { lb_class: Some("metallb.io/x".to_owned()), ..Options::default() };
    let outcome = outcome(&config, &cluster, &options);
    assert_eq!(outcome.services["d/a"].ips.len(), 1);
    let other = &outcome.services["d/b"];
    assert!(other.ips.is_empty() && other.pool.is_none() && other.reason.is_some());
    assert!(outcome.l2.iter().all(|l2| l2.service == "d/a"));
}

#[test]
fn what_another_controller_gave_is_neither_ours_nor_announced() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.services[0].load_balancer_class = Some("other/class".to_owned());
    cluster.services[0].ingress = vec!["10.1.0.1".to_owned()];
    let outcome = outcome(&config, &cluster, &Options::default());
    assert!(outcome.services["d/a"].ips.is_empty());
    assert!(outcome.l2.is_empty() && outcome.bgp.is_empty());
}

#[test]
fn of_a_local_service_only_nodes_with_an_endpoint_announce() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.services[0].external_traffic_policy = TrafficPolicy::Local;
    let only = vec!["n1".to_owned()];
    assert_eq!(nodes_of(&outcome(&config, &cluster, &Options::default())), (only.clone(), only));
}

#[test]
fn a_sharing_annotation_does_not_go_with_service_selectors_on_the_link() {
    let (mut config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.services[0].labels.insert("app".to_owned(), "web".to_owned());
    config.l2_advertisements[0].service_selectors = vec![selector("app", "web")];
    let announced = |cluster: &Cluster| outcome(&config, cluster, &Options::default()).l2.len();
    assert_eq!(announced(&cluster), 1);
    let annotations = &mut cluster.services[0].annotations;
    annotations.insert("metallb.universe.tf/allow-shared-ip".to_owned(), String::new());
    assert_eq!(announced(&cluster), 0);
}

#[test]
fn two_preferences_for_one_route_silence_a_service() {
    let (mut config, cluster) = (config(), cluster(vec![service("d", "a")]));
    config.bgp_advertisements =
        vec![advertisement("one", Some(100), None), advertisement("two", Some(200), None)];
    assert!(outcome(&config, &cluster, &Options::default()).bgp.is_empty());
    config.bgp_advertisements[1].local_pref = Some(100);
    assert_eq!(outcome(&config, &cluster, &Options::default()).bgp.len(), 2);
}

#[test]
fn a_higher_score_beats_any_hash() {
    let (mut config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.nodes[0].labels.insert("rack".to_owned(), "1".to_owned());
    cluster.nodes[1].labels.insert("rack".to_owned(), "2".to_owned());
    for (rack, leader) in [("1", "n1"), ("2", "n2")] {
        let preferred = PreferredNodes { weight: 1, selector: selector("rack", rack) };
        config.l2_advertisements[0].preferred_nodes = vec![preferred];
        let outcome = outcome(&config, &cluster, &Options::default());
        assert_eq!(outcome.l2[0].leader.as_deref(), Some(leader));
        assert_eq!(outcome.l2[0].candidates, ["n1", "n2"]);
    }
}

#[test]
fn services_that_share_an_address_under_two_preferences_silence_the_node() {
    let shared = |name: &str, port: u16| {
        let labelled = service_labelled("d", name, &[("app", name)]);
        let mut shared = annotated(labelled, "metallb.io/allow-shared-ip", "k");
        shared.ports[0].port = port;
        shared
    };
    let mut config = config();
    config.bgp_advertisements =
        vec![advertisement("a", Some(100), Some("a")), advertisement("b", Some(200), Some("b"))];
    let mut cluster = cluster(vec![shared("a", 80), shared("b", 443), service("d", "c")]);
    let torn = outcome(&config, &cluster, &Options::default());
    assert_eq!(torn.services["d/a"].ips, torn.services["d/b"].ips);
    assert!(torn.bgp.is_empty());
    cluster.services[1].annotations.clear();
    let apart = outcome(&config, &cluster, &Options::default());
    let preferences: Vec<_> = apart.bgp.iter().map(|route| route.local_pref).collect();
    assert_eq!(preferences, [Some(100), Some(200), Some(100), Some(200)]);
}

#[test]
fn the_allocation_alone_is_that_of_the_decision() {
    let services = (0..5).map(|i| service("d", &format!("s{i}"))).collect();
    let (config, cluster) = (config(), cluster(services));
    let outcome = outcome(&config, &cluster, &Options::default());
    let allocations = Allocations::new(&config, &cluster, &Options::default());
    let mut count = 0;
    for (key, pool, ips) in allocations.iter() {
        count += 1;
        let expected = &outcome.services[&key.to_string()];
        assert_eq!((ips, Some(pool)), (expected.ips.as_slice(), expected.pool.as_deref()));
    }
    assert_eq!(count, 5);
    let mut leaders = Vec::new();
    allocations.leaders(|key, node| leaders.push((key.to_string(), node.to_owned())));
    let of = |l2: &crate::simulate::decision::L2Announcement| {
        (l2.service.clone(), l2.leader.clone().unwrap())
    };
    assert_eq!(leaders, outcome.l2.iter().map(of).collect::<Vec<_>>());
}

#[test]
fn a_status_that_cannot_be_judged_stays_and_is_announced() {
    let (config, mut cluster) = (config(), cluster(vec![service("d", "a")]));
    cluster.services[0].cluster_ips = vec!["None".to_owned()];
    cluster.services[0].ingress = vec!["10.1.0.7".to_owned()];
    let outcome = outcome(&config, &cluster, &Options::default());
    let seven: IpAddr = parse_addr("10.1.0.7").unwrap();
    assert_eq!(outcome.services["d/a"].ips, [seven]);
    assert_eq!(outcome.services["d/a"].pool.as_deref(), Some("p"));
    assert_eq!(outcome.l2[0].ip, seven);
}
