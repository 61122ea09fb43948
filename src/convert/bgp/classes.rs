//! Nodes divided into classes by the peers and advertisements they have.

use std::collections::{BTreeMap, BTreeSet};

use super::super::announcements::BgpGroup;
use super::super::{Context, codes, l2};
use super::Variant;
use super::sessions::Sessions;
use crate::diagnostic::Diagnostic;
use crate::selector::{LabelSelector, LabelSet, partition, partition_around};

/// Classes up to which the nodes are divided by their labels alone.
const MAX_CLASSES: usize = 256;

/// Nodes that have the same peers, with the same advertisements to each.
#[derive(Debug)]
pub(super) struct Class {
    /// The peers, with the groups of advertisements that go to each; in the
    /// order of the peers.
    pub(super) peers: Vec<Variant>,
    /// The nodes: each is selected by just one selector of one class.
    pub(super) nodes: LabelSet,
    /// The same as selectors.
    pub(super) selectors: Vec<LabelSelector>,
}

/// Divides the nodes; `None` if they cut each other into too many classes.
pub(super) fn divide(
    context: &mut Context<'_>,
    sessions: &Sessions,
    groups: &[BgpGroup<'_>],
) -> Option<Vec<Class>> {
    let eligible = l2::eligible_nodes(context);
    let selections = Selections::new(context, sessions, groups);
    let regions = match partition(&eligible, &selections.sets, MAX_CLASSES) {
        Ok(regions) => regions,
        Err(_) if !context.cluster.nodes.is_empty() => {
            context.found.push(only_nodes_at_hand(context));
            let labels: Vec<BTreeMap<String, String>> =
                context.cluster.nodes.iter().map(|node| node.labels.clone()).collect();
            match partition_around(&eligible, &selections.sets, &labels, usize::MAX) {
                Ok(regions) => regions,
                Err(_) => {
                    context.found.push(too_many_classes(context));
                    return None;
                }
            }
        }
        Err(_) => {
            context.found.push(too_many_classes(context));
            return None;
        }
    };
    let mut classes: BTreeMap<Vec<Variant>, LabelSet> = BTreeMap::new();
    for region in &regions {
        let members: BTreeSet<usize> = region.members.iter().copied().collect();
        let peers = selections.peers_of(context, sessions, groups, &members);
        if !peers.is_empty() {
            let nodes = classes.entry(peers).or_insert_with(LabelSet::nothing);
            *nodes = nodes.union(&region.cubes);
        }
    }
    let classes = classes.into_iter().map(|(peers, nodes)| Class {
        peers,
        selectors: nodes.to_disjoint_selectors(),
        nodes,
    });
    Some(classes.collect())
}

/// The node selectors of peers and advertisements, each different one once.
struct Selections {
    sets: Vec<LabelSet>,
    of_peers: Vec<Option<usize>>,
    of_groups: Vec<Option<usize>>,
}

impl Selections {
    fn new(context: &Context<'_>, sessions: &Sessions, groups: &[BgpGroup<'_>]) -> Self {
        let mut selections = Self { sets: vec![], of_peers: vec![], of_groups: vec![] };
        let mut index: BTreeMap<BTreeSet<LabelSelector>, Option<usize>> = BTreeMap::new();
        for (peer, p) in context.config.peers.iter().enumerate() {
            let at = match sessions.get(peer) {
                Some(_) => selections.add(&mut index, &p.node_selectors),
                None => None,
            };
            selections.of_peers.push(at);
        }
        for group in groups {
            let at = selections.add(&mut index, &group.members[0].node_selectors);
            selections.of_groups.push(at);
        }
        selections
    }

    /// The index of a list's set; `None` where it selects every node.
    fn add(
        &mut self,
        index: &mut BTreeMap<BTreeSet<LabelSelector>, Option<usize>>,
        selectors: &[LabelSelector],
    ) -> Option<usize> {
        let key: BTreeSet<LabelSelector> = selectors.iter().cloned().collect();
        *index.entry(key).or_insert_with(|| {
            let set = LabelSet::any_of_or_everything(selectors);
            if set.is_everything() {
                return None;
            }
            self.sets.push(set);
            Some(self.sets.len() - 1)
        })
    }

    /// The peers of a region, with the groups that go to each.
    fn peers_of(
        &self,
        context: &Context<'_>,
        sessions: &Sessions,
        groups: &[BgpGroup<'_>],
        members: &BTreeSet<usize>,
    ) -> Vec<Variant> {
        let here = |set: &Option<usize>| set.is_none_or(|set| members.contains(&set));
        let groups_here: Vec<usize> = (0..groups.len())
            .filter(|group| here(&self.of_groups[*group]))
            .filter(|group| !super::wanted_pools(context, &groups[*group]).is_empty())
            .collect();
        let peers = context.config.peers.iter().enumerate();
        let peers =
            peers.filter(|(peer, _)| sessions.get(*peer).is_some() && here(&self.of_peers[*peer]));
        peers
            .map(|(index, peer)| {
                let groups = groups_here.iter().copied().filter(|group| {
                    let names = &groups[*group].members[0].peers;
                    names.is_empty() || names.iter().any(|name| name == peer.name())
                });
                (index, groups.collect())
            })
            .collect()
    }
}

fn too_many_classes(context: &Context<'_>) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        codes::TOO_MANY_CLASSES,
        format!(
            "the node selectors of {} BGPPeers and {} BGPAdvertisements divide the nodes into \
             more than {MAX_CLASSES} classes",
            context.config.peers.len(),
            context.config.bgp_advertisements.len()
        ),
    )
    .help("add the Nodes to the input (kubectl get nodes -o yaml): only their classes are needed");
    if let Some(peer) = context.config.peers.iter().find(|peer| !peer.node_selectors.is_empty()) {
        diagnostic = diagnostic.label(peer.origin.span("spec.nodeSelectors"), "one of them");
    }
    diagnostic
}

fn only_nodes_at_hand(context: &Context<'_>) -> Diagnostic {
    let mut diagnostic = Diagnostic::lossy(
        codes::CLASSES_OF_NODES_AT_HAND,
        format!(
            "the node selectors divide the nodes into more than {MAX_CLASSES} classes: only the \
             classes of the {} Nodes at hand are written",
            context.cluster.nodes.len()
        ),
    )
    .help("convert again when a Node comes whose labels are like those of no other");
    if let Some(peer) = context.config.peers.iter().find(|peer| !peer.node_selectors.is_empty()) {
        diagnostic = diagnostic.label(peer.origin.span("spec.nodeSelectors"), "one of them");
    }
    diagnostic
}
