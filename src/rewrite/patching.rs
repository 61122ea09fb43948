//! Patches done to a node, as Kustomize does them to a custom resource.

use super::names::from_pointer;
use crate::manifest::{Node, Value};

/// Why a patch is not followed.
pub(super) type Why = &'static str;

/// Merges a patch in; whether anything is left. The lists of a custom resource are
/// replaced as a whole, and `null` takes a field out (RFC 7386).
pub(super) fn merge(base: &mut Node, patch: &Node) -> Result<bool, Why> {
    if patch.get("$patch").and_then(Node::as_str) == Some("delete") {
        return Ok(false);
    }
    merge_in(base, patch)?;
    Ok(true)
}

fn merge_in(base: &mut Node, patch: &Node) -> Result<(), Why> {
    let Value::Map(changes) = &patch.value else {
        *base = patch.clone();
        return Ok(());
    };
    if changes.iter().any(|(key, ..)| key.starts_with('$')) {
        return Err("it has a directive of strategic merges");
    }
    if !matches!(base.value, Value::Map(_)) {
        *base = Node { span: patch.span, value: Value::Map(Vec::new()) };
    }
    let Value::Map(entries) = &mut base.value else { return Ok(()) };
    for (key, span, change) in changes {
        let there = entries.iter().position(|(name, ..)| name == key);
        match (there, &change.value) {
            (Some(at), Value::Null) => {
                entries.remove(at);
            }
            (None, Value::Null) => {}
            (Some(at), _) => {
                if let Some((.., value)) = entries.get_mut(at) {
                    merge_in(value, change)?;
                }
            }
            (None, _) => {
                let mut value = Node { span: change.span, value: Value::Null };
                merge_in(&mut value, change)?;
                entries.push((key.clone(), *span, value));
            }
        }
    }
    Ok(())
}

/// Does the operations of a JSON patch (RFC 6902).
pub(super) fn operate(base: &mut Node, operations: &Node) -> Result<(), Why> {
    let Value::Seq(operations) = &operations.value else {
        return Err("it is no list of operations");
    };
    operations.iter().try_for_each(|operation| one(base, operation))
}

fn one(base: &mut Node, operation: &Node) -> Result<(), Why> {
    const ODD: Why = "an operation is not written as RFC 6902 has it";
    let text = |key| operation.get(key).and_then(Node::as_str);
    let (op, path) = (text("op").ok_or(ODD)?, text("path").ok_or(ODD)?);
    let parts: Vec<String> =
        path.strip_prefix('/').ok_or(ODD)?.split('/').map(from_pointer).collect();
    if path == "/metadata/name" || path == "/kind" || path == "/metadata" {
        return Err("it changes the name of a resource");
    }
    let (last, parents) = parts.split_last().ok_or(ODD)?;
    let parent = parents.iter().try_fold(base, |node, part| child(node, part));
    let parent = parent.ok_or("its path leads to nothing")?;
    match op {
        "remove" => take(parent, last),
        "add" | "replace" => put(parent, last, operation.get("value").ok_or(ODD)?, op == "add"),
        _ => Err("it has other operations than add, replace and remove"),
    }
}

fn child<'n>(node: &'n mut Node, part: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(entries) => {
            entries.iter_mut().find(|(key, ..)| key == part).map(|(.., value)| value)
        }
        Value::Seq(items) => items.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    }
}

fn take(parent: &mut Node, last: &str) -> Result<(), Why> {
    const MISSING: Why = "it takes out what is not there";
    match &mut parent.value {
        Value::Map(entries) => {
            let at = entries.iter().position(|(key, ..)| key == last).ok_or(MISSING)?;
            entries.remove(at);
        }
        Value::Seq(items) => {
            let at = last.parse().ok().filter(|at| *at < items.len()).ok_or(MISSING)?;
            items.remove(at);
        }
        _ => return Err(MISSING),
    }
    Ok(())
}

fn put(parent: &mut Node, last: &str, value: &Node, add: bool) -> Result<(), Why> {
    const MISSING: Why = "it replaces what is not there";
    match &mut parent.value {
        Value::Map(entries) => match entries.iter_mut().find(|(key, ..)| key == last) {
            Some((.., there)) => *there = value.clone(),
            None if add => entries.push((last.to_owned(), value.span, value.clone())),
            None => return Err(MISSING),
        },
        Value::Seq(items) if add && last == "-" => items.push(value.clone()),
        Value::Seq(items) => {
            let at: usize = last.parse().ok().ok_or(MISSING)?;
            if add && at <= items.len() {
                items.insert(at, value.clone());
            } else {
                *items.get_mut(at).filter(|_| !add).ok_or(MISSING)? = value.clone();
            }
        }
        _ => return Err(MISSING),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Sources, raw_documents};

    fn node(text: &str) -> Node {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text.to_owned());
        raw_documents(&sources, id).into_iter().next().unwrap().content.unwrap()
    }

    #[test]
    fn patches_are_merged() {
        for (base, patch, after) in [
            (
                "a: {b: 1, c: [1, 2]}",
                "a: {c: [3], d: {e: 4, f: null}}",
                "a: {b: 1, c: [3], d: {e: 4}}",
            ),
            ("a: 1\nb: 2", "a: null\nc: null", "b: 2"),
            ("a: 1", "a: {b: c}", "a: {b: c}"),
        ] {
            let mut merged = node(base);
            assert_eq!(merge(&mut merged, &node(patch)), Ok(true));
            assert!(merged.same(&node(after)), "{base} {patch}");
        }
        assert_eq!(merge(&mut node("a: 1"), &node("$patch: delete")), Ok(false));
        assert!(merge(&mut node("a: {}"), &node("a: {$patch: replace}")).is_err());
    }

    #[test]
    fn operations_are_done() {
        for (operations, after) in [
            ("[{op: add, path: /l/-, value: 3}]", Some("l: [1, 2, 3]\nm: {x/y: 1}")),
            ("[{op: add, path: /l/0, value: 0}]", Some("l: [0, 1, 2]\nm: {x/y: 1}")),
            ("[{op: replace, path: /l/1, value: 5}]", Some("l: [1, 5]\nm: {x/y: 1}")),
            ("[{op: remove, path: /m/x~1y}]", Some("l: [1, 2]\nm: {}")),
            ("[{op: add, path: /p, value: {a: b}}]", Some("l: [1, 2]\nm: {x/y: 1}\np: {a: b}")),
            ("[{op: replace, path: /p, value: 1}]", None),
            ("[{op: add, path: /l/9, value: 1}]", None),
            ("[{op: remove, path: /o}]", None),
            ("[{op: move, from: /l, path: /o}]", None),
            ("[{op: replace, path: /metadata/name, value: x}]", None),
            ("[{op: add}]", None),
            ("{op: add}", None),
        ] {
            let mut base = node("l: [1, 2]\nm: {x/y: 1}");
            let done = operate(&mut base, &node(operations));
            assert_eq!(done.is_ok(), after.is_some(), "{operations}: {done:?}");
            assert!(after.is_none_or(|after| base.same(&node(after))), "{operations}");
        }
    }
}
