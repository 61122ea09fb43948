//! What runs in the cluster, as far as the cut-over must stop, start and patch it:
//! MetalLB's and Cilium's workloads by name, and their webhooks.
//!
//! In: the objects at hand. Out: [`Installation`], with the names of MetalLB's and
//! Cilium's own manifests where nothing is at hand.

use serde::Serialize;

use crate::manifest::{Node, Object, Value};

/// A workload that is stopped, started or patched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Workload {
    /// What kind it is.
    pub kind: WorkloadKind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// Kinds of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkloadKind {
    /// A Deployment (`apps/v1`).
    Deployment,
    /// A DaemonSet (`apps/v1`).
    DaemonSet,
}

impl WorkloadKind {
    /// As kubectl takes it.
    pub const fn resource(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::DaemonSet => "daemonset",
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

/// What is installed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// MetalLB's namespace.
    pub metallb_namespace: String,
    /// MetalLB's controller, which gives addresses out.
    pub controller: Workload,
    /// How many replicas of it run.
    pub controller_replicas: u32,
    /// MetalLB's speakers, which announce.
    pub speaker: Workload,
    /// `spec.updateStrategy` of the speakers' DaemonSet.
    pub speaker_update: serde_json::Value,
    /// Where the speakers write FRRConfigurations.
    pub frr_namespace: String,
    /// MetalLB's ValidatingWebhookConfigurations.
    pub webhooks: Vec<String>,
    /// Cilium's namespace.
    pub cilium_namespace: String,
    /// Cilium's agents.
    pub agent: Workload,
    /// Cilium's operator, in which LB-IPAM runs.
    pub operator: Workload,
    /// How many replicas of it run.
    pub operator_replicas: u32,
    /// Helm's release of MetalLB, where Helm installed it.
    pub release: Option<String>,
    /// What keeps MetalLB as it is, and would undo steps.
    pub kept_by: Vec<Keeper>,
    /// What was not at hand, and is taken to be as by default.
    pub assumptions: Vec<String>,
}

impl Installation {
    /// Looks for the workloads among the objects.
    pub fn read(objects: &[Object]) -> Self {
        let mut assumptions = Vec::new();
        let deployment = WorkloadKind::Deployment;
        let daemon_set = WorkloadKind::DaemonSet;
        let mut find = |kind: WorkloadKind, names: &[&str], default: (&str, &str)| {
            let is_it = |object: &&Object| {
                object.kind == kind.kind() && names.contains(&object.meta.name.as_str())
            };
            // Others have a `controller`, too (Knative): MetalLB's is where its speakers are.
            let is_apart = |object: &&Object| object.meta.namespace != default.0;
            let is_others = |object: &&Object| object.meta.name == "controller" && is_apart(object);
            let found = objects
                .iter()
                .filter(|object| object.group() == "apps" && is_it(object) && !is_others(object))
                .min_by_key(is_apart);
            let (namespace, name) = match found {
                Some(object) => (object.meta.namespace.as_str(), object.meta.name.as_str()),
                None => {
                    let (namespace, name) = default;
                    let resource = kind.kind();
                    assumptions.push(format!(
                        "{resource} {namespace}/{name} is not in the input: it is taken to be \
                         called so"
                    ));
                    default
                }
            };
            let workload =
                Workload { kind, namespace: namespace.to_owned(), name: name.to_owned() };
            (workload, found)
        };
        let (speaker, speakers) =
            find(daemon_set, &["speaker", "metallb-speaker"], ("metallb-system", "speaker"));
        let home = speaker.namespace.clone();
        let helm = speaker.name == "metallb-speaker";
        let default = if helm { "metallb-controller" } else { "controller" };
        let (controller, controllers) =
            find(deployment, &["controller", "metallb-controller"], (&home, default));
        let (agent, _) = find(daemon_set, &["cilium"], ("kube-system", "cilium"));
        let system = agent.namespace.clone();
        let (operator, operators) =
            find(deployment, &["cilium-operator"], (&system, "cilium-operator"));
        let frr_namespace = speakers.and_then(frr_namespace);
        Self {
            frr_namespace: frr_namespace.unwrap_or_else(|| home.clone()),
            metallb_namespace: home,
            controller_replicas: replicas(controllers).unwrap_or(1),
            controller,
            speaker_update: speakers
                .and_then(|object| object.node.get("spec")?.get("updateStrategy"))
                .map_or_else(|| serde_json::json!({"type": "RollingUpdate"}), super::json::node),
            speaker,
            webhooks: webhooks(objects),
            cilium_namespace: agent.namespace.clone(),
            agent,
            operator_replicas: replicas(operators).unwrap_or(2),
            operator,
            release: annotation(speakers, "meta.helm.sh/release-name"),
            kept_by: keepers(objects, speakers.or(controllers)),
            assumptions,
        }
    }
}

fn annotation(object: Option<&Object>, name: &str) -> Option<String> {
    object?.meta.annotations.get(name).cloned()
}

/// Who keeps MetalLB: the operator, and whoever keeps its resource or the workloads.
fn keepers(objects: &[Object], workload: Option<&Object>) -> Vec<Keeper> {
    let resource =
        objects.iter().find(|object| object.group() == METALLB && object.kind == "MetalLB");
    let operator = match (resource, workload) {
        (Some(resource), _) => Some(Keeper::Operator(resource.meta.namespace.clone())),
        (None, Some(workload)) if is_made_by_operator(workload) => {
            Some(Keeper::Operator(workload.meta.namespace.clone()))
        }
        _ => None,
    };
    let others = [workload, resource].into_iter().flatten().find_map(Keeper::of);
    operator.into_iter().chain(others).collect()
}

/// The operator's resource is the owner of what it makes.
fn is_made_by_operator(workload: &Object) -> bool {
    items(workload.node.nearest("metadata.ownerReferences")).iter().any(|owner| {
        let text = |field| owner.get(field).and_then(Node::as_str).unwrap_or_default();
        text("kind") == "MetalLB" && text("apiVersion").split('/').next() == Some(METALLB)
    })
}

/// The API group of MetalLB's resources, the operator's among them.
const METALLB: &str = "metallb.io";
/// The operator's Deployment, as its manifests and its bundle call it.
const OPERATOR: &str = "metallb-operator-controller-manager";

/// What keeps MetalLB's objects as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    /// The MetalLB Operator, in a namespace.
    Operator(String),
    /// An Application of Argo CD's.
    ArgoCd(String),
    /// A Kustomization or HelmRelease of Flux's: its kind, namespace and name.
    Flux(&'static str, String, String),
}

impl Keeper {
    /// Argo CD or Flux, by what they write on the objects that they keep.
    fn of(object: &Object) -> Option<Self> {
        let (labels, annotations) = (&object.meta.labels, &object.meta.annotations);
        if let Some(id) = annotations.get("argocd.argoproj.io/tracking-id") {
            let name = id.split(':').next().unwrap_or_default();
            return Some(Self::ArgoCd(name.to_owned()));
        }
        if let Some(name) = labels.get("argocd.argoproj.io/instance") {
            return Some(Self::ArgoCd(name.clone()));
        }
        ["helm", "kustomize"].into_iter().find_map(|kind| {
            let label = |what: &str| labels.get(&format!("{kind}.toolkit.fluxcd.io/{what}"));
            let word = if kind == "helm" { "helmrelease" } else { "kustomization" };
            let namespace = label("namespace").cloned().unwrap_or_default();
            Some(Self::Flux(word, namespace, label("name")?.clone()))
        })
    }

    /// The program that undoes steps while it runs, where it is a workload of the cluster.
    pub(super) fn workload(&self) -> Option<Workload> {
        match self {
            Self::Operator(namespace) => Some(Workload {
                kind: WorkloadKind::Deployment,
                namespace: namespace.clone(),
                name: OPERATOR.to_owned(),
            }),
            Self::ArgoCd(_) | Self::Flux(..) => None,
        }
    }

    /// What is to be done before the first step.
    pub(super) fn before(&self) -> String {
        match self {
            Self::Operator(namespace) => format!(
                "The MetalLB Operator makes MetalLB's workloads, and makes them again: stop it \
                 (`kubectl scale deployment {OPERATOR} -n {namespace} --replicas=0`; where the \
                 Operator Lifecycle Manager installed it, set the replicas of that Deployment to 0 \
                 in its ClusterServiceVersion, which has the last word)."
            ),
            Self::ArgoCd(name) => format!(
                "Argo CD keeps MetalLB by its Application {name}: switch its automatic \
                 synchronisation off (`argocd app set {name} --sync-policy none`)."
            ),
            Self::Flux(kind, namespace, name) => format!(
                "Flux keeps MetalLB: suspend it (`flux suspend {kind} {name} -n {namespace}`)."
            ),
        }
    }

    /// What is to be done before MetalLB is removed.
    pub(super) fn before_removal(&self) -> String {
        match self {
            Self::Operator(_) => "Uninstall the MetalLB Operator first, while it is stopped (with \
                                  the Operator Lifecycle Manager its Subscription and its \
                                  ClusterServiceVersion): else it brings MetalLB back."
                .to_owned(),
            Self::ArgoCd(name) => format!(
                "Take MetalLB out of the repository and delete the Application without its objects \
                 first (`argocd app delete {name} --cascade=false`): else Argo CD brings them back, \
                 or deletes them in an order of its own."
            ),
            Self::Flux(kind, namespace, name) => format!(
                "Take the {kind} {namespace}/{name} out of the repository first, while it is \
                 suspended: else Flux brings MetalLB back."
            ),
        }
    }
}

/// `spec.replicas`, unless it was stopped already.
fn replicas(object: Option<&Object>) -> Option<u32> {
    let Value::Int(count) = object?.node.nearest("spec.replicas").value else { return None };
    u32::try_from(count.get()).ok().filter(|count| *count > 0)
}

/// Where frr-k8s runs outside MetalLB's namespace: the environment variable or the
/// flag of the speaker.
fn frr_namespace(speaker: &Object) -> Option<String> {
    let containers = items(speaker.node.nearest("spec.template.spec.containers"));
    containers.iter().find_map(|container| {
        let of_flag = items(container.nearest("args")).iter().find_map(|argument| {
            argument.as_str()?.trim_start_matches('-').strip_prefix("frrk8s-namespace=")
        });
        let of_variable = || {
            let variables = items(container.nearest("env"));
            let name =
                |one: &&Node| one.get("name").and_then(Node::as_str) == Some("FRRK8S_NAMESPACE");
            variables.iter().find(name)?.get("value")?.as_str()
        };
        of_flag.or_else(of_variable).map(str::to_owned)
    })
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Seq(items) => items,
        _ => &[],
    }
}

/// By name, since the chart's and the manifests' labels differ.
fn webhooks(objects: &[Object]) -> Vec<String> {
    const DEFAULT: &str = "metallb-webhook-configuration";
    let is_one = |object: &&Object| {
        object.kind == "ValidatingWebhookConfiguration" && object.meta.name.contains("metallb")
    };
    let mut names: Vec<String> =
        objects.iter().filter(is_one).map(|object| object.meta.name.clone()).collect();
    if names.is_empty() {
        names.push(DEFAULT.to_owned());
    }
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    #[test]
    fn without_anything_at_hand_the_names_are_those_of_the_manifests() {
        let installation = Installation::read(&[]);
        assert_eq!(installation.controller.name, "controller");
        assert_eq!(installation.speaker.namespace, "metallb-system");
        assert_eq!(installation.operator_replicas, 2);
        assert_eq!(installation.assumptions.len(), 4);
        assert_eq!(installation.webhooks, ["metallb-webhook-configuration"]);
    }

    #[test]
    fn a_controller_elsewhere_is_somebody_else_s() {
        let workload = |kind: &str, namespace: &str, name: &str| {
            format!(
                "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: \
                 {namespace}}}\n"
            )
        };
        let theirs = workload("Deployment", "knative-serving", "controller");
        let speaker = workload("DaemonSet", "lb", "speaker");
        let ours = workload("Deployment", "lb", "controller");
        let read = |texts: &[&str]| {
            Installation::read(&Manifests::from_text("t", texts.concat().as_str()).objects)
        };
        let found = read(&[&theirs, &speaker, &ours]);
        assert_eq!(found.controller.namespace, "lb");
        assert_eq!(found.assumptions.len(), 2);
        let assumed = read(&[&theirs, &speaker]);
        assert_eq!(assumed.controller.namespace, "lb");
        assert_eq!(assumed.assumptions.len(), 3);
        assert_eq!(read(&[&theirs]).controller.namespace, "metallb-system");
    }

    #[test]
    fn the_operator_is_known_by_its_resource_or_by_what_it_made() {
        let speaker = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: speaker, namespace: \
                       lb, ownerReferences: [{apiVersion: metallb.io/v1beta1, kind: MetalLB, name: \
                       metallb}]}\n";
        let resource = "apiVersion: metallb.io/v1beta1\nkind: MetalLB\nmetadata: {name: metallb, \
                        namespace: lb, labels: {argocd.argoproj.io/instance: net}}\n";
        let read = |text: &str| Installation::read(&Manifests::from_text("t", text).objects);
        let operator = Keeper::Operator("lb".to_owned());
        assert_eq!(read(speaker).kept_by, std::slice::from_ref(&operator));
        assert_eq!(read(resource).kept_by, [operator, Keeper::ArgoCd("net".to_owned())]);
        let others = speaker.replace("metallb.io/v1beta1", "example.org/v1");
        assert_eq!(read(&others).kept_by, []);
    }

    #[test]
    fn what_is_at_hand_says_where_everything_is() {
        let text = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: metallb-speaker, \
                    namespace: lb}\nspec: {updateStrategy: {type: OnDelete}, template: {spec: \
                    {containers: [{name: speaker, args: [--frrk8s-namespace=frr]}]}}}\n---\n\
                    apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cilium-operator, \
                    namespace: cni}\nspec: {replicas: 1}\n";
        let installation = Installation::read(&Manifests::from_text("t", text).objects);
        assert_eq!(installation.controller.name, "metallb-controller");
        assert_eq!(installation.controller.namespace, "lb");
        assert_eq!(installation.speaker_update, serde_json::json!({"type": "OnDelete"}));
        assert_eq!(installation.frr_namespace, "frr");
        assert_eq!(installation.operator.namespace, "cni");
        assert_eq!(installation.operator_replicas, 1);
    }
}
