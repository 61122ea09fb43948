//! A verdict as a SARIF 2.1.0 log: a result for each difference.

use serde_json::json;

use super::super::sarif;
use super::{compared, headline, verdict};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;
use crate::verify::{Finding, NOT_COMPARED, Report, SCOPE};

/// What decides about the exit status is an error, everything else a note.
pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let results = report.findings.iter().map(|finding| result(report, finding));
    let results: Vec<Diagnostic> = results.chain(report.notes.iter().cloned()).collect();
    let properties = json!({
        "verdict": report.verdict,
        "summary": verdict(report),
        "compared": compared(report),
        "scope": SCOPE,
        "assumptions": report.assumptions,
        "notCompared": NOT_COMPARED,
    });
    sarif::log(&results, sources, Some(properties))
}

fn result(report: &Report, finding: &Finding) -> Diagnostic {
    let mut message = headline(finding);
    if finding.seen {
        message.push_str(&format!("\n{}: {}", report.before, finding.before));
        message.push_str(&format!("\n{}: {}", report.after, finding.after));
    }
    if finding.subjects.len() > 1 {
        message.push_str(&format!("\nServices: {}", finding.subjects.join(", ")));
    }
    let severity = if finding.touches_traffic() { Severity::Error } else { Severity::Note };
    Diagnostic { message, severity, ..finding.diagnostic.clone() }
}
