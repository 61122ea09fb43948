//! A verdict as a SARIF 2.1.0 log: a result for each difference.

use serde_json::json;

use super::super::sarif;
use super::{compared, headline, is_shown, left_out, scope, verdict};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;
use crate::verify::{Finding, NOT_COMPARED, Report};

/// What decides about the exit status is an error, everything else a note.
pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let results = report.findings.iter().map(|finding| result(report, finding));
    let results: Vec<Diagnostic> = results.chain(report.notes.iter().cloned()).collect();
    let (apart, unproved) = left_out(report);
    let properties = json!({
        "verdict": report.verdict,
        "summary": verdict(report),
        "compared": compared(report),
        "scope": scope(report),
        "leftOutOfTheProof": apart,
        "notProved": unproved,
        "assumptions": report.assumptions,
        "notCompared": NOT_COMPARED,
    });
    sarif::log(&results, sources, Some(properties))
}

fn result(report: &Report, finding: &Finding) -> Diagnostic {
    let mut message = headline(finding);
    if is_shown(finding) {
        message.push_str(&format!("\n{}: {}", report.before, finding.before));
        message.push_str(&format!("\n{}: {}", report.after, finding.after));
    }
    if finding.subjects.len() > 1 {
        message.push_str(&format!("\nServices: {}", finding.subjects.join(", ")));
    }
    if let Some(example) = &finding.example {
        message.push_str(&format!("\nFor example:\n{example}"));
    }
    let severity = if finding.touches_traffic() { Severity::Error } else { Severity::Note };
    Diagnostic { message, severity, ..finding.diagnostic.clone() }
}
