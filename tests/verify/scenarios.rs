//! Every golden scenario.

use std::collections::BTreeSet;
use std::path::Path;

use metallb2cilium::cilium::CiliumConfig;
use metallb2cilium::convert;
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{self, Compared, Finding, Question, Report, Verdict};

use crate::support::golden::{accepted, manifests, scenarios};

/// What the conversion of a golden scenario says, and the verdict on it.
fn golden(folder: &Path) -> Option<(Vec<Diagnostic>, Report)> {
    let manifests = manifests(folder, &["metallb.yaml", "cluster.yaml"]);
    let (config, cluster) = accepted(&manifests)?;
    let options = convert::Options::default();
    let conversion =
        convert::convert(&config, &cluster, &CiliumConfig::default(), &options).unwrap();
    let (written, after) = verify::applied(&conversion, &cluster);
    let compared = Compared { title: "Cilium", config: &written, cluster: &after, there: None };
    let speakers = Speakers::default();
    let question = Question {
        config: &config,
        cluster: &cluster,
        speakers: &speakers,
        lb_class: None,
        max_outcomes: 4096,
        proof: None,
    };
    let report = verify::verify(&question, &compared, &conversion.diagnostics, true).unwrap();
    Some((conversion.diagnostics, report))
}

#[test]
fn a_golden_conversion_without_loss_is_equivalent_and_with_one_is_not() {
    let (mut checked, mut different, mut only_run, mut wrong) = (0, 0, 0, Vec::new());
    for folder in scenarios("metallb") {
        let Some((said, report)) = golden(&folder) else { continue };
        checked += 1;
        let touches = |one: &&Diagnostic| {
            one.severity
                == metallb2cilium::diagnostic::Severity::Lossy(
                    metallb2cilium::diagnostic::Impact::Traffic,
                )
        };
        let lossy: BTreeSet<&str> = said.iter().filter(touches).map(|one| one.code.id).collect();
        assert!(!report.counts.truncated);
        let is_different = report.verdict == Verdict::Different;
        different += usize::from(is_different);
        match (lossy.is_empty(), is_different) {
            (true, false) | (false, true) => {}
            // Who gets the last address of a pool shows only when both are run, as
            // the command does; it then names the Service.
            (true, true) if report.findings.iter().all(|one| follows(&report, one)) => {
                only_run += 1;
            }
            _ => {
                let found: Vec<String> = report
                    .findings
                    .iter()
                    .map(|one| {
                        format!(
                            "{} {:?} {}: {} / {}",
                            one.diagnostic.code,
                            one.subjects,
                            one.diagnostic.message,
                            one.before,
                            one.after
                        )
                    })
                    .collect();
                wrong.push(format!(
                    "{} {lossy:?} {:?} {found:#?}",
                    folder.display(),
                    report.verdict
                ));
            }
        }
    }
    println!("{checked} scenarios, {different} different, {only_run} seen only when run");
    assert!(checked > 200 && different > 100 && checked - different > 50);
    assert!(only_run <= 4, "{only_run}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a finding touches no traffic, is that a Service has another address, or that such
/// a Service has other routes.
fn follows(report: &Report, finding: &Finding) -> bool {
    let has_another_address = |service: &String| {
        let mut others = report.findings.iter().filter(|one| one.diagnostic.code.id == "M2C592");
        others.any(|other| other.subjects.contains(service))
    };
    match finding.diagnostic.code.id {
        "M2C592" => true,
        "M2C594" => finding.subjects.iter().all(has_another_address),
        _ => !finding.touches_traffic(),
    }
}

/// Differences at hand that no loss of the conversion explains, over all scenarios:
/// their loss names another object, or they follow from one that is named.
#[test]
fn most_differences_of_golden_conversions_are_explained_by_a_loss() {
    let (mut explained, mut other) = (0, Vec::new());
    for folder in scenarios("metallb") {
        let Some((said, report)) = golden(&folder) else { continue };
        for finding in report.findings.iter().filter(|finding| finding.seen) {
            if finding.diagnostic.code.id.starts_with("M2C59") {
                other.push(format!(
                    "{} {:?} {} {:?} {}: {} / {}",
                    folder.file_name().unwrap().display(),
                    said.iter()
                        .filter(|one| one.is_lossy())
                        .map(|one| one.code.id)
                        .collect::<BTreeSet<_>>(),
                    finding.diagnostic.code,
                    finding.subjects,
                    finding.diagnostic.message,
                    finding.before,
                    finding.after
                ));
            } else {
                explained += 1;
            }
        }
    }
    println!("{explained} explained; {} not:\n{}", other.len(), other.join("\n"));
    assert!(other.len() * 4 < explained, "{} of {}", other.len(), other.len() + explained);
}
