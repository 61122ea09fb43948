//! The copy of the repository that the mutants are laid into.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::lay::lay;
use crate::mutant::{Mutant, Number};

/// A copy of the repository.
pub struct Tree {
    /// Its top.
    pub root: PathBuf,
    /// The sources that are changed, as they are in the repository.
    sources: BTreeMap<PathBuf, String>,
}

impl Tree {
    /// Takes a copy for mutants of these files, and puts the switch into it.
    ///
    /// # Errors
    /// Where a file cannot be read or written.
    pub fn prepare(root: PathBuf, mutants: &[(Number, Mutant)]) -> io::Result<Self> {
        let mut sources = BTreeMap::new();
        for (_, mutant) in mutants {
            if !sources.contains_key(&mutant.file) {
                let source = fs::read_to_string(root.join(&mutant.file))?;
                sources.insert(mutant.file.clone(), source);
            }
        }
        fs::write(root.join("src/mutant_switch.rs"), include_str!("switch.rs.in"))?;
        let top = root.join("src/lib.rs");
        let text = fs::read_to_string(&top)? + "\n#[doc(hidden)]\npub mod mutant_switch;\n";
        fs::write(top, text)?;
        Ok(Self { root, sources })
    }

    /// Lays these mutants in, and takes out those that were; gives those that were laid.
    ///
    /// # Errors
    /// Where a source is not Rust or cannot be written.
    pub fn lay(&self, mutants: &[(Number, &Mutant)]) -> io::Result<BTreeSet<Number>> {
        let mut all = BTreeSet::new();
        for (file, source) in &self.sources {
            let here = |(_, mutant): &&(Number, &Mutant)| mutant.file == *file;
            let here: Vec<_> = mutants.iter().filter(here).copied().collect();
            let (text, laid) = lay(source, &here).map_err(|error| {
                io::Error::other(format!("cannot read {}: {error}", file.display()))
            })?;
            self.write(file, &text)?;
            all.extend(laid);
        }
        Ok(all)
    }

    /// A file is not touched where nothing changes: it would be compiled again.
    fn write(&self, file: &Path, text: &str) -> io::Result<()> {
        let path = self.root.join(file);
        if fs::read_to_string(&path)? == text { Ok(()) } else { fs::write(path, text) }
    }
}
