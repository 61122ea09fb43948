//! What a conversion gives.

use std::collections::{BTreeMap, BTreeSet};

use crate::cilium::{
    BgpAdvertisementSpec, BgpClusterConfigSpec, BgpNodeConfigOverrideSpec, BgpPeerConfigSpec,
    CiliumVersion, L2AnnouncementPolicySpec, LoadBalancerIpPoolSpec,
};
use crate::cluster::{SecretString, ServiceKey};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Origin, Resource, Span};

use super::admission::AdmissionPolicy;
use super::helm::HelmValues;

/// A whole conversion, in the order in which it is to be applied.
#[derive(Debug, Clone, Default)]
pub struct Conversion {
    /// The target version.
    pub version: CiliumVersion,
    /// BGP passwords.
    pub secrets: Vec<SecretObject>,
    /// CiliumLoadBalancerIPPools.
    pub pools: Vec<Emitted<LoadBalancerIpPoolSpec>>,
    /// CiliumBGPAdvertisements.
    pub advertisements: Vec<Emitted<BgpAdvertisementSpec>>,
    /// CiliumBGPPeerConfigs.
    pub peer_configs: Vec<Emitted<BgpPeerConfigSpec>>,
    /// CiliumBGPNodeConfigOverrides.
    pub overrides: Vec<Emitted<BgpNodeConfigOverrideSpec>>,
    /// CiliumL2AnnouncementPolicies.
    pub l2_policies: Vec<Emitted<L2AnnouncementPolicySpec>>,
    /// CiliumBGPClusterConfigs.
    pub cluster_configs: Vec<Emitted<BgpClusterConfigSpec>>,
    /// Those of them that were there already, with peers of their own.
    pub merged_cluster_configs: BTreeSet<String>,
    /// What is to be set on Services.
    pub services: Vec<ServicePatch>,
    /// What translates the wishes of Services to come, where it was asked for.
    pub admission_policy: Option<AdmissionPolicy>,
    /// The Helm values that Cilium needs for this configuration.
    pub helm_values: HelmValues,
    /// What is not the same afterwards, and what is worth knowing.
    pub diagnostics: Vec<Diagnostic>,
}

/// An object to write, with the comment that names its source.
#[derive(Debug, Clone)]
pub struct Emitted<T> {
    /// Lines of comment, without `#`.
    pub comments: Vec<String>,
    /// The object.
    pub resource: Resource<T>,
    /// Where in the input the object stands that it comes from; the first of several.
    pub source: Option<Span>,
}

impl<T> Emitted<T> {
    /// An object of that name without labels.
    pub(crate) fn new(name: impl Into<String>, comments: Vec<String>, spec: T) -> Self {
        let mut resource = Resource { meta: Default::default(), spec, origin: Default::default() };
        resource.meta.name = name.into();
        Self { comments, resource, source: None }
    }

    /// Says which object of the input it comes from.
    pub(crate) fn made_of(mut self, origin: &Origin) -> Self {
        self.source = origin.span("");
        self
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        &self.resource.meta.name
    }
}

/// A Secret with a BGP password under the key `password`.
#[derive(Debug, Clone)]
pub struct SecretObject {
    /// Lines of comment, without `#`.
    pub comments: Vec<String>,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// Where in the input the BGPPeer stands that needs it.
    pub source: Option<Span>,
    /// The password.
    pub password: SecretString,
}

/// Labels and annotations to set on one Service, as a server-side-apply object
/// that holds nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePatch {
    /// Which Service.
    pub key: ServiceKey,
    /// Labels to set.
    pub labels: BTreeMap<String, String>,
    /// Annotations to set.
    pub annotations: BTreeMap<String, String>,
    /// Why, a line each.
    pub comments: Vec<String>,
}

impl ServicePatch {
    /// Nothing to set yet.
    pub(crate) fn new(key: &ServiceKey) -> Self {
        Self {
            key: key.clone(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            comments: vec![],
        }
    }
}
