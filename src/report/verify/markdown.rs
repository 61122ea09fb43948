//! A verdict as Markdown, for a comment on a change: the verdict and what to do are seen,
//! the rest is folded away.

use super::super::markdown::{
    LIMIT, clipped, clipped_to, code, details, fitting, list, literal, prose, table,
};
use super::super::named;
use super::group::{Group, groups};
use super::{addresses, compared, counted, fate, is_shown, left_out, place, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{Fate, NOT_COMPARED, Report};

/// Differences that are seen at once.
const SEEN: usize = 5;
/// Room for the table of Services, and for each list of what the verdict rests on.
const TABLE: usize = 12_000;
const LIST: usize = 3_000;
/// The longest counterexample that is shown: it is whole, or it is not there.
const EXAMPLE: usize = 8_000;
/// Services that are named beside those of a headline.
const OTHERS: usize = 50;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let head = format!("## {}\n\n", literal(&verdict(report)));
    let tail = tail(report);
    let room = LIMIT.saturating_sub(head.len() + tail.len());
    head + &differences(report, sources, "metallb2cilium verify", room) + &tail
}

/// Every difference within its room; `command` shows those that are left out.
pub(in super::super) fn differences(
    report: &Report,
    sources: &Sources,
    command: &str,
    room: usize,
) -> String {
    // What is said of those that are left out has to fit, too.
    let room = room.saturating_sub(600);
    let groups = groups(report);
    let (seen, folded) = groups.split_at(groups.len().min(SEEN));
    let parts = |groups: &[Group<'_>]| {
        let parts = groups.iter().map(|group| (difference(report, group, sources), group.len()));
        parts.collect::<Vec<_>>()
    };
    let (mut text, mut left_out) = fitting(parts(seen), room);
    let folded_count: usize = folded.iter().map(Group::len).sum();
    if left_out == 0 {
        let room = room.saturating_sub(text.len());
        let (more, left) = fitting(parts(folded), room);
        text.push_str(&details(&counted(folded_count - left, "more difference"), &more));
        left_out = left;
    } else {
        left_out += folded_count;
    }
    if left_out > 0 {
        let are = if left_out == 1 { "is" } else { "are" };
        text.push_str(&format!(
            "**{} {are} left out here**, where there is no more room: `{command}` with the same \
             options shows all of them, as text or with `-o json`.\n\n",
            counted(left_out, "more difference")
        ));
    }
    text
}

fn difference(report: &Report, group: &Group<'_>, sources: &Sources) -> String {
    let Group { first, .. } = group;
    let diagnostic = &first.diagnostic;
    let impact = if first.touches_traffic() { "" } else { " (touches nobody's traffic)" };
    let headline = clipped(&group.headline());
    let mut text = format!("### {} {}{impact}\n\n", diagnostic.code, literal(&headline));
    if is_shown(first) {
        if let Some(whom) = group.told_for() {
            text.push_str(&format!("{}\n\n", literal(&clipped(&whom))));
        }
        text.push_str(&format!("- {}: {}\n", report.before, literal(&clipped(&first.before))));
        text.push_str(&format!("- {}: {}\n", report.after, literal(&clipped(&first.after))));
    } else {
        text.push_str("- Said by the conversion, though not seen at hand.\n");
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("- To mend it: {}\n", prose(&clipped(help))));
    }
    text.push('\n');
    text + &details(&folded_title(group), &folded(group, sources))
}

fn folded_title(group: &Group<'_>) -> String {
    let parts = [
        (!group.others().is_empty()).then(|| format!("{}s", group.noun())),
        (!group.labels().0.is_empty()).then(|| "where it stands".to_owned()),
        group.example().map(|_| "an example".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let title = parts.join(", ");
    let mut letters = title.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// Whom else it is about, where it stands, and what shows it.
fn folded(group: &Group<'_>, sources: &Sources) -> String {
    let mut text = String::new();
    let others = group.others();
    if !others.is_empty() {
        let others = clipped_to(&named(&others, OTHERS), 3_000);
        text.push_str(&format!("- {}s: {}\n", group.noun(), literal(&others)));
    }
    let (labels, more) = group.labels();
    for label in &labels {
        let said = if label.text.is_empty() { String::new() } else { format!(" {}", label.text) };
        let line = clipped(&format!("{}{said}", place(label.span, sources)));
        text.push_str(&format!("- At {}\n", literal(&line)));
    }
    if more > 0 {
        text.push_str(&format!("- And at {}\n", counted(more, "more place")));
    }
    match group.example() {
        Some(example) if example.len() <= EXAMPLE => {
            text.push_str(&format!("\n{}", code("", "yaml", example)));
        }
        Some(_) => text.push_str("\nThe example is too long for here: `-o text -v` shows it.\n"),
        None => {}
    }
    text
}

/// What stands below the differences.
fn tail(report: &Report) -> String {
    let mut text = services(report);
    let (apart, unproved) = left_out(report);
    for reason in unproved.iter().take(3) {
        text.push_str(&format!("Not proved: {}\n\n", literal(&clipped(reason))));
    }
    text.push_str(&details("What was compared, and what was assumed", &rests_on(report)));
    text.push_str(&details("Left out of the proof, but compared at hand", &list(apart, LIST)));
    let open = NOT_COMPARED.iter().map(|line| (*line).to_owned());
    text.push_str(&details("Not compared", &list(open, LIST)));
    text.push_str(&format!("{}\n", literal(&clipped(&scope(report)))));
    text
}

/// What the verdict rests on.
fn rests_on(report: &Report) -> String {
    let mut text = format!("Compared: {}.\n\n", literal(&compared(report)));
    let notes = report.notes.iter().map(|note| format!("{} {}", note.code, note.message));
    let assumed = report.assumptions.iter().cloned().chain(notes);
    let assumed = list(assumed, LIST);
    if !assumed.is_empty() {
        text.push_str(&format!("Assumed:\n\n{assumed}"));
    }
    text
}

fn services(report: &Report) -> String {
    let changed =
        report.services.iter().filter(|row| !matches!(row.address, Fate::Kept | Fate::None));
    let changed: Vec<_> = changed.collect();
    let rows = changed.iter().map(|row| {
        vec![
            row.service.clone(),
            addresses(&row.addresses_before),
            addresses(&row.addresses_after),
            fate(row.address).to_owned(),
        ]
    });
    let heads = ["Service", report.before, report.after, "address"];
    let (mut text, more) = table(&heads, rows, TABLE);
    if more > 0 {
        text.push_str(&format!("\nAnd {}; `-o json` has all.\n", counted(more, "more Service")));
    }
    let title = format!("{} with another address than before", counted(changed.len(), "Service"));
    details(&title, &text)
}
