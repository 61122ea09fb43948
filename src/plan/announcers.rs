//! Who announces each Service at this moment, as MetalLB's speakers say in
//! ServiceL2Status and ServiceBGPStatus, compared with the simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Object, Origin};
use crate::metallb;
use crate::simulate::decision::{Decision, Outcome};

/// How a Service is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    L2,
    Bgp,
}

impl By {
    const fn kind(self) -> &'static str {
        match self {
            Self::L2 => "ServiceL2Status",
            Self::Bgp => "ServiceBGPStatus",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::L2 => "answered for",
            Self::Bgp => "announced by BGP",
        }
    }
}

/// Where what the speakers say disagrees with what was simulated. Kinds of which
/// there is no object are not compared: older versions have none.
pub fn announced_otherwise(objects: &[Object], decision: &Decision) -> Vec<Diagnostic> {
    [By::L2, By::Bgp].into_iter().flat_map(|by| compare(by, objects, decision)).collect()
}

/// Who announces each Service now, as the speakers say: by kind of status, then by
/// Service. Empty where they say nothing.
pub(super) fn announced_now(objects: &[Object]) -> serde_json::Value {
    let mut all = serde_json::Map::new();
    for by in [By::L2, By::Bgp] {
        let said = said(by, objects);
        if !said.is_empty() {
            let nodes: BTreeMap<String, BTreeSet<String>> =
                said.into_iter().map(|(service, (nodes, _))| (service, nodes)).collect();
            all.insert(by.kind().to_owned(), serde_json::json!(nodes));
        }
    }
    serde_json::Value::Object(all)
}

/// The nodes that announce each Service, by what the speakers say.
fn said(by: By, objects: &[Object]) -> BTreeMap<String, (BTreeSet<String>, &Object)> {
    let mut said: BTreeMap<String, (BTreeSet<String>, &Object)> = BTreeMap::new();
    for object in objects {
        if object.group() != metallb::GROUP || object.kind != by.kind() {
            continue;
        }
        let status = |name: &str| object.node.get("status")?.get(name)?.as_str();
        let found = (status("serviceNamespace"), status("serviceName"), status("node"));
        if let (Some(namespace), Some(name), Some(node)) = found {
            let entry = said.entry(format!("{namespace}/{name}"));
            entry.or_insert((BTreeSet::new(), object)).0.insert(node.to_owned());
        }
    }
    said
}

fn compare(by: By, objects: &[Object], decision: &Decision) -> Vec<Diagnostic> {
    let said = said(by, objects);
    if said.is_empty() {
        return vec![];
    }
    let simulated: Vec<BTreeMap<&str, BTreeSet<String>>> =
        decision.outcomes.iter().map(|outcome| announcers(by, outcome)).collect();
    let services: BTreeSet<&str> = said
        .keys()
        .map(String::as_str)
        .chain(simulated.iter().flat_map(|one| one.keys().copied()))
        .collect();
    let nobody = BTreeSet::new();
    let mut found = Vec::new();
    for service in services {
        let (now, object) = match said.get(service) {
            Some((nodes, object)) => (nodes, Some(*object)),
            None => (&nobody, None),
        };
        let expected: BTreeSet<&BTreeSet<String>> =
            simulated.iter().map(|one| one.get(service).unwrap_or(&nobody)).collect();
        if decision.truncated || expected.contains(now) {
            continue;
        }
        let simulated: Vec<String> = expected.into_iter().map(names).collect();
        let mut diagnostic = Diagnostic::lossy(
            codes::ANNOUNCED_OTHERWISE,
            format!(
                "{service} is {} by {} now, and by {} in the simulation",
                by.words(),
                names(now),
                simulated.join(" or ")
            ),
        )
        .help("MetalLB is right about now: see whether the input is complete and fresh");
        if let Some(object) = object {
            let origin = Origin::new(object.node.clone());
            diagnostic =
                diagnostic.object(object.reference()).label(origin.span("status.node"), "now");
        }
        found.push(diagnostic);
    }
    found
}

fn names(nodes: &BTreeSet<String>) -> String {
    if nodes.is_empty() {
        return "nobody".to_owned();
    }
    nodes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The nodes that announce each Service in an outcome.
fn announcers(by: By, outcome: &Outcome) -> BTreeMap<&str, BTreeSet<String>> {
    let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    match by {
        By::L2 => {
            for answer in &outcome.l2 {
                // A leader without a fitting interface stays silent.
                let speaks = |node: &&String| {
                    answer.interfaces.get(*node).is_none_or(|interfaces| !interfaces.is_empty())
                };
                if let Some(leader) = answer.leader.as_ref().filter(speaks) {
                    all.entry(&answer.service).or_default().insert(leader.clone());
                }
            }
        }
        By::Bgp => {
            let mut by_address: BTreeMap<IpAddr, Vec<&str>> = BTreeMap::new();
            for (service, allocation) in &outcome.services {
                for ip in &allocation.ips {
                    by_address.entry(*ip).or_default().push(service);
                }
            }
            for route in &outcome.bgp {
                let Ok(prefix) = route.prefix.parse::<IpNet>() else { continue };
                // An address range of a prefix is in order.
                let inside = by_address.range(prefix.network()..=prefix.broadcast());
                for service in inside.flat_map(|(_, services)| services) {
                    all.entry(service).or_default().insert(route.node.clone());
                }
            }
        }
    }
    all
}
