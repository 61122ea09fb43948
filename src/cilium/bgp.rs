//! The kinds of Cilium's BGP control plane: CiliumBGPClusterConfig,
//! CiliumBGPPeerConfig, CiliumBGPAdvertisement and CiliumBGPNodeConfigOverride.
//!
//! Fields of every supported version are here; which version serves which is said
//! by [`super::validate`].

use serde::{Deserialize, Serialize};

use crate::ip::Family;
use crate::selector::LabelSelector;

/// `spec` of a CiliumBGPClusterConfig: the BGP instances of a group of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpClusterConfigSpec {
    /// `nodeSelector`: on which Nodes; absent and empty mean every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<LabelSelector>,
    /// `bgpInstances`: 1 to 16, with unique names.
    pub bgp_instances: Vec<BgpInstance>,
}

/// One entry of `bgpInstances`: a router with its AS number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpInstance {
    /// `name`.
    pub name: String,
    /// `localASN`; the instance does not start without one.
    #[serde(rename = "localASN", skip_serializing_if = "Option::is_none")]
    pub local_asn: Option<u32>,
    /// `localPort`: where it listens; absent means that it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_port: Option<u16>,
    /// `peers`, with unique names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<BgpPeer>,
}

/// One entry of `peers` of an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeer {
    /// `name`.
    pub name: String,
    /// `peerAddress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_address: Option<String>,
    /// `peerASN`; 0 and absent accept any.
    #[serde(rename = "peerASN", skip_serializing_if = "Option::is_none")]
    pub peer_asn: Option<u32>,
    /// `autoDiscovery` instead of an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_discovery: Option<AutoDiscovery>,
    /// `peerConfigRef`: the CiliumBGPPeerConfig; no route is sent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_config_ref: Option<PeerConfigRef>,
}

impl BgpPeer {
    /// The family of the default route whose router is the peer; `None` where it has an
    /// address, or is not found that way.
    pub fn gateway(&self) -> Option<Family> {
        let found = self.auto_discovery.as_ref().filter(|_| self.peer_address.is_none());
        let found = found.filter(|one| one.mode == DEFAULT_GATEWAY)?;
        match found.default_gateway.as_ref()?.address_family.as_str() {
            "ipv4" => Some(Family::V4),
            "ipv6" => Some(Family::V6),
            _ => None,
        }
    }
}

/// The one `mode` of `autoDiscovery` that there is.
const DEFAULT_GATEWAY: &str = "DefaultGateway";

/// `peerConfigRef` of a peer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PeerConfigRef {
    /// `group`; only in `cilium.io/v2alpha1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `kind`; only in `cilium.io/v2alpha1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `name` of the CiliumBGPPeerConfig.
    pub name: String,
}

/// `autoDiscovery` of a peer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoDiscovery {
    /// `mode`: `DefaultGateway`.
    pub mode: String,
    /// `defaultGateway`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_gateway: Option<DefaultGateway>,
}

/// `defaultGateway` of `autoDiscovery`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultGateway {
    /// `addressFamily`: `ipv4` or `ipv6`.
    pub address_family: String,
}

/// `spec` of a CiliumBGPPeerConfig: what peers have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeerConfigSpec {
    /// `transport`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<BgpTransport>,
    /// `timers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timers: Option<BgpTimers>,
    /// `authSecretRef`: a Secret in the BGP secrets namespace with the TCP MD5
    /// password (RFC 2385) under the key `password`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_secret_ref: Option<String>,
    /// `gracefulRestart` (RFC 4724).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graceful_restart: Option<GracefulRestart>,
    /// `ebgpMultihop`: the TTL towards external peers; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebgp_multihop: Option<u8>,
    /// `families`: which address families carry which advertisements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<BgpFamily>,
}

/// `transport` of a CiliumBGPPeerConfig.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpTransport {
    /// `localPort`; only in `cilium.io/v2alpha1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_port: Option<u16>,
    /// `peerPort`: the port to dial; default 179.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_port: Option<u16>,
    /// `sourceInterface`: whose address is the session's source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_interface: Option<String>,
}

/// `timers` of a CiliumBGPPeerConfig (RFC 4271, section 10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpTimers {
    /// `connectRetryTimeSeconds`; default 120.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_retry_time_seconds: Option<u32>,
    /// `holdTimeSeconds`; default 90, at least 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_time_seconds: Option<u16>,
    /// `keepAliveTimeSeconds`; default 30, not above the hold time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_alive_time_seconds: Option<u16>,
}

/// `gracefulRestart` of a CiliumBGPPeerConfig (RFC 4724).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GracefulRestart {
    /// `enabled`.
    pub enabled: bool,
    /// `restartTimeSeconds`; default 120.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_time_seconds: Option<u16>,
}

/// One entry of `families`: an address family and what is advertised in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpFamily {
    /// `afi`, such as `ipv4`.
    pub afi: String,
    /// `safi`, such as `unicast`.
    pub safi: String,
    /// `advertisements`: CiliumBGPAdvertisements by label; absent means none, empty
    /// every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advertisements: Option<LabelSelector>,
}

/// `spec` of a CiliumBGPAdvertisement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpAdvertisementSpec {
    /// `advertisements`.
    pub advertisements: Vec<BgpAdvertisementEntry>,
}

/// One entry of `advertisements`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpAdvertisementEntry {
    /// `advertisementType`.
    pub advertisement_type: AdvertisementType,
    /// `service`: which addresses of a Service; for type `Service` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceAdvertisement>,
    /// `interface`: for type `Interface` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceAdvertisement>,
    /// `selector`: of which Services; absent means none, empty every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
    /// `attributes` of the routes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BgpAttributes>,
}

/// `advertisementType`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdvertisementType {
    /// The pods' prefix of each node.
    #[serde(rename = "PodCIDR")]
    PodCidr,
    /// Prefixes of CiliumPodIPPools.
    #[serde(rename = "CiliumPodIPPool")]
    CiliumPodIpPool,
    /// Addresses of Services.
    #[default]
    Service,
    /// Addresses of an interface.
    Interface,
}

/// `service` of an advertisement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAdvertisement {
    /// `addresses`: at least one kind.
    pub addresses: Vec<ServiceAddressType>,
    /// `aggregationLengthIPv4`: 0 to 31; absent means that addresses are not rolled up.
    #[serde(rename = "aggregationLengthIPv4", skip_serializing_if = "Option::is_none")]
    pub aggregation_length_ipv4: Option<u8>,
    /// `aggregationLengthIPv6`: 0 to 127; absent means that addresses are not rolled up.
    #[serde(rename = "aggregationLengthIPv6", skip_serializing_if = "Option::is_none")]
    pub aggregation_length_ipv6: Option<u8>,
}

/// One entry of `service.addresses`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ServiceAddressType {
    /// `status.loadBalancer.ingress`.
    #[serde(rename = "LoadBalancerIP")]
    LoadBalancerIp,
    /// `spec.clusterIPs`.
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    /// `spec.externalIPs`.
    #[serde(rename = "ExternalIP")]
    ExternalIp,
}

/// `interface` of an advertisement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InterfaceAdvertisement {
    /// `name`.
    pub name: String,
}

/// `attributes` of an advertisement's routes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpAttributes {
    /// `communities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communities: Option<BgpCommunities>,
    /// `localPreference`: sent to internal peers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_preference: Option<i64>,
}

/// `communities` of `attributes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpCommunities {
    /// `standard` (RFC 1997): `64512:100` or a 32-bit number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub standard: Vec<String>,
    /// `wellKnown`, by name, such as `no-export`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub well_known: Vec<String>,
    /// `large` (RFC 8092): `64512:1:2`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub large: Vec<String>,
}

/// `spec` of a CiliumBGPNodeConfigOverride; the object's name is the node's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpNodeConfigOverrideSpec {
    /// `bgpInstances`, by the names of the instances that they override.
    pub bgp_instances: Vec<BgpInstanceOverride>,
}

/// One entry of `bgpInstances` of an override.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpInstanceOverride {
    /// `name`.
    pub name: String,
    /// `routerID`.
    #[serde(rename = "routerID", skip_serializing_if = "Option::is_none")]
    pub router_id: Option<String>,
    /// `localPort`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_port: Option<i32>,
    /// `localASN`.
    #[serde(rename = "localASN", skip_serializing_if = "Option::is_none")]
    pub local_asn: Option<u32>,
    /// `peers`, by the names of the peers that they override.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<BgpPeerOverride>,
}

/// One entry of `peers` of an override.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeerOverride {
    /// `name`.
    pub name: String,
    /// `localAddress`: the session's source address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_address: Option<String>,
    /// `localPort`: the session's source port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_port: Option<i32>,
}
