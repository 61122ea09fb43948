//! Cilium's versions and what differs between them.
//!
//! Everything that is not the same in every supported version is a row of
//! [`FACTS`]; nothing else in the crate compares version numbers. Supporting the
//! next version means one more row in [`SUPPORTED`], and one more row here for
//! each thing that it changes.

use std::fmt;
use std::str::FromStr;

/// A version of Cilium 1.x, such as `1.19.4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CiliumVersion {
    minor: u8,
    patch: u8,
}

/// How sure a statement about Cilium's behaviour is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// An issue or a thread says so.
    Reported,
    /// Read in the source of that version, or in its CRDs.
    Source,
    /// Seen: golden scenarios hold what the real code decided.
    Golden,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reported => "reported",
            Self::Source => "source",
            Self::Golden => "golden",
        })
    }
}

/// One supported minor version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supported {
    /// The lowest patch of that minor version.
    pub version: CiliumVersion,
    /// How the simulation of that version is tested.
    pub grade: Grade,
    /// What it was tested against.
    pub tested_against: &'static str,
}

/// The minor versions that can be a target, oldest first.
pub const SUPPORTED: &[Supported] = &[
    supported(16, Grade::Source, "the source and CRDs of 1.16.12"),
    supported(17, Grade::Source, "the source and CRDs of 1.17.6"),
    supported(18, Grade::Source, "the source and CRDs of a 1.18 development tree of May 2025"),
    supported(19, Grade::Golden, "golden scenarios decided by 1.19's code"),
    supported(
        20,
        Grade::Golden,
        "golden scenarios decided by a 1.20 development tree of June 2026",
    ),
];

const fn supported(minor: u8, grade: Grade, tested_against: &'static str) -> Supported {
    Supported { version: CiliumVersion::new(minor, 0), grade, tested_against }
}

/// From which version on a [`Feature`] is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// What is there.
    pub feature: Feature,
    /// The first version that has it.
    pub since: CiliumVersion,
    /// How sure that is.
    pub grade: Grade,
    /// What the feature is, in a sentence; its lines begin with a space.
    pub what: &'static str,
}

/// Declares the features with the rows of [`FACTS`]; what is said of a feature is its
/// documentation.
macro_rules! features {
    ($($(#[doc = $doc:literal])* $name:ident = $minor:literal, $patch:literal, $grade:ident;)*) => {
        /// Something that not every supported version has or does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[doc = $doc])* $name,)*
        }

        /// What differs between the supported versions.
        pub const FACTS: &[Fact] = &[$(Fact {
            feature: Feature::$name,
            since: CiliumVersion::new($minor, $patch),
            grade: Grade::$grade,
            what: concat!($($doc),*),
        }),*];
    };
}

features! {
    // API: from the CRDs of each version.
    /// `spec` of a CiliumLoadBalancerIPPool is required.
    PoolSpecRequired = 17, 0, Source;
    /// `peerASN: 0` accepts any AS number; before, 1 is the least.
    PeerAsnAny = 17, 0, Source;
    /// `service.addresses` of a BGP advertisement is required.
    ServiceAddressesRequired = 17, 0, Source;
    /// `cilium.io/v2` of CiliumLoadBalancerIPPool.
    PoolV2 = 18, 0, Source;
    /// `cilium.io/v2` of the BGP kinds.
    BgpV2 = 18, 0, Source;
    /// `service.aggregationLengthIPv4` and `aggregationLengthIPv6`.
    AggregationLength = 18, 0, Source;
    /// `bgpInstances[].localPort` of a CiliumBGPClusterConfig.
    InstanceLocalPort = 18, 0, Source;
    /// `bgpInstances[].localASN` of a CiliumBGPNodeConfigOverride.
    OverrideLocalAsn = 18, 0, Source;
    /// `peers[].autoDiscovery` (in `cilium.io/v2`).
    AutoDiscovery = 18, 0, Source;
    /// CEL rules: keepalive not above hold time, `service` there for `Service`, no
    /// `selector` for `PodCIDR`.
    BgpRules = 18, 0, Source;
    /// `advertisementType: Interface` and the CEL rules that come with it (in
    /// `cilium.io/v2`).
    InterfaceAdvertisement = 19, 0, Source;
    /// `transport.sourceInterface` (in `cilium.io/v2`).
    SourceInterface = 19, 0, Source;
    /// CiliumBGPPeeringPolicy, the first BGP control plane, is gone.
    NoPeeringPolicy = 19, 0, Source;
    /// The apiVersion `cilium.io/v2alpha1` of pools is deprecated.
    PoolV2Alpha1Deprecated = 19, 0, Source;
    // LB-IPAM.
    /// Whether two Services may share an address on one port with different
    /// protocols is decided by `bpf-lb-proto-diff`; before, they may not.
    SharingByProtocolConfigurable = 17, 0, Source;
    /// At start and after a pool changed, every Service keeps what it holds before
    /// anything new is given out.
    HeldBeforeNew = 18, 2, Reported;
    /// Two Services may always share an address on one port with different protocols.
    SharingByProtocol = 19, 0, Golden;
    /// The pools that fit are walked in another random order at every allocation;
    /// before, in the order in which they arrived.
    PoolsWalkedAtRandom = 20, 0, Golden;
    /// A pool with one bad block is not taken in at all; before, the blocks up to it
    /// are.
    BadBlockSpoilsPool = 20, 0, Golden;
    /// A Service that holds a shared address joins its holders at import, when compatible.
    JoinsHeldShared = 20, 0, Golden;
    /// A shared Service that stopped being compatible loses that address only;
    /// before, all its shared addresses.
    ReleasesOnlyIncompatible = 20, 0, Golden;
    /// A Service with a sharing key that asks for a reserved first or last address
    /// crashes the operator; before, it gets the address.
    ReservedRequestCrashes = 20, 0, Golden;
    // The agent's announcements.
    /// The agent announces the frontends that its load balancer has, by L2 and BGP: one
    /// address and port belongs to one Service, a headless Service has none, and the
    /// annotations `service.cilium.io/…` count; before, what stands in the Services.
    AnnouncesFrontends = 19, 0, Golden;
    /// L2 announcements answer for IPv6 addresses (NDP).
    L2Ipv6 = 19, 0, Golden;
    /// With traffic policy Local, a node needs a backend of its own to be a candidate
    /// for an L2 lease.
    L2NeedsLocalBackend = 20, 2, Reported;
    /// Option `bgpControlPlane.legacyOriginAttribute.enabled`: ORIGIN is INCOMPLETE,
    /// as MetalLB sends it.
    LegacyOriginAttribute = 18, 2, Reported;
    /// One route policy for each prefix that several advertisements match:
    /// communities add up, the highest local preference wins.
    MergedAdvertisements = 19, 0, Golden;
    /// Only active backends count for the withdrawal of a Service without endpoints;
    /// before, terminating ones too.
    OnlyActiveBackendsCount = 20, 0, Golden;
}

impl CiliumVersion {
    const fn new(minor: u8, patch: u8) -> Self {
        Self { minor, patch }
    }

    /// The `Y` of `1.Y.Z`.
    pub const fn minor(self) -> u8 {
        self.minor
    }

    /// The `Z` of `1.Y.Z`.
    pub const fn patch(self) -> u8 {
        self.patch
    }

    /// Whether this version has a feature.
    pub fn has(self, feature: Feature) -> bool {
        FACTS.iter().any(|fact| fact.feature == feature && self >= fact.since)
    }

    /// How the simulation of this version is tested.
    pub fn grade(self) -> Grade {
        SUPPORTED
            .iter()
            .find(|supported| supported.version.minor == self.minor)
            .map_or(Grade::Reported, |supported| supported.grade)
    }
}

impl Feature {
    /// The first version that has it, and how sure that is.
    pub fn fact(self) -> Option<&'static Fact> {
        FACTS.iter().find(|fact| fact.feature == self)
    }
}

impl Default for CiliumVersion {
    /// 1.19: the newest release whose decisions the golden scenarios hold.
    fn default() -> Self {
        Self::new(19, 0)
    }
}

impl fmt::Display for CiliumVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}.{}", self.minor, self.patch)
    }
}

/// A text that names no supported version of Cilium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedVersion(String);

impl fmt::Display for UnsupportedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no supported version of Cilium; supported are", self.0)?;
        for (index, supported) in SUPPORTED.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator} 1.{}", supported.version.minor)?;
        }
        f.write_str(", with a patch or without")
    }
}

impl std::error::Error for UnsupportedVersion {}

impl FromStr for CiliumVersion {
    type Err = UnsupportedVersion;

    /// Reads `1.19`, `1.19.4` and `v1.19.4`; without a patch it is the lowest one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text)
            .filter(|version| SUPPORTED.iter().any(|known| known.version.minor == version.minor))
            .ok_or_else(|| UnsupportedVersion(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<CiliumVersion> {
    let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(number);
    let (major, minor) = (parts.next()??, parts.next()??);
    let patch = match parts.next() {
        Some(patch) => patch?,
        None => 0,
    };
    (major == 1 && parts.next().is_none()).then_some(CiliumVersion { minor, patch })
}

fn number(digits: &str) -> Option<u8> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_version_without_a_patch_is_its_lowest_patch() {
        for (text, shown) in
            [("1.16", "1.16.0"), ("1.20.2", "1.20.2"), ("v1.19.4", "1.19.4"), ("1.18.0", "1.18.0")]
        {
            assert_eq!(text.parse::<CiliumVersion>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_supported_version_is_refused() {
        for text in ["", "1", "1.15", "1.21", "2.19", "1.19.", "1.19.4.1", "1.+19", "1.19-rc1"] {
            assert!(text.parse::<CiliumVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_feature_stands_in_the_table_once() {
        let features: BTreeSet<Feature> = FACTS.iter().map(|fact| fact.feature).collect();
        assert_eq!(features.len(), FACTS.len());
        for fact in FACTS {
            assert_eq!(fact.feature.fact(), Some(fact));
        }
    }

    #[test]
    fn features_begin_with_their_version() {
        let version = |text: &str| text.parse::<CiliumVersion>().unwrap();
        assert!(!version("1.17.6").has(Feature::PoolV2));
        assert!(version("1.18").has(Feature::PoolV2));
        assert!(!version("1.20.1").has(Feature::L2NeedsLocalBackend));
        assert!(version("1.20.2").has(Feature::L2NeedsLocalBackend));
    }
}
