//! Examples are run through both engines before anything is said of them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::addresses::Region;
use super::example::{self, Example};
use super::raw::{Raw, Wish};
use super::{Aspect, Problem};
use crate::cilium::{CiliumConfig, PoolBlock};
use crate::cluster::{Service, ServiceKey};
use crate::ip::{Family, IpRange};
use crate::metallb::{AddressEntry, Addresses, Config};
use crate::simulate::{cilium, metallb};
use crate::verify::at_hand::{Serving, Side, served};
use crate::verify::question::align;
use crate::verify::{deviations, sessions, words};

/// Outcomes of an example that are looked at.
const MAX_OUTCOMES: usize = 256;

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
    let speakers = problem.speakers;
    let options = metallb::Options {
        lb_class: problem.lb_class.map(str::to_owned),
        ignore_exclude_lb: speakers.ignore_exclude_lb,
        speaker_nodes: speakers.nodes.clone(),
        max_outcomes: MAX_OUTCOMES,
    };
    let before = metallb::simulate(config, &example.before, &options);
    let options = cilium::Options { max_outcomes: MAX_OUTCOMES };
    let mut after = cilium::simulate(written, &example.after, &options);
    let was = sessions::of_metallb(config, &example.before, speakers);
    let is = sessions::of_cilium(written, &example.after, speakers);
    align(&mut after, &deviations::names(&was, &is));
    let key = example.service.to_string();
    let ways = |side: Side<'_>| -> BTreeSet<Serving> {
        served(config, &example.before, &before, side).remove(&key).unwrap_or_default()
    };
    let (was, is) = (ways(Side::Metallb(&before)), ways(Side::Cilium(&after)));
    let (one, other) = (was.iter().next(), is.iter().next());
    let confirmed = after.config_error.is_none()
        && match raw.aspect {
            Aspect::Answerers => projected(&was, |s| &s.l2) != projected(&is, |s| &s.l2),
            Aspect::Routes => projected(&was, |s| &s.bgp) != projected(&is, |s| &s.bgp),
            _ => {
                let address = |s: &Serving| (s.pool.clone(), s.count, s.families.clone());
                let of = |ways: &BTreeSet<Serving>| -> BTreeSet<_> {
                    ways.iter().map(address).collect()
                };
                of(&was) != of(&is)
            }
        };
    let tell = |ways: &BTreeSet<Serving>| -> String {
        let texts: Vec<String> = match raw.aspect {
            Aspect::Answerers => ways.iter().map(|s| words::told(s, None, raw.aspect)).collect(),
            _ => ways.iter().map(address_text).collect(),
        };
        let texts: BTreeSet<String> = texts.into_iter().collect();
        Vec::from_iter(texts).join(", or ")
    };
    let (before, after) = match (raw.aspect, one, other) {
        (Aspect::Routes, Some(one), Some(other)) => {
            (words::only(&one.bgp, &other.bgp), words::only(&other.bgp, &one.bgp))
        }
        _ => (tell(&was), tell(&is)),
    };
    Replayed { confirmed, before, after, who: example::who(example), yaml: example::yaml(example) }
}

fn address_text(serving: &Serving) -> String {
    match (&serving.pool, serving.count) {
        (_, 0) => "no address".to_owned(),
        (Some(pool), _) => format!("an address of pool {pool}"),
        (None, _) => "an address of no pool".to_owned(),
    }
}

fn projected<'s, T: Ord>(
    ways: &'s BTreeSet<Serving>,
    aspect: impl Fn(&'s Serving) -> &'s T,
) -> BTreeSet<&'s T> {
    ways.iter().map(aspect).collect()
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
    let port = 81 + u16::try_from(number).unwrap_or_default();
    holder.ports.iter_mut().for_each(|one| one.port = port);
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
