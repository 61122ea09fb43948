//! The golden scenarios under `testdata/`.

use std::fs;
use std::path::{Path, PathBuf};

use metallb2cilium::manifest::Manifests;

/// The folders of one side (`metallb` or `cilium`), in order.
pub(crate) fn scenarios(side: &str) -> Vec<PathBuf> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden").join(side);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Files of a scenario, read together.
pub(crate) fn manifests(folder: &Path, files: &[&str]) -> Manifests {
    let mut manifests = Manifests::default();
    for file in files {
        manifests.add_text(*file, fs::read_to_string(folder.join(file)).unwrap());
    }
    assert_eq!(manifests.diagnostics, [], "{}", folder.display());
    manifests
}
