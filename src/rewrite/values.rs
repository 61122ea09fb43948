//! Cilium's objects in the place of configuration in Helm values: behind the object
//! that holds the values, or in a new file beside them.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::codes;
use super::configuration::Slot;
use super::edit::Edits;
use super::inline::Inline;
use super::kustomization;
use super::replacing::{Replacement, comments, is_json, with_breaks_of};
use super::tree::{Tree, TreeFile};
use super::written::NotExact;
use crate::diagnostic::Diagnostic;

/// A file that comes into the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// A place in values and what comes for it.
pub(super) struct Values<'a> {
    pub(super) tree: &'a Tree,
    pub(super) slot: &'a Slot,
    pub(super) place: &'a Inline,
    /// The bytes of the object around, if there is one.
    pub(super) object: Option<&'a Range<usize>>,
    pub(super) new: &'a [&'a Replacement],
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) edits: Vec<(usize, Edits)>,
    pub(super) created: Option<NewFile>,
    pub(super) said: Option<Diagnostic>,
}

/// Takes the configuration out of the values, and puts Cilium's objects where they
/// are applied with them.
pub(super) fn write(values: &Values<'_>, created: &[NewFile]) -> Result<Done, NotExact> {
    const LOST: NotExact = NotExact("its file is not there");
    let file = values.tree.files.get(values.slot.file).ok_or(LOST)?;
    let text = values.tree.text(file);
    let mut done = Done::default();
    let mut edits = values.place.take_out(text)?;
    let documents = documents(text.get(values.slot.range.clone()).unwrap_or_default(), values.new);
    match values.object {
        _ if values.new.is_empty() => {}
        Some(object) if !is_json(file) => {
            // What is taken out may be the last line, which need not end.
            let rest = edits.apply(text.get(..object.end).unwrap_or_default());
            let open = rest.is_some_and(|rest| !rest.ends_with('\n'));
            let written = format!("{}{documents}", if open { "\n" } else { "" });
            edits.insert(object.end, with_breaks_of(text, object.start, written));
        }
        _ => beside(values, file, documents, created, &mut done)?,
    }
    done.edits.push((values.slot.file, edits));
    Ok(done)
}

/// As YAML documents, with the comments of what they come for.
fn documents(body: &str, new: &[&Replacement]) -> String {
    let mut text = "---\n".to_owned();
    comments(body).for_each(|comment| text.push_str(&format!("{comment}\n")));
    for (at, one) in new.iter().enumerate() {
        let document = if at == 0 { one.yaml.strip_prefix("---\n") } else { None };
        text.push_str(document.unwrap_or(&one.yaml));
    }
    text
}

/// In a new file: a template of the chart whose values they are, or beside, and then
/// on the list of the kustomization there.
fn beside(
    values: &Values<'_>,
    file: &TreeFile,
    text: String,
    created: &[NewFile],
    done: &mut Done,
) -> Result<(), NotExact> {
    let directory = file.path.parent().unwrap_or(Path::new(""));
    let stem = file.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("values");
    let is_chart = fs::symlink_metadata(directory.join("Chart.yaml")).is_ok();
    if is_chart && text.contains("{{") {
        return Err(NotExact("Helm would read a part of it as a template"));
    }
    let home = if is_chart { directory.join("templates") } else { directory.to_path_buf() };
    let name = free(&home, stem, created).ok_or(NotExact("too many files of its name"))?;
    let path = home.join(&name);
    if !is_chart {
        match kustomization::listed(values.tree, directory, &name) {
            Some((at, edits)) => done.edits.push((at, edits?)),
            None => {
                let message = format!(
                    "{} is new, and what applies it is not known: it takes the place of \
                     MetalLB's configuration in Helm values",
                    path.display()
                );
                done.said = Some(
                    Diagnostic::lossy(codes::NEW_FILE, message)
                        .label(Some(values.place.key), "stood here")
                        .help("apply it where MetalLB's chart was installed from these values"),
                );
            }
        }
    }
    done.created = Some(NewFile { path, text });
    Ok(())
}

/// A name that no file has.
fn free(directory: &Path, stem: &str, created: &[NewFile]) -> Option<String> {
    let names = (1..100).map(|number| match number {
        1 => format!("{stem}-cilium.yaml"),
        _ => format!("{stem}-cilium-{number}.yaml"),
    });
    names.into_iter().find(|name| {
        let path = directory.join(name);
        fs::symlink_metadata(&path).is_err() && created.iter().all(|file| file.path != path)
    })
}
