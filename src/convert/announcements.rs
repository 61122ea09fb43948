//! Advertisements that say the same, taken together: MetalLB looks at what they
//! say, not at how many objects say it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::metallb::{BgpAdvertisement, Community, Config, L2Advertisement, PoolSelection};
use crate::selector::LabelSelector;

/// Which groups of advertisements a pool is in: pools of one signature are
/// announced alike.
pub(super) type Signature = (Vec<usize>, Vec<usize>);

/// L2Advertisements that differ in nothing but their pools.
#[derive(Debug)]
pub(super) struct L2Group<'a> {
    /// The advertisements, in input order; never empty.
    pub(super) members: Vec<&'a L2Advertisement>,
    /// The pools of all of them.
    pub(super) pools: BTreeSet<usize>,
}

/// BGPAdvertisements that differ in nothing but their pools.
#[derive(Debug)]
pub(super) struct BgpGroup<'a> {
    /// The advertisements, in input order; never empty.
    pub(super) members: Vec<&'a BgpAdvertisement>,
    /// The pools of all of them.
    pub(super) pools: BTreeSet<usize>,
}

type L2Key =
    (BTreeSet<LabelSelector>, BTreeSet<LabelSelector>, BTreeSet<String>, Vec<(i32, LabelSelector)>);

type BgpKey = (
    BTreeSet<LabelSelector>,
    BTreeSet<LabelSelector>,
    BTreeSet<String>,
    (u8, u8),
    Option<u32>,
    BTreeSet<Community>,
);

/// The L2Advertisements of a configuration, in groups, in input order.
pub(super) fn l2_groups(config: &Config) -> Vec<L2Group<'_>> {
    let names = names(config);
    let mut index: BTreeMap<L2Key, usize> = BTreeMap::new();
    let mut groups: Vec<L2Group<'_>> = Vec::new();
    for advertisement in &config.l2_advertisements {
        let preferred = advertisement.preferred_nodes.iter();
        let key: L2Key = (
            advertisement.node_selectors.iter().cloned().collect(),
            advertisement.service_selectors.iter().cloned().collect(),
            advertisement.interfaces.iter().cloned().collect(),
            preferred.map(|preferred| (preferred.weight, preferred.selector.clone())).collect(),
        );
        let at = *index.entry(key).or_insert_with(|| {
            groups.push(L2Group { members: vec![], pools: BTreeSet::new() });
            groups.len() - 1
        });
        groups[at].members.push(advertisement);
        groups[at].pools.extend(selected(config, &names, &advertisement.pools));
    }
    groups
}

/// The BGPAdvertisements of a configuration, in groups, in input order.
pub(super) fn bgp_groups(config: &Config) -> Vec<BgpGroup<'_>> {
    let names = names(config);
    let mut index: BTreeMap<BgpKey, usize> = BTreeMap::new();
    let mut groups: Vec<BgpGroup<'_>> = Vec::new();
    for advertisement in &config.bgp_advertisements {
        let key: BgpKey = (
            advertisement.node_selectors.iter().cloned().collect(),
            advertisement.service_selectors.iter().cloned().collect(),
            advertisement.peers.iter().cloned().collect(),
            (advertisement.aggregation_length, advertisement.aggregation_length_v6),
            advertisement.local_pref,
            advertisement.communities.clone(),
        );
        let at = *index.entry(key).or_insert_with(|| {
            groups.push(BgpGroup { members: vec![], pools: BTreeSet::new() });
            groups.len() - 1
        });
        groups[at].members.push(advertisement);
        groups[at].pools.extend(selected(config, &names, &advertisement.pools));
    }
    groups
}

/// For each pool, in which groups it is.
pub(super) fn signatures(config: &Config) -> Vec<Signature> {
    let mut signatures = vec![Signature::default(); config.pools.len()];
    for (group, L2Group { pools, .. }) in l2_groups(config).iter().enumerate() {
        pools.iter().for_each(|pool| signatures[*pool].0.push(group));
    }
    for (group, BgpGroup { pools, .. }) in bgp_groups(config).iter().enumerate() {
        pools.iter().for_each(|pool| signatures[*pool].1.push(group));
    }
    signatures
}

fn names(config: &Config) -> HashMap<&str, usize> {
    config.pools.iter().enumerate().map(|(index, pool)| (pool.name(), index)).collect()
}

fn selected(
    config: &Config,
    names: &HashMap<&str, usize>,
    selection: &PoolSelection,
) -> BTreeSet<usize> {
    if selection.is_every_pool() {
        return (0..config.pools.len()).collect();
    }
    let mut pools: BTreeSet<usize> =
        selection.names.iter().filter_map(|name| names.get(name.as_str()).copied()).collect();
    if !selection.selectors.is_empty() {
        let by_label = config.pools.iter().enumerate().filter(|(_, pool)| {
            selection.selectors.iter().any(|selector| selector.matches(&pool.meta.labels))
        });
        pools.extend(by_label.map(|(index, _)| index));
    }
    pools
}
