//! Cilium's pools: the addresses that they give out, and whom they let in.

use super::Problem;
use super::diagram::{ALWAYS, Diagram, Made};
use super::domain::Logic;
use super::raw::Unproved;
use crate::cilium::{DefaultIpam, Feature};
use crate::ip::{IpSet, overlaps};
use crate::selector::{LabelSelector, validate};
use crate::simulate::cilium::{BGP_CLASS, L2_CLASS, PoolAddresses};

/// Whether LB-IPAM cares for MetalLB's Services.
pub(super) fn is_managed(problem: &Problem<'_>) -> bool {
    let settings = &problem.cilium.settings;
    settings.lb_ipam
        && match problem.lb_class {
            None => settings.default_lb_service_ipam == DefaultIpam::LbIpam,
            Some(BGP_CLASS) => settings.bgp_control_plane,
            Some(L2_CLASS) => settings.l2_announcements,
            Some(_) => false,
        }
}

/// The addresses that each of Cilium's pools gives out.
pub(super) fn usable(problem: &Problem<'_>) -> Result<Vec<IpSet>, Unproved> {
    let config = problem.cilium;
    let managed = is_managed(problem);
    let read: Vec<PoolAddresses> = config.pools.iter().map(PoolAddresses::of).collect();
    let ranges = read
        .iter()
        .enumerate()
        .flat_map(|(at, pool)| pool.blocks.iter().map(move |range| (*range, at)));
    if let Some(clash) = overlaps(ranges).first() {
        let name = |at: usize| config.pools.get(at).map_or("", |pool| pool.meta.name.as_str());
        return Err(Unproved::because(format!(
            "the CiliumLoadBalancerIPPools {} and {} overlap: Cilium switches one of them off as a \
             whole",
            name(clash.lower.1),
            name(clash.upper.1)
        )));
    }
    let spoiled = config.version.has(Feature::BadBlockSpoilsPool);
    Ok(read
        .into_iter()
        .map(|pool| {
            if pool.disabled || !managed || (spoiled && pool.is_bad) {
                IpSet::new()
            } else {
                pool.given_out
            }
        })
        .collect())
}

/// Whom each of Cilium's pools lets in.
pub(super) fn admitted(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
) -> Result<Vec<Diagram>, Unproved> {
    let mut admitted = Vec::new();
    for pool in &problem.cilium.pools {
        let selector = pool.spec.service_selector.as_ref();
        if selector.is_some_and(|selector| !validate(selector).is_empty()) {
            return Err(Unproved::because(format!(
                "the serviceSelector of CiliumLoadBalancerIPPool {} is no selector",
                pool.meta.name
            )));
        }
        admitted.push(admits(logic, selector)?);
    }
    Ok(admitted)
}

fn admits(logic: &mut Logic<'_>, selector: Option<&LabelSelector>) -> Made {
    selector.map_or(Ok(ALWAYS), |selector| logic.cilium_services(selector))
}
