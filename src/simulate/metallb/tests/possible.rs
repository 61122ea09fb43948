//! Single decisions about addresses, and what is possible where the map decides.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, IpFamilyPolicy, Namespace, Service};
use crate::ip::Family;
use crate::metallb::{Config, Pool, ServiceAllocation};
use crate::simulate::metallb::testing::{annotated, pool, selector, service, service_labelled};
use crate::simulate::metallb::{Engine, Options, simulate};

fn decide(pools: Vec<Pool>, services: Vec<Service>) -> Vec<Vec<String>> {
    let config = Config { pools, ..Config::default() };
    let cluster = Cluster { services, ..Cluster::default() };
    let decision = simulate(&config, &cluster, &Options::default());
    assert!(!decision.truncated);
    let texts = |outcome: crate::simulate::decision::Outcome| {
        let ips = |a: crate::simulate::decision::Allocation| {
            a.ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        outcome.services.into_values().map(ips).collect()
    };
    decision.outcomes.into_iter().map(texts).collect()
}

fn dual(mut service: Service, policy: IpFamilyPolicy) -> Service {
    service.cluster_ips = vec!["10.96.0.1".to_owned(), "fd96::1".to_owned()];
    service.ip_families = vec![Family::V4, Family::V6];
    service.ip_family_policy = Some(policy);
    service
}

fn pinned(name: &str, range: &str, namespaces: &[&str]) -> Pool {
    let namespaces = namespaces.iter().map(|name| (*name).to_owned()).collect();
    let allocation = ServiceAllocation { namespaces, ..ServiceAllocation::default() };
    Pool { allocation: Some(allocation), ..pool(name, &[range]) }
}

#[test]
fn two_open_pools_and_two_services_go_four_ways() {
    let pools = vec![pool("one", &["10.1.0.1-10.1.0.9"]), pool("two", &["10.2.0.1-10.2.0.9"])];
    let ways = decide(pools, vec![service("d", "a"), service("d", "b")]);
    let expected = [
        ["10.1.0.1", "10.1.0.2"],
        ["10.1.0.1", "10.2.0.1"],
        ["10.2.0.1", "10.1.0.1"],
        ["10.2.0.1", "10.2.0.2"],
    ];
    assert_eq!(ways, expected);
}

#[test]
fn pools_of_one_namespace_are_taken_in_one_order_throughout() {
    let pools = vec![
        pinned("one", "10.1.0.1-10.1.0.9", &["a", "b"]),
        pinned("two", "10.2.0.1-10.2.0.9", &["a", "b"]),
    ];
    let services = vec![service("a", "s"), service("a", "t"), service("b", "u")];
    let ways = decide(pools, services);
    let expected = [["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["10.2.0.1", "10.2.0.2", "10.2.0.3"]];
    assert_eq!(ways, expected);
}

#[test]
fn more_ways_than_asked_for_are_cut_off() {
    let pools = vec![pool("one", &["10.1.0.1-10.1.0.99"]), pool("two", &["10.2.0.1-10.2.0.99"])];
    let config = Config { pools, ..Config::default() };
    let services = (0..20).map(|i| service("d", &format!("s{i:02}"))).collect();
    let cluster = Cluster { services, ..Cluster::default() };
    for (max_outcomes, expected) in [(64, 64), (1, 1), (0, 1)] {
        let options = Options { max_outcomes, ..Options::default() };
        let decision = simulate(&config, &cluster, &options);
        assert!(decision.truncated && !decision.deterministic);
        assert_eq!(decision.outcomes.len(), expected);
        let different: BTreeSet<_> = decision.outcomes.iter().collect();
        assert_eq!(different.len(), expected);
    }
}

#[test]
fn as_many_ways_as_asked_for_are_all_listed() {
    let pools = vec![pool("one", &["10.1.0.1-10.1.0.9"]), pool("two", &["10.2.0.1-10.2.0.9"])];
    let config = Config { pools, ..Config::default() };
    let services = vec![service("d", "a"), service("d", "b")];
    let cluster = Cluster { services, ..Cluster::default() };
    let options = Options { max_outcomes: 4, ..Options::default() };
    let decision = simulate(&config, &cluster, &options);
    assert!(!decision.truncated);
    assert_eq!(decision.outcomes.len(), 4);
}

/// Of more than seven pools that a map gives out, with a negative priority among them,
/// not every order is tried.
#[test]
fn where_orders_are_only_drawn_other_ways_are_not_ruled_out() {
    let names: Vec<String> = (0..8).map(|i| format!("p{i}")).collect();
    let pools = (0..8).map(|i| {
        let mut pool = pinned(&names[i], &format!("10.{i}.0.1-10.{i}.0.9"), &["d"]);
        pool.allocation.as_mut().unwrap().priority = -1;
        pool
    });
    let config = Config { pools: pools.collect(), ..Config::default() };
    let cluster = Cluster { services: vec![service("d", "a")], ..Cluster::default() };
    let options = Options::default();
    let engine = Engine::new(&config, &cluster, &options);
    for decision in [simulate(&config, &cluster, &options), engine.decision()] {
        assert!(decision.truncated && !decision.deterministic);
        assert!(decision.outcomes.len() < options.max_outcomes);
    }
}

/// Services that never rest come to the same outcomes over and over.
#[test]
fn a_search_that_goes_on_and_on_is_given_up() {
    let pools = (0..3)
        .map(|i| {
            pool(
                &format!("p{i}"),
                &[&format!("10.{i}.0.1-10.{i}.0.9"), &format!("fd0{i}::1-fd0{i}::9")],
            )
        })
        .collect();
    let config = Config { pools, ..Config::default() };
    let mut restless = service("d", "a");
    restless.ip_family_policy = Some(IpFamilyPolicy::PreferDualStack);
    let other = Service { key: service("d", "b").key, ..restless.clone() };
    let cluster = Cluster { services: vec![restless, other], ..Cluster::default() };
    let options = Options { max_outcomes: 20, ..Options::default() };
    let engine = Engine::new(&config, &cluster, &options);
    for decision in [simulate(&config, &cluster, &options), engine.decision()] {
        assert!(decision.outcomes.len() < 20, "{}", decision.outcomes.len());
        assert!(decision.truncated);
    }
}

#[test]
fn one_asked_for_address_does_not_stay_alone_under_prefer_dual_stack() {
    // The first look keeps the address and adds the other family; the second finds
    // that this is not what is asked for, and one address is no wish for both.
    let both = pool("both", &["10.1.0.1-10.1.0.9", "fd00::1-fd00::9"]);
    let mut held = dual(service("d", "a"), IpFamilyPolicy::PreferDualStack);
    held.load_balancer_ip = Some("10.1.0.3".to_owned());
    held.ingress = vec!["10.1.0.3".to_owned()];
    assert_eq!(decide(vec![both], vec![held]), [[""]]);
}

#[test]
fn a_service_that_never_rests_is_left_with_one_address() {
    let both = pool("both", &["10.1.0.1-10.1.0.9", "fd00::1-fd00::9"]);
    let mut restless = service("d", "a");
    restless.ip_family_policy = Some(IpFamilyPolicy::PreferDualStack);
    for held in [None, Some("10.1.0.1")] {
        restless.ingress = held.map(str::to_owned).into_iter().collect();
        assert_eq!(decide(vec![both.clone()], vec![restless.clone()]), [["10.1.0.1"]]);
    }
}

#[test]
fn namespace_selectors_that_fit_nothing_leave_only_the_service_selectors() {
    let allocation = ServiceAllocation {
        namespace_selectors: vec![selector("team", "blue")],
        service_selectors: vec![selector("app", "web")],
        ..ServiceAllocation::default()
    };
    let pinned = Pool { allocation: Some(allocation), ..pool("p", &["10.1.0.1-10.1.0.9"]) };
    let web = service_labelled("any", "web", &[("app", "web")]);
    assert_eq!(decide(vec![pinned.clone()], vec![web.clone()]), [["10.1.0.1"]]);
    let config = Config { pools: vec![pinned], ..Config::default() };
    let labels = [("team".to_owned(), "blue".to_owned())].into();
    let blue = Namespace { name: "blue".to_owned(), labels, ..Namespace::default() };
    let cluster = Cluster { services: vec![web], namespaces: vec![blue], ..Cluster::default() };
    let decision = simulate(&config, &cluster, &Options::default());
    assert!(decision.outcomes[0].services["any/web"].ips.is_empty());
}

#[test]
fn an_ipv6_pool_of_any_size_is_nothing_special() {
    let wide = pool("wide", &["fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]);
    let mut six = service("d", "a");
    six.cluster_ips = vec!["fd96::1".to_owned()];
    let asking = annotated(
        Service { key: service("d", "b").key, ..six.clone() },
        "metallb.io/loadBalancerIPs",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    );
    let expected = [["fd00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]];
    assert_eq!(decide(vec![wide], vec![six, asking]), expected);
}

#[test]
fn the_whole_of_ipv6_can_be_one_pool() {
    let all = pool("all", &["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]);
    let mut six = service("d", "a");
    six.cluster_ips = vec!["fd96::1".to_owned()];
    assert_eq!(decide(vec![all], vec![six]), [["::"]]);
}

#[test]
fn a_holder_that_asks_for_anothers_address_takes_it_when_it_comes_first() {
    let pools = vec![pool("p", &["10.1.0.1-10.1.0.9"])];
    let holder = |name: &str, held: &str, asked: &str| {
        let asking = annotated(service("d", name), "metallb.io/loadBalancerIPs", asked);
        Service { ingress: vec![held.to_owned()], ..asking }
    };
    let services = vec![holder("a", "10.1.0.1", "10.1.0.2"), holder("b", "10.1.0.2", "10.1.0.1")];
    assert_eq!(decide(pools, services), [["10.1.0.2", "10.1.0.1"]]);
}

#[test]
fn a_start_lets_a_half_served_service_take_what_another_holds() {
    let both = pool("both", &["10.1.0.1-10.1.0.9", "fd00::1-fd00::1"]);
    let mut half = dual(service("d", "a"), IpFamilyPolicy::PreferDualStack);
    half.ingress = vec!["10.1.0.1".to_owned()];
    let mut holder = service("d", "b");
    holder.cluster_ips = vec!["fd96::2".to_owned()];
    holder.ingress = vec!["fd00::1".to_owned()];
    assert_eq!(
        decide(vec![both.clone()], vec![half.clone(), holder.clone()]),
        [["10.1.0.1 fd00::1", ""]]
    );
    holder.key.name = "0".to_owned();
    assert_eq!(decide(vec![both], vec![holder, half]), [["fd00::1", "10.1.0.1"]]);
}

/// A request in vain changes nothing in the API, so that the Service has to wait for
/// the next look at all of them like everyone else.
#[test]
fn who_asked_in_vain_is_not_looked_at_before_the_others() {
    let pools = vec![pool("one", &["10.1.0.1-10.1.0.1", "fd00::1-fd00::1"])];
    let mut both = dual(service("d", "a"), IpFamilyPolicy::PreferDualStack);
    both.load_balancer_ip = Some("fd00::1".to_owned());
    both.ingress = vec!["fd00::1".to_owned()];
    let mut asking = service("d", "c");
    asking.load_balancer_ip = Some("10.1.0.1".to_owned());
    let ways = decide(pools, vec![both, service("d", "b"), asking]);
    assert_eq!(ways, [["", "10.1.0.1", ""]]);
}

#[test]
fn who_holds_an_address_comes_before_who_holds_none() {
    let pools = vec![pool("p", &["10.1.0.1-10.1.0.9"])];
    let holder = Service { ingress: vec!["10.1.0.1".to_owned()], ..service("d", "b") };
    assert_eq!(decide(pools, vec![service("d", "a"), holder]), [["10.1.0.2", "10.1.0.1"]]);
}

#[test]
fn the_other_family_that_is_added_is_nobody_elses() {
    let both = pool("both", &["10.1.0.1-10.1.0.9", "fd00::1-fd00::9"]);
    let mut half = dual(service("d", "a"), IpFamilyPolicy::PreferDualStack);
    half.ingress = vec!["10.1.0.1".to_owned()];
    let whole = dual(service("d", "b"), IpFamilyPolicy::RequireDualStack);
    assert_eq!(decide(vec![both], vec![half, whole]), [["10.1.0.1 fd00::1", "10.1.0.2 fd00::2"]]);
}

#[test]
fn where_both_families_are_preferred_one_is_enough() {
    use IpFamilyPolicy::{PreferDualStack, RequireDualStack, SingleStack};
    for range in ["10.1.0.1-10.1.0.9", "fd00::1-fd00::9"] {
        let first = range.split_once('-').unwrap().0;
        for (policy, given) in [(PreferDualStack, first), (RequireDualStack, ""), (SingleStack, "")]
        {
            let ways = decide(vec![pool("p", &[range])], vec![dual(service("d", "a"), policy)]);
            assert_eq!(ways, [[given]], "{policy:?}");
        }
    }
}

#[test]
fn a_lower_priority_goes_first_and_none_goes_last() {
    let prioritized = |name, range, priority| {
        let mut pool = pinned(name, range, &["d"]);
        pool.allocation.as_mut().unwrap().priority = priority;
        pool
    };
    let pools = vec![
        prioritized("a", "10.1.0.1-10.1.0.1", 0),
        prioritized("b", "10.2.0.1-10.2.0.1", 2),
        prioritized("c", "10.3.0.1-10.3.0.1", 1),
    ];
    let services = vec![service("d", "a"), service("d", "b"), service("d", "c")];
    assert_eq!(decide(pools, services), [["10.3.0.1", "10.2.0.1", "10.1.0.1"]]);
}

#[test]
fn without_a_key_nobody_shares_whatever_the_ports() {
    let pools = vec![pool("p", &["10.1.0.1-10.1.0.9"])];
    let mut other = service("d", "b");
    other.ports[0].port = 443;
    assert_eq!(decide(pools, vec![service("d", "a"), other]), [["10.1.0.1", "10.1.0.2"]]);
}
