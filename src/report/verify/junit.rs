//! A verdict as JUnit XML: a test case for each Service, each BGP session, each loss
//! that the conversion names, and for whether everything was compared. What differs
//! and touches traffic is a failure.

use std::collections::BTreeMap;

use super::super::junit::{self, Case, Failure, Suite};
use super::{compared, is_shown, left_out, place, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{Finding, NOT_COMPARED, Report, Verdict};

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    junit::render("verify", &suites(report, sources))
}

/// Every finding is in at least one case.
pub(in super::super) fn suites(report: &Report, sources: &Sources) -> Vec<Suite> {
    let mut services: BTreeMap<&str, Vec<&Finding>> =
        report.services.iter().map(|row| (row.service.as_str(), vec![])).collect();
    let mut sessions: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for row in &report.sessions {
        for session in row.before.iter().chain(&row.after).flatten() {
            sessions.entry(format!("{} ({})", session.peer, session.remote)).or_default();
        }
    }
    let mut said = Vec::new();
    for finding in &report.findings {
        let mut known = false;
        for subject in &finding.subjects {
            if let Some(found) = services.get_mut(subject.as_str()) {
                found.push(finding);
                known = true;
            }
        }
        let object = finding.diagnostic.object.as_ref().filter(|_| finding.seen && !known);
        match object.and_then(|object| sessions.get_mut(&object.name)) {
            Some(found) => found.push(finding),
            None if !known => said.push((finding.headline(), vec![finding])),
            None => {}
        }
    }
    let case = |(name, found): (String, Vec<&Finding>)| case(report, name, &found, sources);
    let services = services.into_iter().map(|(name, found)| (name.to_owned(), found));
    let suite = |name, cases| Suite { name, cases, told: None };
    vec![
        suite("Services", services.map(case).collect()),
        suite("BGP sessions", sessions.into_iter().map(case).collect()),
        suite("Losses", said.into_iter().map(case).collect()),
        suite("Completeness", vec![completeness(report)]),
    ]
}

fn case(report: &Report, name: String, found: &[&Finding], sources: &Sources) -> Case {
    let (failing, harmless): (Vec<&Finding>, Vec<&Finding>) =
        found.iter().copied().partition(|finding| finding.touches_traffic());
    let told = |findings: &[&Finding]| {
        let told = findings.iter().map(|finding| told(report, finding, sources));
        told.collect::<Vec<_>>().join("\n")
    };
    let failure = failing.first().map(|first| Failure {
        kind: first.diagnostic.code.id.to_owned(),
        message: first.diagnostic.message.clone(),
        text: told(&failing),
    });
    Case { name, failure, told: (!harmless.is_empty()).then(|| told(&harmless)) }
}

/// A difference with both sides, its places and what would mend it.
fn told(report: &Report, finding: &Finding, sources: &Sources) -> String {
    let diagnostic = &finding.diagnostic;
    let mut lines = vec![format!("{} {}", diagnostic.code, diagnostic.message)];
    if is_shown(finding) {
        lines.push(format!("  {}: {}", report.before, finding.before));
        lines.push(format!("  {}: {}", report.after, finding.after));
    } else {
        lines.push("  said by the conversion, though not seen at hand".to_owned());
    }
    for label in &diagnostic.labels {
        let line = format!("  at {} {}", place(label.span, sources), label.text);
        lines.push(line.trim_end().to_owned());
    }
    if let Some(example) = &finding.example {
        lines.push("  for example:".to_owned());
        lines.extend(example.lines().map(|line| format!("    {line}")));
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("  to mend it: {help}")));
    lines.join("\n")
}

/// Whether every outcome was compared, and everything proved; and on what the verdict rests.
fn completeness(report: &Report) -> Case {
    let (apart, unproved) = left_out(report);
    let failure = (report.verdict == Verdict::Undecided).then(|| Failure {
        kind: "undecided".to_owned(),
        message: match unproved.first() {
            Some(reason) if !report.counts.truncated => format!("not proved: {reason}"),
            _ => "there are more outcomes than were compared: see --max-outcomes".to_owned(),
        },
        text: String::new(),
    });
    let mut lines = vec![verdict(report), format!("Compared: {}.", compared(report))];
    lines.extend(report.assumptions.iter().map(|assumption| format!("Assumed: {assumption}")));
    lines.extend(NOT_COMPARED.iter().map(|line| format!("Not compared: {line}")));
    lines.extend(apart.iter().map(|who| format!("Left out of the proof, compared at hand: {who}")));
    lines.extend(unproved.iter().map(|reason| format!("Not proved: {reason}")));
    lines.push(scope(report));
    Case { name: "everything was compared".to_owned(), failure, told: Some(lines.join("\n")) }
}
