//! How MetalLB itself is deployed, as far as its decisions depend on it: the
//! speaker's DaemonSet and the controller's Deployment, or the custom resource of
//! MetalLB's operator or the values of its chart from which they are made, where they
//! are at hand.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::resources::{GROUP, Input};
use super::{chart, codes};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{self, Node, Object, Problem, ProblemKind, Span};
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

/// The patterns of interfaces on which MetalLB never answers, whether or not an
/// advertisement names them; what is no pattern leaves out nothing.
pub fn interface_patterns(texts: &[String]) -> Vec<Regex> {
    texts.iter().filter_map(|text| Regex::new(text).ok()).collect()
}

/// The containers of MetalLB's own programs: in its manifests and its Helm chart, and in
/// Bitnami's chart.
const CONTAINERS: [&str; 4] = ["speaker", "controller", "metallb-speaker", "metallb-controller"];

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
    node_selector: BTreeMap<String, String>,
    affinity: Affinity,
}

/// The part of `affinity` that binds a DaemonSet's Pods to some Nodes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Affinity {
    node_affinity: NodeAffinity,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeAffinity {
    required_during_scheduling_ignored_during_execution: Option<IgnoredAny>,
}

impl Affinity {
    fn is_binding(&self) -> bool {
        self.node_affinity.required_during_scheduling_ignored_during_execution.is_some()
    }
}

/// The kind `MetalLB` of MetalLB's operator.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Operated {
    spec: OperatedSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OperatedSpec {
    load_balancer_class: String,
    /// Of the speakers; the controller has a `controllerNodeSelector`.
    node_selector: BTreeMap<String, String>,
    bgp_backend: String,
    speaker_config: SpeakerConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SpeakerConfig {
    affinity: Affinity,
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
    pub fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Self {
        let mut deployment = Self::default();
        let mut runs = false;
        for object in input.objects {
            if is_metallb(object) {
                runs |= object.kind == "DaemonSet";
                deployment.take(object, found);
            } else if object.kind == "ConfigMap" && object.meta.name == "metallb-excludel2" {
                deployment.exclude(object, input, found);
            }
        }
        // What runs is told by the workloads; the operator makes them of its resource.
        for object in input.objects {
            if object.group() == GROUP && object.kind == "MetalLB" {
                deployment.operated(object, input, found);
            }
        }
        // The chart's values may be older than what runs.
        if !runs {
            for values in chart::values(input, found) {
                deployment.charted(values, found);
            }
        }
        deployment
    }

    fn exclude(&mut self, object: &Object, input: &Input<'_>, found: &mut Vec<Diagnostic>) {
        let text = object.node.nearest("data[\"excludel2.yaml\"]");
        let mut problems = Vec::new();
        for document in manifest::parse_embedded(input.sources, text, found) {
            let mode = manifest::Mode::Strict;
            let excluded =
                manifest::decode::<ExcludedInterfaces>(&document, "", mode, &mut problems);
            let Some(ExcludedInterfaces { announced_interfaces_to_exclude: patterns }) = excluded
            else {
                continue;
            };
            for (index, pattern) in patterns.iter().enumerate() {
                let path = format!("announcedInterfacesToExclude[{index}]");
                problems.extend(no_pattern(pattern, path, &document));
            }
            self.excluded_interfaces = Some(patterns);
        }
        let reference = object.reference();
        found.extend(problems.into_iter().map(|p| p.into_diagnostic(Some(reference.clone()))));
    }

    fn take(&mut self, object: &Object, found: &mut Vec<Diagnostic>) {
        let Some(workload) = decode::<Workload>(object, found) else { return };
        let pod = workload.spec.template.spec;
        let of_metallb = |container: &&Container| CONTAINERS.contains(&container.name.as_str());
        for container in pod.containers.iter().filter(of_metallb) {
            self.arguments(container);
            if object.kind != "DaemonSet" {
                continue;
            }
            if let Some(mode) = container.env.iter().find(|v| v.name == "METALLB_BGP_TYPE") {
                self.mode = implementation(&mode.value, object, "spec.template", found);
            }
            self.speaker_nodes = nodes(&pod.node_selector);
            if pod.affinity.is_binding() {
                let place = object.node.nearest("spec.template.spec.affinity").span;
                found.push(affinity(Some(object.reference()), place));
            }
        }
    }

    /// Takes what the operator's resource says beyond the workloads at hand.
    fn operated(&mut self, object: &Object, input: &Input<'_>, found: &mut Vec<Diagnostic>) {
        // What cannot be filled in is told where all of MetalLB's objects are read.
        let (object, ..) = input.substitutions.fill_object(object, input.sources);
        let Some(Operated { spec }) = decode::<Operated>(&object, found) else { return };
        if self.mode.is_none() {
            self.mode = implementation(&spec.bgp_backend, &object, "spec.bgpBackend", found);
        }
        let class = Some(spec.load_balancer_class).filter(|class| !class.is_empty());
        self.lb_class = self.lb_class.take().or(class);
        self.speaker_nodes = self.speaker_nodes.take().or_else(|| nodes(&spec.node_selector));
        if spec.speaker_config.affinity.is_binding() {
            let place = object.node.nearest("spec.speakerConfig.affinity").span;
            found.push(affinity(Some(object.reference()), place));
        }
    }

    /// Takes what the values of the chart say beyond what was found before.
    fn charted(&mut self, chart: chart::Found, found: &mut Vec<Diagnostic>) {
        let chart::Found { values, node, owner } = chart;
        self.mode = self.mode.or_else(|| values.mode());
        let class = Some(values.load_balancer_class).filter(|class| !class.is_empty());
        self.lb_class = self.lb_class.take().or(class);
        self.ignore_exclude_lb |= values.speaker.ignore_exclude_lb;
        let speakers = nodes(&values.speaker.node_selector);
        self.speaker_nodes = self.speaker_nodes.take().or(speakers);
        if values.speaker.affinity.is_binding() {
            found.push(affinity(owner, node.nearest("speaker.affinity").span));
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
                "lb-class" => {
                    let class = value.or_else(|| arguments.next().cloned());
                    self.lb_class = class.filter(|class| !class.is_empty());
                }
                "ignore-exclude-lb" => {
                    // What Go's `strconv.ParseBool` takes for no.
                    let no = ["0", "f", "F", "false", "FALSE", "False"];
                    self.ignore_exclude_lb = !value.is_some_and(|v| no.contains(&v.as_str()));
                }
                _ => {}
            }
        }
    }
}

/// MetalLB's speakers do not start with a pattern that they cannot read.
fn no_pattern(pattern: &str, path: String, document: &Node) -> Option<Problem> {
    let message = format!("{path}: `{pattern}` is no regular expression");
    Regex::new(pattern).is_err().then(|| Problem {
        span: document.nearest(&path).span,
        path,
        kind: ProblemKind::Invalid,
        message,
        help: None,
    })
}

fn decode<T: DeserializeOwned>(object: &Object, found: &mut Vec<Diagnostic>) -> Option<T> {
    let mut problems = Vec::new();
    let decoded = manifest::decode(&object.node, "", manifest::Mode::Lenient, &mut problems);
    let reference = object.reference();
    found.extend(problems.into_iter().map(|p| p.into_diagnostic(Some(reference.clone()))));
    decoded
}

/// The BGP implementation that an object names at `path`; nothing where it names none.
fn implementation(
    name: &str,
    object: &Object,
    path: &str,
    found: &mut Vec<Diagnostic>,
) -> Option<Mode> {
    if name.is_empty() {
        return None;
    }
    let error = match name.parse() {
        Ok(mode) => return Some(mode),
        Err(error) => error,
    };
    found.push(
        Diagnostic::error(codes::UNKNOWN_MODE, format!("BGP implementation of MetalLB: {error}"))
            .object(object.reference())
            .label(Some(object.node.nearest(path).span), "names it")
            .help("say which it is with --metallb-mode"),
    );
    None
}

/// Nodes by their labels. Every Node that MetalLB can run on is a Linux one.
fn nodes(selector: &BTreeMap<String, String>) -> Option<LabelSelector> {
    let mut labels = selector.clone();
    labels.remove("kubernetes.io/os");
    (!labels.is_empty())
        .then(|| LabelSelector { match_labels: labels, match_expressions: Vec::new() })
}

fn affinity(object: Option<ObjectRef>, place: Span) -> Diagnostic {
    let mut diagnostic = Diagnostic::assumption(
        codes::SPEAKER_AFFINITY,
        "the node affinity of MetalLB's speakers leaves no Node out: it is not looked at",
    )
    .label(Some(place), "binds the speakers to some Nodes")
    .help("name those Nodes by their labels: --speaker-node-selector");
    diagnostic.object = object;
    diagnostic
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
