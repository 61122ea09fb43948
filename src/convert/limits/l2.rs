//! What L2 announcements cannot do alike.

use super::{Finding, View, union};
use crate::cilium::Feature;
use crate::cluster::{Endpoint, Service, TrafficPolicy};
use crate::convert::announcements::L2Group;
use crate::convert::services::sharing_key;
use crate::convert::{Context, codes};
use crate::diagnostic::Diagnostic;

pub(super) fn say(context: &mut Context<'_>, view: &View<'_>) {
    let Some(first) = view.l2_groups.iter().find(|group| !group.pools.is_empty()) else { return };
    leader(context, first);
    shared_addresses(context, view);
    traffic_policy_local(context, view);
    no_endpoints(context, view);
    selectors_and_sharing(context, view);
    interfaces(context, view);
}

fn leader(context: &mut Context<'_>, announcing: &L2Group<'_>) {
    let lead = announcing.members[0];
    context.found.push(
        Diagnostic::note(
            codes::OTHER_LEADER,
            "which of the candidates answers, and how fast another takes over, is decided by a \
             Kubernetes Lease for each Service instead of MetalLB's election",
        )
        .object(lead.meta.reference("L2Advertisement"))
        .label(lead.origin.span("metadata.name"), "announced on L2")
        .help("the candidates are the same; see --emit helm-values for the client's rate limit"),
    );
}

fn shared_addresses(context: &mut Context<'_>, view: &View<'_>) {
    let on_l2: std::collections::BTreeSet<_> = view.on_l2().map(|service| &service.key).collect();
    let groups = view.sharing();
    let mut services: Vec<&Service> = groups
        .iter()
        .flatten()
        .map(|served| served.service)
        .filter(|service| on_l2.contains(&service.key))
        .collect();
    services.sort_by_key(|service| &service.key);
    services.dedup_by_key(|service| &service.key);
    Finding {
        code: codes::SHARED_ON_L2,
        what: "Services that share an address have a lease each, so that two nodes may answer for \
               it"
        .to_owned(),
        help: "give each Service an address of its own, or announce the address by BGP",
        services,
        without_impact: false,
    }
    .say(context);
}

fn traffic_policy_local(context: &mut Context<'_>, view: &View<'_>) {
    let version = context.options.version;
    let local: Vec<&Service> = view
        .on_l2()
        .filter(|service| service.external_traffic_policy == TrafficPolicy::Local)
        .collect();
    if version.has(Feature::L2NeedsLocalBackend) {
        context.found.push(
            Diagnostic::note(
                codes::LOCAL_ON_L2,
                format!(
                    "with externalTrafficPolicy Local, Cilium {version} lets only nodes with a \
                     backend answer, as MetalLB does; Services without real endpoints (Gateway \
                     API) fall silent"
                ),
            )
            .help("this rests on reports, not on a test: see `metallb2cilium version`"),
        );
        return;
    }
    Finding {
        code: codes::LOCAL_ON_L2,
        what: format!(
            "with externalTrafficPolicy Local, Cilium {version} may answer from a node without an \
             endpoint, and traffic is dropped there"
        ),
        help: "set externalTrafficPolicy: Cluster, or move to Cilium 1.20.2, or to BGP",
        services: local,
        without_impact: false,
    }
    .say(context);
}

fn no_endpoints(context: &mut Context<'_>, view: &View<'_>) {
    // Without any EndpointSlice in the input nothing is known of endpoints.
    let known = !context.cluster.endpoints.is_empty();
    let cluster = context.cluster;
    let silent: Vec<&Service> = view
        .on_l2()
        .filter(|service| {
            known && !cluster.endpoints_of(&service.key).iter().any(Endpoint::can_serve)
        })
        .collect();
    Finding {
        code: codes::ANSWERS_WITHOUT_ENDPOINTS,
        what: "without a ready endpoint MetalLB stays silent, and Cilium answers all the same"
            .to_owned(),
        help: "nobody can be served either way; clients see a refused or lost connection instead \
               of an address that does not answer",
        services: silent,
        without_impact: true,
    }
    .say(context);
}

/// MetalLB does not announce a Service with a sharing annotation at all when an
/// L2Advertisement with serviceSelectors is for its pool.
fn selectors_and_sharing(context: &mut Context<'_>, view: &View<'_>) {
    let selecting: Vec<_> = view
        .l2_groups
        .iter()
        .filter(|group| !group.members[0].service_selectors.is_empty())
        .collect();
    if selecting.is_empty() {
        return;
    }
    let pools = union(selecting.iter().map(|group| &group.pools));
    let services = view
        .served
        .iter()
        .filter(|served| sharing_key(served.service).is_some() && !pools.is_disjoint(&served.pools))
        .map(|served| served.service);
    Finding {
        code: codes::SELECTORS_AND_SHARING,
        what: "MetalLB does not announce a Service with allow-shared-ip on L2 where an \
               L2Advertisement with serviceSelectors is for its pool; Cilium does"
            .to_owned(),
        help: "if it must stay unannounced, take it out of the policies' serviceSelector",
        services: services.collect(),
        without_impact: false,
    }
    .say(context);
}

/// "All interfaces" is not the same list on both sides.
fn interfaces(context: &mut Context<'_>, view: &View<'_>) {
    let announcing = view.l2_groups.iter().filter(|group| !group.pools.is_empty());
    let all = announcing
        .map(|group| group.members[0])
        .find(|advertisement| advertisement.interfaces.is_empty());
    if let Some(advertisement) = all {
        context.found.push(
            Diagnostic::assumption(
                codes::ALL_INTERFACES,
                "Cilium's `devices` are the interfaces on which MetalLB answers: all \
                 but those that its ConfigMap metallb-excludel2 names",
            )
            .object(advertisement.meta.reference("L2Advertisement"))
            .label(advertisement.origin.span("spec"), "names no interfaces")
            .help("compare `devices` with the nodes' interfaces, or name the interfaces here"),
        );
    }
}
