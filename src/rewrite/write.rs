//! Changes on their way to the disk.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

use super::{Change, What};

/// Writes every change: a file appears whole or not at all, with the rights and the
/// owner that it had. All new texts lie on the disk before the first file changes, and
/// where one cannot be put into its place those before it get their old texts back.
///
/// # Errors
/// A file that cannot be written, or that is no longer as it was read.
pub fn write(changes: &[Change]) -> anyhow::Result<()> {
    changes.iter().try_for_each(is_as_read)?;
    let staged: Vec<Staged> = changes.iter().map(stage).collect::<Result<_, _>>()?;
    let mut done: Vec<&Change> = Vec::new();
    for (change, staged) in changes.iter().zip(staged) {
        if let Err(error) = staged.put() {
            let failed = format!("cannot change {}", change.path.display());
            let back = done.iter().rev().filter_map(|change| take_back(change).err());
            let lost: Vec<String> = back.map(|error| format!("{error:#}")).collect();
            let outcome = match lost.is_empty() {
                true => "nothing was written".to_owned(),
                false => format!("and not all that was written is taken back: {}", lost.join("; ")),
            };
            return Err(anyhow::Error::new(error).context(format!("{failed}: {outcome}")));
        }
        done.push(change);
    }
    Ok(())
}

fn is_as_read(change: &Change) -> anyhow::Result<()> {
    let path = change.path.display();
    let is_same = match &change.what {
        What::Created { .. } => fs::symlink_metadata(&change.path).is_err(),
        What::Changed { before, .. } | What::Removed { before } => {
            let there = fs::read(&change.path).with_context(|| format!("cannot read {path}"))?;
            there == before.as_bytes()
        }
    };
    if !is_same {
        anyhow::bail!("{path} has changed meanwhile: nothing was written");
    }
    Ok(())
}

/// What is left to do of a change.
enum Staged {
    Put { file: NamedTempFile, path: PathBuf },
    Remove { path: PathBuf },
}

impl Staged {
    fn put(self) -> io::Result<()> {
        match self {
            Self::Put { file, path } => file.persist(path).map(|_| ()).map_err(|error| error.error),
            Self::Remove { path } => fs::remove_file(path),
        }
    }
}

fn stage(change: &Change) -> anyhow::Result<Staged> {
    let staged = match &change.what {
        What::Created { after } => beside(&change.path, after, None),
        What::Changed { after, .. } => {
            // A path that was asked for may be a link: its target is what was read.
            fs::canonicalize(&change.path).and_then(|path| {
                let metadata = fs::metadata(&path)?;
                beside(&path, after, Some(&metadata))
            })
        }
        What::Removed { .. } => Ok(Staged::Remove { path: change.path.clone() }),
    };
    let path = change.path.display();
    staged.with_context(|| format!("cannot write {path}: nothing was written"))
}

/// A text on the disk beside its place.
fn beside(path: &Path, text: &str, old: Option<&fs::Metadata>) -> io::Result<Staged> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".metallb2cilium-");
    if old.is_none() {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = old {
        let new = file.as_file().metadata()?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            chown(file.path(), Some(old.uid()), Some(old.gid()))?;
        }
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(Staged::Put { file, path: path.to_path_buf() })
}

/// Gives a file its old text back.
fn take_back(change: &Change) -> anyhow::Result<()> {
    let path = change.path.display();
    let result = match &change.what {
        What::Created { .. } => fs::remove_file(&change.path),
        What::Changed { before, .. } => {
            fs::canonicalize(&change.path).and_then(|real| fs::write(real, before))
        }
        What::Removed { before } => fs::write(&change.path, before),
    };
    result.with_context(|| format!("cannot take back {path}"))
}
