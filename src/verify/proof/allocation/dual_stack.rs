//! Which dual-stack Services both sides give the same two addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::{FAMILIES, Pools};
use crate::cilium::{CiliumConfig, Feature};
use crate::ip::Family;
use crate::verify::proof::diagram::{NEVER, Spent};
use crate::verify::proof::domain::Logic;

/// Which dual-stack Services get the same, given that others do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::verify::proof) enum DualStack {
    /// All.
    Alike,
    /// Those that prefer both families: to those that require both and get, or name, a
    /// pool of one family MetalLB gives nothing, Cilium the address that there is.
    AlikeWherePreferred,
    /// Not all, whatever their policy.
    Apart,
}

impl Pools {
    /// MetalLB takes both addresses from one pool, Cilium each from any pool that lets
    /// the Service in.
    pub(in crate::verify::proof) fn dual_stack(
        &self,
        logic: &mut Logic<'_>,
        config: &CiliumConfig,
    ) -> Result<DualStack, Spent> {
        // Of a family that is off nobody gets the second address.
        if self.regions.iter().any(|region| !config.settings.has_family(region.family)) {
            return Ok(DualStack::Apart);
        }
        let mut families: BTreeMap<_, BTreeSet<Family>> = BTreeMap::new();
        for region in &self.regions {
            families.entry(region.metallb).or_default().insert(region.family);
        }
        let preferred = if families.values().all(|of_pool| of_pool.len() == FAMILIES.len()) {
            DualStack::Alike
        } else {
            DualStack::AlikeWherePreferred
        };
        if self.regions.iter().all(|region| region.family == self.regions[0].family) {
            return Ok(preferred);
        }
        if self.metallb.iter().any(|pool| pool.first[0] != pool.first[1]) {
            return Ok(DualStack::Apart);
        }
        let (mut one, mut several) = (NEVER, NEVER);
        for pool in &self.metallb {
            let both = logic.store.and(one, pool.first[0])?;
            several = logic.store.or(several, both)?;
            one = logic.store.or(one, pool.first[0])?;
        }
        if several == NEVER {
            return Ok(preferred);
        }
        // Which of several pools it is, is chance: it must be the same for both families.
        let pairs: BTreeSet<_> =
            self.regions.iter().map(|region| (region.metallb, region.cilium)).collect();
        let metallb: BTreeSet<_> = pairs.iter().map(|(metallb, _)| metallb).collect();
        let cilium: BTreeSet<_> = pairs.iter().map(|(_, cilium)| cilium).collect();
        let one_to_one = metallb.len() == pairs.len() && cilium.len() == pairs.len();
        let random = config.version.has(Feature::PoolsWalkedAtRandom);
        Ok(if !random && one_to_one { preferred } else { DualStack::Apart })
    }
}
