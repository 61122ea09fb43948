//! Who answers for an address on the link (`speaker/layer2_controller.go`).

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use regex::Regex;
use serde::Serialize;

use super::election::{AddressText, Ballot};
use super::ids::PoolId;
use super::nodes::{NodeFault, Speakers, has_usable_endpoint, select_service};
use super::request::has_sharing_annotation;
use super::world::World;
use crate::cluster::{Service, TrafficPolicy};
use crate::metallb::{L2Advertisement, interface_patterns};
use crate::selector::LabelSelector;
use crate::simulate::decision::L2Announcement;

/// Why nobody answers for a Service on the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoL2 {
    /// No endpoint is ready or serving.
    NoEndpoint,
    /// No L2Advertisement takes in both pool and Service.
    NoAdvertisement,
    /// The Service carries an `allow-shared-ip` annotation, and one of its
    /// advertisements has Service selectors.
    SharingWithServiceSelectors,
    /// No node is left.
    NoNode,
}

/// Why a node is not in the election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NotACandidate {
    /// It does not answer for any address.
    Fault(NodeFault),
    /// No advertisement of the Service selects it.
    NotSelected,
    /// `externalTrafficPolicy` is `Local`, and it has no usable endpoint.
    NoLocalEndpoint,
}

/// The L2Advertisements, applied to the nodes at hand.
#[derive(Debug)]
pub(super) struct L2View<'w> {
    world: &'w World<'w>,
    speakers: &'w Speakers<'w>,
    ballots: Vec<Ballot>,
    advertisements: Vec<Prepared<'w>>,
    /// The advertisements of each pool.
    by_pool: Vec<Vec<usize>>,
    electorates: HashMap<Vec<usize>, Electorate>,
    /// Interfaces that are left out where none is named.
    excluded: Vec<Regex>,
}

#[derive(Debug)]
struct Prepared<'w> {
    config: &'w L2Advertisement,
    /// By node.
    selected: Vec<bool>,
    scores: Vec<i64>,
}

/// What a set of advertisements makes of the nodes.
#[derive(Debug, Clone)]
pub(super) struct Electorate {
    /// Nodes that may answer, by name.
    eligible: Vec<usize>,
    /// Each node's score.
    scores: Vec<i64>,
    /// The eligible nodes with the highest score.
    preferred: Vec<usize>,
    /// By node: the interfaces that it would answer on.
    interfaces: Vec<Vec<String>>,
}

/// A node, and its score and interfaces, or why it is no candidate.
pub(super) type Review<'w> = (&'w str, Result<(i64, Vec<String>), NotACandidate>);

/// The outcome of one election.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Election {
    /// The advertisements by which it was held.
    advertisements: Vec<usize>,
    pub(super) candidates: Vec<usize>,
    pub(super) leader: usize,
}

impl<'w> L2View<'w> {
    pub(super) fn new(world: &'w World<'w>, speakers: &'w Speakers<'w>) -> Self {
        let prepare = |config: &'w L2Advertisement| {
            let selected = speakers.select(&config.node_selectors);
            let nodes = speakers.all.iter().zip(&selected);
            let scores = nodes.map(|(speaker, selected)| {
                let fits = |selector: &LabelSelector| selector.matches(&speaker.node.labels);
                let weights = config.preferred_nodes.iter().filter(|p| fits(&p.selector));
                let total: i64 = weights.map(|preferred| i64::from(preferred.weight)).sum();
                if *selected { total.max(0) } else { 0 }
            });
            Prepared { config, scores: scores.collect(), selected }
        };
        let advertisements: Vec<Prepared<'w>> =
            world.config.l2_advertisements.iter().map(prepare).collect();
        let by_pool = world.config.pools.iter().map(|pool| {
            let all = world.config.l2_advertisements.iter().enumerate();
            all.filter(|(_, ad)| ad.pools.selects(&pool.meta)).map(|(i, _)| i).collect()
        });
        Self {
            world,
            speakers,
            ballots: speakers.all.iter().map(|s| Ballot::new(&s.node.name)).collect(),
            by_pool: by_pool.collect(),
            advertisements,
            electorates: HashMap::new(),
            excluded: interface_patterns(&world.options.excluded_interfaces),
        }
    }

    /// Holds the election for a Service with these addresses, all of one pool.
    pub(super) fn elect(
        &mut self,
        service: &Service,
        pool: PoolId,
        first: IpAddr,
    ) -> Result<Election, NoL2> {
        if !has_usable_endpoint(self.world, &service.key, false) {
            return Err(NoL2::NoEndpoint);
        }
        let all = self.by_pool.get(pool.index()).map_or(&[][..], Vec::as_slice);
        let selectors =
            |i: &usize| self.advertisements.get(*i).map(|ad| &ad.config.service_selectors);
        let fits = |i: &&usize| selectors(i).is_some_and(|s| select_service(s, service));
        let advertisements: Vec<usize> = all.iter().filter(fits).copied().collect();
        let selective = advertisements.iter().any(|i| selectors(i).is_some_and(|s| !s.is_empty()));
        if selective && has_sharing_annotation(service) {
            return Err(NoL2::SharingWithServiceSelectors);
        }
        if advertisements.is_empty() {
            return Err(NoL2::NoAdvertisement);
        }
        if !self.electorates.contains_key(&advertisements) {
            let electorate = self.electorate(&advertisements);
            self.electorates.insert(advertisements.clone(), electorate);
        }
        let Some(electorate) = self.electorates.get(&advertisements) else {
            return Err(NoL2::NoAdvertisement);
        };
        let text = AddressText::new(first);
        let (candidates, leader) = match service.external_traffic_policy {
            TrafficPolicy::Cluster => {
                (electorate.eligible.clone(), self.leader(&electorate.preferred, &text))
            }
            TrafficPolicy::Local => {
                let endpoints = self.world.cluster.endpoints_of(&service.key);
                let local = self.speakers.of_endpoints(endpoints, false);
                let eligible = electorate.eligible.iter().filter(|node| local.contains(node));
                let eligible: Vec<usize> = eligible.copied().collect();
                let leader = self.leader(&preferred(&eligible, &electorate.scores), &text);
                (eligible, leader)
            }
        };
        let leader = leader.ok_or(NoL2::NoNode)?;
        Ok(Election { advertisements, candidates, leader })
    }

    /// Lowest hash first.
    fn leader(&self, nodes: &[usize], address: &AddressText) -> Option<usize> {
        let ballots = nodes.iter().filter_map(|node| Some((*node, self.ballots.get(*node)?)));
        ballots.min_by_key(|(_, ballot)| ballot.digest(address)).map(|(node, _)| node)
    }

    fn electorate(&self, advertisements: &[usize]) -> Electorate {
        let ads: Vec<&Prepared<'_>> =
            advertisements.iter().filter_map(|i| self.advertisements.get(*i)).collect();
        let selected = |node: usize| {
            ads.iter().filter(move |ad| ad.selected.get(node).copied().unwrap_or(false))
        };
        let nodes = self.speakers.all.iter().enumerate();
        let score = |node: usize| ads.iter().filter_map(|ad| ad.scores.get(node)).sum();
        let scores: Vec<i64> = nodes.clone().map(|(node, _)| score(node)).collect();
        let eligible: Vec<usize> = nodes
            .clone()
            .filter(|(node, s)| s.fault.is_none() && selected(*node).next().is_some())
            .map(|(node, _)| node)
            .collect();
        let interfaces = nodes.map(|(node, speaker)| {
            let own = &speaker.node.interfaces;
            let all = selected(node).any(|ad| ad.config.interfaces.is_empty());
            let named =
                |name: &&String| selected(node).any(|ad| ad.config.interfaces.contains(name));
            // What is left out is not even looked at.
            let open = |name: &&String| !self.excluded.iter().any(|one| one.is_match(name));
            let chosen: BTreeSet<&String> =
                own.iter().filter(open).filter(|name| all || named(name)).collect();
            chosen.into_iter().cloned().collect()
        });
        Electorate {
            preferred: preferred(&eligible, &scores),
            interfaces: interfaces.collect(),
            eligible,
            scores,
        }
    }

    /// The election as it stands in a decision, once for each address.
    pub(super) fn announcements(
        &self,
        service: &Service,
        election: &Election,
        addresses: &[IpAddr],
    ) -> Vec<L2Announcement> {
        let name = |node: usize| self.speakers.all.get(node).map(|s| s.node.name.clone());
        let electorate = self.electorates.get(&election.advertisements);
        let interfaces = |node: usize| {
            electorate.and_then(|e| e.interfaces.get(node)).cloned().unwrap_or_default()
        };
        let nodes = || election.candidates.iter().copied();
        let announce = |address: &IpAddr| L2Announcement {
            service: service.key.to_string(),
            ip: *address,
            candidates: nodes().filter_map(name).collect(),
            leader: name(election.leader),
            interfaces: nodes().filter_map(|n| Some((name(n)?, interfaces(n)))).collect(),
        };
        let mut announcements: Vec<L2Announcement> = addresses.iter().map(announce).collect();
        announcements.sort_by_key(|announcement| announcement.ip);
        announcements
    }

    /// What became of each node in an election.
    pub(super) fn review(&self, election: &Election) -> Vec<Review<'w>> {
        let electorate = self.electorates.get(&election.advertisements);
        let nodes = self.speakers.all.iter().enumerate();
        nodes
            .map(|(node, speaker)| {
                let selected = election.advertisements.iter().any(|ad| {
                    let ad = self.advertisements.get(*ad);
                    ad.and_then(|ad| ad.selected.get(node)).copied().unwrap_or(false)
                });
                let verdict = if let Some(fault) = speaker.fault {
                    Err(NotACandidate::Fault(fault))
                } else if !selected {
                    Err(NotACandidate::NotSelected)
                } else if !election.candidates.contains(&node) {
                    Err(NotACandidate::NoLocalEndpoint)
                } else {
                    let score = electorate.and_then(|e| e.scores.get(node)).copied();
                    let interfaces = electorate.and_then(|e| e.interfaces.get(node)).cloned();
                    Ok((score.unwrap_or_default(), interfaces.unwrap_or_default()))
                };
                (speaker.node.name.as_str(), verdict)
            })
            .collect()
    }
}

fn preferred(nodes: &[usize], scores: &[i64]) -> Vec<usize> {
    let score = |node: &usize| scores.get(*node).copied().unwrap_or_default();
    let best = nodes.iter().map(score).max();
    nodes.iter().filter(|node| Some(score(node)) == best).copied().collect()
}
