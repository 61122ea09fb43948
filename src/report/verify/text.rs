//! A verdict as text for people, within the width of their terminal.

use std::collections::BTreeMap;

use super::super::page::Page;
use super::super::paint::Tone;
use super::super::{Style, named};
use super::group::{Group, groups};
use super::{addresses, compared, fate, is_shown, place, scope, verdict};
use crate::diagnostic::Code;
use crate::manifest::Sources;
use crate::verify::{Fate, Finding, NOT_COMPARED, Report, Verdict};

/// Services that are listed one by one, and how many of them under `-v`.
const MAX_SERVICES: (usize, usize) = (10, 40);
/// Differences of one code that are told without `-v`.
const TOLD: usize = 10;
/// Services that are named beside those of a headline.
const OTHERS: usize = 17;

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

/// The verdict, and only what differs.
pub(in crate::report) fn differences(
    report: &Report,
    sources: &Sources,
    style: &Style,
) -> (String, String) {
    let mut page = begun(report, style);
    let verdict = page.take();
    findings(&mut page, report, sources);
    services(&mut page, report);
    page.gap();
    for assumption in &report.assumptions {
        page.line(&format!("- assumed: {assumption}"), "  ");
    }
    page.line(&scope(report), "");
    (verdict, page.text())
}

fn findings(page: &mut Page<'_>, report: &Report, sources: &Sources) {
    let groups = groups(report);
    let mut part = |title: &str, belongs: &dyn Fn(&Finding) -> bool| {
        let groups: Vec<_> = groups.iter().filter(|group| belongs(group.first)).collect();
        if groups.is_empty() {
            return;
        }
        page.gap();
        page.line(title, "");
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        let mut more: BTreeMap<&str, usize> = BTreeMap::new();
        for group in groups {
            let code = group.first.diagnostic.code.id;
            let told = told.entry(code).or_default();
            *told += 1;
            if page.style.verbose || *told <= TOLD {
                page.gap();
                finding(page, report, group, sources);
            } else {
                *more.entry(code).or_default() += group.len();
            }
        }
        for (code, count) in more {
            page.gap();
            page.line(&format!("{code}  and {count} more, which -v lists"), "        ");
        }
    };
    part("Seen at hand, touching traffic:", &|one| one.seen && one.touches_traffic());
    let by_proof = |one: &Finding| !one.seen && one.example.is_some();
    part("Found by the proof, for other Services or Nodes:", &|one| {
        by_proof(one) && one.touches_traffic()
    });
    part("Said by the conversion, though not seen at hand:", &|one| {
        !one.seen && !by_proof(one) && one.touches_traffic()
    });
    part("Touching nobody's traffic:", &|one| !one.touches_traffic());
    if !page.style.verbose && report.findings.iter().any(|one| one.example.is_some()) {
        page.gap();
        page.line("-v shows an example of each that the proof found, for `simulate`.", "");
    }
}

fn finding(page: &mut Page<'_>, report: &Report, group: &Group<'_>, sources: &Sources) {
    let Group { first, .. } = group;
    let diagnostic = &first.diagnostic;
    page.line(&format!("{}  {}", diagnostic.code, group.headline()), "        ");
    let others = group.others();
    if !others.is_empty() {
        let title = format!("{}s", group.noun());
        let others = named(&others, OTHERS);
        page.line(&format!("  {title}  {others}"), &" ".repeat(title.len() + 4));
    }
    if is_shown(first) {
        if let Some(whom) = group.told_for() {
            page.line(&format!("  {whom}"), "    ");
        }
        page.line(&format!("  {}: {}", report.before, first.before), "    ");
        page.line(&format!("  {}: {}", report.after, first.after), "    ");
    }
    let (labels, more) = group.labels();
    for label in &labels {
        let text = if label.text.is_empty() { String::new() } else { format!("  {}", label.text) };
        page.line(&format!("  at {}{text}", place(label.span, sources)), "     ");
    }
    if more > 0 {
        page.line(&format!("  and at {more} more places"), "    ");
    }
    if let Some(help) = &diagnostic.help {
        page.line(&format!("  to mend it: {help}"), "    ");
    }
    if let Some(example) = group.example().filter(|_| page.style.verbose) {
        page.line("  for example:", "    ");
        page.yaml(example, "    ");
    }
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
    let (few, many) = MAX_SERVICES;
    let shown = if page.style.verbose { many } else { few };
    for row in rows.iter().take(shown) {
        let line = format!(
            "  {}: {} -> {}, {}",
            row.service,
            addresses(&row.addresses_before),
            addresses(&row.addresses_after),
            fate(row.address)
        );
        page.line(&line, "    ");
    }
    if rows.len() > shown {
        page.line(&format!("  and {} more (-o json has all)", rows.len() - shown), "    ");
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
