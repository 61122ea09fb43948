//! Why a node sends no routes.

use serde::Serialize;

use super::super::frontends::Exposed;
use super::super::oracle::Oracle;
use super::super::state::ServiceId;
use super::{ADDRESS_TYPES, Bgp, Scenery, address, kind_of};
use crate::cilium::{BgpInstance, BgpPeer};
use crate::cluster::{Node, Service};
use crate::ip::Family;
use crate::simulate::decision::BgpRoute;

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

impl Bgp<'_> {
    /// The routes of one Service alone, in one possible course.
    pub(in super::super) fn routes_of(
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
    pub(in super::super) fn silence(
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
