//! Whether both sides give dual-stack Services the same two addresses.

use std::collections::BTreeSet;

use super::Pools;
use crate::cilium::{CiliumConfig, Feature};
use crate::ip::Family;
use crate::verify::proof::diagram::{NEVER, Spent};
use crate::verify::proof::domain::Logic;

impl Pools {
    /// Whether dual-stack Services get the same, given that others do: MetalLB takes
    /// both addresses from one pool, Cilium each from any pool that lets them in.
    pub(in crate::verify::proof) fn dual_stack_is_alike(
        &self,
        logic: &mut Logic<'_>,
        config: &CiliumConfig,
    ) -> Result<bool, Spent> {
        let families: BTreeSet<Family> = self.regions.iter().map(|region| region.family).collect();
        if families.len() < 2 {
            return Ok(true);
        }
        if self.metallb.iter().any(|pool| pool.first[0] != pool.first[1]) {
            return Ok(false);
        }
        let (mut one, mut several) = (NEVER, NEVER);
        for pool in &self.metallb {
            let both = logic.store.and(one, pool.first[0])?;
            several = logic.store.or(several, both)?;
            one = logic.store.or(one, pool.first[0])?;
        }
        if several == NEVER {
            return Ok(true);
        }
        // Which of several pools it is, is chance: it must be the same for both families.
        let pairs: BTreeSet<_> =
            self.regions.iter().map(|region| (region.metallb, region.cilium)).collect();
        let metallb: BTreeSet<_> = pairs.iter().map(|(metallb, _)| metallb).collect();
        let cilium: BTreeSet<_> = pairs.iter().map(|(_, cilium)| cilium).collect();
        let one_to_one = metallb.len() == pairs.len() && cilium.len() == pairs.len();
        let random = config.version.has(Feature::PoolsWalkedAtRandom);
        Ok(!random && one_to_one)
    }
}
