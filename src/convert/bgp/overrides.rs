//! CiliumBGPNodeConfigOverrides: router IDs and source addresses, node by node.

use std::collections::{BTreeMap, BTreeSet};

use super::super::objects::Emitted;
use super::super::{Context, codes};
use super::classes::Class;
use super::instance_name;
use super::sessions::Sessions;
use crate::cilium::{BgpInstanceOverride, BgpNodeConfigOverrideSpec, BgpPeerOverride};
use crate::cluster::Node;
use crate::diagnostic::Diagnostic;
use crate::metallb::Peer;

/// One override for each Node at hand that has a peer with either field.
pub(super) fn convert(
    context: &mut Context<'_>,
    sessions: &Sessions,
    classes: &[Class],
) -> Vec<Emitted<BgpNodeConfigOverrideSpec>> {
    let peers = &context.config.peers;
    let with_field: Vec<usize> = (0..peers.len())
        .filter(|index| sessions.get(*index).is_some())
        .filter(|index| peers[*index].router_id.is_some() || peers[*index].source_address.is_some())
        .collect();
    if with_field.is_empty() {
        return vec![];
    }
    let with_field_on = |node: &Node| -> Vec<usize> {
        let class = classes.iter().find(|class| class.nodes.contains(&node.labels));
        let here = class.into_iter().flat_map(|class| &class.peers).map(|(peer, _)| *peer);
        here.filter(|peer| with_field.contains(peer)).collect()
    };
    let nodes: Vec<(&Node, Vec<usize>)> =
        context.cluster.nodes.iter().map(|node| (node, with_field_on(node))).collect();
    let at_hand: BTreeSet<usize> = nodes.iter().flat_map(|(_, here)| here).copied().collect();
    for index in &with_field {
        say(context, &peers[*index], at_hand.contains(index));
    }
    nodes
        .into_iter()
        .filter_map(|(node, here)| {
            let here: Vec<&Peer> = here.into_iter().map(|index| &peers[index]).collect();
            let instances = instances(&here);
            let comments = here.iter().map(|peer| format!("From {}.", peer.reference())).collect();
            let spec = BgpNodeConfigOverrideSpec { bgp_instances: instances };
            let first = here.first()?;
            Some(Emitted::new(&node.name, comments, spec).made_of(&first.origin))
        })
        .collect()
}

fn instances(peers: &[&Peer]) -> Vec<BgpInstanceOverride> {
    let mut instances: BTreeMap<u32, BgpInstanceOverride> = BTreeMap::new();
    for peer in peers {
        let asn = peer.shown_asn();
        let instance = instances.entry(asn).or_insert_with(|| BgpInstanceOverride {
            name: instance_name(asn),
            ..BgpInstanceOverride::default()
        });
        if let Some(router_id) = peer.router_id.filter(std::net::IpAddr::is_ipv4) {
            instance.router_id = Some(router_id.to_string());
        }
        if let Some(address) = peer.source_address {
            instance.peers.push(BgpPeerOverride {
                name: peer.name().to_owned(),
                local_address: Some(address.to_string()),
                ..BgpPeerOverride::default()
            });
        }
    }
    instances.into_values().collect()
}

/// What is lost of a peer's router ID and source address, where a Node of its is at hand
/// and where none is.
fn say(context: &mut Context<'_>, peer: &Peer, at_hand: bool) {
    let fields =
        [("routerID", peer.router_id.is_some()), ("sourceAddress", peer.source_address.is_some())];
    for (field, _) in fields.iter().filter(|(_, set)| *set) {
        let diagnostic = if !at_hand {
            Diagnostic::lossy(
                codes::NEEDS_NODES,
                format!(
                    "BGPPeer {}: {field} is written into an override for each Node, and no Node \
                     that has the session is in the input",
                    peer.name()
                ),
            )
            .help("add the Nodes to the input (kubectl get nodes -o yaml)")
        } else {
            Diagnostic::note(
                codes::NEEDS_NODES,
                format!(
                    "BGPPeer {}: {field} is written into an override for each Node of today; a \
                     Node that comes later gets none",
                    peer.name()
                ),
            )
            .help("convert again when a Node comes")
        };
        context.found.push(
            diagnostic
                .object(peer.reference())
                .label(peer.origin.span(&format!("spec.{field}")), "set node by node"),
        );
    }
    if peer.router_id.is_some_and(|id| id.is_ipv6()) {
        context.found.push(
            Diagnostic::lossy(
                codes::NEEDS_NODES,
                format!("BGPPeer {}: a router ID is written as an IPv4 address", peer.name()),
            )
            .object(peer.reference())
            .label(peer.origin.span("spec.routerID"), "not an IPv4 address")
            .help("write the router ID as an IPv4 address (RFC 4271, section 4.2)"),
        );
    }
}
