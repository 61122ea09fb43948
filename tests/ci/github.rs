//! The composite action, as the runner runs its steps.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workspace::{Run, Workspace, text, yaml};

const ACTION: &str = "ci/github/action.yml";

fn action() -> Value {
    yaml(ACTION).remove(0)
}

fn step(name: &str) -> Value {
    let action = action();
    let steps = action["runs"]["steps"].as_array().unwrap();
    steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
}

/// The name of the input that an expression stands for; nothing but one may.
fn input_of(expression: &str) -> &str {
    let inner = expression.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}"));
    inner.unwrap_or_else(|| panic!("{expression} is not one input"))
}

/// Runs a step with those inputs, the others at their defaults.
fn run_step(workspace: &Workspace, name: &str, inputs: &[(&str, &str)]) -> Run {
    let (action, step) = (action(), step(name));
    assert_eq!(step["shell"], "bash");
    let mut environment = BTreeMap::from([
        ("RUNNER_TEMP".to_owned(), workspace.path("temp").display().to_string()),
        ("GITHUB_ACTION_PATH".to_owned(), "/action/ci/github".to_owned()),
        ("GITHUB_STEP_SUMMARY".to_owned(), workspace.path("summary.md").display().to_string()),
    ]);
    std::fs::create_dir_all(workspace.path("temp")).unwrap();
    for (variable, expression) in step["env"].as_object().into_iter().flatten() {
        let input = input_of(expression.as_str().unwrap());
        let declared = &action["inputs"][input];
        assert!(declared.is_object(), "{input} is not declared");
        let given = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
        let value = given.unwrap_or_else(|| declared["default"].as_str().unwrap());
        environment.insert(variable.clone(), value.to_owned());
    }
    let script = step["run"].as_str().unwrap();
    workspace.write("step.sh", script);
    // What `shell: bash` stands for.
    let arguments = ["--noprofile", "--norc", "-eo", "pipefail", "step.sh"];
    workspace.run("bash", arguments, &environment)
}

const PATHS: [(&str, &str); 2] = [("filenames", "metallb\n"), ("against", "\ncilium\n")];

fn with_program(
    workspace: &Workspace,
    more: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    let program = workspace.path("bin/metallb2cilium").display().to_string();
    let mut inputs: Vec<(&str, String)> =
        PATHS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    inputs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    inputs.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    inputs.push(("program", program));
    inputs
}

fn run_with_program(workspace: &Workspace, name: &str, more: &[(&'static str, &str)]) -> Run {
    let inputs = with_program(workspace, more);
    let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, &**value)).collect();
    run_step(workspace, name, &inputs)
}

#[test]
fn no_input_is_part_of_a_script() {
    for step in action()["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
    }
}

#[test]
fn other_peoples_actions_are_named_by_a_full_hash() {
    let mut found = 0;
    for file in [ACTION, "ci/github/workflow.yml"] {
        for line in text(file).lines() {
            let Some(reference) = line.trim_start().trim_start_matches("- ").strip_prefix("uses:")
            else {
                continue;
            };
            let hash = reference.split('#').next().unwrap().trim().rsplit('@').next().unwrap();
            let is_hash = hash.len() == 40 && hash.chars().all(|one| one.is_ascii_hexdigit());
            assert!(is_hash, "{file}: {line}");
            found += 1;
        }
    }
    assert_eq!(found, 2);
}

#[test]
fn the_program_is_built_from_the_actions_own_commit() {
    let workspace = Workspace::same();
    workspace.stub("cargo");
    let run = run_step(&workspace, "Build metallb2cilium", &[]);
    assert_eq!(run.status, 0, "{run:?}");
    let root = workspace.path("temp/metallb2cilium").display().to_string();
    let arguments = workspace.read("cargo.log");
    let expected = ["install", "--locked", "--path", "/action/ci/github/../..", "--root", &root];
    assert_eq!(arguments.lines().collect::<Vec<_>>(), expected);
    // The next step finds it there.
    workspace.binary_at("temp/metallb2cilium/bin/metallb2cilium");
    let run = run_step(&workspace, "Compare with the conversion", &PATHS);
    assert_eq!(run.status, 0, "{run:?}");
}

/// The annotations that a step writes after what is kept from being read as commands.
fn annotations(stdout: &str) -> Vec<&str> {
    let is_annotation = |line: &&str| {
        ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start))
    };
    let found: Vec<&str> = stdout.lines().filter(is_annotation).collect();
    assert!((2..=10).contains(&found.len()), "{stdout}");
    found
}

#[test]
fn the_steps_pass_where_nothing_differs() {
    let workspace = Workspace::same();
    let run = run_with_program(&workspace, "Compare with the conversion", &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("No object changes."), "{run:?}");
    let run = run_with_program(&workspace, "Prove equivalence", &[]);
    assert_eq!(run.status, 0, "{run:?}");
    let summary = workspace.read("summary.md");
    assert!(summary.starts_with("## equivalent"), "{summary}");
}

#[test]
fn the_steps_fail_where_something_differs() {
    let workspace = Workspace::different();
    let run = run_with_program(&workspace, "Compare with the conversion", &[]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stdout.contains("-    stop: \"172.18.255.207\""), "{run:?}");
    let annotations = annotations(&run.stdout);
    let whole = "::error title=metallb2cilium diff::Objects: 0 added, 1 changed, 0 removed.";
    assert!(annotations[0].starts_with(whole), "{run:?}");
    assert!(annotations[1].starts_with("::error file=cilium/"), "{run:?}");
    let run = run_with_program(&workspace, "Prove equivalence", &[]);
    assert_eq!(run.status, 1, "{run:?}");
    let summary = workspace.read("summary.md");
    assert!(summary.contains("M2C592"), "{summary}");
    let annotations = self::annotations(&run.stdout);
    assert!(annotations[0].starts_with("::error title=metallb2cilium verify::different: "));
    assert!(annotations[1].contains("title=M2C592::"), "{run:?}");
}

#[test]
fn what_is_accepted_does_not_fail_the_proof() {
    let workspace = Workspace::different();
    let run = run_with_program(&workspace, "Prove equivalence", &[("accept", "M2C592\n")]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(workspace.read("summary.md").contains("M2C592"), "it is shown all the same");
    let run = run_with_program(&workspace, "Prove equivalence", &[("accept", "M2C423")]);
    assert_eq!(run.status, 1, "{run:?}");
}

#[test]
fn what_is_refused_fails_the_steps() {
    let workspace = Workspace::same();
    for name in ["Compare with the conversion", "Prove equivalence"] {
        let run = run_with_program(&workspace, name, &[("filenames", "nowhere")]);
        assert_eq!(run.status, 2, "{run:?}");
    }
}

#[test]
fn with_semantic_only_a_change_of_meaning_fails() {
    let workspace = Workspace::different();
    let run = run_with_program(&workspace, "Compare with the conversion", &[("semantic", "true")]);
    assert_eq!(run.status, 0, "{run:?}");
}

#[test]
fn an_input_is_never_code_nor_an_option() {
    let workspace = Workspace::same();
    for hostile in ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "--output=json"] {
        for (name, input) in [
            ("filenames", hostile),
            ("against", hostile),
            ("cilium-version", hostile),
            ("accept", hostile),
        ] {
            let both = ["Compare with the conversion", "Prove equivalence"];
            for step in both.into_iter().skip(usize::from(name == "accept")) {
                let run = run_with_program(&workspace, step, &[(name, input)]);
                assert_eq!(run.status, 2, "{name}={input}: {run:?}");
                assert!(!run.stderr.is_empty(), "{run:?}");
                assert!(!workspace.path("pwned").exists(), "{name}={input}");
            }
        }
    }
}

#[test]
fn lines_of_the_repository_are_not_workflow_commands() {
    let workspace = Workspace::different();
    let run = run_with_program(&workspace, "Compare with the conversion", &[]);
    let mut lines = run.stdout.lines();
    let stop = lines.find_map(|line| line.strip_prefix("::stop-commands::")).unwrap();
    assert_eq!(stop.len(), 36, "a token that nobody can know");
    // What comes after it are annotations only.
    let end = format!("::{stop}::");
    let within: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
    assert!(within.iter().any(|line| line.starts_with("--- there/")));
    let rest: Vec<&str> = lines.collect();
    assert!(!rest.is_empty() && rest.iter().all(|line| line.starts_with("::error ")), "{rest:?}");
}
