//! What the kustomizations of a tree say of its files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::codes;
use super::edit::Edits;
use super::layout::Layout;
use super::tree::{Tree, TreeFile, plain};
use super::written::{NotExact, bytes, line_start};
use crate::diagnostic::Diagnostic;
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

fn strings<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
    let items = match node.get(key).map(|list| &list.value) {
        Some(Value::Seq(items)) => &items[..],
        _ => &[],
    };
    items.iter().filter(|item| item.as_str().is_some())
}

fn maps<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
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

/// Names patches of MetalLB's resources: what they patch is no longer there.
pub(super) fn patches_of_metallb(tree: &Tree) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, node) in kustomizations(tree) {
        for patch in maps(node, "patches").chain(maps(node, "patchesJson6902")) {
            let target = patch.get("target").and_then(|target| target.get("kind"));
            let by_target = target.filter(|kind| kind.as_str().is_some_and(is_metallb));
            let inline = patch.get("patch").filter(|text| {
                text.as_str().is_some_and(|text| text.contains("apiVersion: metallb.io/"))
            });
            if let Some(place) = by_target.or(inline) {
                found.push(
                    Diagnostic::lossy(
                        codes::RESOURCE_LEFT,
                        "a patch of a MetalLB resource is left as it is: what it patches is \
                         replaced without it",
                    )
                    .label(Some(place.span), "patches a resource of MetalLB's")
                    .help("write what it says into the resource first, or into Cilium's"),
                );
            }
        }
    }
    found
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

fn is_metallb(kind: &str) -> bool {
    kind != SHARED_KIND && METALLB_KINDS.contains(&kind)
}

/// Takes items out of a list.
fn take_out(
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
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline + 1);
    edits.replace(start..end, "");
    Ok(())
}
