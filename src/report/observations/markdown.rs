//! A verdict on observations as Markdown, for a comment on a change.

use super::super::verify::literal;
use super::{
    answered, headline, held_against, names, observers, others, places, shortened, verdict, words,
};
use crate::live::observations::{NOT_JUDGED, Report};
use crate::manifest::Sources;

/// Rows of a table: hosts cut long comments off.
const MAX_ROWS: usize = 100;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let mut text = format!("## {}\n\n", literal(&verdict(report)));
    text.push_str(&format!("{}\n\n", literal(&held_against(report))));
    for finding in &report.findings {
        let diagnostic = &finding.diagnostic;
        text.push_str(&format!("### {} {}\n\n", diagnostic.code, literal(&headline(finding))));
        if !others(finding).is_empty() {
            text.push_str(&format!("- Also: {}\n", literal(&shortened(others(finding), MAX_ROWS))));
        }
        text.push_str(&format!("- Decided: {}\n", literal(&finding.expected)));
        text.push_str(&format!("- Observed: {}\n", literal(&finding.observed)));
        for place in places(finding, sources) {
            text.push_str(&format!("- At {}\n", literal(&place)));
        }
        if let Some(help) = &diagnostic.help {
            text.push_str(&format!("- To mend it: {}\n", literal(help)));
        }
        text.push('\n');
    }
    tables(&mut text, report);
    text.push_str(&format!("{}\n\n", literal(&observers(report))));
    for assumption in &report.assumptions {
        text.push_str(&format!("- Assumed: {}\n", literal(assumption)));
    }
    text.push_str("\nNot judged:\n\n");
    for line in NOT_JUDGED {
        text.push_str(&format!("- {line}\n"));
    }
    text
}

fn tables(text: &mut String, report: &Report) {
    if !report.addresses.is_empty() {
        text.push_str(
            "| address | may answer | answered by | result |\n| --- | --- | --- | --- |\n",
        );
        for row in report.addresses.iter().take(MAX_ROWS) {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                row.ip,
                literal(&names(&row.candidates)),
                literal(&answered(row)),
                words(&row.result)
            ));
        }
        more(text, report.addresses.len());
    }
    if !report.sessions.is_empty() {
        text.push_str("| Node | peer | result | observed |\n| --- | --- | --- | --- |\n");
        for row in report.sessions.iter().take(MAX_ROWS) {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                literal(&row.node),
                literal(&format!("{} ({})", row.peer, row.remote)),
                words(&row.result),
                literal(&row.observed)
            ));
        }
        more(text, report.sessions.len());
    }
}

fn more(text: &mut String, rows: usize) {
    text.push('\n');
    if rows > MAX_ROWS {
        text.push_str(&format!("And {} more.\n\n", rows - MAX_ROWS));
    }
}
