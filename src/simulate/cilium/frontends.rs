//! The frontends that each node's load balancer has: what its agent can announce.
//!
//! One address, port and protocol belongs to one Service. Where two want it, each
//! agent lets the first that it saw have it, and takes nothing of the other
//! (`ErrFrontendConflict`).

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use super::oracle::Oracle;
use super::selector_text::TextSelector;
use super::state::ServiceId;
use crate::cilium::{CiliumVersion, Feature, Settings};
use crate::cluster::{Cluster, Endpoint, Node, Service, ServiceType, TrafficPolicy};
use crate::ip::{self, Family};

/// The annotation that names the Node on which a Service is exposed, by a label of
/// that name.
const ON_NODE: &str = "service.cilium.io/node";
/// The annotation that selects the Nodes on which a Service is exposed.
const ON_NODES: &str = "service.cilium.io/node-selector";
/// The annotation that says as what a Service is exposed.
const AS_TYPE: &str = "service.cilium.io/type";
/// The label of a headless Service.
const HEADLESS: &str = "service.kubernetes.io/headless";

/// The addresses under which a Service is reachable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Exposed {
    pub(super) load_balancer: Vec<IpAddr>,
    pub(super) external: Vec<IpAddr>,
    pub(super) cluster: Vec<IpAddr>,
}

/// How the agents of one version see Services.
#[derive(Debug)]
pub(super) struct Agents<'a> {
    pub(super) version: CiliumVersion,
    pub(super) settings: &'a Settings,
    pub(super) cluster: &'a Cluster,
}

/// One frontend: address, port, protocol, and whether it is for traffic from inside.
type Frontend<'a> = (IpAddr, u16, &'a str, bool);

impl<'a> Agents<'a> {
    fn has_frontends(&self) -> bool {
        self.version.has(Feature::AnnouncesFrontends)
    }

    /// The addresses of a Service, of which `status` are those of the load balancer.
    pub(super) fn exposed(&self, service: &Service, status: &[IpAddr]) -> Exposed {
        let addresses = |texts: &[String]| -> Vec<IpAddr> {
            let parsed = texts.iter().filter_map(|text| ip::parse_addr_as_written(text).ok());
            parsed.filter(|address| self.family_is_on(*address)).collect()
        };
        let load_balancer = if service.service_type == ServiceType::LoadBalancer {
            status.iter().copied().filter(|address| self.family_is_on(*address)).collect()
        } else {
            Vec::new()
        };
        let mut exposed = Exposed {
            load_balancer,
            external: addresses(&service.external_ips),
            cluster: addresses(&service.cluster_ips),
        };
        if self.has_frontends() {
            restrict(service, &mut exposed);
        }
        exposed
    }

    fn family_is_on(&self, address: IpAddr) -> bool {
        self.settings.has_family(Family::of(address))
    }

    /// Whether a Service is exposed on a Node at all.
    pub(super) fn is_exposed_on(&self, service: &Service, node: &Node) -> bool {
        if !self.has_frontends() {
            return true;
        }
        if let Some(selector) = service.annotations.get(ON_NODES) {
            // What is no selector is passed over.
            return TextSelector::parse(selector)
                .map_or(true, |selector| selector.matches(&node.labels));
        }
        service.annotations.get(ON_NODE).is_none_or(|name| node.labels.get(ON_NODE) == Some(name))
    }

    /// For each Node, the Services that lose their frontends to others there.
    pub(super) fn losers(
        &self,
        exposed: &[Exposed],
        oracle: &mut Oracle,
    ) -> Vec<BTreeSet<ServiceId>> {
        let none = || vec![BTreeSet::new(); self.cluster.nodes.len()];
        if !self.has_frontends() {
            return none();
        }
        let clashes = self.clashes(exposed);
        if clashes.is_empty() {
            return none();
        }
        self.cluster.nodes.iter().map(|node| self.losers_on(node, &clashes, oracle)).collect()
    }

    /// Pairs of Services that want the same frontend.
    fn clashes(&self, exposed: &[Exposed]) -> BTreeSet<(ServiceId, ServiceId)> {
        let mut owners: HashMap<Frontend<'_>, Vec<ServiceId>> = HashMap::new();
        for (id, (service, exposed)) in self.cluster.services.iter().zip(exposed).enumerate() {
            for frontend in frontends(service, exposed) {
                let owners = owners.entry(frontend).or_default();
                if owners.last() != Some(&id) {
                    owners.push(id);
                }
            }
        }
        let mut clashes = BTreeSet::new();
        for owners in owners.into_values() {
            for (at, &one) in owners.iter().enumerate() {
                clashes.extend(owners.iter().skip(at + 1).map(|&other| (one, other)));
            }
        }
        clashes
    }

    fn losers_on(
        &self,
        node: &Node,
        clashes: &BTreeSet<(ServiceId, ServiceId)>,
        oracle: &mut Oracle,
    ) -> BTreeSet<ServiceId> {
        let here = |id: &ServiceId| {
            self.cluster.services.get(*id).is_some_and(|service| self.is_exposed_on(service, node))
        };
        let mut open: Vec<(ServiceId, ServiceId)> =
            clashes.iter().copied().filter(|(one, other)| here(one) && here(other)).collect();
        let mut losers = BTreeSet::new();
        while let Some(&(one, _)) = open.first() {
            // Whoever clashes with the first one, in whatever way, may come first.
            let mut rivals = vec![one];
            rivals.extend(open.iter().filter(|(a, _)| *a == one).map(|(_, b)| *b));
            let Some(&winner) = oracle.pick_from(&rivals) else { break };
            let beaten: BTreeSet<ServiceId> = open
                .iter()
                .filter_map(
                    |&(a, b)| {
                        if a == winner { Some(b) } else { (b == winner).then_some(a) }
                    },
                )
                .collect();
            open.retain(|(a, b)| !beaten.contains(a) && !beaten.contains(b));
            losers.extend(beaten);
        }
        losers
    }

    /// The endpoints of a Service in a family, as `(any at all, one active on the node)`.
    pub(super) fn backends(&self, service: &Service, family: Family, node: &Node) -> (bool, bool) {
        let of_family = |endpoint: &&Endpoint| {
            endpoint.addresses.iter().any(|address| {
                ip::parse_addr_as_written(address).is_ok_and(|a| Family::of(a) == family)
            })
        };
        let (mut any, mut local) = (false, false);
        for endpoint in self.cluster.endpoints_of(&service.key).iter().filter(of_family) {
            if !endpoint.can_serve() {
                continue;
            }
            let active = self.is_active(endpoint);
            any |= active || !self.version.has(Feature::OnlyActiveBackendsCount);
            local |= active && endpoint.node_name.as_deref() == Some(&node.name);
        }
        (any, local)
    }

    fn is_active(&self, endpoint: &Endpoint) -> bool {
        endpoint.is_ready() && (self.has_frontends() || !endpoint.is_terminating())
    }
}

/// What headless Services and the annotation by type leave of the addresses, and what
/// becomes of an address that is written twice: the external one stays.
fn restrict(service: &Service, exposed: &mut Exposed) {
    let headless = service.labels.contains_key(HEADLESS)
        || service.cluster_ips.first().is_some_and(|ip| ip.eq_ignore_ascii_case("none"));
    if headless || service.ports.is_empty() {
        *exposed = Exposed::default();
        return;
    }
    match service.annotations.get(AS_TYPE).map(String::as_str) {
        Some("ClusterIP") => exposed.load_balancer.clear(),
        Some("LoadBalancer") => exposed.cluster.clear(),
        Some("NodePort") => {
            exposed.load_balancer.clear();
            exposed.cluster.clear();
        }
        // Other values are passed over.
        Some(_) | None => {}
    }
    let external = exposed.external.clone();
    let later = exposed.load_balancer.clone();
    exposed.cluster.retain(|address| !external.contains(address) && !later.contains(address));
    if !has_two_scopes(service) {
        exposed.load_balancer.retain(|address| !external.contains(address));
    }
}

/// Whether load-balancer frontends are there twice, for traffic from outside and from
/// inside: where just one of the traffic policies is Local.
fn has_two_scopes(service: &Service) -> bool {
    (service.external_traffic_policy == TrafficPolicy::Local)
        != (service.internal_traffic_policy == TrafficPolicy::Local)
}

fn frontends<'s>(
    service: &'s Service,
    exposed: &'s Exposed,
) -> impl Iterator<Item = Frontend<'s>> + 's {
    let inside: &[bool] = if has_two_scopes(service) { &[false, true] } else { &[false] };
    let once = exposed.external.iter().chain(&exposed.cluster).map(|&address| (address, false));
    let twice = exposed
        .load_balancer
        .iter()
        .flat_map(move |&address| inside.iter().map(move |&inside| (address, inside)));
    once.chain(twice).flat_map(move |(address, inside)| {
        service.ports.iter().map(move |port| (address, port.port, port.protocol.as_str(), inside))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cluster::ServicePort;
    use crate::simulate::cilium::oracle::{Bounds, explore};

    fn addr(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn service(ports: &[u16]) -> Service {
        Service {
            service_type: ServiceType::LoadBalancer,
            ports: ports.iter().map(|&port| ServicePort { protocol: "TCP".into(), port }).collect(),
            ..Service::default()
        }
    }

    fn agents<'a>(cluster: &'a Cluster, settings: &'a Settings) -> Agents<'a> {
        Agents { version: CiliumVersion::default(), settings, cluster }
    }

    #[test]
    fn a_headless_service_has_no_frontends() {
        let (cluster, settings) = (Cluster::default(), Settings::default());
        let mut headless = service(&[80]);
        headless.cluster_ips = vec!["None".into()];
        headless.external_ips = vec!["10.8.0.1".into()];
        let exposed = agents(&cluster, &settings).exposed(&headless, &[addr("10.0.0.1")]);
        assert_eq!(exposed, Exposed::default());
    }

    #[test]
    fn the_type_annotation_leaves_one_kind_and_external_addresses() {
        let (cluster, settings) = (Cluster::default(), Settings::default());
        let mut one = service(&[80]);
        one.external_ips = vec!["10.8.0.1".into()];
        one.cluster_ips = vec!["10.96.0.1".into()];
        one.annotations.insert(AS_TYPE.into(), "ClusterIP".into());
        let exposed = agents(&cluster, &settings).exposed(&one, &[addr("10.0.0.1")]);
        assert!(exposed.load_balancer.is_empty());
        assert_eq!((exposed.external.len(), exposed.cluster.len()), (1, 1));
    }

    #[test]
    fn an_address_that_is_written_twice_is_exposed_once() {
        let (cluster, settings) = (Cluster::default(), Settings::default());
        let mut one = service(&[80]);
        one.external_ips = vec!["10.8.0.1".into()];
        one.cluster_ips = vec!["10.8.0.1".into(), "10.0.0.1".into(), "10.96.0.1".into()];
        let status = [addr("10.8.0.1"), addr("10.0.0.1")];
        let exposed = agents(&cluster, &settings).exposed(&one, &status);
        assert_eq!(exposed.external, [addr("10.8.0.1")]);
        assert_eq!(exposed.load_balancer, [addr("10.0.0.1")]);
        assert_eq!(exposed.cluster, [addr("10.96.0.1")]);
        // With frontends of two scopes, it is one of each.
        one.external_traffic_policy = TrafficPolicy::Local;
        let exposed = agents(&cluster, &settings).exposed(&one, &status);
        assert_eq!(exposed.load_balancer, status);
    }

    #[test]
    fn addresses_of_a_family_that_is_off_are_not_exposed() {
        let cluster = Cluster::default();
        let settings = Settings { ipv6: false, ..Settings::default() };
        let mut one = service(&[80]);
        one.external_ips = vec!["2001:db8::1".into(), "10.8.0.1".into()];
        one.cluster_ips = vec!["10.96.0.1".into(), "fd96::1".into()];
        let status = [addr("10.0.0.1"), addr("fd00::1")];
        let exposed = agents(&cluster, &settings).exposed(&one, &status);
        assert_eq!(exposed.load_balancer, [addr("10.0.0.1")]);
        assert_eq!(exposed.external, [addr("10.8.0.1")]);
        assert_eq!(exposed.cluster, [addr("10.96.0.1")]);
    }

    /// A backend is ready or serves; before 1.19 it is active only until it terminates,
    /// and from 1.20 on only active ones count.
    #[test]
    fn which_endpoints_count_depends_on_the_version() {
        let settings = Settings::default();
        let endpoint = |ready, serving, terminating| Endpoint {
            addresses: vec!["10.244.0.1".into()],
            node_name: Some("n".into()),
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
        };
        let (up, down) = (endpoint(true, true, false), endpoint(false, false, true));
        let (ready, draining) = (endpoint(true, true, true), endpoint(false, true, true));
        let unspoken = Endpoint {
            ready: None,
            serving: None,
            terminating: None,
            ..endpoint(true, true, false)
        };
        let node = Node { name: "n".into(), ..Node::default() };
        for (version, endpoint, counts) in [
            ("1.18", &up, (true, true)),
            ("1.18", &unspoken, (true, true)),
            ("1.18", &ready, (true, false)),
            ("1.19", &ready, (true, true)),
            ("1.19", &draining, (true, false)),
            ("1.20", &draining, (false, false)),
            ("1.19", &down, (false, false)),
        ] {
            let one = service(&[80]);
            let endpoints = [(one.key.clone(), vec![endpoint.clone()])].into();
            let cluster = Cluster { endpoints, ..Cluster::default() };
            let version = version.parse().unwrap();
            let agents = Agents { version, ..agents(&cluster, &settings) };
            let found = agents.backends(&one, Family::V4, &node);
            assert_eq!(found, counts, "{version} {endpoint:?}");
            assert_eq!(agents.backends(&one, Family::V6, &node), (false, false));
        }
    }

    #[test]
    fn on_each_node_one_service_has_a_frontend() {
        let cluster = Cluster {
            services: vec![service(&[80, 443]), service(&[80]), service(&[443]), service(&[81])],
            nodes: vec![Node::default()],
            ..Cluster::default()
        };
        let settings = Settings::default();
        let agents = agents(&cluster, &settings);
        let exposed: Vec<Exposed> = cluster
            .services
            .iter()
            .map(|service| agents.exposed(service, &[addr("10.0.0.1")]))
            .collect();
        let bounds = Bounds { results: 99, work: 9999 };
        let found = explore(bounds, Clone::clone, |oracle| Ok(agents.losers(&exposed, oracle)));
        let losers: BTreeSet<Vec<ServiceId>> =
            found.results.into_iter().map(|nodes| nodes[0].iter().copied().collect()).collect();
        assert_eq!(losers, BTreeSet::from([vec![0], vec![1, 2]]));
    }

    #[test]
    fn who_is_exposed_elsewhere_is_nobodys_rival() {
        let mut elsewhere = service(&[80]);
        elsewhere.annotations.insert(ON_NODES.into(), "zone=x".into());
        let labels = BTreeMap::from([("zone".to_owned(), "x".to_owned())]);
        let cluster = Cluster {
            services: vec![service(&[80]), elsewhere],
            nodes: vec![Node { labels, ..Node::default() }, Node::default()],
            ..Cluster::default()
        };
        let settings = Settings::default();
        let agents = agents(&cluster, &settings);
        let exposed = vec![agents.exposed(&cluster.services[0], &[addr("10.0.0.1")]); 2];
        let bounds = Bounds { results: 99, work: 9999 };
        let found = explore(bounds, Clone::clone, |oracle| Ok(agents.losers(&exposed, oracle)));
        let none = BTreeSet::new();
        let ways = [[BTreeSet::from([1]), none.clone()], [BTreeSet::from([0]), none]];
        assert_eq!(found.results, ways);
    }
}
