//! Cilium's engine decides every golden scenario as the real controllers did.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{self, golden};
use metallb2cilium::cilium::{CiliumConfig, CiliumVersion};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::simulate::cilium::{Options, simulate};
use serde_json::{Value, json};

/// The scenarios in which the operator of Cilium 1.20 crashes.
const CRASHES_IN_1_20: [&str; 2] = ["058", "248"];

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

/// What the engine decides; refused input as a decision with an error.
fn decide(folder: &Path, version: &str) -> Value {
    let manifests = golden::manifests(folder, &["cilium.yaml", "cluster.yaml"]);
    let version: CiliumVersion = version.parse().unwrap();
    let (config, found) = CiliumConfig::read(&manifests.objects, None, version);
    if let Some(error) = found.iter().find(|diagnostic| diagnostic.is_error()) {
        assert!(!error.labels.is_empty(), "{}: no place in the input", folder.display());
        return json!({"configError": error.message, "deterministic": false, "outcomes": []});
    }
    let (cluster, found) = Cluster::read(&manifests.objects);
    assert!(!found.iter().any(Diagnostic::is_error), "{}: {found:?}", folder.display());
    let options = Options { max_outcomes: 4096 };
    serde_json::to_value(simulate(&config, &cluster, &options)).unwrap()
}

/// An outcome without the reasons, whose wording is ours.
fn comparable(outcome: &Value) -> String {
    let mut outcome = outcome.clone();
    for (_, service) in outcome["services"].as_object_mut().unwrap() {
        service.as_object_mut().unwrap().remove("reason");
    }
    sorted(&outcome).to_string()
}

/// The same value with its keys in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(key, value)| (key, sorted(value))).collect();
            json!(fields)
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn outcomes(decision: &Value) -> BTreeSet<String> {
    decision["outcomes"].as_array().unwrap().iter().map(comparable).collect()
}

/// What is wrong with a decision, if anything.
fn difference(golden: &Value, decided: &Value) -> Option<String> {
    if golden["configError"].is_null() != decided["configError"].is_null() {
        return Some(format!(
            "refused: {} instead of {}",
            decided["configError"], golden["configError"]
        ));
    }
    if decided["truncated"] == json!(true) {
        return Some("truncated".to_owned());
    }
    let (seen, computed) = (outcomes(golden), outcomes(decided));
    let missing: Vec<&String> = seen.difference(&computed).collect();
    if !missing.is_empty() {
        return Some(format!("not computed:\n    {missing:#?}\n  but:\n    {computed:#?}"));
    }
    let certain = golden["deterministic"] == json!(true);
    let more: Vec<&String> = computed.difference(&seen).collect();
    if certain && !more.is_empty() {
        return Some(format!("always {seen:#?}\n  but computed also:\n    {more:#?}"));
    }
    None
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The kind of a scenario: what its name begins with behind the number.
fn kind(name: &str) -> String {
    let mut words = name.split('-').skip(1);
    match words.next() {
        Some("random") => format!("random-{}", words.next().unwrap_or_default()),
        first => first.unwrap_or_default().to_owned(),
    }
}

fn check(version: &str, golden_of: impl Fn(&Path) -> PathBuf) {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut extra = Vec::new();
    for folder in golden::scenarios("cilium") {
        let name = name(&folder);
        let decided = decide(&folder, version);
        let count = counts.entry(kind(&name)).or_default();
        count.1 += 1;
        let crashes = version == "1.20" && CRASHES_IN_1_20.iter().any(|id| name.starts_with(id));
        let found = if crashes {
            let crash = decided["configError"].as_str().is_some_and(|why| why.contains("crashes"));
            (!crash).then(|| "the operator must crash".to_owned())
        } else {
            let golden = read(&golden_of(&folder));
            let computed = outcomes(&decided).len();
            let seen = outcomes(&golden).len();
            if computed > seen {
                extra.push(format!("{name}: {computed} outcomes, {seen} seen"));
            }
            difference(&golden, &decided)
        };
        match found {
            Some(difference) => wrong.push(format!("{name}: {difference}")),
            None => count.0 += 1,
        }
    }
    support::say(&format!("Cilium {version}, scenarios decided alike:"));
    for (kind, (right, all)) in &counts {
        support::say(&format!("  {kind}: {right} of {all}"));
    }
    support::say(&format!("more outcomes than were seen:\n  {}", extra.join("\n  ")));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_scenario_is_decided_as_by_cilium_1_19() {
    check("1.19", |folder| folder.join("cilium.json"));
}

#[test]
fn every_scenario_is_decided_as_by_cilium_1_20() {
    check("1.20", |folder| {
        let own = folder.join("cilium-1.20.json");
        if own.exists() { own } else { folder.join("cilium.json") }
    });
}
