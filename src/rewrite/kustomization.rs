//! What the kustomizations of a tree say of its files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::edit::Edits;
use super::layout::{Layout, Pair, Written};
use super::tree::{Tree, TreeFile, plain};
use super::written::{NotExact, bytes, line_break, line_start, written_end};
use crate::manifest::{METALLB_KINDS, Node, Value};

/// The one of MetalLB's kinds that others have, too.
const SHARED_KIND: &str = "Community";

/// Lists of a kustomization that name files.
const LISTS: [&str; 3] = ["resources", "bases", "components"];

/// Whether a file is a kustomization by its name.
pub(super) fn is_kustomization(path: &Path) -> bool {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    path.file_name().is_some_and(|name| names.iter().any(|known| name == *known))
}

fn kustomizations(tree: &Tree) -> impl Iterator<Item = (&TreeFile, &Node)> {
    let files = tree.files.iter().filter(|file| is_kustomization(&file.path));
    files.flat_map(|file| {
        let documents = file.documents.iter().flatten();
        documents.filter_map(move |one| Some((file, one.content.as_ref().ok()?)))
    })
}

pub(super) fn strings<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
    let items = match node.get(key).map(|list| &list.value) {
        Some(Value::Seq(items)) => &items[..],
        _ => &[],
    };
    items.iter().filter(|item| item.as_str().is_some())
}

pub(super) fn maps<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
    let items = match node.get(key).map(|list| &list.value) {
        Some(Value::Seq(items)) => &items[..],
        _ => &[],
    };
    items.iter().filter(|item| matches!(item.value, Value::Map(_)))
}

/// A path in a kustomization, from where the tree was named.
fn resolved(file: &TreeFile, item: &Node) -> Option<PathBuf> {
    let text = item.as_str().filter(|text| !text.contains('\n'))?;
    Some(plain(&file.path.parent().unwrap_or(Path::new("")).join(text)))
}

/// The files that patch other resources, and are none themselves.
pub(super) fn patch_files(tree: &Tree) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for (file, node) in kustomizations(tree) {
        files
            .extend(strings(node, "patchesStrategicMerge").filter_map(|item| resolved(file, item)));
        for list in ["patches", "patchesJson6902"] {
            let paths = maps(node, list).filter_map(|patch| patch.get("path"));
            files.extend(paths.filter_map(|path| resolved(file, path)));
        }
    }
    files
}

/// The edits that put a file on the list of the kustomization in a directory; `None`
/// where there is none.
pub(super) fn listed(
    tree: &Tree,
    directory: &Path,
    name: &str,
) -> Option<(usize, Result<Edits, NotExact>)> {
    let mut all = tree.files.iter().enumerate();
    let is_there =
        |file: &TreeFile| is_kustomization(&file.path) && file.path.parent() == Some(directory);
    let (at, file) = all.find(|(_, file)| is_there(file))?;
    let node = file.documents.iter().flatten().find_map(|one| one.content.as_ref().ok())?;
    Some((at, put_on(tree.text(file), node, name)))
}

fn put_on(text: &str, node: &Node, name: &str) -> Result<Edits, NotExact> {
    const ODD: NotExact =
        NotExact("the list of its kustomization is written in a way that is not edited");
    let mut edits = Edits::default();
    let layout = Layout::new(text, node)?;
    let Some(entry) = layout.entry("resources") else {
        let last = layout.entries.last().filter(|_| !layout.flow).ok_or(ODD)?;
        let value = Written::Raw(format!("[{name}]"));
        layout.add(last, &[Pair { key: "resources".to_owned(), value }], &mut edits)?;
        return Ok(edits);
    };
    let Value::Seq(items) = &entry.value.value else { return Err(ODD) };
    let written = layout.written(entry);
    if let Some(inner) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let separator = match inner.trim() {
            "" => "",
            inner if inner.ends_with(',') => " ",
            _ => ", ",
        };
        edits.insert(entry.raw.end - 1, format!("{separator}{name}"));
        return Ok(edits);
    }
    let last = bytes(items.last().ok_or(ODD)?.span);
    let start = line_start(text, last.start);
    let dash = &text[start..last.start];
    if dash.trim() != "-" {
        return Err(ODD);
    }
    let newline = text[last.end..].find('\n').map(|at| last.end + at + 1);
    let line_break = line_break(text, last.end);
    match newline {
        Some(at) => edits.insert(at, format!("{dash}{name}{line_break}")),
        None => edits.insert(text.len(), format!("{line_break}{dash}{name}")),
    }
    Ok(edits)
}

/// The edits that take removed files off the lists of their kustomizations, by file.
pub(super) fn without<'t>(
    tree: &'t Tree,
    removed: &BTreeSet<PathBuf>,
) -> Vec<(&'t TreeFile, Result<Edits, NotExact>, &'t Node)> {
    let mut all = Vec::new();
    for (file, node) in kustomizations(tree) {
        for key in LISTS {
            let Some(list) = node.get(key) else { continue };
            let Value::Seq(items) = &list.value else { continue };
            let is_gone = |item: &Node| {
                item.as_str().is_some()
                    && resolved(file, item).is_some_and(|path| removed.contains(&path))
            };
            if items.iter().any(is_gone) {
                let gone: Vec<bool> = items.iter().map(is_gone).collect();
                all.push((file, take_out(tree.text(file), node, key, items, &gone), list));
            }
        }
    }
    all
}

/// Whether a kind is MetalLB's alone.
pub(super) fn is_metallb(kind: &str) -> bool {
    kind != SHARED_KIND && METALLB_KINDS.contains(&kind)
}

/// Takes items out of a list.
pub(super) fn take_out(
    text: &str,
    node: &Node,
    key: &str,
    items: &[Node],
    gone: &[bool],
) -> Result<Edits, NotExact> {
    let mut edits = Edits::default();
    let layout = Layout::new(text, node)?;
    let entry = layout.entry(key).ok_or(NotExact("its list stands at another place"))?;
    let written = layout.written(entry);
    if gone.iter().all(|gone| *gone) {
        edits.replace(entry.raw.clone(), if written.starts_with('[') { "[]" } else { "" });
        if !written.starts_with('[') {
            // The list's lines go as a whole; the key keeps an empty list.
            let mut edits = Edits::default();
            edits.insert(entry.key_range.end + 1, " []");
            for item in items {
                remove_line(text, item, &mut edits)?;
            }
            return Ok(edits);
        }
        return Ok(edits);
    }
    if written.starts_with('[') {
        let kept: Vec<&str> = items
            .iter()
            .zip(gone)
            .filter(|(_, gone)| !**gone)
            .map(|(item, _)| &text[bytes(item.span)])
            .collect();
        edits.replace(entry.raw.clone(), format!("[{}]", kept.join(", ")));
        return Ok(edits);
    }
    for (item, _) in items.iter().zip(gone).filter(|(_, gone)| **gone) {
        remove_line(text, item, &mut edits)?;
    }
    Ok(edits)
}

fn remove_line(text: &str, item: &Node, edits: &mut Edits) -> Result<(), NotExact> {
    let range = bytes(item.span);
    let start = line_start(text, range.start);
    if text[start..range.start].trim() != "-" {
        return Err(NotExact("its list is written in a way that is not edited"));
    }
    let last = text[..written_end(text, item)].trim_end().len().max(range.start);
    let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline + 1);
    edits.replace(start..end, "");
    Ok(())
}
