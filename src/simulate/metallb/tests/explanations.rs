//! The reasons for what one Service gets.

use crate::cluster::{Cluster, EXCLUDE_LABEL, IpFamilyPolicy, Service};
use crate::metallb::{Config, Pool, ServiceAllocation};
use crate::simulate::metallb::testing::{
    advertisement, annotated, endpoint, l2, node, peer, pool, service,
};
use crate::simulate::metallb::{Options, explain};

fn pinned(name: &str, range: &str, namespace: &str) -> Pool {
    let namespaces = [namespace.to_owned()].into();
    let allocation = ServiceAllocation { namespaces, ..ServiceAllocation::default() };
    Pool { allocation: Some(allocation), ..pool(name, &[range]) }
}

fn text(config: &Config, cluster: &Cluster, service: &Service) -> String {
    explain(config, cluster, &Options::default(), &service.key).unwrap().to_string()
}

#[test]
fn every_pool_and_every_node_is_accounted_for() {
    let mut off = pool("off", &["10.3.0.1-10.3.0.9"]);
    off.auto_assign = false;
    let config = Config {
        pools: vec![
            pool("open", &["10.1.0.1-10.1.0.9"]),
            pinned("theirs", "10.2.0.1-10.2.0.9", "x"),
            off,
            pinned("ours", "10.4.0.1-10.4.0.1", "d"),
        ],
        l2_advertisements: vec![l2("l2")],
        ..Config::default()
    };
    let mut excluded = node("n2");
    excluded.labels.insert(EXCLUDE_LABEL.to_owned(), String::new());
    let (first, second) = (service("d", "a"), service("d", "b"));
    let cluster = Cluster {
        endpoints: [(second.key.clone(), vec![endpoint("n1")])].into(),
        services: vec![first, second.clone()],
        nodes: vec![node("n1"), excluded],
        ..Cluster::default()
    };
    let expected = "\
d/b
  1. pool theirs is passed over: it is pinned to other namespaces or Services
  2. pool off is passed over: autoAssign is false
  3. pool ours is passed over: it has no address left
  4. pool open could give 10.1.0.1
  5. it is given 10.1.0.1 of pool open
  6. node n1 may answer on eth0 (score 0)
  7. node n2 may not answer: it is excluded from external load balancers
  8. node n1 answers: lowest hash with 10.1.0.1 of the best score
";
    assert_eq!(text(&config, &cluster, &second), expected);
}

#[test]
fn a_refusal_says_who_is_in_the_way() {
    let config = Config { pools: vec![pool("p", &["10.1.0.1-10.1.0.9"])], ..Config::default() };
    let sharing = |name: &str| {
        let asking = annotated(service("d", name), "metallb.io/loadBalancerIPs", "10.1.0.1");
        annotated(asking, "metallb.io/allow-shared-ip", "k")
    };
    let services = vec![sharing("a"), sharing("b")];
    let second = services[1].clone();
    let cluster = Cluster { services, ..Cluster::default() };
    let expected = "port TCP/80 of 10.1.0.1 is in use by d/a";
    let text = text(&config, &cluster, &second);
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_service_that_is_not_there_has_no_reasons() {
    let missing = service("d", "missing").key;
    let (config, cluster) = (Config::default(), Cluster::default());
    assert_eq!(explain(&config, &cluster, &Options::default(), &missing), None);
}

#[test]
fn who_gets_a_route_and_why_nobody_answers_is_said() {
    let config = Config {
        pools: vec![pool("p", &["10.1.0.1-10.1.0.9"])],
        l2_advertisements: vec![l2("l2")],
        bgp_advertisements: vec![advertisement("bgp", None, None)],
        peers: vec![peer("tor-a", "192.0.2.1"), peer("tor-b", "fd00::1")],
        ..Config::default()
    };
    let (served, idle) = (service("d", "a"), service("d", "b"));
    let cluster = Cluster {
        endpoints: [(served.key.clone(), vec![endpoint("n1")])].into(),
        services: vec![served.clone(), idle.clone()],
        nodes: vec![node("n1")],
        ..Cluster::default()
    };
    for (service, line) in [
        (served, "node n1 advertises by bgp to peers: tor-a"),
        (idle.clone(), "nobody answers on the link: no endpoint is ready or serving"),
        (idle, "node n1 advertises nothing: no endpoint is ready or serving"),
    ] {
        let text = text(&config, &cluster, &service);
        assert!(text.lines().any(|step| step.ends_with(line)), "{text}");
    }
}

/// Its addresses stand in the order of their texts, as MetalLB sorts what is asked for.
#[test]
fn who_asks_for_two_addresses_is_elected_by_the_first_of_their_texts() {
    let (v4, v6) = ("203.0.113.3", "2001:db8::3");
    let mut asking =
        annotated(service("d", "a"), "metallb.io/loadBalancerIPs", &format!("{v4},{v6}"));
    asking.cluster_ips = vec!["10.96.0.1".to_owned(), "fd96::1".to_owned()];
    asking.ip_family_policy = Some(IpFamilyPolicy::RequireDualStack);
    asking.ingress = vec![v4.to_owned(), v6.to_owned()];
    let config = Config {
        pools: vec![pool("p", &["203.0.113.1-203.0.113.9", "2001:db8::1-2001:db8::9"])],
        l2_advertisements: vec![l2("l2")],
        ..Config::default()
    };
    let cluster = Cluster {
        endpoints: [(asking.key.clone(), vec![endpoint("n1")])].into(),
        services: vec![asking.clone()],
        nodes: vec![node("n1")],
        ..Cluster::default()
    };
    let text = text(&config, &cluster, &asking);
    assert!(text.contains("node n1 answers: lowest hash with 2001:db8::3 of"), "{text}");
}

/// Who loses an address makes the controller look at everyone again; who has what it
/// wants stays as it is, and nothing is said of that.
#[test]
fn that_the_controller_looks_again_is_said_of_those_whom_it_may_change() {
    let config = Config { pools: vec![pool("p", &["10.1.0.1-10.1.0.2"])], ..Config::default() };
    let asking = |name: &str, held: &str| {
        let service = annotated(service("d", name), "metallb.io/loadBalancerIPs", "192.0.2.1");
        Service { ingress: vec![held.to_owned()], ..service }
    };
    let holder = Service { ingress: vec!["10.1.0.1".to_owned()], ..service("d", "a") };
    let services = vec![holder.clone(), asking("b", "10.1.0.2"), service("d", "c")];
    let asking = services[1].clone();
    let cluster = Cluster { services, ..Cluster::default() };
    let again = "the controller looks at the Service again";
    let (settled, loser) = (text(&config, &cluster, &holder), text(&config, &cluster, &asking));
    assert!(!settled.contains(again) && settled.contains("it keeps 10.1.0.1"), "{settled}");
    assert!(loser.contains(again), "{loser}");
}

#[test]
fn without_peers_or_advertisements_nothing_is_said_of_routes() {
    let pools = vec![pool("p", &["10.1.0.1-10.1.0.9"])];
    let served = service("d", "a");
    let cluster = Cluster {
        endpoints: [(served.key.clone(), vec![endpoint("n1")])].into(),
        services: vec![served.clone()],
        nodes: vec![node("n1")],
        ..Cluster::default()
    };
    let ads = vec![advertisement("bgp", None, None)];
    let peers = vec![peer("tor-a", "192.0.2.1")];
    for config in [
        Config { pools: pools.clone(), bgp_advertisements: ads, ..Config::default() },
        Config { pools, peers, ..Config::default() },
    ] {
        let text = text(&config, &cluster, &served);
        assert!(!text.contains("advertises"), "{text}");
    }
}

#[test]
fn a_pool_of_one_family_is_not_enough_for_both() {
    let config = Config { pools: vec![pool("p", &["10.1.0.1-10.1.0.9"])], ..Config::default() };
    let mut both = service("d", "a");
    both.cluster_ips = vec!["10.96.0.1".to_owned(), "fd96::1".to_owned()];
    both.ip_family_policy = Some(IpFamilyPolicy::RequireDualStack);
    let cluster = Cluster { services: vec![both.clone()], ..Cluster::default() };
    let text = text(&config, &cluster, &both);
    let expected = "pool p is passed over: it has only 10.1.0.1 left, which is not enough";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_is_wrong_with_a_wish_is_said() {
    let config = Config { pools: vec![pool("p", &["10.1.0.1-10.1.0.9"])], ..Config::default() };
    let asking = |ips: &str| annotated(service("d", "a"), "metallb.io/loadBalancerIPs", ips);
    let mut twice = asking("10.1.0.1");
    twice.load_balancer_ip = Some("10.1.0.1".to_owned());
    for (service, why) in [
        (twice, "addresses are asked for both by annotation and by spec.loadBalancerIP"),
        (asking("x"), "what is asked for is not an address"),
        (asking("10.1.0.1,10.1.0.2"), "more than one address of a family is asked for"),
    ] {
        let cluster = Cluster { services: vec![service.clone()], ..Cluster::default() };
        let text = text(&config, &cluster, &service);
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn between_which_pools_the_map_decides_is_said() {
    let pools = vec![pool("p", &["10.1.0.1-10.1.0.9"]), pool("q", &["10.2.0.1-10.2.0.9"])];
    let served = service("d", "a");
    let cluster = Cluster { services: vec![served.clone()], ..Cluster::default() };
    let one = Config { pools: pools[..1].to_vec(), ..Config::default() };
    let two = Config { pools, ..Config::default() };
    let text = |config: &Config| text(config, &cluster, &served);
    assert!(text(&two).contains("MetalLB walks these pools in any order: p, q"), "{}", text(&two));
    assert!(!text(&one).contains("in any order"), "{}", text(&one));
}
