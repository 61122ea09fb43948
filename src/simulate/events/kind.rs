//! The kinds of objects that events may be about.

use serde::Deserialize;

/// A kind that one of the controllers looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[allow(missing_docs, reason = "they are the names of the API's kinds")]
pub enum Kind {
    Service,
    Node,
    Namespace,
    Secret,
    EndpointSlice,
    #[serde(rename = "IPAddressPool")]
    IpAddressPool,
    AddressPool,
    L2Advertisement,
    #[serde(rename = "BGPAdvertisement")]
    BgpAdvertisement,
    #[serde(rename = "BGPPeer")]
    BgpPeer,
    #[serde(rename = "BFDProfile")]
    BfdProfile,
    Community,
    #[serde(rename = "CiliumLoadBalancerIPPool")]
    CiliumLoadBalancerIpPool,
    CiliumL2AnnouncementPolicy,
    #[serde(rename = "CiliumBGPClusterConfig")]
    CiliumBgpClusterConfig,
    #[serde(rename = "CiliumBGPPeerConfig")]
    CiliumBgpPeerConfig,
    #[serde(rename = "CiliumBGPAdvertisement")]
    CiliumBgpAdvertisement,
    #[serde(rename = "CiliumBGPNodeConfigOverride")]
    CiliumBgpNodeConfigOverride,
}

/// Every kind: its name and its API group.
const KINDS: [(Kind, &str, &str); 18] = [
    (Kind::Service, "Service", ""),
    (Kind::Node, "Node", ""),
    (Kind::Namespace, "Namespace", ""),
    (Kind::Secret, "Secret", ""),
    (Kind::EndpointSlice, "EndpointSlice", "discovery.k8s.io"),
    (Kind::IpAddressPool, "IPAddressPool", "metallb.io"),
    (Kind::AddressPool, "AddressPool", "metallb.io"),
    (Kind::L2Advertisement, "L2Advertisement", "metallb.io"),
    (Kind::BgpAdvertisement, "BGPAdvertisement", "metallb.io"),
    (Kind::BgpPeer, "BGPPeer", "metallb.io"),
    (Kind::BfdProfile, "BFDProfile", "metallb.io"),
    (Kind::Community, "Community", "metallb.io"),
    (Kind::CiliumLoadBalancerIpPool, "CiliumLoadBalancerIPPool", "cilium.io"),
    (Kind::CiliumL2AnnouncementPolicy, "CiliumL2AnnouncementPolicy", "cilium.io"),
    (Kind::CiliumBgpClusterConfig, "CiliumBGPClusterConfig", "cilium.io"),
    (Kind::CiliumBgpPeerConfig, "CiliumBGPPeerConfig", "cilium.io"),
    (Kind::CiliumBgpAdvertisement, "CiliumBGPAdvertisement", "cilium.io"),
    (Kind::CiliumBgpNodeConfigOverride, "CiliumBGPNodeConfigOverride", "cilium.io"),
];

impl Kind {
    /// The kind of that name.
    pub fn of(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// The names of all kinds.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|(_, name, _)| *name)
    }

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// Whether objects of the kind have that `apiVersion`. Which versions of its own
    /// kinds there are, each controller says itself.
    pub fn has_api_version(self, api_version: &str) -> bool {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let own = KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., group)| group);
        group == own
            && match own {
                "" => version == "v1",
                "discovery.k8s.io" => ["v1", "v1beta1"].contains(&version),
                _ => !version.is_empty(),
            }
    }

    /// Whether it is one of the cluster's own kinds, not of a controller's.
    pub fn is_cluster(self) -> bool {
        matches!(
            self,
            Self::Service | Self::Node | Self::Namespace | Self::Secret | Self::EndpointSlice
        )
    }

    /// Whether an object without a namespace is in `default`, as both controllers
    /// take it. MetalLB's own resources may stand in the input without one.
    pub fn defaults_namespace(self) -> bool {
        matches!(self, Self::Service | Self::EndpointSlice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_one_name() {
        for (kind, name, _) in KINDS {
            assert_eq!(Kind::of(name), Some(kind));
            assert_eq!(kind.name(), name);
            let read: Kind = serde_json::from_value(serde_json::json!(name)).unwrap();
            assert_eq!(read, kind);
        }
    }

    #[test]
    fn a_kind_goes_with_its_own_group() {
        for (kind, api_version, fits) in [
            (Kind::Service, "v1", true),
            (Kind::Service, "v2", false),
            (Kind::Service, "apps/v1", false),
            (Kind::EndpointSlice, "discovery.k8s.io/v1", true),
            (Kind::EndpointSlice, "v1", false),
            (Kind::BgpPeer, "metallb.io/v1beta2", true),
            (Kind::BgpPeer, "cilium.io/v2", false),
            (Kind::BgpPeer, "metallb.io/", false),
        ] {
            assert_eq!(kind.has_api_version(api_version), fits, "{kind:?} {api_version}");
        }
    }
}
