//! The golden scenarios under `testdata/`.

use std::fs;
use std::path::{Path, PathBuf};

use metallb2cilium::cluster::Cluster;
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::{Manifests, Substitutions};
use metallb2cilium::metallb::{Config, Input, Options, Resources, validate};

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

/// MetalLB's configuration and the cluster, or why MetalLB refuses it.
pub(crate) fn judged(manifests: &Manifests) -> Result<(Config, Cluster), Vec<Diagnostic>> {
    let (resources, found) = Resources::read(&Input {
        objects: &manifests.objects,
        untyped: &manifests.untyped,
        sources: &manifests.sources,
        substitutions: &Substitutions::default(),
    });
    if found.iter().any(Diagnostic::is_error) {
        return Err(found);
    }
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert_eq!(found, []);
    Ok((validate(&resources, &cluster, &Options::default())?, cluster))
}

/// The same; `None` where MetalLB refuses it.
pub(crate) fn accepted(manifests: &Manifests) -> Option<(Config, Cluster)> {
    judged(manifests).ok()
}
