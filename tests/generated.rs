//! `completions/`, `man/` and the reference part of the book are what the code gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

mod support;

use support::reader::run;

const REFRESH: &str = "run `cargo run -- generate .` and check the result in";

/// The files of a directory with their text.
#[allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be read fails the test")]
fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}; {REFRESH}", directory.display()));
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn generated_files_are_current() {
    let fresh = tempfile::tempdir().unwrap();
    let output = run(["generate", fresh.path().to_str().unwrap()], "");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    for directory in ["completions", "man", "docs/src/reference"] {
        let (expected, found) = (
            files(&fresh.path().join(directory)),
            files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)),
        );
        let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected), "{directory}/: {REFRESH}");
        for (name, text) in expected {
            assert!(found.get(&name) == Some(&text), "{directory}/{name} is stale: {REFRESH}");
        }
    }
}
