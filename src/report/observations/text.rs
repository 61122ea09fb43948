//! A verdict on observations as text for people, within the width of their terminal.

use super::super::{Style, escape, wrap};
use super::{
    answered, headline, held_against, names, observers, others, places, shortened, verdict, words,
};
use crate::live::observations::{AddressResult, NOT_JUDGED, Report, SessionResult};
use crate::manifest::Sources;

/// Rows that are listed one by one.
const MAX_ROWS: usize = 40;
/// Places of a finding that are listed.
const MAX_PLACES: usize = 4;
/// The widest a report gets.
const WIDTH: usize = 80;

struct Page<'s> {
    text: String,
    style: &'s Style,
}

impl Page<'_> {
    fn line(&mut self, line: &str, indent: &str) {
        let visible = escape::visible(line, self.style.unicode).replace('\n', " ");
        let width = self.style.width.clamp(40, WIDTH);
        self.text.push_str(&wrap::indented(&visible, width, indent));
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }
}

pub(super) fn render(report: &Report, sources: &Sources, style: &Style) -> String {
    let mut page = Page { text: String::new(), style };
    page.line(&verdict(report), "");
    page.line(&held_against(report), "");
    findings(&mut page, report, sources);
    addresses(&mut page, report);
    sessions(&mut page, report);
    page.gap();
    page.line(&observers(report), "  ");
    if !report.assumptions.is_empty() {
        page.line("Assumed:", "");
        for assumption in &report.assumptions {
            page.line(&format!("- {assumption}"), "  ");
        }
    }
    page.line("Not judged:", "");
    for line in NOT_JUDGED {
        page.line(&format!("- {line}"), "  ");
    }
    page.text
}

fn findings(page: &mut Page<'_>, report: &Report, sources: &Sources) {
    for finding in &report.findings {
        page.gap();
        let diagnostic = &finding.diagnostic;
        page.line(&format!("{}  {}", diagnostic.code, headline(finding)), "        ");
        if !others(finding).is_empty() {
            page.line(&format!("  also: {}", shortened(others(finding), 20)), "    ");
        }
        page.line(&format!("  decided: {}", finding.expected), "    ");
        page.line(&format!("  observed: {}", finding.observed), "    ");
        let places = places(finding, sources);
        if !places.is_empty() {
            page.line(&format!("  at {}", shortened(&places, MAX_PLACES)), "     ");
        }
        if let Some(help) = &diagnostic.help {
            page.line(&format!("  to mend it: {help}"), "    ");
        }
    }
}

/// All with `-v`, else those that are not as decided.
fn addresses(page: &mut Page<'_>, report: &Report) {
    let good = |result| matches!(result, AddressResult::AsDecided | AddressResult::Free);
    let rows = report.addresses.iter().filter(|row| page.style.verbose || !good(row.result));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    page.gap();
    page.line("Addresses:", "");
    for row in rows.iter().take(MAX_ROWS) {
        let line = format!(
            "  {}: {}; answered by {}; may answer: {}",
            row.ip,
            words(&row.result),
            answered(row),
            names(&row.candidates)
        );
        page.line(&line, "    ");
    }
    more(page, rows.len());
}

fn sessions(page: &mut Page<'_>, report: &Report) {
    let good = |result| matches!(result, SessionResult::AsConfigured);
    let rows = report.sessions.iter().filter(|row| page.style.verbose || !good(row.result));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    page.gap();
    page.line("BGP sessions:", "");
    for row in rows.iter().take(MAX_ROWS) {
        let end = if row.observed.is_empty() { "" } else { ": " };
        let line = format!(
            "  {} with {} ({}): {}{end}{}",
            row.node,
            row.peer,
            row.remote,
            words(&row.result),
            row.observed
        );
        page.line(&line, "    ");
    }
    more(page, rows.len());
}

fn more(page: &mut Page<'_>, rows: usize) {
    if rows > MAX_ROWS {
        page.line(&format!("  and {} more", rows - MAX_ROWS), "    ");
    }
}
