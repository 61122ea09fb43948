//! L2Advertisements become CiliumL2AnnouncementPolicies.

use std::collections::BTreeSet;

use regex::Regex;

use super::announcements::{self, L2Group};
use super::assignment::{Assignment, Services};
use super::names::Names;
use super::objects::Emitted;
use super::words::{list, pools_named};
use super::{Context, codes, reserved_labels};
use crate::cilium::{Feature, L2AnnouncementPolicySpec};
use crate::cluster::EXCLUDE_LABEL;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::{L2Advertisement, interface_patterns};
use crate::selector::{LabelSelector, LabelSet, Operator, Requirement};

const KIND: &str = "L2Advertisement";

/// Converts what concerns the pools that are asked for.
pub(super) fn convert(
    context: &mut Context<'_>,
    assignment: &Assignment,
) -> Vec<Emitted<L2AnnouncementPolicySpec>> {
    let mut names = Names::default();
    let mut policies = Vec::new();
    let eligible = eligible_nodes(context);
    for group in announcements::l2_groups(context.config) {
        let lead = group.members[0];
        let wanted = group
            .pools
            .iter()
            .copied()
            .filter(|pool| context.wants_pool(context.config.pools[*pool].name()));
        let wanted: BTreeSet<usize> = wanted.collect();
        say_unknown_pools(context, &group);
        if wanted.is_empty() {
            if group.pools.is_empty() {
                context.found.push(announces_nothing(&group));
            }
            continue;
        }
        say_losses(context, &group);
        let interfaces = interfaces(context, lead);
        let services = selected_services(assignment, &wanted, &lead.service_selectors);
        let nodes = LabelSet::any_of_or_everything(&lead.node_selectors).intersection(&eligible);
        if nodes.is_empty() {
            context.found.push(announces_nothing(&group));
            continue;
        }
        for service_selector in &services {
            for node_selector in nodes.to_selectors() {
                let policy = Emitted::new(
                    names.claim(&lead.meta.name),
                    comments(context, &group, &wanted),
                    L2AnnouncementPolicySpec {
                        service_selector: service_selector.clone(),
                        node_selector: Some(node_selector)
                            .filter(|selector| *selector != LabelSelector::default()),
                        interfaces: interfaces.clone(),
                        external_ips: Some(false),
                        load_balancer_ips: Some(true),
                    },
                );
                policies.push(policy.made_of(&lead.origin));
            }
        }
    }
    say_named_interfaces(context);
    policies
}

/// Said once, whatever the number of advertisements.
fn say_named_interfaces(context: &mut Context<'_>) {
    const SHOWN: usize = 8;
    let config = context.config;
    let named: Vec<&L2Advertisement> =
        config.l2_advertisements.iter().filter(|ad| !ad.interfaces.is_empty()).collect();
    let Some(first) = named.first() else { return };
    let mut diagnostic = Diagnostic::note(
        codes::MISSING_INTERFACE,
        "a node without the interfaces that an L2Advertisement names can be chosen and then \
         answers nowhere, with both controllers",
    )
    .object(first.meta.reference(KIND));
    for advertisement in named.iter().take(SHOWN) {
        diagnostic =
            diagnostic.label(advertisement.origin.span("spec.interfaces"), "written as ^name$");
    }
    context.found.push(diagnostic);
}

/// The patterns of the interfaces of an advertisement; none is all of them, but
/// for those that MetalLB leaves out by its own settings.
fn interfaces(context: &mut Context<'_>, advertisement: &L2Advertisement) -> Vec<String> {
    let patterns =
        interface_patterns(context.options.excluded_interfaces.as_deref().unwrap_or(&[]));
    if !advertisement.interfaces.is_empty() {
        return named_interfaces(context, advertisement, &patterns);
    }
    let nodes = context.cluster.nodes.iter();
    let all: BTreeSet<&str> =
        nodes.flat_map(|node| node.interfaces.iter().map(String::as_str)).collect();
    let (left_out, kept): (Vec<&str>, Vec<&str>) =
        all.into_iter().partition(|name| patterns.iter().any(|p| p.is_match(name)));
    if left_out.is_empty() || kept.is_empty() {
        return vec![];
    }
    let reference = advertisement.meta.reference(KIND);
    context.found.push(
        Diagnostic::note(
            codes::EXCLUDED_INTERFACES,
            format!(
                "{reference}: the interfaces of the Nodes at hand are written out, without {}, \
                 which metallb-excludel2 leaves out",
                list(left_out.into_iter())
            ),
        )
        .object(reference)
        .label(advertisement.origin.span("spec"), "names no interfaces"),
    );
    kept.into_iter().map(exactly).collect()
}

/// The patterns of the interfaces that an advertisement names, but for those on which
/// MetalLB never answers.
fn named_interfaces(
    context: &mut Context<'_>,
    advertisement: &L2Advertisement,
    left_out: &[Regex],
) -> Vec<String> {
    let named = advertisement.interfaces.iter().map(String::as_str);
    let (silent, kept): (Vec<&str>, Vec<&str>) =
        named.partition(|name| left_out.iter().any(|pattern| pattern.is_match(name)));
    if silent.is_empty() {
        return kept.into_iter().map(exactly).collect();
    }
    let reference = advertisement.meta.reference(KIND);
    let names = list(silent.iter().copied());
    let what = format!("{reference} names {names}, on which MetalLB never answers");
    let (diagnostic, written) = if kept.is_empty() {
        let what = format!("{what}; Cilium will");
        let help = "take it out: MetalLB serves nobody by this advertisement";
        (Diagnostic::lossy(codes::EXCLUDED_INTERFACES, what).help(help), silent)
    } else {
        let what = format!("{what}: left out here, too");
        (Diagnostic::note(codes::EXCLUDED_INTERFACES, what), kept)
    };
    context.found.push(
        diagnostic
            .object(reference)
            .label(advertisement.origin.span("spec.interfaces"), "left out by metallb-excludel2"),
    );
    written.into_iter().map(exactly).collect()
}

/// The Nodes that may announce at all: MetalLB leaves out those that carry the
/// exclude label, and those without a speaker.
pub(super) fn eligible_nodes(context: &Context<'_>) -> LabelSet {
    let mut eligible = LabelSet::everything();
    if !context.options.ignore_exclude_lb {
        eligible = LabelSet::any_of(&[LabelSelector {
            match_expressions: vec![Requirement {
                key: EXCLUDE_LABEL.to_owned(),
                operator: Operator::DoesNotExist,
                values: vec![],
            }],
            ..LabelSelector::default()
        }]);
    }
    match &context.options.speaker_nodes {
        Some(speakers) => eligible.intersection(&LabelSet::any_of(std::slice::from_ref(speakers))),
        None => eligible,
    }
}

/// The selectors of the Services of these pools that one of `service_selectors`
/// selects; `None` selects every Service.
pub(super) fn selected_services(
    assignment: &Assignment,
    pools: &BTreeSet<usize>,
    service_selectors: &[LabelSelector],
) -> Vec<Option<LabelSelector>> {
    let by_label = LabelSet::any_of_or_everything(service_selectors);
    let services = match assignment.services_of(pools) {
        Services::Every => by_label,
        Services::Of(services) => services.intersection(&by_label),
    };
    services
        .to_selectors()
        .into_iter()
        .map(|selector| Some(selector).filter(|s| *s != LabelSelector::default()))
        .collect()
}

/// A regular expression that matches just this interface name: Cilium's are not
/// anchored, and a dot would match any character.
fn exactly(interface: &str) -> String {
    let mut pattern = String::from("^");
    for c in interface.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('$');
    pattern
}

fn comments(context: &Context<'_>, group: &L2Group<'_>, pools: &BTreeSet<usize>) -> Vec<String> {
    let mut comments: Vec<String> =
        group.members.iter().map(|ad| format!("From {}.", ad.meta.reference(KIND))).collect();
    if pools.len() < context.config.pools.len() {
        let names = pools.iter().map(|pool| context.config.pools[*pool].name());
        comments.push(format!("For the Services of {}.", pools_named(names)));
    }
    comments
}

fn announces_nothing(group: &L2Group<'_>) -> Diagnostic {
    let lead = group.members[0];
    Diagnostic::note(
        codes::ANNOUNCES_NOTHING,
        format!("{} announces nothing, in MetalLB too", lead.meta.reference(KIND)),
    )
    .object(lead.meta.reference(KIND))
    .label(lead.origin.span("spec"), "no pool or no node fits")
}

/// Names of pools that are not in the input: no error to MetalLB, and often a
/// file that was forgotten.
fn say_unknown_pools(context: &mut Context<'_>, group: &L2Group<'_>) {
    for advertisement in &group.members {
        super::bgp::say_unknown_pools(
            context,
            &advertisement.meta.reference(KIND),
            &advertisement.pools,
            &advertisement.origin,
        );
    }
}

fn say_losses(context: &mut Context<'_>, group: &L2Group<'_>) {
    let version = context.options.version;
    for advertisement in &group.members {
        let reference = advertisement.meta.reference(KIND);
        let (origin, selectors) = (&advertisement.origin, &advertisement.service_selectors);
        reserved_labels::say(context, &reference, origin, "spec.serviceSelectors", selectors);
        if !advertisement.preferred_nodes.is_empty() {
            context.found.push(
                Diagnostic::lossy(
                    codes::PREFERRED_NODES,
                    format!(
                        "{reference}: preferredNodeSelectors have no counterpart; whichever node \
                         takes the lease first answers"
                    ),
                )
                .object(reference.clone())
                .label(advertisement.origin.span("spec.preferredNodeSelectors"), "is lost")
                .help("restrict nodeSelectors to the preferred nodes, if they are enough of them"),
            );
        }
        let v6 = group
            .pools
            .iter()
            .map(|pool| &context.config.pools[*pool])
            .find(|pool| pool.ranges().any(|range| range.family() == Family::V6));
        if let Some(pool) = v6.filter(|_| !version.has(Feature::L2Ipv6)) {
            context.found.push(
                Diagnostic::lossy(
                    codes::NO_NDP,
                    format!(
                        "{reference}: Cilium {version} does not announce the IPv6 addresses of \
                         pool {} (NDP comes with 1.19)",
                        pool.name()
                    ),
                )
                .object(reference)
                .label(advertisement.origin.span("spec"), "announces IPv6")
                .label(pool.origin.span("spec.addresses"), "holds IPv6 addresses")
                .help("upgrade to Cilium 1.19 first, or announce IPv6 by BGP"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interface_patterns_match_one_name_only() {
        for name in ["eth0", "bond0.100", "br-lan", "a+b"] {
            let pattern = regex::Regex::new(&exactly(name)).unwrap();
            assert!(pattern.is_match(name));
            for other in [format!("v{name}"), format!("{name}1"), name.replace('.', "x")] {
                assert_eq!(pattern.is_match(&other), other == name, "{other}");
            }
        }
    }
}
