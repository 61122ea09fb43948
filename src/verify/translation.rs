//! A conversion as if it had been applied: what Cilium would find.

use std::borrow::Cow;

use crate::cilium::{CiliumConfig, Settings};
use crate::cluster::{Cluster, Endpoint, Secret};
use crate::convert::{Conversion, Emitted};
use crate::manifest::Resource;
use crate::simulate::decision::Decision;

/// Cilium's configuration and the cluster after everything of a conversion was
/// applied: its resources, its Helm values, and what it sets on Services.
pub fn applied(conversion: &Conversion, cluster: &Cluster) -> (CiliumConfig, Cluster) {
    let config = CiliumConfig {
        pools: resources(&conversion.pools),
        l2_policies: resources(&conversion.l2_policies),
        cluster_configs: resources(&conversion.cluster_configs),
        peer_configs: resources(&conversion.peer_configs),
        advertisements: resources(&conversion.advertisements),
        node_overrides: resources(&conversion.overrides),
        settings: Settings {
            no_service_endpoints_routable: false,
            bgp_secrets_namespace: conversion.secrets.first().map(|s| s.namespace.clone()),
            ..Settings::default()
        },
        version: conversion.version,
    };
    (config, patched(conversion, cluster))
}

fn resources<T: Clone>(emitted: &[Emitted<T>]) -> Vec<Resource<T>> {
    emitted.iter().map(|emitted| emitted.resource.clone()).collect()
}

fn patched(conversion: &Conversion, cluster: &Cluster) -> Cluster {
    let mut cluster = cluster.clone();
    let patches: std::collections::HashMap<_, _> =
        conversion.services.iter().map(|patch| (&patch.key, patch)).collect();
    for service in &mut cluster.services {
        if let Some(patch) = patches.get(&service.key) {
            service.labels.extend(patch.labels.clone());
            service.annotations.extend(patch.annotations.clone());
        }
    }
    for secret in &conversion.secrets {
        let data = [("password".to_owned(), secret.password.clone())].into();
        cluster.secrets.insert(
            (secret.namespace.clone(), secret.name.clone()),
            Secret { secret_type: "Opaque".to_owned(), data },
        );
    }
    cluster
}

/// The cluster with what is not known of endpoints assumed: where no EndpointSlice
/// is at hand at all, every Service has a ready endpoint on every Node.
pub fn with_endpoints(cluster: &Cluster) -> Cow<'_, Cluster> {
    if !cluster.endpoints.is_empty() {
        return Cow::Borrowed(cluster);
    }
    let mut assumed = cluster.clone();
    let endpoints: Vec<Endpoint> = cluster
        .nodes
        .iter()
        .flat_map(|node| ANY_ADDRESSES.map(|address| ready_on(&node.name, address)))
        .collect();
    let services = cluster.services.iter();
    assumed.endpoints = services.map(|service| (service.key.clone(), endpoints.clone())).collect();
    Cow::Owned(assumed)
}

/// An address of each family, for endpoints of which nothing is known.
const ANY_ADDRESSES: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

fn ready_on(node: &str, address: &str) -> Endpoint {
    Endpoint {
        addresses: vec![address.to_owned()],
        node_name: Some(node.to_owned()),
        ..Endpoint::default()
    }
}

/// A Decision of Cilium's with each pool under the name of the pool that it was
/// written from: a large pool is split, a name may have become valid.
pub fn with_source_pools(mut decision: Decision, conversion: &Conversion) -> Decision {
    if conversion.pool_sources.is_empty() {
        return decision;
    }
    let source = |name: &str| match conversion.pool_sources.get(name) {
        Some(source) => source.clone(),
        None => name.to_owned(),
    };
    for allocation in decision.outcomes.iter_mut().flat_map(|o| o.services.values_mut()) {
        if let Some(pools) = &allocation.pool {
            let mut sources: Vec<String> = pools.split(',').map(source).collect();
            sources.dedup();
            allocation.pool = Some(sources.join(","));
        }
    }
    decision
}
