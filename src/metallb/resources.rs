//! MetalLB's objects as they stand in the input, decoded but not yet judged.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::api::{
    BfdProfileSpec, BgpAdvertisementSpec, BgpPeerSpec, CommunitySpec, IpAddressPoolSpec,
    L2AdvertisementSpec,
};
use super::{codes, legacy};
use crate::diagnostic::Diagnostic;
use crate::manifest::{
    self, Filled, Mode, Node, Object, Origin, Problem, ProblemKind, Resource, Sources,
    Substitutions, Unfilled, Untyped, Value,
};

/// The API group of MetalLB's custom resources.
pub const GROUP: &str = "metallb.io";

/// Fields of a BGPPeer that came with `v1beta2`. The API server drops them from one of
/// `v1beta1`, or refuses it under strict validation.
const SINCE_V1BETA2: &[&str] = &[
    "connectTime",
    "disableMP",
    "dualStackAddressFamily",
    "dynamicASN",
    "enableGracefulRestart",
    "interface",
    "localASN",
    "passwordSecret",
    "vrf",
];

/// What MetalLB's conversion webhook makes of timers that are not set (`ConvertTo` in
/// `api/v1beta1/bgppeer_conversion.go`).
const PEER_TIMERS: &str = "set both holdTime and keepaliveTime: from MetalLB 0.14.9 on, the API \
                           server makes 0 of each that is left out of a v1beta1, which means no \
                           hold time and no keepalives";

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

/// Where objects come from, and what fills in their placeholders.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The objects.
    pub objects: &'a [Object],
    /// Documents without kind, which may be legacy configuration.
    pub untyped: &'a [Untyped],
    /// The texts that they were read from.
    pub sources: &'a Sources,
    /// The values of placeholders.
    pub substitutions: &'a Substitutions,
}

impl Resources {
    /// Decodes every MetalLB object of the input, in whatever version or form.
    pub fn read(input: &Input<'_>) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader::default();
        for object in input.objects {
            reader.object(object, input);
        }
        for document in input.untyped {
            legacy::read_untyped(document, input, &mut reader);
        }
        (reader.resources, reader.diagnostics)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.pools.len()
            + self.l2_advertisements.len()
            + self.bgp_advertisements.len()
            + self.peers.len()
            + self.bfd_profiles.len()
            + self.communities.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Collects resources and what is wrong with them.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) resources: Resources,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn object(&mut self, object: &Object, input: &Input<'_>) {
        let (group, version) = object.api_version.split_once('/').unwrap_or(("", "v1"));
        if group == GROUP {
            let (object, unfilled, problems) =
                input.substitutions.fill_object(object, input.sources);
            if self.is_filled(Some(&object), unfilled, problems) {
                self.resource(&object, version);
            }
            return;
        }
        let is_config_map = group.is_empty() && object.kind == "ConfigMap";
        if object.kind == "FRRConfiguration" && group == "frrk8s.metallb.io" {
            if !is_written_by_speaker(object) {
                self.frr_extras(object);
            }
        } else if is_config_map && object.meta.name == "bgpextras" {
            self.frr_extras(object);
        } else {
            legacy::read_embedded(object, input, self);
        }
    }

    /// A legacy configuration with its placeholders filled in.
    pub(super) fn filled(&mut self, root: Arc<Node>, input: &Input<'_>) -> Option<Arc<Node>> {
        let Filled { node, unfilled, problems } =
            input.substitutions.fill(&root, input.sources, "");
        self.is_filled(None, unfilled, problems).then(|| Arc::new(node))
    }

    /// Refuses what stands behind placeholders that were not filled in, where
    /// it must be known. Addresses may be carried over, annotations are nobody's
    /// concern.
    fn is_filled(
        &mut self,
        object: Option<&Object>,
        unfilled: Vec<Unfilled>,
        problems: Vec<Problem>,
    ) -> bool {
        let reference = object.map(Object::reference);
        let mut found: Vec<Diagnostic> = problems
            .into_iter()
            .map(|problem| problem.into_diagnostic(reference.clone()))
            .collect();
        for Unfilled { path, span, name } in unfilled {
            if path.contains("addresses[") || path.starts_with("metadata.annotations") {
                continue;
            }
            let mut diagnostic = Diagnostic::error(
                manifest::codes::UNFILLED,
                format!("{path}: the placeholder `{name}` is not filled in"),
            )
            .label(Some(span), "must be known")
            .help(format!("fill it in with --set {name}=VALUE or --env-file FILE"));
            diagnostic.object.clone_from(&reference);
            found.push(diagnostic);
        }
        let filled = found.is_empty();
        self.diagnostics.append(&mut found);
        filled
    }

    fn resource(&mut self, object: &Object, version: &str) {
        match (version, object.kind.as_str()) {
            ("v1beta1", "IPAddressPool") => {
                let pool = self.decode(object);
                self.resources.pools.extend(pool);
            }
            ("v1beta1", "L2Advertisement") => {
                let advertisement = self.decode(object);
                self.resources.l2_advertisements.extend(advertisement);
            }
            ("v1beta1", "BGPAdvertisement") => {
                let advertisement = self.decode(object);
                self.resources.bgp_advertisements.extend(advertisement);
            }
            ("v1beta1" | "v1beta2", "BGPPeer") => {
                let peer = self.decode(object);
                let is_whole = version == "v1beta2" || self.deprecated_peer(object);
                self.resources.peers.extend(peer.filter(|_| is_whole));
            }
            ("v1beta1", "BFDProfile") => {
                let profile = self.decode(object);
                self.resources.bfd_profiles.extend(profile);
            }
            ("v1beta1", "Community") => {
                let community = self.decode(object);
                self.resources.communities.extend(community);
            }
            ("v1alpha1" | "v1beta1", "AddressPool") => legacy::read_pool(object, self),
            _ => self.unknown_kind(object),
        }
    }

    /// Decodes one object strictly; what is wrong becomes diagnostics.
    pub(super) fn decode<T: DeserializeOwned + Default>(
        &mut self,
        object: &Object,
    ) -> Option<Resource<T>> {
        let mut problems = Vec::new();
        let spec: Option<T> = manifest::decode_object(object, Mode::Strict, &mut problems);
        let refused = !problems.is_empty();
        let reference = object.reference();
        self.diagnostics.extend(
            problems.into_iter().map(|problem| problem.into_diagnostic(Some(reference.clone()))),
        );
        if refused {
            return None;
        }
        Some(Resource {
            meta: object.meta.clone(),
            spec: spec?,
            origin: Origin::new(object.node.clone()),
        })
    }

    /// Says that the peer is of v1beta1; whether it has fields of that version only.
    fn deprecated_peer(&mut self, object: &Object) -> bool {
        let before = self.diagnostics.len();
        let spec = object.node.get("spec");
        if let Some(Value::Map(fields)) = spec.map(|spec| &spec.value) {
            for (key, span, _) in fields.iter().filter(|(key, ..)| SINCE_V1BETA2.contains(&&**key))
            {
                let problem = Problem {
                    path: format!("spec.{key}"),
                    span: *span,
                    kind: ProblemKind::UnknownField,
                    message: format!("BGPPeer v1beta1 has no field \"spec.{key}\""),
                    help: Some("write apiVersion: metallb.io/v1beta2".to_owned()),
                };
                self.diagnostics.push(problem.into_diagnostic(Some(object.reference())));
            }
        }
        let is_whole = self.diagnostics.len() == before;
        if is_whole {
            let has = |field| spec.is_some_and(|spec| spec.get(field).is_some());
            let said = format!("BGPPeer {} is read as one of v1beta2", object.meta.name);
            let mut note = Diagnostic::note(codes::LEGACY_FORM, said)
                .object(object.reference())
                .label(Some(object.node.nearest("apiVersion").span), "deprecated");
            if !(has("holdTime") && has("keepaliveTime")) {
                note = note.help(PEER_TIMERS);
            }
            self.diagnostics.push(note);
        }
        is_whole
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

/// Whether an FRRConfiguration is what a speaker makes of MetalLB's own resources for
/// its node (`frrk8s.ConfigName`): it is called after that node, and selects it.
fn is_written_by_speaker(object: &Object) -> bool {
    let Some(node) = object.meta.name.strip_prefix("metallb-") else { return false };
    let selected = object.node.nearest("spec.nodeSelector.matchLabels[\"kubernetes.io/hostname\"]");
    selected.as_str() == Some(node)
}
