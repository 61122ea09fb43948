//! Differences as diagnostics, for formats that know nothing else.

use super::super::named;
use super::group::groups;
use super::is_shown;
use crate::diagnostic::{Diagnostic, Severity};
use crate::verify::{Finding, Report};

/// Services that are named before the rest is counted: annotations have a limit.
const NAMED: usize = 200;

/// What decides about the exit status is an error, everything else a note.
pub(in super::super) fn all(report: &Report) -> Vec<Diagnostic> {
    let results = report.findings.iter();
    let results = results.map(|one| result(report, one, &one.headline(), None));
    results.chain(report.notes.iter().cloned()).collect()
}

/// Those that are alike as one, each with how many it stands for.
pub(in super::super) fn grouped(report: &Report) -> Vec<(Diagnostic, usize)> {
    let results = groups(report).into_iter().map(|group| {
        let mut one = result(report, group.first, &group.headline(), group.told_for());
        let (labels, more) = group.labels();
        one.labels = labels;
        if more > 0 {
            one.message.push_str(&format!("\nand at {more} more places"));
        }
        let others = group.others();
        if group.len() > 1 && !others.is_empty() {
            let others = named(&others, NAMED);
            one.message.push_str(&format!("\n{}s: {others}", group.noun()));
        }
        (one, group.len())
    });
    results.chain(report.notes.iter().map(|note| (note.clone(), 1))).collect()
}

fn result(
    report: &Report,
    finding: &Finding,
    headline: &str,
    told_for: Option<String>,
) -> Diagnostic {
    let mut message = headline.to_owned();
    message.extend(told_for.map(|whom| format!("\n{whom}")));
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
