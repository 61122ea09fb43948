//! MetalLB's resources in a tree, and Cilium's in their place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use super::codes;
use super::edit::Edits;
use super::find::is_encrypted;
use super::kustomization::{is_kustomization, patch_files};
use super::tree::Tree;
use super::written::{bytes, line_break};
use crate::diagnostic::Diagnostic;
use crate::manifest::{METALLB_KINDS, Node, Span, Value};
use crate::metallb;

/// Kinds beside MetalLB's that the conversion looks at.
const CLUSTER_KINDS: [&str; 7] =
    ["Service", "Node", "Namespace", "Secret", "EndpointSlice", "DaemonSet", "Deployment"];

/// An object of Cilium's to be written into the tree.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// Where the object stands that it comes from.
    pub source: Option<Span>,
    /// As a YAML document, from `---` on.
    pub yaml: String,
    /// As JSON.
    pub object: serde_json::Value,
}

/// A document that is replaced.
#[derive(Debug, Clone)]
struct Slot {
    file: usize,
    range: Range<usize>,
    /// Where its content starts, behind marker and comments.
    content: usize,
    /// Whether its comments are carried over.
    keeps_comments: bool,
}

/// What a tree holds for the conversion.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Documents to convert, and those that the conversion looks at.
    pub nodes: Vec<Node>,
    /// Resources of MetalLB's that stay.
    pub diagnostics: Vec<Diagnostic>,
    slots: Vec<Slot>,
}

impl Configuration {
    /// Whether there is anything to replace.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Reads it out of a tree.
    pub fn read(tree: &Tree) -> Self {
        let mut configuration = Self::default();
        let patches = patch_files(tree);
        let mut seen = BTreeSet::new();
        for (at, file) in tree.files.iter().enumerate() {
            if is_kustomization(&file.path) {
                continue;
            }
            let is_patch = patches.contains(&file.path);
            for document in file.documents.iter().flatten() {
                let Ok(node) = &document.content else { continue };
                configuration.inline(node);
                let slot = Slot {
                    file: at,
                    range: document.range.clone(),
                    content: node.span.start as usize,
                    keeps_comments: kind(node) != "ConfigMap",
                };
                configuration.document(node, slot, is_patch, &mut seen);
            }
        }
        configuration
    }

    fn document(
        &mut self,
        node: &Node,
        slot: Slot,
        is_patch: bool,
        seen: &mut BTreeSet<(String, String, String)>,
    ) {
        let items = items(node);
        let of_metallb = items.iter().filter(|item| is_configuration(item)).count();
        if of_metallb > 0 {
            let why = if is_encrypted(node) {
                Some("it is encrypted")
            } else if is_patch {
                Some("it patches another one")
            } else if of_metallb < items.len() {
                Some("it lies in a List with other objects")
            } else {
                None
            };
            match why {
                Some(why) => self.left(node.span, why),
                None => {
                    self.nodes.push(node.clone());
                    self.slots.push(slot);
                }
            }
            return;
        }
        if is_patch || is_encrypted(node) || !matters(node) {
            return;
        }
        let text = |key| node.get("metadata").and_then(|m| m.get(key)).and_then(Node::as_str);
        let (namespace, name) = (text("namespace"), text("name"));
        // Without its namespace nobody knows which pools fit a Service.
        let whole = name.is_some() && (namespace.is_some() || kind(node) != "Service");
        let key = (
            kind(node).to_owned(),
            namespace.unwrap_or("").to_owned(),
            name.unwrap_or("").to_owned(),
        );
        if whole && seen.insert(key) {
            self.nodes.push(node.clone());
        }
    }

    /// Configuration in Helm values goes with MetalLB's chart.
    fn inline(&mut self, node: &Node) {
        match &node.value {
            Value::Map(entries) => {
                for (key, span, value) in entries {
                    if key == "configInline" {
                        self.left(*span, "it stands in Helm values");
                    } else {
                        self.inline(value);
                    }
                }
            }
            Value::Seq(items) => items.iter().for_each(|item| self.inline(item)),
            _ => {}
        }
    }

    fn left(&mut self, place: Span, why: &str) {
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::RESOURCE_LEFT,
                format!("configuration of MetalLB's stays as it is, and was not converted: {why}"),
            )
            .label(Some(place), "not replaced")
            .help("convert it by itself (convert -f), and put the result where it belongs"),
        );
    }

    /// The edits that put Cilium's objects in the place of MetalLB's: by file; and the
    /// files of which nothing is left.
    pub(super) fn replace(
        &self,
        tree: &Tree,
        replacements: &[Replacement],
    ) -> (BTreeMap<usize, Edits>, BTreeSet<PathBuf>) {
        let mut of_slot: BTreeMap<usize, Vec<&Replacement>> = BTreeMap::new();
        for replacement in replacements {
            // What comes from elsewhere belongs there.
            let of_tree = |span: Span| tree.files.iter().any(|file| file.id == span.source);
            if replacement.source.is_some_and(|span| !of_tree(span)) {
                continue;
            }
            let home = replacement.source.and_then(|span| self.home(tree, span));
            of_slot.entry(home.unwrap_or(0)).or_default().push(replacement);
        }
        let mut edits: BTreeMap<usize, Edits> = BTreeMap::new();
        let mut emptied: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, slot) in self.slots.iter().enumerate() {
            let new = of_slot.get(&at).map(Vec::as_slice).unwrap_or_default();
            if new.is_empty() {
                *emptied.entry(slot.file).or_default() += 1;
            }
            let text = tree.text(&tree.files[slot.file]);
            let is_json = tree.files[slot.file].path.extension().is_some_and(|e| e == "json");
            let written = if is_json { json(text, slot, new) } else { yaml(text, slot, new) };
            edits.entry(slot.file).or_default().replace(slot.range.clone(), written);
        }
        let is_removed = |file: &usize| {
            let documents = tree.files[*file].documents.as_ref().map_or(0, Vec::len);
            emptied.get(file) == Some(&documents)
        };
        let removed: BTreeSet<usize> = edits.keys().copied().filter(is_removed).collect();
        edits.retain(|file, _| !removed.contains(file));
        let paths = removed.iter().map(|file| tree.files[*file].path.clone()).collect();
        (edits, paths)
    }

    fn home(&self, tree: &Tree, span: Span) -> Option<usize> {
        self.slots.iter().position(|slot| {
            tree.files[slot.file].id == span.source && slot.range.contains(&(span.start as usize))
        })
    }
}

fn kind(node: &Node) -> &str {
    node.get("kind").and_then(Node::as_str).unwrap_or_default()
}

fn group(node: &Node) -> &str {
    let api_version = node.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The objects of a document.
fn items(node: &Node) -> Vec<&Node> {
    match node.get("items").map(|items| &items.value) {
        Some(Value::Seq(items)) if kind(node).ends_with("List") => items.iter().collect(),
        _ => vec![node],
    }
}

fn matters(node: &Node) -> bool {
    let excludes = kind(node) == "ConfigMap"
        && node.get("metadata").and_then(|m| m.get("name")).and_then(Node::as_str)
            == Some("metallb-excludel2");
    group(node) == "cilium.io"
        || excludes
        || CLUSTER_KINDS.contains(&kind(node))
            && matches!(group(node), "" | "apps" | "discovery.k8s.io")
}

/// Whether an object is configuration of MetalLB's, in a resource or in the old
/// ConfigMap.
fn is_configuration(node: &Node) -> bool {
    if group(node) == metallb::GROUP {
        return METALLB_KINDS.contains(&kind(node));
    }
    let Some(Value::Map(data)) = node.get("data").map(|data| &data.value) else { return false };
    let holds = |text: &str| text.contains("address-pools:") || text.contains("peer-address:");
    kind(node) == "ConfigMap"
        && data.len() == 1
        && data.iter().all(|(key, _, value)| {
            ["config", "config.yaml"].contains(&key.as_str()) && value.as_str().is_some_and(holds)
        })
}

/// The document's text with new objects in it.
fn yaml(text: &str, slot: &Slot, new: &[&Replacement]) -> String {
    let head = &text[slot.range.start..slot.content];
    let head: String = head
        .split_inclusive('\n')
        .filter(|line| !line.contains("yaml-language-server:"))
        .filter(|line| !new.is_empty() || line.trim_start().starts_with('#'))
        .collect();
    if new.is_empty() {
        return head;
    }
    let mut result = head;
    if slot.keeps_comments {
        for comment in comments(&text[slot.content..slot.range.end]) {
            result.push_str(comment);
            result.push('\n');
        }
    }
    for (at, one) in new.iter().enumerate() {
        let document = if at == 0 { one.yaml.strip_prefix("---\n") } else { None };
        result.push_str(document.unwrap_or(&one.yaml));
    }
    if line_break(text, slot.range.start) == "\r\n" {
        result = result.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    result
}

/// The comments of a resource, which say why it is as it is.
fn comments(body: &str) -> impl Iterator<Item = &str> {
    body.lines().filter_map(|line| {
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            return Some(trimmed);
        }
        // Quotes might hold what only looks like a comment.
        let plain = line.rfind(['"', '\'']).map_or(0, |quote| quote + 1);
        let at = plain + line[plain..].find(" #")?;
        Some(line[at + 1..].trim_end())
    })
}

fn json(text: &str, slot: &Slot, new: &[&Replacement]) -> String {
    let value = match new {
        [] => return String::new(),
        [one] => one.object.clone(),
        several => {
            let items: Vec<_> = several.iter().map(|one| one.object.clone()).collect();
            serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items})
        }
    };
    let written = format!("{value:#}");
    let end = if text[slot.range.clone()].ends_with('\n') { "\n" } else { "" };
    format!("{written}{end}")
}

/// The bytes of a resource that is replaced: nothing in it needs a mention.
pub(super) fn replaced(configuration: &Configuration, file: usize) -> Vec<Range<usize>> {
    let slots = configuration.slots.iter().filter(|slot| slot.file == file);
    slots.map(|slot| slot.range.clone()).collect()
}

/// The bytes of a node.
pub(super) fn place(node: &Node) -> Range<usize> {
    bytes(node.span)
}
