//! CiliumBGPPeerConfigs: what a session is like, and what goes over it.

use std::collections::BTreeMap;

use super::super::objects::Emitted;
use super::super::{Context, codes};
use super::sessions::Sessions;
use super::{Variant, advertisements, timers};
use crate::cilium::{BgpFamily, BgpPeerConfigSpec, BgpTransport, GracefulRestart};
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::{Endpoint, Peer, RemoteAs};
use crate::selector::LabelSelector;

/// The TTL that MetalLB's `ebgpMultiHop` means to FRR.
const MULTIHOP_TTL: u8 = 255;
const BGP_PORT: u16 = 179;

/// One PeerConfig for each variant of a peer.
pub(super) fn convert(
    context: &mut Context<'_>,
    sessions: &Sessions,
    variants: &BTreeMap<Variant, String>,
    secrets: &[Option<String>],
) -> Vec<Emitted<BgpPeerConfigSpec>> {
    let mut configs: Vec<(usize, Emitted<BgpPeerConfigSpec>)> = Vec::new();
    let mut of_peer: BTreeMap<usize, BgpPeerConfigSpec> = BTreeMap::new();
    for ((index, groups), name) in variants {
        let peer = &context.config.peers[*index];
        if sessions.get(*index).is_none() {
            continue;
        }
        let common = match of_peer.get(index) {
            Some(common) => common.clone(),
            None => {
                let common = common(context, peer, secrets[*index].clone());
                of_peer.insert(*index, common.clone());
                common
            }
        };
        let spec = BgpPeerConfigSpec {
            families: families(peer, (!groups.is_empty()).then_some(name.as_str())),
            ..common
        };
        let comments = vec![format!("From {}.", peer.reference())];
        configs.push((*index, Emitted::new(name, comments, spec).made_of(&peer.origin)));
    }
    configs.sort_by_key(|(index, _)| *index);
    configs.into_iter().map(|(_, config)| config).collect()
}

/// What all variants of a peer have in common, and what is lost of it.
fn common(context: &mut Context<'_>, peer: &Peer, secret: Option<String>) -> BgpPeerConfigSpec {
    if peer.dual_stack_address_family {
        context.found.push(next_hop(peer));
    }
    if peer.local_asn.is_some_and(|asn| asn != peer.my_asn) {
        context.found.push(local_asn(peer));
    }
    BgpPeerConfigSpec {
        transport: (peer.port != BGP_PORT)
            .then(|| BgpTransport { peer_port: Some(peer.port), ..BgpTransport::default() }),
        timers: Some(timers::timers(context, peer)),
        auth_secret_ref: secret,
        graceful_restart: peer
            .graceful_restart
            .then(|| GracefulRestart { enabled: true, ..GracefulRestart::default() }),
        ebgp_multihop: peer.ebgp_multi_hop.then_some(MULTIHOP_TTL),
        families: vec![],
    }
}

/// A prefix goes only over sessions of its own family, unless both are asked for.
fn families(peer: &Peer, variant: Option<&str>) -> Vec<BgpFamily> {
    let own = match &peer.endpoint {
        Endpoint::Address(address) => Some(Family::of(*address)),
        Endpoint::Interface(_) => None,
    };
    let carries =
        |family: Family| peer.dual_stack_address_family || own.is_none_or(|own| own == family);
    [(Family::V4, "ipv4"), (Family::V6, "ipv6")]
        .into_iter()
        .filter(|(family, _)| carries(*family))
        .map(|(_, afi)| BgpFamily {
            afi: afi.to_owned(),
            safi: "unicast".to_owned(),
            advertisements: variant.map(|variant| LabelSelector {
                match_labels: [(advertisements::label_key(variant), String::new())].into(),
                ..LabelSelector::default()
            }),
        })
        .collect()
}

fn next_hop(peer: &Peer) -> Diagnostic {
    Diagnostic::lossy(
        codes::OTHER_FAMILY_NEXT_HOP,
        format!(
            "BGPPeer {}: routes of the other family go over this session too, but their next hop \
             may be another than MetalLB's",
            peer.name()
        ),
    )
    .object(peer.reference())
    .label(peer.origin.span("spec.dualStackAddressFamily"), "both families on one session")
    .help("open one session for each family instead")
}

/// `localASN` becomes the instance's own AS number: the router sees the same,
/// but whether the session is internal is judged by it.
fn local_asn(peer: &Peer) -> Diagnostic {
    let shown = peer.shown_asn();
    let internal = |asn: u32| peer.remote == RemoteAs::Asn(asn);
    let message = format!(
        "BGPPeer {}: an instance with the AS number {shown} speaks to it, in place of localASN",
        peer.name()
    );
    let diagnostic = if internal(shown) == internal(peer.my_asn) {
        Diagnostic::note(codes::LOCAL_ASN, message)
    } else {
        Diagnostic::lossy(
            codes::LOCAL_ASN,
            format!(
                "{message}; by that the session becomes {}",
                if internal(shown) { "internal" } else { "external" }
            ),
        )
    };
    diagnostic
        .object(peer.reference())
        .label(peer.origin.span("spec.localASN"), "shown to this peer")
}
