//! Endpoints that still serve while they terminate.

use super::{Finding, View};
use crate::cilium::{CiliumVersion, Feature};
use crate::cluster::{Cluster, Endpoint, Service, TrafficPolicy};
use crate::convert::{Context, codes};
use crate::diagnostic::Diagnostic;

/// Names the Services that drain now; where there are none, those that may one day are
/// told of by a note.
pub(super) fn say(context: &mut Context<'_>, view: &View<'_>) {
    let version = context.options.version;
    let on_l2: Vec<&Service> =
        view.on_l2().filter(|_| version.has(Feature::L2NeedsLocalBackend)).collect();
    let by_bgp = view.served.iter().filter(|served| !view.bgp_groups_of(served).is_empty());
    let mut announced: Vec<&Service> = by_bgp.map(|served| served.service).collect();
    let all_count = version.has(Feature::OnlyActiveBackendsCount);
    announced.retain(|service| all_count || is_local(service));
    announced.extend(on_l2.into_iter().filter(|service| is_local(service)));
    announced.sort_by_key(|service| &service.key);
    announced.dedup_by_key(|service| &service.key);
    let local = announced.iter().any(|service| is_local(service));
    let cluster = context.cluster;
    let services: Vec<&Service> =
        announced.into_iter().filter(|service| drains(cluster, service, version)).collect();
    if !services.is_empty() {
        Finding {
            code: codes::DRAINING,
            what: "MetalLB still announces for endpoints that serve while they terminate; Cilium \
                   does not"
                .to_owned(),
            help: "convert again when they are gone, or give the Service another endpoint first",
            services,
            without_impact: false,
        }
        .say(context);
    } else if local {
        context.found.push(
            Diagnostic::note(
                codes::DRAINING,
                "with externalTrafficPolicy Local, MetalLB announces from a node while its last \
                 endpoint drains; Cilium withdraws as soon as it terminates",
            )
            .help("give such Services more than one endpoint on a node"),
        );
    }
}

fn is_local(service: &Service) -> bool {
    service.external_traffic_policy == TrafficPolicy::Local
}

/// Whether the endpoints for which MetalLB announces are none for Cilium: on a Node with
/// the policy Local, else at all.
fn drains(cluster: &Cluster, service: &Service, version: CiliumVersion) -> bool {
    let endpoints = cluster.endpoints_of(&service.key);
    let has_other = |one: &Endpoint| {
        endpoints.iter().any(|other| {
            is_active(other, version) && (!is_local(service) || other.node_name == one.node_name)
        })
    };
    endpoints.iter().any(|endpoint| endpoint.can_serve() && !has_other(endpoint))
}

/// Whether Cilium takes an endpoint for one that new connections go to. From the version
/// on that announces frontends, one that is ready is, even if it terminates.
fn is_active(endpoint: &Endpoint, version: CiliumVersion) -> bool {
    endpoint.is_ready() && (version.has(Feature::AnnouncesFrontends) || !endpoint.is_terminating())
}
