//! In which portions announcements move: on L2 pool by pool, by BGP node by node.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::action::Target;
use crate::cluster::{Cluster, ServiceKey};
use crate::convert::Conversion;
use crate::metallb::{Config, L2Advertisement, PoolSelection};
use crate::verify::{Report, ServiceRow};

/// What a patched L2Advertisement names when no pool is left to it: naming none
/// would mean every pool, and a name that is no pool's announces nothing.
pub const NO_POOL_LEFT: &str = "metallb2cilium-none";

/// Pools whose Services move from MetalLB's answers to Cilium's at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct L2Wave {
    /// The pools.
    pub(super) pools: Vec<String>,
    /// Their Services.
    pub(super) services: BTreeSet<ServiceKey>,
    /// Those for which Cilium will take a lease.
    pub(super) announced: BTreeSet<ServiceKey>,
    /// What takes the pools away from MetalLB's L2Advertisements.
    pub(super) patches: Vec<(Target, Value)>,
    /// What gives them back.
    pub(super) back: Vec<(Target, Value)>,
    /// Whether MetalLB falls silent only when its speakers stop.
    pub(super) takes_speakers: bool,
    /// Nodes whose BGP sessions move with it, and how many Cilium will have there.
    pub(super) sessions: Vec<(String, usize)>,
}

/// Nodes whose sessions move at once: one, but for those of a ClusterConfig that was
/// there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BgpWave {
    /// The nodes, and how many sessions Cilium will have there.
    pub(super) nodes: Vec<(String, usize)>,
    /// Services that no other node announces.
    pub(super) alone: Vec<String>,
    /// The ClusterConfig that has sessions of its own on them.
    pub(super) merged: Option<String>,
}

/// The waves on L2: small ones first, pools without any Service with the first.
pub(super) fn l2(config: &Config, report: &Report, pools_per_wave: usize) -> Vec<L2Wave> {
    let announced = |name: &str| {
        config.pools.iter().filter(|pool| pool.name() == name).any(|pool| {
            config
                .l2_advertisements
                .iter()
                .any(|advertisement| advertisement.pools.selects(&pool.meta))
        })
    };
    let mut services: BTreeMap<&str, Vec<&ServiceRow>> = config
        .pools
        .iter()
        .map(|pool| pool.name())
        .filter(|name| announced(name))
        .map(|name| (name, vec![]))
        .collect();
    for row in &report.services {
        let pool = row.before.iter().find_map(|serving| serving.pool.as_deref());
        if let Some(rows) = pool.and_then(|pool| services.get_mut(pool)) {
            rows.push(row);
        }
    }
    let mut order: Vec<(&str, Vec<&ServiceRow>)> = services.into_iter().collect();
    order.sort_by_key(|(name, rows)| (rows.len(), *name));
    let empty = order.iter().filter(|(_, rows)| rows.is_empty()).count();
    let with_services = order.split_off(empty);
    let mut waves: Vec<Vec<(&str, Vec<&ServiceRow>)>> =
        with_services.chunks(pools_per_wave.max(1)).map(<[_]>::to_vec).collect();
    match waves.first_mut() {
        Some(first) => first.splice(0..0, order).for_each(drop),
        None if order.is_empty() => {}
        None => waves.push(order),
    }
    let mut moved = BTreeSet::new();
    waves.into_iter().map(|pools| wave(config, &pools, &mut moved)).collect()
}

fn wave<'a>(
    config: &'a Config,
    pools: &[(&'a str, Vec<&ServiceRow>)],
    moved: &mut BTreeSet<&'a str>,
) -> L2Wave {
    let before = moved.clone();
    moved.extend(pools.iter().map(|(name, _)| *name));
    let rows = || pools.iter().flat_map(|(_, rows)| rows);
    let leased = |row: &&&ServiceRow| {
        !row.after.is_empty() && row.after.iter().all(|serving| !serving.l2.is_empty())
    };
    let mut patches = Vec::new();
    let mut back = Vec::new();
    for advertisement in &config.l2_advertisements {
        let (was, is) =
            (selection(config, advertisement, &before), selection(config, advertisement, moved));
        if was != is {
            patches.push((target(advertisement), patch(&is)));
            back.push((target(advertisement), patch(&was)));
        }
    }
    L2Wave {
        pools: pools.iter().map(|(name, _)| (*name).to_owned()).collect(),
        services: rows().filter_map(|row| key(&row.service)).collect(),
        announced: rows().filter(leased).filter_map(|row| key(&row.service)).collect(),
        patches,
        back,
        takes_speakers: false,
        sessions: vec![],
    }
}

/// What an advertisement selects when some pools have moved.
fn selection(
    config: &Config,
    advertisement: &L2Advertisement,
    moved: &BTreeSet<&str>,
) -> PoolSelection {
    let mut selected = config.pools.iter().filter(|pool| advertisement.pools.selects(&pool.meta));
    if !selected.clone().any(|pool| moved.contains(pool.name())) {
        return advertisement.pools.clone();
    }
    let left = selected.by_ref().map(|pool| pool.name()).filter(|name| !moved.contains(name));
    let mut names: Vec<String> = left.map(str::to_owned).collect();
    if names.is_empty() {
        names.push(NO_POOL_LEFT.to_owned());
    }
    PoolSelection { names, selectors: vec![] }
}

fn target(advertisement: &L2Advertisement) -> Target {
    Target {
        resource: "l2advertisements.metallb.io".to_owned(),
        kind: "L2Advertisement".to_owned(),
        namespace: advertisement.meta.namespace.clone(),
        name: advertisement.meta.name.clone(),
    }
}

/// A merge patch that sets both fields: `null` takes one out.
fn patch(selection: &PoolSelection) -> Value {
    let or_null = |list: Value| match list.as_array() {
        Some(items) if items.is_empty() => Value::Null,
        _ => list,
    };
    json!({"spec": {
        "ipAddressPools": or_null(json!(selection.names)),
        "ipAddressPoolSelectors": or_null(json!(selection.selectors)),
    }})
}

/// `namespace/name`.
pub(super) fn key(text: &str) -> Option<ServiceKey> {
    let (namespace, name) = text.split_once('/')?;
    Some(ServiceKey { namespace: namespace.to_owned(), name: name.to_owned() })
}

/// All pools that are announced on L2, in one wave: where MetalLB has no L2Advertisement
/// that could lose them one by one.
pub(super) fn whole_l2(config: &Config, report: &Report) -> Vec<L2Wave> {
    let all = l2(config, report, usize::MAX);
    let whole = all.into_iter().map(|wave| L2Wave {
        patches: vec![],
        back: vec![],
        takes_speakers: true,
        ..wave
    });
    whole.collect()
}

/// Nodes of ClusterConfigs that were there already, by the Nodes' names: a node takes one
/// ClusterConfig, so that its sessions come with those that are there.
pub(super) fn merged_nodes(
    conversion: &Conversion,
    cluster: &Cluster,
) -> BTreeMap<String, (String, usize)> {
    let mut nodes = BTreeMap::new();
    for config in &conversion.cluster_configs {
        if !conversion.merged_cluster_configs.contains(config.name()) {
            continue;
        }
        let spec = &config.resource.spec;
        let sessions = spec.bgp_instances.iter().map(|instance| instance.peers.len()).sum();
        let selects = |node: &&crate::cluster::Node| {
            spec.node_selector.as_ref().is_none_or(|selector| selector.matches(&node.labels))
        };
        for node in cluster.nodes.iter().filter(selects) {
            nodes.insert(node.name.clone(), (config.name().to_owned(), sessions));
        }
    }
    nodes
}

/// The waves by BGP: the nodes that have a session, on either side.
pub(super) fn bgp(report: &Report, merged: &BTreeMap<String, (String, usize)>) -> Vec<BgpWave> {
    let least = |lists: &[Vec<_>]| lists.iter().map(Vec::len).min().unwrap_or_default();
    let mut waves: Vec<BgpWave> = Vec::new();
    for row in &report.sessions {
        if least(&row.before) == 0 && least(&row.after) == 0 {
            continue;
        }
        let config = merged.get(&row.node);
        let sessions = config.map_or(least(&row.after), |(_, sessions)| *sessions);
        let node = (row.node.clone(), sessions);
        let name = config.map(|(name, _)| name.clone());
        match waves.iter_mut().find(|wave| name.is_some() && wave.merged == name) {
            Some(wave) => wave.nodes.push(node),
            None => waves.push(BgpWave { nodes: vec![node], alone: vec![], merged: name }),
        }
    }
    for wave in &mut waves {
        wave.alone = alone(report, wave);
    }
    waves
}

/// Services that only nodes of a wave announce.
fn alone(report: &Report, wave: &BgpWave) -> Vec<String> {
    let rows = report.services.iter().filter(|row| {
        let mut routes = row.before.iter().flat_map(|serving| &serving.bgp).peekable();
        routes.peek().is_some()
            && routes.all(|route| wave.nodes.iter().any(|(node, _)| *node == route.node))
    });
    rows.map(|row| row.service.clone()).collect()
}
