//! What a check found as Markdown, for a comment on a change: the verdict and what has to
//! be mended are seen, the rest is folded away.

use std::collections::BTreeMap;

use super::super::alike::{headline, without_object};
use super::super::markdown::{LIMIT, clipped, details, fitting, list, literal, prose};
use super::super::verify::place;
use super::Looked;
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::manifest::Sources;

/// Findings that are seen at once.
const SEEN: usize = 5;
/// Room for the notes, and for what is not known.
const NOTES: usize = 15_000;
const LIST: usize = 3_000;
/// Objects and places that are named of several findings that say the same.
const NAMED: usize = 10;

/// What is said of several objects.
struct Group<'f> {
    first: &'f Diagnostic,
    all: Vec<&'f Diagnostic>,
}

pub(super) fn render(looked: &Looked, found: &[Diagnostic], sources: &Sources) -> String {
    let mut text = format!("## {}\n\n", literal(&looked.verdict()));
    let groups = groups(found);
    let (objections, notes): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| !group.first.is_note());
    let tail = tail(looked, &notes, sources);
    let room = LIMIT.saturating_sub(text.len() + tail.len() + 600);
    let parts = |groups: &[Group<'_>]| {
        let parts = groups.iter().map(|group| (finding(group, sources), group.all.len()));
        parts.collect::<Vec<_>>()
    };
    let (seen, folded) = objections.split_at(objections.len().min(SEEN));
    let folded_count: usize = folded.iter().map(|group| group.all.len()).sum();
    let (first, mut left_out) = fitting(parts(seen), room);
    text.push_str(&first);
    if left_out == 0 {
        let (more, left) = fitting(parts(folded), room.saturating_sub(first.len()));
        text.push_str(&details(&format!("{} more to mend", folded_count - left), &more));
        left_out = left;
    } else {
        left_out += folded_count;
    }
    if left_out > 0 {
        text.push_str(&more(left_out));
    }
    text + &tail
}

fn more(left_out: usize) -> String {
    format!(
        "**{left_out} more left out here**, where there is no more room: `metallb2cilium check` \
         with the same options shows all of them, as text or with `-o json`.\n\n"
    )
}

/// Findings that say the same of several objects, the gravest first.
fn groups(found: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = BTreeMap::new();
    for one in found {
        let kind = one.object.as_ref().map(|object| object.kind.as_str());
        let kind = kind.filter(|_| without_object(one) != one.message);
        let key = (one.code.id, one.severity, without_object(one), one.help.as_deref(), kind);
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.all.push(one),
            None => groups.push(Group { first: one, all: vec![one] }),
        }
    }
    groups.sort_by_key(|group| group.first.severity);
    groups
}

fn finding(group: &Group<'_>, sources: &Sources) -> String {
    let first = group.first;
    let word = match first.severity {
        Severity::Error => "To be mended",
        Severity::Lossy(Impact::Traffic) => "May cost traffic",
        Severity::Lossy(Impact::None) => "Lost without cost",
        Severity::Note => "Note",
    };
    let message = match headline(&group.all) {
        Some((message, _)) if without_object(first) != first.message => message,
        _ => first.message.clone(),
    };
    let mut text = format!("### {word}: {} {}\n\n", first.code, literal(&clipped(&message)));
    if let Some(help) = &first.help {
        text.push_str(&format!("{}\n\n", prose(&clipped(help))));
    }
    let mut lines = Vec::new();
    for one in group.all.iter().take(NAMED) {
        lines.extend(
            one.object.iter().map(|object| format!("- {}\n", literal(&object.to_string()))),
        );
        for label in one.labels.iter().take(NAMED) {
            let line = format!("{} {}", place(label.span, sources), label.text);
            lines.push(format!("- At {}\n", literal(clipped(&line).trim_end())));
        }
    }
    if group.all.len() > NAMED {
        lines.push(format!("- and {} more\n", group.all.len() - NAMED));
    }
    let title = if group.all.len() == 1 {
        "Where it stands".to_owned()
    } else {
        format!("Where it stands: {} times", group.all.len())
    };
    text + &details(&title, &lines.concat())
}

/// Notes, what is not known, and which rights were not asked for.
fn tail(looked: &Looked, notes: &[Group<'_>], sources: &Sources) -> String {
    let count: usize = notes.iter().map(|group| group.all.len()).sum();
    let parts = notes.iter().map(|group| (finding(group, sources), group.all.len()));
    let (mut shown, left_out) = fitting(parts, NOTES);
    if left_out > 0 {
        shown.push_str(&more(left_out));
    }
    let s = if count == 1 { "" } else { "s" };
    let mut text = details(&format!("{count} note{s}"), &shown);
    let unknown = list(looked.unknown().iter().cloned(), LIST);
    text.push_str(&details("Not known, and not looked at", &unknown));
    if let Some(before) = &looked.before {
        let count = before.rights.len();
        if before.asked {
            text.push_str(&format!("The API server was asked for {count} rights.\n"));
        } else if count > 0 {
            text.push_str(&format!(
                "Whether you have the {count} rights that the cut-over needs was not asked: \
                 `--ask-rights` asks.\n"
            ));
        }
    }
    text
}
