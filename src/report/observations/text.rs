//! A verdict on observations as text for people, within the width of their terminal.

use super::super::Style;
use super::super::page::Page;
use super::super::paint::Tone;
use super::{
    answered, headline, held_against, names, observers, others, places, shortened, verdict, words,
};
use crate::live::observations::{NOT_JUDGED, Report};
use crate::manifest::Sources;

/// Rows that are listed one by one.
const MAX_ROWS: usize = 40;
/// Places of a finding that are listed.
const MAX_PLACES: usize = 4;
pub(super) fn render(report: &Report, sources: &Sources, style: &Style) -> String {
    let (word, tone) =
        if report.is_good() { ("as decided", Tone::Good) } else { ("not as decided", Tone::Bad) };
    let mut page = Page::new(&verdict(report), word, tone, style);
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
    page.text()
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
    let rows = report.addresses.iter();
    let rows = rows.filter(|row| page.style.verbose || !row.result.is_good());
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
    let rows = report.sessions.iter();
    let rows = rows.filter(|row| page.style.verbose || !row.result.is_good());
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
