//! Configuration in the values of MetalLB's own chart (`configInline`, up to 0.12).

use std::rc::Rc;

use super::codes;
use super::configuration::{Configuration, is_configuration, kind};
use super::edit::Edits;
use super::find::is_encrypted;
use super::layout::Layout;
use super::tree::Tree;
use super::written::{NotExact, bytes};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Sources, Span, Value, parse_embedded};

/// The key under which the chart takes it.
const KEY: &str = "configInline";
/// The key under which the chart takes the name of a ConfigMap instead.
const POINTER: &str = "existingConfigMap";

/// A place with such configuration.
#[derive(Debug, Clone)]
pub(super) struct Inline {
    /// The mapping with the key in it.
    map: Rc<Node>,
    /// The mapping around that one and its key there.
    parent: Option<(Rc<Node>, String)>,
    /// The key.
    pub(super) key: Span,
    /// What stands behind the key.
    pub(super) value: Span,
}

/// What was found in a document.
#[derive(Debug, Default)]
pub(super) struct Inlines {
    pub(super) found: Vec<Inline>,
    /// Keys in texts that are not edited.
    pub(super) left: Vec<Span>,
}

/// Looks for it in a document.
pub(super) fn inlines(sources: &Sources, document: &Node) -> Inlines {
    let mut found = Inlines::default();
    if !is_encrypted(document) {
        walk(sources, document, None, &mut found);
    }
    found
}

fn walk(sources: &Sources, node: &Node, parent: Option<(&Rc<Node>, &str)>, found: &mut Inlines) {
    match &node.value {
        Value::Map(entries) => {
            let own = Rc::new(node.clone());
            for (key, span, value) in entries {
                if key == KEY && holds(value) {
                    found.found.push(Inline {
                        map: Rc::clone(&own),
                        parent: parent.map(|(map, key)| (Rc::clone(map), key.to_owned())),
                        key: *span,
                        value: value.span,
                    });
                } else if key != "metadata" && key != "status" {
                    walk(sources, value, Some((&own, key)), found);
                }
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| walk(sources, item, None, found)),
        Value::String(text) if text.contains("configInline:") => {
            let written = &sources.get(node.span.source).text;
            let is_literal =
                written.get(bytes(node.span)).is_some_and(|text| text.starts_with('|'));
            let documents = parse_embedded(sources, node, &mut Vec::new());
            if is_literal && documents.iter().all(|one| one.span != node.span) {
                documents.iter().for_each(|one| walk(sources, one, None, found));
            } else if documents.iter().any(anywhere) {
                found.left.push(node.span);
            }
        }
        _ => {}
    }
}

fn holds(value: &Node) -> bool {
    matches!(&value.value, Value::Map(entries) if !entries.is_empty())
}

fn anywhere(node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => {
            entries.iter().any(|(key, _, value)| key == KEY && holds(value) || anywhere(value))
        }
        Value::Seq(items) => items.iter().any(anywhere),
        _ => false,
    }
}

impl Inline {
    /// The edits that take it out.
    pub(super) fn take_out(&self, text: &str) -> Result<Edits, NotExact> {
        let layout = Layout::new(text, &self.map)?;
        let at = layout.entries.iter().position(|entry| entry.key == KEY);
        let at = at.ok_or(NotExact("it stands at another place"))?;
        let mut edits = Edits::default();
        let owner = self.parent.as_ref().and_then(|(map, key)| super::sites::colon(text, map, key));
        if layout.entries.len() == 1 && owner.is_none() {
            let entry = layout.entries.get(at).ok_or(NotExact("it stands at another place"))?;
            let whole = entry.key_range.start..entry.raw.end;
            edits.replace(whole, if layout.flow { "" } else { "{}" });
            return Ok(edits);
        }
        layout.remove(&[at], owner, &mut edits)?;
        Ok(edits)
    }
}

/// Names values of MetalLB's chart that point to a ConfigMap that goes.
pub(super) fn config_maps_gone(tree: &Tree, configuration: &Configuration) -> Vec<Diagnostic> {
    let names: Vec<&str> = configuration
        .nodes
        .iter()
        .filter(|node| kind(node) == "ConfigMap" && is_configuration(node))
        .filter_map(|node| node.get("metadata")?.get("name")?.as_str())
        .collect();
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|_| !names.is_empty()) {
        if !tree.text(file).contains(POINTER) {
            continue;
        }
        for document in file.documents.iter().flatten() {
            let Ok(node) = &document.content else { continue };
            pointers(node, &mut |value| {
                if value.as_str().is_some_and(|name| names.contains(&name)) {
                    found.push(
                        Diagnostic::note(
                            codes::RESOURCE_LEFT,
                            "MetalLB's chart is told to read a ConfigMap that is replaced",
                        )
                        .label(Some(value.span), "the ConfigMap goes")
                        .help("it goes with MetalLB's chart: nothing to do before"),
                    );
                }
            });
        }
    }
    found
}

fn pointers(node: &Node, found: &mut dyn FnMut(&Node)) {
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|(key, _, value)| {
            if key == POINTER {
                found(value);
            }
            pointers(value, found);
        }),
        Value::Seq(items) => items.iter().for_each(|item| pointers(item, found)),
        _ => {}
    }
}
