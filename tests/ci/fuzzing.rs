//! Every fuzz target is run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::workspace::text;

/// The names of what is in a directory of `fuzz/`, without what follows a dot.
fn names(directory: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(directory);
    let entries = fs::read_dir(path).unwrap();
    entries
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_fuzz_target_is_run_and_has_a_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new(root.join("fuzz/run")).arg("--list").output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let listed: BTreeSet<String> =
        String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(listed, names("fuzz_targets"));
    assert_eq!(listed, names("corpus"));
    assert!(names("dictionaries").is_subset(&listed));
    for page in ["fuzz/README.md", "fuzz/RESULTS.md"] {
        let page = text(page);
        let missing = listed.iter().find(|target| {
            !page.contains(&format!("| `{target}` |")) && !page.contains(&format!("| {target} |"))
        });
        assert_eq!(missing, None, "{page}");
    }
    assert!(text(".ci/run").lines().any(|line| line == "step fuzz/run"));
}

#[test]
fn corpora_are_small() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let (mut files, mut bytes) = (0, 0);
    for target in fs::read_dir(corpora).unwrap() {
        for file in fs::read_dir(target.unwrap().path()).unwrap() {
            files += 1;
            bytes += file.unwrap().metadata().unwrap().len();
        }
    }
    assert!(files > 100 && files < 3000, "{files} files");
    assert!(bytes < 2 << 20, "{bytes} bytes");
}
