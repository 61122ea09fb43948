//! Advertisements of one pool that set different local preferences.

use std::collections::HashMap;

use super::share_a_node;
use crate::cluster::Node;
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::metallb::{BgpAdvertisement, Config, Pool, codes};

/// Refuses two advertisements without serviceSelectors that would send one
/// route with two local preferences. With serviceSelectors MetalLB judges each
/// Service by itself.
pub(super) fn conflicts(config: &Config, nodes: &[Node], found: &mut Vec<Diagnostic>) {
    let general: Vec<&BgpAdvertisement> =
        config.bgp_advertisements.iter().filter(|ad| ad.service_selectors.is_empty()).collect();
    // Most configurations set one preference everywhere: nothing to compare.
    if general.windows(2).all(|pair| pair[0].local_pref == pair[1].local_pref) {
        return;
    }
    let mut reported = HashMap::new();
    for pool in &config.pools {
        let of_pool: Vec<&BgpAdvertisement> =
            general.iter().copied().filter(|ad| ad.pools.selects(&pool.meta)).collect();
        for (index, second) in of_pool.iter().enumerate() {
            for first in &of_pool[..index] {
                let pair = (std::ptr::from_ref(*first), std::ptr::from_ref(*second));
                if collide(first, second, pool, nodes) && reported.insert(pair, ()).is_none() {
                    found.push(conflict(first, second, pool));
                }
            }
        }
    }
}

fn collide(a: &BgpAdvertisement, b: &BgpAdvertisement, pool: &Pool, nodes: &[Node]) -> bool {
    a.local_pref != b.local_pref
        && !aggregates_differ(a, b, pool)
        && share_a_peer(a, b)
        && share_a_node(&a.node_selectors, &b.node_selectors, nodes)
}

/// On a pool of both families both lengths must differ; a pool that holds
/// nothing has no routes to collide.
fn aggregates_differ(a: &BgpAdvertisement, b: &BgpAdvertisement, pool: &Pool) -> bool {
    let has = |family| pool.ranges().any(|range| range.family() == family);
    let (v4, v6) = (has(Family::V4), has(Family::V6));
    let differ_v4 = a.aggregation_length != b.aggregation_length;
    let differ_v6 = a.aggregation_length_v6 != b.aggregation_length_v6;
    (differ_v4 || !v4) && (differ_v6 || !v6)
}

fn share_a_peer(a: &BgpAdvertisement, b: &BgpAdvertisement) -> bool {
    a.peers.is_empty() || b.peers.is_empty() || a.peers.iter().any(|peer| b.peers.contains(peer))
}

fn conflict(first: &BgpAdvertisement, second: &BgpAdvertisement, pool: &Pool) -> Diagnostic {
    let show = |ad: &BgpAdvertisement| match ad.local_pref {
        Some(value) => format!("local preference {value}"),
        None => "no local preference".to_owned(),
    };
    Diagnostic::error(
        codes::LOCAL_PREF_CONFLICT,
        format!(
            "BGPAdvertisement {} sets {} on routes of pool {}, for which {} sets {}",
            second.meta.name,
            show(second),
            pool.name(),
            first.meta.name,
            show(first)
        ),
    )
    .object(second.meta.reference("BGPAdvertisement"))
    .label(second.origin.span("spec.localPref"), show(second))
    .label(first.origin.span("spec.localPref"), show(first))
    .help("give both the same localPref, or tell them apart by peers, nodes or aggregation length")
}
