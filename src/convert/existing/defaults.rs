//! What is there without what the API server added: its defaults make no difference to
//! what a conversion wrote.

use std::collections::HashMap;

use crate::cilium::{BgpPeerConfigSpec, CiliumConfig, Kind};
use crate::convert::objects::Conversion;

/// Their peers' references as they are written, and the PeerConfigs that are the same as
/// converted ones as these are.
pub(super) fn without(existing: &CiliumConfig, conversion: &Conversion) -> CiliumConfig {
    let mut existing = existing.clone();
    let configs = existing.cluster_configs.iter_mut();
    let instances = configs.flat_map(|config| &mut config.spec.bgp_instances);
    let peers = instances.flat_map(|instance| &mut instance.peers);
    for reference in peers.filter_map(|peer| peer.peer_config_ref.as_mut()) {
        // Both are fields of v2alpha1.
        reference.group.take_if(|group| group == "cilium.io");
        reference.kind.take_if(|kind| *kind == Kind::BgpPeerConfig.as_str());
    }
    let new = conversion.peer_configs.iter().map(|new| &new.resource.spec);
    let new: HashMap<String, &BgpPeerConfigSpec> =
        new.rev().filter_map(|spec| Some((filled(spec)?, spec))).collect();
    for there in &mut existing.peer_configs {
        if let Some(same) = filled(&there.spec).and_then(|filled| new.get(&filled)) {
            there.spec = (*same).clone();
        }
    }
    existing
}

/// A PeerConfig with the defaults of its CRD, as JSON (which every one can be written in).
fn filled(spec: &BgpPeerConfigSpec) -> Option<String> {
    let mut spec = spec.clone();
    spec.ebgp_multihop.get_or_insert(1);
    if let Some(transport) = &mut spec.transport {
        transport.peer_port.get_or_insert(179);
    }
    if let Some(timers) = &mut spec.timers {
        timers.connect_retry_time_seconds.get_or_insert(120);
        timers.hold_time_seconds.get_or_insert(90);
        timers.keep_alive_time_seconds.get_or_insert(30);
    }
    if let Some(restart) = &mut spec.graceful_restart {
        restart.restart_time_seconds.get_or_insert(120);
    }
    serde_json::to_string(&spec).ok()
}
