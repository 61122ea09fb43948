//! What MetalLB decided in every golden scenario is what the engine decides.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::support::{self, golden};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::metallb::Config;
use metallb2cilium::simulate::metallb;
use serde_json::Value;

fn read(folder: &Path) -> (Config, Cluster) {
    let manifests = golden::manifests(folder, &["metallb.yaml", "cluster.yaml"]);
    golden::judged(&manifests).unwrap()
}

/// The golden form without the controller's own words.
fn without_reasons(mut outcome: Value) -> Value {
    for allocation in outcome["services"].as_object_mut().unwrap().values_mut() {
        allocation["reason"] = Value::Null;
    }
    outcome
}

/// `001-cidr-v4` is of the kind "addresses", and so on.
fn kind(folder: &Path) -> &'static str {
    let name = folder.file_name().unwrap().to_str().unwrap();
    match name.split('-').next().unwrap().parse::<u32>().unwrap() {
        0..100 => "pools",
        100..200 => "Services",
        200..300 => "L2",
        300..400 => "BGP",
        400..500 => "configurations",
        _ => "mixed",
    }
}

#[test]
fn every_golden_decision_is_reached() {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for folder in golden::scenarios("metallb") {
        let text = fs::read_to_string(folder.join("metallb.json")).unwrap();
        let golden: Value = serde_json::from_str(&text).unwrap();
        if golden["configError"].is_string() {
            continue;
        }
        let (config, cluster) = read(&folder);
        let decision = metallb::simulate(&config, &cluster, &metallb::Options::default());
        let decision = serde_json::to_value(&decision).unwrap();
        let list = |decision: &Value| -> Vec<Value> {
            let outcomes = decision["outcomes"].as_array().unwrap();
            outcomes.iter().cloned().map(without_reasons).collect()
        };
        let (seen, computed) = (list(&golden), list(&decision));
        let missing: Vec<&Value> = seen.iter().filter(|o| !computed.contains(o)).collect();
        let deterministic = golden["deterministic"] == true;
        let count = counts.entry(kind(&folder)).or_default();
        *(if deterministic { &mut count.0 } else { &mut count.1 }) += 1;
        let name = folder.display();
        if !missing.is_empty() {
            wrong.push(format!("{name}: missing {missing:#?}\nof {computed:#?}"));
        } else if computed.len() < seen.len() || deterministic && computed.len() != 1 {
            wrong.push(format!("{name}: {} seen, {} computed", seen.len(), computed.len()));
        } else if deterministic != (decision["deterministic"] == true) {
            wrong.push(format!("{name}: deterministic is {}", decision["deterministic"]));
        }
        assert_eq!(decision["version"], golden["version"]);
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    for (kind, (one, several)) in &counts {
        support::say(&format!("MetalLB, {kind}: {one} with one outcome, {several} with several"));
    }
    let total: u32 = counts.values().map(|(one, several)| one + several).sum();
    assert!(total > 300, "the scenarios are there: {total}");
}
