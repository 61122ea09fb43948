//! The kinds of `cilium.io` that matter here, and in which apiVersion each Cilium
//! version serves them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::version::{CiliumVersion, Feature};
use super::{
    BgpAdvertisementSpec, BgpClusterConfigSpec, BgpNodeConfigOverrideSpec, BgpPeerConfigSpec,
    L2AnnouncementPolicySpec, LoadBalancerIpPoolSpec,
};
use crate::manifest::{ObjectMeta, Resource};

/// A kind of `cilium.io`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `CiliumLoadBalancerIPPool`.
    LoadBalancerIpPool,
    /// `CiliumL2AnnouncementPolicy`.
    L2AnnouncementPolicy,
    /// `CiliumBGPClusterConfig`.
    BgpClusterConfig,
    /// `CiliumBGPPeerConfig`.
    BgpPeerConfig,
    /// `CiliumBGPAdvertisement`.
    BgpAdvertisement,
    /// `CiliumBGPNodeConfigOverride`.
    BgpNodeConfigOverride,
}

/// A version of the API group `cilium.io`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ApiVersion {
    /// `cilium.io/v2alpha1`.
    #[serde(rename = "cilium.io/v2alpha1")]
    V2Alpha1,
    /// `cilium.io/v2`.
    #[serde(rename = "cilium.io/v2")]
    V2,
}

impl ApiVersion {
    /// As it is written in `apiVersion`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2Alpha1 => "cilium.io/v2alpha1",
            Self::V2 => "cilium.io/v2",
        }
    }

    /// The version that `apiVersion` names, if it is one of these.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::V2Alpha1, Self::V2].into_iter().find(|version| version.as_str() == text)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::LoadBalancerIpPool,
        Self::L2AnnouncementPolicy,
        Self::BgpClusterConfig,
        Self::BgpPeerConfig,
        Self::BgpAdvertisement,
        Self::BgpNodeConfigOverride,
    ];

    /// As it is written in `kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoadBalancerIpPool => "CiliumLoadBalancerIPPool",
            Self::L2AnnouncementPolicy => "CiliumL2AnnouncementPolicy",
            Self::BgpClusterConfig => "CiliumBGPClusterConfig",
            Self::BgpPeerConfig => "CiliumBGPPeerConfig",
            Self::BgpAdvertisement => "CiliumBGPAdvertisement",
            Self::BgpNodeConfigOverride => "CiliumBGPNodeConfigOverride",
        }
    }

    /// The kind that `kind` names, if it is one of these.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// With which version `cilium.io/v2` of this kind begins; `None` where there is
    /// no such version. `cilium.io/v2alpha1` is served by every supported one.
    const fn v2(self) -> Option<Feature> {
        match self {
            Self::LoadBalancerIpPool => Some(Feature::PoolV2),
            Self::L2AnnouncementPolicy => None,
            Self::BgpClusterConfig
            | Self::BgpPeerConfig
            | Self::BgpAdvertisement
            | Self::BgpNodeConfigOverride => Some(Feature::BgpV2),
        }
    }

    /// The apiVersion to write for a Cilium version: the newest it serves.
    pub fn api_version(self, version: CiliumVersion) -> ApiVersion {
        if self.serves(version, ApiVersion::V2) { ApiVersion::V2 } else { ApiVersion::V2Alpha1 }
    }

    /// Whether a Cilium version serves this kind in that apiVersion.
    pub fn serves(self, version: CiliumVersion, api_version: ApiVersion) -> bool {
        match api_version {
            ApiVersion::V2Alpha1 => true,
            ApiVersion::V2 => self.v2().is_some_and(|feature| version.has(feature)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A `spec` type that belongs to one [`Kind`].
pub trait Spec {
    /// The kind whose `spec` it is.
    const KIND: Kind;
}

impl Spec for LoadBalancerIpPoolSpec {
    const KIND: Kind = Kind::LoadBalancerIpPool;
}

impl Spec for L2AnnouncementPolicySpec {
    const KIND: Kind = Kind::L2AnnouncementPolicy;
}

impl Spec for BgpClusterConfigSpec {
    const KIND: Kind = Kind::BgpClusterConfig;
}

impl Spec for BgpPeerConfigSpec {
    const KIND: Kind = Kind::BgpPeerConfig;
}

impl Spec for BgpAdvertisementSpec {
    const KIND: Kind = Kind::BgpAdvertisement;
}

impl Spec for BgpNodeConfigOverrideSpec {
    const KIND: Kind = Kind::BgpNodeConfigOverride;
}

/// An object as it is written out, its fields in the order in which people write
/// them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest<'a, T> {
    api_version: ApiVersion,
    kind: &'static str,
    metadata: Metadata<'a>,
    spec: &'a T,
}

#[derive(Debug, Clone, Serialize)]
struct Metadata<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

impl<'a, T: Spec> Manifest<'a, T> {
    /// The resource as a Cilium version takes it.
    pub fn new(resource: &'a Resource<T>, version: CiliumVersion) -> Self {
        Self {
            api_version: T::KIND.api_version(version),
            kind: T::KIND.as_str(),
            metadata: Metadata::new(&resource.meta),
            spec: &resource.spec,
        }
    }
}

impl<'a> Metadata<'a> {
    fn new(meta: &'a ObjectMeta) -> Self {
        Self {
            name: &meta.name,
            namespace: &meta.namespace,
            labels: &meta.labels,
            annotations: &meta.annotations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cilium::{AllowFirstLastIps, PoolBlock};

    #[test]
    fn each_version_is_written_in_the_newest_api_version_it_serves() {
        let written = |kind: Kind, version: &str| kind.api_version(version.parse().unwrap());
        assert_eq!(written(Kind::LoadBalancerIpPool, "1.17"), ApiVersion::V2Alpha1);
        assert_eq!(written(Kind::LoadBalancerIpPool, "1.18"), ApiVersion::V2);
        assert_eq!(written(Kind::BgpAdvertisement, "1.17.6"), ApiVersion::V2Alpha1);
        assert_eq!(written(Kind::BgpAdvertisement, "1.20"), ApiVersion::V2);
        assert_eq!(written(Kind::L2AnnouncementPolicy, "1.20"), ApiVersion::V2Alpha1);
    }

    #[test]
    fn a_manifest_reads_as_people_write_it() {
        let pool = Resource {
            meta: ObjectMeta { name: "a".into(), ..ObjectMeta::default() },
            spec: LoadBalancerIpPoolSpec {
                blocks: vec![PoolBlock {
                    cidr: Some("10.0.0.0/24".into()),
                    ..PoolBlock::default()
                }],
                allow_first_last_ips: Some(AllowFirstLastIps::No),
                ..LoadBalancerIpPoolSpec::default()
            },
            ..Resource::default()
        };
        let text = serde_saphyr::to_string(&Manifest::new(&pool, CiliumVersion::default()));
        assert_eq!(
            text.unwrap(),
            "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata:\n  name: a\n\
             spec:\n  blocks:\n  - cidr: 10.0.0.0/24\n  allowFirstLastIPs: \"No\"\n"
        );
    }
}
