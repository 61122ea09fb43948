//! What becomes of one file.

use std::path::{Path, PathBuf};

/// One file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// What becomes of it.
    pub what: What,
}

/// What becomes of a file, with its text before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Created {
        /// Its text.
        after: String,
    },
    /// It has another text.
    Changed {
        /// The old one.
        before: String,
        /// The new one.
        after: String,
    },
    /// Nothing is left of it.
    Removed {
        /// Its text.
        before: String,
    },
}

impl Change {
    pub(super) fn new(path: &Path, what: What) -> Self {
        Self { path: path.to_path_buf(), what }
    }

    /// The text that is there; empty where there is no file.
    pub fn before(&self) -> &str {
        match &self.what {
            What::Created { .. } => "",
            What::Changed { before, .. } | What::Removed { before } => before,
        }
    }

    /// The text that will be there; empty where no file will be.
    pub fn after(&self) -> &str {
        match &self.what {
            What::Created { after } | What::Changed { after, .. } => after,
            What::Removed { .. } => "",
        }
    }
}

/// A path as a diff names it.
pub fn shown(path: &Path) -> String {
    path.display().to_string().trim_start_matches('/').to_owned()
}
