//! A verdict as JUnit XML: a test case for each Service, each BGP session, each loss
//! that the conversion names, and for whether everything was compared. What differs
//! and touches traffic is a failure.

use std::collections::BTreeMap;

use super::super::escape::markup;
use super::{compared, headline, is_shown, left_out, place, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{Finding, NOT_COMPARED, Report, Verdict};

/// A test case, and what was found of it.
struct Case<'r> {
    name: String,
    found: Vec<&'r Finding>,
}

/// A group of cases.
struct Suite<'r> {
    name: &'static str,
    cases: Vec<Case<'r>>,
}

impl Case<'_> {
    fn fails(&self) -> bool {
        self.found.iter().any(|finding| finding.touches_traffic())
    }
}

impl Suite<'_> {
    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.fails()).count()
    }
}

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let suites = suites(report);
    let undecided = report.verdict == Verdict::Undecided;
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum::<usize>() + 1;
    let failures: usize =
        suites.iter().map(Suite::failures).sum::<usize>() + usize::from(undecided);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!(
        "<testsuites name=\"metallb2cilium verify\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"0\">\n"
    ));
    for suite in &suites {
        open(&mut text, suite.name, suite.cases.len(), suite.failures());
        for case in &suite.cases {
            write(&mut text, report, suite.name, case, sources);
        }
        text.push_str("  </testsuite>\n");
    }
    completeness(&mut text, report, undecided);
    text.push_str("</testsuites>\n");
    text
}

fn open(text: &mut String, name: &str, tests: usize, failures: usize) {
    text.push_str(&format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"0\">\n"
    ));
}

/// Every finding is in at least one case.
fn suites(report: &Report) -> [Suite<'_>; 3] {
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
            None if !known => said.push(Case { name: headline(finding), found: vec![finding] }),
            None => {}
        }
    }
    let case = |(name, found)| Case { name, found };
    let services = services.into_iter().map(|(name, found)| (name.to_owned(), found));
    [
        Suite { name: "Services", cases: services.map(case).collect() },
        Suite { name: "BGP sessions", cases: sessions.into_iter().map(case).collect() },
        Suite { name: "Losses", cases: said },
    ]
}

fn write(text: &mut String, report: &Report, suite: &str, case: &Case<'_>, sources: &Sources) {
    let name = markup(&case.name);
    text.push_str(&format!("    <testcase classname=\"{suite}\" name=\"{name}\""));
    if case.found.is_empty() {
        text.push_str("/>\n");
        return;
    }
    text.push_str(">\n");
    let failing: Vec<&Finding> =
        case.found.iter().copied().filter(|finding| finding.touches_traffic()).collect();
    // A test case fails once, whatever the number of reasons.
    if let Some(first) = failing.first() {
        let code = first.diagnostic.code.id;
        let message = markup(&first.diagnostic.message);
        text.push_str(&format!("      <failure type=\"{code}\" message=\"{message}\">"));
        let told: Vec<String> =
            failing.iter().map(|finding| told(report, finding, sources)).collect();
        text.push_str(&markup(&told.join("\n")));
        text.push_str("</failure>\n");
    }
    let harmless = case.found.iter().filter(|finding| !finding.touches_traffic());
    let harmless: Vec<String> = harmless.map(|one| told(report, one, sources)).collect();
    if !harmless.is_empty() {
        text.push_str(&format!(
            "      <system-out>{}</system-out>\n",
            markup(&harmless.join("\n"))
        ));
    }
    text.push_str("    </testcase>\n");
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
        lines.push(format!("  at {} {}", place(label.span, sources), label.text));
    }
    if let Some(example) = &finding.example {
        lines.push("  for example:".to_owned());
        lines.extend(example.lines().map(|line| format!("    {line}")));
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("  to mend it: {help}")));
    lines.join("\n")
}

/// Whether every outcome was compared, and everything proved; and on what the verdict rests.
fn completeness(text: &mut String, report: &Report, undecided: bool) {
    const NAME: &str = "Completeness";
    open(text, NAME, 1, usize::from(undecided));
    text.push_str(&format!(
        "    <testcase classname=\"{NAME}\" name=\"everything was compared\">\n"
    ));
    if undecided {
        let reason = match left_out(report).1.first() {
            Some(reason) if !report.counts.truncated => format!("not proved: {reason}"),
            _ => "there are more outcomes than were compared: see --max-outcomes".to_owned(),
        };
        text.push_str(&format!(
            "      <failure type=\"undecided\" message=\"{}\"/>\n",
            markup(&reason)
        ));
    }
    let mut lines = vec![verdict(report), format!("Compared: {}.", compared(report))];
    lines.extend(report.assumptions.iter().map(|assumption| format!("Assumed: {assumption}")));
    lines.extend(NOT_COMPARED.iter().map(|line| format!("Not compared: {line}")));
    let (apart, unproved) = left_out(report);
    lines.extend(apart.iter().map(|who| format!("Left out of the proof, compared at hand: {who}")));
    lines.extend(unproved.iter().map(|reason| format!("Not proved: {reason}")));
    lines.push(scope(report));
    let told = markup(&lines.join("\n"));
    text.push_str(&format!("      <system-out>{told}</system-out>\n    </testcase>\n"));
    text.push_str("  </testsuite>\n");
}
