//! The hooks for pre-commit: the entry and the arguments of the user.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workspace::{Run, Workspace, yaml};

const ARGUMENTS: [&str; 2] = ["--filename=metallb", "--against=cilium"];

fn hooks() -> Vec<Value> {
    yaml(".pre-commit-hooks.yaml").remove(0).as_array().unwrap().clone()
}

/// As pre-commit runs it: without a shell, the file names left out.
fn run_hook(hook: &Value, workspace: &Workspace) -> Run {
    assert_eq!(hook["language"], "rust", "built from this repository");
    assert_eq!(hook["pass_filenames"], false);
    let words = hook["entry"].as_str().unwrap().split_whitespace();
    let mut words = words.chain(ARGUMENTS);
    assert_eq!(words.next(), Some("metallb2cilium"));
    let program = workspace.path("bin/metallb2cilium").display().to_string();
    workspace.run(&program, words, &BTreeMap::new())
}

#[test]
fn the_hooks_pass_where_nothing_differs_and_fail_where_something_does() {
    assert_eq!(hooks().len(), 2);
    for hook in hooks() {
        let run = run_hook(&hook, &Workspace::same());
        assert_eq!(run.status, 0, "{hook}: {run:?}");
        let run = run_hook(&hook, &Workspace::different());
        assert_eq!(run.status, 1, "{hook}: {run:?}");
        assert!(run.stdout.contains("172.18.255.207"), "{run:?}");
    }
}
