//! MetalLB's resources in a tree, as they are built.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

use super::builds::Builds;
use super::codes;
use super::find::is_encrypted;
use super::inline::{Inline, inlines};
use super::kustomization::{is_kustomization, patch_files};
use super::patches::{Built, Patches, Problem, set_namespace};
use super::tree::{Tree, TreeFile};
use super::written::{bytes, written_end};
use crate::diagnostic::Diagnostic;
use crate::manifest::{METALLB_KINDS, Node, Span, Value};
use crate::metallb;

/// Kinds beside MetalLB's that the conversion looks at.
const CLUSTER_KINDS: [&str; 7] =
    ["Service", "Node", "Namespace", "Secret", "EndpointSlice", "DaemonSet", "Deployment"];

/// A place of MetalLB's configuration that is replaced.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) file: usize,
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

/// What kind of place it is.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// A document.
    Document {
        /// Where its content starts, behind marker and comments.
        content: usize,
        /// Whether its comments are carried over.
        keeps_comments: bool,
    },
    /// An item of a List with other objects; with the bytes of all items.
    Item { items: Vec<Range<usize>> },
    /// Helm values.
    Values {
        place: Box<Inline>,
        /// The bytes of the object that holds them, if it is one.
        object: Option<Range<usize>>,
    },
}

/// A patch that was done to a resource before the conversion.
#[derive(Debug, Clone)]
pub(super) struct Spent {
    /// The kustomization's file.
    pub(super) file: usize,
    /// The mapping with the list of patches, and the list's key.
    pub(super) node: Node,
    pub(super) list: &'static str,
    /// Its place in the list.
    pub(super) at: usize,
    pub(super) item: Span,
}

/// What a tree holds for the conversion.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Documents to convert, and those that the conversion looks at.
    pub nodes: Vec<Node>,
    /// Resources of MetalLB's that stay; errors where those that go are not known.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) slots: Vec<Slot>,
    pub(super) spent: Vec<Spent>,
    /// Files with nothing but such patches.
    pub(super) spent_files: BTreeSet<PathBuf>,
}

/// What the documents of a tree are looked at with.
struct Reading<'t> {
    tree: &'t Tree,
    builds: Builds<'t>,
    patches: Patches<'t>,
    /// The patches that were done, by their places.
    done: BTreeSet<usize>,
    seen: BTreeSet<(String, String, String)>,
    result: Configuration,
}

impl Configuration {
    /// Whether there is anything to replace.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Reads it out of a tree.
    pub fn read(tree: &Tree) -> Self {
        let builds = Builds::read(tree);
        let patches = Patches::read(tree, &builds);
        let (done, seen) = (BTreeSet::new(), BTreeSet::new());
        let mut reading = Reading { tree, builds, patches, done, seen, result: Self::default() };
        let patch_files = patch_files(tree);
        let of_resources =
            |file: &TreeFile| !is_kustomization(&file.path) && !patch_files.contains(&file.path);
        for (at, file) in tree.files.iter().enumerate() {
            for document in file.documents.iter().flatten() {
                match &document.content {
                    Ok(node) if of_resources(file) => reading.document(at, &document.range, node),
                    // No object that is applied by itself.
                    Ok(node) if !is_encrypted(node) => reading.values(at, None, node),
                    _ => {}
                }
            }
        }
        reading.spend();
        reading.patches_that_stay();
        reading.result
    }

    pub(super) fn left(&mut self, place: Span, why: &str) {
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::RESOURCE_LEFT,
                format!("configuration of MetalLB's stays as it is, and was not converted: {why}"),
            )
            .label(Some(place), "not replaced")
            .help("convert it by itself (convert -f), and put the result where it belongs"),
        );
    }

    /// The bytes of what is replaced in a file: nothing in it needs a mention.
    pub(super) fn replaced(&self, file: usize) -> Vec<Range<usize>> {
        let slots = self.slots.iter().filter(|slot| slot.file == file);
        let spent = self.spent.iter().filter(|spent| spent.file == file);
        slots.map(|slot| slot.range.clone()).chain(spent.map(|one| bytes(one.item))).collect()
    }
}

impl Reading<'_> {
    fn document(&mut self, file: usize, range: &Range<usize>, node: &Node) {
        let items = items(node);
        let of_metallb: Vec<usize> =
            (0..items.len()).filter(|at| is_configuration(items[*at])).collect();
        if is_encrypted(node) {
            if !of_metallb.is_empty() {
                self.result.left(node.span, "it is encrypted");
            }
            return;
        }
        self.values(file, node.get("kind").map(|_| range.clone()), node);
        if is_bare(node) {
            self.result.left(node.span, "a ConfigMap is made of it elsewhere");
        }
        let is_whole = !of_metallb.is_empty() && of_metallb.len() == items.len();
        if is_whole {
            let content = node.span.start as usize;
            let keeps_comments = kind(node) != "ConfigMap";
            let form = Form::Document { content, keeps_comments };
            self.result.slots.push(Slot { file, range: range.clone(), form });
        }
        for (at, item) in items.iter().enumerate() {
            if !of_metallb.contains(&at) {
                self.other(file, item);
                continue;
            }
            if !is_whole {
                let range = |item: &Node| item.span.start as usize..self.end(file, item);
                let ranges = items.iter().map(|item| range(item)).collect();
                let form = Form::Item { items: ranges };
                self.result.slots.push(Slot { file, range: range(item), form });
            }
            self.resource(file, item);
        }
    }

    /// Where a node ends in its file.
    fn end(&self, file: usize, node: &Node) -> usize {
        let text = self.tree.files.get(file).map(|file| self.tree.text(file));
        text.map_or(node.span.end as usize, |text| written_end(text, node))
    }

    /// A resource of MetalLB's.
    fn resource(&mut self, file: usize, node: &Node) {
        let Some(of) = self.tree.files.get(file) else { return };
        match self.patches.built(&self.builds, &of.path, node) {
            Ok(Built { node, patches }) => {
                self.done.extend(patches);
                self.result.nodes.extend(node);
            }
            Err(Problem { place, why }) => {
                self.result.nodes.push(node.clone());
                self.result.diagnostics.push(
                    Diagnostic::error(
                        codes::NOT_BUILT,
                        format!("what Kustomize makes of a MetalLB resource is not known: {why}"),
                    )
                    .label(Some(place), "not followed")
                    .label(Some(node.span), "the resource")
                    .help(
                        "rewrite what `kustomize build` prints, write it into the resource, or \
                         leave the resources as they are: --keep-resources",
                    ),
                );
            }
        }
    }

    /// An object that the conversion looks at, if it does.
    fn other(&mut self, file: usize, node: &Node) {
        if !matters(node) {
            return;
        }
        let path = self.tree.files.get(file).map(|file| &file.path);
        let namespaces = path.map(|path| self.builds.namespaces(path)).unwrap_or_default();
        for namespace in namespaces {
            let mut node = node.clone();
            if let Some(namespace) = namespace.filter(|_| has_namespace(&node)) {
                set_namespace(&mut node, &namespace);
            }
            let text = |key| node.get("metadata").and_then(|m| m.get(key)).and_then(Node::as_str);
            let (namespace, name) = (text("namespace"), text("name"));
            // Without its namespace nobody knows which pools fit a Service.
            let whole = name.is_some() && (namespace.is_some() || kind(&node) != "Service");
            let key = (
                kind(&node).to_owned(),
                namespace.unwrap_or("").to_owned(),
                name.unwrap_or("").to_owned(),
            );
            if whole && self.seen.insert(key) {
                self.result.nodes.push(node);
            }
        }
    }

    /// Configuration in Helm values; with the bytes of the object that holds them, where
    /// it is one that is applied.
    fn values(&mut self, file: usize, object: Option<Range<usize>>, node: &Node) {
        let Some(of) = self.tree.files.get(file) else { return };
        let written = self.tree.text(of).get(bytes(node.span));
        if !written.is_some_and(|text| text.contains("configInline")) {
            return;
        }
        let inlines = inlines(&self.tree.sources, node);
        for place in inlines.left {
            self.result.left(place, "it stands in a string of Helm values");
        }
        if inlines.found.is_empty() {
            return;
        }
        if kind(node).ends_with("List") && node.get("items").is_some() {
            for place in inlines.found {
                self.result.left(place.key, "it stands in Helm values within a List");
            }
            return;
        }
        self.result.nodes.push(node.clone());
        for place in inlines.found {
            let form = Form::Values { place: Box::new(place.clone()), object: object.clone() };
            self.result.slots.push(Slot { file, range: bytes(place.value), form });
        }
    }

    /// The patches that were done go out of their lists.
    fn spend(&mut self) {
        let mut kept_files = BTreeSet::new();
        for (number, patch) in self.patches.all.iter().enumerate() {
            let Some(level) = self.builds.levels.get(patch.level) else { continue };
            if !self.done.contains(&number) {
                kept_files.extend(patch.file.clone());
                continue;
            }
            self.result.spent_files.extend(patch.file.clone());
            self.result.spent.push(Spent {
                file: level.file,
                node: level.node.clone(),
                list: patch.list,
                at: patch.at,
                item: patch.item.span,
            });
        }
        self.result.spent_files.retain(|file| !kept_files.contains(file));
    }

    /// Names patches of resources that are not in the tree.
    fn patches_that_stay(&mut self) {
        if self.result.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        for (number, patch) in self.patches.all.iter().enumerate() {
            if self.done.contains(&number) || !patch.is_of_metallb() {
                continue;
            }
            let of_file = |path: &PathBuf| self.tree.files.iter().find(|file| file.path == *path);
            let documents = patch.file.as_ref().and_then(of_file).map(|file| &file.documents);
            let first = documents.and_then(|documents| documents.iter().flatten().next());
            let node = first.and_then(|document| document.content.as_ref().ok());
            let place = node.map_or(patch.item.span, |node| node.span);
            self.result.left(place, "it patches a resource that is not in the tree");
        }
    }
}

pub(super) fn kind(node: &Node) -> &str {
    node.get("kind").and_then(Node::as_str).unwrap_or_default()
}

fn group(node: &Node) -> &str {
    let api_version = node.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether a document is the configuration of the old ConfigMap by itself.
fn is_bare(node: &Node) -> bool {
    let has = |list: &str, key: &str| match node.get(list).map(|list| &list.value) {
        Some(Value::Seq(items)) => items.iter().any(|item| item.get(key).is_some()),
        _ => false,
    };
    kind(node).is_empty() && (has("address-pools", "protocol") || has("peers", "peer-address"))
}

/// The objects of a document.
fn items(node: &Node) -> Vec<&Node> {
    match node.get("items").map(|items| &items.value) {
        Some(Value::Seq(items)) if kind(node).ends_with("List") => items.iter().collect(),
        _ => vec![node],
    }
}

/// Whether an object of these lives in a namespace.
fn has_namespace(node: &Node) -> bool {
    group(node) != "cilium.io" && !["Node", "Namespace"].contains(&kind(node))
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
pub(super) fn is_configuration(node: &Node) -> bool {
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
