//! A verdict as text for people, within the width of their terminal.

use super::super::Style;
use super::super::page::Page;
use super::super::paint::Tone;
use super::{addresses, compared, fate, others, place, scope, verdict};
use crate::diagnostic::Code;
use crate::manifest::Sources;
use crate::verify::{Fate, Finding, NOT_COMPARED, Report, Verdict};

/// Services that are listed one by one.
const MAX_SERVICES: usize = 40;
/// The page that begins with the verdict.
fn begun<'s>(report: &Report, style: &'s Style) -> Page<'s> {
    let (word, tone) = match report.verdict {
        Verdict::Equivalent => ("equivalent", Tone::Good),
        Verdict::Different => ("different", Tone::Bad),
        Verdict::Undecided => ("undecided", Tone::Open),
    };
    Page::new(&verdict(report), word, tone, style)
}

pub(super) fn render(report: &Report, sources: &Sources, style: &Style) -> String {
    let mut page = begun(report, style);
    findings(&mut page, report, sources);
    services(&mut page, report);
    footer(&mut page, report);
    page.text()
}

/// Only what differs, and the verdict.
pub(in crate::report) fn differences(report: &Report, sources: &Sources, style: &Style) -> String {
    let mut page = begun(report, style);
    findings(&mut page, report, sources);
    services(&mut page, report);
    page.gap();
    for assumption in &report.assumptions {
        page.line(&format!("- assumed: {assumption}"), "  ");
    }
    page.line(&scope(report), "");
    page.text()
}

fn findings(page: &mut Page<'_>, report: &Report, sources: &Sources) {
    part(page, report, sources, "Seen at hand, touching traffic:", |one| {
        one.seen && one.touches_traffic()
    });
    part(page, report, sources, "Found by the proof, for other Services or Nodes:", |one| {
        !one.seen && one.example.is_some() && one.touches_traffic()
    });
    part(page, report, sources, "Said by the conversion, though not seen at hand:", |one| {
        !one.seen && one.example.is_none() && one.touches_traffic()
    });
    part(page, report, sources, "Touching nobody's traffic:", |one| !one.touches_traffic());
}

/// The differences that belong under a title.
fn part(
    page: &mut Page<'_>,
    report: &Report,
    sources: &Sources,
    title: &str,
    belongs: impl Fn(&Finding) -> bool,
) {
    let mut title = Some(title);
    for one in report.findings.iter().filter(|finding| belongs(finding)) {
        page.gap();
        if let Some(title) = title.take() {
            page.line(title, "");
            page.gap();
        }
        finding(page, report, one, sources);
    }
}

fn finding(page: &mut Page<'_>, report: &Report, finding: &Finding, sources: &Sources) {
    let diagnostic = &finding.diagnostic;
    page.line(&format!("{}  {}", diagnostic.code, finding.headline()), "        ");
    if !others(finding).is_empty() {
        page.line(&format!("  Services  {}", shortened(others(finding))), "            ");
    }
    if finding.seen || finding.example.is_some() {
        page.line(&format!("  {}: {}", report.before, finding.before), "    ");
        page.line(&format!("  {}: {}", report.after, finding.after), "    ");
    }
    for label in &diagnostic.labels {
        let text = if label.text.is_empty() { String::new() } else { format!("  {}", label.text) };
        page.line(&format!("  at {}{text}", place(label.span, sources)), "     ");
    }
    if let Some(help) = &diagnostic.help {
        page.line(&format!("  to mend it: {help}"), "    ");
    }
    if let Some(example) = &finding.example {
        page.line("  for example:", "    ");
        page.verbatim(example, "    ");
    }
}

fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(", and {} more", names.len() - SHOWN));
    }
    text
}

fn services(page: &mut Page<'_>, report: &Report) {
    if report.services.is_empty() {
        return;
    }
    page.gap();
    let fates: Vec<String> =
        report.fates().into_iter().map(|(one, count)| format!("{count} {}", fate(one))).collect();
    page.line(&format!("Addresses: {}", fates.join(", ")), "  ");
    let changed = |row: &&crate::verify::ServiceRow| {
        page.style.verbose || !matches!(row.address, Fate::Kept | Fate::None)
    };
    let rows: Vec<_> = report.services.iter().filter(changed).collect();
    for row in rows.iter().take(MAX_SERVICES) {
        let line = format!(
            "  {}: {} -> {}, {}",
            row.service,
            addresses(&row.addresses_before),
            addresses(&row.addresses_after),
            fate(row.address)
        );
        page.line(&line, "    ");
    }
    if rows.len() > MAX_SERVICES {
        page.line(&format!("  and {} more", rows.len() - MAX_SERVICES), "    ");
    }
}

/// What the verdict rests on: whole under `-v`, else as much as one has to know.
fn footer(page: &mut Page<'_>, report: &Report) {
    page.gap();
    page.line(&format!("Compared: {}.", compared(report)), "  ");
    assumed(page, report);
    if let Some(proof) = &report.proof {
        let apart = proof.apart.iter().map(|apart| (apart.code, apart.who));
        listed(page, "Left out of the proof, but compared at hand:", apart);
        for reason in &proof.unproved {
            page.line(&format!("Not proved: {reason}"), "  ");
        }
    }
    if page.style.verbose {
        page.line("Not compared:", "");
        for line in NOT_COMPARED {
            page.line(&format!("- {line}"), "  ");
        }
    } else {
        page.line(&format!("Not compared: {} things that -v lists", NOT_COMPARED.len()), "  ");
    }
    page.gap();
    page.line(&scope(report), "");
}

fn assumed(page: &mut Page<'_>, report: &Report) {
    if !report.assumptions.is_empty() {
        page.line("Assumed:", "");
    }
    for assumption in &report.assumptions {
        page.line(&format!("- {assumption}"), "  ");
    }
    let notes = report.notes.iter().map(|note| (note.code, note.message.as_str()));
    listed(page, "Said by the conversion, and no difference at hand:", notes);
}

/// Statements with their codes: each on a line of its own under `-v`, else the codes
/// alone.
fn listed<'a>(
    page: &mut Page<'_>,
    title: &str,
    lines: impl Iterator<Item = (&'static Code, &'a str)>,
) {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        return;
    }
    if page.style.verbose {
        page.line(title, "");
        for (code, line) in lines {
            page.line(&format!("- {code} {line}"), "  ");
        }
        return;
    }
    let mut codes: Vec<&str> = lines.iter().map(|(code, _)| code.id).collect();
    codes.dedup();
    page.line(&format!("{title} {} (-v says what)", codes.join(", ")), "  ");
}
