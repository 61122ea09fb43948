//! Random small configurations and clusters.

use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::cluster::{Cluster, IpFamilyPolicy, Service, ServicePort, TrafficPolicy};
use crate::ip::Family;
use crate::metallb::{Config, Pool, ServiceAllocation};
use crate::simulate::metallb::testing;

/// What one pool is made of.
#[derive(Debug, Clone)]
struct PoolPlan {
    v4: Vec<(u8, u8)>,
    v6: Option<(u8, u8)>,
    v6_first: bool,
    auto_assign: bool,
    avoid: bool,
    allocation: Option<ServiceAllocation>,
}

fn allocation() -> impl Strategy<Value = Option<ServiceAllocation>> {
    let pinning = (
        select(vec![-1, 0, 0, 1, 1, 2]),
        subsequence(vec!["a", "b"], 0..=2),
        subsequence(vec!["x", "y"], 0..=2),
        any::<bool>(),
    );
    let pinning = pinning.prop_map(|(priority, namespaces, labels, dangling)| {
        let mut namespace_selectors = Vec::new();
        if dangling && namespaces.is_empty() {
            namespace_selectors.push(testing::selector("fits", "none"));
        }
        ServiceAllocation {
            priority,
            namespaces: namespaces.into_iter().map(str::to_owned).collect(),
            namespace_selectors,
            service_selectors: labels.into_iter().map(|v| testing::selector("app", v)).collect(),
        }
    });
    prop_oneof![3 => Just(None), 4 => pinning.prop_map(Some)]
}

fn pool_plan() -> impl Strategy<Value = PoolPlan> {
    let v4 = prop::collection::vec((select(vec![0u8, 3, 100, 253]), 0u8..4), 0..3);
    (v4, prop::option::of((0u8..4, 0u8..3)), any::<bool>(), 0..8, 0..4, allocation()).prop_map(
        |(v4, v6, v6_first, auto, avoid, allocation)| PoolPlan {
            v4,
            v6,
            v6_first,
            auto_assign: auto != 0,
            avoid: avoid == 0,
            allocation,
        },
    )
}

fn pool(number: usize, plan: PoolPlan) -> Pool {
    // Later entries come from lower addresses: the order of the list counts.
    let v4 = plan.v4.iter().enumerate().map(|(at, (start, more))| {
        let third = 9 - at;
        let last = 256 * third + usize::from(*start) + usize::from(*more);
        format!("10.{number}.{third}.{start}-10.{number}.{}.{}", last / 256, last % 256)
    });
    let mut ranges: Vec<String> = v4.collect();
    if let Some((start, more)) = plan.v6 {
        let range = format!("fd00:{number}::{start:x}-fd00:{number}::{:x}", start + more);
        ranges.insert(if plan.v6_first { 0 } else { ranges.len() }, range);
    }
    let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
    Pool {
        auto_assign: plan.auto_assign,
        avoid_buggy_ips: plan.avoid,
        allocation: plan.allocation,
        ..testing::pool(&format!("p{number}"), &ranges)
    }
}

/// One to four pools that do not overlap.
pub(super) fn pools() -> impl Strategy<Value = Vec<Pool>> {
    prop::collection::vec(pool_plan(), 1..5)
        .prop_map(|plans| plans.into_iter().enumerate().map(|(i, p)| pool(i, p)).collect())
}

/// Every address of the pools, and one outside.
fn universe(pools: &[Pool]) -> Vec<IpAddr> {
    let mut all = super::model::addresses(pools);
    all.push(testing::address("192.0.2.1"));
    all
}

/// What one Service is made of.
#[derive(Debug, Clone)]
struct ServicePlan {
    namespace: &'static str,
    label: Option<&'static str>,
    families: u8,
    policy: IpFamilyPolicy,
    sharing: Option<&'static str>,
    local: bool,
    selector: Option<&'static str>,
    ports: Vec<u16>,
    pool: Option<&'static str>,
    asked: Vec<IpAddr>,
    both_ways: bool,
    held: Vec<IpAddr>,
}

fn service_plan(universe: Vec<IpAddr>, wishes: bool) -> impl Strategy<Value = ServicePlan> {
    use IpFamilyPolicy::{PreferDualStack, RequireDualStack, SingleStack};
    let some = |weight: u32, max: usize| {
        let addresses = prop::collection::vec(select(universe.clone()), 1..=max);
        prop_oneof![10 - weight => Just(Vec::new()), weight => addresses]
    };
    let wish = if wishes { 2 } else { 1 };
    let keys = prop_oneof![
        4 => Just(None),
        3 => Just(Some("k")),
        1 => Just(Some("m")),
        1 => Just(Some("")),
    ];
    let looks = (select(vec!["a", "b"]), select(vec![None, Some("x"), Some("y")]), keys);
    let families = (
        select(vec![4u8, 4, 6, 10, 64]),
        select(vec![SingleStack, PreferDualStack, RequireDualStack, PreferDualStack]),
    );
    let traffic = (
        any::<bool>(),
        select(vec![None, Some("one"), Some("two")]),
        subsequence(vec![80u16, 443], 1..=2),
    );
    let pools = vec![None, None, None, None, Some("p0"), Some("p1"), Some("p3")];
    let asks = (select(pools), some(wish, 2), 0..12u8, some(3, 2));
    (looks, families, traffic, asks).prop_map(move |(looks, families, traffic, asks)| {
        let (pool, asked, ways, held) = asks;
        ServicePlan {
            namespace: looks.0,
            label: looks.1,
            families: families.0,
            policy: if families.0 > 9 { families.1 } else { SingleStack },
            sharing: looks.2,
            local: traffic.0,
            selector: traffic.1,
            ports: traffic.2,
            pool: pool.filter(|_| wishes),
            asked: if wishes { asked } else { Vec::new() },
            both_ways: wishes && ways == 0,
            held,
        }
    })
}

fn service(number: usize, plan: &ServicePlan) -> Service {
    let texts = |list: &[IpAddr]| list.iter().map(IpAddr::to_string).collect::<Vec<_>>();
    let mut service = testing::service(plan.namespace, &format!("s{number}"));
    service.labels.extend(plan.label.map(|value| ("app".to_owned(), value.to_owned())));
    let annotations = &mut service.annotations;
    let mut annotate =
        |key: &str, value: &str| annotations.insert(key.to_owned(), value.to_owned());
    if let Some(key) = plan.sharing {
        annotate("metallb.universe.tf/allow-shared-ip", key);
    }
    if let Some(pool) = plan.pool {
        annotate("metallb.io/address-pool", pool);
    }
    match plan.asked.as_slice() {
        [] => {}
        [one] if number.is_multiple_of(2) => service.load_balancer_ip = Some(one.to_string()),
        list => {
            annotate("metallb.io/loadBalancerIPs", &texts(list).join(","));
            service.load_balancer_ip = plan.both_ways.then(|| "10.0.0.1".to_owned());
        }
    }
    let (v4, v6) = ("10.96.0.1".to_owned(), "fd96::1".to_owned());
    (service.cluster_ips, service.ip_families) = match plan.families {
        4 => (vec![v4], vec![Family::V4]),
        6 => (vec![v6], vec![Family::V6]),
        10 => (vec![v4, v6], vec![Family::V4, Family::V6]),
        _ => (vec![v6, v4], vec![Family::V6, Family::V4]),
    };
    service.ip_family_policy = Some(plan.policy);
    if plan.local {
        service.external_traffic_policy = TrafficPolicy::Local;
    }
    service.selector.extend(plan.selector.map(|value| ("app".to_owned(), value.to_owned())));
    let port = |port: &u16| ServicePort { protocol: "TCP".to_owned(), port: *port };
    service.ports = plan.ports.iter().map(port).collect();
    service.ingress = texts(&plan.held);
    service
}

/// A configuration of pools alone, and a cluster of up to six Services; with or
/// without Services that name pools or addresses.
pub(super) fn scene(wishes: bool) -> impl Strategy<Value = (Config, Cluster)> {
    pools().prop_flat_map(move |pools| {
        let plans = prop::collection::vec(service_plan(universe(&pools), wishes), 1..7);
        plans.prop_map(move |plans| {
            let services = plans.iter().enumerate().map(|(i, plan)| service(i, plan)).collect();
            let config = Config { pools: pools.clone(), ..Config::default() };
            (config, Cluster { services, ..Cluster::default() })
        })
    })
}
