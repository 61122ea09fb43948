//! Diagnostic codes of MetalLB's own rules.

use crate::diagnostic::codes;

codes! {
    /// A label selector that the Kubernetes API refuses.
    BAD_SELECTOR = "M2C150", "invalid label selector",
    "The selector breaks the rules of Kubernetes label selectors: keys and values must be valid \
label names and values, In and NotIn need at least one value, Exists and DoesNotExist take none. \
MetalLB refuses the whole configuration because of it. Correct the selector.";
    /// A list that names something twice.
    LISTED_TWICE = "M2C151", "listed twice",
    "The list holds the same entry twice. MetalLB refuses the whole configuration because of it. \
Take one of the two out.";
    /// A value that the CRD does not allow.
    OUT_OF_BOUNDS = "M2C152", "value not allowed",
    "The custom resource definition of this kind does not allow the value, so the API server \
refuses the object. Set a value within the bounds that the message names.";
    /// An object whose name is missing.
    NO_NAME = "M2C153", "object without a name",
    "Every object needs metadata.name. An object that is created with generateName gets its name \
from the API server: read it back with kubectl get.";
    /// Legacy configuration beside custom resources.
    LEGACY_FORM = "M2C154", "configuration in a deprecated form",
    "The input holds MetalLB configuration in an older form (the ConfigMap of MetalLB up to 0.12, \
Helm's configInline, an AddressPool, a BGPPeer v1beta1). It is translated to today's custom \
resources the way MetalLB itself did. A cluster reads one form only: make sure that the form in \
this file is the one that your MetalLB runs with.";
    /// An FRR setting beside the custom resources.
    FRR_EXTRAS = "M2C155", "raw FRR configuration",
    "MetalLB can pass raw FRR configuration to its router (the ConfigMap bgpextras, or \
FRRConfiguration objects of frr-k8s). Cilium has no counterpart: what it does is lost. Look at what \
it is for, and configure the neighbouring router instead.";
    /// MetalLB manifests inside another object.
    EMBEDDED = "M2C156", "MetalLB configuration inside another object",
    "Another object (a cloud-init file, a script, Helm values, a policy) holds MetalLB \
configuration, or a Kustomization patches it. It is not read, and a patch is not done, since what \
becomes of it is not known here. Extract it to a file of its own and convert that, or what is built \
of it (kustomize build, helm template). `metallb2cilium rewrite` does the patches of a tree.";
    /// A kind that MetalLB does not have.
    UNKNOWN_KIND = "M2C157", "unknown MetalLB kind",
    "The object's apiVersion is of MetalLB's group, but there is no such kind in that version. The \
API server refuses it (`no matches for kind`). Check the spelling, which counts upper and lower \
case, and the version.";
    /// An unknown BGP implementation of MetalLB.
    UNKNOWN_MODE = "M2C158", "unknown BGP implementation of MetalLB",
    "MetalLB's speakers choose their BGP implementation by METALLB_BGP_TYPE, and its operator by \
spec.bgpBackend of the resource MetalLB: native, frr, frr-k8s or frr-k8s-external. The input names \
another one. Defaults of timers and the address families depend on it: correct it, or say \
--metallb-mode.";
    /// A node affinity of MetalLB's speakers.
    SPEAKER_AFFINITY = "M2C159", "node affinity of MetalLB's speakers",
    "MetalLB's speakers run on the Nodes that their DaemonSet selects, and only those Nodes answer \
or announce. A nodeSelector is taken from the input; a node affinity is not looked at, so that every \
Node counts as one with a speaker. Name the Nodes that have one by labels with \
--speaker-node-selector.";
    /// An entry of `spec.addresses` that is no address range.
    BAD_ADDRESSES = "M2C201", "not an address range",
    "An entry of spec.addresses must be a CIDR (10.0.0.0/24) or an inclusive range \
(10.0.0.1-10.0.0.9). IPv4 numbers take no leading zeros, a prefix length must fit the family, a bare \
address needs /32 or /128. MetalLB refuses the whole configuration because of it.";
    /// A range that ends before it starts.
    REVERSED_RANGE = "M2C202", "range ends before it starts",
    "The last address of the range comes before the first. MetalLB refuses the whole configuration \
because of it. Swap the two ends, or correct the one that is mistyped.";
    /// Two pools, or one pool twice, hold an address.
    OVERLAP = "M2C203", "pools overlap",
    "Two entries hold the same address. MetalLB refuses the whole configuration because of it, and \
Cilium would switch off the younger of the two pools. Give each address to one pool only.";
    /// Two pools of one name.
    DUPLICATE_POOL = "M2C204", "two pools of one name",
    "Pool names are unique over all namespaces. MetalLB refuses the whole configuration because of \
it. Rename one pool, and the annotations and advertisements that speak of it.";
    /// A pool without addresses.
    EMPTY_POOL = "M2C205", "pool without addresses",
    "spec.addresses must hold at least one CIDR or range: MetalLB refuses a pool without, and with it \
the whole configuration. Add the addresses, or remove the pool and what names it.";
    /// A placeholder whose form is not known.
    UNFILLED_ADDRESSES = "M2C206", "addresses behind a placeholder",
    "An entry of spec.addresses is nothing but a placeholder, so that it is not known whether it \
stands for a CIDR or a range, and Cilium writes the two differently. Fill it in with --set \
NAME=VALUE or --env-file FILE. Entries such as ${NET}/24 or ${FIRST}-${LAST} are carried over.";
    /// A BGPPeer that MetalLB refuses.
    BAD_PEER = "M2C401", "invalid BGP peer",
    "MetalLB refuses the peer, and with it the whole BGP configuration. The message says which \
field is wrong; the rules are those of MetalLB's own validation.";
    /// Two peers that one node cannot have together.
    PEERS_CONFLICT = "M2C402", "peers that cannot share a node",
    "In the FRR modes all peers of one node must have the same router ID, the same myASN within a \
VRF, and different addresses. Where the Nodes are not in the input, two peers are taken to share a \
node unless their node selectors exclude each other: add the Nodes (kubectl get nodes -o yaml).";
    /// A peer that names a BFD profile that is not there.
    UNKNOWN_BFD_PROFILE = "M2C403", "unknown BFD profile",
    "The peer names a BFDProfile that is not in the input. MetalLB's speakers announce nothing new \
while it is missing. Add the BFDProfile, or take the field out.";
    /// A BFD profile that MetalLB refuses.
    BAD_BFD_PROFILE = "M2C404", "invalid BFD profile",
    "Intervals are 10 to 60000 milliseconds, the detect multiplier is 2 to 255, the minimum TTL 1 \
to 254; a profile with echo mode cannot serve a peer that gets IPv6 routes.";
    /// A community that is no community.
    BAD_COMMUNITY = "M2C405", "invalid BGP community",
    "A community is a:b with two numbers up to 65535, or large:a:b:c with three numbers up to \
4294967295.";
    /// A community alias that nobody defines.
    UNKNOWN_COMMUNITY = "M2C406", "unknown community alias",
    "The advertisement names a community that is neither a value nor an alias of a Community \
resource in the input. MetalLB knows no well-known names such as no-export: they must be defined as \
aliases. Add the Community resource, or write the value.";
    /// An aggregation length that MetalLB refuses.
    BAD_AGGREGATION = "M2C407", "invalid aggregation length",
    "The aggregation length must be 1 to 32 (IPv6: 0 to 128), must not be shorter than the prefix \
of the pool it is used with, and cannot be combined with serviceSelectors.";
    /// Two advertisements of one pool that set different local preferences.
    LOCAL_PREF_CONFLICT = "M2C408", "conflicting local preferences",
    "Two BGPAdvertisements of one pool send the same routes from the same nodes to the same peers \
with different local preferences (unset counts as one of its own). MetalLB refuses the whole \
configuration because of it. Give both the same localPref, or tell them apart by peers, nodes or \
aggregation length.";
    /// A BGP password that cannot be used.
    BAD_PASSWORD = "M2C409", "BGP password cannot be used",
    "A peer takes its password from the field password or from a Secret of type \
kubernetes.io/basic-auth with the key password, not from both. MetalLB's speakers announce nothing \
new while the Secret is missing or wrong; Cilium would open the session without any password. Add \
the Secret to the input (kubectl get secret -n metallb-system NAME -o yaml), or say \
--allow-missing-secrets.";
    /// Two equal BGPAdvertisements.
    DUPLICATE_ADVERTISEMENT = "M2C410", "the same BGP advertisement twice",
    "The input holds two equal BGPAdvertisements. MetalLB refuses the whole configuration because \
of it. Take one of the two out.";
    /// Two aliases of one name.
    DUPLICATE_ALIAS = "M2C411", "two communities of one name",
    "Community aliases are unique over all Community resources. Rename or remove one of the two.";
    /// A field that the native BGP mode does not have.
    NOT_IN_NATIVE_MODE = "M2C412", "not available in the native BGP mode",
    "MetalLB runs in the native BGP mode (--metallb-mode native, or METALLB_BGP_TYPE of the \
speaker), which refuses BFD, VRFs, keepalive and connect times, graceful restart, dynamic and local \
AS numbers, unnumbered peers, IPv6 and large communities.";
}
