//! What advertisements lose, and what they never did.

use super::super::announcements::BgpGroup;
use super::super::{Context, codes};
use super::{group_name, say_unknown_pools};
use crate::cilium::Feature;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::manifest::closest;
use crate::selector::LabelSet;

/// Looks at every advertisement, and at every two that may meet.
pub(super) fn advertisements(context: &mut Context<'_>, groups: &[BgpGroup<'_>]) {
    for group in groups {
        for advertisement in &group.members {
            let reference = advertisement.meta.reference("BGPAdvertisement");
            say_unknown_pools(context, &reference, &advertisement.pools, &advertisement.origin);
        }
        unknown_peers(context, group);
        if group.pools.is_empty() {
            context.found.push(announces_nothing(group, "no pool that it names is in the input"));
        }
    }
    for (index, second) in groups.iter().enumerate() {
        for first in &groups[..index] {
            if meet(first, second) && share_a_prefix(context, first, second) {
                overlap(context, first, second);
            }
        }
    }
}

/// BGPAdvertisements without any BGPPeer.
pub(super) fn no_peers(context: &mut Context<'_>, groups: &[BgpGroup<'_>]) {
    for group in groups {
        context.found.push(announces_nothing(group, "there is no BGPPeer in the input"));
    }
}

fn announces_nothing(group: &BgpGroup<'_>, why: &str) -> Diagnostic {
    let lead = group.members[0];
    let announce = if group.members.len() == 1 { "announces" } else { "announce" };
    Diagnostic::note(
        codes::ANNOUNCES_NOTHING,
        format!("{} {announce} nothing, in MetalLB too: {why}", group_name(group)),
    )
    .object(lead.meta.reference("BGPAdvertisement"))
    .label(lead.origin.span("spec"), "announces nothing")
}

fn unknown_peers(context: &mut Context<'_>, group: &BgpGroup<'_>) {
    let known: Vec<&str> = context.config.peers.iter().map(|peer| peer.name()).collect();
    for advertisement in &group.members {
        for (index, name) in advertisement.peers.iter().enumerate() {
            if known.contains(&name.as_str()) || known.is_empty() {
                continue;
            }
            let help = match closest(name, &known) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "if the peer is in another file, convert both together".to_owned(),
            };
            context.found.push(
                Diagnostic::note(
                    codes::UNKNOWN_PEER_NAMED,
                    format!(
                        "BGPAdvertisement {} names peer `{name}`, which is not in the input",
                        advertisement.meta.name
                    ),
                )
                .object(advertisement.meta.reference("BGPAdvertisement"))
                .label(
                    advertisement.origin.span(&format!("spec.peers[{index}]")),
                    "not in the input",
                )
                .help(help),
            );
        }
    }
}

/// Whether one Service's address may be announced by both to one peer from one
/// node.
fn meet(a: &BgpGroup<'_>, b: &BgpGroup<'_>) -> bool {
    let (first, second) = (a.members[0], b.members[0]);
    let share_a_peer = first.peers.is_empty()
        || second.peers.is_empty()
        || first.peers.iter().any(|peer| second.peers.contains(peer));
    let overlap =
        |a, b| !LabelSet::any_of_or_everything(a).is_disjoint(&LabelSet::any_of_or_everything(b));
    share_a_peer
        && !a.pools.is_disjoint(&b.pools)
        && overlap(&first.node_selectors, &second.node_selectors)
        && overlap(&first.service_selectors, &second.service_selectors)
}

/// Whether both send one prefix for an address: of a family that a pool of both holds.
fn share_a_prefix(context: &Context<'_>, a: &BgpGroup<'_>, b: &BgpGroup<'_>) -> bool {
    let (first, second) = (a.members[0], b.members[0]);
    let same_length = |family| match family {
        Family::V4 => first.aggregation_length == second.aggregation_length,
        Family::V6 => first.aggregation_length_v6 == second.aggregation_length_v6,
    };
    let mut ranges =
        a.pools.intersection(&b.pools).flat_map(|at| context.config.pools[*at].ranges());
    ranges.any(|range| same_length(range.family()))
}

fn overlap(context: &mut Context<'_>, a: &BgpGroup<'_>, b: &BgpGroup<'_>) {
    let (first, second) = (a.members[0], b.members[0]);
    let version = context.options.version;
    let places = |diagnostic: Diagnostic| {
        diagnostic
            .object(second.meta.reference("BGPAdvertisement"))
            .label(second.origin.span("spec"), "sends the same routes")
            .label(first.origin.span("spec"), "as this")
    };
    if first.local_pref != second.local_pref {
        context.found.push(places(
            Diagnostic::lossy(
                codes::LOCAL_PREFS_BY_SERVICE,
                format!(
                    "{} and {} give a Service that both select two local preferences: MetalLB \
                     then announces it nowhere, Cilium with the higher one",
                    group_name(a),
                    group_name(b)
                ),
            )
            .help("give both the same localPref, or selectors that share no Service"),
        ));
    } else if !version.has(Feature::MergedAdvertisements) {
        context.found.push(places(
            Diagnostic::lossy(
                codes::NOT_MERGED,
                format!(
                    "{} and {} send the same routes: Cilium {version} may send the communities \
                     of one of them only (they add up from 1.19)",
                    group_name(a),
                    group_name(b)
                ),
            )
            .help("upgrade to Cilium 1.19 first, or write one advertisement with all communities"),
        ));
    }
}
