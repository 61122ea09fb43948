//! ClusterConfigs that are there already. A node takes one only, that which came first;
//! they never merge by themselves. So the peers go into the one that is there, where it
//! selects just the nodes that have them, and the converted one keeps to the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::{codes, listed, named, names};
use crate::cilium::{ApiVersion, BgpClusterConfigSpec, BgpInstance, BgpPeer, CiliumConfig, Kind};
use crate::convert::Context;
use crate::convert::names::Names;
use crate::convert::objects::{Conversion, Emitted};
use crate::diagnostic::Diagnostic;
use crate::ip;
use crate::manifest::Resource;
use crate::selector::{LabelSelector, LabelSet};

type Existing = Resource<BgpClusterConfigSpec>;
type New = Emitted<BgpClusterConfigSpec>;

/// The most instances of a ClusterConfig.
const MAX_INSTANCES: usize = 16;

/// What instances and peers are called on the Nodes of a ClusterConfig that took them
/// in, for the overrides of these Nodes.
pub(super) struct Moved {
    /// The Nodes at hand.
    pub(super) nodes: BTreeSet<String>,
    /// Instances by their names before.
    pub(super) instances: BTreeMap<String, String>,
    /// Peers by instance and name before.
    pub(super) peers: BTreeMap<(String, String), String>,
}

/// Merges; returns what moved into configurations that are there.
pub(super) fn merge(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) -> Vec<Moved> {
    let mut moved = Vec::new();
    let mut merged: Vec<New> = Vec::new();
    let others: Vec<&Existing> = existing
        .cluster_configs
        .iter()
        .filter(|one| !is_replaced(one, existing, conversion))
        .collect();
    for there in others.iter().copied() {
        let theirs = set(&there.spec.node_selector);
        let overlaps = |new: &&New| !set(&new.resource.spec.node_selector).is_disjoint(&theirs);
        let overlapping: Vec<New> =
            conversion.cluster_configs.iter().filter(overlaps).cloned().collect();
        let nodes = context.cluster.nodes.iter().filter(|node| theirs.contains(&node.labels));
        let nodes: Vec<&crate::cluster::Node> = nodes.collect();
        let has_all = |new: &&New| {
            let own = set(&new.resource.spec.node_selector);
            if context.cluster.nodes.is_empty() {
                theirs.is_subset(&own)
            } else {
                !nodes.is_empty() && nodes.iter().all(|node| own.contains(&node.labels))
            }
        };
        let has_one = |new: &New| {
            let own = set(&new.resource.spec.node_selector);
            nodes.iter().any(|node| own.contains(&node.labels))
        };
        let Some(first) = overlapping.first() else { continue };
        let into = overlapping.iter().find(has_all);
        let apart = !context.cluster.nodes.is_empty() && !overlapping.iter().any(has_one);
        match into {
            Some(new) => match merge_into(there, new, conversion.version) {
                Ok((object, names)) => {
                    let exact = theirs.is_subset(&set(&new.resource.spec.node_selector));
                    context.found.push(said_merged(there, new, exact));
                    let nodes = nodes.iter().map(|node| node.name.clone()).collect();
                    moved.push(Moved { nodes, ..names });
                    conversion.merged_cluster_configs.insert(there.meta.name.clone());
                    merged.push(object);
                }
                Err(reason) => {
                    context.found.push(impossible(there, new, &reason));
                    continue;
                }
            },
            None if apart => context.found.push(said_apart(there, first)),
            None => {
                context.found.push(impossible(there, first, &some_of(&nodes, &overlapping)));
                continue;
            }
        }
        cut(&mut conversion.cluster_configs, &theirs);
    }
    rename(context, &others, conversion);
    conversion.cluster_configs.extend(merged);
    moved
}

fn set(selector: &Option<LabelSelector>) -> LabelSet {
    LabelSet::any_of_or_everything(selector.as_slice())
}

/// Whether a configuration is an earlier state of a converted one.
fn is_replaced(there: &Existing, existing: &CiliumConfig, conversion: &Conversion) -> bool {
    let is_written = conversion.cluster_configs.iter().any(|new| new.name() == there.meta.name);
    let instances = &there.spec.bgp_instances;
    let is_ours = |name: &str| {
        existing
            .peer_configs
            .iter()
            .any(|one| one.meta.name == name && named::is_converted(&one.spec))
            || conversion.peer_configs.iter().any(|one| one.name() == name)
    };
    is_written
        && instances.iter().all(|instance| {
            instance
                .local_asn
                .is_some_and(|asn| instance.name == crate::convert::bgp::instance_name(asn))
        })
        && instances.iter().flat_map(|instance| &instance.peers).all(|peer| {
            peer.peer_config_ref.as_ref().is_some_and(|reference| is_ours(&reference.name))
        })
}

/// Leaves the nodes of a configuration that is there to it.
fn cut(configs: &mut Vec<New>, theirs: &LabelSet) {
    let mut names = Names::taken(configs.iter().map(Emitted::name));
    let mut left = Vec::new();
    for config in std::mem::take(configs) {
        let own = set(&config.resource.spec.node_selector);
        if own.is_disjoint(theirs) {
            left.push(config);
            continue;
        }
        let selectors = own.difference(theirs).to_disjoint_selectors();
        for (index, selector) in selectors.into_iter().enumerate() {
            let mut part = config.clone();
            if index > 0 {
                part.resource.meta.name = names.claim(config.name());
            }
            part.resource.spec.node_selector = Some(selector);
            left.push(part);
        }
    }
    *configs = left;
}

/// The configuration that is there with the peers of a converted one, or why it cannot
/// have them.
fn merge_into(
    there: &Existing,
    new: &New,
    version: crate::cilium::CiliumVersion,
) -> Result<(New, Moved), String> {
    let mut object = new.clone();
    object.resource.meta = there.meta.clone();
    object.resource.meta.annotations.remove(super::LAST_APPLIED);
    object.resource.spec = there.spec.clone();
    object.comments.insert(0, "It was there already; the peers of BGPPeers are added.".to_owned());
    let spec = &mut object.resource.spec;
    let mut moved =
        Moved { nodes: BTreeSet::new(), instances: BTreeMap::new(), peers: BTreeMap::new() };
    for instance in &new.resource.spec.bgp_instances {
        let position =
            spec.bgp_instances.iter().position(|other| other.local_asn == instance.local_asn);
        let mut target = match position {
            Some(position) => spec.bgp_instances.remove(position),
            None if spec.bgp_instances.len() == MAX_INSTANCES => {
                return Err(format!("it has {MAX_INSTANCES} instances already"));
            }
            None => {
                let taken = spec.bgp_instances.iter().map(|one| one.name.as_str());
                let name = Names::taken(taken).claim(&instance.name);
                BgpInstance { name, local_asn: instance.local_asn, ..BgpInstance::default() }
            }
        };
        moved.instances.insert(instance.name.clone(), target.name.clone());
        add_peers(&mut target, instance, &spec.bgp_instances, &mut moved)?;
        spec.bgp_instances.insert(position.unwrap_or(spec.bgp_instances.len()), target);
    }
    if Kind::BgpClusterConfig.api_version(version) == ApiVersion::V2 {
        // Fields of v2alpha1 only.
        let peers = spec.bgp_instances.iter_mut().flat_map(|instance| &mut instance.peers);
        for reference in peers.filter_map(|peer| peer.peer_config_ref.as_mut()) {
            (reference.group, reference.kind) = (None, None);
        }
    }
    Ok((object, moved))
}

fn add_peers(
    target: &mut BgpInstance,
    instance: &BgpInstance,
    others: &[BgpInstance],
    moved: &mut Moved,
) -> Result<(), String> {
    for peer in &instance.peers {
        let named = |name: &str| BgpPeer { name: name.to_owned(), ..peer.clone() };
        let same_router = |other: &&BgpPeer| {
            address(other.peer_address.as_deref()) == address(peer.peer_address.as_deref())
        };
        let known = others.iter().flat_map(|one| &one.peers).chain(&target.peers).find(same_router);
        let name = match known {
            // An earlier conversion added it, maybe under another name.
            Some(known) if *known == named(&known.name) && target.peers.contains(known) => {
                known.name.clone()
            }
            Some(known) => {
                return Err(format!(
                    "its peer {} has a session with {} already",
                    known.name,
                    peer.peer_address.as_deref().unwrap_or_default()
                ));
            }
            None => {
                let taken = target.peers.iter().map(|one| one.name.as_str());
                let name = Names::taken(taken).claim(&peer.name);
                target.peers.push(named(&name));
                name
            }
        };
        moved.peers.insert((instance.name.clone(), peer.name.clone()), name);
    }
    Ok(())
}

/// An address, or the text where it is none.
fn address(text: Option<&str>) -> (Option<std::net::IpAddr>, &str) {
    let text = text.unwrap_or_default();
    match ip::parse_addr(text) {
        Ok(address) => (Some(address), ""),
        Err(_) => (None, text),
    }
}

/// Names that configurations have which are there, and which stay.
fn rename(context: &mut Context<'_>, others: &[&Existing], conversion: &mut Conversion) {
    for index in 0..conversion.cluster_configs.len() {
        let Some(new) = conversion.cluster_configs.get(index) else { continue };
        let wanted = new.name().to_owned();
        let Some(there) = others.iter().find(|one| one.meta.name == wanted) else { continue };
        let name = names(others.iter().copied(), &conversion.cluster_configs).claim(&wanted);
        super::renamed(context, there, &name);
        if let Some(new) = conversion.cluster_configs.get_mut(index) {
            new.resource.meta.name = name;
        }
    }
}

/// Which Nodes stand in the way of a merge.
fn some_of(nodes: &[&crate::cluster::Node], overlapping: &[New]) -> String {
    let without = nodes.iter().filter(|node| {
        !overlapping.iter().any(|new| set(&new.resource.spec.node_selector).contains(&node.labels))
    });
    let without: BTreeSet<String> = without.map(|node| node.name.clone()).collect();
    if nodes.is_empty() {
        "it may select other nodes, too, and no Node is in the input".to_owned()
    } else if without.is_empty() {
        "it selects Nodes that have other peers".to_owned()
    } else {
        format!("it selects {} too, where these peers announce nothing", listed(&without))
    }
}

fn about(diagnostic: Diagnostic, there: &Existing, label: &'static str) -> Diagnostic {
    diagnostic
        .object(there.meta.reference("CiliumBGPClusterConfig"))
        .label(there.origin.span("spec.nodeSelector"), label)
}

fn said_merged(there: &Existing, new: &New, exact: bool) -> Diagnostic {
    let message = format!(
        "CiliumBGPClusterConfig {} is there already and selects nodes of {}: its peers are added \
         to it",
        there.meta.name,
        new.name()
    );
    let (message, help) = if exact {
        (message, "what it has already stays as it is")
    } else {
        (
            format!("{message}, by the Nodes at hand"),
            "a Node to come that it selects, and that MetalLB leaves out, would get them too",
        )
    };
    about(Diagnostic::note(codes::EXISTING_MERGED, message).help(help), there, "its nodes")
}

fn said_apart(there: &Existing, new: &New) -> Diagnostic {
    let message = format!(
        "CiliumBGPClusterConfig {} is there already and could select nodes of {}, but no Node at \
         hand: they are left to it",
        there.meta.name,
        new.name()
    );
    let help = "a Node to come that it selects would have none of MetalLB's peers";
    about(Diagnostic::note(codes::EXISTING_MERGED, message).help(help), there, "no Node at hand")
}

fn impossible(there: &Existing, new: &New, reason: &str) -> Diagnostic {
    let message = format!(
        "CiliumBGPClusterConfig {} is there already and may select the same nodes as {}, of which \
         a node takes one only; they cannot be merged: {reason}",
        there.meta.name,
        new.name()
    );
    about(
        Diagnostic::lossy(codes::EXISTING_CLUSTER_CONFIG, message)
            .help("let it select just the nodes that have the same peers, or none of them"),
        there,
        "may select the same nodes",
    )
}
