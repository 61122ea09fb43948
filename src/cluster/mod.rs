//! The cluster as far as both controllers look at it: Services, Nodes,
//! Namespaces, EndpointSlices and Secrets.

mod read;
mod secret;
mod unapplied;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use secret::{Secret, SecretValue};

use crate::ip::Family;
use crate::manifest::Origin;
pub use crate::secret::SecretString;

/// The label that the API server gives every Namespace: its name.
pub const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// The annotation in which a Node names its network interfaces, separated by
/// commas: the Node object has no field for them.
pub const INTERFACES_ANNOTATION: &str = "metallb2cilium.io/interfaces";

/// The label that keeps a Node from answering for load-balancer addresses
/// (`node.kubernetes.io/exclude-from-external-load-balancers`), whatever its value.
pub const EXCLUDE_LABEL: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// `namespace/name` of a namespaced object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceKey {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// As `namespace/name`.
impl Serialize for ServiceKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// The cluster at hand. What the input does not hold is empty.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// Services of every type, in input order.
    pub services: Vec<Service>,
    /// Nodes, in input order.
    pub nodes: Vec<Node>,
    /// Namespaces, in input order.
    pub namespaces: Vec<Namespace>,
    /// The endpoints of each Service, over all its EndpointSlices.
    pub endpoints: BTreeMap<ServiceKey, Vec<Endpoint>>,
    /// Secrets by namespace and name.
    pub secrets: BTreeMap<(String, String), Secret>,
}

/// A Service.
#[derive(Debug, Clone, Default)]
pub struct Service {
    /// `metadata.namespace` (default: `default`) and `metadata.name`.
    pub key: ServiceKey,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// `spec.type`.
    pub service_type: ServiceType,
    /// `spec.clusterIPs`, or the one `spec.clusterIP`, as written (`None` is a
    /// headless Service).
    pub cluster_ips: Vec<String>,
    /// Whether the API server is taken to give it a cluster address of each of its
    /// families ([`Cluster::apply_services`]).
    pub has_cluster_ips_to_come: bool,
    /// `spec.ipFamilies`, in order; empty where absent.
    pub ip_families: Vec<Family>,
    /// `spec.ipFamilyPolicy`.
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// `spec.externalTrafficPolicy` (default `Cluster`).
    pub external_traffic_policy: TrafficPolicy,
    /// `spec.internalTrafficPolicy` (default `Cluster`).
    pub internal_traffic_policy: TrafficPolicy,
    /// `spec.loadBalancerIP` as written, where not empty.
    pub load_balancer_ip: Option<String>,
    /// `spec.loadBalancerClass`.
    pub load_balancer_class: Option<String>,
    /// `spec.externalIPs` as written.
    pub external_ips: Vec<String>,
    /// `spec.selector`.
    pub selector: BTreeMap<String, String>,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// `status.loadBalancer.ingress[].ip` as written, in order.
    pub ingress: Vec<String>,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// `spec.type` of a Service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum ServiceType {
    /// Reachable inside the cluster only; what an absent type means.
    #[default]
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    /// A port on every node.
    NodePort,
    /// An address from a load balancer.
    LoadBalancer,
    /// A DNS alias.
    ExternalName,
}

/// `spec.ipFamilyPolicy` of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum IpFamilyPolicy {
    /// One family.
    SingleStack,
    /// Both where they can be had.
    PreferDualStack,
    /// Both or nothing.
    RequireDualStack,
}

/// `externalTrafficPolicy` and `internalTrafficPolicy`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum TrafficPolicy {
    /// Any endpoint.
    #[default]
    Cluster,
    /// Endpoints on the same node only.
    Local,
}

/// One port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicePort {
    /// `protocol` (default `TCP`).
    pub protocol: String,
    /// `port`.
    pub port: u16,
}

/// A Node.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// The interfaces named in [`INTERFACES_ANNOTATION`], in order.
    pub interfaces: Vec<String>,
    /// Whether condition `NetworkUnavailable` is `True`.
    pub network_unavailable: bool,
    /// Whether condition `Ready` is `True`; `None` where there is no such condition.
    pub ready: Option<bool>,
    /// `status.addresses` of type `InternalIP`.
    pub internal_ips: Vec<IpAddr>,
    /// Where it stands in the input.
    pub origin: Origin,
}

impl Node {
    /// Whether the Node carries [`EXCLUDE_LABEL`].
    pub fn is_excluded(&self) -> bool {
        self.labels.contains_key(EXCLUDE_LABEL)
    }
}

/// A Namespace.
#[derive(Debug, Clone, Default)]
pub struct Namespace {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// Where it stands in the input.
    pub origin: Origin,
}

/// One endpoint of an EndpointSlice (`discovery.k8s.io/v1`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// `addresses` as written.
    pub addresses: Vec<String>,
    /// `conditions.ready`; absent means ready.
    pub ready: Option<bool>,
    /// `conditions.serving`; absent means as `ready`.
    pub serving: Option<bool>,
    /// `conditions.terminating`; absent means not.
    pub terminating: Option<bool>,
    /// `nodeName`.
    pub node_name: Option<String>,
}

impl Endpoint {
    /// Whether it is ready, also where it does not say.
    pub fn is_ready(&self) -> bool {
        self.ready.unwrap_or(true)
    }

    /// Whether it is on its way out.
    pub fn is_terminating(&self) -> bool {
        self.terminating.unwrap_or(false)
    }

    /// Whether it is ready, or says that it serves still: MetalLB counts such a one, and
    /// Cilium has it as a backend.
    pub fn can_serve(&self) -> bool {
        self.is_ready() || self.serving.unwrap_or(false)
    }
}

impl Cluster {
    /// The Service of that key.
    pub fn service(&self, key: &ServiceKey) -> Option<&Service> {
        self.services.iter().find(|service| service.key == *key)
    }

    /// The endpoints of a Service, over all its EndpointSlices.
    pub fn endpoints_of(&self, key: &ServiceKey) -> &[Endpoint] {
        self.endpoints.get(key).map_or(&[], Vec::as_slice)
    }
}
