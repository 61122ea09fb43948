//! The values of MetalLB's Helm chart, wherever they stand in the input, as far as they
//! say how MetalLB is deployed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::deployment::{Affinity, Mode};
use super::resources::Input;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{self, Node, Object, Value};

/// The name of the chart, and of the dependency in the values of a chart around it.
const CHART: &str = "metallb";

/// Objects that install charts: Flux's, k3s' and Argo CD's, and Kustomize's.
const INSTALLERS: [&str; 4] = ["HelmRelease", "HelmChart", "Application", "Kustomization"];

/// Under which keys they hold the chart's values, as a mapping or as a text.
const HOLDERS: [&str; 4] = ["values", "valuesObject", "valuesInline", "valuesContent"];

/// What the values say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Values {
    pub(super) load_balancer_class: String,
    pub(super) speaker: Speaker,
    frrk8s: Switch,
}

/// `speaker` of the values.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Speaker {
    #[serde(rename = "ignoreExcludeLB")]
    pub(super) ignore_exclude_lb: bool,
    pub(super) node_selector: BTreeMap<String, String>,
    pub(super) affinity: Affinity,
    frr: Switch,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Switch {
    enabled: Option<bool>,
}

impl Values {
    /// The BGP implementation; `None` where it is the default of the chart's version.
    pub(super) fn mode(&self) -> Option<Mode> {
        match (self.frrk8s.enabled, self.speaker.frr.enabled) {
            (Some(true), _) => Some(Mode::FrrK8s),
            (_, Some(true)) => Some(Mode::Frr),
            (Some(false), Some(false)) => Some(Mode::Native),
            _ => None,
        }
    }
}

/// Values of the chart that were found.
pub(super) struct Found {
    pub(super) values: Values,
    /// The mapping that they were read from.
    pub(super) node: Node,
    /// The object that holds them, if it is one.
    pub(super) owner: Option<ObjectRef>,
}

/// The values of MetalLB's chart in the input; what cannot be read is added to
/// `diagnostics`.
pub(super) fn values(input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Found> {
    let mut found = Vec::new();
    for object in input.objects {
        if INSTALLERS.contains(&object.kind.as_str()) {
            for node in held(object, input, diagnostics) {
                found.extend(read(input, &node, Some(object), diagnostics));
            }
        }
    }
    for document in input.untyped {
        let root = &document.node;
        let node = root.get(CHART).unwrap_or(root);
        // Of a file without a name of its own: what other charts do not have.
        if ["speaker", "frrk8s"].iter().any(|key| is_map(node.get(key))) {
            // It may be another chart's all the same.
            found.extend(read(input, node, None, &mut Vec::new()));
        }
    }
    found
}

fn read(
    input: &Input<'_>,
    node: &Node,
    owner: Option<&Object>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Found> {
    let node = input.substitutions.fill(node, input.sources, "").node;
    let owner = owner.map(Object::reference);
    let mut problems = Vec::new();
    let values = manifest::decode(&node, "", manifest::Mode::Lenient, &mut problems);
    diagnostics.extend(problems.into_iter().map(|p| p.into_diagnostic(owner.clone())));
    Some(Found { values: values?, node, owner })
}

/// The values that an object holds for MetalLB's chart.
fn held(object: &Object, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    let mut search = Search { input, diagnostics, found: Vec::new() };
    if object.kind == "Kustomization" {
        if let Some(Node { value: Value::Seq(charts), .. }) = object.node.get("helmCharts") {
            let of_metallb = charts.iter().filter(|chart| is_chart(chart.get("name")));
            of_metallb.for_each(|chart| search.collect(chart));
        }
    } else if names_chart(&object.node) {
        search.collect(&object.node);
    }
    search.found
}

/// Whether a chart of MetalLB's name is installed.
fn names_chart(node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => entries.iter().any(|(key, _, value)| match key.as_str() {
            "metadata" => false,
            "chartRef" => is_chart(value.get("name")),
            "chart" if is_chart(Some(value)) => true,
            _ => names_chart(value),
        }),
        Value::Seq(items) => items.iter().any(names_chart),
        _ => false,
    }
}

/// `metallb`, or a path to it: `oci://registry.example.org/charts/metallb`.
fn is_chart(name: Option<&Node>) -> bool {
    let name = name.and_then(Node::as_str).and_then(|text| text.rsplit('/').next());
    name == Some(CHART)
}

/// Looks for values below a node.
struct Search<'a, 'i> {
    input: &'a Input<'i>,
    diagnostics: &'a mut Vec<Diagnostic>,
    found: Vec<Node>,
}

impl Search<'_, '_> {
    fn collect(&mut self, node: &Node) {
        match &node.value {
            Value::Map(entries) => {
                entries.iter().for_each(|(key, _, value)| self.entry(key, value))
            }
            Value::Seq(items) => items.iter().for_each(|item| self.collect(item)),
            _ => {}
        }
    }

    fn entry(&mut self, key: &str, value: &Node) {
        match (&value.value, HOLDERS.contains(&key)) {
            (Value::Map(_), true) => self.found.push(value.clone()),
            (Value::String(text), true) => {
                let mut broken = Vec::new();
                self.found.extend(manifest::parse_embedded(self.input.sources, value, &mut broken));
                // Of that, it is told where configuration is looked for.
                if !text.contains("configInline:") {
                    self.diagnostics.append(&mut broken);
                }
            }
            _ if key == "metadata" || key == "status" => {}
            _ => self.collect(value),
        }
    }
}

fn is_map(node: Option<&Node>) -> bool {
    matches!(node, Some(Node { value: Value::Map(_), .. }))
}
