//! Differences, each with its code, its places, both sides and what would mend it.

mod places;
mod proved;
mod sessions;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::aspect::Aspect;
use super::at_hand::{Difference, PoolMap, Serving};
use super::explain::Losses;
use super::report::Finding;
use super::words::{self, told};
use super::{codes, preferred};
use crate::cilium::CiliumConfig;
use crate::cluster::{Cluster, Endpoint, Service};
use crate::convert::codes as convert;
use crate::diagnostic::{Code, Diagnostic, ObjectRef, Severity};
use crate::ip::Family;
use crate::metallb::Config;
use crate::simulate::decision::Decision;

pub(super) use proved::proved;
pub use proved::unexplained;
pub(super) use sessions::sessions;

/// Places that one finding points at.
const MAX_PLACES: usize = 12;

/// What was seen of both sides.
pub(super) struct Seen<'a> {
    pub(super) config: &'a Config,
    pub(super) cluster: &'a Cluster,
    pub(super) cilium: &'a CiliumConfig,
    pub(super) applied: &'a Cluster,
    pub(super) servings_before: BTreeMap<String, BTreeSet<Serving>>,
    pub(super) servings_after: BTreeMap<String, BTreeSet<Serving>>,
    pub(super) addresses_before: BTreeMap<&'a str, BTreeSet<Vec<IpAddr>>>,
    pub(super) addresses_after: BTreeMap<&'a str, BTreeSet<Vec<IpAddr>>>,
    pub(super) pools: PoolMap<'a>,
    /// MetalLB's decision, where it is one of the sides.
    pub(super) metallb: Option<&'a Decision>,
}

/// What is the same of several Services is said once.
type Group = (&'static str, Aspect, Severity, String, String, bool);

/// The Services that may be served otherwise.
pub(super) fn services(seen: &Seen<'_>, losses: &mut Losses<'_>) -> Vec<Finding> {
    let by_key: HashMap<String, &Service> =
        seen.cluster.services.iter().map(|service| (service.key.to_string(), service)).collect();
    let mut groups: BTreeMap<Group, Finding> = BTreeMap::new();
    for (name, before) in &seen.servings_before {
        let (Some(after), Some(service)) = (seen.servings_after.get(name), by_key.get(name)) else {
            continue;
        };
        let mut told_of = BTreeSet::new();
        for after in after.difference(before) {
            let difference =
                Difference { service: name.clone(), before: before.clone(), after: after.clone() };
            for aspect in difference.aspects() {
                if told_of.insert(aspect) {
                    let finding = service_finding(seen, service, &difference, aspect, losses);
                    add(&mut groups, finding, aspect);
                }
            }
        }
    }
    let mut found: Vec<Finding> = groups.into_values().collect();
    found.sort_by(|a, b| a.subjects.cmp(&b.subjects));
    found
}

fn add(groups: &mut BTreeMap<Group, Finding>, finding: Finding, aspect: Aspect) {
    let explained = finding.diagnostic.help.clone().unwrap_or_default();
    let key = (
        finding.diagnostic.code.id,
        aspect,
        finding.diagnostic.severity,
        finding.before.clone(),
        format!("{}\n{explained}", finding.after),
        finding.seen,
    );
    match groups.get_mut(&key) {
        None => {
            groups.insert(key, finding);
        }
        Some(group) => {
            group.subjects.extend(finding.subjects);
            for label in finding.diagnostic.labels {
                let known = group.diagnostic.labels.iter().any(|other| other.span == label.span);
                if !known && group.diagnostic.labels.len() < MAX_PLACES {
                    group.diagnostic.labels.push(label);
                }
            }
        }
    }
}

fn service_finding(
    seen: &Seen<'_>,
    service: &Service,
    difference: &Difference,
    aspect: Aspect,
    losses: &mut Losses<'_>,
) -> Finding {
    let after = &difference.after;
    let nearest = nearest(&difference.before, after);
    let name = difference.service.as_str();
    // Of several outcomes one in which it is served so.
    let addresses = |all: &BTreeMap<&str, BTreeSet<Vec<IpAddr>>>, serving: &Serving| {
        let is_such = |ips: &&Vec<IpAddr>| {
            let held = serving.addresses.is_empty() || serving.addresses == **ips;
            held && ips.len() == serving.count && seen.pools.names(ips) == serving.pool
        };
        all.get(name).and_then(|all| all.iter().find(is_such).cloned())
    };
    let (mut was, mut is) = match (aspect, nearest) {
        (Aspect::Routes, Some(before)) => {
            (words::only(&before.bgp, &after.bgp), words::only(&after.bgp, &before.bgp))
        }
        _ => {
            let before = nearest
                .map(|one| told(one, addresses(&seen.addresses_before, one).as_ref(), aspect));
            let ips = addresses(&seen.addresses_after, after);
            (before.unwrap_or_default(), told(after, ips.as_ref(), aspect))
        }
    };
    if difference.before.len() > 1 {
        was.push_str(", or another way");
    }
    if seen.servings_after.get(name).is_some_and(|all| all.len() > 1) {
        is.push_str(" in one of the outcomes");
    }
    let own = own_code(aspect);
    let nodes = |serving: &Serving| -> Vec<(Family, BTreeSet<String>)> {
        let of = |nodes: &BTreeMap<String, Vec<String>>| nodes.keys().cloned().collect();
        serving.l2.iter().map(|(family, all)| (*family, of(all))).collect()
    };
    let only_interfaces =
        aspect == Aspect::Answerers && nearest.is_some_and(|one| nodes(one) == nodes(after));
    let what = if only_interfaces { OTHER_INTERFACES } else { aspect.what() };
    let mut diagnostic = match losses.of_service(
        service,
        (seen.config, seen.cluster),
        aspect,
        difference,
        nearest,
    ) {
        Some(loss) => {
            Diagnostic { message: what.to_owned(), object: None, labels: vec![], ..loss.clone() }
        }
        None if is_harmless(seen, service, difference, aspect) => {
            Diagnostic::lossy_without_impact(convert::ANSWERS_WITHOUT_ENDPOINTS, what)
                .help("nobody can be served either way: no endpoint is ready")
        }
        None => Diagnostic::lossy(own, what).help(remedy(aspect)),
    };
    for (span, text) in places::places(seen, service, nearest, after, aspect) {
        diagnostic = diagnostic.label(span, text);
    }
    diagnostic.labels.truncate(MAX_PLACES);
    Finding {
        diagnostic,
        subjects: vec![name.to_owned()],
        before: was,
        after: is,
        seen: true,
        example: None,
    }
}

/// What is said where the nodes are the same.
const OTHER_INTERFACES: &str = "is answered for by the same nodes, but on other interfaces";

/// Whether two texts of who answers name the same nodes, so that the interfaces differ.
fn is_same_nodes(aspect: Aspect, before: &str, after: &str) -> bool {
    let nodes = |text: &str| -> Option<BTreeSet<String>> {
        let one = |one: &str| one.split_once(" on ").map(|(node, _)| node.to_owned());
        text.split(", ").map(one).collect()
    };
    aspect == Aspect::Answerers && nodes(before).is_some_and(|is| Some(is) == nodes(after))
}

/// The way before that is most like the way after.
fn nearest<'s>(before: &'s BTreeSet<Serving>, after: &Serving) -> Option<&'s Serving> {
    before.iter().max_by_key(|one| {
        let alike = [
            (one.count == 0) == (after.count == 0),
            one.addresses == after.addresses,
            one.pool == after.pool,
            one.families == after.families,
            one.l2 == after.l2,
            one.bgp == after.bgp,
        ];
        alike.into_iter().filter(|alike| *alike).count()
    })
}

/// Whether only who answers on the link differs for a Service that no endpoint
/// could serve.
fn is_harmless(
    seen: &Seen<'_>,
    service: &Service,
    difference: &Difference,
    aspect: Aspect,
) -> bool {
    aspect == Aspect::Answerers
        && !seen.cluster.endpoints_of(&service.key).iter().any(Endpoint::can_serve)
        && difference.before.iter().all(|before| before.l2.is_empty())
}

fn own_code(aspect: Aspect) -> &'static Code {
    match aspect {
        Aspect::Lost | Aspect::Gained | Aspect::Address | Aspect::Pool | Aspect::Families => {
            codes::OTHER_ADDRESS
        }
        Aspect::Answerers => codes::OTHER_ANSWERERS,
        Aspect::AnsweredTwice => convert::SHARED_ON_L2,
        Aspect::Routes => codes::OTHER_ROUTES,
        Aspect::Combination => codes::DECIDED_OTHERWISE,
    }
}

fn remedy(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Lost | Aspect::Families => {
            "let a pool with the address and the family take the Service, and pin the address with \
             lbipam.cilium.io/ips"
        }
        Aspect::Gained => "let no pool take the Service: narrow the pools' serviceSelector",
        Aspect::Address => "pin the address with lbipam.cilium.io/ips",
        Aspect::Pool => {
            "give the pools just MetalLB's addresses, and selectors that take just its Services"
        }
        Aspect::Answerers => {
            "compare the policies' nodeSelector, serviceSelector, interfaces (^eth0$) and \
             loadBalancerIPs"
        }
        Aspect::AnsweredTwice => {
            "give each Service an address of its own, or announce the address by BGP"
        }
        Aspect::Routes => {
            "compare the advertisements' selector and attributes, and the families of the peers"
        }
        Aspect::Combination => "pin the addresses with lbipam.cilium.io/ips",
    }
}

/// Preferred nodes that decide something.
pub(super) fn preferred(seen: &Seen<'_>, losses: &mut Losses<'_>) -> Vec<Finding> {
    let Some(metallb) = seen.metallb else { return vec![] };
    let orders = preferred::orders(seen.config, seen.cluster, metallb);
    let objects: Vec<ObjectRef> =
        orders.iter().map(|order| order.advertisement.meta.reference("L2Advertisement")).collect();
    losses.claim_all(convert::PREFERRED_NODES, &objects);
    let finding = |order: preferred::Order<'_>| {
        let ad = order.advertisement;
        let object = ad.meta.reference("L2Advertisement");
        let nodes = order.nodes.iter().map(|(node, score)| format!("{node} ({score})"));
        Finding {
            diagnostic: Diagnostic::lossy(
                convert::PREFERRED_NODES,
                format!("the order of preferred nodes of {object} is lost"),
            )
            .label(ad.origin.span("spec.preferredNodeSelectors"), "the order")
            .help("restrict nodeSelectors to the preferred nodes if there are enough of them")
            .object(object),
            subjects: order.services.into_iter().collect(),
            before: format!("prefers {}", words::listed(nodes)),
            after: "whoever takes the lease first".to_owned(),
            seen: true,
            example: None,
        }
    };
    orders.into_iter().map(finding).collect()
}

/// A loss of the conversion that does not show at hand.
pub(super) fn unseen(loss: &Diagnostic) -> Finding {
    Finding {
        diagnostic: loss.clone(),
        subjects: vec![],
        before: String::new(),
        after: String::new(),
        seen: false,
        example: None,
    }
}
