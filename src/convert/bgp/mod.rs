//! BGPPeers and BGPAdvertisements become CiliumBGPClusterConfigs,
//! CiliumBGPPeerConfigs and CiliumBGPAdvertisements.
//!
//! MetalLB decides for each peer by itself on which nodes it speaks; Cilium
//! gives a node one CiliumBGPClusterConfig. So the nodes are divided into
//! classes by the peers and advertisements they have, and each class gets a
//! ClusterConfig whose node selector overlaps with no other.

mod advertisements;
mod checks;
mod classes;
mod overrides;
mod peers;
mod secrets;
mod sessions;
mod timers;

use std::collections::{BTreeMap, BTreeSet};

use super::announcements::{self, BgpGroup};
use super::assignment::Assignment;
use super::names::Names;
use super::objects::{Conversion, Emitted};
use super::words::list;
use super::{Context, codes};
use crate::cilium::{BgpClusterConfigSpec, BgpInstance};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{Origin, closest};
use crate::metallb::{Peer, PoolSelection};
use crate::selector::LabelSelector;

/// One way in which a peer is configured: to whom it belongs, and which groups
/// of advertisements go to it.
type Variant = (usize, BTreeSet<usize>);

/// Converts everything of BGP that concerns the pools that are asked for.
pub(super) fn convert(
    context: &mut Context<'_>,
    assignment: &Assignment,
    conversion: &mut Conversion,
) {
    let config = context.config;
    let groups = announcements::bgp_groups(config);
    checks::advertisements(context, &groups);
    if config.peers.is_empty() {
        checks::no_peers(context, &groups);
        return;
    }
    let sessions = sessions::sessions(context);
    let Some(classes) = classes::divide(context, &sessions, &groups) else { return };
    let variants = variant_names(context, &classes);
    let secrets = secrets::names(&config.peers);
    conversion.secrets = secrets::secrets(context, &sessions, &secrets);
    conversion.advertisements = advertisements::convert(context, assignment, &groups, &variants);
    conversion.peer_configs = peers::convert(context, &sessions, &variants, &secrets);
    conversion.overrides = overrides::convert(context, &sessions, &classes);
    conversion.cluster_configs = cluster_configs(context, &sessions, &classes, &variants);
}

/// The name of each variant of a peer, which is also that of its PeerConfig.
/// The first, and mostly only, variant of a peer has the peer's own name.
fn variant_names(context: &Context<'_>, classes: &[classes::Class]) -> BTreeMap<Variant, String> {
    let mut names = Names::default();
    let variants: BTreeSet<&Variant> = classes.iter().flat_map(|class| &class.peers).collect();
    // Peers claim their own names before a second variant of another can.
    let mut claimed: BTreeMap<Variant, String> = BTreeMap::new();
    let (mut seen, mut later) = (BTreeSet::new(), Vec::new());
    for variant in variants {
        if seen.insert(variant.0) {
            let name = names.claim(context.config.peers[variant.0].name());
            claimed.insert(variant.clone(), name);
        } else {
            later.push(variant);
        }
    }
    for variant in later {
        let name = names.claim(context.config.peers[variant.0].name());
        claimed.insert(variant.clone(), name);
    }
    claimed
}

fn cluster_configs(
    context: &Context<'_>,
    sessions: &sessions::Sessions,
    classes: &[classes::Class],
    variants: &BTreeMap<Variant, String>,
) -> Vec<Emitted<BgpClusterConfigSpec>> {
    let mut names = Names::default();
    let mut configs = Vec::new();
    for class in classes {
        let instances = instances(context, sessions, class, variants);
        if instances.is_empty() {
            continue;
        }
        let peers: Vec<&Peer> =
            class.peers.iter().map(|(peer, _)| &context.config.peers[*peer]).collect();
        let wanted = class_name(&peers);
        for selector in &class.selectors {
            let config = Emitted::new(
                names.claim(&wanted),
                comments(&peers),
                BgpClusterConfigSpec {
                    node_selector: Some(selector.clone())
                        .filter(|selector| *selector != LabelSelector::default()),
                    bgp_instances: instances.clone(),
                },
            );
            configs.push(match peers.first() {
                Some(first) => config.made_of(&first.origin),
                None => config,
            });
        }
    }
    configs
}

/// A class is named after its peers: adding another peer elsewhere does not
/// rename it.
fn class_name(peers: &[&Peer]) -> String {
    let mut names: Vec<&str> = peers.iter().map(|peer| peer.name()).collect();
    names.sort_unstable();
    super::names::bounded(&names.join("-"))
}

fn comments(peers: &[&Peer]) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut lines: Vec<String> =
        peers.iter().take(SHOWN).map(|peer| format!("From {}.", peer.reference())).collect();
    if peers.len() > SHOWN {
        lines.push(format!("And from {} more.", peers.len() - SHOWN));
    }
    lines
}

/// One instance for each AS number that the nodes of a class show.
fn instances(
    context: &Context<'_>,
    sessions: &sessions::Sessions,
    class: &classes::Class,
    variants: &BTreeMap<Variant, String>,
) -> Vec<BgpInstance> {
    let mut by_asn: BTreeMap<u32, BgpInstance> = BTreeMap::new();
    for variant in &class.peers {
        let Some(session) = sessions.get(variant.0) else { continue };
        let asn = context.config.peers[variant.0].shown_asn();
        let instance = by_asn.entry(asn).or_insert_with(|| BgpInstance {
            name: instance_name(asn),
            local_asn: Some(asn),
            ..BgpInstance::default()
        });
        instance.peers.push(session.peer(&variants[variant]));
    }
    by_asn.into_values().collect()
}

/// The name of the instance of an AS number.
pub(in crate::convert) fn instance_name(asn: u32) -> String {
    format!("as-{asn}")
}

/// Says which named pools are not in the input.
pub(super) fn say_unknown_pools(
    context: &mut Context<'_>,
    reference: &ObjectRef,
    selection: &PoolSelection,
    origin: &Origin,
) {
    for (index, name) in selection.names.iter().enumerate() {
        if context.pool_names.contains(name.as_str()) {
            continue;
        }
        let names: Vec<&str> = context.pool_names.iter().copied().collect();
        let help = match closest(name, &names) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "if the pool is in another file, convert both together".to_owned(),
        };
        context.found.push(
            Diagnostic::note(
                codes::UNKNOWN_POOL_NAMED,
                format!("{reference} names pool `{name}`, which is not in the input"),
            )
            .object(reference.clone())
            .label(origin.span(&format!("spec.ipAddressPools[{index}]")), "not in the input")
            .help(help),
        );
    }
}

/// Which of a group's pools are asked for.
fn wanted_pools(context: &Context<'_>, group: &BgpGroup<'_>) -> BTreeSet<usize> {
    let wanted = group.pools.iter().copied();
    wanted.filter(|pool| context.wants_pool(context.config.pools[*pool].name())).collect()
}

/// The names of a group's advertisements in a sentence.
fn group_name(group: &BgpGroup<'_>) -> String {
    let names = list(group.members.iter().map(|ad| ad.meta.name.as_str()));
    let kind = if group.members.len() == 1 { "BGPAdvertisement" } else { "BGPAdvertisements" };
    format!("{kind} {names}")
}
