//! How LB-IPAM and the agents of one version behave under one configuration.

use crate::cilium::{CiliumConfig, CiliumVersion, Feature, Settings};

/// Version and settings, as far as they decide.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    pub(super) version: CiliumVersion,
    pub(super) settings: Settings,
    /// Two Services may share a port with different protocols.
    pub(super) protocol_tells_apart: bool,
    pub(super) held_before_new: bool,
    pub(super) pools_walked_at_random: bool,
    pub(super) bad_block_spoils_pool: bool,
    pub(super) joins_held_shared: bool,
    pub(super) releases_only_incompatible: bool,
    pub(super) reserved_request_crashes: bool,
}

impl Rules {
    pub(super) fn new(config: &CiliumConfig) -> Self {
        let version = config.version;
        let settings = config.settings.clone();
        let by_setting = version.has(Feature::SharingByProtocolConfigurable)
            && settings.protocol_differentiation;
        Self {
            version,
            settings,
            protocol_tells_apart: version.has(Feature::SharingByProtocol) || by_setting,
            held_before_new: version.has(Feature::HeldBeforeNew),
            pools_walked_at_random: version.has(Feature::PoolsWalkedAtRandom),
            bad_block_spoils_pool: version.has(Feature::BadBlockSpoilsPool),
            joins_held_shared: version.has(Feature::JoinsHeldShared),
            releases_only_incompatible: version.has(Feature::ReleasesOnlyIncompatible),
            reserved_request_crashes: version.has(Feature::ReservedRequestCrashes),
        }
    }
}
