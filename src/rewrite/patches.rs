//! Patches of MetalLB's resources in kustomizations: done to the resources before
//! they are converted, and then taken out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::builds::{Builds, Tool};
use super::kustomization::is_metallb;
use super::patching::{self, Why};
use super::tree::{Tree, plain};
use crate::manifest::{METALLB_KINDS, Node, Span, Value, parse_embedded};
use crate::metallb;

/// One patch of a kustomization.
#[derive(Debug, Clone)]
pub(super) struct Patch<'t> {
    /// The step whose patch it is, its list there, and its place in the list.
    pub(super) level: usize,
    pub(super) list: &'static str,
    pub(super) at: usize,
    /// The item of the list.
    pub(super) item: &'t Node,
    /// The file that holds it, where it does not stand in the list.
    pub(super) file: Option<PathBuf>,
    target: Option<&'t Node>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Merge(Vec<Node>),
    Operations(Node),
    Unread,
}

/// Why a resource cannot be known as it is built.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) place: Span,
    pub(super) why: Why,
}

/// A resource as it is built.
#[derive(Debug, Clone)]
pub(super) struct Built {
    /// What is left of it.
    pub(super) node: Option<Node>,
    /// The patches that were done, by their places.
    pub(super) patches: BTreeSet<usize>,
}

/// The patches of a tree.
#[derive(Debug, Clone, Default)]
pub(super) struct Patches<'t> {
    pub(super) all: Vec<Patch<'t>>,
}

impl<'t> Patches<'t> {
    /// Reads them.
    pub(super) fn read(tree: &'t Tree, builds: &Builds<'t>) -> Self {
        let mut all = Vec::new();
        for (number, level) in builds.levels.iter().enumerate() {
            for (list, items) in level.patch_lists() {
                for (at, item) in items.iter().enumerate() {
                    let (file, body) = body(tree, &level.directory, level.tool, list, item);
                    let target = item.get("target");
                    all.push(Patch { level: number, list, at, item, file, target, body });
                }
            }
        }
        Self { all }
    }

    /// A resource of MetalLB's in a file, as its kustomizations build it.
    pub(super) fn built(
        &self,
        builds: &Builds<'_>,
        path: &Path,
        node: &Node,
    ) -> Result<Built, Problem> {
        let mut ways = Vec::new();
        let chains = builds.chains(path);
        for chain in &chains {
            ways.push(self.along(builds, chain, node, chains.len() == 1)?);
        }
        let Some(first) = ways.pop() else {
            return Ok(Built { node: Some(node.clone()), patches: BTreeSet::new() });
        };
        let same = |one: &Built| match (&one.node, &first.node) {
            (Some(one), Some(two)) => one.same(two),
            (one, two) => one.is_none() && two.is_none(),
        };
        let is_patched =
            !first.patches.is_empty() || ways.iter().any(|way| !way.patches.is_empty());
        if !ways.iter().all(same) || is_patched && !ways.is_empty() {
            let why = "several kustomizations build it, and not in the same way";
            return Err(Problem { place: node.span, why });
        }
        Ok(first)
    }

    fn along(
        &self,
        builds: &Builds<'_>,
        chain: &[usize],
        node: &Node,
        is_only: bool,
    ) -> Result<Built, Problem> {
        let mut built = Built { node: Some(node.clone()), patches: BTreeSet::new() };
        // A resource is known by the namespaces that it had before, too.
        let mut namespaces = vec![namespace(node).to_owned()];
        for at in chain {
            let Some(level) = builds.levels.get(*at) else { continue };
            if let Some(place) = level.renames() {
                let why = "its kustomization changes names, and others name it";
                return Err(Problem { place: place.span, why });
            }
            if let Some(place) = level.node.get("replacements").filter(|node| names_metallb(node)) {
                let why = "a replacement sets some of its fields";
                return Err(Problem { place: place.span, why });
            }
            for (number, patch) in self.all.iter().enumerate().filter(|(_, one)| one.level == *at) {
                let Some(resource) = &mut built.node else { break };
                let problem = |why| Problem { place: patch.item.span, why };
                match patch.apply(resource, &namespaces).map_err(problem)? {
                    Applied::No => continue,
                    Applied::Yes => {}
                    Applied::Deleted => built.node = None,
                }
                built.patches.insert(number);
            }
            if let Some(resource) = &mut built.node {
                level.labels().into_iter().for_each(|labels| add_labels(resource, labels));
            }
            namespaces.extend(level.namespace().map(str::to_owned));
        }
        if let (Some(namespace), Some(node), true) =
            (builds.namespace(chain), &mut built.node, is_only)
        {
            set_namespace(node, &namespace);
        }
        Ok(built)
    }
}

enum Applied {
    No,
    Yes,
    Deleted,
}

impl Patch<'_> {
    /// Whether it is for nothing but MetalLB's resources.
    pub(super) fn is_of_metallb(&self) -> bool {
        let of = |target: &Node, key: &str, test: &dyn Fn(&str) -> bool| {
            target.get(key).and_then(Node::as_str).is_some_and(test)
        };
        match (self.target, &self.body) {
            (Some(target), _) => {
                of(target, "group", &|group| group == metallb::GROUP)
                    || of(target, "kind", &is_metallb)
            }
            (None, Body::Merge(documents)) => {
                !documents.is_empty() && documents.iter().all(is_resource)
            }
            (None, _) => false,
        }
    }

    /// Does it to a resource, if that is meant.
    fn apply(&self, resource: &mut Node, namespaces: &[String]) -> Result<Applied, Why> {
        match self.target {
            Some(target) => {
                if !meant(target, resource, namespaces)?
                    || !self.is_of_metallb() && self.only_annotates()
                {
                    return Ok(Applied::No);
                }
                self.apply_to_target(target, resource)
            }
            None => self.apply_by_name(resource, namespaces),
        }
    }

    fn apply_to_target(&self, target: &Node, resource: &mut Node) -> Result<Applied, Why> {
        if ["labelSelector", "annotationSelector"].iter().any(|key| target.get(key).is_some()) {
            return Err("its target goes by labels or annotations");
        }
        if !self.is_of_metallb() {
            return Err("its target may be other resources as well");
        }
        match &self.body {
            Body::Operations(list) => patching::operate(resource, list).map(|()| Applied::Yes),
            Body::Merge(documents) => merged(resource, documents.iter()),
            Body::Unread => Err("what it says cannot be read"),
        }
    }

    fn apply_by_name(&self, resource: &mut Node, namespaces: &[String]) -> Result<Applied, Why> {
        let Body::Merge(documents) = &self.body else { return Ok(Applied::No) };
        let is_it = |one: &Node| {
            let place = effective(namespace(one));
            is_resource(one)
                && (version(one), kind(one), name(one))
                    == (version(resource), kind(resource), name(resource))
                && namespaces.iter().any(|known| effective(known) == place)
        };
        let meant: Vec<&Node> = documents.iter().filter(|one| is_it(one)).collect();
        if meant.is_empty() {
            return Ok(Applied::No);
        }
        if !self.is_of_metallb() {
            return Err("it patches other resources as well");
        }
        merged(resource, meant.into_iter())
    }

    /// Whether it sets annotations only, which say nothing to MetalLB.
    fn only_annotates(&self) -> bool {
        match &self.body {
            Body::Operations(Node { value: Value::Seq(items), .. }) => items.iter().all(|item| {
                let path = item.get("path").and_then(Node::as_str);
                path.is_some_and(|path| path.starts_with("/metadata/annotations"))
            }),
            Body::Merge(documents) => documents.iter().all(|document| {
                let only = |node: &Node, known: &[&str]| match &node.value {
                    Value::Map(entries) => {
                        entries.iter().all(|(key, ..)| known.contains(&key.as_str()))
                    }
                    _ => false,
                };
                only(document, &["apiVersion", "kind", "metadata"])
                    && document
                        .get("metadata")
                        .is_none_or(|meta| only(meta, &["name", "namespace", "annotations"]))
            }),
            _ => false,
        }
    }
}

fn merged<'n>(
    resource: &mut Node,
    documents: impl Iterator<Item = &'n Node>,
) -> Result<Applied, Why> {
    // A name in a patch with a target is that of anything.
    let own = resource.get("metadata").and_then(|metadata| metadata.get("name")).cloned();
    let mut kept = true;
    for one in documents {
        kept &= patching::merge(resource, one)?;
    }
    if let (Some(own), Value::Map(entries)) = (own, &mut resource.value) {
        let metadata = entries.iter_mut().find(|(key, ..)| key == "metadata");
        if let Some((.., Node { value: Value::Map(metadata), .. })) = metadata
            && let Some((.., name)) = metadata.iter_mut().find(|(key, ..)| key == "name")
        {
            *name = own;
        }
    }
    Ok(if kept { Applied::Yes } else { Applied::Deleted })
}

/// Whether replacements select resources of MetalLB's as their targets.
fn names_metallb(replacements: &Node) -> bool {
    let list = |node: &Node, key: &str| match node.get(key).map(|list| &list.value) {
        Some(Value::Seq(items)) => items.clone(),
        _ => Vec::new(),
    };
    let Value::Seq(all) = &replacements.value else { return false };
    let targets = all.iter().flat_map(|one| list(one, "targets"));
    targets.filter_map(|target| target.get("select").cloned()).any(|select| {
        is_metallb(kind(&select))
            || select.get("group").and_then(Node::as_str) == Some(metallb::GROUP)
    })
}

/// Whether a target means a resource: its fields are patterns of whole words.
fn meant(target: &Node, resource: &Node, namespaces: &[String]) -> Result<bool, Why> {
    let (group, version) = version(resource).split_once('/').unwrap_or(("", version(resource)));
    let namespaces: Vec<&str> = namespaces.iter().map(String::as_str).collect();
    for (key, values) in [
        ("kind", vec![kind(resource)]),
        ("name", vec![name(resource)]),
        ("group", vec![group]),
        ("version", vec![version]),
        ("namespace", namespaces),
    ] {
        let Some(pattern) = target.get(key).and_then(Node::as_str) else { continue };
        let pattern = Regex::new(&format!("^(?:{pattern})$"));
        let pattern = pattern.map_err(|_| "a pattern of its target cannot be read")?;
        if !values.iter().any(|value| pattern.is_match(value)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a patch says, and the file in which it does.
fn body(
    tree: &Tree,
    directory: &Path,
    tool: Tool,
    list: &str,
    item: &Node,
) -> (Option<PathBuf>, Body) {
    let inline = |node: &Node| match &node.value {
        Value::Seq(_) => Body::Operations(node.clone()),
        Value::String(_) => of_documents(parse_embedded(&tree.sources, node, &mut Vec::new())),
        _ => Body::Unread,
    };
    if tool == Tool::Flux && list == "patchesStrategicMerge" {
        return (None, Body::Merge(vec![item.clone()]));
    }
    if let Some(patch) = item.get("patch") {
        return (None, inline(patch));
    }
    match item.get("path").unwrap_or(item).as_str() {
        Some(text) if text.contains('\n') => (None, inline(item)),
        Some(path) => {
            let path = plain(&directory.join(path));
            let file = tree.files.iter().find(|file| file.path == path);
            let documents = file.and_then(|file| file.documents.as_ref());
            let nodes = documents.map(|documents| {
                documents.iter().map(|one| one.content.clone().ok()).collect::<Option<Vec<_>>>()
            });
            let body = nodes.flatten().map_or(Body::Unread, of_documents);
            (Some(path), body)
        }
        None => (None, Body::Unread),
    }
}

fn of_documents(mut documents: Vec<Node>) -> Body {
    match &documents[..] {
        [] => Body::Unread,
        [Node { value: Value::Seq(_), .. }] => Body::Operations(documents.remove(0)),
        _ => Body::Merge(documents),
    }
}

fn kind(node: &Node) -> &str {
    node.get("kind").and_then(Node::as_str).unwrap_or_default()
}

fn name(node: &Node) -> &str {
    let name = node.get("metadata").and_then(|metadata| metadata.get("name"));
    name.and_then(Node::as_str).unwrap_or_default()
}

fn namespace(node: &Node) -> &str {
    let namespace = node.get("metadata").and_then(|metadata| metadata.get("namespace"));
    namespace.and_then(Node::as_str).unwrap_or_default()
}

/// No namespace is the one of that name.
fn effective(namespace: &str) -> &str {
    if namespace.is_empty() { "default" } else { namespace }
}

fn version(node: &Node) -> &str {
    node.get("apiVersion").and_then(Node::as_str).unwrap_or_default()
}

fn is_resource(node: &Node) -> bool {
    version(node).split_once('/').is_some_and(|(group, _)| group == metallb::GROUP)
        && METALLB_KINDS.contains(&kind(node))
}

/// Sets `metadata.namespace`.
pub(super) fn set_namespace(node: &mut Node, namespace: &str) {
    set_in_metadata(node, |metadata, span| {
        metadata.retain(|(key, ..)| key != "namespace");
        let value = Value::String(namespace.to_owned());
        metadata.push(("namespace".to_owned(), span, Node { span, value }));
    });
}

fn add_labels(node: &mut Node, labels: &Node) {
    let Value::Map(labels) = &labels.value else { return };
    set_in_metadata(node, |metadata, span| {
        if !metadata.iter().any(|(key, ..)| key == "labels") {
            let empty = Node { span, value: Value::Map(Vec::new()) };
            metadata.push(("labels".to_owned(), span, empty));
        }
        let there = metadata.iter_mut().find(|(key, ..)| key == "labels");
        if let Some((.., Node { value: Value::Map(there), .. })) = there {
            there.retain(|(key, ..)| labels.iter().all(|(new, ..)| new != key));
            there.extend(labels.iter().cloned());
        }
    });
}

fn set_in_metadata(node: &mut Node, set: impl FnOnce(&mut Vec<(String, Span, Node)>, Span)) {
    let span = node.span;
    let Value::Map(entries) = &mut node.value else { return };
    let metadata = entries.iter_mut().find(|(key, ..)| key == "metadata");
    if let Some((.., Node { value: Value::Map(metadata), .. })) = metadata {
        set(metadata, span);
    }
}
