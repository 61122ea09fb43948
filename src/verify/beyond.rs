//! What is announced beside the addresses of the load balancer: cluster addresses and
//! external IPs, which MetalLB never announces.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::codes;
use super::report::Finding;
use super::words::listed;
use crate::cilium::{CiliumConfig, ServiceAddressType};
use crate::diagnostic::Diagnostic;
use crate::manifest::Span;
use crate::simulate::decision::{Decision, Outcome};

/// How something is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Means {
    /// By ARP or NDP.
    Link,
    /// As a BGP route.
    Route,
}

/// What is announced, and by which nodes.
type Announced = BTreeMap<(Means, String), BTreeSet<String>>;

/// What one side announces beside load-balancer addresses and the other does not.
pub(super) fn findings(before: &Decision, after: &Decision, cilium: &CiliumConfig) -> Vec<Finding> {
    let (was, is) = (announced(before), announced(after));
    let mut found = Vec::new();
    for means in [Means::Link, Means::Route] {
        let of = |all: &Announced, others: &Announced| {
            let own = all.iter().filter(|((m, what), nodes)| {
                *m == means && others.get(&(means, what.clone())) != Some(*nodes)
            });
            let texts = own.map(|((_, what), nodes)| format!("{what} by {}", names(nodes)));
            texts.collect::<Vec<String>>()
        };
        let (only_was, only_is) = (of(&was, &is), of(&is, &was));
        if only_was.is_empty() && only_is.is_empty() {
            continue;
        }
        let (what, help) = match means {
            Means::Link => (
                "external IPs are answered for on L2",
                "set externalIPs: false in the CiliumL2AnnouncementPolicies",
            ),
            Means::Route => (
                "routes go out for other addresses of Services than those of the load balancer",
                "leave only LoadBalancerIP in service.addresses of the CiliumBGPAdvertisements",
            ),
        };
        let mut diagnostic = Diagnostic::lossy(codes::ANNOUNCED_BEYOND, what).help(help);
        for span in places(cilium, means) {
            diagnostic = diagnostic.label(Some(span), "announces them");
        }
        let told = |texts: Vec<String>| match texts.is_empty() {
            true => "none of them".to_owned(),
            false => listed(texts),
        };
        found.push(Finding {
            diagnostic,
            subjects: vec![],
            before: told(only_was),
            after: told(only_is),
            seen: true,
            example: None,
        });
    }
    found
}

fn names(nodes: &BTreeSet<String>) -> String {
    listed(nodes.iter().cloned())
}

/// Over all outcomes: what is not announced in all of them may be announced.
fn announced(decision: &Decision) -> Announced {
    let mut all = Announced::new();
    for outcome in &decision.outcomes {
        let given: BTreeSet<IpAddr> =
            outcome.services.values().flat_map(|allocation| &allocation.ips).copied().collect();
        on_the_link(outcome, &mut all);
        for route in &outcome.bgp {
            let Ok(prefix) = route.prefix.parse::<IpNet>() else { continue };
            if given.range(prefix.network()..=prefix.broadcast()).next().is_none() {
                let what = format!("{} to {}", route.prefix, route.peer);
                all.entry((Means::Route, what)).or_default().insert(route.node.clone());
            }
        }
    }
    all
}

fn on_the_link(outcome: &Outcome, all: &mut Announced) {
    for entry in &outcome.l2 {
        let own = outcome.services.get(&entry.service);
        if !own.is_some_and(|allocation| allocation.ips.contains(&entry.ip)) {
            let what = format!("{} of {}", entry.ip, entry.service);
            all.entry((Means::Link, what)).or_default().extend(entry.candidates.iter().cloned());
        }
    }
}

/// The fields that make Cilium announce them.
fn places(cilium: &CiliumConfig, means: Means) -> Vec<Span> {
    match means {
        Means::Link => {
            let policies =
                cilium.l2_policies.iter().filter(|policy| policy.spec.external_ips == Some(true));
            policies.filter_map(|policy| policy.origin.span("spec.externalIPs")).collect()
        }
        Means::Route => {
            let beyond = |kinds: &[ServiceAddressType]| {
                kinds.iter().any(|kind| *kind != ServiceAddressType::LoadBalancerIp)
            };
            let all = cilium.advertisements.iter().flat_map(|resource| {
                resource
                    .spec
                    .advertisements
                    .iter()
                    .enumerate()
                    .map(move |(i, ad)| (resource, i, ad))
            });
            all.filter(|(_, _, ad)| ad.service.as_ref().is_some_and(|s| beyond(&s.addresses)))
                .filter_map(|(resource, index, _)| {
                    resource.origin.span(&format!("spec.advertisements[{index}].service.addresses"))
                })
                .collect()
        }
    }
}
