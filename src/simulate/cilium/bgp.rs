//! Which routes each node sends to which peer (`operator/pkg/bgp`,
//! `pkg/bgp/manager/reconciler`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use serde::Serialize;

use ipnet::IpNet;

use super::attributes::Attributes;
use super::frontends::{Agents, Exposed};
use super::labels::Selects;
use super::oracle::Oracle;
use super::order::OpenOrder;
use super::request::BGP_CLASS;
use super::state::ServiceId;
use crate::cilium::{
    AdvertisementType, BgpAdvertisementEntry, BgpInstance, BgpInstanceOverride, BgpPeer,
    BgpPeerConfigSpec, CiliumConfig, Feature, ServiceAddressType, ServiceAdvertisement,
};
use crate::cluster::{Node, Service, TrafficPolicy};
use crate::ip::{self, Family};
use crate::simulate::decision::BgpRoute;

/// The key under which a Secret holds a session's password.
const PASSWORD: &str = "password";

/// A CiliumBGPAdvertisement's entry of type `Service`.
#[derive(Debug)]
struct Advert<'a> {
    /// The place of its object in the configuration.
    object: usize,
    services: Selects,
    service: &'a ServiceAdvertisement,
    attributes: Attributes,
}

/// The BGP control plane of a cluster.
pub(super) struct Bgp<'a> {
    agents: &'a Agents<'a>,
    config: &'a CiliumConfig,
    /// For each ClusterConfig, the Nodes it selects.
    nodes: Vec<Selects>,
    adverts: Vec<Advert<'a>>,
    peer_configs: HashMap<&'a str, &'a BgpPeerConfigSpec>,
}

/// Why a peer gets no route from a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoBgp {
    /// No ClusterConfig selects the node.
    NoClusterConfig,
    /// The instance has no local AS number.
    NoLocalAsn,
    /// A peer of the instance has no AS number, which breaks all of its peers.
    NoPeerAsn(String),
    /// The peer has no address.
    NoPeerAddress,
    /// The peer's CiliumBGPPeerConfig is not there.
    NoPeerConfig(Option<String>),
    /// A Secret of the instance has no password, which breaks all of its peers.
    NoPassword(String),
    /// Another peer of the instance has the same address.
    SameAddress(String),
    /// No family of the peer has an advertisement that takes the Service.
    NoAdvertisement,
    /// The Service has no address of the kinds that are advertised.
    NoAddress,
    /// The Service has no endpoint that would count for the node.
    NoBackends,
    /// The Service is not exposed on the node.
    NotExposed,
    /// A selector cannot be compiled, which breaks all routes of the instance.
    BadSelector(String),
}

/// One session of a node.
struct Session<'a> {
    peer: &'a BgpPeer,
    config: &'a BgpPeerConfigSpec,
    /// What the configuration says of all peers with this address: GoBGP's policies
    /// know a peer by its address.
    alike: Vec<&'a BgpPeerConfigSpec>,
    internal: bool,
}

/// Something that GoBGP's export policy says of a peer's routes: these prefixes are
/// sent with these attributes. The first that names a prefix decides.
struct ExportPolicy {
    statements: BTreeMap<IpNet, Attributes>,
}

/// The Services as one node sees them.
pub(super) struct Scenery<'s> {
    pub(super) exposed: &'s [Exposed],
    /// For each node, who lost its frontends there.
    pub(super) losers: &'s [BTreeSet<ServiceId>],
}

impl<'a> Bgp<'a> {
    pub(super) fn new(agents: &'a Agents<'a>, config: &'a CiliumConfig) -> Self {
        let nodes = config
            .cluster_configs
            .iter()
            .map(|resource| Selects::or_every(resource.spec.node_selector.as_ref()))
            .collect();
        let entries = config.advertisements.iter().enumerate().flat_map(|(object, resource)| {
            resource.spec.advertisements.iter().map(move |entry| (object, entry))
        });
        let adverts = entries
            .filter(|(_, entry)| entry.advertisement_type == AdvertisementType::Service)
            .filter_map(|(object, entry)| advert(object, entry))
            .collect();
        let peer_configs = config
            .peer_configs
            .iter()
            .map(|resource| (resource.meta.name.as_str(), &resource.spec))
            .collect();
        Self { agents, config, nodes, adverts, peer_configs }
    }

    /// All routes of all nodes.
    pub(super) fn routes(&self, scenery: &Scenery<'_>, oracle: &mut Oracle) -> Vec<BgpRoute> {
        if !self.agents.settings.bgp_control_plane {
            return Vec::new();
        }
        let mut order = OpenOrder::default();
        let mut routes = Vec::new();
        for (at, node) in self.agents.cluster.nodes.iter().enumerate() {
            let Some(owner) = self.owner(node, &mut order, oracle) else { continue };
            let Some(config) = self.config.cluster_configs.get(owner) else { continue };
            for instance in &config.spec.bgp_instances {
                let Ok(sessions) = self.sessions(node, instance, Some(oracle)) else { continue };
                if self.bad_selector(instance).is_some() {
                    continue;
                }
                for session in sessions {
                    self.session_routes(at, node, &session, scenery, oracle, &mut routes);
                }
            }
        }
        routes.sort();
        routes
    }

    /// The ClusterConfigs that select a node.
    fn owners(&self, node: &Node) -> Vec<usize> {
        let selects = |(_, selects): &(usize, &Selects)| selects.labels(&node.labels);
        self.nodes.iter().enumerate().filter(selects).map(|(index, _)| index).collect()
    }

    /// The ClusterConfig that has a node: whichever is handled first.
    fn owner(&self, node: &Node, order: &mut OpenOrder, oracle: &mut Oracle) -> Option<usize> {
        let owners = self.owners(node);
        let possible = order.possible_first(&owners);
        let owner = *oracle.pick_from(&possible)?;
        order.put_first(owner, &owners);
        Some(owner)
    }

    fn overridden(&self, node: &Node, instance: &BgpInstance) -> Option<&'a BgpInstanceOverride> {
        let resource =
            self.config.node_overrides.iter().find(|resource| resource.meta.name == node.name)?;
        resource.spec.bgp_instances.iter().find(|other| other.name == instance.name)
    }

    fn peer_config(&self, peer: &BgpPeer) -> Result<Option<&'a BgpPeerConfigSpec>, NoBgp> {
        let name = peer.peer_config_ref.as_ref().map(|reference| reference.name.as_str());
        match name.filter(|name| !name.is_empty()) {
            None => Ok(None),
            Some(name) => match self.peer_configs.get(name) {
                Some(config) => Ok(Some(config)),
                None => Err(NoBgp::NoPeerConfig(Some(name.to_owned()))),
            },
        }
    }

    /// What keeps all peers of an instance from being made.
    fn breaks_peers(&self, instance: &BgpInstance) -> Option<NoBgp> {
        instance.peers.iter().find_map(|peer| {
            let any_asn = self.agents.version.has(Feature::PeerAsnAny);
            if peer.peer_asn.is_none() && !any_asn {
                return Some(NoBgp::NoPeerAsn(peer.name.clone()));
            }
            peer.peer_address.as_ref()?;
            let secret = self.peer_config(peer).ok()??.auth_secret_ref.as_ref()?;
            let namespace = self.agents.settings.bgp_secrets_namespace.as_ref();
            let Some(namespace) = namespace else { return Some(NoBgp::NoPassword(secret.clone())) };
            let key = (namespace.clone(), secret.clone());
            let found = self.agents.cluster.secrets.get(&key)?;
            let password = found.data.get(PASSWORD).filter(|text| !text.expose().is_empty());
            password.is_none().then(|| NoBgp::NoPassword(secret.clone()))
        })
    }

    /// The sessions of an instance on a node that can carry routes. With an oracle, one
    /// of several peers with one address is chosen; without, all are given.
    fn sessions(
        &self,
        node: &Node,
        instance: &'a BgpInstance,
        oracle: Option<&mut Oracle>,
    ) -> Result<Vec<Session<'a>>, NoBgp> {
        let overridden = self.overridden(node, instance);
        let local_asn = overridden.and_then(|o| o.local_asn).or(instance.local_asn);
        let local_asn = local_asn.ok_or(NoBgp::NoLocalAsn)?;
        if let Some(fault) = self.breaks_peers(instance) {
            return Err(fault);
        }
        let mut by_address: BTreeMap<IpAddr, Vec<&BgpPeer>> = BTreeMap::new();
        for peer in &instance.peers {
            if self.peer_config(peer).is_ok()
                && let Some(address) = address(peer)
            {
                by_address.entry(address).or_default().push(peer);
            }
        }
        let mut oracle = oracle;
        let mut sessions = Vec::new();
        for peers in by_address.into_values() {
            let alike: Vec<&BgpPeerConfigSpec> =
                peers.iter().filter_map(|peer| self.peer_config(peer).ok()?).collect();
            let chosen = match oracle.as_deref_mut() {
                Some(oracle) => oracle.pick_from(&peers).copied().into_iter().collect(),
                None => peers,
            };
            for peer in chosen {
                let Ok(Some(config)) = self.peer_config(peer) else { continue };
                let internal = peer.peer_asn == Some(local_asn);
                sessions.push(Session { peer, config, alike: alike.clone(), internal });
            }
        }
        Ok(sessions)
    }

    /// A selector that breaks all routes of an instance.
    fn bad_selector(&self, instance: &BgpInstance) -> Option<String> {
        instance.peers.iter().find_map(|peer| {
            let config = self.peer_config(peer).ok()??;
            config.families.iter().find_map(|family| {
                let selects = Selects::or_nothing(family.advertisements.as_ref());
                let bad = selects.fault().map(str::to_owned);
                bad.or_else(|| {
                    self.adverts
                        .iter()
                        .filter(|advert| self.takes(&selects, advert))
                        .find_map(|advert| advert.services.fault().map(str::to_owned))
                })
            })
        })
    }

    fn takes(&self, selects: &Selects, advert: &Advert<'_>) -> bool {
        let labels =
            self.config.advertisements.get(advert.object).map(|object| &object.meta.labels);
        labels.is_some_and(|labels| selects.labels(labels))
    }

    /// The unicast families of a peer with the advertisements that they take. A family
    /// that is listed twice counts as it was listed last.
    fn families(&self, config: &BgpPeerConfigSpec) -> BTreeMap<Family, Vec<&Advert<'a>>> {
        let mut families = BTreeMap::new();
        for family in config.families.iter().filter(|family| family.safi == "unicast") {
            let of = match family.afi.as_str() {
                "ipv4" => Family::V4,
                "ipv6" => Family::V6,
                _ => continue,
            };
            let selects = Selects::or_nothing(family.advertisements.as_ref());
            let taken = self.adverts.iter().filter(|advert| self.takes(&selects, advert)).collect();
            families.insert(of, taken);
        }
        families
    }

    fn session_routes(
        &self,
        at: usize,
        node: &Node,
        session: &Session<'a>,
        scenery: &Scenery<'_>,
        oracle: &mut Oracle,
        routes: &mut Vec<BgpRoute>,
    ) {
        for family in self.families(session.config).into_keys() {
            let mut policies = Vec::new();
            for config in &session.alike {
                let adverts = self.families(config).remove(&family).unwrap_or_default();
                self.export_policies(at, node, family, &adverts, scenery, oracle, &mut policies);
            }
            for (prefix, attributes) in decide(&policies, session.internal, oracle) {
                routes.push(BgpRoute {
                    node: node.name.clone(),
                    peer: session.peer.name.clone(),
                    prefix: prefix.to_string(),
                    local_pref: attributes.local_preference,
                    communities: attributes.communities,
                });
            }
        }
    }

    /// What GoBGP is told about the Services' routes to one peer.
    #[allow(clippy::too_many_arguments, reason = "one step of a nested walk")]
    fn export_policies(
        &self,
        at: usize,
        node: &Node,
        family: Family,
        adverts: &[&Advert<'a>],
        scenery: &Scenery<'_>,
        oracle: &mut Oracle,
        policies: &mut Vec<ExportPolicy>,
    ) {
        // Without merging, the advertisement that comes last decides.
        let mut latest = OpenOrder::default();
        for (id, service) in self.agents.cluster.services.iter().enumerate() {
            let lost = scenery.losers.get(at).is_some_and(|losers| losers.contains(&id));
            if lost || !self.agents.is_exposed_on(service, node) {
                continue;
            }
            let Some(exposed) = scenery.exposed.get(id) else { continue };
            let taken: Vec<&Advert<'_>> =
                adverts.iter().copied().filter(|a| a.services.service(service)).collect();
            for kind in ADDRESS_TYPES {
                let statements: Vec<(&Advert<'_>, BTreeSet<IpNet>)> = taken
                    .iter()
                    .map(|advert| {
                        (*advert, self.prefixes(node, service, exposed, advert, kind, family))
                    })
                    .filter(|(_, prefixes)| !prefixes.is_empty())
                    .collect();
                policies.extend(self.policy(statements, &mut latest, oracle));
            }
        }
    }

    fn policy(
        &self,
        mut statements: Vec<(&Advert<'a>, BTreeSet<IpNet>)>,
        latest: &mut OpenOrder,
        oracle: &mut Oracle,
    ) -> Option<ExportPolicy> {
        if !self.agents.version.has(Feature::MergedAdvertisements) {
            let objects: Vec<usize> = statements.iter().map(|(advert, _)| advert.object).collect();
            let possible = latest.possible_first(&objects);
            let last = *oracle.pick_from(&possible)?;
            latest.put_first(last, &objects);
            statements.retain(|(advert, _)| advert.object == last);
            statements = statements.pop().into_iter().collect();
        }
        let mut merged: BTreeMap<IpNet, Attributes> = BTreeMap::new();
        for (advert, prefixes) in statements {
            for prefix in prefixes {
                merged.entry(prefix).or_default().merge(&advert.attributes);
            }
        }
        (!merged.is_empty()).then_some(ExportPolicy { statements: merged })
    }

    /// The prefixes under which an advertisement announces one kind of a Service's
    /// addresses from a node.
    fn prefixes(
        &self,
        node: &Node,
        service: &Service,
        exposed: &Exposed,
        advert: &Advert<'_>,
        kind: ServiceAddressType,
        family: Family,
    ) -> BTreeSet<IpNet> {
        if !advert.service.addresses.contains(&kind) {
            return BTreeSet::new();
        }
        let class = service.load_balancer_class.as_deref();
        let policy = match kind {
            ServiceAddressType::LoadBalancerIp if class.is_some_and(|class| class != BGP_CLASS) => {
                return BTreeSet::new();
            }
            ServiceAddressType::LoadBalancerIp | ServiceAddressType::ExternalIp => {
                service.external_traffic_policy
            }
            ServiceAddressType::ClusterIp => service.internal_traffic_policy,
        };
        let addresses = kind_of(exposed, kind);
        let of_family: Vec<IpAddr> =
            addresses.iter().copied().filter(|address| Family::of(*address) == family).collect();
        if of_family.is_empty() || !self.has_backends(node, service, policy, family) {
            return BTreeSet::new();
        }
        let length = match (policy, family) {
            (TrafficPolicy::Local, _) => None,
            (TrafficPolicy::Cluster, Family::V4) => advert.service.aggregation_length_ipv4,
            (TrafficPolicy::Cluster, Family::V6) => advert.service.aggregation_length_ipv6,
        };
        let length = length.unwrap_or(family.bits());
        let prefix = |address| IpNet::new(address, length).ok().map(|net| net.trunc());
        of_family.into_iter().filter_map(prefix).collect()
    }

    fn has_backends(
        &self,
        node: &Node,
        service: &Service,
        policy: TrafficPolicy,
        family: Family,
    ) -> bool {
        let routable = self.agents.settings.no_service_endpoints_routable;
        if routable && policy == TrafficPolicy::Cluster {
            return true;
        }
        let (any, local) = self.agents.backends(service, family, node);
        (policy == TrafficPolicy::Cluster || local) && (routable || any)
    }

    /// The routes of one Service alone, in one possible course.
    pub(super) fn routes_of(
        &self,
        id: ServiceId,
        service: &Service,
        exposed: &Exposed,
    ) -> Vec<BgpRoute> {
        let mut alone = vec![Exposed::default(); id];
        alone.push(exposed.clone());
        debug_assert_eq!(self.agents.cluster.services.get(id).map(|s| &s.key), Some(&service.key));
        let scenery = Scenery { exposed: &alone, losers: &[] };
        self.routes(&scenery, &mut Oracle::default())
    }

    /// Why a node sends none of a Service's routes to a peer; for each peer.
    pub(super) fn silence(
        &self,
        node: &Node,
        service: &Service,
        exposed: &Exposed,
    ) -> Vec<(Option<String>, NoBgp)> {
        let owners = self.owners(node);
        if owners.is_empty() {
            return vec![(None, NoBgp::NoClusterConfig)];
        }
        if !self.agents.is_exposed_on(service, node) {
            return vec![(None, NoBgp::NotExposed)];
        }
        let configs = owners.into_iter().filter_map(|owner| self.config.cluster_configs.get(owner));
        let mut reasons = Vec::new();
        for instance in configs.flat_map(|config| &config.spec.bgp_instances) {
            let whole = match self.sessions(node, instance, None) {
                Err(fault) => Some(fault),
                Ok(_) => self.bad_selector(instance).map(NoBgp::BadSelector),
            };
            for peer in &instance.peers {
                let own = || self.peer_silence(peer, instance, node, service, exposed);
                reasons
                    .extend(whole.clone().or_else(own).map(|why| (Some(peer.name.clone()), why)));
            }
        }
        reasons
    }

    fn peer_silence(
        &self,
        peer: &BgpPeer,
        instance: &BgpInstance,
        node: &Node,
        service: &Service,
        exposed: &Exposed,
    ) -> Option<NoBgp> {
        let Some(own) = address(peer) else { return Some(NoBgp::NoPeerAddress) };
        let config = match self.peer_config(peer) {
            Err(fault) => return Some(fault),
            Ok(None) => return Some(NoBgp::NoPeerConfig(None)),
            Ok(Some(config)) => config,
        };
        let families = self.families(config);
        let taken = || {
            families.iter().flat_map(|(family, adverts)| {
                let taking = adverts.iter().filter(|advert| advert.services.service(service));
                taking.map(move |advert| (*family, *advert))
            })
        };
        if taken().next().is_none() {
            return Some(NoBgp::NoAdvertisement);
        }
        let addressed = taken().any(|(family, advert)| {
            ADDRESS_TYPES.into_iter().any(|kind| {
                let addresses = kind_of(exposed, kind);
                advert.service.addresses.contains(&kind)
                    && addresses.iter().any(|address| Family::of(*address) == family)
            })
        });
        if !addressed {
            return Some(NoBgp::NoAddress);
        }
        let sent = taken().any(|(family, advert)| {
            ADDRESS_TYPES
                .into_iter()
                .any(|kind| !self.prefixes(node, service, exposed, advert, kind, family).is_empty())
        });
        if !sent {
            return Some(NoBgp::NoBackends);
        }
        let twin = instance
            .peers
            .iter()
            .find(|other| other.name != peer.name && address(other) == Some(own));
        twin.map(|twin| NoBgp::SameAddress(twin.name.clone()))
    }
}

/// The addresses of one kind.
fn kind_of(exposed: &Exposed, kind: ServiceAddressType) -> &[IpAddr] {
    match kind {
        ServiceAddressType::LoadBalancerIp => &exposed.load_balancer,
        ServiceAddressType::ExternalIp => &exposed.external,
        ServiceAddressType::ClusterIp => &exposed.cluster,
    }
}

const ADDRESS_TYPES: [ServiceAddressType; 3] = [
    ServiceAddressType::LoadBalancerIp,
    ServiceAddressType::ExternalIp,
    ServiceAddressType::ClusterIp,
];

fn advert(object: usize, entry: &BgpAdvertisementEntry) -> Option<Advert<'_>> {
    Some(Advert {
        object,
        services: Selects::or_nothing(entry.selector.as_ref()),
        service: entry.service.as_ref()?,
        attributes: Attributes::new(entry.attributes.as_ref()),
    })
}

fn address(peer: &BgpPeer) -> Option<IpAddr> {
    ip::parse_addr_as_written(peer.peer_address.as_deref()?).ok()
}

/// What a route is shown with.
struct Shown {
    communities: Vec<String>,
    /// Where none is set, nothing is shown, although an internal peer gets the default.
    local_preference: Option<u32>,
}

/// The attributes of each prefix: those of the policy that comes first, in an order
/// that is left to chance.
fn decide(
    policies: &[ExportPolicy],
    internal: bool,
    oracle: &mut Oracle,
) -> BTreeMap<IpNet, Shown> {
    let mut naming: BTreeMap<IpNet, Vec<(usize, &Attributes)>> = BTreeMap::new();
    for (index, policy) in policies.iter().enumerate() {
        for (prefix, attributes) in &policy.statements {
            naming.entry(*prefix).or_default().push((index, attributes));
        }
    }
    let mut order = OpenOrder::default();
    let mut decided = BTreeMap::new();
    for (prefix, statements) in naming {
        let wires: BTreeSet<_> = statements.iter().map(|(_, a)| a.on_the_wire(internal)).collect();
        let indices: Vec<usize> = statements.iter().map(|(index, _)| *index).collect();
        let first = if wires.len() < 2 {
            indices.first().copied()
        } else {
            let first = oracle.pick_from(&order.possible_first(&indices)).copied();
            if let Some(first) = first {
                order.put_first(first, &indices);
            }
            first
        };
        let Some((_, attributes)) = statements.iter().find(|(index, _)| Some(*index) == first)
        else {
            continue;
        };
        let (_, wire) = attributes.on_the_wire(internal);
        let set_somewhere = statements.iter().any(|(_, a)| a.local_preference() == wire);
        let shown = Shown {
            communities: attributes.communities(),
            local_preference: wire.filter(|_| set_somewhere),
        };
        decided.insert(prefix, shown);
    }
    decided
}
