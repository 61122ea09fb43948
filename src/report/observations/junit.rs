//! A verdict on observations as JUnit XML: a test case for each address, each session of
//! a Node, and each Node that could not look.

use super::super::junit::{self, Case, Failure, Suite};
use super::{answered, headline, held_against, names, observers, places, verdict, words};
use crate::live::observations::{AddressRow, Finding, NOT_JUDGED, Report, SessionRow, codes};
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let told = Some(summary(report, sources));
    let suites = [
        Suite { name: "Addresses", cases: addresses(report), told: None },
        Suite { name: "BGP sessions", cases: sessions(report), told: None },
        Suite { name: "Observers", cases: refused(report), told },
    ];
    junit::render("verify --observations", &suites)
}

fn case(name: String, failure: Option<(String, String)>) -> Case {
    let failure = failure.map(|(kind, message)| Failure { kind, message, text: String::new() });
    Case { name, failure, told: None }
}

fn addresses(report: &Report) -> Vec<Case> {
    let of_row = |row: &AddressRow| {
        let told = || {
            let may = names(&row.candidates);
            (words(&row.result), format!("answered by {}; may answer: {may}", answered(row)))
        };
        case(row.ip.to_string(), (!row.result.is_good()).then(told))
    };
    report.addresses.iter().map(of_row).collect()
}

fn sessions(report: &Report) -> Vec<Case> {
    let of_row = |row: &SessionRow| {
        let told = || (words(&row.result), row.observed.clone());
        let name = format!("{} with {} ({})", row.node, row.peer, row.remote);
        case(name, (!row.result.is_good()).then(told))
    };
    report.sessions.iter().map(of_row).collect()
}

fn refused(report: &Report) -> Vec<Case> {
    let refusals = report.findings.iter().filter(|one| one.diagnostic.code == codes::NODE_REFUSED);
    let of_finding = |finding: &Finding| {
        let told = (finding.diagnostic.code.id.to_owned(), finding.observed.clone());
        case(headline(finding), Some(told))
    };
    refusals.map(of_finding).collect()
}

/// Every finding with its code, its places and what would mend it; and on what the
/// verdict rests.
fn summary(report: &Report, sources: &Sources) -> String {
    let mut lines = vec![verdict(report), held_against(report), observers(report)];
    for finding in &report.findings {
        lines.push(format!("{} {}", finding.diagnostic.code, headline(finding)));
        lines.push(format!("  decided: {}", finding.expected));
        lines.push(format!("  observed: {}", finding.observed));
        lines.extend(places(finding, sources).iter().map(|place| format!("  at {place}")));
        lines.extend(finding.diagnostic.help.iter().map(|help| format!("  to mend it: {help}")));
    }
    lines.extend(report.assumptions.iter().map(|one| format!("Assumed: {one}")));
    lines.extend(NOT_JUDGED.iter().map(|one| format!("Not judged: {one}")));
    lines.join("\n")
}
