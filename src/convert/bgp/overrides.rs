//! CiliumBGPNodeConfigOverrides: router IDs and source addresses, node by node.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

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
    say_shared(context, classes);
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
        if let Some(router_id) = peer.router_id.filter(IpAddr::is_ipv4) {
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

/// Names the peers that get another one's router ID: a node of Cilium's has one for all
/// sessions of an AS number. (MetalLB with FRR refuses other ones on a node.)
fn say_shared(context: &mut Context<'_>, classes: &[Class]) {
    let peers = &context.config.peers;
    let id = |index: usize| peers[index].router_id.filter(IpAddr::is_ipv4);
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    for node in &context.cluster.nodes {
        let Some(class) = classes.iter().find(|class| class.nodes.contains(&node.labels)) else {
            continue;
        };
        let here: Vec<usize> = class.peers.iter().map(|(peer, _)| *peer).collect();
        for one in &here {
            let asn = peers[*one].shown_asn();
            let mut with_id = here.iter().rev().copied();
            let written = with_id.find(|at| peers[*at].shown_asn() == asn && id(*at).is_some());
            if let Some(written) = written.filter(|written| id(*written) != id(*one)) {
                shared.insert(*one, written);
            }
        }
    }
    for (one, written) in shared {
        let (one, written) = (&peers[one], &peers[written]);
        let place = one.origin.span("spec.routerID").or_else(|| one.origin.span("spec"));
        context.found.push(
            Diagnostic::lossy(
                codes::NEEDS_NODES,
                format!(
                    "BGPPeer {}: Cilium has one router ID for all sessions of AS {} on a node, \
                     that of BGPPeer {}",
                    one.name(),
                    one.shown_asn(),
                    written.name()
                ),
            )
            .object(one.reference())
            .label(place, "gets another router ID")
            .label(written.origin.span("spec.routerID"), "this one")
            .help("give them the same routerID"),
        );
    }
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
