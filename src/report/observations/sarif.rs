//! A verdict on observations as a SARIF 2.1.0 log: a result for each finding, at the
//! lines of the observations.

use serde_json::json;

use super::super::sarif;
use super::{headline, held_against, observers, verdict};
use crate::diagnostic::Diagnostic;
use crate::live::observations::{NOT_JUDGED, Report};
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let results = report.findings.iter().map(|finding| {
        let mut message = headline(finding);
        message.push_str(&format!("\nDecided: {}", finding.expected));
        message.push_str(&format!("\nObserved: {}", finding.observed));
        if finding.subjects.len() > 1 {
            message.push_str(&format!("\nAll: {}", finding.subjects.join(", ")));
        }
        Diagnostic { message, ..finding.diagnostic.clone() }
    });
    let results: Vec<Diagnostic> = results.collect();
    let properties = json!({
        "verdict": if report.is_good() { "asDecided" } else { "notAsDecided" },
        "summary": verdict(report),
        "heldAgainst": held_against(report),
        "observers": observers(report),
        "assumptions": report.assumptions,
        "notJudged": NOT_JUDGED,
    });
    sarif::log(&results, sources, Some(properties))
}
