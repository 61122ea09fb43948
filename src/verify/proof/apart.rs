//! Who is left out of the proof, by name: no configuration makes them the same.

use std::collections::BTreeSet;

use super::allocation::{DualStack, FAMILIES};
use super::{Problem, l2};
use crate::cilium::Feature;
use crate::convert::codes as convert;
use crate::diagnostic::Code;
use crate::metallb::Pool;

/// Services or Nodes that are left out of the proof, since no configuration makes
/// them the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apart {
    /// The code that explains it.
    pub code: &'static Code,
    /// Who they are.
    pub who: &'static str,
}

/// Who is left out of the proof.
pub(super) fn of(problem: &Problem<'_>, dual_stack: DualStack) -> Vec<Apart> {
    let config = problem.config;
    let l2 = !config.l2_advertisements.is_empty();
    let bgp = !config.bgp_advertisements.is_empty() && !config.peers.is_empty();
    let local_on_l2 = l2 && problem.cilium.version.has(Feature::L2NeedsLocalBackend);
    let on_all = config.l2_advertisements.iter().any(|ad| ad.interfaces.is_empty());
    let leaves_out = l2::leaves_interfaces_out(problem);
    let unmanaged = on_all && !problem.cilium.settings.devices.is_empty();
    let selective = config.l2_advertisements.iter().any(|ad| !ad.service_selectors.is_empty());
    let aggregates = config
        .bgp_advertisements
        .iter()
        .any(|ad| ad.aggregation_length < 32 || ad.aggregation_length_v6 < 128);
    let families = |pool: &Pool| pool.ranges().map(|range| range.family()).collect();
    let holds_both = |pool: &&Pool| BTreeSet::len(&families(pool)) == FAMILIES.len();
    let dual_pools = config.pools.iter().filter(holds_both).count();
    let rows: [(bool, &'static Code, &'static str); 20] = [
        (dual_stack == DualStack::Apart, convert::DUAL_STACK, "dual-stack Services"),
        (
            dual_stack == DualStack::AlikeWherePreferred,
            convert::DUAL_STACK,
            "Services that require both families",
        ),
        (
            // Cilium keeps the one, whatever pool the other is taken from.
            dual_stack != DualStack::Apart && dual_pools > 1,
            convert::DUAL_STACK,
            "dual-stack Services that hold one address only, or two of two pools",
        ),
        (
            // MetalLB gives all or nothing of a pool, Cilium what there is.
            dual_stack != DualStack::Apart && dual_pools > 0,
            convert::DUAL_STACK,
            "dual-stack Services where a pool has room for one family only",
        ),
        (true, convert::GAINED, "Services whose wish MetalLB refuses, or of another class"),
        (true, convert::CONTESTED_ADDRESS, "Services that want an address that another one has"),
        (
            true,
            convert::SHARES_ACROSS_POOLS,
            "Services that share an address (allow-shared-ip), but for what each gets alone",
        ),
        (l2, convert::SHARED_ON_L2, "Services that share an address announced on L2"),
        (
            l2 && !local_on_l2,
            convert::LOCAL_ON_L2,
            "Services with externalTrafficPolicy Local on L2",
        ),
        (l2, convert::ANSWERS_WITHOUT_ENDPOINTS, "Services without ready endpoints on L2"),
        (selective, convert::SELECTORS_AND_SHARING, "Services with allow-shared-ip on L2"),
        (
            leaves_out,
            convert::EXCLUDED_INTERFACES,
            "interfaces that are not those of the Nodes at hand",
        ),
        (
            // None of the Nodes at hand has one: it is not written out.
            on_all && !leaves_out && !problem.speakers.excluded_interfaces.is_empty(),
            convert::EXCLUDED_INTERFACES,
            "interfaces that metallb-excludel2 leaves out",
        ),
        (
            unmanaged,
            convert::ALL_INTERFACES,
            "interfaces that Cilium does not manage, where MetalLB answers on all",
        ),
        (
            bgp,
            convert::SHARED_ATTRIBUTES,
            if aggregates {
                "Services that share an address, or an aggregate, announced by BGP"
            } else {
                "Services that share an address announced by BGP"
            },
        ),
        (
            bgp && aggregates,
            convert::AGGREGATE_OF_LOCAL,
            "Services with externalTrafficPolicy Local that are announced as an aggregate",
        ),
        (
            bgp,
            convert::FAMILY_WITHOUT_ENDPOINTS,
            "Services with ready endpoints of another family only, by BGP",
        ),
        (bgp || local_on_l2, convert::DRAINING, "Services whose last endpoint on a Node drains"),
        (
            !config.peers.is_empty() && !problem.cilium.node_overrides.is_empty(),
            convert::NEEDS_NODES,
            "Nodes to come, for their router ID and source address",
        ),
        (l2 || bgp, convert::NETWORK_UNAVAILABLE, "Nodes whose network is unavailable"),
    ];
    rows.into_iter()
        .filter(|(counts, ..)| *counts)
        .map(|(_, code, who)| Apart { code, who })
        .collect()
}
