//! Which node sends which prefix to which peer (`speaker/bgp_controller.go`,
//! `internal/bgp/frrk8s`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use ipnet::IpNet;

use super::ids::PoolId;
use super::nodes::{NodeFault, Speakers, has_usable_endpoint, select_service};
use super::world::World;
use crate::cluster::{Service, TrafficPolicy};
use crate::ip::Family;
use crate::metallb::{BgpAdvertisement, Community, Endpoint, Peer};
use crate::simulate::decision::BgpRoute;

/// Why a node sends no route for a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoBgp {
    /// It does not answer for any address.
    Fault(NodeFault),
    /// No BGPAdvertisement takes in pool, node and Service.
    NoAdvertisement,
    /// Two advertisements would give a route different local preferences.
    Conflict {
        /// One advertisement.
        one: String,
        /// The other.
        other: String,
    },
    /// No endpoint is ready or serving.
    NoEndpoint,
    /// `externalTrafficPolicy` is `Local`, and the node has no usable endpoint.
    NoLocalEndpoint,
}

/// The BGPAdvertisements and peers, applied to the nodes at hand.
#[derive(Debug)]
pub(super) struct BgpView<'w> {
    world: &'w World<'w>,
    speakers: &'w Speakers<'w>,
    advertisements: Vec<Prepared<'w>>,
    by_pool: Vec<Vec<usize>>,
    /// By node: the sessions that it opens.
    sessions: Vec<Vec<Session<'w>>>,
}

#[derive(Debug)]
struct Prepared<'w> {
    config: &'w BgpAdvertisement,
    /// By node.
    selected: Vec<bool>,
}

#[derive(Debug)]
struct Session<'w> {
    peer: &'w Peer,
    /// The one family whose prefixes it carries; `None` for both.
    only: Option<Family>,
}

/// What a node tells a peer of a prefix.
#[derive(Debug, Default)]
struct Attributes {
    local_prefs: BTreeSet<u32>,
    communities: BTreeSet<Community>,
}

/// Routes by node, peer and prefix.
#[derive(Debug, Default)]
pub(super) struct Routes<'w>(BTreeMap<(usize, &'w str), BTreeMap<String, Attributes>>);

impl<'w> BgpView<'w> {
    pub(super) fn new(world: &'w World<'w>, speakers: &'w Speakers<'w>) -> Self {
        let config = &world.config;
        let prepare = |config: &'w BgpAdvertisement| Prepared {
            config,
            selected: speakers.select(&config.node_selectors),
        };
        let by_pool = config.pools.iter().map(|pool| {
            let all = config.bgp_advertisements.iter().enumerate();
            all.filter(|(_, ad)| ad.pools.selects(&pool.meta)).map(|(i, _)| i).collect()
        });
        let mut sessions: Vec<Vec<Session<'w>>> = Vec::new();
        sessions.resize_with(speakers.all.len(), Vec::new);
        for peer in &config.peers {
            let selected = speakers.select(&peer.node_selectors);
            for (sessions, _) in sessions.iter_mut().zip(selected).filter(|(_, s)| *s) {
                sessions.push(Session { peer, only: only_family(peer) });
            }
        }
        Self {
            world,
            speakers,
            advertisements: config.bgp_advertisements.iter().map(prepare).collect(),
            by_pool: by_pool.collect(),
            sessions,
        }
    }

    /// Whether any node has anybody to send routes to.
    pub(super) fn is_idle(&self) -> bool {
        self.advertisements.is_empty() || self.sessions.iter().all(Vec::is_empty)
    }

    /// The advertisements by which each node announces a Service.
    pub(super) fn verdicts(
        &self,
        service: &Service,
        pool: PoolId,
    ) -> Vec<Result<Vec<&'w BgpAdvertisement>, NoBgp>> {
        let all = self.by_pool.get(pool.index()).map_or(&[][..], Vec::as_slice);
        let fitting: Vec<&Prepared<'w>> = all
            .iter()
            .filter_map(|i| self.advertisements.get(*i))
            .filter(|ad| select_service(&ad.config.service_selectors, service))
            .collect();
        let any = has_usable_endpoint(self.world, &service.key, true);
        let local = (service.external_traffic_policy == TrafficPolicy::Local).then(|| {
            self.speakers.of_endpoints(self.world.cluster.endpoints_of(&service.key), true)
        });
        let families = Families::of(self.world, pool);
        let verdict = |node: usize, fault: Option<NodeFault>| {
            let on_node = fitting.iter().filter(|ad| ad.selected.get(node) == Some(&true));
            let ads: Vec<&'w BgpAdvertisement> = on_node.map(|ad| ad.config).collect();
            if ads.is_empty() {
                return Err(NoBgp::NoAdvertisement);
            }
            if let Some((one, other)) = conflict(&ads, families) {
                return Err(NoBgp::Conflict { one, other });
            }
            if let Some(fault) = fault {
                return Err(NoBgp::Fault(fault));
            }
            if !any {
                return Err(NoBgp::NoEndpoint);
            }
            if local.as_ref().is_some_and(|local| !local.contains(&node)) {
                return Err(NoBgp::NoLocalEndpoint);
            }
            Ok(ads)
        };
        let nodes = self.speakers.all.iter().enumerate();
        nodes.map(|(node, speaker)| verdict(node, speaker.fault)).collect()
    }

    /// Adds the routes of one Service.
    pub(super) fn announce(
        &self,
        routes: &mut Routes<'w>,
        service: &Service,
        pool: PoolId,
        addresses: &[IpAddr],
    ) {
        let verdicts = self.verdicts(service, pool);
        let nodes = self.sessions.iter().zip(verdicts).enumerate();
        for (node, (sessions, verdict)) in nodes {
            for ad in verdict.into_iter().flatten() {
                for address in addresses {
                    let Some(prefix) = prefix(ad, *address) else { continue };
                    for session in sessions.iter().filter(|s| s.takes(ad, *address)) {
                        let peer = session.peer.name();
                        let prefixes = routes.0.entry((node, peer)).or_default();
                        let attributes = prefixes.entry(prefix.clone()).or_default();
                        attributes.local_prefs.extend(ad.local_pref);
                        attributes.communities.extend(&ad.communities);
                    }
                }
            }
        }
    }

    /// The routes as they stand in a decision.
    ///
    /// Two local preferences for one prefix (which Services that share an address
    /// can bring about) make frr-k8s refuse the node's whole configuration: such a
    /// node sends nothing.
    pub(super) fn finish(&self, routes: Routes<'w>) -> Vec<BgpRoute> {
        let torn = |prefixes: &BTreeMap<String, Attributes>| {
            prefixes.values().any(|attributes| attributes.local_prefs.len() > 1)
        };
        let refused: BTreeSet<usize> =
            routes.0.iter().filter(|(_, p)| torn(p)).map(|((node, _), _)| *node).collect();
        let mut list = Vec::new();
        for ((node, peer), prefixes) in routes.0 {
            let Some(speaker) = self.speakers.all.get(node) else { continue };
            if refused.contains(&node) {
                continue;
            }
            list.extend(prefixes.into_iter().map(|(prefix, attributes)| BgpRoute {
                node: speaker.node.name.clone(),
                peer: peer.to_owned(),
                prefix,
                local_pref: attributes.local_prefs.first().copied(),
                communities: sorted_texts(&attributes.communities),
            }));
        }
        list
    }

    /// Each node's peers that take one of these addresses by these advertisements.
    pub(super) fn peers(
        &self,
        node: usize,
        ads: &[&BgpAdvertisement],
        addresses: &[IpAddr],
    ) -> BTreeSet<&'w str> {
        let sessions = self.sessions.get(node).into_iter().flatten();
        let takes = |session: &&Session<'w>| {
            ads.iter().any(|ad| addresses.iter().any(|address| session.takes(ad, *address)))
        };
        sessions.filter(takes).map(|session| session.peer.name()).collect()
    }
}

impl Session<'_> {
    fn takes(&self, ad: &BgpAdvertisement, address: IpAddr) -> bool {
        let named = || ad.peers.iter().any(|peer| peer == self.peer.name());
        self.only.is_none_or(|family| family == Family::of(address))
            && (ad.peers.is_empty() || named())
    }
}

/// A session carries its own family, unless both are asked for or it is unnumbered.
fn only_family(peer: &Peer) -> Option<Family> {
    match peer.endpoint {
        Endpoint::Address(address) if !peer.dual_stack_address_family => Some(Family::of(address)),
        _ => None,
    }
}

fn sorted_texts(communities: &BTreeSet<Community>) -> Vec<String> {
    let mut texts: Vec<String> = communities.iter().map(Community::to_string).collect();
    texts.sort_unstable();
    texts
}

fn prefix(ad: &BgpAdvertisement, address: IpAddr) -> Option<String> {
    let length = match address {
        IpAddr::V4(_) => ad.aggregation_length,
        IpAddr::V6(_) => ad.aggregation_length_v6,
    };
    IpNet::new(address, length).ok().map(|net| net.trunc().to_string())
}

/// Which families a pool has.
#[derive(Debug, Clone, Copy)]
struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    fn of(world: &World<'_>, pool: PoolId) -> Self {
        let has = |family| {
            let pool = world.pools.get(pool);
            pool.is_some_and(|pool| pool.space(family).last().is_some())
        };
        Self { v4: has(Family::V4), v6: has(Family::V6) }
    }
}

/// The first pair of advertisements with local preferences that cannot both be
/// (`checkBGPAdvConflicts`); both are of one node already.
fn conflict(ads: &[&BgpAdvertisement], families: Families) -> Option<(String, String)> {
    let mut rest = ads;
    while let Some((one, others)) = rest.split_first() {
        if let Some(other) = others.iter().find(|other| conflicts(one, other, families)) {
            return Some((one.meta.name.clone(), other.meta.name.clone()));
        }
        rest = others;
    }
    None
}

fn conflicts(one: &BgpAdvertisement, other: &BgpAdvertisement, families: Families) -> bool {
    let v4_differs = one.aggregation_length != other.aggregation_length;
    let v6_differs = one.aggregation_length_v6 != other.aggregation_length_v6;
    let apart = match (families.v4, families.v6) {
        (false, false) => true,
        (true, false) => v4_differs,
        (false, true) => v6_differs,
        (true, true) => v4_differs && v6_differs,
    };
    let share_a_peer = one.peers.is_empty()
        || other.peers.is_empty()
        || one.peers.iter().any(|peer| other.peers.contains(peer));
    one.local_pref != other.local_pref && !apart && share_a_peer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::metallb::testing::advertisement;

    /// Golden scenarios 424 to 427 and 472 to 477, and what lies between.
    #[test]
    fn preferences_differ_in_vain_where_no_peer_gets_one_prefix_twice() {
        let peers = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (v4, v6, dual) = ((true, false), (false, true), (true, true));
        for (families, lengths, [first, second], conflict) in [
            (v4, (32, 128), [&[][..], &[]], true),
            (v4, (24, 128), [&[], &[]], false),
            (v4, (32, 64), [&[], &[]], true),
            (v6, (24, 128), [&[], &[]], true),
            (v6, (32, 64), [&[], &[]], false),
            (dual, (24, 128), [&[], &[]], true),
            (dual, (32, 64), [&[], &[]], true),
            (dual, (24, 64), [&[], &[]], false),
            ((false, false), (32, 128), [&[], &[]], false),
            (v4, (32, 128), [&["a"], &[]], true),
            (v4, (32, 128), [&[], &["a"]], true),
            (v4, (32, 128), [&["a"], &["b"]], false),
            (v4, (32, 128), [&["a", "b"], &["b", "c"]], true),
        ] {
            let mut one = advertisement("one", Some(100), None);
            one.peers = peers(first);
            let mut two = advertisement("two", None, None);
            (two.aggregation_length, two.aggregation_length_v6) = lengths;
            two.peers = peers(second);
            let of = Families { v4: families.0, v6: families.1 };
            let names = conflict.then(|| ("one".to_owned(), "two".to_owned()));
            let found = super::conflict(&[&one, &two], of);
            assert_eq!(found, names, "{of:?} {lengths:?} {first:?} {second:?}");
            two.local_pref = Some(100);
            assert_eq!(super::conflict(&[&one, &two], of), None);
        }
    }
}
