//! The state is carried on as the controller carries it on.

use std::net::IpAddr;

use proptest::prelude::*;

use super::generate;
use crate::cluster::{Cluster, Namespace, Service, ServiceKey, ServiceType};
use crate::metallb::{Config, Pool, ServiceAllocation};
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::decision::Outcome;
use crate::simulate::metallb::testing::{annotated, endpoint, l2, node, pool, selector, service};
use crate::simulate::metallb::{Engine, Options, simulate};

fn config(range: &str) -> Config {
    Config {
        pools: vec![pool("p", &[range])],
        l2_advertisements: vec![l2("l2")],
        ..Config::default()
    }
}

fn cluster(names: &[&str]) -> Cluster {
    let services: Vec<Service> = names.iter().map(|name| service("d", name)).collect();
    let endpoints = services.iter().map(|s| (s.key.clone(), vec![endpoint("n1")])).collect();
    let nodes = vec![node("n1"), node("n2")];
    Cluster { services, nodes, endpoints, ..Cluster::default() }
}

fn key(name: &str) -> ServiceKey {
    service("d", name).key
}

fn outcome(engine: &Engine<'_>) -> Outcome {
    let decision = engine.decision();
    assert!(decision.deterministic, "{decision:?}");
    decision.outcomes.into_iter().next().unwrap()
}

fn ips(engine: &Engine<'_>, name: &str) -> String {
    let allocation = &outcome(engine).services[&format!("d/{name}")];
    allocation.ips.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_deleted_service_makes_room_for_one_that_waits() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.1"), cluster(&["a", "b"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "b").as_str()), ("10.1.0.1", ""));
    engine.apply(Change::ServiceDeleted(key("a"))).unwrap();
    assert_eq!(ips(&engine, "b"), "10.1.0.1");
    assert!(!outcome(&engine).services.contains_key("d/a"));
}

#[test]
fn a_service_that_moves_within_a_pool_leaves_the_waiting_ones_waiting() {
    // It still has an address and the same key, so MetalLB does not look at others.
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let asking = |name, ip| annotated(service("d", name), "metallb.io/loadBalancerIPs", ip);
    engine.apply(Change::ServiceApplied(Box::new(asking("w", "10.1.0.1")))).unwrap();
    engine.apply(Change::ServiceApplied(Box::new(asking("a", "10.1.0.5")))).unwrap();
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "w").as_str()), ("10.1.0.5", ""));
    // Nor when one goes that had nothing.
    engine.apply(Change::ServiceApplied(Box::new(asking("x", "192.0.2.1")))).unwrap();
    engine.apply(Change::ServiceDeleted(key("x"))).unwrap();
    assert_eq!(ips(&engine, "w"), "");
    engine.apply(Change::ServiceDeleted(key("a"))).unwrap();
    assert_eq!(ips(&engine, "w"), "10.1.0.1");
}

#[test]
fn a_service_that_is_no_balancer_any_more_gives_its_address_back() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.1"), cluster(&["a", "b"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let mut plain = service("d", "a");
    plain.service_type = ServiceType::ClusterIp;
    engine.apply(Change::ServiceApplied(Box::new(plain))).unwrap();
    assert_eq!(ips(&engine, "b"), "10.1.0.1");
}

#[test]
fn a_port_or_a_key_that_is_given_up_on_a_shared_address_is_free_for_others() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&[]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let sharing = |name: &str, key: &str, port: u16| {
        let mut service = annotated(service("d", name), "metallb.io/allow-shared-ip", key);
        service.ports[0].port = port;
        Change::ServiceApplied(Box::new(service))
    };
    engine.apply(sharing("a", "k", 80)).unwrap();
    engine.apply(sharing("a", "k", 81)).unwrap();
    engine.apply(sharing("b", "k", 80)).unwrap();
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "b").as_str()), ("10.1.0.1", "10.1.0.1"));
    engine.apply(Change::ServiceDeleted(key("b"))).unwrap();
    engine.apply(sharing("a", "m", 81)).unwrap();
    engine.apply(sharing("b", "k", 80)).unwrap();
    engine.apply(sharing("c", "m", 80)).unwrap();
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "b").as_str()), ("10.1.0.1", "10.1.0.2"));
    assert_eq!(ips(&engine, "c"), "10.1.0.1");
}

#[test]
fn an_address_stays_when_its_pool_is_renamed_and_goes_with_its_range() {
    let (old, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a", "b"]));
    let mut engine = Engine::new(&old, &cluster, &Options::default());
    let mut renamed = old.clone();
    renamed.pools[0] = pool("q", &["10.1.0.2-10.1.0.9"]);
    engine.reconfigure(renamed);
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "b").as_str()), ("10.1.0.3", "10.1.0.2"));
    assert_eq!(outcome(&engine).services["d/b"].pool.as_deref(), Some("q"));
    engine.reconfigure(Config::default());
    assert_eq!(ips(&engine, "a"), "");
    engine.reconfigure(old.clone());
    assert_eq!((ips(&engine, "a").as_str(), ips(&engine, "b").as_str()), ("10.1.0.1", "10.1.0.2"));
}

#[test]
fn a_namespace_that_comes_to_fit_gets_its_pool() {
    let allocation = ServiceAllocation {
        namespace_selectors: vec![selector("team", "blue")],
        ..ServiceAllocation::default()
    };
    let pinned = Pool { allocation: Some(allocation), ..pool("p", &["10.1.0.1-10.1.0.9"]) };
    let config = Config { pools: vec![pinned], ..Config::default() };
    let cluster = cluster(&["a"]);
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    assert_eq!(ips(&engine, "a"), "");
    let labels = [("team".to_owned(), "blue".to_owned())].into();
    let namespace = Namespace { name: "d".to_owned(), labels, ..Namespace::default() };
    engine.apply(Change::NamespaceApplied(Box::new(namespace))).unwrap();
    assert_eq!(ips(&engine, "a"), "10.1.0.1");
    // Emptied, the restriction is gone and the held address may stay.
    engine.apply(Change::NamespaceDeleted("d".to_owned())).unwrap();
    assert_eq!(ips(&engine, "a"), "10.1.0.1");
}

#[test]
fn a_namespace_that_changes_is_read_anew() {
    let allocation = ServiceAllocation {
        namespace_selectors: vec![selector("team", "blue")],
        ..ServiceAllocation::default()
    };
    let pinned = Pool { allocation: Some(allocation), ..pool("p", &["10.1.0.1-10.1.0.9"]) };
    let config = Config { pools: vec![pinned], ..Config::default() };
    let namespace = |name: &str, team: &str| Namespace {
        name: name.to_owned(),
        labels: [("team".to_owned(), team.to_owned())].into(),
        ..Namespace::default()
    };
    let namespaces = vec![namespace("other", "blue"), namespace("d", "red")];
    let cluster = Cluster { namespaces, ..cluster(&["a"]) };
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    assert_eq!(ips(&engine, "a"), "");
    engine.apply(Change::NamespaceApplied(Box::new(namespace("d", "blue")))).unwrap();
    assert_eq!(ips(&engine, "a"), "10.1.0.1");
    engine.apply(Change::NamespaceApplied(Box::new(namespace("d", "red")))).unwrap();
    assert_eq!(ips(&engine, "a"), "");
}

#[test]
fn nodes_and_endpoints_move_announcements_and_no_address() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let candidates = |engine: &Engine<'_>| -> Vec<String> {
        outcome(engine).l2.into_iter().flat_map(|l2| l2.candidates).collect()
    };
    assert_eq!(candidates(&engine), ["n1", "n2"]);
    engine.apply(Change::NodeFailed("n1".to_owned())).unwrap();
    assert_eq!(candidates(&engine), ["n2"]);
    engine.apply(Change::NodeReturned("n1".to_owned())).unwrap();
    engine.apply(Change::NodeDeleted("n2".to_owned())).unwrap();
    assert_eq!(candidates(&engine), ["n1"]);
    engine.apply(Change::NodeApplied(Box::new(node("n3")))).unwrap();
    assert_eq!(candidates(&engine), ["n1", "n3"]);
    // A node that failed and is made anew is a new one.
    engine.apply(Change::NodeFailed("n3".to_owned())).unwrap();
    engine.apply(Change::NodeDeleted("n3".to_owned())).unwrap();
    engine.apply(Change::NodeApplied(Box::new(node("n3")))).unwrap();
    assert_eq!(candidates(&engine), ["n1", "n3"]);
    let gone = Change::EndpointsChanged { service: key("a"), endpoints: Vec::new() };
    engine.apply(gone).unwrap();
    assert_eq!(candidates(&engine), Vec::<String>::new());
    assert_eq!(ips(&engine, "a"), "10.1.0.1");
}

#[test]
fn endpoints_go_with_their_service() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.apply(Change::ServiceDeleted(key("a"))).unwrap();
    engine.apply(Change::ServiceApplied(Box::new(service("d", "a")))).unwrap();
    assert_eq!((ips(&engine, "a").as_str(), outcome(&engine).l2), ("10.1.0.1", Vec::new()));
}

#[test]
fn what_is_not_there_cannot_change() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let (node, namespace) = ("n9".to_owned(), "x".to_owned());
    let cases = [
        (Change::ServiceDeleted(key("z")), ChangeError::UnknownService(key("z"))),
        (Change::NodeFailed(node.clone()), ChangeError::UnknownNode(node.clone())),
        (Change::NodeDeleted(node.clone()), ChangeError::UnknownNode(node)),
        (Change::NamespaceDeleted(namespace.clone()), ChangeError::UnknownNamespace(namespace)),
    ];
    let before = engine.decision();
    for (event, error) in cases {
        assert_eq!(engine.apply(event), Err(error));
    }
    assert_eq!(engine.decision(), before);
}

#[test]
fn a_choice_made_once_stays_made() {
    let pools = vec![pool("one", &["10.1.0.1-10.1.0.9"]), pool("two", &["10.2.0.1-10.2.0.9"])];
    let config = Config { pools, ..Config::default() };
    let cluster = cluster(&["a"]);
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.apply(Change::ServiceApplied(Box::new(service("d", "b")))).unwrap();
    assert_eq!(engine.decision().outcomes.len(), 4);
    engine.apply(Change::ServiceDeleted(key("a"))).unwrap();
    let left: Vec<String> = engine
        .decision()
        .outcomes
        .iter()
        .map(|outcome| outcome.services["d/b"].ips[0].to_string())
        .collect();
    assert_eq!(left, ["10.1.0.1", "10.1.0.2", "10.2.0.1", "10.2.0.2"]);
}

#[test]
fn a_service_that_comes_with_an_address_keeps_it() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.9"), cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let holder = Service { ingress: vec!["10.1.0.5".to_owned()], ..service("d", "b") };
    engine.apply(Change::ServiceApplied(Box::new(holder))).unwrap();
    assert_eq!(ips(&engine, "b"), "10.1.0.5");
}

#[test]
fn a_service_of_another_class_that_comes_takes_nothing() {
    let (config, cluster) = (config("10.1.0.1-10.1.0.1"), cluster(&[]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let class = Some("other/class".to_owned());
    let foreign = Service { load_balancer_class: class, ..service("d", "a") };
    for service in [foreign, service("d", "b")] {
        engine.apply(Change::ServiceApplied(Box::new(service))).unwrap();
    }
    assert_eq!(ips(&engine, "b"), "10.1.0.1");
}

/// Which pool comes first stays as it is when nobody is left who has an address.
#[test]
fn an_order_that_was_found_outlives_the_service_that_showed_it() {
    let pinned = |name: &str, range: &str| {
        let namespaces = ["d".to_owned()].into();
        let allocation = ServiceAllocation { namespaces, ..ServiceAllocation::default() };
        Pool { allocation: Some(allocation), ..pool(name, &[range]) }
    };
    let pools = vec![pinned("one", "10.1.0.1-10.1.0.9"), pinned("two", "10.2.0.1-10.2.0.9")];
    let (config, cluster) = (Config { pools, ..Config::default() }, cluster(&["a"]));
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.apply(Change::ServiceDeleted(key("a"))).unwrap();
    for name in ["b", "c"] {
        engine.apply(Change::ServiceApplied(Box::new(service("d", name)))).unwrap();
    }
    let given = |outcome: &Outcome| {
        outcome.services.values().map(|given| given.ips[0].to_string()).collect::<Vec<_>>()
    };
    let ways: Vec<Vec<String>> = engine.decision().outcomes.iter().map(given).collect();
    assert_eq!(ways, [["10.1.0.1", "10.1.0.2"], ["10.2.0.1", "10.2.0.2"]]);
}

proptest! {
    /// Services that come one by one are as good as a start, where nobody holds or
    /// loses anything.
    #[test]
    fn a_start_is_a_history((config, mut cluster) in generate::scene(false)) {
        for service in &mut cluster.services {
            service.ingress.clear();
        }
        let options = Options { max_outcomes: 400, ..Options::default() };
        let empty = Cluster::default();
        let mut engine = Engine::new(&config, &empty, &options);
        for service in &cluster.services {
            engine.apply(Change::ServiceApplied(Box::new(service.clone()))).unwrap();
        }
        let decision = engine.decision();
        if !decision.truncated {
            prop_assert_eq!(decision, simulate(&config, &cluster, &options));
        }
    }

    /// Deleting everything gives every address back.
    #[test]
    fn nothing_leaks((config, cluster) in generate::scene(true)) {
        let options = Options { max_outcomes: 16, ..Options::default() };
        let mut engine = Engine::new(&config, &cluster, &options);
        for service in &cluster.services {
            engine.apply(Change::ServiceDeleted(service.key.clone())).unwrap();
        }
        for service in &cluster.services {
            let again = Service { ingress: Vec::new(), ..service.clone() };
            engine.apply(Change::ServiceApplied(Box::new(again))).unwrap();
        }
        let mut fresh = cluster.clone();
        for service in &mut fresh.services {
            service.ingress.clear();
        }
        let empty = Cluster::default();
        let mut other = Engine::new(&config, &empty, &options);
        for service in fresh.services {
            other.apply(Change::ServiceApplied(Box::new(service))).unwrap();
        }
        if !engine.decision().truncated && !other.decision().truncated {
            prop_assert_eq!(engine.decision(), other.decision());
        }
    }
}
