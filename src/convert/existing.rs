//! Cilium's resources that are there already: what is written must not fight
//! them in silence.

use super::objects::{Conversion, Emitted};
use super::{Context, codes};
use crate::cilium::{CiliumConfig, LoadBalancerIpPoolSpec, PoolBlock, Spec};
use crate::diagnostic::Diagnostic;
use crate::ip::{self, IpRange, IpSet};
use crate::manifest::Resource;
use crate::selector::{LabelSelector, LabelSet};

/// Compares a conversion with what is there.
pub(super) fn say(context: &mut Context<'_>, existing: &CiliumConfig, conversion: &Conversion) {
    pools(context, existing, conversion);
    cluster_configs(context, existing, conversion);
    same_names(context, &existing.pools, &conversion.pools);
    same_names(context, &existing.l2_policies, &conversion.l2_policies);
    same_names(context, &existing.advertisements, &conversion.advertisements);
    same_names(context, &existing.peer_configs, &conversion.peer_configs);
    same_names(context, &existing.cluster_configs, &conversion.cluster_configs);
    same_names(context, &existing.node_overrides, &conversion.overrides);
}

/// Of two pools that overlap Cilium switches the younger one off.
fn pools(context: &mut Context<'_>, existing: &CiliumConfig, conversion: &Conversion) {
    for there in &existing.pools {
        let addresses = addresses(&there.spec);
        let overlapping = conversion.pools.iter().find(|new| {
            new.name() != there.meta.name
                && !self::addresses(&new.resource.spec).is_disjoint(&addresses)
        });
        if let Some(new) = overlapping {
            context.found.push(
                Diagnostic::lossy(
                    codes::EXISTING_POOL,
                    format!(
                        "CiliumLoadBalancerIPPool {} is there already and overlaps with pool {}: \
                         Cilium switches the younger of the two off",
                        there.meta.name,
                        new.name()
                    ),
                )
                .object(there.meta.reference("CiliumLoadBalancerIPPool"))
                .label(there.origin.span("spec"), "overlaps")
                .help("take the addresses out of one of the two"),
            );
        }
    }
}

/// The addresses of a pool's blocks, as far as they can be read.
fn addresses(spec: &LoadBalancerIpPoolSpec) -> IpSet {
    spec.blocks.iter().filter_map(range).collect()
}

fn range(block: &PoolBlock) -> Option<IpRange> {
    if let Some(cidr) = &block.cidr {
        return Some(IpRange::from_cidr(ip::parse_prefix(cidr).ok()?.net()));
    }
    let start = ip::parse_addr(block.start.as_deref()?).ok()?;
    let stop = match &block.stop {
        Some(stop) => ip::parse_addr(stop).ok()?,
        None => start,
    };
    IpRange::new(start, stop)
}

/// A node takes one ClusterConfig only: that which came first.
fn cluster_configs(context: &mut Context<'_>, existing: &CiliumConfig, conversion: &Conversion) {
    let nodes =
        |selector: &Option<LabelSelector>| LabelSet::any_of_or_everything(selector.as_slice());
    for there in &existing.cluster_configs {
        let theirs = nodes(&there.spec.node_selector);
        let overlapping = conversion.cluster_configs.iter().find(|new| {
            new.name() != there.meta.name
                && !nodes(&new.resource.spec.node_selector).is_disjoint(&theirs)
        });
        if let Some(new) = overlapping {
            context.found.push(
                Diagnostic::lossy(
                    codes::EXISTING_CLUSTER_CONFIG,
                    format!(
                        "CiliumBGPClusterConfig {} is there already and may select the same nodes \
                         as {}: a node takes only the one that came first",
                        there.meta.name,
                        new.name()
                    ),
                )
                .object(there.meta.reference("CiliumBGPClusterConfig"))
                .label(there.origin.span("spec.nodeSelector"), "may select the same nodes")
                .help("put the peers of both into one ClusterConfig for each class of nodes"),
            );
        }
    }
}

/// An object of the same name would be replaced.
fn same_names<T: Spec + PartialEq>(
    context: &mut Context<'_>,
    existing: &[Resource<T>],
    written: &[Emitted<T>],
) {
    for there in existing {
        let differs =
            |new: &&Emitted<T>| new.name() == there.meta.name && new.resource.spec != there.spec;
        if written.iter().find(differs).is_some() {
            let reference = there.meta.reference(T::KIND.as_str());
            context.found.push(
                Diagnostic::note(
                    codes::EXISTING_REPLACED,
                    format!("{reference} is there already, and this conversion replaces it"),
                )
                .object(reference)
                .label(there.origin.span("spec"), "differs from what is written")
                .help("rename it, if it is not from an earlier conversion"),
            );
        }
    }
}
