//! Differences as diagnostics, for formats that know nothing else.

use super::is_shown;
use crate::diagnostic::{Diagnostic, Severity};
use crate::verify::{Finding, Report};

/// Services that are named before the rest is counted: annotations have a limit.
const NAMED: usize = 200;

/// What decides about the exit status is an error, everything else a note.
pub(in super::super) fn all(report: &Report) -> Vec<Diagnostic> {
    let results = report.findings.iter().map(|finding| result(report, finding));
    results.chain(report.notes.iter().cloned()).collect()
}

fn result(report: &Report, finding: &Finding) -> Diagnostic {
    let mut message = finding.headline();
    if is_shown(finding) {
        message.push_str(&format!("\n{}: {}", report.before, finding.before));
        message.push_str(&format!("\n{}: {}", report.after, finding.after));
    }
    if finding.subjects.len() > 1 {
        let named: Vec<&str> = finding.subjects.iter().take(NAMED).map(String::as_str).collect();
        message.push_str(&format!("\nServices: {}", named.join(", ")));
        if finding.subjects.len() > NAMED {
            message.push_str(&format!(" and {} more", finding.subjects.len() - NAMED));
        }
    }
    if let Some(example) = &finding.example {
        message.push_str(&format!("\nFor example:\n{example}"));
    }
    let severity = if finding.touches_traffic() { Severity::Error } else { Severity::Note };
    Diagnostic { message, severity, ..finding.diagnostic.clone() }
}
