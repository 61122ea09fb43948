//! Pools that are there already. Of two pools that overlap Cilium switches the younger
//! one off as a whole, even if their selectors share no Service.

use std::collections::BTreeSet;

use super::{adopted, codes, names, renamed};
use crate::cilium::{AllowFirstLastIps, LoadBalancerIpPoolSpec, PoolBlock};
use crate::convert::Context;
use crate::convert::objects::Emitted;
use crate::diagnostic::Diagnostic;
use crate::ip::{self, IpRange, IpSet};
use crate::manifest::Resource;
use crate::selector::LabelSet;

type Pool = Resource<LoadBalancerIpPoolSpec>;
type New = Emitted<LoadBalancerIpPoolSpec>;

/// A pool that is the same is used, one that is in the way is named, and a name that
/// is taken is not used again.
pub(super) fn merge(
    context: &mut Context<'_>,
    existing: &crate::cilium::CiliumConfig,
    pools: &mut [New],
) {
    let mut used = BTreeSet::new();
    for index in 0..pools.len() {
        let Some(new) = pools.get(index) else { continue };
        let own = addresses(&new.resource.spec);
        let wanted = new.name().to_owned();
        let same_name = existing.pools.iter().find(|there| there.meta.name == wanted);
        let overlapping = existing.pools.iter().filter(|there| !overlap(there, &own).is_empty());
        let overlapping: Vec<&Pool> = overlapping.collect();
        let same = overlapping.iter().copied().find(|there| {
            !used.contains(&there.meta.name) && is_same(there, &new.resource.spec, &own)
        });
        if let Some(there) =
            same.filter(|_| same_name.is_none_or(|one| overlap(one, &own).is_empty()))
        {
            used.insert(there.meta.name.clone());
            adopted(context, there, &format!("pool {wanted}"));
            if let Some(new) = pools.get_mut(index) {
                adopt(new, there);
            }
            continue;
        }
        for there in &overlapping {
            let beyond = addresses(&there.spec).difference(&own);
            if there.meta.name != wanted {
                context.found.push(in_the_way(there, &wanted));
            } else if !beyond.is_empty() {
                context.found.push(has_more(there, &beyond));
            }
        }
        if let Some(there) = same_name.filter(|there| overlap(there, &own).is_empty()) {
            let name = names(&existing.pools, &*pools).claim(&wanted);
            renamed(context, there, &name);
            if let Some(new) = pools.get_mut(index) {
                new.resource.meta.name = name;
            }
        }
    }
}

fn overlap(there: &Pool, own: &IpSet) -> IpSet {
    addresses(&there.spec).intersection(own)
}

/// Whether a pool gives the same addresses to the same Services.
fn is_same(there: &Pool, new: &LoadBalancerIpPoolSpec, own: &IpSet) -> bool {
    let services = |spec: &LoadBalancerIpPoolSpec| {
        LabelSet::any_of_or_everything(spec.service_selector.as_slice())
    };
    // The absent value means that none is reserved.
    let first_last =
        |spec: &LoadBalancerIpPoolSpec| spec.allow_first_last_ips.unwrap_or(AllowFirstLastIps::Yes);
    let spec = &there.spec;
    !spec.disabled
        && first_last(spec) == first_last(new)
        && addresses(spec) == *own
        && services(spec).equals(&services(new))
}

/// The existing object, its fields as they are.
fn adopt(new: &mut New, there: &Pool) {
    new.resource.meta = there.meta.clone();
    new.resource.meta.annotations.remove(super::LAST_APPLIED);
    new.resource.spec = there.spec.clone();
    new.comments.push("It was there already, and stays as it is.".to_owned());
}

fn in_the_way(there: &Pool, new: &str) -> Diagnostic {
    Diagnostic::lossy(
        codes::EXISTING_POOL,
        format!(
            "CiliumLoadBalancerIPPool {} is there already and overlaps with pool {new}: Cilium \
             switches the younger of the two off",
            there.meta.name
        ),
    )
    .object(there.meta.reference("CiliumLoadBalancerIPPool"))
    .label(there.origin.span("spec"), "overlaps")
    .help(
        "take the addresses out of one of the two, or give it the blocks and the selector of the \
         converted one",
    )
}

fn has_more(there: &Pool, beyond: &IpSet) -> Diagnostic {
    const SHOWN: usize = 3;
    let ranges: Vec<String> = beyond.ranges().take(SHOWN).map(|range| range.to_string()).collect();
    Diagnostic::lossy(
        codes::EXISTING_POOL,
        format!(
            "CiliumLoadBalancerIPPool {} is there already and would lose addresses that MetalLB's \
             pool of that name has not, such as {}",
            there.meta.name,
            ranges.join(", ")
        ),
    )
    .object(there.meta.reference("CiliumLoadBalancerIPPool"))
    .label(there.origin.span("spec.blocks"), "holds more")
    .help("move them to a pool of another name first, if anybody needs them")
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
