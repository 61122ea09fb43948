//! How MetalLB itself is deployed, as far as its decisions depend on it: the
//! speaker's DaemonSet and the controller's Deployment, where they are at hand.

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Object, Sources};
use crate::selector::LabelSelector;

/// MetalLB's BGP implementation (`METALLB_BGP_TYPE` of the speaker).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// FRR in its own DaemonSet: the default of MetalLB's manifests.
    #[default]
    FrrK8s,
    /// FRR beside each speaker.
    Frr,
    /// MetalLB's own BGP implementation: IPv4 only.
    Native,
}

impl std::str::FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "frr-k8s" | "frr-k8s-external" => Ok(Self::FrrK8s),
            "frr" => Ok(Self::Frr),
            "native" => Ok(Self::Native),
            _ => Err(format!("`{text}` is none of frr-k8s, frr, native")),
        }
    }
}

/// What the input says about the deployment; `None` is not said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deployment {
    /// The BGP implementation.
    pub mode: Option<Mode>,
    /// `--lb-class`: only Services of this class are served.
    pub lb_class: Option<String>,
    /// `--ignore-exclude-lb`: the exclude label of Nodes is not looked at.
    pub ignore_exclude_lb: bool,
    /// Which Nodes run a speaker.
    pub speaker_nodes: Option<LabelSelector>,
    /// Patterns of interfaces on which the speakers never answer: the ConfigMap
    /// `metallb-excludel2`.
    pub excluded_interfaces: Option<Vec<String>>,
}

/// The text in the ConfigMap `metallb-excludel2`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ExcludedInterfaces {
    announced_interfaces_to_exclude: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workload {
    spec: WorkloadSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WorkloadSpec {
    template: Template,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Template {
    spec: PodSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodSpec {
    containers: Vec<Container>,
    node_selector: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Container {
    name: String,
    args: Vec<String>,
    command: Vec<String>,
    env: Vec<Variable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Variable {
    name: String,
    value: String,
}

impl Deployment {
    /// Looks for MetalLB's own workloads and settings among the objects; what
    /// cannot be read is added to `found`.
    pub fn read(objects: &[Object], sources: &Sources, found: &mut Vec<Diagnostic>) -> Self {
        let mut deployment = Self::default();
        for object in objects {
            if is_metallb(object) {
                deployment.take(object);
            } else if object.kind == "ConfigMap" && object.meta.name == "metallb-excludel2" {
                deployment.exclude(object, sources, found);
            }
        }
        deployment
    }

    fn exclude(&mut self, object: &Object, sources: &Sources, found: &mut Vec<Diagnostic>) {
        let text = object.node.nearest("data[\"excludel2.yaml\"]");
        let mut problems = Vec::new();
        for document in manifest::parse_embedded(sources, text, found) {
            let mode = manifest::Mode::Strict;
            let patterns =
                manifest::decode::<ExcludedInterfaces>(&document, "", mode, &mut problems);
            self.excluded_interfaces = patterns.map(|p| p.announced_interfaces_to_exclude);
        }
        let reference = object.reference();
        found.extend(problems.into_iter().map(|p| p.into_diagnostic(Some(reference.clone()))));
    }

    fn take(&mut self, object: &Object) {
        let mut problems = Vec::new();
        let Some(workload) =
            manifest::decode::<Workload>(&object.node, "", manifest::Mode::Lenient, &mut problems)
        else {
            return;
        };
        let pod = workload.spec.template.spec;
        for container in &pod.containers {
            if !matches!(container.name.as_str(), "speaker" | "controller" | "metallb-speaker") {
                continue;
            }
            self.arguments(container);
            if object.kind == "DaemonSet" {
                let mode = container.env.iter().find(|v| v.name == "METALLB_BGP_TYPE");
                self.mode = mode.and_then(|v| v.value.parse().ok()).or(self.mode);
                // Every node that MetalLB can run on is a Linux one.
                let mut labels = pod.node_selector.clone();
                labels.remove("kubernetes.io/os");
                if !labels.is_empty() {
                    self.speaker_nodes =
                        Some(LabelSelector { match_labels: labels, match_expressions: vec![] });
                }
            }
        }
    }

    fn arguments(&mut self, container: &Container) {
        let mut arguments = container.command.iter().chain(&container.args).peekable();
        while let Some(argument) = arguments.next() {
            let argument = argument.trim_start_matches('-');
            let (flag, value) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (argument, None),
            };
            match flag {
                "lb-class" => self.lb_class = value.or_else(|| arguments.next().cloned()),
                "ignore-exclude-lb" => {
                    self.ignore_exclude_lb = value.as_deref() != Some("false");
                }
                _ => {}
            }
        }
    }
}

/// MetalLB's manifests label their workloads `app: metallb`, its Helm chart
/// `app.kubernetes.io/name: metallb`; others at least keep the name.
fn is_metallb(object: &Object) -> bool {
    let labelled = ["app", "app.kubernetes.io/name"]
        .iter()
        .any(|key| object.meta.labels.get(*key).is_some_and(|value| value == "metallb"));
    object.api_version == "apps/v1"
        && matches!(object.kind.as_str(), "DaemonSet" | "Deployment")
        && (labelled || object.meta.name.contains("metallb"))
}
