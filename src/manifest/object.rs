//! Documents become objects: kinds, `List`s, metadata.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parse::{ParseError, ParseErrorKind};
use super::read::{Manifests, Untyped};
use super::{Node, Object, ObjectMeta, Value, read};

/// Adds the objects of a document.
pub(super) fn collect(manifests: &mut Manifests, node: Node) -> Result<(), ParseError> {
    match node.value {
        Value::Map(_) => object(manifests, node, None),
        Value::Null => Ok(()),
        Value::Seq(_) => Err(ParseErrorKind::NotAnObject("a list").at(node.span)),
        _ => Err(ParseErrorKind::NotAnObject("text").at(node.span)),
    }
}

/// What the items of a typed list are where they do not say it themselves.
struct Inherited {
    api_version: String,
    kind: String,
}

fn object(
    manifests: &mut Manifests,
    node: Node,
    inherited: Option<&Inherited>,
) -> Result<(), ParseError> {
    let text = |key| node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let api_version = text("apiVersion").or(inherited.map(|from| from.api_version.as_str()));
    let kind = text("kind").or(inherited.map(|from| from.kind.as_str()));
    let (api_version, kind) = match (api_version, kind) {
        (Some(api_version), Some(kind)) => (api_version.to_owned(), kind.to_owned()),
        (api_version, _) => {
            // A mapping with one of the two may be anything, unless it has
            // what only objects have.
            let one = node.get("apiVersion").is_some() || node.get("kind").is_some();
            if one && matches!(node.get("metadata"), Some(Node { value: Value::Map(_), .. })) {
                let missing = if api_version.is_none() { "apiVersion" } else { "kind" };
                return Err(ParseErrorKind::Missing(missing).at(node.nearest(missing).span));
            }
            manifests.untyped.push(Untyped { node: Arc::new(node) });
            return Ok(());
        }
    };
    if let Some(item_kind) = kind.strip_suffix("List")
        && matches!(node.get("items"), Some(Node { value: Value::Seq(_) | Value::Null, .. }))
    {
        let inherited =
            (!item_kind.is_empty()).then(|| Inherited { api_version, kind: item_kind.to_owned() });
        list(manifests, node, inherited.as_ref());
        return Ok(());
    }
    let meta = meta(&node);
    manifests.objects.push(Object { api_version, kind, meta, node: Arc::new(node) });
    Ok(())
}

/// Each item is taken on its own: one that is wrong does not hide the next.
fn list(manifests: &mut Manifests, node: Node, inherited: Option<&Inherited>) {
    let Value::Map(entries) = node.value else { return };
    for (key, _, value) in entries {
        let Value::Seq(items) = value.value else { continue };
        if key != "items" {
            continue;
        }
        for item in items {
            let result = match item.value {
                Value::Map(_) => object(manifests, item, inherited),
                _ => Err(ParseErrorKind::NotAnObject("an item that is no mapping").at(item.span)),
            };
            if let Err(error) = result {
                manifests.problem(read::describe(error));
            }
        }
    }
}

/// `metadata` as far as it is well-formed.
pub(super) fn meta(node: &Node) -> ObjectMeta {
    let Some(metadata) = node.get("metadata") else { return ObjectMeta::default() };
    let text = |key| metadata.get(key).and_then(Node::as_str).map(str::to_owned);
    ObjectMeta {
        name: text("name").unwrap_or_default(),
        namespace: text("namespace").unwrap_or_default(),
        labels: strings(metadata.get("labels")),
        annotations: strings(metadata.get("annotations")),
        creation_timestamp: text("creationTimestamp"),
    }
}

fn strings(node: Option<&Node>) -> BTreeMap<String, String> {
    let Some(Node { value: Value::Map(entries), .. }) = node else { return BTreeMap::new() };
    entries
        .iter()
        .filter_map(|(key, _, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}
