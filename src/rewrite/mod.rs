//! A GitOps tree that asks MetalLB for things, edited so that it asks Cilium.
//!
//! In: a [`Tree`] of files, and the conversion of the MetalLB resources in it. Out:
//! [`Rewritten`], the files that change. Texts are edited span by span and never
//! written anew: comments, quotes, anchors and the layout of what is not meant stay
//! byte for byte.

mod builds;
mod change;
pub mod codes;
mod configuration;
mod edit;
mod find;
mod inline;
mod kustomization;
mod layout;
mod mentions;
mod names;
mod operations;
mod patches;
mod patching;
mod replacing;
mod sites;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod wishes;
mod write;
mod written;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::manifest::{RawError, raw_documents};

pub use change::{Change, What, shown};
pub use configuration::Configuration;
pub use replacing::Replacement;
pub use sites::Options;
pub use tree::{Tree, TreeFile};
pub use wishes::Pools;
pub use write::write;

use builds::Builds;
use edit::Edits;
use find::{Finder, Found, is_encrypted};
use mentions::{Place, mentions, united};
use replacing::Replaced;
use sites::Editing;
use wishes::Sharing;

/// What becomes of a tree.
#[derive(Debug, Clone, Default)]
pub struct Rewritten {
    /// The files that change, in the order of their names.
    pub changes: Vec<Change>,
    /// What was left alone, and why.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a tree is rewritten with.
pub struct Request<'a> {
    /// What is asked for.
    pub options: Options,
    /// What is known of the pools.
    pub pools: &'a Pools,
    /// MetalLB's resources in the tree.
    pub configuration: &'a Configuration,
    /// Cilium's resources that come into their place; `None` where they stay.
    pub replacements: Option<&'a [Replacement]>,
}

/// Works out what changes in a tree.
pub fn rewrite(tree: &Tree, request: &Request<'_>) -> Rewritten {
    let builds = Builds::read(tree);
    let found: Vec<Found> = tree.files.iter().map(|file| find(tree, &builds, file)).collect();
    let mut sharing = Sharing::default();
    for (file, found) in tree.files.iter().zip(&found) {
        let name = file.path.display().to_string();
        found.sites.iter().for_each(|site| sharing.add(&name, site));
    }
    let mut rewritten = Rewritten::default();
    let mut replaced = Replaced::default();
    if let Some(replacements) = request.replacements {
        replaced = request.configuration.replace(tree, replacements);
        rewritten.diagnostics.append(&mut replaced.diagnostics);
        rewritten.diagnostics.extend(inline::config_maps_gone(tree, request.configuration));
        let moved = replacing::moved_secrets(&builds, &replaced.homes, replacements);
        rewritten.diagnostics.extend(moved);
    }
    let lists = off_the_lists(tree, &replaced.removed, &mut rewritten.diagnostics);
    for (at, of_list) in lists {
        replaced.edit(at).append(of_list);
    }
    for (at, (file, found)) in tree.files.iter().zip(&found).enumerate() {
        let mut editing = Editing {
            text: tree.text(file),
            options: request.options,
            pools: request.pools,
            sharing: &sharing,
            edits: replaced.edits.remove(&at).unwrap_or_default(),
            diagnostics: Vec::new(),
        };
        if replaced.removed.contains(&file.path) {
            let before = tree.text(file).to_owned();
            rewritten.changes.push(Change::new(&file.path, What::Removed { before }));
            continue;
        }
        found.sites.iter().for_each(|site| editing.site(site));
        found.operations.iter().for_each(|operations| editing.operations(operations));
        found.asking.iter().for_each(|asking| editing.asking(asking));
        rewritten.diagnostics.append(&mut editing.diagnostics);
        let edits = editing.edits;
        mention(tree, file, found, &request.configuration.replaced(at), &mut rewritten);
        if !edits.is_empty() {
            change(tree, file, &edits, &mut rewritten);
        }
    }
    for file in replaced.created {
        rewritten.changes.push(Change::new(&file.path, What::Created { after: file.text }));
    }
    rewritten.changes.sort_by(|one, two| one.path.cmp(&two.path));
    rewritten
}

fn find(tree: &Tree, builds: &Builds<'_>, file: &TreeFile) -> Found {
    let text = tree.text(file);
    // Most files of a tree have nothing to do with load balancers.
    if !text.contains("metallb") && !text.contains("loadBalancerIP") {
        return Found::default();
    }
    let mut finder = Finder::new(&tree.sources, builds.namespaces(&file.path));
    for document in file.documents.iter().flatten() {
        if let Ok(node) = &document.content {
            finder.document(node);
        }
    }
    finder.found
}

/// The edits of kustomizations, by file.
fn off_the_lists(
    tree: &Tree,
    removed: &BTreeSet<PathBuf>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, Edits)> {
    let mut all = Vec::new();
    for (file, edits, list) in kustomization::without(tree, removed) {
        let at = tree.files.iter().position(|one| one.path == file.path);
        match (edits, at) {
            (Ok(edits), Some(at)) => all.push((at, edits)),
            (Err(problem), _) => diagnostics.push(
                Diagnostic::lossy(
                    codes::NOT_EDITED,
                    format!("a list names files that go, and is left as it is: {}", problem.0),
                )
                .label(Some(list.span), "take them out here"),
            ),
            (Ok(_), None) => {}
        }
    }
    all
}

/// Takes a file's edits, once it is sure that it still reads.
fn change(tree: &Tree, file: &TreeFile, edits: &Edits, rewritten: &mut Rewritten) {
    let before = tree.text(file);
    let after = match edits.apply(before) {
        None => Err("its edits would touch each other"),
        // The anchor of an alias that stays, say, would be gone.
        Some(after) if !reads_as_well(tree, file, &after) => Err("it could not be read afterwards"),
        Some(after) => Ok(after),
    };
    match after {
        Ok(after) if after == before => {}
        Ok(after) => {
            let what = What::Changed { before: before.to_owned(), after };
            rewritten.changes.push(Change::new(&file.path, what));
        }
        Err(why) => rewritten.diagnostics.push(
            Diagnostic::lossy(
                codes::NOT_EDITED,
                format!("{} is left as it is: {why}", file.path.display()),
            )
            .help("set Cilium's annotations there by hand"),
        ),
    }
}

/// Whether every document of the new text can be read, where all could before.
fn reads_as_well(tree: &Tree, file: &TreeFile, after: &str) -> bool {
    let broken = |documents: &[crate::manifest::RawDocument]| {
        documents.iter().filter(|document| document.content.is_err()).count()
    };
    let mut sources = crate::manifest::Sources::default();
    let id = sources.add(tree.sources.get(file.id).name.clone(), after.to_owned());
    broken(&raw_documents(&sources, id)) == broken(file.documents.as_deref().unwrap_or_default())
}

/// Names what of a file speaks of MetalLB and is left alone.
fn mention(
    tree: &Tree,
    file: &TreeFile,
    found: &Found,
    replaced: &[std::ops::Range<usize>],
    rewritten: &mut Rewritten,
) {
    let (name, text) = (file.path.display().to_string(), tree.text(file));
    let mut say = |within, handled: &[std::ops::Range<usize>], place| {
        rewritten.diagnostics.extend(mentions(&name, text, file.id, within, handled, place));
    };
    let Some(documents) = &file.documents else {
        return say(0..text.len(), &[], Place::OtherText);
    };
    let mut handled = found.handled.clone();
    handled.extend_from_slice(replaced);
    for site in &found.sites {
        if let crate::manifest::Value::Map(entries) = &site.map.value {
            let keys = entries.iter().filter(|(key, ..)| names::annotation(key).is_some());
            handled.extend(keys.map(|(_, span, _)| written::bytes(*span)));
        }
    }
    for operations in &found.operations {
        handled.push(replacing::place(&operations.list));
    }
    let handled = united(handled);
    for document in documents {
        let place = match &document.content {
            Ok(node) if is_encrypted(node) => Place::NotReadable,
            Ok(_) => Place::String,
            Err(RawError::Template(_)) => Place::Template,
            Err(RawError::Broken(_)) => Place::NotReadable,
        };
        let none = [];
        let handled = if place == Place::String { &handled[..] } else { &none[..] };
        say(document.range.clone(), handled, place);
    }
}
