//! Configurations as they stand in public repositories: each is converted, or
//! what it lacks is named with its place; none is half read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::reader::{documents, run};

#[test]
fn every_public_configuration_is_converted_or_what_it_lacks_is_named() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = fs::read_dir(&corpus) else {
        support::skipped("the public configurations are not at hand");
        return;
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for file in &files {
        let path = file.to_str().unwrap();
        let output = run(["convert", "--error-format", "json", "-f", path], "");
        let name = file.display();
        let outcome = match output.status {
            0 => {
                assert!(!documents(&output.stdout).is_empty(), "{name}: nothing was written");
                "converted".to_owned()
            }
            2 => {
                assert_eq!(output.stdout, "", "{name}: half a result");
                named(&output.stderr, path)
            }
            status => panic!("{name}: status {status}\n{}", output.stderr),
        };
        *counts.entry(outcome).or_default() += 1;
    }
    support::say(&format!("{} public configurations: {counts:#?}", files.len()));
    assert!(counts["converted"] > 20);
}

/// How a refused file is named: by the first code, which must say where.
fn named(stderr: &str, path: &str) -> String {
    let lines: Vec<Value> =
        stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<&Value> = lines.iter().filter(|line| line["severity"] == "error").collect();
    assert!(!errors.is_empty(), "{path}: refused without a reason");
    for error in &errors {
        let label = &error["labels"][0];
        // A file without any object has no line to point at.
        let placed = label["file"] == path && label["line"].as_u64() > Some(0);
        assert!(placed || error["code"] == "M2C120", "{path}: {error}");
    }
    format!("named {}", errors[0]["code"].as_str().unwrap())
}
