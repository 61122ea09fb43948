//! A conversion as if it had been applied: what Cilium would find.

use crate::cilium::{CiliumConfig, Settings};
use crate::cluster::{Cluster, Secret};
use crate::convert::{Conversion, Emitted};
use crate::manifest::Resource;

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
