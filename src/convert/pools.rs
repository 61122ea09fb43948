//! IPAddressPools become CiliumLoadBalancerIPPools.

use std::collections::BTreeSet;

use super::assignment::Assignment;
use super::names::{Names, pool_label};
use super::objects::Emitted;
use super::words::list;
use super::{BlockForm, Context, blocks, codes, reserved_labels};
use crate::cilium::{AllowFirstLastIps, LoadBalancerIpPoolSpec, PoolBlock};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::ip::{self, IpSet};
use crate::metallb::{Addresses, Pool, selected_by_name};
use crate::selector::is_subdomain;

/// Above this an object does not fit into the annotation that `kubectl apply`
/// keeps of it (256 KiB, with room for the rest).
const MAX_OBJECT_BYTES: usize = 200 * 1024;

/// Blocks that `avoidBuggyIPs` may make in one conversion: two networks of the
/// size of 10.0.0.0/8.
const MAX_PIECES: usize = 2 * (1 << 16);

/// Refuses names of pools in the options that are not there.
pub(super) fn check_names(context: &mut Context<'_>) {
    let options = context.options;
    let known: Vec<&str> = context.config.pools.iter().map(Pool::name).collect();
    let asked = [("--only-pool", &options.only_pools), ("--skip-pool", &options.skip_pools)];
    let asked = asked.into_iter().flat_map(|(flag, names)| names.iter().map(move |n| (flag, n)));
    for (flag, name) in asked.chain(options.default_pool.iter().map(|n| ("--default-pool", n))) {
        if !known.contains(&name.as_str()) {
            context.found.push(
                Diagnostic::error(
                    codes::UNKNOWN_POOL,
                    format!("{flag}: there is no pool `{name}`"),
                )
                .help(format!("the pools are {}", list(known.iter().copied()))),
            );
        }
    }
    let default =
        context.config.pools.iter().find(|p| Some(p.name()) == options.default_pool.as_deref());
    if let Some(pool) = default.filter(|pool| pool.allocation.is_some() || !pool.auto_assign) {
        context.found.push(
            Diagnostic::error(
                codes::UNKNOWN_POOL,
                format!("--default-pool: pool `{}` is not open to every Service", pool.name()),
            )
            .label(pool.origin.span("spec"), "pinned, or autoAssign is false")
            .help("name a pool without serviceAllocation and with autoAssign"),
        );
    }
}

/// Converts the pools that are asked for.
pub(super) fn convert(
    context: &mut Context<'_>,
    assignment: &Assignment,
) -> Vec<Emitted<LoadBalancerIpPoolSpec>> {
    let config = context.config;
    let mut names = Names::taken(config.pools.iter().map(Pool::name));
    let all: IpSet = if context.options.blocks == BlockForm::Compact {
        config.pools.iter().flat_map(Pool::ranges).collect()
    } else {
        IpSet::new()
    };
    let mut emitted = Vec::new();
    let mut room = MAX_PIECES;
    for (index, pool) in config.pools.iter().enumerate() {
        if !context.wants_pool(pool.name()) {
            continue;
        }
        say(context, pool);
        let Some(left) = room.checked_sub(blocks::pieces_up_to(pool, room + 1)) else {
            context.found.push(too_many_blocks(pool));
            break;
        };
        room = left;
        let others = all.difference(&pool.ranges().collect());
        let blocks = blocks::of_pool(pool, context.options.blocks, &others);
        if blocks.blocks.is_empty() {
            continue;
        }
        if blocks.first_last == AllowFirstLastIps::No {
            context.found.push(compact(pool));
        }
        let parts = split(blocks.blocks);
        if parts.len() > 1 {
            context.found.push(several_objects(pool, parts.len()));
        }
        for (part, part_blocks) in parts.into_iter().enumerate() {
            let name = if part == 0 && is_subdomain(pool.name()) {
                pool.name().to_owned()
            } else {
                names.claim(pool.name())
            };
            let object = Emitted::new(
                name,
                comments(pool, assignment.is_by_label(index)),
                LoadBalancerIpPoolSpec {
                    blocks: part_blocks,
                    allow_first_last_ips: Some(blocks.first_last),
                    service_selector: assignment.selector(index).cloned(),
                    ..LoadBalancerIpPoolSpec::default()
                },
            );
            emitted.push(object.made_of(&pool.origin));
        }
    }
    emitted
}

fn comments(pool: &Pool, by_label: bool) -> Vec<String> {
    let mut comments = vec![format!("From {}.", pool.meta.reference("IPAddressPool"))];
    if by_label {
        comments.push(format!(
            "Only Services with the label {}={} get its addresses.",
            super::POOL_LABEL,
            pool_label(pool.name())
        ));
    }
    comments
}

/// Divides blocks over as many objects as `kubectl apply` needs.
fn split(blocks: Vec<PoolBlock>) -> Vec<Vec<PoolBlock>> {
    // The names of the fields and the JSON around the values.
    const OVERHEAD: usize = 40;
    let size = |block: &PoolBlock| {
        let texts = [&block.cidr, &block.start, &block.stop];
        OVERHEAD + texts.iter().filter_map(|text| text.as_ref().map(String::len)).sum::<usize>()
    };
    let mut parts: Vec<Vec<PoolBlock>> = Vec::new();
    let mut filled = MAX_OBJECT_BYTES;
    for block in blocks {
        let size = size(&block);
        if filled + size > MAX_OBJECT_BYTES {
            parts.push(Vec::new());
            filled = 0;
        }
        filled += size;
        if let Some(part) = parts.last_mut() {
            part.push(block);
        }
    }
    parts
}

/// What is worth knowing of a pool's addresses, and of the Services that it is for.
fn say(context: &mut Context<'_>, pool: &Pool) {
    // Whoever asks for a pool gets in by its label, whatever its selectors say.
    if let Some(allocation) = pool.allocation.as_ref().filter(|_| pool.auto_assign) {
        let reference = pool.meta.reference("IPAddressPool");
        let path = "spec.serviceAllocation.serviceSelectors";
        let selectors = &allocation.service_selectors;
        reserved_labels::say(context, &reference, &pool.origin, path, selectors);
    }
    for (index, entry) in pool.addresses.iter().enumerate() {
        let place = pool.origin.span(&format!("spec.addresses[{index}]"));
        let note = |code, message: String, label: &str| {
            Diagnostic::note(code, message)
                .object(pool.meta.reference("IPAddressPool"))
                .label(place, label)
        };
        match &entry.holds {
            Addresses::Cidr { range, host_bits: true } => {
                let network = range.as_cidr().map(|cidr| cidr.to_string()).unwrap_or_default();
                context.found.push(note(
                    codes::HOST_BITS,
                    format!("`{}` is the whole network {network}, to MetalLB too", entry.text),
                    "host bits are set",
                ));
            }
            Addresses::Nothing => context.found.push(
                note(
                    codes::HOLDS_NOTHING,
                    format!(
                        "`{}` goes from one family to the other and holds no address, in MetalLB \
                         too",
                        entry.text
                    ),
                    "holds nothing",
                )
                .help("both ends of a range should be of one family"),
            ),
            Addresses::UnfilledCidr(_) | Addresses::UnfilledRange(..) => context.found.push(
                note(
                    codes::UNFILLED,
                    format!(
                        "`{}` is carried over as it stands: whether it is valid, and whether it \
                         overlaps with another pool, was not checked",
                        entry.text
                    ),
                    "not filled in",
                )
                .help("fill it in with --set NAME=VALUE or --env-file FILE to have it checked"),
            ),
            Addresses::Cidr { .. } | Addresses::Range(_) => {}
        }
        if let Addresses::Cidr { range, .. } | Addresses::Range(range) = &entry.holds
            && pool.avoid_buggy_ips
            && ip::without_buggy(*range).next().is_none()
        {
            context.found.push(note(
                codes::HOLDS_NOTHING,
                format!(
                    "`{}` holds no address: avoidBuggyIPs leaves each of them out, in MetalLB too",
                    entry.text
                ),
                "holds nothing",
            ));
        }
    }
}

fn too_many_blocks(pool: &Pool) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_MANY_BLOCKS,
        format!(
            "pool {}: avoidBuggyIPs divides the addresses into more than {MAX_PIECES} blocks",
            pool.name()
        ),
    )
    .object(pool.meta.reference("IPAddressPool"))
    .label(pool.origin.span("spec.addresses"), "a block for each 256 addresses")
    .help("give the pool the addresses that it needs, or take avoidBuggyIPs out")
}

fn several_objects(pool: &Pool, count: usize) -> Diagnostic {
    Diagnostic::note(
        codes::SPLIT_POOL,
        format!(
            "pool {} is written as {count} objects: one would be too large for kubectl apply",
            pool.name()
        ),
    )
    .object(pool.meta.reference("IPAddressPool"))
    .label(pool.origin.span("spec.addresses"), "many blocks")
}

fn compact(pool: &Pool) -> Diagnostic {
    Diagnostic::note(
        codes::RESERVED_ENDS,
        format!(
            "pool {} reserves the first and last address of its CIDRs: a Service that asks for \
             one of them with a sharing key gets it from Cilium 1.19, and crashes the operator of \
             1.20",
            pool.name()
        ),
    )
    .object(pool.meta.reference("IPAddressPool"))
    .label(pool.origin.span("spec.addresses"), "written with allowFirstLastIPs: \"No\"")
    .help("--blocks auto writes the same addresses without that trap")
}

/// Adds the Namespaces that `namespaceSelectors` select, as far as can be known.
pub(super) fn resolve_namespaces(
    cluster: &Cluster,
    pool: &Pool,
    namespaces: &mut BTreeSet<String>,
    found: &mut Vec<Diagnostic>,
) {
    let selectors = pool.allocation.as_ref().map_or(&[][..], |a| &a.namespace_selectors);
    let mut by_label = false;
    for selector in selectors {
        match selected_by_name(selector) {
            // MetalLB finds Namespaces that exist; one that does not has no Services.
            Some(names) => namespaces.extend(names),
            None => {
                by_label = true;
                let matching = cluster.namespaces.iter().filter(|ns| selector.matches(&ns.labels));
                namespaces.extend(matching.map(|namespace| namespace.name.clone()));
            }
        }
    }
    if selectors.is_empty() {
        return;
    }
    let place = pool.origin.span("spec.serviceAllocation.namespaceSelectors");
    let names = list(namespaces.iter().map(String::as_str));
    let diagnostic = if !by_label {
        Diagnostic::note(
            codes::NAMESPACES_FIXED,
            format!("pool {}: its namespaceSelectors name just {names}", pool.name()),
        )
    } else if cluster.namespaces.is_empty() {
        Diagnostic::lossy(
            codes::NAMESPACES_TO_COME,
            format!(
                "pool {}: which Namespaces its namespaceSelectors select is not known, since no \
                 Namespace is in the input",
                pool.name()
            ),
        )
        .help("add the Namespaces to the input (kubectl get namespaces -o yaml)")
    } else {
        let chosen = if names.is_empty() { "none".to_owned() } else { names };
        Diagnostic::lossy(
            codes::NAMESPACES_TO_COME,
            format!(
                "pool {}: its namespaceSelectors become the Namespaces of today ({chosen}); those \
                 that are created or labelled later are not followed",
                pool.name()
            ),
        )
        .help("convert again when Namespaces change, or name them in `namespaces`")
    };
    found.push(
        diagnostic
            .object(pool.meta.reference("IPAddressPool"))
            .label(place, "Cilium selects Namespaces by name only"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_filled_up_before_the_next_is_begun() {
        let blocks = |count, cidr: Option<usize>, end: Option<usize>| {
            let text = |length: Option<usize>| length.map(|length| "x".repeat(length));
            vec![PoolBlock { cidr: text(cidr), start: text(end), stop: text(end) }; count]
        };
        let sizes = |blocks| split(blocks).iter().map(Vec::len).collect::<Vec<_>>();
        // Each with 40 bytes around its texts.
        for (count, expected) in [(0, &[][..]), (1, &[1]), (100, &[100]), (250, &[100, 100, 50])] {
            assert_eq!(sizes(blocks(count, Some(2008), None)), expected);
            assert_eq!(sizes(blocks(count, None, Some(1004))), expected);
        }
    }
}
