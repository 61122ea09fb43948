//! Changes on their way to the disk.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::Change;

/// Writes every change: a file appears whole or not at all, with the rights that it
/// had. Nothing is written where a file is no longer as it was read.
///
/// # Errors
/// A file that cannot be written, or has changed; changes before it stay.
pub fn write(changes: &[Change]) -> anyhow::Result<()> {
    for change in changes {
        let there = fs::read(&change.path)
            .with_context(|| format!("cannot read {}", change.path.display()))?;
        if there != change.before.as_bytes() {
            anyhow::bail!("{} has changed meanwhile: nothing was written", change.path.display());
        }
    }
    for change in changes {
        match &change.after {
            Some(text) => replace(&change.path, text)
                .with_context(|| format!("cannot write {}", change.path.display()))?,
            None => fs::remove_file(&change.path)
                .with_context(|| format!("cannot remove {}", change.path.display()))?,
        }
    }
    Ok(())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A path that was asked for may be a link: its target is what was read.
    let path = fs::canonicalize(path)?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".metallb2cilium-").tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
