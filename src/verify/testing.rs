//! Both sides of a comparison, from texts, for tests.

use super::proof::{Problem, Proof, prove};
use super::question::{Compared, Question, verify};
use super::report::Report;
use super::sessions::{
    Authentication, Parameters, Places, Remote, RemoteAsn, Session, Source, Speakers,
};
use super::translation::applied;
use crate::cilium::CiliumConfig;
use crate::cluster::Cluster;
use crate::convert::{self, Conversion};
use crate::diagnostic::Diagnostic;
use crate::ip::Family;
use crate::manifest::{Manifests, Substitutions};
use crate::metallb::{self, Config, Input, Resources};

/// MetalLB's side, and Cilium's.
pub(super) struct Both {
    pub(super) config: Config,
    pub(super) cluster: Cluster,
    pub(super) speakers: Speakers,
    pub(super) lb_class: Option<&'static str>,
    pub(super) conversion: Conversion,
    pub(super) written: CiliumConfig,
    pub(super) applied: Cluster,
}

impl Both {
    /// MetalLB's side and what its conversion makes of it.
    pub(super) fn of(text: &str) -> Self {
        Self::with(text, &convert::Options::default())
    }

    /// The same, converted otherwise.
    pub(super) fn with(text: &str, options: &convert::Options) -> Self {
        Self::read(text, options).unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// The same, or why MetalLB refuses it.
    pub(super) fn read(text: &str, options: &convert::Options) -> Result<Self, Vec<Diagnostic>> {
        let manifests = Manifests::from_text("metallb.yaml", text);
        let (resources, _) = Resources::read(&Input {
            objects: &manifests.objects,
            untyped: &manifests.untyped,
            sources: &manifests.sources,
            substitutions: &Substitutions::default(),
        });
        let (cluster, _) = Cluster::read(&manifests.objects);
        let config = metallb::validate(&resources, &cluster, &metallb::Options::default())?;
        let existing = CiliumConfig::default();
        let conversion = convert::convert(&config, &cluster, &existing, options).unwrap();
        let (written, applied) = applied(&conversion, &cluster);
        let excluded_interfaces = options.excluded_interfaces.clone().unwrap_or_default();
        let speakers = Speakers { excluded_interfaces, ..Speakers::default() };
        Ok(Self { config, cluster, speakers, lb_class: None, conversion, written, applied })
    }

    /// MetalLB's side and resources of Cilium's that were written by hand.
    pub(super) fn against(text: &str, cilium: &str) -> Self {
        let mut both = Self::of(text);
        let manifests = Manifests::from_text("cilium.yaml", cilium);
        let (written, found) = CiliumConfig::read(&manifests.objects, None, both.written.version);
        assert!(!found.iter().any(Diagnostic::is_error), "{found:?}");
        both.written = CiliumConfig { settings: both.written.settings, ..written };
        both
    }

    pub(super) fn problem(&self) -> Problem<'_> {
        Problem {
            config: &self.config,
            cluster: &self.cluster,
            speakers: &self.speakers,
            lb_class: self.lb_class,
            cilium: &self.written,
            applied: &self.applied,
            translation: &self.conversion,
        }
    }

    pub(super) fn proof(&self) -> Proof {
        prove(&self.problem(), &|| false)
    }

    /// What is said of the cluster at hand.
    pub(super) fn report(&self) -> Report {
        self.report_of(&[], false)
    }

    /// The same, where the conversion has `said` this, of its own resources or of others.
    pub(super) fn report_of(&self, said: &[Diagnostic], own: bool) -> Report {
        self.report_with(said, own, None)
    }

    /// The same, with what was proved.
    pub(super) fn report_with(
        &self,
        said: &[Diagnostic],
        own: bool,
        proof: Option<&Proof>,
    ) -> Report {
        let question = Question {
            config: &self.config,
            cluster: &self.cluster,
            speakers: &self.speakers,
            lb_class: self.lb_class,
            max_outcomes: 64,
            proof,
        };
        let compared = Compared {
            title: "Cilium",
            config: &self.written,
            cluster: &self.applied,
            there: None,
        };
        verify(&question, &compared, said, own).unwrap()
    }
}

/// A Node, and a Service of type LoadBalancer with an endpoint there.
pub(super) const AT_HAND: &str = "
apiVersion: v1
kind: Node
metadata: {name: node-a, annotations: {metallb2cilium.io/interfaces: eth0}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
status: {loadBalancer: {ingress: []}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.0.1], conditions: {ready: true}, nodeName: node-a}]
";

/// A session of AS 64512 to an address.
pub(super) fn session(peer: &str, address: &str) -> Session {
    let parameters = Parameters {
        local_asn: 64512,
        remote_asn: RemoteAsn::Number(64513),
        port: 179,
        hold: 90,
        keepalive: 30,
        connect_retry: 120,
        families: [Family::V4].into(),
        authentication: Authentication::None,
        ttl: Some(1),
        graceful_restart: None,
        bfd: false,
        vrf: None,
        router_id: None,
        source: Source::Routed,
    };
    let remote = Remote::Address(address.parse().unwrap());
    Session { peer: peer.to_owned(), remote, parameters, places: Places::default() }
}

/// A resource of MetalLB's.
pub(super) fn metallb(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "BGPPeer" { "v1beta2" } else { "v1beta1" };
    format!(
        "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{name: {name}, \
         namespace: m}}\nspec: {{{spec}}}\n"
    )
}

/// An IPAddressPool.
pub(super) fn pool(name: &str, spec: &str) -> String {
    metallb("IPAddressPool", name, spec)
}

/// A resource of Cilium's.
pub(super) fn cilium(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "CiliumL2AnnouncementPolicy" { "v2alpha1" } else { "v2" };
    format!(
        "---\napiVersion: cilium.io/{version}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: \
         {{{spec}}}\n"
    )
}

/// A CiliumLoadBalancerIPPool.
pub(super) fn cilium_pool(name: &str, spec: &str) -> String {
    cilium("CiliumLoadBalancerIPPool", name, spec)
}
