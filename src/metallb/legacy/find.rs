//! Where legacy configuration can stand, and what else of MetalLB's stands in
//! places that are not read.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{self, METALLB_KINDS, Node, Object, Sources, Untyped, Value};
use crate::metallb::{GROUP, codes};

/// What was found in one document.
#[derive(Default)]
pub(super) struct Found {
    /// Configurations: mappings with `address-pools` or `peers`.
    pub(super) roots: Vec<Arc<Node>>,
    /// What is wrong, or not read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Kinds that never hold configuration and come by the thousand.
const PLAIN_KINDS: &[&str] =
    &["Service", "Node", "Namespace", "EndpointSlice", "Endpoints", "Secret", "Pod", "Event"];

/// Whether it is worth looking into an object of this kind.
pub(super) fn could_hold_configuration(object: &Object) -> bool {
    !PLAIN_KINDS.contains(&object.kind.as_str())
}

/// Looks into an object: a ConfigMap's texts, `configInline` at any depth, and
/// texts that hold either.
pub(super) fn in_object(object: &Object, sources: &Sources) -> Found {
    let mut search = Search {
        sources,
        owner: Some(object.reference()),
        config_map: object.kind == "ConfigMap",
        found: Found::default(),
    };
    // What stands in metadata (such as the last applied configuration) is a copy.
    if let Value::Map(entries) = &object.node.value {
        for (key, _, value) in entries {
            if key != "metadata" && key != "status" {
                search.entry(key, value);
            }
        }
    }
    search.found
}

/// Looks into a document without kind.
pub(super) fn in_untyped(document: &Untyped, sources: &Sources) -> Found {
    let root = &document.node;
    let mut search = Search { sources, owner: None, config_map: false, found: Found::default() };
    if is_configuration(root) {
        search.found.roots.push(root.clone());
    } else {
        search.node(root);
    }
    search.found
}

/// Whether a mapping is a configuration: it has pools, or peers with
/// `peer-address`.
fn is_configuration(node: &Node) -> bool {
    let has_peers = match node.get("peers").map(|peers| &peers.value) {
        Some(Value::Seq(peers)) => peers.iter().any(|peer| peer.get("peer-address").is_some()),
        _ => false,
    };
    node.get("address-pools").is_some() || has_peers
}

struct Search<'a> {
    sources: &'a Sources,
    owner: Option<ObjectRef>,
    config_map: bool,
    found: Found,
}

impl Search<'_> {
    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Map(_) if is_resource(node) => self.not_read(node, "another object", "resource"),
            Value::Map(_) if is_patch(node) => self.not_done(node),
            Value::Map(entries) => {
                entries.iter().for_each(|(key, _, value)| self.entry(key, value));
            }
            Value::Seq(items) => items.iter().for_each(|item| self.node(item)),
            Value::String(text) => self.text(node, text),
            _ => {}
        }
    }

    fn entry(&mut self, key: &str, value: &Node) {
        if key == "configInline" && matches!(value.value, Value::Map(_)) {
            self.found.roots.push(Arc::new(value.clone()));
        } else {
            self.node(value);
        }
    }

    fn text(&mut self, node: &Node, text: &str) {
        let is_configuration = text.contains("address-pools:") || text.contains("peer-address:");
        if self.config_map && is_configuration || text.contains("configInline:") {
            self.configuration(node);
        } else if is_configuration || names_metallb(text) {
            self.not_read(node, "a text", kind_line(text).unwrap_or("configuration"));
        }
    }

    /// A text that is a configuration, or Helm values with one.
    fn configuration(&mut self, node: &Node) {
        let roots = manifest::parse_embedded(self.sources, node, &mut self.found.diagnostics);
        for root in roots {
            if is_configuration(&root) {
                self.found.roots.push(Arc::new(root));
            } else if let Some(inline) = root.get("configInline") {
                self.found.roots.push(Arc::new(inline.clone()));
            }
        }
    }

    fn not_read(&mut self, node: &Node, inside: &str, what: &str) {
        self.lost(
            node,
            format!("MetalLB configuration inside {inside} is not read ({what})"),
            "holds MetalLB configuration",
            "extract it to a file of its own and convert that",
        );
    }

    fn not_done(&mut self, patch: &Node) {
        self.lost(
            patch,
            "a patch of MetalLB's resources is not done to them".to_owned(),
            "changes MetalLB configuration",
            "convert what is built of it: kustomize build DIR | metallb2cilium convert",
        );
    }

    fn lost(&mut self, node: &Node, message: String, label: &str, help: &str) {
        let mut diagnostic =
            Diagnostic::lossy(codes::EMBEDDED, message).label(Some(node.span), label).help(help);
        if let Some(owner) = &self.owner {
            diagnostic = diagnostic.object(owner.clone());
        }
        self.found.diagnostics.push(diagnostic);
    }
}

/// Whether a mapping within an object is a resource of MetalLB's: in the values of a
/// chart that takes any resources, or in a policy.
fn is_resource(node: &Node) -> bool {
    let text = |key| node.get(key).and_then(Node::as_str).unwrap_or_default();
    text("apiVersion").split_once('/').is_some_and(|(group, _)| group == GROUP)
        && METALLB_KINDS.contains(&text("kind"))
        && node.get("spec").is_some()
}

/// Whether a mapping is a patch of a Kustomization that is for MetalLB's resources.
fn is_patch(node: &Node) -> bool {
    let Some(target) = node.get("target") else { return false };
    let text = |key| target.get(key).and_then(Node::as_str).unwrap_or_default();
    (text("group") == GROUP || METALLB_KINDS.contains(&text("kind")))
        && (node.get("patch").is_some() || node.get("path").is_some())
}

/// The line of a text that names a kind of MetalLB's, or any kind.
fn kind_line(text: &str) -> Option<&str> {
    let lines = || text.lines().map(str::trim).filter(|line| line.starts_with("kind:"));
    let is_metallb = |line: &&str| {
        let kind = line.trim_start_matches("kind:").trim().trim_matches(['"', '\'']);
        METALLB_KINDS.contains(&kind)
    };
    lines().find(is_metallb).or_else(|| lines().next())
}

/// Whether a text holds a MetalLB resource, in YAML or JSON.
fn names_metallb(text: &str) -> bool {
    const QUOTES: [char; 4] = ['"', '\'', '\\', ' '];
    text.match_indices("metallb.io/").any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().trim_end_matches(QUOTES);
        let key = before.strip_suffix(':').map(|key| key.trim_end_matches(QUOTES));
        key.is_some_and(|key| key.ends_with("apiVersion"))
    })
}
