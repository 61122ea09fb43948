//! What a Service asks of MetalLB.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::cluster::{Service, ServiceType, TrafficPolicy};
use crate::ip;

/// The names of one of MetalLB's annotations; the first one wins, even if empty.
type Names = [&'static str; 2];

const ADDRESSES: Names = ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"];
const POOL: Names = ["metallb.io/address-pool", "metallb.universe.tf/address-pool"];
const SHARING_KEY: Names = ["metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip"];

/// What a Service asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// Nothing: any pool will do.
    Any,
    /// A pool by name.
    Pool(String),
    /// Addresses.
    Addresses(Vec<IpAddr>),
    /// Something that MetalLB refuses: not an address, or asked for in two ways.
    Malformed(&'static str),
}

/// Whether MetalLB serves the Service at all (`filterByLoadBalancerClass`).
pub(crate) fn is_ours(service: &Service, lb_class: Option<&str>) -> bool {
    service.service_type == ServiceType::LoadBalancer
        && service.load_balancer_class.as_deref() == lb_class
}

/// What the Service asks for.
pub(crate) fn request(service: &Service) -> Request {
    let annotated = annotation(service, ADDRESSES).filter(|text| !text.is_empty());
    let addresses = match (annotated, service.load_balancer_ip.as_deref()) {
        (Some(_), Some(_)) => {
            return Request::Malformed("asks in spec.loadBalancerIP and by annotation");
        }
        (Some(list), None) => list.split(',').map(str::trim).map(ip::parse_addr).collect(),
        (None, Some(one)) => ip::parse_addr(one).map(|addr| vec![addr]),
        (None, None) => {
            return match annotation(service, POOL).filter(|name| !name.is_empty()) {
                Some(pool) => Request::Pool(pool.to_owned()),
                None => Request::Any,
            };
        }
    };
    match addresses {
        Ok(addresses) => Request::Addresses(addresses),
        Err(_) => Request::Malformed("asks for something that is no address"),
    }
}

/// The pool that the Service names, whatever else it asks for.
pub(crate) fn named_pool(service: &Service) -> Option<&str> {
    annotation(service, POOL).filter(|name| !name.is_empty())
}

/// The key under which the Service shares its address; an empty one shares with
/// nobody.
pub(crate) fn sharing_key(service: &Service) -> Option<&str> {
    annotation(service, SHARING_KEY)
}

/// Whether MetalLB lets two Services have one address (`checkSharing`): one key,
/// one backend (Local Services need the same selector), no common port.
pub(crate) fn can_share(a: &Service, b: &Service) -> bool {
    let key = |service: &Service| sharing_key(service).map(str::to_owned);
    let backend = |service: &Service| match service.external_traffic_policy {
        TrafficPolicy::Local => service.selector.clone(),
        TrafficPolicy::Cluster => BTreeMap::new(),
    };
    key(a).is_some_and(|key| !key.is_empty())
        && key(a) == key(b)
        && backend(a) == backend(b)
        && !a.ports.iter().any(|port| b.ports.contains(port))
}

fn annotation(service: &Service, names: Names) -> Option<&str> {
    names.iter().find_map(|name| service.annotations.get(*name)).map(String::as_str)
}
