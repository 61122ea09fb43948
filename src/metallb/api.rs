//! The custom resources of `metallb.io` as their CRDs have them.
//!
//! Field names are the API's; every field that the CRD lets out is optional.

use serde::Deserialize;

use crate::secret::SecretString;
use crate::selector::LabelSelector;

/// `spec` of an IPAddressPool (`metallb.io/v1beta1`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IpAddressPoolSpec {
    /// CIDRs (`10.0.0.0/24`) and inclusive ranges (`10.0.0.1-10.0.0.9`).
    pub addresses: Vec<String>,
    /// Whether addresses are handed out without being asked for; default true.
    pub auto_assign: Option<bool>,
    /// Whether IPv4 addresses ending in .0 and .255 are left out.
    #[serde(rename = "avoidBuggyIPs")]
    pub avoid_buggy_ips: Option<bool>,
    /// To which Services the pool is pinned.
    pub service_allocation: Option<ServiceAllocation>,
}

/// `spec.serviceAllocation` of an IPAddressPool.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAllocation {
    /// Lower goes first; 0 or unset goes last.
    pub priority: i64,
    /// Namespaces by name.
    pub namespaces: Vec<String>,
    /// Namespaces by label; OR-ed with `namespaces`.
    pub namespace_selectors: Vec<LabelSelector>,
    /// Services by label; OR-ed with one another, AND-ed with the namespaces.
    pub service_selectors: Vec<LabelSelector>,
}

/// `spec` of an L2Advertisement (`metallb.io/v1beta1`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct L2AdvertisementSpec {
    /// Pools by name.
    pub ip_address_pools: Vec<String>,
    /// Pools by label; OR-ed with `ipAddressPools`. Neither means every pool.
    pub ip_address_pool_selectors: Vec<LabelSelector>,
    /// Services by label (any of); none means every Service. Since v0.16.0.
    pub service_selectors: Vec<LabelSelector>,
    /// Nodes by label (any of); none means every Node.
    pub node_selectors: Vec<LabelSelector>,
    /// Nodes that go first in the election; in no release yet.
    pub preferred_node_selectors: Vec<PreferredNodeSelector>,
    /// Interfaces by name; none means all.
    pub interfaces: Vec<String>,
}

/// One entry of `preferredNodeSelectors`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreferredNodeSelector {
    /// What a matching Node scores.
    pub weight: i32,
    /// Which Nodes match.
    pub preference: LabelSelector,
}

/// `spec` of a BGPAdvertisement (`metallb.io/v1beta1`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpAdvertisementSpec {
    /// Prefix length that IPv4 addresses are rolled up to; default 32.
    pub aggregation_length: Option<i32>,
    /// Prefix length that IPv6 addresses are rolled up to; default 128.
    #[serde(rename = "aggregationLengthV6")]
    pub aggregation_length_v6: Option<i32>,
    /// LOCAL_PREF; 0 is none.
    pub local_pref: u32,
    /// Communities by value or by the name of an alias.
    pub communities: Vec<String>,
    /// Pools by name.
    pub ip_address_pools: Vec<String>,
    /// Pools by label; OR-ed with `ipAddressPools`. Neither means every pool.
    pub ip_address_pool_selectors: Vec<LabelSelector>,
    /// Services by label (any of); none means every Service. Since v0.16.0.
    pub service_selectors: Vec<LabelSelector>,
    /// Nodes by label (any of); none means every Node.
    pub node_selectors: Vec<LabelSelector>,
    /// BGPPeers by name; none means every peer.
    pub peers: Vec<String>,
}

/// `spec` of a BGPPeer (`metallb.io/v1beta2`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeerSpec {
    /// The AS number of this end.
    #[serde(rename = "myASN")]
    pub my_asn: u32,
    /// The AS number expected of the other end.
    #[serde(rename = "peerASN")]
    pub peer_asn: u32,
    /// An AS number to show to this peer instead of `myASN`.
    #[serde(rename = "localASN")]
    pub local_asn: u32,
    /// `internal` or `external` instead of `peerASN`.
    #[serde(rename = "dynamicASN")]
    pub dynamic_asn: String,
    /// The address to dial.
    pub peer_address: String,
    /// The interface of an unnumbered session.
    pub interface: String,
    /// The source address of the session.
    pub source_address: String,
    /// The port to dial; default 179.
    pub peer_port: Option<u16>,
    /// A Go duration such as `90s`.
    pub hold_time: Option<String>,
    /// A Go duration such as `30s`.
    pub keepalive_time: Option<String>,
    /// A Go duration such as `10s`.
    pub connect_time: Option<String>,
    /// The router ID to show.
    #[serde(rename = "routerID")]
    pub router_id: String,
    /// Nodes that open the session (any of); none means every Node.
    pub node_selectors: Vec<LabelSelector>,
    /// The TCP MD5 password (RFC 2385) in clear text.
    pub password: SecretString,
    /// The Secret that holds the password.
    pub password_secret: SecretReference,
    /// The BFDProfile by name.
    pub bfd_profile: String,
    /// Graceful restart (RFC 4724).
    pub enable_graceful_restart: bool,
    /// Whether the peer is more than one hop away.
    pub ebgp_multi_hop: bool,
    /// The VRF to open the session from.
    pub vrf: String,
    /// Deprecated in favour of `dualStackAddressFamily`.
    #[serde(rename = "disableMP")]
    pub disable_mp: bool,
    /// Whether both families go over the session.
    pub dual_stack_address_family: bool,
}

/// A reference to a Secret (`v1.SecretReference`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SecretReference {
    /// `name`.
    pub name: String,
    /// `namespace`.
    pub namespace: String,
}

/// `spec` of a BFDProfile (`metallb.io/v1beta1`); intervals in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BfdProfileSpec {
    /// The least interval at which control packets can be received.
    pub receive_interval: Option<u32>,
    /// The least interval at which control packets are sent.
    pub transmit_interval: Option<u32>,
    /// After how many lost packets the session is down.
    pub detect_multiplier: Option<u32>,
    /// The least interval at which echo packets can be handled.
    pub echo_interval: Option<u32>,
    /// Echo mode.
    pub echo_mode: Option<bool>,
    /// Whether to wait for the other end.
    pub passive_mode: Option<bool>,
    /// The least TTL accepted.
    pub minimum_ttl: Option<u32>,
}

/// `spec` of a Community (`metallb.io/v1beta1`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CommunitySpec {
    /// The aliases.
    pub communities: Vec<CommunityAlias>,
}

/// A name for a community's value.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CommunityAlias {
    /// The alias.
    pub name: String,
    /// The value, such as `64512:100` or `large:64512:1:2`.
    pub value: String,
}
