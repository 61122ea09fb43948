//! Services that MetalLB and Cilium serve differently by themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Served, View};
use crate::cilium::Feature;
use crate::cluster::{IpFamilyPolicy, Service, TrafficPolicy};
use crate::convert::services::{CILIUM_CLASSES, Request, contested, is_ours, request, sharing_key};
use crate::convert::{Context, codes};
use crate::ip::Family;

pub(super) fn say(context: &mut Context<'_>, view: &View<'_>) {
    classes(context);
    refused_requests(context, view);
    contested_addresses(context, view);
    dual_stack(context, view);
    local_without_selector(context, view);
    one_port_two_protocols(context, view);
}

fn say_if_any(
    context: &mut Context<'_>,
    code: &'static crate::diagnostic::Code,
    what: &str,
    help: &'static str,
    services: Vec<&Service>,
) {
    if !services.is_empty() {
        Finding { code, what: what.to_owned(), help, services, without_impact: false }.say(context);
    }
}

fn classes(context: &mut Context<'_>) {
    let Some(class) = context.options.lb_class.as_deref() else { return };
    let cluster = context.cluster;
    let ours = cluster.services.iter().filter(|service| is_ours(service, Some(class)));
    let others: Vec<&Service> = cluster
        .services
        .iter()
        .filter(|service| is_ours(service, None) && !context.keeps_out(service))
        .collect();
    if !CILIUM_CLASSES.contains(&class) {
        say_if_any(
            context,
            codes::FOREIGN_CLASS,
            "Cilium does not serve this loadBalancerClass, and the field cannot be changed",
            "create the Service anew without the class (kubectl replace --force), with its \
             address pinned",
            ours.collect(),
        );
    }
    say_if_any(
        context,
        codes::GAINED,
        "MetalLB with --lb-class leaves Services without a class alone; Cilium serves them",
        "set defaultLBServiceIPAM: none; --keep-pending is for those without an address only",
        others,
    );
}

/// Services whose wish MetalLB refuses and Cilium grants, wholly or in part.
fn refused_requests(context: &mut Context<'_>, view: &View<'_>) {
    let class = context.options.lb_class.as_deref();
    let served = view.served_keys();
    let cluster = context.cluster;
    // What is held beside a malformed wish is kept by MetalLB; Cilium takes
    // spec.loadBalancerIP for a wish all the same.
    let refused = cluster.services.iter().filter(|service| {
        let both =
            matches!(request(service), Request::Malformed(_)) && service.load_balancer_ip.is_some();
        is_ours(service, class)
            && !context.keeps_out(service)
            && (both || !served.contains(&service.key))
    });
    let refused: Vec<&Service> = refused.collect();
    say_if_any(
        context,
        codes::GAINED,
        "MetalLB refuses what it asks for (an unknown or unfit pool or address, or two ways of \
         asking at once); Cilium may serve it",
        "correct or remove the Service's request before the switch, or keep it without an address \
         with --keep-pending",
        refused,
    );
}

/// Services that hold an address which another one has, without sharing it.
fn contested_addresses(context: &mut Context<'_>, view: &View<'_>) {
    let contested = contested(context, &view.served_keys());
    say_if_any(
        context,
        codes::CONTESTED_ADDRESS,
        "another Service holds or asks for the same address: MetalLB leaves it to the one that it \
         looks at first, Cilium to either of them",
        "give one of the two another address before the switch",
        contested,
    );
}

/// MetalLB takes both families from one pool; Cilium takes each from any.
fn dual_stack(context: &mut Context<'_>, view: &View<'_>) {
    let pools = &context.config.pools;
    let families: Vec<BTreeSet<Family>> =
        pools.iter().map(|pool| pool.ranges().map(|range| range.family()).collect()).collect();
    let random = context.options.version.has(Feature::PoolsWalkedAtRandom);
    // Of two pools that hold both, either may give either.
    let alike = match view.wanted.iter().map(|pool| &families[*pool]).collect::<Vec<_>>()[..] {
        [first, ref others @ ..] => {
            others.iter().all(|of_pool| *of_pool == first)
                && (others.is_empty() || first.len() < 2 || !random)
        }
        [] => true,
    };
    let is_settled = |served: &&Served<'_>| {
        (context.options.pin && served.addresses.len() == 2)
            || (!served.pools.is_empty() && served.pools.is_disjoint(&view.wanted))
    };
    let settled: BTreeSet<_> =
        view.served.iter().filter(is_settled).map(|served| &served.service.key).collect();
    let class = context.options.lb_class.as_deref();
    let cluster = context.cluster;
    let dual = cluster.services.iter().filter(|service| {
        is_ours(service, class)
            && matches!(
                service.ip_family_policy,
                Some(IpFamilyPolicy::PreferDualStack | IpFamilyPolicy::RequireDualStack)
            )
            && !settled.contains(&service.key)
            && !context.keeps_out(service)
    });
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    for key in cluster.services.iter().filter_map(sharing_key) {
        *keys.entry(key).or_default() += 1;
    }
    let differ = dual.filter(|service| {
        let labels = view.labels_of(service);
        let wanted = view.wanted.iter().copied();
        let mut open = wanted.filter(|pool| view.assignment.admits(*pool, &labels));
        let Some(first) = open.next().map(|pool| &families[pool]) else { return false };
        // MetalLB gives nothing where not both can be had.
        if service.ip_family_policy == Some(IpFamilyPolicy::RequireDualStack) && first.len() < 2 {
            return true;
        }
        // Half of what it is to have may be of another pool than the rest: what it holds,
        // or what somebody holds with whom it shares.
        let shares = sharing_key(service).is_some_and(|key| !key.is_empty() && keys[key] > 1);
        let half = !service.ingress.is_empty() || shares;
        open.any(|pool| &families[pool] != first || random || half)
    });
    let differ: Vec<&Service> = differ.collect();
    if alike && differ.is_empty() {
        return;
    }
    Finding {
        code: codes::DUAL_STACK,
        what: "MetalLB takes both families of a dual-stack Service from one pool, or one family \
               only; Cilium takes each from any pool that lets the Service in"
            .to_owned(),
        help: "set the pool label on dual-stack Services, or let every pool hold both families",
        services: differ,
        without_impact: false,
    }
    .say(context);
}

/// MetalLB compares selectors as text, so that Local Services without one share
/// with each other and with Cluster ones.
fn local_without_selector(context: &mut Context<'_>, view: &View<'_>) {
    let mut services: Vec<&Service> = Vec::new();
    for group in view.sharing() {
        let local = |service: &Service| {
            service.external_traffic_policy == TrafficPolicy::Local && service.selector.is_empty()
        };
        services.extend(group.iter().map(|served| served.service).filter(|s| local(s)));
    }
    services.sort_by_key(|service| &service.key);
    services.dedup_by_key(|service| &service.key);
    say_if_any(
        context,
        codes::LOCAL_WITHOUT_SELECTOR,
        "Cilium does not let a Service with externalTrafficPolicy Local and no selector share an \
         address",
        "give it an address of its own, or set externalTrafficPolicy: Cluster",
        services,
    );
}

fn one_port_two_protocols(context: &mut Context<'_>, view: &View<'_>) {
    let version = context.options.version;
    if version.has(Feature::SharingByProtocolConfigurable) {
        return;
    }
    let mut services: Vec<&Service> = Vec::new();
    for group in view.sharing() {
        let mut users: BTreeMap<u16, BTreeSet<&crate::cluster::ServiceKey>> = BTreeMap::new();
        for served in &group {
            for port in &served.service.ports {
                users.entry(port.port).or_default().insert(&served.service.key);
            }
        }
        if users.values().any(|keys| keys.len() > 1) {
            services.extend(group.iter().map(|served| served.service));
        }
    }
    say_if_any(
        context,
        codes::SHARED_PORT,
        "Cilium 1.16 does not let Services share an address when they use one port number, \
         whatever the protocol",
        "upgrade to Cilium 1.17 first, or use one Service with both protocols",
        services,
    );
}
