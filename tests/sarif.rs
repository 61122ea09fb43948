//! Every SARIF log keeps to the schema of the standard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use support::reader::{files, run};

fn schema() -> Validator {
    let schema = include_str!("../testdata/schemas/sarif-schema-2.1.0.json");
    // A bracket that its regular expression means as itself, which only old dialects allow.
    let (stray, meant) = (r#"[a-zA-Z]{2}]?$""#, r#"[a-zA-Z]{2}\\]?$""#);
    assert!(schema.contains(stray));
    let schema: Value = serde_json::from_str(&schema.replace(stray, meant)).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// What a log breaks.
fn faults(schema: &Validator, log: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(log).unwrap_or_else(|error| panic!("{error}: {log}"));
    schema.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

#[test]
fn the_schema_refuses_what_is_no_log() {
    let result = json!({"message": {"text": "x"}, "level": "fatal"});
    for wrong in [
        json!({"version": "2.1.0"}),
        json!({"version": "2.0.0", "runs": []}),
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [result]}]}),
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "unknown": 1}]}),
    ] {
        assert!(!faults(&schema(), &wrong.to_string()).is_empty(), "{wrong}");
    }
}

/// Something to say of every severity, from files with names that no URI may have.
#[test]
fn every_command_keeps_to_the_schema() {
    let metallb = std::fs::read_to_string("testdata/cutover/metallb.yaml").unwrap();
    let cluster = std::fs::read_to_string("testdata/cutover/cluster.yaml").unwrap();
    let pinned = "---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: p, \
                  namespace: metallb-system}\nspec: {addresses: [10.99.0.0/24], serviceAllocation: \
                  {priority: 3, namespaces: [x]}}\n";
    let wrong = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: wrong}\nspec: \
                 {addresses: [10.0.0.9-10.0.0.1]}\n";
    let folder = files(&[
        ("a b%ü<>/metallb.yaml", &(metallb + pinned)),
        ("a b%ü<>/cluster.yaml", &cluster),
        ("wrong.yaml", wrong),
    ]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (both, wrong) = (path("a b%ü<>"), path("wrong.yaml"));
    let schema = schema();
    let mut levels = BTreeSet::new();
    for command in [
        &["convert"][..],
        &["verify"],
        &["diff", "--against", "testdata/sample"],
        &["check"],
        &["plan"],
        &["simulate", "metallb"],
        &["simulate", "cilium"],
        &["snapshot"],
    ] {
        for input in [&both, &wrong] {
            let args = [command, &["-f", input, "--error-format", "sarif"]].concat();
            let output = run(args, "");
            assert_eq!(faults(&schema, &output.stderr), [""; 0], "{command:?} {input}");
            let log: Value = serde_json::from_str(&output.stderr).unwrap();
            let results = log["runs"][0]["results"].as_array().unwrap();
            let placed =
                |one: &Value| one["locations"].as_array().is_some_and(|all| !all.is_empty());
            assert!(results.iter().all(placed), "{command:?} {input}: {results:#?}");
            levels.extend(results.iter().map(|one| one["level"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), ["error", "note", "warning"]);
    for command in [
        &["verify"][..],
        &["verify", "--against", "testdata/sample"],
        &["diff", "--against", "testdata/sample"],
        &["diff", "--against", "testdata/sample", "--semantic"],
        &["check"],
        &["check", "--after"],
    ] {
        let args = [command, &["-f", &both, "-o", "sarif"]].concat();
        let output = run(args, "");
        assert!(output.status < 2, "{command:?}: {}", output.stderr);
        assert_eq!(faults(&schema, &output.stdout), [""; 0], "{command:?}");
        let log: Value = serde_json::from_str(&output.stdout).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        let errors = results.iter().any(|one| one["level"] != "note");
        assert_eq!(errors, output.status == 1, "{command:?}");
    }
}
