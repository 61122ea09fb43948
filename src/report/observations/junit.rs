//! A verdict on observations as JUnit XML: a test case for each address, each session of
//! a Node, and each Node that could not look.

use super::super::escape::markup;
use super::{answered, headline, held_against, names, observers, places, verdict, words};
use crate::live::observations::{Finding, NOT_JUDGED, Report, codes};
use crate::manifest::Sources;

/// A test case: its name, and what is wrong where something is.
struct Case {
    name: String,
    failure: Option<(String, String)>,
}

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let suites = [
        ("Addresses", addresses(report)),
        ("BGP sessions", sessions(report)),
        ("Observers", refused(report)),
    ];
    let failed = |cases: &[Case]| cases.iter().filter(|case| case.failure.is_some()).count();
    let tests: usize = suites.iter().map(|(_, cases)| cases.len()).sum();
    let failures: usize = suites.iter().map(|(_, cases)| failed(cases)).sum();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"metallb2cilium verify \
         --observations\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for (name, cases) in &suites {
        text.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\" \
             skipped=\"0\">\n",
            cases.len(),
            failed(cases)
        ));
        for case in cases {
            write(&mut text, name, case);
        }
        if *name == "Observers" {
            let told = summary(report, sources);
            text.push_str(&format!("    <system-out>{}</system-out>\n", markup(&told)));
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn write(text: &mut String, suite: &str, case: &Case) {
    let name = markup(&case.name);
    text.push_str(&format!("    <testcase classname=\"{suite}\" name=\"{name}\""));
    match &case.failure {
        None => text.push_str("/>\n"),
        Some((kind, told)) => text.push_str(&format!(
            ">\n      <failure type=\"{}\" message=\"{}\"/>\n    </testcase>\n",
            markup(kind),
            markup(told)
        )),
    }
}

fn addresses(report: &Report) -> Vec<Case> {
    let case = |row: &crate::live::observations::AddressRow| {
        let good = row.result.is_good();
        let told = || {
            let may = names(&row.candidates);
            (words(&row.result), format!("answered by {}; may answer: {may}", answered(row)))
        };
        Case { name: row.ip.to_string(), failure: (!good).then(told) }
    };
    report.addresses.iter().map(case).collect()
}

fn sessions(report: &Report) -> Vec<Case> {
    let case = |row: &crate::live::observations::SessionRow| Case {
        name: format!("{} with {} ({})", row.node, row.peer, row.remote),
        failure: (!row.result.is_good()).then(|| (words(&row.result), row.observed.clone())),
    };
    report.sessions.iter().map(case).collect()
}

fn refused(report: &Report) -> Vec<Case> {
    let refusals = report.findings.iter().filter(|one| one.diagnostic.code == codes::NODE_REFUSED);
    let case = |finding: &Finding| Case {
        name: headline(finding),
        failure: Some((finding.diagnostic.code.id.to_owned(), finding.observed.clone())),
    };
    refusals.map(case).collect()
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
