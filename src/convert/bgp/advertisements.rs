//! CiliumBGPAdvertisements: which Services' addresses go to whom, and how.

use std::collections::{BTreeMap, BTreeSet};

use super::super::announcements::BgpGroup;
use super::super::assignment::Assignment;
use super::super::names::{Names, bounded};
use super::super::objects::Emitted;
use super::super::words::pools_named;
use super::super::{Context, PEER_LABEL_PREFIX, codes, l2, reserved_labels};
use super::{Variant, wanted_pools};
use crate::cilium::{
    AdvertisementType, BgpAdvertisementEntry, BgpAdvertisementSpec, BgpAttributes, BgpCommunities,
    Feature, ServiceAddressType, ServiceAdvertisement,
};
use crate::diagnostic::Diagnostic;
use crate::metallb::{BgpAdvertisement, Community};
use crate::selector::LabelSelector;

/// The label by which a variant of a peer picks its advertisements.
pub(super) fn label_key(variant: &str) -> String {
    format!("{PEER_LABEL_PREFIX}{}", bounded(variant))
}

/// One object for each group of advertisements that reaches some peer.
pub(super) fn convert(
    context: &mut Context<'_>,
    assignment: &Assignment,
    groups: &[BgpGroup<'_>],
    variants: &BTreeMap<Variant, String>,
) -> Vec<Emitted<BgpAdvertisementSpec>> {
    let mut names = Names::default();
    let mut emitted = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let labels: BTreeMap<String, String> = variants
            .iter()
            .filter(|((_, groups), _)| groups.contains(&index))
            .map(|(_, name)| (label_key(name), String::new()))
            .collect();
        // A group without any pool that is asked for goes to no peer, either.
        if labels.is_empty() {
            continue;
        }
        let pools = wanted_pools(context, group);
        let lead = group.members[0];
        for member in &group.members {
            let reference = member.meta.reference("BGPAdvertisement");
            let (origin, selectors) = (&member.origin, &member.service_selectors);
            reserved_labels::say(context, &reference, origin, "spec.serviceSelectors", selectors);
        }
        let aggregates = aggregation(context, group);
        let selectors = l2::selected_services(assignment, &pools, &lead.service_selectors);
        let entries = selectors
            .into_iter()
            .map(|selector| entry(lead, aggregates, Some(selector.unwrap_or_default())));
        let spec = BgpAdvertisementSpec { advertisements: entries.collect() };
        let mut object =
            Emitted::new(names.claim(&lead.meta.name), comments(context, group, &pools), spec)
                .made_of(&lead.origin);
        object.resource.meta.labels = labels;
        emitted.push(object);
    }
    emitted
}

fn comments(context: &Context<'_>, group: &BgpGroup<'_>, pools: &BTreeSet<usize>) -> Vec<String> {
    let members = group.members.iter();
    let mut comments: Vec<String> =
        members.map(|ad| format!("From {}.", ad.meta.reference("BGPAdvertisement"))).collect();
    if pools.len() < context.config.pools.len() {
        let names = pools.iter().map(|pool| context.config.pools[*pool].name());
        comments.push(format!("For the Services of {}.", pools_named(names)));
    }
    comments
}

/// An absent selector would select nothing, so one is always written.
fn entry(
    advertisement: &BgpAdvertisement,
    (ipv4, ipv6): (Option<u8>, Option<u8>),
    selector: Option<LabelSelector>,
) -> BgpAdvertisementEntry {
    BgpAdvertisementEntry {
        advertisement_type: AdvertisementType::Service,
        service: Some(ServiceAdvertisement {
            addresses: vec![ServiceAddressType::LoadBalancerIp],
            aggregation_length_ipv4: ipv4,
            aggregation_length_ipv6: ipv6,
        }),
        interface: None,
        selector,
        attributes: attributes(advertisement),
    }
}

fn attributes(advertisement: &BgpAdvertisement) -> Option<BgpAttributes> {
    let mut communities = BgpCommunities::default();
    for community in &advertisement.communities {
        match community {
            Community::Standard(..) => communities.standard.push(community.to_string()),
            Community::Large(a, b, c) => communities.large.push(format!("{a}:{b}:{c}")),
        }
    }
    let attributes = BgpAttributes {
        communities: (communities != BgpCommunities::default()).then_some(communities),
        local_preference: advertisement.local_pref.map(i64::from),
    };
    (attributes != BgpAttributes::default()).then_some(attributes)
}

/// Aggregation lengths; 32 and 128, which aggregate nothing, are left out.
fn aggregation(context: &mut Context<'_>, group: &BgpGroup<'_>) -> (Option<u8>, Option<u8>) {
    let lead = group.members[0];
    let ipv4 = Some(lead.aggregation_length).filter(|length| *length < 32);
    let ipv6 = Some(lead.aggregation_length_v6).filter(|length| *length < 128);
    if ipv4.is_none() && ipv6.is_none() {
        return (None, None);
    }
    let version = context.options.version;
    if version.has(Feature::AggregationLength) {
        return (ipv4, ipv6);
    }
    let field = if ipv4.is_some() { "aggregationLength" } else { "aggregationLengthV6" };
    context.found.push(
        Diagnostic::lossy(
            codes::NO_AGGREGATION,
            format!(
                "{}: Cilium {version} sends every address by itself (aggregation comes with 1.18)",
                super::group_name(group)
            ),
        )
        .object(lead.meta.reference("BGPAdvertisement"))
        .label(lead.origin.span(&format!("spec.{field}")), "is lost")
        .help("upgrade to Cilium 1.18 first, or let the router aggregate"),
    );
    (None, None)
}
