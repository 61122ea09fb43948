//! What the conversion says is so: on every golden scenario, both engines are run
//! on both sides, and wherever they decide differently the conversion has said so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod mutants;
mod proof;
mod random;

use std::collections::{BTreeMap, BTreeSet};

use metallb2cilium::cilium::CiliumConfig;
use metallb2cilium::convert::{self, Conversion};
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::Manifests;
use metallb2cilium::simulate::{cilium as cilium_engine, metallb as metallb_engine};
use metallb2cilium::verify::{self, Comparison, Proof};
use support::golden;

/// A conversion, and how what Cilium decides after it compares.
struct Found {
    conversion: Conversion,
    comparison: Comparison,
    /// What running both controllers adds to what the conversion says.
    unnamed: Vec<Diagnostic>,
    proof: Proof,
}

/// `None` where MetalLB refuses the input.
fn compared(manifests: &Manifests) -> Option<Found> {
    let (config, cluster) = golden::accepted(manifests)?;
    let options = convert::Options::default();
    let conversion =
        convert::convert(&config, &cluster, &CiliumConfig::default(), &options).unwrap();
    let proof = proof::of(&config, &cluster, &conversion);
    let options =
        metallb_engine::Options { max_outcomes: 4096, ..metallb_engine::Options::default() };
    let before = metallb_engine::simulate(&config, &cluster, &options);
    let options = cilium_engine::Options { max_outcomes: 4096 };
    let (written, after) = verify::applied(&conversion, &cluster);
    let after = cilium_engine::simulate(&written, &after, &options);
    assert_eq!(after.config_error, None);
    let comparison = verify::compare(&config, &cluster, &before, &after);
    assert!(!comparison.truncated);
    let unnamed = verify::unnamed(&comparison, &cluster, &conversion.diagnostics);
    Some(Found { conversion, comparison, unnamed, proof })
}

#[test]
fn where_the_engines_decide_differently_the_conversion_has_said_so() {
    let (mut same, mut said, mut by_running, mut wrong) = (0, 0, 0, Vec::new());
    let mut unnecessary: BTreeMap<&str, usize> = BTreeMap::new();
    for folder in golden::scenarios("metallb") {
        let manifests = golden::manifests(&folder, &["metallb.yaml", "cluster.yaml"]);
        let Some(Found { conversion, comparison, unnamed, .. }) = compared(&manifests) else {
            continue;
        };
        let losses: BTreeSet<&str> = conversion
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_lossy())
            .map(|diagnostic| diagnostic.code.id)
            .collect();
        let differ: Vec<String> = comparison
            .differences
            .iter()
            .map(|d| format!("{} {}: {:?}\n    now {:?}", d.service, d.what(), d.before, d.after))
            .collect();
        match (differ.is_empty(), losses.is_empty()) {
            (true, true) => same += 1,
            (true, false) => {
                same += 1;
                for code in losses {
                    *unnecessary.entry(code).or_default() += 1;
                }
            }
            (false, false) => said += 1,
            // Which Service gets the last address of a pool is seen only when both
            // controllers are run, as the command does.
            (false, true) if unnamed.len() == comparison.differences.len() => {
                by_running += 1;
            }
            (false, true) => {
                let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{name}: {}", differ.join("\n")));
            }
        }
    }
    support::say(&format!(
        "{same} decide alike, {said} differ and said so, {by_running} seen only when run; losses \
         where alike: {unnecessary:?}"
    ));
    assert!(by_running <= 4, "the conversion itself should know more: {by_running}");
    assert!(wrong.is_empty(), "{} differ in silence:\n{}", wrong.len(), wrong.join("\n"));
}
