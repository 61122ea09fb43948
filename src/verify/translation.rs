//! A conversion as if it had been applied: what Cilium would find.

use std::collections::BTreeSet;

use crate::cilium::{CiliumConfig, Settings};
use crate::cluster::{Cluster, Secret, SecretValue, Service};
use crate::convert::{Conversion, Emitted};
use crate::ip;
use crate::manifest::Resource;
use crate::metallb::{Config, Endpoint};

/// The prefixes of the annotations by which LB-IPAM is asked for addresses.
const LB_IPAM: [&str; 2] = ["lbipam.cilium.io/", "io.cilium/lb-ipam-"];

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
    (config, patched(conversion, cluster, |_| true))
}

/// A conversion's configuration beside the resources that are there and that it
/// does not replace.
#[must_use]
pub fn with_existing(mut written: CiliumConfig, existing: &CiliumConfig) -> CiliumConfig {
    keep(&mut written.pools, &existing.pools);
    keep(&mut written.l2_policies, &existing.l2_policies);
    keep(&mut written.cluster_configs, &existing.cluster_configs);
    keep(&mut written.peer_configs, &existing.peer_configs);
    keep(&mut written.advertisements, &existing.advertisements);
    keep(&mut written.node_overrides, &existing.node_overrides);
    written
}

/// A configuration without the sessions that were there already and that MetalLB does
/// not have: they are nobody's gain.
#[must_use]
pub fn without_sessions_there(
    mut written: CiliumConfig,
    there: &CiliumConfig,
    metallb: &Config,
) -> CiliumConfig {
    let known: BTreeSet<(Option<u32>, Option<&str>)> = there
        .cluster_configs
        .iter()
        .flat_map(|config| &config.spec.bgp_instances)
        .flat_map(|one| one.peers.iter().map(|peer| (one.local_asn, peer.peer_address.as_deref())))
        .collect();
    let is_metallbs = |address: Option<&str>| {
        let address = address.and_then(|text| ip::parse_addr_as_written(text).ok());
        metallb.peers.iter().any(|peer| match peer.endpoint {
            Endpoint::Address(own) => Some(own) == address,
            Endpoint::Interface(_) => false,
        })
    };
    let configs = written.cluster_configs.iter_mut();
    for instance in configs.flat_map(|config| &mut config.spec.bgp_instances) {
        let asn = instance.local_asn;
        instance.peers.retain(|peer| {
            let address = peer.peer_address.as_deref();
            !known.contains(&(asn, address)) || is_metallbs(address)
        });
    }
    written
}

fn keep<T: Clone>(written: &mut Vec<Resource<T>>, existing: &[Resource<T>]) {
    let replaced =
        |there: &&Resource<T>| written.iter().any(|one| one.meta.name == there.meta.name);
    let kept: Vec<Resource<T>> =
        existing.iter().filter(|there| !replaced(there)).cloned().collect();
    written.extend(kept);
}

/// The cluster as given resources of Cilium's find it: `given` holds what stands
/// beside them (Secrets, labels and annotations of Services). Services that ask
/// LB-IPAM for addresses themselves are left as they are; on others the conversion
/// sets what they need.
pub fn applied_to(conversion: &Conversion, cluster: &Cluster, given: &Cluster) -> Cluster {
    let mut merged = cluster.clone();
    let patches: std::collections::HashMap<_, _> =
        given.services.iter().map(|service| (&service.key, service)).collect();
    for service in &mut merged.services {
        if let Some(patch) = patches.get(&service.key) {
            service.labels.extend(patch.labels.clone());
            service.annotations.extend(patch.annotations.clone());
        }
    }
    let mut merged = patched(conversion, &merged, |service| {
        let mut keys = service.annotations.keys();
        !keys.any(|key| LB_IPAM.iter().any(|prefix| key.starts_with(prefix)))
    });
    // What is given goes before what the conversion would write.
    merged.secrets.extend(given.secrets.clone());
    merged
}

fn resources<T: Clone>(emitted: &[Emitted<T>]) -> Vec<Resource<T>> {
    emitted.iter().map(|emitted| emitted.resource.clone()).collect()
}

fn patched(
    conversion: &Conversion,
    cluster: &Cluster,
    needs: impl Fn(&Service) -> bool,
) -> Cluster {
    let mut cluster = cluster.clone();
    let patches: std::collections::HashMap<_, _> =
        conversion.services.iter().map(|patch| (&patch.key, patch)).collect();
    for service in &mut cluster.services {
        if let Some(patch) = patches.get(&service.key)
            && needs(service)
        {
            service.labels.extend(patch.labels.clone());
            service.annotations.extend(patch.annotations.clone());
        }
    }
    for secret in &conversion.secrets {
        let password = SecretValue::Text(secret.password.clone());
        let data = [("password".to_owned(), password)].into();
        cluster.secrets.insert(
            (secret.namespace.clone(), secret.name.clone()),
            Secret { data, ..Secret::default() },
        );
    }
    cluster
}
