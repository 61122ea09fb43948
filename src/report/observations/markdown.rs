//! A verdict on observations as Markdown, for a comment on a change: the verdict and what
//! to do are seen, the rest is folded away.

use super::super::markdown::{
    LIMIT, clipped, clipped_to, details, fitting, list, literal, prose, table,
};
use super::{
    answered, counted, headline, held_against, names, observers, others, places, shortened,
    verdict, words,
};
use crate::live::observations::{Finding, NOT_JUDGED, Report};
use crate::manifest::Sources;

/// Findings that are seen at once.
const SEEN: usize = 5;
/// Whom and what places a finding names.
const NAMED: usize = 50;
/// Room for each table, and for each list.
const TABLE: usize = 10_000;
const LIST: usize = 3_000;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let mut text = format!("## {}\n\n", literal(&clipped(&verdict(report))));
    text.push_str(&format!("{}\n\n", literal(&clipped(&held_against(report)))));
    let tail = tail(report);
    let room = LIMIT.saturating_sub(text.len() + tail.len() + 600);
    let parts = |findings: &[Finding]| {
        findings.iter().map(|one| (finding(one, sources), 1)).collect::<Vec<_>>()
    };
    let (seen, folded) = report.findings.split_at(report.findings.len().min(SEEN));
    let (first, mut left_out) = fitting(parts(seen), room);
    text.push_str(&first);
    if left_out == 0 {
        let (more, left) = fitting(parts(folded), room.saturating_sub(first.len()));
        let shown = folded.len() - left;
        text.push_str(&details(&counted(shown, "more finding", "more findings"), &more));
        left_out = left;
    } else {
        left_out += folded.len();
    }
    if left_out > 0 {
        let counted = counted(left_out, "more finding is", "more findings are");
        text.push_str(&format!(
            "**{counted} left out here**, where there is no more room: `metallb2cilium verify` \
             with the same options shows all of them, as text or with `-o json`.\n\n"
        ));
    }
    text + &tail
}

fn finding(finding: &Finding, sources: &Sources) -> String {
    let diagnostic = &finding.diagnostic;
    let mut text = format!("### {} {}\n\n", diagnostic.code, literal(&clipped(&headline(finding))));
    text.push_str(&format!("- Decided: {}\n", literal(&clipped(&finding.expected))));
    text.push_str(&format!("- Observed: {}\n", literal(&clipped(&finding.observed))));
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("- To mend it: {}\n", prose(&clipped(help))));
    }
    text.push('\n');
    let mut folded = String::new();
    if !others(finding).is_empty() {
        let also = clipped_to(&shortened(others(finding), NAMED), 3_000);
        folded.push_str(&format!("- Also: {}\n", literal(&also)));
    }
    let places = places(finding, sources);
    if !places.is_empty() {
        let places = clipped_to(&shortened(&places, NAMED), 3_000);
        folded.push_str(&format!("- At {}\n", literal(&places)));
    }
    text + &details("Where it was observed", &folded)
}

/// The tables, and what the verdict rests on.
fn tail(report: &Report) -> String {
    let rows = report.addresses.iter().map(|row| {
        let ip = row.ip.to_string();
        vec![ip, names(&row.candidates), answered(row), words(&row.result)]
    });
    let heads = ["address", "may answer", "answered by", "result"];
    let mut text = folded(report.addresses.len(), "address", "addresses", &heads, rows);
    let rows = report.sessions.iter().map(|row| {
        let peer = format!("{} ({})", row.peer, row.remote);
        vec![row.node.clone(), peer, words(&row.result), row.observed.clone()]
    });
    let heads = ["Node", "peer", "result", "observed"];
    text.push_str(&folded(report.sessions.len(), "BGP session", "BGP sessions", &heads, rows));
    text.push_str(&format!("{}\n\n", literal(&clipped_to(&observers(report), 3_000))));
    text.push_str(&details("Assumed", &list(report.assumptions.iter().cloned(), LIST)));
    let open = NOT_JUDGED.iter().map(|line| (*line).to_owned());
    text + &details("Not judged", &list(open, LIST))
}

fn folded(
    count: usize,
    one: &str,
    several: &str,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> String {
    let (mut text, left_out) = table(heads, rows, TABLE);
    if left_out > 0 {
        text.push_str(&format!("\nAnd {left_out} more; `-o json` has all.\n"));
    }
    details(&counted(count, one, several), &text)
}
