//! A verdict as a page for a browser: the verdict first, then the differences, then the
//! whole system before and after.

mod differences;
mod sessions;
mod system;

use super::super::escape::markup;
use super::super::html::{Page, counts, list, verdict as header};
use super::group::groups;
use super::{compared, fate, left_out, redacted, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{Finding, NOT_COMPARED, Report, Verdict};

pub(in crate::report) use system::system;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let word = word(report.verdict);
    let lines = [sentence(report), scope(report)];
    let header = header(&word.to_lowercase(), word, &lines) + &numbers(report);
    let mut page = Page::new("verify", word, header);
    let system = system(report);
    system.picture(&mut page);
    page.section("differences", "Differences", cards(report, sources, |_| true));
    system.list(&mut page);
    page.section("sessions", "BGP sessions", sessions::section(report));
    footnotes(report, &mut page);
    page.render()
}

/// The differences that belong, each with both sides, its places and what would mend it.
fn cards(report: &Report, sources: &Sources, belongs: impl Fn(&Finding) -> bool) -> String {
    let groups = groups(report);
    let shown = groups.iter().enumerate().filter(|(_, group)| belongs(group.first));
    differences::section(report, &shown.collect::<Vec<_>>(), sources)
}

/// The differences that touch traffic, for another page.
pub(in crate::report) fn touching(report: &Report, sources: &Sources) -> String {
    cards(&redacted(report, sources), sources, Finding::touches_traffic)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "Equivalent",
        Verdict::Different => "Different",
        Verdict::Undecided => "Undecided",
    }
}

/// The verdict without the word that it begins with.
fn sentence(report: &Report) -> String {
    let verdict = verdict(report);
    let said = verdict.split_once(": ").map_or(verdict.as_str(), |(_, said)| said);
    let mut letters = said.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

fn numbers(report: &Report) -> String {
    let mut rows: Vec<(String, usize)> = Vec::new();
    let count = |belongs: &dyn Fn(&Finding) -> bool| {
        report.findings.iter().filter(|one| belongs(one)).count()
    };
    let touching = |one: &Finding| one.touches_traffic();
    let at_hand = count(&|one| touching(one) && one.seen);
    let proved = count(&|one| touching(one) && !one.seen && one.example.is_some());
    let said = count(&|one| touching(one) && !one.seen && one.example.is_none());
    let harmless = count(&|one| !touching(one));
    let of = |count: usize, one: &str, several: &str| {
        let what = if count == 1 { one } else { several };
        (format!("difference{} {what}", if count == 1 { "" } else { "s" }), count)
    };
    rows.push(of(at_hand, "that touches traffic at hand", "that touch traffic at hand"));
    if proved > 0 {
        let by_proof = "found by the proof only";
        rows.push(of(proved, by_proof, by_proof));
    }
    if said > 0 {
        let by_conversion = "said by the conversion only";
        rows.push(of(said, by_conversion, by_conversion));
    }
    rows.push(of(harmless, "that touches nobody", "that touch nobody"));
    rows.extend(report.fates().into_iter().map(|(one, count)| {
        let s = if count == 1 { "" } else { "es" };
        (format!("address{s} {}", fate(one)), count)
    }));
    counts(rows)
}

fn footnotes(report: &Report, page: &mut Page) {
    let notes = report.notes.iter().map(|note| format!("{} {}", note.code, note.message));
    page.section("assumed", "Assumed", list(report.assumptions.iter().cloned().chain(notes)));
    let (apart, unproved) = left_out(report);
    page.section("unproved", "Not proved", list(unproved));
    page.section("apart", "Left out of the proof, but compared at hand", list(apart));
    let compared = format!("<p>Compared: {}.</p>\n", markup(&compared(report)));
    let open = list(NOT_COMPARED) + &compared;
    page.section("open", "Not compared", open);
}
