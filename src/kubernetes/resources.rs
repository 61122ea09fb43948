//! What is read, as data.

/// How much of a resource is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All objects of the cluster.
    All,
    /// Only objects of these names, in whatever namespace.
    Named(&'static [&'static str]),
    /// Only objects that this label selector selects.
    Labelled(&'static str),
    /// Only objects whose names begin so, of all namespaces but one.
    Prefixed {
        /// How the names begin.
        prefix: &'static str,
        /// The namespace that has many others of them.
        not_in: &'static str,
    },
    /// Only these cluster-wide objects, each by itself.
    Each(&'static [&'static str]),
}

/// A resource of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// API group; empty for the core.
    pub group: &'static str,
    /// Versions, the one to be tried first in front.
    pub versions: &'static [&'static str],
    /// As it stands in the path.
    pub plural: &'static str,
    /// How much of it.
    pub scope: Scope,
    /// Whether nothing goes without it; a right that is missing is then an error.
    pub required: bool,
}

impl Resource {
    /// The path of all objects in a version.
    pub fn path(&self, version: &str) -> String {
        if self.group.is_empty() {
            format!("/api/{version}/{}", self.plural)
        } else {
            format!("/apis/{}/{version}/{}", self.group, self.plural)
        }
    }

    /// As a ClusterRole and `kubectl auth can-i` name it.
    pub fn name(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }
}

const fn all(
    group: &'static str,
    versions: &'static [&'static str],
    plural: &'static str,
) -> Resource {
    Resource { group, versions, plural, scope: Scope::All, required: true }
}

const fn helpful(resource: Resource) -> Resource {
    Resource { required: false, ..resource }
}

const METALLB: &str = "metallb.io";
const CILIUM: &str = "cilium.io";
const BETA: &[&str] = &["v1beta1"];
const BOTH: &[&str] = &["v2", "v2alpha1"];
const ALPHA: &[&str] = &["v2alpha1"];

/// What `check` reads beside [`RESOURCES`]: who says which addresses are inside the
/// cluster.
pub const ADDRESSES: &[Resource] = &[
    helpful(all("networking.k8s.io", &["v1", "v1beta1"], "servicecidrs")),
    helpful(all(CILIUM, &["v2"], "ciliumnodes")),
    helpful(all(CILIUM, ALPHA, "ciliumpodippools")),
    helpful(Resource {
        scope: Scope::Named(&["kubeadm-config"]),
        ..all("", &["v1"], "configmaps")
    }),
    helpful(Resource {
        scope: Scope::Labelled("component in (kube-apiserver,kube-controller-manager)"),
        ..all("", &["v1"], "pods")
    }),
];

/// What `live` reads beside [`RESOURCES`] where it is about Cilium: who holds the lease of
/// each Service (`pkg/l2announcer`), in the namespace of Cilium's agents. Every Node's
/// sign of life is a Lease, too, in a namespace of its own.
pub const LEASES: Resource = helpful(Resource {
    scope: Scope::Prefixed { prefix: "cilium-l2announce-", not_in: "kube-node-lease" },
    ..all("coordination.k8s.io", &["v1"], "leases")
});

/// Cilium's first BGP control plane, before 1.19.
pub const PEERING_POLICIES: Resource = helpful(all(CILIUM, ALPHA, "ciliumbgppeeringpolicies"));

/// MetalLB's and frr-k8s' definitions.
const DEFINITIONS: &[&str] = &[
    "bfdprofiles.metallb.io",
    "bgpadvertisements.metallb.io",
    "bgppeers.metallb.io",
    "communities.metallb.io",
    "configurationstates.metallb.io",
    "ipaddresspools.metallb.io",
    "l2advertisements.metallb.io",
    "servicebgpstatuses.metallb.io",
    "servicel2statuses.metallb.io",
    "bgpsessionstates.frrk8s.metallb.io",
    "frrconfigurations.frrk8s.metallb.io",
    "frrk8sconfigurations.frrk8s.metallb.io",
    "frrnodestates.frrk8s.metallb.io",
];

/// Everything that is read, but for the Secrets that BGPPeers name.
pub const RESOURCES: &[Resource] = &[
    all("", &["v1"], "services"),
    all("", &["v1"], "nodes"),
    all("", &["v1"], "namespaces"),
    all("discovery.k8s.io", &["v1"], "endpointslices"),
    all(METALLB, BETA, "ipaddresspools"),
    all(METALLB, BETA, "addresspools"),
    all(METALLB, BETA, "l2advertisements"),
    all(METALLB, BETA, "bgpadvertisements"),
    all(METALLB, &["v1beta2", "v1beta1"], "bgppeers"),
    all(METALLB, BETA, "bfdprofiles"),
    all(METALLB, BETA, "communities"),
    helpful(all(METALLB, BETA, "servicel2statuses")),
    helpful(all(METALLB, BETA, "servicebgpstatuses")),
    helpful(all("frrk8s.metallb.io", BETA, "frrconfigurations")),
    all(CILIUM, BOTH, "ciliumloadbalancerippools"),
    all(CILIUM, ALPHA, "ciliuml2announcementpolicies"),
    all(CILIUM, BOTH, "ciliumbgpclusterconfigs"),
    all(CILIUM, BOTH, "ciliumbgppeerconfigs"),
    all(CILIUM, BOTH, "ciliumbgpadvertisements"),
    all(CILIUM, BOTH, "ciliumbgpnodeconfigoverrides"),
    Resource {
        scope: Scope::Named(&["cilium-config", "metallb-excludel2", "config"]),
        ..all("", &["v1"], "configmaps")
    },
    helpful(all("apps", &["v1"], "deployments")),
    helpful(all("apps", &["v1"], "daemonsets")),
    helpful(all("admissionregistration.k8s.io", &["v1"], "validatingwebhookconfigurations")),
    Resource {
        scope: Scope::Each(DEFINITIONS),
        ..helpful(all("apiextensions.k8s.io", &["v1"], "customresourcedefinitions"))
    },
];
