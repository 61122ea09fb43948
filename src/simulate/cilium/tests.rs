//! Laws of LB-IPAM, and agreement with a slow and obvious model.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;
use crate::cilium::{AllowFirstLastIps, LoadBalancerIpPoolSpec, PoolBlock};
use crate::cluster::{Service, ServiceKey, ServicePort, ServiceType, TrafficPolicy};
use crate::manifest::Resource;
use crate::selector::LabelSelector;

mod announcements;
mod events;
mod model;
mod pool_changes;
mod possible;

/// A pool of a few addresses: the last octets of its blocks.
#[derive(Debug, Clone)]
struct SmallPool {
    blocks: Vec<SmallBlock>,
    selects: Option<u8>,
    disabled: bool,
    no_ends: bool,
}

#[derive(Debug, Clone, Copy)]
struct SmallBlock {
    first: u8,
    last: u8,
    is_cidr: bool,
}

/// A Service with what matters to the allocation.
#[derive(Debug, Clone)]
struct SmallService {
    label: u8,
    key: Option<u8>,
    port: u16,
    local: bool,
    asks: Vec<u8>,
    holds: Vec<u8>,
}

fn address(octet: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, octet))
}

fn label(label: u8) -> BTreeMap<String, String> {
    BTreeMap::from([("label".to_owned(), label.to_string())])
}

fn pool_resource(index: usize, pool: &SmallPool) -> Resource<LoadBalancerIpPoolSpec> {
    let blocks = pool.blocks.iter().map(|block| {
        if block.is_cidr {
            let length = 32 - (u32::from(block.last - block.first) + 1).trailing_zeros();
            let cidr = Some(format!("{}/{length}", address(block.first)));
            PoolBlock { cidr, ..PoolBlock::default() }
        } else {
            let text = |octet| Some(address(octet).to_string());
            PoolBlock { cidr: None, start: text(block.first), stop: text(block.last) }
        }
    });
    let mut resource = Resource {
        spec: LoadBalancerIpPoolSpec {
            blocks: blocks.collect(),
            service_selector: pool.selects.map(|selects| LabelSelector {
                match_labels: label(selects),
                ..LabelSelector::default()
            }),
            disabled: pool.disabled,
            allow_first_last_ips: pool.no_ends.then_some(AllowFirstLastIps::No),
        },
        ..Resource::default()
    };
    resource.meta.name = format!("pool-{index}");
    resource
}

fn service_object(index: usize, service: &SmallService) -> Service {
    let mut annotations = BTreeMap::new();
    if let Some(key) = service.key {
        annotations.insert("lbipam.cilium.io/sharing-key".to_owned(), key.to_string());
    }
    if !service.asks.is_empty() {
        let asked: Vec<String> = service.asks.iter().map(|o| address(*o).to_string()).collect();
        annotations.insert("lbipam.cilium.io/ips".to_owned(), asked.join(","));
    }
    Service {
        key: ServiceKey { namespace: "default".into(), name: format!("s{index}") },
        labels: label(service.label),
        annotations,
        service_type: ServiceType::LoadBalancer,
        external_traffic_policy: if service.local {
            TrafficPolicy::Local
        } else {
            TrafficPolicy::Cluster
        },
        selector: BTreeMap::from([("app".to_owned(), "web".to_owned())]),
        ports: vec![ServicePort { protocol: "TCP".into(), port: service.port }],
        ingress: service.holds.iter().map(|octet| address(*octet).to_string()).collect(),
        ..Service::default()
    }
}

fn world(version: &str, pools: &[SmallPool], services: &[SmallService]) -> (CiliumConfig, Cluster) {
    let config = CiliumConfig {
        pools: pools.iter().enumerate().map(|(i, pool)| pool_resource(i, pool)).collect(),
        version: version.parse().unwrap(),
        ..CiliumConfig::default()
    };
    let services = services.iter().enumerate().map(|(i, service)| service_object(i, service));
    (config, Cluster { services: services.collect(), ..Cluster::default() })
}

/// The addresses of every Service in each outcome; none if the operator crashes.
fn computed(
    version: &str,
    pools: &[SmallPool],
    services: &[SmallService],
) -> Option<BTreeSet<Vec<Vec<u8>>>> {
    let (config, cluster) = world(version, pools, services);
    let decision = simulate(&config, &cluster, &Options { max_outcomes: 100_000 });
    assert!(!decision.truncated);
    if decision.config_error.is_some() {
        return None;
    }
    let octets = |outcome: &Outcome| {
        outcome.services.values().map(|given| given.ips.iter().map(octet).collect()).collect()
    };
    Some(decision.outcomes.iter().map(octets).collect())
}

fn octet(address: &IpAddr) -> u8 {
    match address {
        IpAddr::V4(v4) => v4.octets()[3],
        IpAddr::V6(_) => unreachable!("there are IPv4 pools only"),
    }
}

/// Pools in eights of the last octet, which do not overlap.
fn small_pools() -> impl Strategy<Value = Vec<SmallPool>> {
    let block = prop_oneof![
        Just((0_u8, 3_u8, true)),
        Just((0, 1, true)),
        Just((0, 0, false)),
        Just((0, 2, false)),
        Just((1, 3, false)),
        Just((0, 7, true)),
    ];
    let pool = (
        prop::collection::vec(block, 1..3),
        prop_oneof![3 => Just(None), 1 => Just(Some(0_u8)), 1 => Just(Some(1))],
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.3),
    );
    prop::collection::vec(pool, 1..4).prop_map(|pools| {
        pools
            .into_iter()
            .enumerate()
            .map(|(index, (blocks, selects, disabled, no_ends))| SmallPool {
                blocks: blocks
                    .iter()
                    .copied()
                    // Where one fills the pool's eight addresses, it is alone.
                    .take(if blocks.iter().any(|(_, last, _)| *last == 7) { 1 } else { 2 })
                    .enumerate()
                    .map(|(place, (first, last, is_cidr))| {
                        let base = u8::try_from(index * 8 + place * 4).unwrap();
                        SmallBlock { first: base + first, last: base + last, is_cidr }
                    })
                    .collect(),
                selects,
                disabled,
                no_ends,
            })
            .collect()
    })
}

fn small_services(most: usize) -> impl Strategy<Value = Vec<SmallService>> {
    let service = (
        0..2_u8,
        prop_oneof![3 => Just(None), 2 => Just(Some(0_u8)), 1 => Just(Some(1))],
        prop_oneof![Just(80_u16), Just(81), Just(82)],
        prop::bool::weighted(0.2),
        prop_oneof![
            3 => Just(vec![]),
            1 => prop::collection::vec(0..24_u8, 1..3),
        ],
        prop_oneof![
            2 => Just(vec![]),
            2 => prop::collection::vec(0..24_u8, 1),
            1 => prop::collection::vec(0..24_u8, 2),
        ],
    );
    prop::collection::vec(service, 1..=most).prop_map(|services| {
        services
            .into_iter()
            .map(|(label, key, port, local, asks, holds)| SmallService {
                label,
                key,
                port,
                local,
                asks,
                holds,
            })
            .collect()
    })
}

/// Up to 1.18.1 a Service that loses what it held to one that asked for it is given
/// something else at once, before others.
#[test]
fn who_loses_an_address_may_be_given_another_before_the_next_is_looked_at() {
    let pool = |first, selects| SmallPool {
        blocks: vec![SmallBlock { first, last: first + 3, is_cidr: true }],
        selects,
        disabled: false,
        no_ends: false,
    };
    let service = |label, asks, holds| SmallService {
        label,
        key: None,
        port: 80,
        local: false,
        asks,
        holds: vec![holds],
    };
    let pools = [pool(0, None), pool(8, Some(0))];
    let services =
        [service(0, vec![10], 4), service(1, Vec::new(), 12), service(0, Vec::new(), 10)];
    let outcomes = computed("1.17", &pools, &services);
    assert!(outcomes.iter().flatten().any(|outcome| *outcome == [[10], [1], [0]]));
    assert_eq!(outcomes, model::outcomes(model::Kind::V1_17, &pools, &services));
}

proptest! {
    #[test]
    fn the_engine_agrees_with_the_model_of_1_19(
        pools in small_pools(), services in small_services(4),
    ) {
        let expected = model::outcomes(model::Kind::V1_19, &pools, &services);
        prop_assert_eq!(computed("1.19", &pools, &services), expected);
    }

    #[test]
    fn the_engine_agrees_with_the_model_of_1_20(
        pools in small_pools(), services in small_services(4),
    ) {
        let expected = model::outcomes(model::Kind::V1_20, &pools, &services);
        prop_assert_eq!(computed("1.20", &pools, &services), expected);
    }

    #[test]
    fn the_engine_agrees_with_the_model_of_1_17(
        pools in small_pools(), services in small_services(4),
    ) {
        let expected = model::outcomes(model::Kind::V1_17, &pools, &services);
        prop_assert_eq!(computed("1.17", &pools, &services), expected);
    }

    #[test]
    fn no_address_is_given_twice_without_a_common_key(
        pools in small_pools(), services in small_services(6),
    ) {
        for outcome in computed("1.19", &pools, &services).unwrap_or_default() {
            for (one, first) in outcome.iter().enumerate() {
                for (other, second) in outcome.iter().enumerate().skip(one + 1) {
                    if first.iter().any(|octet| second.contains(octet)) {
                        prop_assert!(services[one].key.is_some());
                        prop_assert_eq!(services[one].key, services[other].key);
                        prop_assert_ne!(services[one].port, services[other].port);
                    }
                }
            }
        }
    }

    #[test]
    fn no_address_is_given_that_no_pool_in_use_has(
        pools in small_pools(), services in small_services(6),
    ) {
        let has = |octet: u8| {
            let mut blocks = pools.iter().filter(|p| !p.disabled).flat_map(|p| &p.blocks);
            blocks.any(|block| block.first <= octet && octet <= block.last)
        };
        let asleep = pools.is_empty();
        for outcome in computed("1.19", &pools, &services).unwrap_or_default() {
            prop_assert!(asleep || outcome.iter().flatten().all(|octet| has(*octet)));
        }
    }

    #[test]
    fn a_held_address_that_is_still_allowed_and_nobody_elses_is_kept(
        pools in small_pools(), services in small_services(6),
    ) {
        let wanted = |octet: u8| {
            services.iter().filter(|s| s.holds.contains(&octet) || s.asks.contains(&octet)).count()
        };
        let allowed = |service: &SmallService| match service.holds.as_slice() {
            [octet] => pools.iter().any(|pool| {
                let selects = pool.selects.is_none_or(|label| label == service.label);
                !pool.disabled && !pool.no_ends && selects && pool.blocks.iter().any(|block| {
                    block.first <= *octet && *octet <= block.last
                })
            }) && wanted(*octet) == 1 && service.asks.is_empty(),
            _ => false,
        };
        // Others must not be given anything before them: they come new.
        let services: Vec<SmallService> = services
            .iter()
            .map(|service| match allowed(service) {
                true => service.clone(),
                false => SmallService { holds: vec![], ..service.clone() },
            })
            .collect();
        for outcome in computed("1.19", &pools, &services).unwrap_or_default() {
            for (service, given) in services.iter().zip(&outcome) {
                prop_assert!(service.holds.is_empty() || given == &service.holds);
            }
        }
    }

    #[test]
    fn the_order_of_pools_in_the_input_does_not_matter(
        pools in small_pools(), services in small_services(5),
    ) {
        let forwards = computed("1.19", &pools, &services);
        let backwards: Vec<SmallPool> = pools.iter().rev().cloned().collect();
        prop_assert_eq!(forwards, computed("1.19", &backwards, &services));
    }
}

#[test]
fn a_wide_ipv6_pool_is_nothing_special() {
    let spec = LoadBalancerIpPoolSpec {
        blocks: vec![PoolBlock { cidr: Some("2001:db8::/64".into()), ..PoolBlock::default() }],
        ..LoadBalancerIpPoolSpec::default()
    };
    let config = CiliumConfig {
        pools: vec![Resource { spec, ..Resource::default() }],
        ..CiliumConfig::default()
    };
    let service = |index: usize| Service {
        key: ServiceKey { namespace: "default".into(), name: format!("s{index}") },
        service_type: ServiceType::LoadBalancer,
        ip_families: vec![crate::ip::Family::V6],
        ..Service::default()
    };
    let cluster = Cluster { services: (0..3).map(service).collect(), ..Cluster::default() };
    let decision = simulate(&config, &cluster, &Options::default());
    let given: Vec<String> =
        decision.outcomes[0].services.values().map(|given| given.ips[0].to_string()).collect();
    assert_eq!(given, ["2001:db8::", "2001:db8::1", "2001:db8::2"]);
}
