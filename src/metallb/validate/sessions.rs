//! Peers together: what one node's router can run, and what the native BGP
//! mode does not have.

use std::collections::{HashMap, HashSet};

use super::share_a_node;
use crate::cluster::Node;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::manifest::Resource;
use crate::metallb::api::BgpPeerSpec;
use crate::metallb::resources::Resources;
use crate::metallb::{Community, Config, Endpoint, Mode, RemoteAs, codes, duration};

const KIND: &str = "BGPPeer";

/// Refuses peers that cannot run on one node's FRR, and peers that are equal.
pub(super) fn conflicts(
    peers: &[Resource<BgpPeerSpec>],
    nodes: &[Node],
    mode: Mode,
    found: &mut Vec<Diagnostic>,
) {
    same_names(peers, found);
    if mode == Mode::Native || all_agree(peers) {
        return;
    }
    for (index, peer) in peers.iter().enumerate() {
        for other in &peers[..index] {
            if let Some(reason) = cannot_share_a_node(&other.spec, &peer.spec)
                && share_a_node(&other.spec.node_selectors, &peer.spec.node_selectors, nodes)
            {
                found.push(conflict(other, peer, reason, nodes));
            }
        }
    }
}

/// Two objects of one name are one object to MetalLB: the later one wins in
/// silence, which nobody can want.
fn same_names(peers: &[Resource<BgpPeerSpec>], found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, &Resource<BgpPeerSpec>> = HashMap::new();
    for peer in peers {
        if let Some(first) = seen.insert(&peer.meta.name, peer) {
            found.push(
                Diagnostic::error(
                    codes::PEERS_CONFLICT,
                    format!("there are two BGPPeers of the name `{}`", peer.meta.name),
                )
                .object(peer.meta.reference(KIND))
                .label(peer.origin.span("metadata.name"), "defined again here")
                .label(first.origin.span("metadata.name"), "first defined here")
                .help("MetalLB would use one of the two only: rename one, or take it out"),
            );
        }
    }
}

/// Whether no two peers can clash, on whatever nodes they are: mostly so, and quickly seen
/// of thousands.
fn all_agree(peers: &[Resource<BgpPeerSpec>]) -> bool {
    let specs = || peers.iter().map(|peer| &peer.spec);
    let router_ids: HashSet<_> = specs().map(|one| &one.router_id).collect();
    let vrfs: HashSet<_> = specs().map(|one| &one.vrf).collect();
    let asns: HashSet<_> = specs().map(|one| (&one.vrf, one.my_asn)).collect();
    let ends: HashSet<_> =
        specs().map(|one| (&one.vrf, &one.peer_address, &one.interface)).collect();
    router_ids.len() <= 1 && asns.len() == vrfs.len() && ends.len() == peers.len()
}

/// Why two peers cannot be configured on one node, with the field to blame.
#[derive(Clone, Copy)]
enum Reason {
    RouterIds,
    SameAddress,
    Asns,
}

/// MetalLB compares texts (`peersCanRunOnSameNode`): two spellings of one IPv6 address
/// are two peers.
fn cannot_share_a_node(a: &BgpPeerSpec, b: &BgpPeerSpec) -> Option<Reason> {
    if a.router_id != b.router_id {
        Some(Reason::RouterIds)
    } else if a.vrf != b.vrf {
        None
    } else if (&a.peer_address, &a.interface) == (&b.peer_address, &b.interface) {
        Some(Reason::SameAddress)
    } else if a.my_asn != b.my_asn {
        Some(Reason::Asns)
    } else {
        None
    }
}

fn conflict(
    first: &Resource<BgpPeerSpec>,
    second: &Resource<BgpPeerSpec>,
    reason: Reason,
    nodes: &[Node],
) -> Diagnostic {
    let (field, what) = match reason {
        Reason::RouterIds => ("routerID", "have different router IDs"),
        Reason::SameAddress if second.spec.interface.is_empty() => {
            ("peerAddress", "dial the same address")
        }
        Reason::SameAddress => ("interface", "use the same interface"),
        Reason::Asns => ("myASN", "have different AS numbers of this end"),
    };
    let unset = |peer: &Resource<BgpPeerSpec>| {
        matches!(reason, Reason::RouterIds) && peer.spec.router_id.is_empty()
    };
    // A field that is left out has no place of its own.
    let place = |peer: &Resource<BgpPeerSpec>| match unset(peer) {
        true => peer.origin.span("metadata.name"),
        false => peer.origin.span(&format!("spec.{field}")),
    };
    let of_second = if unset(second) { "sets no routerID" } else { "clashes" };
    let of_first = if unset(first) { "sets no routerID" } else { "with this" };
    let help = if nodes.is_empty() {
        "if no node has both, add the Nodes to the input (kubectl get nodes -o yaml)"
    } else {
        "give them nodeSelectors that share no node, or make them agree"
    };
    Diagnostic::error(
        codes::PEERS_CONFLICT,
        format!(
            "BGPPeers {} and {} are for the same nodes, but {what}",
            first.meta.name, second.meta.name
        ),
    )
    .object(second.meta.reference(KIND))
    .label(place(second), of_second)
    .label(place(first), of_first)
    .help(help)
}

/// Refuses what the native BGP mode does not have.
pub(super) fn native_mode(config: &Config, resources: &Resources, found: &mut Vec<Diagnostic>) {
    // A derived keepalive time is no setting of the user's.
    let keepalive: HashSet<&str> = resources
        .peers
        .iter()
        .filter(|peer| {
            let keepalive = peer.spec.keepalive_time.as_deref().and_then(duration::parse);
            keepalive.is_some_and(|keepalive| !keepalive.is_zero())
        })
        .map(|peer| peer.meta.name.as_str())
        .collect();
    for peer in &config.peers {
        let set = [
            ("bfdProfile", peer.bfd_profile.is_some()),
            ("keepaliveTime", keepalive.contains(peer.name())),
            ("vrf", peer.vrf.is_some()),
            ("connectTime", peer.connect_time.is_some()),
            ("enableGracefulRestart", peer.graceful_restart),
            ("disableMP", peer.disable_mp),
            ("dualStackAddressFamily", peer.dual_stack_address_family),
            ("dynamicASN", !matches!(peer.remote, RemoteAs::Asn(_))),
            ("interface", matches!(peer.endpoint, Endpoint::Interface(_))),
            ("localASN", peer.local_asn.is_some()),
        ];
        for (field, _) in set.iter().filter(|(_, set)| *set) {
            found.push(
                Diagnostic::error(
                    codes::NOT_IN_NATIVE_MODE,
                    format!("BGPPeer {}: the native BGP mode has no {field}", peer.name()),
                )
                .object(peer.reference())
                .label(peer.origin.span(&format!("spec.{field}")), "not in the native mode")
                .help("take it out, or say --metallb-mode frr-k8s if MetalLB runs in that mode"),
            );
        }
    }
    for profile in config.bfd_profiles.values() {
        found.push(
            Diagnostic::error(codes::NOT_IN_NATIVE_MODE, "the native BGP mode has no BFD")
                .object(profile.meta.reference("BFDProfile"))
                .label(profile.origin.span("metadata.name"), "not in the native mode"),
        );
    }
    native_communities(resources, found);
    native_advertisements(config, found);
}

/// Large communities are refused even where nothing uses their alias.
fn native_communities(resources: &Resources, found: &mut Vec<Diagnostic>) {
    for resource in &resources.communities {
        for (index, alias) in resource.spec.communities.iter().enumerate() {
            if matches!(alias.value.parse(), Ok(Community::Large(..))) {
                let path = format!("spec.communities[{index}].value");
                found.push(
                    Diagnostic::error(
                        codes::NOT_IN_NATIVE_MODE,
                        format!("community {}: the native BGP mode has no large ones", alias.name),
                    )
                    .object(resource.meta.reference("Community"))
                    .label(resource.origin.span(&path), "not in the native mode"),
                );
            }
        }
    }
}

fn native_advertisements(config: &Config, found: &mut Vec<Diagnostic>) {
    for advertisement in &config.bgp_advertisements {
        let refuse = |what: &str, path: &str| {
            Diagnostic::error(
                codes::NOT_IN_NATIVE_MODE,
                format!(
                    "BGPAdvertisement {}: the native BGP mode has no {what}",
                    advertisement.meta.name
                ),
            )
            .object(advertisement.meta.reference("BGPAdvertisement"))
            .label(advertisement.origin.span(path), "not in the native mode")
        };
        if advertisement.communities.iter().any(|c| matches!(c, Community::Large(..))) {
            found.push(refuse("large communities", "spec.communities"));
        }
        let v6 = config.pools.iter().find(|pool| {
            advertisement.pools.selects(&pool.meta)
                && pool.ranges().any(|range| range.family() == Family::V6)
        });
        if let Some(pool) = v6 {
            found.push(
                refuse("IPv6", "spec.ipAddressPools")
                    .label(pool.origin.span("spec.addresses"), "holds IPv6 addresses"),
            );
        }
    }
}
