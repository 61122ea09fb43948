//! The nodes as the speakers see them, and what each advertisement makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::world::World;
use crate::cluster::{Endpoint, Node, Service, ServiceKey};
use crate::selector::LabelSelector;

/// Why a node does not answer for load-balancer addresses at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NodeFault {
    /// No speaker runs on it.
    NoSpeaker,
    /// Its speaker has failed.
    Failed,
    /// Its condition `NetworkUnavailable` is `True`.
    NetworkUnavailable,
    /// It carries `node.kubernetes.io/exclude-from-external-load-balancers`.
    Excluded,
}

impl fmt::Display for NodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSpeaker => "no speaker runs on it",
            Self::Failed => "its speaker has failed",
            Self::NetworkUnavailable => "its network is unavailable",
            Self::Excluded => "it is excluded from external load balancers",
        })
    }
}

/// One node.
#[derive(Debug)]
pub(super) struct Speaker<'w> {
    pub(super) node: &'w Node,
    /// `None` where it may announce.
    pub(super) fault: Option<NodeFault>,
}

/// All nodes by name.
#[derive(Debug)]
pub(super) struct Speakers<'w> {
    pub(super) all: Vec<Speaker<'w>>,
    index: BTreeMap<&'w str, usize>,
}

impl<'w> Speakers<'w> {
    pub(super) fn new(world: &'w World<'_>) -> Self {
        let mut nodes: Vec<&Node> = world.cluster.nodes.iter().collect();
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        let all: Vec<Speaker<'w>> =
            nodes.into_iter().map(|node| Speaker { node, fault: fault(world, node) }).collect();
        let index = all.iter().enumerate().map(|(i, s)| (s.node.name.as_str(), i)).collect();
        Self { all, index }
    }

    /// Which nodes these selectors select (any of; none means every node).
    pub(super) fn select(&self, selectors: &[LabelSelector]) -> Vec<bool> {
        let labels = self.all.iter().map(|speaker| &speaker.node.labels);
        labels.map(|l| selectors.is_empty() || any_matches(selectors, l)).collect()
    }

    /// The nodes of a Service's usable endpoints. `addressed` leaves out endpoints
    /// without an address, at which only the BGP speaker looks.
    pub(super) fn of_endpoints(&self, endpoints: &[Endpoint], addressed: bool) -> BTreeSet<usize> {
        let usable = endpoints.iter().filter(|endpoint| {
            endpoint.can_serve() && !(addressed && endpoint.addresses.is_empty())
        });
        let names = usable.filter_map(|endpoint| endpoint.node_name.as_deref());
        names.filter_map(|name| self.index.get(name).copied()).collect()
    }
}

fn fault(world: &World<'_>, node: &Node) -> Option<NodeFault> {
    let speaking = &world.options.speaker_nodes;
    if speaking.as_ref().is_some_and(|selector| !selector.matches(&node.labels)) {
        return Some(NodeFault::NoSpeaker);
    }
    if world.failed_nodes.contains(&node.name) {
        return Some(NodeFault::Failed);
    }
    if node.network_unavailable {
        return Some(NodeFault::NetworkUnavailable);
    }
    (node.is_excluded() && !world.options.ignore_exclude_lb).then_some(NodeFault::Excluded)
}

/// Whether any endpoint of a Service can serve.
pub(super) fn has_usable_endpoint(world: &World<'_>, key: &ServiceKey, addressed: bool) -> bool {
    let mut endpoints = world.cluster.endpoints_of(key).iter();
    endpoints.any(|e| e.can_serve() && !(addressed && e.addresses.is_empty()))
}

/// Whether selectors take in a Service (any of; none means every Service).
pub(super) fn select_service(selectors: &[LabelSelector], service: &Service) -> bool {
    selectors.is_empty() || any_matches(selectors, &service.labels)
}

fn any_matches(selectors: &[LabelSelector], labels: &BTreeMap<String, String>) -> bool {
    selectors.iter().any(|selector| selector.matches(labels))
}
