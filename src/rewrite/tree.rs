//! The files of a GitOps tree.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::manifest::{
    RawDocument, SourceId, Sources, codes as reading, is_no_manifest, raw_documents,
};

/// Files above this are neither manifests nor scripts.
const MAX_FILE: u64 = 32 << 20;

/// The files of a tree, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Their texts.
    pub sources: Sources,
    /// What is known of each.
    pub files: Vec<TreeFile>,
    /// What could not be read, and links that were not followed.
    pub diagnostics: Vec<Diagnostic>,
}

/// A text file of a tree.
#[derive(Debug, Clone)]
pub struct TreeFile {
    /// Its path, below one of the paths that were asked for.
    pub path: PathBuf,
    /// Its text.
    pub id: SourceId,
    /// Its documents; `None` where it is no YAML or JSON, by its name or its text.
    pub documents: Option<Vec<RawDocument>>,
}

/// How far reading may go.
struct Reading<'a> {
    tree: &'a mut Tree,
    left: u64,
    seen: BTreeSet<PathBuf>,
    roots: Vec<PathBuf>,
}

impl Tree {
    /// Reads files and directories with all that is in them. `.git` is left out, and
    /// links are not followed.
    pub fn read(paths: &[PathBuf], max_bytes: u64) -> Self {
        let mut tree = Self::default();
        let roots = paths.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
        let mut reading =
            Reading { tree: &mut tree, left: max_bytes, seen: BTreeSet::new(), roots };
        for path in paths {
            // A path that is asked for may be a link itself.
            match fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => reading.directory(path),
                Ok(_) => reading.file(path),
                Err(error) => reading.not_readable(path, &error),
            }
        }
        tree
    }

    /// The text of a file.
    pub fn text(&self, file: &TreeFile) -> &str {
        &self.sources.get(file.id).text
    }
}

impl Reading<'_> {
    fn not_readable(&mut self, path: &Path, error: &io::Error) {
        let message = format!("{} cannot be read: {error}", path.display());
        self.tree.diagnostics.push(Diagnostic::error(reading::NOT_READABLE, message));
    }

    fn directory(&mut self, path: &Path) {
        let entries = fs::read_dir(path).and_then(|entries| {
            entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()
        });
        let mut paths = match entries {
            Ok(paths) => paths,
            Err(error) => return self.not_readable(path, &error),
        };
        paths.sort();
        for path in paths {
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_symlink() => self.link(&path),
                Ok(metadata) if metadata.is_dir() => {
                    if path.file_name().is_none_or(|name| name != ".git") {
                        self.directory(&path);
                    }
                }
                Ok(metadata) if metadata.is_file() => self.file(&path),
                Ok(_) => {}
                Err(error) => self.not_readable(&path, &error),
            }
        }
    }

    /// What a link within the tree leads to is read where it stands.
    fn link(&mut self, path: &Path) {
        let inside = fs::canonicalize(path)
            .is_ok_and(|target| self.roots.iter().any(|root| target.starts_with(root)));
        if !inside {
            let message = format!("{} leads out of the tree and was not followed", path.display());
            self.tree.diagnostics.push(
                Diagnostic::note(codes::LINK, message).help("name its target on the command line"),
            );
        }
    }

    fn file(&mut self, path: &Path) {
        if fs::canonicalize(path).is_ok_and(|real| !self.seen.insert(real)) {
            return;
        }
        let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let is_manifest = is_manifest(path);
        if size > MAX_FILE && !is_manifest {
            return;
        }
        let Some(left) = self.left.checked_sub(size) else {
            let message = format!("the tree is too large; reading stopped at {}", path.display());
            self.tree.diagnostics.push(
                Diagnostic::error(reading::TOO_LARGE, message)
                    .help("name fewer paths, or raise the bound with `--max-input`"),
            );
            self.left = 0;
            return;
        };
        self.left = left;
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.not_readable(path, &error),
        };
        let Ok(text) = String::from_utf8(bytes) else {
            if is_manifest {
                let message = format!("{} is not UTF-8 and was left alone", path.display());
                self.tree.diagnostics.push(Diagnostic::note(codes::NOT_EDITED, message));
            }
            return;
        };
        if text.contains('\0') {
            return;
        }
        let path = plain(path);
        let id = self.tree.sources.add(path.display().to_string(), text);
        let documents = is_manifest
            .then(|| raw_documents(&self.tree.sources, id))
            .filter(|documents| !is_no_manifest(&self.tree.sources.get(id).text, documents));
        self.tree.files.push(TreeFile { path, id, documents });
    }
}

/// The path without `.` and `..` where they can be taken out.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(result.components().next_back(), Some(Component::Normal(_))) =>
            {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

fn is_manifest(path: &Path) -> bool {
    let by_extension = path.extension().is_some_and(|extension| {
        ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    });
    by_extension || path.file_name().is_some_and(|name| name == "Kustomization")
}
