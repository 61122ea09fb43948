//! How long Cilium's engine takes for the allocation, over four sizes.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use metallb2cilium::cilium::{CiliumConfig, LoadBalancerIpPoolSpec, PoolBlock};
use metallb2cilium::cluster::{Cluster, Service, ServiceKey, ServicePort, ServiceType};
use metallb2cilium::ip::Family;
use metallb2cilium::manifest::Resource;
use metallb2cilium::simulate::cilium::Allocations;

/// One pool of that CIDR.
fn config(cidr: &str) -> CiliumConfig {
    let spec = LoadBalancerIpPoolSpec {
        blocks: vec![PoolBlock { cidr: Some(cidr.to_owned()), ..PoolBlock::default() }],
        ..LoadBalancerIpPoolSpec::default()
    };
    CiliumConfig {
        pools: vec![Resource { spec, ..Resource::default() }],
        ..CiliumConfig::default()
    }
}

/// What the Services are like.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    New,
    Holding,
    OneKey,
    Ipv6,
}

fn cluster(count: u32, kind: Kind) -> Cluster {
    let first = u32::from(Ipv4Addr::new(10, 0, 0, 0));
    let service = |number: u32| {
        let mut service = Service {
            key: ServiceKey { namespace: "default".to_owned(), name: format!("svc-{number}") },
            service_type: ServiceType::LoadBalancer,
            ip_families: vec![if kind == Kind::Ipv6 { Family::V6 } else { Family::V4 }],
            ports: vec![ServicePort { protocol: "TCP".to_owned(), port: 80 }],
            ..Service::default()
        };
        match kind {
            Kind::Holding => service.ingress = vec![Ipv4Addr::from(first + number).to_string()],
            Kind::OneKey => {
                let key = "lbipam.cilium.io/sharing-key".to_owned();
                service.annotations.insert(key, "key".to_owned());
            }
            Kind::New | Kind::Ipv6 => {}
        }
        service
    };
    Cluster { services: (0..count).map(service).collect(), ..Cluster::default() }
}

fn allocation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cilium/allocate");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let kinds = [
        ("new", Kind::New, "10.0.0.0/8"),
        ("holding", Kind::Holding, "10.0.0.0/8"),
        ("one-key", Kind::OneKey, "10.0.0.0/8"),
        ("ipv6-64", Kind::Ipv6, "2001:db8::/64"),
    ];
    for (name, kind, cidr) in kinds {
        let config = config(cidr);
        for count in [1_000, 10_000, 100_000, 1_000_000] {
            let cluster = cluster(count, kind);
            group.throughput(Throughput::Elements(count.into()));
            group.bench_with_input(BenchmarkId::new(name, count), &cluster, |b, cluster| {
                b.iter(|| black_box(Allocations::new(&config, cluster)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, allocation);
criterion_main!(benches);
