//! Values for tests, by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::cluster::{Endpoint, Node, Service, ServiceKey, ServicePort, ServiceType};
use crate::ip::{Family, IpRange, parse_addr};
use crate::manifest::{ObjectMeta, Origin};
use crate::metallb::{
    self, AddressEntry, Addresses, BgpAdvertisement, L2Advertisement, Peer, Pool, PoolSelection,
    RemoteAs,
};
use crate::selector::LabelSelector;

pub(super) fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn selector(key: &str, value: &str) -> LabelSelector {
    let match_labels = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    LabelSelector { match_labels, ..LabelSelector::default() }
}

pub(super) fn meta(name: &str) -> ObjectMeta {
    ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() }
}

/// An open pool of ranges `first-last`.
pub(super) fn pool(name: &str, ranges: &[&str]) -> Pool {
    let addresses = ranges.iter().map(|text| {
        let (first, last) = text.split_once('-').unwrap();
        let range = IpRange::new(address(first), address(last)).unwrap();
        AddressEntry { text: (*text).to_owned(), holds: Addresses::Range(range) }
    });
    Pool {
        meta: meta(name),
        addresses: addresses.collect(),
        auto_assign: true,
        avoid_buggy_ips: false,
        allocation: None,
        origin: Origin::default(),
    }
}

/// A Service of type LoadBalancer with IPv4 and port TCP/80.
pub(super) fn service(namespace: &str, name: &str) -> Service {
    Service {
        key: ServiceKey { namespace: namespace.to_owned(), name: name.to_owned() },
        service_type: ServiceType::LoadBalancer,
        cluster_ips: vec!["10.96.0.1".to_owned()],
        ip_families: vec![Family::V4],
        ports: vec![ServicePort { protocol: "TCP".to_owned(), port: 80 }],
        ..Service::default()
    }
}

pub(super) fn service_labelled(namespace: &str, name: &str, labels: &[(&str, &str)]) -> Service {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Service { labels: labels.collect(), ..service(namespace, name) }
}

pub(super) fn annotated(mut service: Service, key: &str, value: &str) -> Service {
    service.annotations.insert(key.to_owned(), value.to_owned());
    service
}

pub(super) fn node(name: &str) -> Node {
    Node { name: name.to_owned(), interfaces: vec!["eth0".to_owned()], ..Node::default() }
}

pub(super) fn endpoint(node: &str) -> Endpoint {
    Endpoint {
        addresses: vec!["10.244.0.1".to_owned()],
        node_name: Some(node.to_owned()),
        ..Endpoint::default()
    }
}

/// An L2Advertisement of every pool on every node and interface.
pub(super) fn l2(name: &str) -> L2Advertisement {
    L2Advertisement {
        meta: meta(name),
        pools: PoolSelection::default(),
        service_selectors: Vec::new(),
        node_selectors: Vec::new(),
        preferred_nodes: Vec::new(),
        interfaces: Vec::new(),
        origin: Origin::default(),
    }
}

/// A session of every node.
pub(super) fn peer(name: &str, address: &str) -> Peer {
    Peer {
        meta: meta(name),
        my_asn: 64512,
        local_asn: None,
        remote: RemoteAs::Asn(64513),
        endpoint: metallb::Endpoint::Address(parse_addr(address).unwrap()),
        port: 179,
        source_address: None,
        router_id: None,
        hold_time: None,
        keepalive_time: None,
        connect_time: None,
        node_selectors: Vec::new(),
        password: None,
        bfd_profile: None,
        graceful_restart: false,
        ebgp_multi_hop: false,
        vrf: None,
        dual_stack_address_family: false,
        disable_mp: false,
        origin: Origin::default(),
    }
}

/// A BGPAdvertisement of every pool to every peer, for Services of that app.
pub(super) fn advertisement(
    name: &str,
    local_pref: Option<u32>,
    app: Option<&str>,
) -> BgpAdvertisement {
    BgpAdvertisement {
        meta: meta(name),
        pools: PoolSelection::default(),
        service_selectors: app.into_iter().map(|app| selector("app", app)).collect(),
        node_selectors: Vec::new(),
        peers: Vec::new(),
        aggregation_length: 32,
        aggregation_length_v6: 128,
        local_pref,
        communities: BTreeSet::new(),
        origin: Origin::default(),
    }
}
