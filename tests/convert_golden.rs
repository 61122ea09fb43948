//! Every golden scenario converts, for every target version, into objects that
//! the API server of that version accepts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use metallb2cilium::cilium::{CiliumConfig, CiliumVersion, Manifest};
use metallb2cilium::convert::{self, Conversion};
use serde_json::Value;
use support::golden;

const VERSIONS: [&str; 5] = ["1.16", "1.17", "1.18", "1.19", "1.20"];

/// `None` where MetalLB refuses the scenario.
fn convert(folder: &Path, version: CiliumVersion) -> Option<Conversion> {
    let manifests = golden::manifests(folder, &["metallb.yaml", "cluster.yaml"]);
    let (config, cluster) = golden::accepted(&manifests)?;
    let options = convert::Options { version, ..convert::Options::default() };
    Some(convert::convert(&config, &cluster, &CiliumConfig::default(), &options).unwrap())
}

fn objects(conversion: &Conversion) -> Vec<Value> {
    let version = conversion.version;
    let mut objects = Vec::new();
    macro_rules! take {
        ($($list:ident)*) => {
            $(for emitted in &conversion.$list {
                let manifest = Manifest::new(&emitted.resource, version);
                objects.push(serde_json::to_value(&manifest).unwrap());
            })*
        };
    }
    take!(pools advertisements peer_configs overrides l2_policies cluster_configs);
    objects
}

#[test]
fn every_object_passes_the_crd_of_its_version() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused = Vec::new();
    for version in VERSIONS {
        let Some(crds) = support::crd::Crds::load(version) else {
            support::skipped("the CRDs are not at hand");
            return;
        };
        for folder in golden::scenarios("metallb") {
            let Some(conversion) = convert(&folder, version.parse().unwrap()) else { continue };
            for object in objects(&conversion) {
                *counts.entry(object["kind"].as_str().unwrap().to_owned()).or_default() += 1;
                for error in crds.check(&object) {
                    refused.push(format!("{version} {}: {error}", folder.display()));
                }
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    support::say(&format!("objects checked against the CRDs of {VERSIONS:?}: {counts:?}"));
    assert_eq!(counts.len(), 6, "every kind was written");
}
