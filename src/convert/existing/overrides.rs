//! Overrides that are there already: a Node has one, so the fields go into it.

use super::cluster_configs::Moved;
use super::codes;
use crate::cilium::{
    BgpInstanceOverride, BgpNodeConfigOverrideSpec, BgpPeerOverride, CiliumConfig,
};
use crate::convert::Context;
use crate::convert::objects::Conversion;
use crate::diagnostic::Diagnostic;
use crate::manifest::Resource;

/// Follows what moved, and merges with what is there.
pub(super) fn merge(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
    moved: &[Moved],
) {
    for new in &mut conversion.overrides {
        let node = new.resource.meta.name.clone();
        for moved in moved.iter().filter(|moved| moved.nodes.contains(&node)) {
            follow(&mut new.resource.spec, moved);
        }
        let there = existing.node_overrides.iter().find(|one| one.meta.name == node);
        let Some(there) = there else { continue };
        let mut merged = there.spec.clone();
        let conflicts = add(&mut merged, &new.resource.spec);
        for field in conflicts {
            context.found.push(conflict(there, &field));
        }
        new.resource.meta = there.meta.clone();
        new.resource.meta.annotations.remove(super::LAST_APPLIED);
        new.resource.spec = merged;
    }
}

/// Calls instances and peers as the ClusterConfig does that took them in.
fn follow(spec: &mut BgpNodeConfigOverrideSpec, moved: &Moved) {
    for instance in &mut spec.bgp_instances {
        let was = instance.name.clone();
        for peer in &mut instance.peers {
            if let Some(name) = moved.peers.get(&(was.clone(), peer.name.clone())) {
                peer.name.clone_from(name);
            }
        }
        if let Some(name) = moved.instances.get(&was) {
            instance.name.clone_from(name);
        }
    }
}

/// Adds what is not there; returns the fields that are there with another value.
fn add(there: &mut BgpNodeConfigOverrideSpec, new: &BgpNodeConfigOverrideSpec) -> Vec<String> {
    let mut conflicts = Vec::new();
    for instance in &new.bgp_instances {
        let known = there.bgp_instances.iter_mut().find(|other| other.name == instance.name);
        match known {
            Some(known) => add_instance(known, instance, &mut conflicts),
            None => there.bgp_instances.push(instance.clone()),
        }
    }
    conflicts
}

fn add_instance(
    known: &mut BgpInstanceOverride,
    new: &BgpInstanceOverride,
    conflicts: &mut Vec<String>,
) {
    let name = known.name.clone();
    if !set(&mut known.router_id, new.router_id.as_ref()) {
        conflicts.push(format!("routerID of instance {name}"));
    }
    for peer in &new.peers {
        match known.peers.iter_mut().find(|other| other.name == peer.name) {
            Some(BgpPeerOverride { local_address, .. }) => {
                if !set(local_address, peer.local_address.as_ref()) {
                    conflicts.push(format!("localAddress of peer {}", peer.name));
                }
            }
            None => known.peers.push(peer.clone()),
        }
    }
}

/// Sets a field that is not set; whether it has the value now.
fn set(field: &mut Option<String>, value: Option<&String>) -> bool {
    let Some(value) = value else { return true };
    field.get_or_insert_with(|| value.clone()) == value
}

fn conflict(there: &Resource<BgpNodeConfigOverrideSpec>, field: &str) -> Diagnostic {
    let reference = there.meta.reference("CiliumBGPNodeConfigOverride");
    Diagnostic::lossy(
        codes::EXISTING_CLUSTER_CONFIG,
        format!("{reference} is there already and sets another {field}: it stays"),
    )
    .object(reference)
    .label(there.origin.span("spec.bgpInstances"), "set otherwise")
    .help("make both the same: MetalLB's BGPPeer, or the override")
}
