//! The gate for Argo CD and Flux: a Job whose container runs `diff`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::reader::run;
use crate::workspace::{Run, Workspace, text, yaml};

const GATE: &str = "ci/gitops/gate";

/// The volume of the container: its path, and the files that kustomize puts there.
fn volume(pod: &Value) -> (String, BTreeMap<String, String>) {
    let container = &pod["containers"][0];
    let mount = &container["volumeMounts"][0];
    assert_eq!(mount["name"], pod["volumes"][0]["name"]);
    let kustomization = yaml(&format!("{GATE}/kustomization.yaml")).remove(0);
    let generator = &kustomization["configMapGenerator"][0];
    assert_eq!(generator["name"], pod["volumes"][0]["configMap"]["name"]);
    let files = generator["files"].as_array().unwrap().iter().map(|file| {
        let file = file.as_str().unwrap();
        let (key, path) = file.split_once('=').unwrap_or((file, file));
        (key.to_owned(), path.to_owned())
    });
    (mount["mountPath"].as_str().unwrap().to_owned(), files.collect())
}

/// Runs the container's command on those files, after a change to one of them.
fn run_gate(change: impl Fn(&str, String) -> String) -> Run {
    let job = yaml(&format!("{GATE}/job.yaml")).remove(0);
    let pod = &job["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let workspace = Workspace::same();
    let (mounted_at, files) = volume(pod);
    for (key, path) in files {
        let file = change(&key, text(&format!("{GATE}/{path}")));
        workspace.write(&format!("config/{key}"), &file);
    }
    assert_eq!(container["command"], serde_json::json!(["/metallb2cilium"]), "as in the image");
    let here = workspace.path("config").display().to_string();
    let arguments: Vec<String> = container["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|argument| argument.as_str().unwrap().replace(&mounted_at, &here))
        .collect();
    let program = workspace.path("bin/metallb2cilium").display().to_string();
    workspace.run(&program, arguments.iter().map(String::as_str), &BTreeMap::new())
}

#[test]
fn the_gate_opens_where_nothing_differs() {
    let run = run_gate(|_, file| file);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("No object changes."), "{run:?}");
}

#[test]
fn the_gate_stays_closed_where_either_side_differs() {
    for side in ["metallb.yaml", "cilium.yaml"] {
        let run = run_gate(|key, file| {
            if key == side { file.replace("172.18.255.206", "172.18.255.205") } else { file }
        });
        assert_eq!(run.status, 1, "{side}: {run:?}");
    }
}

#[test]
fn the_gate_stays_closed_where_a_side_is_refused() {
    let run = run_gate(|_, file| file.replace("172.18.255.206", "172.18.255.2O6"));
    assert_eq!(run.status, 2, "{run:?}");
}

#[test]
fn the_examples_cilium_side_is_the_conversion_of_its_metallb_side() {
    let converted = run(["convert", "--quiet"], &text(&format!("{GATE}/metallb.yaml")));
    assert_eq!(converted.stdout, text(&format!("{GATE}/cilium/cilium.yaml")));
}

#[test]
fn a_failed_gate_is_final_and_holds_back_what_follows() {
    let job = yaml(&format!("{GATE}/job.yaml")).remove(0);
    assert_eq!(job["spec"]["backoffLimit"], 0);
    assert_eq!(job["spec"]["template"]["spec"]["restartPolicy"], "Never");

    let argo_cd = text("ci/gitops/argo-cd/kustomization.yaml");
    assert_eq!(argo_cd.matches("argocd.argoproj.io/hook: PreSync").count(), 2);

    let flux = yaml("ci/gitops/flux/kustomizations.yaml");
    let [gate, gated] = &flux[..] else { panic!("two Kustomizations") };
    assert_eq!(gate["spec"]["wait"], true);
    assert_eq!(gated["spec"]["dependsOn"][0]["name"], gate["metadata"]["name"]);
    for (kustomization, holds) in [(gate, "../../gate"), (gated, "cilium.yaml")] {
        let path = kustomization["spec"]["path"].as_str().unwrap();
        let path = format!("{}/kustomization.yaml", path.strip_prefix("./").unwrap());
        assert_eq!(yaml(&path)[0]["resources"][0], holds, "{path}");
    }
}
