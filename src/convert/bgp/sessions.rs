//! Which BGPPeers can be peers of Cilium's, and how they are addressed.

use std::collections::HashMap;

use super::super::{Context, codes};
use crate::cilium::{BgpPeer, Feature, PeerConfigRef};
use crate::diagnostic::Diagnostic;
use crate::metallb::{Endpoint, Peer, RemoteAs};

/// The peers that Cilium can have, by their index in the configuration.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Option<Session>>);

/// How a peer is addressed.
#[derive(Debug)]
pub(super) struct Session {
    name: String,
    address: String,
    asn: Option<u32>,
}

impl Sessions {
    /// The session of a peer; `None` where Cilium cannot have it.
    pub(super) fn get(&self, peer: usize) -> Option<&Session> {
        self.0.get(peer)?.as_ref()
    }
}

impl Session {
    /// The entry of a ClusterConfig's instance.
    pub(super) fn peer(&self, peer_config: &str) -> BgpPeer {
        BgpPeer {
            name: self.name.clone(),
            peer_address: Some(self.address.clone()),
            peer_asn: self.asn,
            peer_config_ref: Some(PeerConfigRef {
                name: peer_config.to_owned(),
                ..PeerConfigRef::default()
            }),
            ..BgpPeer::default()
        }
    }
}

/// Looks at every peer, and says which ones are lost.
pub(super) fn sessions(context: &mut Context<'_>) -> Sessions {
    let peers = &context.config.peers;
    let mut dialled: HashMap<(u32, String), Vec<&Peer>> = HashMap::new();
    let mut sessions = Vec::new();
    for peer in peers {
        let session = session(context, peer).filter(|session| {
            let kept = dialled.entry((peer.shown_asn(), session.address.clone())).or_default();
            // Peers of different nodes may share an address: their classes are
            // different ClusterConfigs.
            let first = kept.iter().copied().find(|first| share_a_node(first, peer));
            match first {
                Some(first) => context.found.push(same_address(first, peer)),
                None => kept.push(peer),
            }
            first.is_none()
        });
        sessions.push(session);
    }
    Sessions(sessions)
}

fn share_a_node(a: &Peer, b: &Peer) -> bool {
    use crate::selector::LabelSet;
    let nodes = |peer: &Peer| LabelSet::any_of_or_everything(&peer.node_selectors);
    !nodes(a).is_disjoint(&nodes(b))
}

fn session(context: &mut Context<'_>, peer: &Peer) -> Option<Session> {
    let lost = |path: &str, why: &str, help: &str| {
        Diagnostic::lossy(codes::NO_SESSION, format!("BGPPeer {} is left out: {why}", peer.name()))
            .object(peer.reference())
            .label(peer.origin.span(path), "has no counterpart")
            .help(help)
    };
    let address = match &peer.endpoint {
        Endpoint::Address(address) => address.to_string(),
        Endpoint::Interface(_) => {
            context.found.push(lost(
                "spec.interface",
                "Cilium has no unnumbered peers",
                "give the router an address on that link, and set peerAddress",
            ));
            return None;
        }
    };
    if peer.vrf.is_some() {
        context.found.push(lost(
            "spec.vrf",
            "Cilium opens sessions from the default VRF only, where its address may be another \
             host's",
            "make the router reachable from the default VRF, and take vrf out",
        ));
        return None;
    }
    let asn = match peer.remote {
        RemoteAs::Asn(asn) => Some(asn),
        RemoteAs::Internal | RemoteAs::External => {
            let version = context.options.version;
            if !version.has(Feature::PeerAsnAny) {
                context.found.push(lost(
                    "spec.dynamicASN",
                    "this version of Cilium needs the peer's AS number",
                    "set peerASN instead of dynamicASN",
                ));
                return None;
            }
            context.found.push(
                Diagnostic::lossy(
                    codes::DYNAMIC_ASN,
                    format!(
                        "BGPPeer {}: Cilium accepts any AS number of the peer where MetalLB \
                         checks that it is {}",
                        peer.name(),
                        if peer.remote == RemoteAs::Internal { "its own" } else { "another" }
                    ),
                )
                .object(peer.reference())
                .label(peer.origin.span("spec.dynamicASN"), "the check is lost")
                .help("set peerASN instead of dynamicASN"),
            );
            Some(0)
        }
    };
    Some(Session { name: peer.name().to_owned(), address, asn })
}

fn same_address(first: &Peer, second: &Peer) -> Diagnostic {
    Diagnostic::lossy(
        codes::NO_SESSION,
        format!(
            "BGPPeer {} is left out: Cilium opens one session to an address, and {} has it",
            second.name(),
            first.name()
        ),
    )
    .object(second.reference())
    .label(second.origin.span("spec.peerAddress"), "the same address")
    .label(first.origin.span("spec.peerAddress"), "kept")
    .help("use one peer for each address of a router")
}
