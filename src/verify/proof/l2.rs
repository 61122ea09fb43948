//! Who answers for which Service on the link, on which interfaces, on either side.
//!
//! Either side is a union of boxes: these Services, from these Nodes, on these
//! interfaces. Each box of the one must be covered by those of the other, for the
//! Services that may have an address of a pool. Whether a Node is a candidate at all
//! counts as an interface of its own: it may win, and then answer nowhere.

use std::collections::{BTreeMap, BTreeSet};

use super::allocation::{FAMILIES, Pools};
use super::diagram::{ABSENT, ALWAYS, Diagram, Made, NEVER, Slot, Spent};
use super::domain::{Attribute, Logic};
use super::interfaces::{Interfaces, Pattern};
use super::raw::{Raw, Unproved};
use super::{Aspect, Problem};
use crate::cilium::Feature;
use crate::cluster::EXCLUDE_LABEL;
use crate::convert::codes as convert;
use crate::ip::Family;
use crate::manifest::Span;
use crate::metallb::{L2Advertisement, interface_patterns};
use crate::selector::{LabelSelector, Operator, Requirement, validate};
use crate::simulate::cilium::{L2_CLASS, rewritten_pattern};

/// What one advertisement or policy announces.
struct Announced {
    nodes: Diagram,
    interfaces: Diagram,
    /// All three together.
    whole: Diagram,
    place: Option<Span>,
}

/// The Nodes that MetalLB announces from at all.
pub(super) fn eligible(logic: &mut Logic<'_>, problem: &Problem<'_>) -> Made {
    let mut eligible = match &problem.speakers.nodes {
        None => ALWAYS,
        Some(selector) => logic.nodes(std::slice::from_ref(selector))?,
    };
    if !problem.speakers.ignore_exclude_lb {
        let without = LabelSelector {
            match_expressions: vec![Requirement {
                key: EXCLUDE_LABEL.to_owned(),
                operator: Operator::DoesNotExist,
                values: vec![],
            }],
            ..LabelSelector::default()
        };
        let without = logic.nodes(&[without])?;
        eligible = logic.store.and(eligible, without)?;
    }
    Ok(eligible)
}

/// Compares the announcements.
pub(super) fn compare(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    pools: &Pools,
    found: &mut Vec<Raw>,
    unproved: &mut Vec<Unproved>,
) -> Result<(), Unproved> {
    unproved.extend(external(problem));
    unproved.extend(named_and_left_out(problem));
    unproved.extend(beside_kube_proxy(problem));
    let interfaces = interfaces(problem)?;
    let eligible = eligible(logic, problem)?;
    let ads = &problem.config.l2_advertisements;
    let metallb: Result<Vec<Announced>, Spent> =
        ads.iter().map(|ad| of_metallb(logic, ad, eligible, &interfaces, problem)).collect();
    let metallb = metallb?;
    for (at, family) in FAMILIES.into_iter().enumerate() {
        let cilium = of_cilium(logic, problem, family, &interfaces)?;
        for (ads, members) in groups(problem) {
            let holders: Vec<Diagram> = members
                .iter()
                .map(|pool| pools.holders.get(*pool).map_or(NEVER, |families| families[at]))
                .collect();
            let all = logic.store.any(holders)?;
            if all == NEVER {
                continue;
            }
            let here: Vec<&Announced> = ads.iter().filter_map(|ad| metallb.get(*ad)).collect();
            let there: Vec<&Announced> = cilium.iter().collect();
            for (these, those, what) in
                [(&here, &there, "announced by MetalLB"), (&there, &here, "announced by Cilium")]
            {
                for one in these {
                    let rest = uncovered(logic, one, those, all)?;
                    if rest == NEVER {
                        continue;
                    }
                    found.push(raw(logic, pools, (&members, at), rest, (one.place, what))?);
                }
            }
        }
    }
    Ok(())
}

/// What one side announces for these Services, and the other does not.
fn uncovered(
    logic: &mut Logic<'_>,
    one: &Announced,
    others: &[&Announced],
    services: Diagram,
) -> Made {
    let mut rest = logic.store.and(one.whole, services)?;
    // Those from the same Nodes on the same interfaces first: they leave the least behind.
    let mut others = others.to_vec();
    others.sort_by_key(|other| (other.nodes, other.interfaces) != (one.nodes, one.interfaces));
    for other in others {
        if rest == NEVER {
            break;
        }
        rest = logic.store.without(rest, other.whole)?;
    }
    Ok(rest)
}

fn raw(
    logic: &mut Logic<'_>,
    pools: &Pools,
    (members, at): (&[usize], usize),
    rest: Diagram,
    place: (Option<Span>, &'static str),
) -> Result<Raw, Spent> {
    let family = FAMILIES[at];
    let mut chosen = None;
    for pool in members {
        let holders = pools.holders.get(*pool).map_or(NEVER, |families| families[at]);
        let own = logic.store.and(rest, holders)?;
        if own != NEVER {
            chosen = Some((*pool, own));
            break;
        }
    }
    let (pool, own) = chosen.unwrap_or((0, rest));
    let wish = pools.held(pool, family);
    let mut raw = Raw::new(Aspect::Answerers, Some(pool), family, own, wish);
    raw.places.push(place);
    Ok(raw)
}

/// Pools that the same advertisements take.
fn groups(problem: &Problem<'_>) -> BTreeMap<Vec<usize>, Vec<usize>> {
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (at, pool) in problem.config.pools.iter().enumerate() {
        let ads = problem.config.l2_advertisements.iter().enumerate();
        let taken = ads.filter(|(_, ad)| ad.pools.selects(&pool.meta)).map(|(ad, _)| ad);
        groups.entry(taken.collect()).or_default().push(at);
    }
    groups
}

fn interfaces(problem: &Problem<'_>) -> Result<Interfaces, Unproved> {
    let named = problem.config.l2_advertisements.iter().flat_map(|ad| &ad.interfaces);
    let mut patterns: BTreeSet<Pattern> = named.cloned().map(Pattern::Name).collect();
    let policies = problem.cilium.l2_policies.iter();
    let expressions = policies.flat_map(|policy| &policy.spec.interfaces);
    let good = expressions.chain(excluded(problem)).filter(|text| rewritten_pattern(text).is_ok());
    patterns.extend(good.cloned().map(Pattern::Go));
    let settings = &problem.cilium.settings;
    if leaves_interfaces_out(problem) {
        let names = problem.cluster.nodes.iter().flat_map(|node| &node.interfaces);
        return Interfaces::among(&names.map(String::as_str).collect(), patterns, settings);
    }
    Interfaces::new(patterns, settings)
}

/// The interfaces that MetalLB leaves out by its own settings, where the conversion
/// heeds them; else it is assumed that Cilium's devices do.
pub(super) fn excluded<'a>(problem: &Problem<'a>) -> &'a [String] {
    if leaves_interfaces_out(problem) { &problem.speakers.excluded_interfaces } else { &[] }
}

/// Whether the conversion wrote out the interfaces at hand, without those that MetalLB
/// leaves out by its own settings: others are not compared.
pub(super) fn leaves_interfaces_out(problem: &Problem<'_>) -> bool {
    // Where one is named, nothing is proved.
    problem.translation.diagnostics.iter().any(|one| one.code == convert::EXCLUDED_INTERFACES)
}

fn classes(logic: &mut Logic<'_>, interfaces: &Interfaces, answered: BTreeSet<usize>) -> Made {
    let var = logic.domain.var(&Attribute::Interface);
    let mut slots: Vec<Slot> = vec![ABSENT];
    for class in answered {
        slots.extend(interfaces.names.get(class).map(|name| logic.domain.slot(var, name)));
    }
    logic.store.one_of(var, slots)
}

fn announced(
    logic: &mut Logic<'_>,
    services: Diagram,
    nodes: Diagram,
    interfaces: Diagram,
    place: Option<Span>,
) -> Result<Announced, Spent> {
    let both = logic.store.and(nodes, interfaces)?;
    let whole = logic.store.and(services, both)?;
    Ok(Announced { nodes, interfaces, whole, place })
}

fn of_metallb(
    logic: &mut Logic<'_>,
    ad: &L2Advertisement,
    eligible: Diagram,
    interfaces: &Interfaces,
    problem: &Problem<'_>,
) -> Result<Announced, Spent> {
    let named: Vec<Pattern> = ad.interfaces.iter().cloned().map(Pattern::Name).collect();
    let mut answered = interfaces.matching(&named);
    let excluded: Vec<Pattern> = excluded(problem).iter().cloned().map(Pattern::Go).collect();
    if named.is_empty() && !excluded.is_empty() {
        answered = &answered - &interfaces.matching(&excluded);
    }
    let services = logic.services(&ad.service_selectors)?;
    let nodes = logic.nodes(&ad.node_selectors)?;
    let nodes = logic.store.and(nodes, eligible)?;
    let answered = classes(logic, interfaces, answered)?;
    announced(logic, services, nodes, answered, ad.origin.span("spec"))
}

fn of_cilium(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    family: Family,
    interfaces: &Interfaces,
) -> Result<Vec<Announced>, Spent> {
    let settings = &problem.cilium.settings;
    let is_on = settings.l2_announcements && settings.has_family(family);
    if !is_on || problem.lb_class.is_some_and(|c| c != L2_CLASS) {
        return Ok(vec![]);
    }
    let silent = family == Family::V6 && !problem.cilium.version.has(Feature::L2Ipv6);
    let mut all = Vec::new();
    for policy in &problem.cilium.l2_policies {
        let spec = &policy.spec;
        let bad = |selector: &Option<LabelSelector>| {
            selector.as_ref().is_some_and(|selector| !validate(selector).is_empty())
        };
        // A policy with something that cannot be read is out of use.
        if !spec.load_balancer_ips.unwrap_or(false)
            || bad(&spec.service_selector)
            || bad(&spec.node_selector)
            || spec.interfaces.iter().any(|text| rewritten_pattern(text).is_err())
        {
            continue;
        }
        let services = match &spec.service_selector {
            None => ALWAYS,
            Some(selector) => logic.cilium_services(selector)?,
        };
        let nodes = logic.cilium_nodes(spec.node_selector.as_ref())?;
        let expressions: Vec<Pattern> = spec.interfaces.iter().cloned().map(Pattern::Go).collect();
        let answered = if silent { BTreeSet::new() } else { interfaces.matching(&expressions) };
        let answered = classes(logic, interfaces, answered)?;
        all.push(announced(logic, services, nodes, answered, policy.origin.span("spec"))?);
    }
    Ok(all)
}

/// An advertisement of an interface on which MetalLB never answers.
fn named_and_left_out(problem: &Problem<'_>) -> Option<Unproved> {
    let patterns = interface_patterns(&problem.speakers.excluded_interfaces);
    let left_out = |name: &&String| patterns.iter().any(|pattern| pattern.is_match(name));
    problem.config.l2_advertisements.iter().find_map(|ad| {
        let name = ad.interfaces.iter().find(left_out)?;
        let reason = "on which MetalLB never answers (metallb-excludel2)";
        Some(Unproved::because(format!("L2Advertisement {} names {name}, {reason}", ad.meta.name)))
    })
}

/// Policies that are to work beside kube-proxy.
fn beside_kube_proxy(problem: &Problem<'_>) -> Option<Unproved> {
    let (settings, policies) = (&problem.cilium.settings, &problem.cilium.l2_policies);
    let is_replaced = settings.kube_proxy_replacement != Some(false);
    (settings.l2_announcements && !policies.is_empty() && !is_replaced).then(|| {
        Unproved::because(
            "Cilium's L2 announcements do not work beside kube-proxy: see kubeProxyReplacement",
        )
    })
}

/// A policy that announces more than load-balancer addresses.
fn external(problem: &Problem<'_>) -> Option<Unproved> {
    let mut policies = problem.cilium.l2_policies.iter();
    let more = policies.find(|one| one.spec.external_ips == Some(true))?;
    problem.cilium.settings.l2_announcements.then(|| {
        Unproved::because(format!(
            "CiliumL2AnnouncementPolicy {} announces externalIPs too, which MetalLB never does",
            more.meta.name
        ))
    })
}
