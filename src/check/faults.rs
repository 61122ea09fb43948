//! Known faults of Cilium by version, as data.

use std::collections::BTreeSet;

use super::settings::effective_version;
use super::{Before, codes};
use crate::cilium::version::Grade;
use crate::cluster::{Service, ServiceType, TrafficPolicy};
use crate::diagnostic::Diagnostic;
use crate::ip::Family;

/// A fault, the versions that have it, and whom it meets.
pub struct Fault {
    /// The first version that has it, as `(minor, patch)`; `(0, 0)` is every one.
    pub since: (u8, u8),
    /// The first version that has it no more; none where it is not mended.
    pub until: Option<(u8, u8)>,
    /// What happens.
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Where it is said.
    pub source: &'static str,
    /// How sure that is.
    pub grade: Grade,
    /// Whether this cluster can meet it.
    meets: fn(&Before<'_>) -> bool,
}

/// Every fault that is known.
pub const FAULTS: &[Fault] = &[
    Fault {
        since: (0, 0),
        until: Some((18, 2)),
        what: "after a restart of the operator a new Service may get an address that another \
               one holds",
        help: "pin every address (`convert --emit services`, without --no-pin)",
        source: "cilium/cilium#41147, #43131",
        grade: Grade::Reported,
        meets: |before| load_balancers(before).next().is_some(),
    },
    Fault {
        since: (0, 0),
        until: Some((19, 5)),
        what: "of several addresses under one sharing key one may be lost when the operator \
               restarts",
        help: "upgrade, or pin one address for each Service that shares",
        source: "cilium/cilium#46262",
        grade: Grade::Reported,
        meets: |before| {
            load_balancers(before).any(|service| shares(service) && service.ingress.len() > 1)
        },
    },
    Fault {
        since: (20, 0),
        until: None,
        what: "the operator crashes, at every start again, when a Service with a sharing key asks \
               for a reserved first or last address of a block",
        help: "write blocks as start and stop: not --blocks compact",
        source: "golden scenarios 058 and 248",
        grade: Grade::Golden,
        meets: |before| {
            let reserves = before.conversion.pools.iter().any(|pool| {
                pool.resource.spec.allow_first_last_ips
                    == Some(crate::cilium::AllowFirstLastIps::No)
            });
            reserves && load_balancers(before).any(shares)
        },
    },
    Fault {
        since: (20, 2),
        until: None,
        what: "a Service with externalTrafficPolicy Local whose backends name no node, as Gateway \
               API makes them, is answered for by nobody on L2",
        help: "give such Services externalTrafficPolicy Cluster, or stay below 1.20.2",
        source: "cilium/cilium#48799",
        grade: Grade::Reported,
        meets: |before| {
            let local = |service: &Service| {
                service.external_traffic_policy == TrafficPolicy::Local
                    && !before.cluster.endpoints_of(&service.key).is_empty()
                    && before
                        .cluster
                        .endpoints_of(&service.key)
                        .iter()
                        .all(|endpoint| endpoint.node_name.is_none())
            };
            !before.conversion.l2_policies.is_empty() && load_balancers(before).any(local)
        },
    },
    Fault {
        since: (0, 0),
        until: Some((18, 2)),
        what: "a change of a pool's blocks or selector may give its Services other addresses",
        help: "pin every address, and change no pool before the upgrade",
        source: "cilium/cilium#40358, #41458, #41147",
        grade: Grade::Reported,
        meets: |before| load_balancers(before).next().is_some(),
    },
    Fault {
        since: (0, 0),
        until: Some((17, 0)),
        what: "of several BGP instances on a node only the first follows changes of Services",
        help: "upgrade to 1.17, or use one local AS number on each node",
        source: "cilium/cilium#34146",
        grade: Grade::Reported,
        meets: |before| {
            let configs = &before.conversion.cluster_configs;
            configs.iter().any(|config| config.resource.spec.bgp_instances.len() > 1)
        },
    },
    Fault {
        since: (0, 0),
        until: Some((16, 5)),
        what: "a Service with externalTrafficPolicy Local may stay withdrawn from BGP after its \
               Pod was replaced",
        help: "upgrade to 1.16.5 or later",
        source: "cilium/cilium#36055",
        grade: Grade::Reported,
        meets: |before| !before.conversion.cluster_configs.is_empty() && has_local(before),
    },
    Fault {
        since: (20, 1),
        until: None,
        what: "after a loss of the link between nodes the next holder of a lease may not answer \
               on L2",
        help: "watch it with `metallb2cilium live probe`; a restart of that node's agent mends it",
        source: "cilium/cilium#48626",
        grade: Grade::Reported,
        meets: |before| !before.conversion.l2_policies.is_empty(),
    },
    Fault {
        since: (0, 0),
        until: None,
        what: "a Service of another loadBalancerClass is answered for on L2 after an agent starts \
               or a policy changes, until it changes itself",
        help: "keep such Services out of the L2 policies by a label",
        source: "pkg/l2announcer (upsertPolicy)",
        grade: Grade::Source,
        meets: |before| {
            let other = |service: &Service| {
                let class = service.load_balancer_class.as_deref();
                class.is_some_and(|class| {
                    class != "io.cilium/l2-announcer" && Some(class) != before.lb_class
                }) && !service.ingress.is_empty()
            };
            !before.conversion.l2_policies.is_empty() && load_balancers(before).any(other)
        },
    },
    Fault {
        since: (0, 0),
        until: None,
        what: "two Services whose namespace and name make the same text with a dash between them \
               (a-b/c and a/b-c) have one lease on L2 together",
        help: "rename one of them",
        source: "pkg/l2announcer (newLeaseLock)",
        grade: Grade::Source,
        meets: |before| {
            let mut leases = BTreeSet::new();
            !before.conversion.l2_policies.is_empty()
                && load_balancers(before)
                    .map(|service| format!("{}-{}", service.key.namespace, service.key.name))
                    .any(|lease| !leases.insert(lease))
        },
    },
    Fault {
        since: (0, 0),
        until: Some((19, 0)),
        what: "IPv6 addresses are not answered for on L2 (no NDP)",
        help: "upgrade to 1.19, or announce them by BGP",
        source: "its source",
        grade: Grade::Source,
        meets: |before| {
            let v6 = |pool: &crate::metallb::Pool| {
                let ranges = pool.addresses.iter().filter_map(|entry| entry.range());
                ranges.into_iter().any(|range| range.family() == Family::V6)
            };
            let ads = &before.config.l2_advertisements;
            let pools = before.config.pools.iter().filter(|pool| v6(pool));
            pools.into_iter().any(|pool| ads.iter().any(|ad| ad.pools.selects(&pool.meta)))
        },
    },
];

fn load_balancers<'a>(before: &Before<'a>) -> impl Iterator<Item = &'a Service> {
    let services = before.cluster.services.iter();
    services.filter(|service| service.service_type == ServiceType::LoadBalancer)
}

fn has_local(before: &Before<'_>) -> bool {
    load_balancers(before).any(|service| service.external_traffic_policy == TrafficPolicy::Local)
}

fn shares(service: &Service) -> bool {
    let keys = ["metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip"];
    keys.iter().any(|key| service.annotations.get(*key).is_some_and(|value| !value.is_empty()))
}

pub(super) fn look(before: &Before<'_>) -> Vec<Diagnostic> {
    let version = effective_version(before);
    let at = (version.minor(), version.patch());
    FAULTS
        .iter()
        .filter(|fault| at >= fault.since && fault.until.is_none_or(|until| at < until))
        .filter(|fault| (fault.meets)(before))
        .map(|fault| {
            let mended = match fault.until {
                Some((minor, patch)) => format!("mended in 1.{minor}.{patch}"),
                None => "not mended yet".to_owned(),
            };
            Diagnostic::lossy(
                codes::KNOWN_FAULT,
                format!(
                    "Cilium {version}: {} ({}, {}; {mended})",
                    fault.what, fault.grade, fault.source
                ),
            )
            .help(fault.help)
        })
        .collect()
}
