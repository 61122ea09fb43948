//! What BGP advertisements cannot do alike.

use std::collections::BTreeSet;

use super::{Finding, Served, View};
use crate::cluster::{Service, TrafficPolicy};
use crate::convert::announcements::BgpGroup;
use crate::convert::{Context, codes};
use crate::diagnostic::Diagnostic;
use crate::ip::{self, Family};
use crate::metallb::Pool;

pub(super) fn say(context: &mut Context<'_>, view: &View<'_>) {
    announced(context, view);
    // Sessions are opened with these timers, whether anything is announced or not.
    assumed_mode(context);
}

fn announced(context: &mut Context<'_>, view: &View<'_>) {
    let Some(first) = view.bgp_groups.iter().find(|group| !group.pools.is_empty()) else { return };
    no_endpoints(context, first);
    family_without_endpoints(context, view);
    aggregates_of_local(context, view);
    shared_attributes(context, view);
}

fn no_endpoints(context: &mut Context<'_>, announcing: &BgpGroup<'_>) {
    let lead = announcing.members[0];
    context.found.push(
        Diagnostic::assumption(
            codes::WITHDRAWN_WITHOUT_ENDPOINTS,
            "Cilium runs with enableNoServiceEndpointsRoutable: false, which \
             withdraws a Service without endpoints as MetalLB does",
        )
        .object(lead.meta.reference("BGPAdvertisement"))
        .label(lead.origin.span("metadata.name"), "announced by BGP")
        .help("it is among the values of --emit helm-values"),
    );
}

/// Services with usable endpoints of one family that have an address of the other.
fn family_without_endpoints(context: &mut Context<'_>, view: &View<'_>) {
    let cluster = context.cluster;
    let lacks_a_family = |service: &&Service| {
        let usable = cluster.endpoints_of(&service.key).iter().filter(|e| e.can_serve());
        let addresses = usable.flat_map(|endpoint| &endpoint.addresses);
        let with: BTreeSet<Family> =
            addresses.filter_map(|text| ip::parse_addr(text).ok()).map(Family::of).collect();
        let own = service.cluster_ips.iter().filter_map(|text| ip::parse_addr(text).ok());
        !with.is_empty() && own.map(Family::of).any(|family| !with.contains(&family))
    };
    let by_bgp = view.served.iter().filter(|served| !view.bgp_groups_of(served).is_empty());
    let services: Vec<&Service> =
        by_bgp.map(|served| served.service).filter(lacks_a_family).collect();
    if !services.is_empty() {
        Finding {
            code: codes::FAMILY_WITHOUT_ENDPOINTS,
            what: "Cilium withdraws the address of a family without endpoints; MetalLB announces \
                   it as long as there is an endpoint of the other"
                .to_owned(),
            help: "nobody can be served there either way",
            services,
            without_impact: true,
        }
        .say(context);
    }
}

fn aggregates_of_local(context: &mut Context<'_>, view: &View<'_>) {
    let aggregates = |group: &BgpGroup<'_>, family| match family {
        Family::V4 => group.members[0].aggregation_length < 32,
        Family::V6 => group.members[0].aggregation_length_v6 < 128,
    };
    let any = |group| aggregates(group, Family::V4) || aggregates(group, Family::V6);
    if !view.bgp_groups.iter().any(any) {
        return;
    }
    let aggregated = |served: &&Served<'_>| {
        let families = families(&context.config.pools, served);
        let groups = view.bgp_groups_of(served);
        let mut groups = groups.iter().map(|index| &view.bgp_groups[*index]);
        groups.any(|group| families.iter().any(|family| aggregates(group, *family)))
    };
    let local = view
        .served
        .iter()
        .filter(|served| served.service.external_traffic_policy == TrafficPolicy::Local);
    let services: Vec<&Service> = local.filter(aggregated).map(|served| served.service).collect();
    Finding {
        code: codes::AGGREGATE_OF_LOCAL,
        what: "with externalTrafficPolicy Local, Cilium sends the address itself where MetalLB \
               sends the aggregate"
            .to_owned(),
        help: "let the router accept the longer prefix, or set externalTrafficPolicy: Cluster",
        services,
        without_impact: false,
    }
    .say(context);
}

/// The families of a Service's addresses, or of the pools from which it may get some.
fn families(pools: &[Pool], served: &Served<'_>) -> BTreeSet<Family> {
    if served.addresses.is_empty() {
        let ranges = served.pools.iter().flat_map(|pool| pools[*pool].ranges());
        return ranges.map(|range| range.family()).collect();
    }
    served.addresses.iter().map(|address| Family::of(*address)).collect()
}

/// Services that share an address and are selected by different advertisements.
fn shared_attributes(context: &mut Context<'_>, view: &View<'_>) {
    let selecting = view.bgp_groups.iter().any(|g| !g.members[0].service_selectors.is_empty());
    if !selecting {
        return;
    }
    let mut services: Vec<&Service> = Vec::new();
    for group in view.sharing() {
        let of = |index: usize| view.bgp_groups_of(group[index]);
        if (1..group.len()).any(|index| of(index) != of(0)) {
            services.extend(group.iter().map(|served| served.service));
        }
    }
    services.sort_by_key(|service| &service.key);
    services.dedup_by_key(|service| &service.key);
    Finding {
        code: codes::SHARED_ATTRIBUTES,
        what: "Services that share an address and are selected by different advertisements give \
               one route several attributes: MetalLB unites them, Cilium takes those of one Service"
            .to_owned(),
        help: "give Services that share an address the labels of the same advertisements",
        services,
        without_impact: false,
    }
    .say(context);
}

/// The timers that apply where none are set depend on MetalLB's BGP mode.
fn assumed_mode(context: &mut Context<'_>) {
    let unset = context.config.peers.iter().find(|peer| peer.hold_time.is_none());
    if let Some(peer) = unset.filter(|_| context.options.mode_assumed) {
        context.found.push(
            Diagnostic::assumption(
                codes::ASSUMED_MODE,
                "MetalLB runs BGP with FRR, whose hold time is 180 s and keepalive \
                 time 60 s where a peer sets none",
            )
            .object(peer.reference())
            .label(peer.origin.span("spec"), "sets no holdTime")
            .help("say --metallb-mode native if it does not, or add the speaker's DaemonSet"),
        );
    }
}
