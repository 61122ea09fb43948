//! A whole Cilium configuration.

use super::kind::Kind;
use super::settings::{Settings, is_config_map};
use super::version::CiliumVersion;
use super::{
    BgpAdvertisementSpec, BgpClusterConfigSpec, BgpNodeConfigOverrideSpec, BgpPeerConfigSpec,
    L2AnnouncementPolicySpec, LoadBalancerIpPoolSpec, codes, validate,
};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Object, Resource};

/// The kind of the first BGP control plane.
pub(crate) const PEERING_POLICY: &str = "CiliumBGPPeeringPolicy";

/// A Cilium configuration that the API server would accept. Lists are in input order.
#[derive(Debug, Clone, Default)]
pub struct CiliumConfig {
    /// CiliumLoadBalancerIPPools.
    pub pools: Vec<Resource<LoadBalancerIpPoolSpec>>,
    /// CiliumL2AnnouncementPolicies.
    pub l2_policies: Vec<Resource<L2AnnouncementPolicySpec>>,
    /// CiliumBGPClusterConfigs.
    pub cluster_configs: Vec<Resource<BgpClusterConfigSpec>>,
    /// CiliumBGPPeerConfigs.
    pub peer_configs: Vec<Resource<BgpPeerConfigSpec>>,
    /// CiliumBGPAdvertisements.
    pub advertisements: Vec<Resource<BgpAdvertisementSpec>>,
    /// CiliumBGPNodeConfigOverrides.
    pub node_overrides: Vec<Resource<BgpNodeConfigOverrideSpec>>,
    /// Settings of the agent and the operator.
    pub settings: Settings,
    /// The version whose API and behaviour count.
    pub version: CiliumVersion,
}

impl CiliumConfig {
    /// Takes Cilium's objects and settings from the input; other kinds are passed over.
    ///
    /// `helm_values` go before a ConfigMap `cilium-config` among the objects. An object
    /// that the API server would refuse is left out, with the errors that say why.
    pub fn read(
        objects: &[Object],
        helm_values: Option<&Node>,
        version: CiliumVersion,
    ) -> (Self, Vec<Diagnostic>) {
        let mut config = Self { version, ..Self::default() };
        let mut found = Vec::new();
        for object in objects {
            if is_config_map(object) && helm_values.is_none() {
                let (settings, diagnostics) = Settings::from_config_map(object);
                config.settings = settings;
                found.extend(diagnostics);
            } else if object.api_version.starts_with("cilium.io/") {
                config.take(object, &mut found);
            }
        }
        if let Some(values) = helm_values {
            let (settings, diagnostics) = Settings::from_helm_values(values);
            config.settings = settings;
            found.extend(diagnostics);
        }
        (config, found)
    }

    fn take(&mut self, object: &Object, found: &mut Vec<Diagnostic>) {
        let version = self.version;
        match Kind::parse(&object.kind) {
            Some(Kind::LoadBalancerIpPool) => {
                self.pools.extend(validate::read(object, version, found));
            }
            Some(Kind::L2AnnouncementPolicy) => {
                self.l2_policies.extend(validate::read(object, version, found));
            }
            Some(Kind::BgpClusterConfig) => {
                self.cluster_configs.extend(validate::read(object, version, found));
            }
            Some(Kind::BgpPeerConfig) => {
                self.peer_configs.extend(validate::read(object, version, found));
            }
            Some(Kind::BgpAdvertisement) => {
                self.advertisements.extend(validate::read(object, version, found));
            }
            Some(Kind::BgpNodeConfigOverride) => {
                self.node_overrides.extend(validate::read(object, version, found));
            }
            None if object.kind == PEERING_POLICY => {
                found.push(peering_policy(object, version));
            }
            None => {}
        }
    }
}

fn peering_policy(object: &Object, version: CiliumVersion) -> Diagnostic {
    let diagnostic = if version.has(super::Feature::NoPeeringPolicy) {
        let message = format!("no matches for kind `{PEERING_POLICY}` under Cilium {version}");
        Diagnostic::error(codes::NOT_SERVED, message)
    } else {
        let message = format!("`{PEERING_POLICY}` is not simulated");
        Diagnostic::note(codes::NOT_MODELLED, message)
    };
    diagnostic
        .help("write a CiliumBGPClusterConfig, a CiliumBGPPeerConfig and a CiliumBGPAdvertisement")
        .label(Some(object.node.span), "")
        .object(object.reference())
}
