//! Which Services get an address of which pool, on either side.
//!
//! MetalLB tries pools in tiers: pinned ones by priority, then the open ones; within
//! a tier any may come first. Cilium knows one tier. For every region of addresses
//! the two must let in the same Services: by themselves from the first tier, by a
//! pool's name, and by address, which is also how an address in use is kept.

mod dual_stack;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub(super) use self::dual_stack::DualStack;

use super::addresses::{Region, given_out, regions};
use super::diagram::{ALWAYS, Diagram, NEVER, Spent};
use super::domain::Logic;
use super::lb_ipam::{admitted, is_managed, usable};
use super::raw::{Raw, Unproved, Wish};
use super::tiers::{Entry, check_order, compatible, entries};
use super::{Aspect, Problem};
use crate::convert::{codes as convert, pool_label};
use crate::ip::Family;
use crate::metallb::Addresses;
use crate::simulate::cilium::PoolAddresses;

/// Both families, by their place in arrays.
pub(super) const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

/// What is known of the pools of both sides.
pub(super) struct Pools {
    pub(super) regions: Vec<Region>,
    /// By MetalLB's pool.
    metallb: Vec<Metallb>,
    /// By Cilium's pool: whom it lets in.
    cilium: Vec<Diagram>,
    /// By family: who has a second choice.
    later: [Diagram; 2],
    /// By MetalLB's pool and family: who may hold one of its addresses in Cilium, by
    /// labels and pool label.
    pub(super) holders: Vec<[Diagram; 2]>,
}

/// One pool of MetalLB's.
struct Metallb {
    /// Who may have an address of it at all.
    compatible: Diagram,
    /// By family: who gets one without asking, as the first choice.
    first: [Diagram; 2],
    /// The pool's label, where the conversion's pool asks for one.
    label: Option<String>,
    /// Whom the conversion's pool lets in without the label.
    unlabelled: Diagram,
    /// Who gets no label though they name the pool: it lets them in without only.
    plain: Diagram,
}

/// Prepares the pools of both sides and compares them.
pub(super) fn compare(
    logic: &mut Logic<'_>,
    problem: &Problem<'_>,
    found: &mut Vec<Raw>,
) -> Result<Pools, Unproved> {
    let config = problem.config;
    for pool in &config.pools {
        let unfilled = |entry: &crate::metallb::AddressEntry| {
            matches!(entry.holds, Addresses::UnfilledCidr(_) | Addresses::UnfilledRange(..))
        };
        if pool.addresses.iter().any(unfilled) {
            return Err(Unproved::because(format!(
                "pool {} holds a placeholder that is not filled in",
                pool.name()
            )));
        }
    }
    let usable = usable(problem)?;
    let addresses: Vec<_> = config.pools.iter().map(given_out).collect();
    let regions = regions(&addresses, &usable);
    let cilium = admitted(logic, problem)?;
    let mut pools = Pools {
        metallb: metallb(logic, problem)?,
        regions,
        cilium,
        later: [NEVER; 2],
        holders: vec![],
    };
    pools.tiers(logic, problem)?;
    let others = pools.unasked(logic, problem, found)?;
    pools.fall_backs(logic, problem, others, found)?;
    pools.by_address(logic, found)?;
    pools.by_name(logic, found)?;
    pools.hold(logic)?;
    if problem.lb_class.is_some() && !is_managed(problem) {
        found.iter_mut().for_each(|raw| raw.code = Some(convert::FOREIGN_CLASS));
    }
    Ok(pools)
}

fn metallb(logic: &mut Logic<'_>, problem: &Problem<'_>) -> Result<Vec<Metallb>, Unproved> {
    let written = &problem.translation.pools;
    let mut by_address: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for (at, pool) in written.iter().enumerate() {
        let read = PoolAddresses::of(&pool.resource);
        by_address.extend(read.blocks.iter().map(|range| (range.first(), at)));
    }
    let mut all = Vec::new();
    for pool in &problem.config.pools {
        let first = given_out(pool).first().map(crate::ip::IpRange::first);
        let own = first.and_then(|first| by_address.range(..=first).next_back());
        let selector = own
            .and_then(|(_, at)| written.get(*at))
            .and_then(|own| own.resource.spec.service_selector.as_ref());
        let (unlabelled, plain) = match selector {
            None => (ALWAYS, ALWAYS),
            Some(selector) => {
                let admits = logic.cilium_services(selector)?;
                let slots = [None, Some(pool_label(pool.name()))]
                    .map(|label| logic.label_slot(label.as_deref()));
                let [without, with] =
                    slots.map(|slot| logic.store.with_first(admits, logic.pool(), slot));
                (without, logic.store.without(without, with)?)
            }
        };
        let (compatible, _) = compatible(logic, problem, pool)?;
        all.push(Metallb {
            compatible,
            first: [NEVER; 2],
            label: selector.map(|_| pool_label(pool.name())),
            unlabelled,
            plain,
        });
    }
    Ok(all)
}

impl Pools {
    /// The pool labels that a Service may have been given: none, and the pool's own.
    fn label_of(&self, pool: usize) -> Option<&str> {
        self.metallb.get(pool)?.label.as_deref()
    }

    /// Whom one of Cilium's pools lets in under a pool label.
    fn admits(&self, logic: &mut Logic<'_>, cilium: Option<usize>, label: Option<&str>) -> Diagram {
        let Some(all) = cilium.and_then(|at| self.cilium.get(at)) else { return NEVER };
        let slot = logic.label_slot(label);
        logic.store.with_first(*all, logic.pool(), slot)
    }

    /// Works out MetalLB's first choices, and who has a second one.
    fn tiers(&mut self, logic: &mut Logic<'_>, problem: &Problem<'_>) -> Result<(), Unproved> {
        let entries = entries(logic, problem)?;
        check_order(logic, problem, &entries)?;
        for (at, family) in FAMILIES.into_iter().enumerate() {
            let has: BTreeSet<usize> = self
                .regions
                .iter()
                .filter(|region| region.family == family)
                .filter_map(|region| region.metallb)
                .collect();
            let (mut taken, mut later) = (NEVER, NEVER);
            for tier in entries.chunk_by(|a, b| a.rank == b.rank) {
                let tier: Vec<&Entry> = tier.iter().filter(|e| has.contains(&e.pool)).collect();
                for entry in &tier {
                    let first = logic.store.without(entry.fits, taken)?;
                    let again = logic.store.and(entry.fits, taken)?;
                    later = logic.store.or(later, again)?;
                    if let Some(pool) = self.metallb.get_mut(entry.pool) {
                        pool.first[at] = logic.store.or(pool.first[at], first)?;
                    }
                }
                let fits = logic.store.any(tier.iter().map(|entry| entry.fits))?;
                taken = logic.store.or(taken, fits)?;
            }
            self.later[at] = later;
        }
        Ok(())
    }

    /// What Services get that ask for nothing.
    fn unasked(
        &self,
        logic: &mut Logic<'_>,
        problem: &Problem<'_>,
        found: &mut Vec<Raw>,
    ) -> Result<[Diagram; 2], Unproved> {
        let mut otherwise = [NEVER; 2];
        let mut times: BTreeMap<(Option<usize>, Family), usize> = BTreeMap::new();
        for region in self.regions.iter().filter(|region| region.cilium.is_some()) {
            *times.entry((region.metallb, region.family)).or_default() += 1;
        }
        for region in &self.regions {
            let at = usize::from(region.family == Family::V6);
            let is_split = times.get(&(region.metallb, region.family)).is_some_and(|n| *n > 1);
            let before =
                region.metallb.and_then(|m| self.metallb.get(m)).map_or(NEVER, |p| p.first[at]);
            let after = self.admits(logic, region.cilium, None);
            let lost = logic.store.without(before, after)?;
            otherwise[at] = logic.store.or(otherwise[at], lost)?;
            // Addresses that Cilium does not have are missed by those who ask, too.
            if lost != NEVER && region.cilium.is_some() {
                let wish = match is_split {
                    true => Wish::OfBoth(region.first),
                    false => Wish::Nothing,
                };
                found.push(raw(problem, region, Aspect::Lost, lost, wish));
            }
            let gained = logic.store.without(after, before)?;
            otherwise[at] = logic.store.or(otherwise[at], gained)?;
            if gained != NEVER {
                // To be given just this one, it is asked for.
                let wish = Wish::OfCilium(region.first);
                found.push(raw(problem, region, Aspect::Gained, gained, wish));
            }
        }
        Ok(otherwise)
    }

    /// What MetalLB would try next when a first choice is full: Cilium has no second one
    /// for those who get the same, and `others` do not.
    fn fall_backs(
        &self,
        logic: &mut Logic<'_>,
        problem: &Problem<'_>,
        others: [Diagram; 2],
        found: &mut Vec<Raw>,
    ) -> Result<(), Unproved> {
        for (pool, (config, known)) in problem.config.pools.iter().zip(&self.metallb).enumerate() {
            for (at, family) in FAMILIES.into_iter().enumerate() {
                let two = logic.store.and(known.first[at], self.later[at])?;
                let two = logic.store.without(two, others[at])?;
                if two != NEVER {
                    // Every pool of the tier must be full.
                    let (mut members, mut full) = (two, vec![]);
                    for (other, of_tier) in self.metallb.iter().enumerate() {
                        let both = logic.store.and(members, of_tier.first[at])?;
                        if both != NEVER {
                            members = both;
                            full.push(other);
                        }
                    }
                    found.push(Raw {
                        code: Some(convert::FALL_BACK),
                        places: vec![(config.origin.span("spec"), "tried first")],
                        full,
                        ..Raw::new(Aspect::Lost, Some(pool), family, members, Wish::Nothing)
                    });
                    break;
                }
            }
        }
        Ok(())
    }

    /// What becomes of Services that hold or ask for an address that MetalLB grants.
    fn by_address(&self, logic: &mut Logic<'_>, found: &mut Vec<Raw>) -> Result<(), Unproved> {
        for region in &self.regions {
            let Some((at, pool)) = region.metallb.and_then(|at| Some((at, self.metallb.get(at)?)))
            else {
                continue;
            };
            let unlabelled = self.admits(logic, region.cilium, None);
            let refused = match &pool.label {
                None => logic.store.without(pool.compatible, unlabelled)?,
                Some(label) => {
                    // The conversion sets the label on those that need it.
                    let plain = logic.store.and(pool.compatible, pool.unlabelled)?;
                    let plain = logic.store.without(plain, unlabelled)?;
                    let labelled = self.admits(logic, region.cilium, Some(label));
                    let others = logic.store.without(pool.compatible, pool.unlabelled)?;
                    let others = logic.store.without(others, labelled)?;
                    logic.store.or(plain, others)?
                }
            };
            if refused != NEVER {
                let wish = Wish::Address(region.first);
                let (aspect, family) = (Aspect::Lost, region.family);
                let mut raw = Raw::new(aspect, Some(at), family, refused, wish);
                raw.label = pool.label.clone().map(|label| (label, pool.unlabelled));
                raw.addresses = Some((region.first, region.count));
                found.push(raw);
            }
        }
        Ok(())
    }

    /// What becomes of Services that name a pool.
    fn by_name(&self, logic: &mut Logic<'_>, found: &mut Vec<Raw>) -> Result<(), Unproved> {
        let mut of_pool: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for region in &self.regions {
            if let (Some(pool), Some(cilium)) = (region.metallb, region.cilium) {
                of_pool.entry(pool).or_default().insert(cilium);
            }
            let Some((at, pool)) = region.metallb.and_then(|at| Some((at, self.metallb.get(at)?)))
            else {
                continue;
            };
            let admitted = self.admits(logic, region.cilium, pool.label.as_deref());
            let labelled = logic.store.without(pool.compatible, pool.plain)?;
            let refused = logic.store.without(labelled, admitted)?;
            let plain = logic.store.and(pool.compatible, pool.plain)?;
            let admitted = self.admits(logic, region.cilium, None);
            let plain = logic.store.without(plain, admitted)?;
            let refused = logic.store.or(refused, plain)?;
            if refused != NEVER {
                let (aspect, family) = (Aspect::Lost, region.family);
                let mut raw = Raw::new(aspect, Some(at), family, refused, Wish::Pool(at));
                raw.label = pool.label.clone().map(|label| (label, pool.plain));
                found.push(raw);
            }
        }
        let with_families: BTreeSet<(usize, Family)> =
            self.regions.iter().filter_map(|r| Some((r.cilium?, r.family))).collect();
        let has: BTreeSet<(usize, Family)> =
            self.regions.iter().filter_map(|r| Some((r.metallb?, r.family))).collect();
        let slots: Vec<_> =
            (0..self.metallb.len()).map(|m| logic.label_slot(self.label_of(m))).collect();
        // One difference of a pool stands for all of its kind: of many open pools each
        // differs from every other one.
        let mut quiet: BTreeSet<usize> = (0..self.metallb.len()).collect();
        for (cilium, family) in with_families {
            if logic.store.is_expired() {
                return Err(Spent.into());
            }
            let Some(all) = self.cilium.get(cilium).copied() else { continue };
            let (listed, other) = logic.store.branches(all, logic.pool());
            let mut told = Vec::new();
            for at in quiet.iter().copied() {
                let Some(pool) = self.metallb.get(at) else { continue };
                let slot = slots.get(at).copied().unwrap_or_default();
                let there = listed.binary_search_by_key(&slot, |(slot, _)| *slot).ok();
                let admitted = there.and_then(|at| listed.get(at)).map_or(other, |(_, to)| *to);
                if (admitted == NEVER && pool.plain == NEVER)
                    || !has.contains(&(at, family))
                    || of_pool.get(&at).is_none_or(|own| own.is_empty() || own.contains(&cilium))
                {
                    continue;
                }
                let labelled = logic.store.without(pool.compatible, pool.plain)?;
                let both = logic.store.and(labelled, admitted)?;
                let unlabelled = self.admits(logic, Some(cilium), None);
                let plain = logic.store.and(pool.compatible, pool.plain)?;
                let plain = logic.store.and(plain, unlabelled)?;
                let both = logic.store.or(both, plain)?;
                if both != NEVER {
                    let aspect = Aspect::Pool;
                    let mut raw = Raw::new(aspect, Some(at), family, both, Wish::Pool(at));
                    raw.label = pool.label.clone().map(|label| (label, pool.plain));
                    found.push(raw);
                    told.push(at);
                }
            }
            for at in told {
                quiet.remove(&at);
            }
        }
        Ok(())
    }

    /// Who may hold an address of each pool in Cilium.
    fn hold(&mut self, logic: &mut Logic<'_>) -> Result<(), Unproved> {
        self.holders = vec![[NEVER; 2]; self.metallb.len()];
        for region in &self.regions {
            let at = usize::from(region.family == Family::V6);
            let Some((index, pool)) =
                region.metallb.and_then(|index| Some((index, self.metallb.get(index)?)))
            else {
                continue;
            };
            let unlabelled = logic.store.or(pool.unlabelled, pool.first[at])?;
            let unlabelled = logic.store.and(unlabelled, pool.compatible)?;
            let admitted = self.admits(logic, region.cilium, None);
            let unlabelled = logic.store.and(unlabelled, admitted)?;
            let plain = logic.labelled(None)?;
            let mut holders = logic.store.and(plain, unlabelled)?;
            if let Some(label) = &pool.label {
                let admitted = self.admits(logic, region.cilium, Some(label));
                let admitted = logic.store.and(pool.compatible, admitted)?;
                let admitted = logic.store.without(admitted, pool.plain)?;
                let labelled = logic.labelled(Some(label))?;
                let labelled = logic.store.and(labelled, admitted)?;
                holders = logic.store.or(holders, labelled)?;
            }
            if let Some(known) = self.holders.get_mut(index) {
                known[at] = logic.store.or(known[at], holders)?;
            }
        }
        Ok(())
    }

    /// How a Service comes to an address of a pool that Cilium has, too.
    pub(super) fn held(&self, pool: usize, family: Family) -> Wish {
        let of_pool = |region: &&Region| region.metallb == Some(pool) && region.family == family;
        let mut regions = self.regions.iter().filter(of_pool);
        let there = regions.clone().find(|region| region.cilium.is_some());
        match there.or_else(|| regions.next()) {
            Some(region) => Wish::Held(pool, region.first),
            None => Wish::Pool(pool),
        }
    }
}

fn raw(
    problem: &Problem<'_>,
    region: &Region,
    aspect: Aspect,
    services: Diagram,
    wish: Wish,
) -> Raw {
    let mut raw = Raw::new(aspect, region.metallb, region.family, services, wish);
    let pool = region.cilium.and_then(|at| problem.cilium.pools.get(at));
    raw.places.extend(pool.map(|pool| (pool.origin.span("spec"), "Cilium's pool")));
    if aspect == Aspect::Gained {
        raw.addresses = Some((region.first, region.count));
    }
    raw
}
