//! What a Service asks of the controller: its families, its sharing key, its
//! ports, and the pool or addresses that it names.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use serde::Serialize;

use super::ids::{Addresses, Families, KeyId, Port, PortsId};
use crate::cluster::{IpFamilyPolicy, Service, ServicePort, ServiceType, TrafficPolicy};
use crate::ip::{Family, parse_addr};

/// An annotation's name after `metallb.io` and after the older `metallb.universe.tf`.
type Annotation = (&'static str, &'static str);

const ADDRESS_POOL: Annotation = ("metallb.io/address-pool", "metallb.universe.tf/address-pool");
const LOAD_BALANCER_IPS: Annotation =
    ("metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs");
const ALLOW_SHARED_IP: Annotation =
    ("metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip");

/// One Service as the controller reads it.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) is_load_balancer: bool,
    /// Whether another controller's class is asked for.
    pub(super) is_foreign: bool,
    pub(super) cluster_ips: ClusterIps,
    pub(super) policy: IpFamilyPolicy,
    /// The family that goes first where only one can be had.
    pub(super) primary: Family,
    pub(super) key: KeyId,
    pub(super) ports: PortsId,
    /// Absent where the Service names neither a pool nor an address.
    pub(super) wish: Option<Box<Wish>>,
}

/// What `spec.clusterIPs` says of a Service's families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClusterIps {
    Missing,
    Malformed { several: bool },
    Of(Families),
}

/// A pool or addresses that a Service names.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) pool: Option<String>,
    pub(super) addresses: Result<Addresses, WishError>,
}

/// Why what a Service asks for makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum WishError {
    /// An address is asked for both by annotation and by `spec.loadBalancerIP`.
    TwoWays,
    /// A text is not an address.
    NotAnAddress,
    /// Two addresses of one family, or more than two.
    NotOnePerFamily,
}

impl Request {
    /// The families of the Service, where they can be known.
    pub(super) fn families(&self) -> Option<Families> {
        match self.cluster_ips {
            ClusterIps::Of(families) => Some(families),
            _ => None,
        }
    }

    /// Whether a second look at the Service can change what the first decided.
    pub(super) fn is_restless(&self) -> bool {
        self.policy == IpFamilyPolicy::PreferDualStack
            || self.wish.as_ref().is_some_and(|wish| wish.addresses != Ok(Addresses::None))
    }

    pub(super) fn desired(&self) -> Result<Addresses, WishError> {
        self.wish.as_ref().map_or(Ok(Addresses::None), |wish| wish.addresses)
    }

    pub(super) fn desired_pool(&self) -> Option<&str> {
        self.wish.as_ref().and_then(|wish| wish.pool.as_deref())
    }
}

/// Whether the Service carries either sharing annotation, even empty.
pub(super) fn has_sharing_annotation(service: &Service) -> bool {
    service.annotations.contains_key(ALLOW_SHARED_IP.0)
        || service.annotations.contains_key(ALLOW_SHARED_IP.1)
}

/// The newer name wins, even where it is empty; empty is as good as absent.
fn annotation(service: &Service, name: Annotation) -> Option<&str> {
    let value = service.annotations.get(name.0).or_else(|| service.annotations.get(name.1))?;
    (!value.is_empty()).then_some(value)
}

fn cluster_ips(service: &Service) -> ClusterIps {
    let several = service.cluster_ips.len() > 1;
    let malformed = ClusterIps::Malformed { several };
    let (Some(first), second) = (service.cluster_ips.first(), service.cluster_ips.get(1)) else {
        return to_come(service).map_or(ClusterIps::Missing, ClusterIps::Of);
    };
    let Ok(first) = parse_addr(first) else { return malformed };
    let addresses = match second {
        None => Addresses::one(first),
        Some(second) if service.cluster_ips.len() == 2 => match parse_addr(second) {
            Ok(second) => Addresses::two(first, second),
            Err(_) => return malformed,
        },
        Some(_) => return malformed,
    };
    addresses.families().map_or(malformed, ClusterIps::Of)
}

/// The families of the cluster addresses that a Service is taken to get.
fn to_come(service: &Service) -> Option<Families> {
    if !service.has_cluster_ips_to_come {
        return None;
    }
    match service.ip_families.as_slice() {
        [] => None,
        [one] => Some((*one).into()),
        [_, ..] => Some(Families::Dual),
    }
}

fn wish(service: &Service) -> Option<Box<Wish>> {
    let pool = annotation(service, ADDRESS_POOL).map(str::to_owned);
    let listed = annotation(service, LOAD_BALANCER_IPS);
    let addresses = match (listed, service.load_balancer_ip.as_deref()) {
        (None, None) => Ok(Addresses::None),
        (Some(_), Some(_)) => Err(WishError::TwoWays),
        (Some(list), None) => addresses_of(list.split(',').map(str::trim)),
        (None, Some(address)) => addresses_of(std::iter::once(address)),
    };
    let asks = pool.is_some() || addresses != Ok(Addresses::None);
    asks.then(|| Box::new(Wish { pool, addresses }))
}

fn addresses_of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Addresses, WishError> {
    let addresses: Option<Vec<IpAddr>> = texts.map(|text| parse_addr(text).ok()).collect();
    let addresses = addresses.ok_or(WishError::NotAnAddress)?;
    Addresses::from_slice(&addresses)
        .filter(|addresses| addresses.families().is_some())
        .ok_or(WishError::NotOnePerFamily)
}

/// Keys and sets of ports, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Interner {
    keys: Vec<Key>,
    key_ids: HashMap<Key, KeyId>,
    port_sets: Vec<Box<[Port]>>,
    port_set_ids: HashMap<Box<[Port]>, PortsId>,
    protocols: BTreeMap<String, u32>,
}

/// What Services must have in common to share an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The annotation's value.
    pub(super) sharing: String,
    /// The selector's text under `externalTrafficPolicy: Local`, else empty.
    pub(super) backend: String,
}

impl Interner {
    /// Reads a Service; `class` is the one that the controller serves.
    pub(super) fn request(&mut self, service: &Service, class: Option<&str>) -> Request {
        let primary = match service.ip_families.first() {
            Some(Family::V6) => Family::V6,
            _ => Family::V4,
        };
        Request {
            is_load_balancer: service.service_type == ServiceType::LoadBalancer,
            is_foreign: service.load_balancer_class.as_deref().unwrap_or_default()
                != class.unwrap_or_default(),
            cluster_ips: cluster_ips(service),
            policy: service.ip_family_policy.unwrap_or(IpFamilyPolicy::SingleStack),
            primary,
            key: self.key_of(service),
            ports: self.ports_of(&service.ports),
            wish: wish(service),
        }
    }

    fn key_of(&mut self, service: &Service) -> KeyId {
        let annotations = &service.annotations;
        let sharing =
            annotations.get(ALLOW_SHARED_IP.0).or_else(|| annotations.get(ALLOW_SHARED_IP.1));
        let backend = match service.external_traffic_policy {
            TrafficPolicy::Cluster => String::new(),
            TrafficPolicy::Local => {
                let pairs = service.selector.iter().map(|(key, value)| format!("{key}={value}"));
                pairs.collect::<Vec<_>>().join(",")
            }
        };
        if self.keys.is_empty() {
            self.keys.push(Key::default());
            self.key_ids.insert(Key::default(), KeyId(0));
        }
        if sharing.is_none() && backend.is_empty() {
            return KeyId(0);
        }
        let key = Key { sharing: sharing.cloned().unwrap_or_default(), backend };
        if let Some(id) = self.key_ids.get(&key) {
            return *id;
        }
        let id = KeyId(handle(self.keys.len()));
        self.keys.push(key.clone());
        self.key_ids.insert(key, id);
        id
    }

    fn ports_of(&mut self, ports: &[ServicePort]) -> PortsId {
        let ports: Vec<Port> = ports
            .iter()
            .map(|port| Port(self.protocol(&port.protocol) << 16 | u32::from(port.port)))
            .collect();
        if let Some(id) = self.port_set_ids.get(ports.as_slice()) {
            return *id;
        }
        let id = PortsId(handle(self.port_sets.len()));
        let ports = ports.into_boxed_slice();
        self.port_sets.push(ports.clone());
        self.port_set_ids.insert(ports, id);
        id
    }

    fn protocol(&mut self, name: &str) -> u32 {
        if let Some(id) = self.protocols.get(name) {
            return *id;
        }
        let id = handle(self.protocols.len());
        self.protocols.insert(name.to_owned(), id);
        id
    }

    pub(super) fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(id.0 as usize)
    }

    /// Whether Services of that key may share at all.
    pub(super) fn is_sharing(&self, id: KeyId) -> bool {
        id != KeyId(0) && self.key(id).is_some_and(|key| !key.sharing.is_empty())
    }

    pub(super) fn ports(&self, id: PortsId) -> &[Port] {
        self.port_sets.get(id.0 as usize).map_or(&[], |ports| ports)
    }

    /// `TCP/80`.
    pub(super) fn port_text(&self, port: Port) -> String {
        let protocol = self.protocols.iter().find(|(_, id)| **id == port.0 >> 16);
        format!("{}/{}", protocol.map_or("", |(name, _)| name), port.0 & 0xffff)
    }

    /// Whether both keys read the same in MetalLB's `AllocationKey`, where nothing
    /// stands between backend and sharing key.
    pub(super) fn reads_same(&self, a: Option<KeyId>, b: Option<KeyId>) -> bool {
        if a == b {
            return true;
        }
        let text = |id: Option<KeyId>| {
            let key = id.and_then(|id| self.key(id));
            key.map_or(String::new(), |key| format!("{}{}", key.backend, key.sharing))
        };
        text(a) == text(b)
    }
}

/// More than 2³² of anything does not fit in memory.
fn handle(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(annotations: &[(&str, &str)]) -> Service {
        let annotations = annotations.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Service { annotations: annotations.collect(), ..Service::default() }
    }

    #[test]
    fn the_newer_annotation_wins_even_when_empty() {
        let asking = service(&[
            ("metallb.io/address-pool", ""),
            ("metallb.universe.tf/address-pool", "old"),
        ]);
        assert!(wish(&asking).is_none());
        let asking = service(&[("metallb.universe.tf/address-pool", "old")]);
        assert_eq!(wish(&asking).unwrap().pool.as_deref(), Some("old"));
    }

    #[test]
    fn addresses_are_read_as_go_reads_them() {
        let cases: [(&str, Result<usize, WishError>); 8] = [
            ("10.0.0.1", Ok(1)),
            (" 10.0.0.1 , fd00::1 ", Ok(2)),
            ("::ffff:10.0.0.1", Ok(1)),
            ("10.0.0.01", Err(WishError::NotAnAddress)),
            ("fe80::1%eth0", Err(WishError::NotAnAddress)),
            ("10.0.0.1,", Err(WishError::NotAnAddress)),
            ("10.0.0.1,10.0.0.2", Err(WishError::NotOnePerFamily)),
            ("10.0.0.1,fd00::1,fd00::2", Err(WishError::NotOnePerFamily)),
        ];
        for (text, expected) in cases {
            let wish = wish(&service(&[("metallb.io/loadBalancerIPs", text)])).unwrap();
            assert_eq!(wish.addresses.map(|a| a.as_slice().len()), expected, "{text:?}");
        }
    }

    #[test]
    fn cluster_addresses_are_one_or_one_of_each_family() {
        let malformed = |several| ClusterIps::Malformed { several };
        let cases: [(&[&str], ClusterIps); 8] = [
            (&[], ClusterIps::Missing),
            (&["None"], malformed(false)),
            (&["10.96.0.1"], ClusterIps::Of(Families::V4)),
            (&["fd96::1"], ClusterIps::Of(Families::V6)),
            (&["fd96::1", "10.96.0.1"], ClusterIps::Of(Families::Dual)),
            (&["10.96.0.1", "x"], malformed(true)),
            (&["10.96.0.1", "10.96.0.2"], malformed(true)),
            (&["10.96.0.1", "fd96::1", "fd96::2"], malformed(true)),
        ];
        for (texts, expected) in cases {
            let texts = texts.iter().map(ToString::to_string).collect();
            let service = Service { cluster_ips: texts, ..Service::default() };
            assert_eq!(cluster_ips(&service), expected, "{:?}", service.cluster_ips);
        }
    }

    #[test]
    fn only_a_key_that_is_not_empty_shares() {
        let mut interner = Interner::default();
        let mut local = service(&[]);
        local.external_traffic_policy = TrafficPolicy::Local;
        local.selector.insert("app".to_owned(), "a".to_owned());
        let empty = service(&[("metallb.io/allow-shared-ip", "")]);
        for (service, annotated) in [(&service(&[]), false), (&local, false), (&empty, true)] {
            let key = interner.request(service, None).key;
            assert!(!interner.is_sharing(key));
            assert_eq!(has_sharing_annotation(service), annotated);
        }
        assert!(has_sharing_annotation(&service(&[("metallb.universe.tf/allow-shared-ip", "")])));
    }

    #[test]
    fn keys_read_the_same_where_their_texts_joined_do() {
        let mut interner = Interner::default();
        let mut key = |sharing: &str, selector: &[(&str, &str)]| {
            let mut local = service(&[("metallb.io/allow-shared-ip", sharing)]);
            local.external_traffic_policy = TrafficPolicy::Local;
            local.selector = selector.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
            Some(interner.request(&local, None).key)
        };
        let (joined, split) = (key("xy", &[("app", "a")]), key("y", &[("app", "ax")]));
        let (empty, other) = (key("", &[]), key("z", &[]));
        assert_ne!(joined, split);
        for (a, b, same) in [
            (joined, split, true),
            (joined, other, false),
            (empty, None, true),
            (other, None, false),
        ] {
            assert_eq!(interner.reads_same(a, b), same, "{a:?} {b:?}");
        }
    }

    #[test]
    fn local_services_share_by_selector_and_cluster_ones_by_none() {
        let mut interner = Interner::default();
        let mut local = service(&[("metallb.io/allow-shared-ip", "k")]);
        local.external_traffic_policy = TrafficPolicy::Local;
        let mut selecting = local.clone();
        selecting.selector.insert("app".to_owned(), "a".to_owned());
        let cluster = service(&[("metallb.io/allow-shared-ip", "k")]);
        let ids = [&local, &selecting, &cluster].map(|s| interner.request(s, None).key);
        assert_eq!(ids[0], ids[2]);
        assert_ne!(ids[0], ids[1]);
        assert!(interner.is_sharing(ids[0]));
    }

    #[test]
    fn a_class_is_foreign_unless_it_is_the_one_served() {
        let mut interner = Interner::default();
        let mut classed = service(&[]);
        classed.load_balancer_class = Some("a/b".to_owned());
        assert!(interner.request(&classed, None).is_foreign);
        assert!(!interner.request(&classed, Some("a/b")).is_foreign);
        assert!(interner.request(&service(&[]), Some("a/b")).is_foreign);
    }
}
