//! Examples are run through both engines before anything is said of them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::addresses::Region;
use super::example::{self, Example};
use super::raw::{Raw, Wish};
use super::{Aspect, Problem, l2};
use crate::cilium::{CiliumConfig, PoolBlock};
use crate::cluster::{Service, ServiceKey};
use crate::ip::{Family, IpRange};
use crate::metallb::{AddressEntry, Addresses, Config};
use crate::simulate::{cilium, metallb};
use crate::verify::at_hand::{Route, Serving, Side, served};
use crate::verify::question::align;
use crate::verify::{deviations, sessions, words};

/// How many outcomes of an example are looked at: a few mostly show the difference, and
/// each takes time in proportion to the pools.
const MAX_OUTCOMES: [usize; 2] = [16, 256];
/// More ways than so many are not listed.
const MAX_WAYS: usize = 4;

/// What the engines make of an example.
#[derive(Debug, Clone)]
pub(super) struct Replayed {
    /// Whether they decide it differently, as was found.
    pub(super) confirmed: bool,
    pub(super) before: String,
    pub(super) after: String,
    /// Of which Services it is an example, in words.
    pub(super) who: String,
    /// The example, as YAML.
    pub(super) yaml: String,
}

/// Runs an example.
pub(super) fn run(
    problem: &Problem<'_>,
    regions: &[Region],
    raw: &Raw,
    example: Example,
) -> Replayed {
    if !raw.full.is_empty()
        && let Some((config, written, example)) = filled(problem, regions, raw, &example)
    {
        return decide(problem, &config, &written, raw, &example);
    }
    decide(problem, problem.config, problem.cilium, raw, &example)
}

fn decide(
    problem: &Problem<'_>,
    config: &Config,
    written: &CiliumConfig,
    raw: &Raw,
    example: &Example,
) -> Replayed {
    let mut ways = None;
    for max_outcomes in MAX_OUTCOMES {
        let found = Ways::of(problem, config, written, example, max_outcomes);
        let is_plain = found.is_plain(raw.aspect);
        ways = Some(found);
        if is_plain {
            break;
        }
    }
    let ways = ways.unwrap_or_default();
    let (before, after) = ways.told(raw.aspect);
    Replayed {
        confirmed: ways.differ(raw.aspect),
        before,
        after,
        who: example::who(example),
        yaml: example::yaml(example),
    }
}

/// The ways in which either side may serve the Service of an example.
#[derive(Debug, Default)]
struct Ways {
    was: BTreeSet<Serving>,
    is: BTreeSet<Serving>,
    /// Whether these are all ways of MetalLB's, and of Cilium's.
    complete: [bool; 2],
    /// Whether Cilium takes the configuration.
    is_taken: bool,
}

impl Ways {
    fn of(
        problem: &Problem<'_>,
        config: &Config,
        written: &CiliumConfig,
        example: &Example,
        max_outcomes: usize,
    ) -> Self {
        let speakers = problem.speakers;
        let options = metallb::Options {
            excluded_interfaces: l2::excluded(problem).to_vec(),
            ..speakers.simulated(problem.lb_class, max_outcomes)
        };
        let before = metallb::simulate(config, &example.before, &options);
        let options = cilium::Options { max_outcomes };
        let mut after = cilium::simulate(written, &example.after, &options);
        let was = sessions::of_metallb(config, &example.before, speakers);
        let is = sessions::of_cilium(written, &example.after, speakers);
        align(&mut after, &deviations::names(&was, &is));
        let key = example.service.to_string();
        let ways = |side: Side<'_>| -> BTreeSet<Serving> {
            served(config, &example.before, &before, side).remove(&key).unwrap_or_default()
        };
        Self {
            was: ways(Side::Metallb(&before)),
            is: ways(Side::Cilium(&after)),
            complete: [!before.truncated, !after.truncated],
            is_taken: after.config_error.is_none(),
        }
    }

    /// Each side's ways, as far as they count for an aspect.
    fn projected(&self, aspect: Aspect) -> [BTreeSet<Projected<'_>>; 2] {
        [&self.was, &self.is]
            .map(|ways| ways.iter().map(|one| Projected::of(one, aspect)).collect())
    }

    /// Whether the two sides serve the Service in other ways.
    fn differ(&self, aspect: Aspect) -> bool {
        let [was, is] = self.projected(aspect);
        self.is_taken && was != is
    }

    /// Whether looking at more outcomes would change nothing: all were looked at, or one
    /// side may do what the other one never does.
    fn is_plain(&self, aspect: Aspect) -> bool {
        let [was, is] = self.projected(aspect);
        match self.complete {
            [true, true] => true,
            [true, false] => !is.is_subset(&was),
            [false, true] => !was.is_subset(&is),
            [false, false] => false,
        }
    }

    /// What either side does, in words.
    fn told(&self, aspect: Aspect) -> (String, String) {
        if aspect == Aspect::Routes
            && let (Some(was), Some(is)) =
                (of_its_own(&self.was, &self.is), of_its_own(&self.is, &self.was))
        {
            return (words::only(&was.bgp, &is.bgp), words::only(&is.bgp, &was.bgp));
        }
        let [was, is] = [(&self.was, self.complete[0]), (&self.is, self.complete[1])]
            .map(|(ways, complete)| alternatives(ways, aspect, complete));
        (was, is)
    }
}

/// A way with routes that are none of the other side's; where there is none, any.
fn of_its_own<'s>(these: &'s BTreeSet<Serving>, others: &BTreeSet<Serving>) -> Option<&'s Serving> {
    let own = these.iter().find(|one| others.iter().all(|other| other.bgp != one.bgp));
    own.or_else(|| these.first())
}

/// What counts of a way of serving for one aspect.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Projected<'s> {
    Answerers(&'s BTreeSet<(Family, BTreeMap<String, Vec<String>>)>),
    Routes(&'s BTreeSet<Route>),
    Address(Option<&'s str>, usize, &'s BTreeSet<Family>),
}

impl<'s> Projected<'s> {
    fn of(serving: &'s Serving, aspect: Aspect) -> Self {
        match aspect {
            Aspect::Answerers => Self::Answerers(&serving.l2),
            Aspect::Routes => Self::Routes(&serving.bgp),
            _ => Self::Address(serving.pool.as_deref(), serving.count, &serving.families),
        }
    }
}

/// Ways of serving, of which there may be more than are known.
fn alternatives(ways: &BTreeSet<Serving>, aspect: Aspect, complete: bool) -> String {
    let texts: BTreeSet<String> = match aspect {
        Aspect::Answerers => ways.iter().map(|way| words::told(way, None, aspect)).collect(),
        _ => ways.iter().map(address_text).collect(),
    };
    let more = texts.len().saturating_sub(MAX_WAYS);
    let mut listed: Vec<String> = texts.into_iter().take(MAX_WAYS).collect();
    match (more, complete) {
        (0, true) => {}
        (_, false) => listed.push("others".to_owned()),
        (more, true) => listed.push(format!("{more} others")),
    }
    listed.join(", or ")
}

fn address_text(serving: &Serving) -> String {
    match (&serving.pool, serving.count) {
        (_, 0) => "no address".to_owned(),
        (Some(pool), _) => format!("an address of pool {pool}"),
        (None, _) => "an address of no pool".to_owned(),
    }
}

/// The same with the first choices full: each of their pools has one address on both
/// sides, and another Service holds it.
fn filled(
    problem: &Problem<'_>,
    regions: &[Region],
    raw: &Raw,
    example: &Example,
) -> Option<(Config, CiliumConfig, Example)> {
    debug_assert!(matches!(raw.wish, Wish::Nothing));
    let mut config = problem.config.clone();
    let mut written = problem.cilium.clone();
    let mut example = example.clone();
    for (number, pool) in raw.full.iter().enumerate() {
        let only = shrink(&mut config, &mut written, regions, *pool, raw.family)?;
        for (cluster, asks) in [(&mut example.before, false), (&mut example.after, true)] {
            let holder = holder(cluster.services.first()?, number, only, asks);
            cluster.services.push(holder);
        }
    }
    Some((config, written, example))
}

/// Leaves a pool one address of a family on both sides, and says which.
fn shrink(
    config: &mut Config,
    written: &mut CiliumConfig,
    regions: &[Region],
    pool: usize,
    family: Family,
) -> Option<IpAddr> {
    let of_pool = |region: &&Region| region.metallb == Some(pool) && region.family == family;
    let own: Vec<&Region> = regions.iter().filter(of_pool).collect();
    let kept = own.iter().find(|region| region.cilium.is_some()).or(own.first())?;
    let there: BTreeSet<usize> = own.iter().filter_map(|region| region.cilium).collect();
    // Where a pool of Cilium's is that of several, its blocks cannot be told apart.
    let of_several = |region: &Region| {
        region.cilium.is_some_and(|at| there.contains(&at)) && region.metallb != Some(pool)
    };
    if regions.iter().any(of_several) {
        return None;
    }
    let only = IpRange::new(kept.first, kept.first)?;
    let entries = &mut config.pools.get_mut(pool)?.addresses;
    // The other family stays as it is.
    entries.retain(|entry| entry.range().is_some_and(|range| range.family() != family));
    entries.push(AddressEntry { text: only.first().to_string(), holds: Addresses::Range(only) });
    for at in there {
        let blocks = &mut written.pools.get_mut(at)?.spec.blocks;
        blocks.retain(|block| family_of(block) != Some(family));
        if Some(at) == kept.cilium {
            let start = Some(only.first().to_string());
            blocks.push(PoolBlock { start, ..PoolBlock::default() });
        }
    }
    Some(kept.first)
}

/// A Service like another, which holds this address.
fn holder(like: &Service, number: usize, address: IpAddr, asks: bool) -> Service {
    let mut holder = like.clone();
    holder.key = ServiceKey { name: format!("holder-{number}"), ..holder.key };
    holder.ingress = vec![address.to_string()];
    holder.cluster_ips = vec![match Family::of(address) {
        Family::V4 => format!("10.96.1.{number}"),
        Family::V6 => format!("fd00:10:96::1:{number}"),
    }];
    if asks {
        holder.annotations.insert("lbipam.cilium.io/ips".to_owned(), address.to_string());
    }
    holder
}

fn family_of(block: &PoolBlock) -> Option<Family> {
    let text = block.cidr.as_ref().or(block.start.as_ref())?;
    Some(if text.contains(':') { Family::V6 } else { Family::V4 })
}
