//! What MetalLB refuses is refused, and nothing else: over every golden scenario.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::metallb::Config;
use support::golden;

fn judge(folder: &Path) -> Result<Config, Vec<Diagnostic>> {
    let manifests = golden::manifests(folder, &["metallb.yaml", "cluster.yaml"]);
    golden::judged(&manifests).map(|(config, _)| config)
}

#[test]
fn what_metallb_refuses_is_refused_with_its_place_and_nothing_else_is() {
    let mut wrong = Vec::new();
    let (mut refused, mut accepted) = (0, 0);
    for folder in golden::scenarios("metallb") {
        let golden: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(folder.join("metallb.json")).unwrap())
                .unwrap();
        let expected = golden["configError"].as_str();
        match (expected, judge(&folder)) {
            (Some(_), Err(found)) => {
                refused += 1;
                let first = found.iter().find(|diagnostic| diagnostic.is_error());
                if first.is_none_or(|diagnostic| diagnostic.labels.is_empty()) {
                    wrong.push(format!("{}: no place in the input", folder.display()));
                }
            }
            (None, Ok(_)) => accepted += 1,
            (expected, judged) => {
                let judged = judged
                    .map(|_| "accepted")
                    .map_err(|found| found.iter().map(|d| d.message.clone()).collect::<Vec<_>>());
                wrong.push(format!("{}: {expected:?}, judged {judged:?}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    support::say(&format!("MetalLB's validation: {refused} refused, {accepted} accepted"));
    assert!(refused > 50 && accepted > 300, "the scenarios are there");
}
