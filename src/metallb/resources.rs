//! MetalLB's objects as they stand in the input, decoded but not yet judged.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::api::{
    BfdProfileSpec, BgpAdvertisementSpec, BgpPeerSpec, CommunitySpec, IpAddressPoolSpec,
    L2AdvertisementSpec,
};
use super::{codes, legacy};
use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Mode, Object, Origin, Resource, Sources, Untyped};

/// The API group of MetalLB's custom resources.
pub const GROUP: &str = "metallb.io";

/// All of MetalLB's objects, in input order.
#[derive(Default)]
pub struct Resources {
    /// IPAddressPools.
    pub pools: Vec<Resource<IpAddressPoolSpec>>,
    /// L2Advertisements.
    pub l2_advertisements: Vec<Resource<L2AdvertisementSpec>>,
    /// BGPAdvertisements.
    pub bgp_advertisements: Vec<Resource<BgpAdvertisementSpec>>,
    /// BGPPeers.
    pub peers: Vec<Resource<BgpPeerSpec>>,
    /// BFDProfiles.
    pub bfd_profiles: Vec<Resource<BfdProfileSpec>>,
    /// Communities.
    pub communities: Vec<Resource<CommunitySpec>>,
}

/// A whole object: what is not `spec` is somebody else's concern, but a field
/// beside it is still unknown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whole<T> {
    #[serde(default)]
    #[allow(dead_code)] // named so that it is no unknown field
    api_version: IgnoredAny,
    #[serde(default)]
    #[allow(dead_code)]
    kind: IgnoredAny,
    #[serde(default)]
    #[allow(dead_code)]
    metadata: IgnoredAny,
    #[serde(default)]
    #[allow(dead_code)]
    status: IgnoredAny,
    #[serde(default = "Option::default")]
    spec: Option<T>,
}

impl Resources {
    /// Decodes every MetalLB object of the input, in whatever version or form.
    pub fn read(
        objects: &[Object],
        untyped: &[Untyped],
        sources: &mut Sources,
    ) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader::default();
        for object in objects {
            reader.object(object, sources);
        }
        for root in untyped {
            legacy::read_untyped(root, sources, &mut reader);
        }
        (reader.resources, reader.diagnostics)
    }

    /// Whether there is nothing that could be converted.
    pub fn is_empty(&self) -> bool {
        self.pools.is_empty() && self.peers.is_empty()
    }
}

/// Collects resources and what is wrong with them.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) resources: Resources,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn object(&mut self, object: &Object, sources: &mut Sources) {
        let (group, version) = object.api_version.split_once('/').unwrap_or(("", "v1"));
        match (group, version, object.kind.as_str()) {
            (GROUP, "v1beta1", "IPAddressPool") => {
                let pool = self.decode(object);
                self.resources.pools.extend(pool);
            }
            (GROUP, "v1beta1", "L2Advertisement") => {
                let advertisement = self.decode(object);
                self.resources.l2_advertisements.extend(advertisement);
            }
            (GROUP, "v1beta1", "BGPAdvertisement") => {
                let advertisement = self.decode(object);
                self.resources.bgp_advertisements.extend(advertisement);
            }
            (GROUP, "v1beta1" | "v1beta2", "BGPPeer") => {
                let peer = self.decode(object);
                self.resources.peers.extend(peer);
            }
            (GROUP, "v1beta1", "BFDProfile") => {
                let profile = self.decode(object);
                self.resources.bfd_profiles.extend(profile);
            }
            (GROUP, "v1beta1", "Community") => {
                let community = self.decode(object);
                self.resources.communities.extend(community);
            }
            (GROUP, "v1alpha1" | "v1beta1", "AddressPool") => legacy::read_pool(object, self),
            ("frrk8s.metallb.io", _, "FRRConfiguration") => self.frr_extras(object),
            (GROUP, ..) => self.unknown_kind(object),
            ("", "v1", "ConfigMap") if object.meta.name == "bgpextras" => self.frr_extras(object),
            _ => legacy::read_embedded(object, sources, self),
        }
    }

    /// Decodes one object strictly; what is wrong becomes diagnostics.
    pub(super) fn decode<T: DeserializeOwned + Default>(
        &mut self,
        object: &Object,
    ) -> Option<Resource<T>> {
        let mut problems = Vec::new();
        let whole: Option<Whole<T>> =
            manifest::decode(&object.node, "", Mode::Strict, &mut problems);
        let refused = !problems.is_empty();
        let reference = object.reference();
        self.diagnostics.extend(
            problems.into_iter().map(|problem| problem.into_diagnostic(Some(reference.clone()))),
        );
        if object.meta.name.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(codes::NO_NAME, format!("{} without a name", object.kind))
                    .label(Some(object.node.span), "metadata.name is missing")
                    .help("give it a name, or read the object back with kubectl get -o yaml"),
            );
            return None;
        }
        if refused {
            return None;
        }
        Some(Resource {
            meta: object.meta.clone(),
            spec: whole?.spec.unwrap_or_default(),
            origin: Origin::new(object.node.clone()),
        })
    }

    fn frr_extras(&mut self, object: &Object) {
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::FRR_EXTRAS,
                format!("{} carries raw FRR configuration, which Cilium cannot take", object.kind),
            )
            .object(object.reference())
            .label(Some(object.node.span), "has no counterpart")
            .help("look at what it is for, and configure the neighbouring router instead"),
        );
    }

    /// A kind of MetalLB's group that carries no configuration is passed over;
    /// one that we do not know, or in a version that never was, is refused.
    fn unknown_kind(&mut self, object: &Object) {
        const WITHOUT_CONFIGURATION: &[&str] = &[
            "MetalLB",
            "ConfigurationState",
            "ServiceL2Status",
            "ServiceBGPStatus",
            "BGPSessionStatus",
        ];
        if WITHOUT_CONFIGURATION.contains(&object.kind.as_str()) {
            return;
        }
        const KNOWN: &[&str] = &[
            "metallb.io/v1beta1 IPAddressPool",
            "metallb.io/v1beta1 L2Advertisement",
            "metallb.io/v1beta1 BGPAdvertisement",
            "metallb.io/v1beta2 BGPPeer",
            "metallb.io/v1beta1 BFDProfile",
            "metallb.io/v1beta1 Community",
            "metallb.io/v1beta1 AddressPool",
        ];
        let given = format!("{} {}", object.api_version, object.kind);
        let help = match manifest::closest(&given, KNOWN) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("MetalLB has {}", KNOWN.join(", ")),
        };
        self.diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_KIND, format!("MetalLB has no `{given}`"))
                .object(object.reference())
                .label(Some(object.node.nearest("kind").span), "unknown")
                .help(help),
        );
    }
}
