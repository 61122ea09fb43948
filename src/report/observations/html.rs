//! A verdict on observations as one page for a browser, without a script.
//!
//! Whatever comes from the input or from a node is text: it is escaped.

use super::super::escape::markup;
use super::super::html::table::{Row, table};
use super::super::html::{Page, list, verdict as header};
use super::{answered, headline, held_against, names, observers, others, places, verdict, words};
use crate::live::observations::{Finding, NOT_JUDGED, Report};
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let (word, class) = if report.is_good() {
        ("As decided", "equivalent")
    } else {
        ("Not as decided", "different")
    };
    let lines = [verdict(report), held_against(report), observers(report)];
    let mut page = Page::new("verify", word, header(class, word, &lines));
    let findings = report.findings.iter().map(|one| finding(one, sources)).collect();
    page.section("findings", "Findings", findings);
    page.section("addresses", "Addresses", addresses(report));
    page.section("sessions", "BGP sessions", sessions(report));
    page.section("assumed", "Assumed", list(&report.assumptions));
    page.section("open", "Not judged", list(NOT_JUDGED));
    page.render()
}

fn finding(finding: &Finding, sources: &Sources) -> String {
    let mut text = format!(
        "<article class=\"difference traffic\">\n<h3><code>{}</code> {}</h3>\n",
        finding.diagnostic.code,
        markup(&headline(finding))
    );
    if !others(finding).is_empty() {
        text.push_str(&format!("<p>Also: {}</p>\n", markup(&others(finding).join(", "))));
    }
    text.push_str(&format!(
        "<dl class=\"sides\"><div class=\"gone\"><dt>Decided</dt><dd>{}</dd></div><div \
         class=\"new\"><dt>Observed</dt><dd>{}</dd></div></dl>\n",
        markup(&finding.expected),
        markup(&finding.observed)
    ));
    if let Some(help) = &finding.diagnostic.help {
        text.push_str(&format!("<p><strong>To mend it:</strong> {}</p>\n", markup(help)));
    }
    let places = places(finding, sources);
    if !places.is_empty() {
        let items: String =
            places.iter().map(|one| format!("<li><code>{}</code></li>", markup(one))).collect();
        text.push_str(&format!("<ul class=\"places\">{items}</ul>\n"));
    }
    text.push_str("</article>\n");
    text
}

fn addresses(report: &Report) -> String {
    let rows = report.addresses.iter().map(|row| {
        let cells = [
            row.ip.to_string(),
            names(&row.services),
            names(&row.candidates),
            answered(row),
            words(&row.result),
        ];
        (row.result.is_good(), cells)
    });
    judged("Addresses", ["Address", "Services", "May answer", "Answered by", "Result"], rows)
}

fn sessions(report: &Report) -> String {
    let rows = report.sessions.iter().map(|row| {
        let cells = [
            row.node.clone(),
            row.peer.clone(),
            row.remote.clone(),
            row.observed.clone(),
            words(&row.result),
        ];
        (row.result.is_good(), cells)
    });
    judged("BGP sessions", ["Node", "Peer", "Address", "Observed", "Result"], rows)
}

/// A table whose last column says how each row was judged.
fn judged(
    title: &str,
    heads: [&str; 5],
    rows: impl Iterator<Item = (bool, [String; 5])>,
) -> String {
    let rows = rows.map(|(good, cells)| Row {
        class: if good { "same" } else { "differs" },
        cells: cells.into(),
    });
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() { String::new() } else { table(title, &heads, &rows) }
}
