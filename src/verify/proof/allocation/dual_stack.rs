//! Which dual-stack Services both sides give the same two addresses.

use std::collections::BTreeSet;

use super::Pools;
use crate::cilium::{CiliumConfig, Feature};
use crate::ip::Family;
use crate::verify::proof::diagram::{NEVER, Spent};
use crate::verify::proof::domain::Logic;

/// Which dual-stack Services get the same, given that others do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::verify::proof) enum DualStack {
    /// All.
    Alike,
    /// Those that prefer both families: to those that require both MetalLB gives
    /// nothing, Cilium an address of the only family that there is.
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
        let families: BTreeSet<Family> = self.regions.iter().map(|region| region.family).collect();
        match families.len() {
            0 => return Ok(DualStack::Alike),
            1 => return Ok(DualStack::AlikeWherePreferred),
            _ => {}
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
            return Ok(DualStack::Alike);
        }
        // Which of several pools it is, is chance: it must be the same for both families.
        let pairs: BTreeSet<_> =
            self.regions.iter().map(|region| (region.metallb, region.cilium)).collect();
        let metallb: BTreeSet<_> = pairs.iter().map(|(metallb, _)| metallb).collect();
        let cilium: BTreeSet<_> = pairs.iter().map(|(_, cilium)| cilium).collect();
        let one_to_one = metallb.len() == pairs.len() && cilium.len() == pairs.len();
        let random = config.version.has(Feature::PoolsWalkedAtRandom);
        Ok(if !random && one_to_one { DualStack::Alike } else { DualStack::Apart })
    }
}
