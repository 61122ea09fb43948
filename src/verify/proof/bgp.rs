//! Which routes go over which session, on either side.
//!
//! The Nodes are divided into classes; for each class and session, the Services whose
//! addresses are announced are compared as sets: for each length of the prefix, for
//! each community, for each local preference.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::adverts::{Advert, adverts};
use super::allocation::{FAMILIES, Pools};
use super::diagram::{Diagram, NEVER, Spent};
use super::domain::Logic;
use super::nodes::NodeClass;
use super::raw::{Raw, Unproved};
use super::statements::{Statement, differing, keep_last, not_merged, places};
use super::{Aspect, Problem};
use crate::cilium::{BgpPeer, BgpPeerConfigSpec, Feature};
use crate::cluster::Cluster;
use crate::convert::codes as convert;
use crate::diagnostic::Code;
use crate::ip::{self, Family};
use crate::manifest::Span;
use crate::metallb::{BgpAdvertisement, Endpoint, Peer};
use crate::selector::validate;
use crate::simulate::cilium::{BGP_CLASS, OpenedSession, sessions};

/// What was compared already: the statements of both sides.
type Key = (Vec<usize>, Vec<usize>, Vec<usize>, usize, bool);

/// Everything that is compared with.
struct Routes<'a, 'p> {
    problem: &'a Problem<'p>,
    pools: &'a Pools,
    /// Whom each BGPAdvertisement selects.
    selected: Vec<Diagram>,
    adverts: Vec<Advert>,
    /// Pools that the same BGPAdvertisements take, and that have the same families.
    groups: BTreeMap<(Vec<usize>, BTreeSet<Family>), Vec<usize>>,
    compared: BTreeSet<Key>,
}

/// Compares the routes from every class of Nodes.
pub(super) fn compare(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    pools: &Pools,
    classes: &[NodeClass],
    found: &mut Vec<Raw>,
) -> Result<(), Unproved> {
    // One that is none breaks the whole instance, whatever family it stands in.
    let families = problem.cilium.peer_configs.iter().flat_map(|one| &one.spec.families);
    let mut selectors = families.filter_map(|family| family.advertisements.as_ref());
    if selectors.any(|selector| !validate(selector).is_empty()) {
        return Err(Unproved::because("a selector of advertisements is no selector"));
    }
    let mut routes = Routes {
        problem,
        pools,
        selected: selected(logic, problem)?,
        adverts: adverts(logic, problem)?,
        groups: groups(problem),
        compared: BTreeSet::new(),
    };
    let cluster = super::nodes::cluster(problem, classes);
    let opened = sessions(problem.cilium, &cluster);
    for (class, of_node) in classes.iter().zip(opened) {
        let peers: Vec<(usize, &Peer)> = class
            .peers
            .iter()
            .filter_map(|at| Some((*at, problem.config.peers.get(*at)?)))
            .filter(|_| class.eligible)
            .collect();
        for alternative in &of_node.alternatives {
            routes.node(logic, class, &peers, alternative, found)?;
        }
    }
    routes.endpoints(logic, &cluster, classes, found)
}

fn selected(logic: &mut Logic<'_>, problem: &Problem<'_>) -> Result<Vec<Diagram>, Spent> {
    let ads = &problem.config.bgp_advertisements;
    ads.iter().map(|ad| logic.services(&ad.service_selectors)).collect()
}

fn groups(problem: &Problem<'_>) -> BTreeMap<(Vec<usize>, BTreeSet<Family>), Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, pool) in problem.config.pools.iter().enumerate() {
        let ads = problem.config.bgp_advertisements.iter().enumerate();
        let taken = ads.filter(|(_, ad)| ad.pools.selects(&pool.meta)).map(|(ad, _)| ad);
        let families = pool.ranges().map(|range| range.family()).collect();
        groups.entry((taken.collect(), families)).or_default().push(at);
    }
    groups
}

impl Routes<'_, '_> {
    /// Everything that a Node of a class sends under one of its ClusterConfigs.
    fn node(
        &mut self,
        logic: &mut Logic<'_>,
        class: &NodeClass,
        peers: &[(usize, &Peer)],
        sessions: &[OpenedSession<'_>],
        found: &mut Vec<Raw>,
    ) -> Result<(), Unproved> {
        let mut seen = BTreeSet::new();
        for session in sessions {
            let Some(remote) = address(session.peer) else { continue };
            // Only one of those with an address is made, if without a peer config, too.
            if !seen.insert(remote) || has_twin(self.problem, session, remote) {
                return Err(Unproved::because(format!(
                    "a Node may have two sessions to {remote}: which of them carries what is not \
                     compared"
                )));
            }
            let same = |(_, peer): &&(usize, &Peer)| peer.endpoint == Endpoint::Address(remote);
            if class.eligible && peers.iter().filter(same).count() != 1 {
                // A session too many or too few is a difference of its own.
                continue;
            }
            let peer = peers.iter().find(same).map(|(_, peer)| *peer);
            for (at, family) in FAMILIES.into_iter().enumerate() {
                self.session(logic, class, (peer, session), (at, family), found)?;
            }
        }
        Ok(())
    }

    fn session(
        &mut self,
        logic: &mut Logic<'_>,
        class: &NodeClass,
        (peer, session): (Option<&Peer>, &OpenedSession<'_>),
        (at, family): (usize, Family),
        found: &mut Vec<Raw>,
    ) -> Result<(), Unproved> {
        let ads: Vec<usize> = peer.map_or(vec![], |peer| {
            let carried = carries(peer, family);
            let all = class.advertisements.iter().copied();
            all.filter(|ad| carried && self.goes_to(*ad, peer)).collect()
        });
        let there = self.taken(&session.peer_config.spec, family)?;
        let internal = peer.map_or(session.internal, Peer::is_internal);
        let conflicting = if class.eligible { class.advertisements.clone() } else { vec![] };
        let key = (ads.clone(), there.clone(), conflicting, at, internal);
        if !self.compared.insert(key) {
            return Ok(());
        }
        let groups = self.groups.clone();
        for ((of_pool, families), members) in &groups {
            let holders: Vec<Diagram> = members
                .iter()
                .map(|pool| self.pools.holders.get(*pool).map_or(NEVER, |families| families[at]))
                .collect();
            let holders = logic.store.any(holders)?;
            if holders == NEVER {
                continue;
            }
            let of_class: Vec<usize> =
                class.advertisements.iter().copied().filter(|ad| of_pool.contains(ad)).collect();
            let torn = if class.eligible { self.torn(logic, &of_class, families)? } else { NEVER };
            let before: Vec<Statement> = ads
                .iter()
                .filter(|ad| of_pool.contains(ad))
                .filter_map(|ad| self.of_metallb(*ad, at))
                .collect();
            let mut after: Vec<Statement> =
                there.iter().filter_map(|advert| self.of_cilium(*advert, at)).collect();
            let merged = self.problem.cilium.version.has(Feature::MergedAdvertisements);
            if !merged {
                keep_last(logic, &mut after)?;
            }
            let universe = logic.store.without(holders, torn)?;
            let mut say = |logic: &mut Logic<'_>,
                           members_of: Diagram,
                           code: Option<&'static Code>,
                           places: Vec<(Option<Span>, &'static str)>|
             -> Result<(), Spent> {
                let name = peer.map_or(session.peer.name.as_str(), Peer::name).to_owned();
                let raw = self.raw(logic, members, at, members_of)?;
                found.push(Raw {
                    code,
                    peer: Some(name),
                    node: Some(class.node.clone()),
                    places,
                    ..raw
                });
                Ok(())
            };
            // Where MetalLB's advertisements contradict each other it sends nothing.
            let sent = logic.store.any(after.iter().map(|one| one.services))?;
            let torn = logic.store.and(torn, holders)?;
            let sent_all_the_same = logic.store.and(sent, torn)?;
            if sent_all_the_same != NEVER {
                let places = places(&before, &after);
                say(logic, sent_all_the_same, Some(convert::LOCAL_PREFS_BY_SERVICE), places)?;
            }
            if !merged {
                let unsure = not_merged(logic, &after, universe, internal)?;
                if unsure != NEVER {
                    say(logic, unsure, Some(convert::NOT_MERGED), places(&before, &after))?;
                    continue;
                }
            }
            let different = differing(logic, &before, &after, universe, internal)?;
            if different != NEVER {
                say(logic, different, None, places(&before, &after))?;
            }
        }
        Ok(())
    }

    fn goes_to(&self, ad: usize, peer: &Peer) -> bool {
        self.problem.config.bgp_advertisements.get(ad).is_some_and(|ad| {
            ad.peers.is_empty() || ad.peers.iter().any(|name| name == peer.name())
        })
    }

    /// The entries of CiliumBGPAdvertisements that a family of a peer takes. A family
    /// that is listed twice counts as it was listed last.
    fn taken(&self, spec: &BgpPeerConfigSpec, family: Family) -> Result<Vec<usize>, Unproved> {
        let afi = match family {
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        };
        let settings = &self.problem.cilium.settings;
        let mut listed = spec.families.iter().rev();
        let last = listed.find(|one| one.safi == "unicast" && one.afi == afi);
        let Some(selector) = last.and_then(|one| one.advertisements.as_ref()) else {
            return Ok(vec![]);
        };
        if !settings.has_family(family)
            || self.problem.lb_class.is_some_and(|class| class != BGP_CLASS)
        {
            return Ok(vec![]);
        }
        let objects = &self.problem.cilium.advertisements;
        let takes = |advert: &Advert| {
            objects.get(advert.object).is_some_and(|one| selector.matches(&one.meta.labels))
        };
        let all = self.adverts.iter().enumerate();
        Ok(all.filter(|(_, advert)| takes(advert)).map(|(at, _)| at).collect())
    }

    fn of_metallb(&self, ad: usize, at: usize) -> Option<Statement> {
        let config = self.problem.config.bgp_advertisements.get(ad)?;
        Some(Statement {
            services: *self.selected.get(ad)?,
            length: [config.aggregation_length, config.aggregation_length_v6][at],
            communities: config.communities.iter().map(ToString::to_string).collect(),
            local_preference: config.local_pref,
            object: ad,
            place: config.origin.span("spec"),
        })
    }

    fn of_cilium(&self, advert: usize, at: usize) -> Option<Statement> {
        let advert = self.adverts.get(advert)?;
        Some(Statement {
            services: advert.services,
            length: advert.lengths[at],
            communities: advert.attributes.communities().into_iter().collect(),
            local_preference: advert.attributes.local_preference(),
            object: advert.object,
            place: advert.place,
        })
    }

    /// The Services that MetalLB announces nowhere from a Node, since two of its
    /// advertisements give them different local preferences (`checkBGPAdvConflicts`).
    fn torn(
        &self,
        logic: &mut Logic<'_>,
        ads: &[usize],
        families: &BTreeSet<Family>,
    ) -> Result<Diagram, Spent> {
        let config = |ad: &usize| self.problem.config.bgp_advertisements.get(*ad);
        let mut torn = NEVER;
        for (index, one) in ads.iter().enumerate() {
            for other in &ads[..index] {
                let (Some(a), Some(b)) = (config(one), config(other)) else { continue };
                if conflicts(a, b, families)
                    && let (Some(a), Some(b)) = (self.selected.get(*one), self.selected.get(*other))
                {
                    let both = logic.store.and(*a, *b)?;
                    torn = logic.store.or(torn, both)?;
                }
            }
        }
        Ok(torn)
    }

    fn raw(
        &self,
        logic: &mut Logic<'_>,
        members: &[usize],
        at: usize,
        services: Diagram,
    ) -> Result<Raw, Spent> {
        let family = FAMILIES[at];
        let mut chosen = (members.first().copied().unwrap_or_default(), services);
        for pool in members {
            let holders = self.pools.holders.get(*pool).map_or(NEVER, |families| families[at]);
            let own = logic.store.and(services, holders)?;
            if own != NEVER {
                chosen = (*pool, own);
                break;
            }
        }
        let (pool, services) = chosen;
        let wish = self.pools.held(pool, family);
        Ok(Raw::new(Aspect::Routes, Some(pool), family, services, wish))
    }

    /// Whether Cilium announces Services without endpoints, which MetalLB withdraws.
    fn endpoints(
        &self,
        logic: &mut Logic<'_>,
        cluster: &Cluster,
        classes: &[NodeClass],
        found: &mut Vec<Raw>,
    ) -> Result<(), Unproved> {
        if !self.problem.cilium.settings.no_service_endpoints_routable {
            return Ok(());
        }
        for (class, of_node) in classes.iter().zip(sessions(self.problem.cilium, cluster)) {
            for session in of_node.alternatives.iter().flatten() {
                for (at, family) in FAMILIES.into_iter().enumerate() {
                    for advert in self.taken(&session.peer_config.spec, family)? {
                        let Some(advert) = self.adverts.get(advert) else { continue };
                        for pool in 0..self.pools.holders.len() {
                            let holders = self.pools.holders.get(pool).map_or(NEVER, |h| h[at]);
                            let sent = logic.store.and(holders, advert.services)?;
                            if sent != NEVER {
                                let raw = self.raw(logic, &[pool], at, sent)?;
                                found.push(Raw {
                                    code: Some(convert::WITHDRAWN_WITHOUT_ENDPOINTS),
                                    endpoints: false,
                                    node: Some(class.node.clone()),
                                    peer: Some(session.peer.name.clone()),
                                    places: vec![(advert.place, "announced by Cilium")],
                                    ..raw
                                });
                                return Ok(());
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn address(peer: &BgpPeer) -> Option<IpAddr> {
    ip::parse_addr_as_written(peer.peer_address.as_deref()?).ok()
}

/// Whether another peer of the instance has the same address.
fn has_twin(problem: &Problem<'_>, session: &OpenedSession<'_>, remote: IpAddr) -> bool {
    let configs = &problem.cilium.peer_configs;
    let is_made = |peer: &BgpPeer| {
        let name = peer.peer_config_ref.as_ref().map_or("", |reference| &*reference.name);
        name.is_empty() || configs.iter().any(|one| one.meta.name == name)
    };
    session.instance.peers.iter().any(|other| {
        !std::ptr::eq(other, session.peer) && address(other) == Some(remote) && is_made(other)
    })
}

/// A session carries its own family, unless both are asked for or it is unnumbered.
fn carries(peer: &Peer, family: Family) -> bool {
    match peer.endpoint {
        Endpoint::Address(address) if !peer.dual_stack_address_family => {
            Family::of(address) == family
        }
        _ => true,
    }
}

fn conflicts(a: &BgpAdvertisement, b: &BgpAdvertisement, families: &BTreeSet<Family>) -> bool {
    let alike = |family: &Family| match family {
        Family::V4 => a.aggregation_length == b.aggregation_length,
        Family::V6 => a.aggregation_length_v6 == b.aggregation_length_v6,
    };
    let share_a_peer = a.peers.is_empty()
        || b.peers.is_empty()
        || a.peers.iter().any(|peer| b.peers.contains(peer));
    a.local_pref != b.local_pref && share_a_peer && families.iter().any(alike)
}
