//! Which routes each node sends to which peer (`operator/pkg/bgp`,
//! `pkg/bgp/manager/reconciler`).

mod export;
mod silence;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use export::{ExportPolicy, decide};
pub use silence::NoBgp;

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

/// One session of a node.
pub(super) struct Session<'a> {
    pub(super) peer: &'a BgpPeer,
    pub(super) config: &'a BgpPeerConfigSpec,
    /// What the configuration says of all peers with this address: GoBGP's policies
    /// know a peer by its address.
    alike: Vec<&'a BgpPeerConfigSpec>,
    /// Whether the peer is in the same AS, or may be, since any will do: it is then sent
    /// local preferences.
    pub(super) internal: bool,
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
    pub(super) fn owners(&self, node: &Node) -> Vec<usize> {
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
            let password = found.text(PASSWORD).filter(|text| !text.expose().is_empty());
            password.is_none().then(|| NoBgp::NoPassword(secret.clone()))
        })
    }

    /// The sessions of an instance on a node that can carry routes. With an oracle, one
    /// of several peers with one address is chosen; without, all are given.
    pub(super) fn sessions(
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
                let any = peer.peer_asn.is_none_or(|asn| asn == 0);
                let internal = any || peer.peer_asn == Some(local_asn);
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
