//! The GitLab job, under each shell that a runner may use.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workspace::{Run, Workspace, yaml};

fn document() -> Value {
    yaml("ci/gitlab/metallb2cilium.gitlab-ci.yml").remove(0)
}

fn variables(more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let document = document();
    let declared = document["variables"].as_object().unwrap().iter();
    let mut variables: BTreeMap<String, String> = declared
        .map(|(name, variable)| (name.clone(), variable["value"].as_str().unwrap().to_owned()))
        .collect();
    for (name, value) in more {
        assert!(variables.insert((*name).to_owned(), (*value).to_owned()).is_some(), "{name}");
    }
    variables
}

/// Both parts in one shell that stops at the first failure, as a runner does.
fn run_job(workspace: &Workspace, shell: &str, more: &[(&str, &str)]) -> Run {
    let document = document();
    let job = &document["metallb2cilium"];
    let lines = ["before_script", "script"].map(|part| job[part].as_array().unwrap().clone());
    let script: Vec<&str> = lines.iter().flatten().map(|line| line.as_str().unwrap()).collect();
    workspace.write("job.sh", &script.join("\n"));
    workspace.run(shell, ["-e", "job.sh"], &variables(more))
}

#[test]
fn the_job_passes_where_nothing_differs() {
    for shell in ["bash", "sh"] {
        let workspace = Workspace::same();
        let run = run_job(&workspace, shell, &[]);
        assert_eq!(run.status, 0, "{shell}: {run:?}");
        assert!(run.stdout.contains("No object changes."), "{run:?}");
        let junit = workspace.read("metallb2cilium.xml");
        assert!(junit.contains("<testsuites") && !junit.contains("<failure"), "{junit}");
    }
}

#[test]
fn the_job_fails_where_something_differs() {
    for shell in ["bash", "sh"] {
        let workspace = Workspace::different();
        let run = run_job(&workspace, shell, &[]);
        assert_eq!(run.status, 1, "{shell}: {run:?}");
        assert!(run.stdout.contains("172.18.255.207"), "{run:?}");
        assert!(workspace.read("metallb2cilium.xml").contains("<failure"));
    }
}

#[test]
fn what_is_accepted_does_not_fail_the_proof() {
    for shell in ["bash", "sh"] {
        let workspace = Workspace::different();
        let accept = [("METALLB2CILIUM_ACCEPT", "M2C592 M2C423")];
        let run = run_job(&workspace, shell, &accept);
        // That `diff` finds something, too, is another matter.
        assert_eq!(run.status, 1, "{shell}: {run:?}");
        assert!(!run.stderr.contains("unbound"), "{run:?}");
        let same = Workspace::same();
        assert_eq!(run_job(&same, shell, &accept).status, 0);
        let unknown = run_job(&same, shell, &[("METALLB2CILIUM_ACCEPT", "$(touch pwned)")]);
        assert_eq!(unknown.status, 2, "{unknown:?}");
        assert!(!same.path("pwned").exists());
    }
}

#[test]
fn a_difference_that_only_verify_finds_fails_the_job() {
    let workspace = Workspace::same();
    // For `diff`, all is well; `verify` has found something.
    let fake = "#!/bin/sh\n[ \"$1\" = diff ]\n";
    std::fs::remove_file(workspace.path("bin/metallb2cilium")).unwrap();
    workspace.write("bin/metallb2cilium", fake);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(workspace.path("bin/metallb2cilium"), mode).unwrap();
    let run = run_job(&workspace, "sh", &[]);
    assert_eq!(run.status, 1, "{run:?}");
}

#[test]
fn a_variable_is_never_code() {
    for name in ["METALLB2CILIUM_METALLB", "METALLB2CILIUM_CILIUM", "METALLB2CILIUM_CILIUM_VERSION"]
    {
        for hostile in ["$(touch pwned)", "x; touch pwned", "' ; touch pwned ; '"] {
            let workspace = Workspace::same();
            let run = run_job(&workspace, "sh", &[(name, hostile)]);
            assert_eq!(run.status, 2, "{name}={hostile}: {run:?}");
            assert!(!workspace.path("pwned").exists());
        }
    }
}

#[test]
fn where_the_program_is_missing_a_named_commit_is_built() {
    let workspace = Workspace::same();
    std::fs::remove_file(workspace.path("bin/metallb2cilium")).unwrap();
    workspace.stub("cargo");
    let (url, revision) = ("https://git.example/m.git", "0123456789012345678901234567890123456789");
    let more = [("METALLB2CILIUM_REPOSITORY", url), ("METALLB2CILIUM_REVISION", revision)];
    let run = run_job(&workspace, "sh", &more);
    // The stub builds nothing.
    assert_eq!(run.status, 127, "{run:?}");
    let arguments = workspace.read("cargo.log");
    let expected = ["install", "--locked", "--git", url, "--rev", revision, "metallb2cilium"];
    assert_eq!(arguments.lines().collect::<Vec<_>>(), expected);
}
