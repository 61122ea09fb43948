//! One pool and many Services, for the benchmarks of the MetalLB engine.

use metallb2cilium::cluster::{
    Cluster, Endpoint, Node, Service, ServiceKey, ServicePort, ServiceType,
};
use metallb2cilium::ip::{Family, IpRange};
use metallb2cilium::manifest::{ObjectMeta, Origin};
use metallb2cilium::metallb::{
    AddressEntry, Addresses, Config, L2Advertisement, Pool, PoolSelection,
};

fn meta(name: &str) -> ObjectMeta {
    ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() }
}

/// One pool, 10.0.0.0/8, advertised by L2 everywhere.
pub(crate) fn config(avoid_buggy_ips: bool) -> Config {
    let (first, last) = ("10.0.0.0".parse().unwrap(), "10.255.255.255".parse().unwrap());
    let holds = Addresses::Range(IpRange::new(first, last).unwrap());
    let pool = Pool {
        meta: meta("pool"),
        addresses: vec![AddressEntry { text: "10.0.0.0/8".to_owned(), holds }],
        auto_assign: true,
        avoid_buggy_ips,
        allocation: None,
        origin: Origin::default(),
    };
    let advertisement = L2Advertisement {
        meta: meta("l2"),
        pools: PoolSelection::default(),
        service_selectors: Vec::new(),
        node_selectors: Vec::new(),
        preferred_nodes: Vec::new(),
        interfaces: Vec::new(),
        origin: Origin::default(),
    };
    Config { pools: vec![pool], l2_advertisements: vec![advertisement], ..Config::default() }
}

/// So many Services, all with an endpoint, under one sharing key or none.
pub(crate) fn cluster(count: usize, sharing: bool) -> Cluster {
    let mut cluster = Cluster::default();
    for number in 0..50 {
        let name = format!("node-{number:02}");
        cluster.nodes.push(Node { name, ..Node::default() });
    }
    for number in 0..count {
        let key = ServiceKey { namespace: "default".to_owned(), name: format!("svc-{number}") };
        let endpoint = Endpoint {
            addresses: vec!["10.244.0.1".to_owned()],
            node_name: Some("node-00".to_owned()),
            ..Endpoint::default()
        };
        cluster.endpoints.insert(key.clone(), vec![endpoint]);
        let mut service = Service {
            key,
            service_type: ServiceType::LoadBalancer,
            cluster_ips: vec!["10.96.0.1".to_owned()],
            ip_families: vec![Family::V4],
            ports: vec![ServicePort { protocol: "TCP".to_owned(), port: 80 }],
            ..Service::default()
        };
        if sharing {
            let key = "metallb.io/allow-shared-ip".to_owned();
            service.annotations.insert(key, "key".to_owned());
        }
        cluster.services.push(service);
    }
    cluster
}
