//! Differences as Markdown, for a comment on a change: the verdict and what to do are
//! seen, the objects are folded away.

use super::super::markdown::{LIMIT, clipped, clipped_to, code, details, fitting, list, literal};
use super::super::verify::{self, markdown::differences as meaning};
use super::{Differences, unified};
use crate::diff::{Change, ObjectChange};
use crate::manifest::Sources;

/// Room for the objects, and for one of them: it is whole, or it is not there.
const OBJECTS: usize = 24_000;
const OBJECT: usize = 8_000;
/// Room for what is assumed.
const LIST: usize = 3_000;

pub(super) fn render(differences: &Differences<'_>, sources: &Sources) -> String {
    let report = differences.meaning;
    let verdict = format!("{} {}", differences.counted(), verify::verdict(report));
    let mut text = format!("## {}\n\n", literal(&verdict));
    let changes = differences.changes;
    if changes.iter().any(|one| one.change == Change::Removed) {
        text.push_str(
            "Removed are objects that the conversion does not have; `kubectl apply` alone leaves \
             them where they are.\n\n",
        );
    }
    let objects = objects(changes);
    let assumed = details("Assumed", &list(report.assumptions.iter().cloned(), LIST));
    let scope = format!("{}\n", literal(&clipped(&report.scope())));
    let used = text.len() + objects.len() + assumed.len() + scope.len();
    let room = LIMIT.saturating_sub(used);
    text + &objects + &meaning(report, sources, "metallb2cilium diff", room) + &assumed + &scope
}

/// The diff of each object, folded away.
fn objects(changes: &[ObjectChange]) -> String {
    let parts = changes.iter().map(|change| (object(change), 1));
    let (mut text, left_out) = fitting(parts, OBJECTS);
    if left_out > 0 {
        let s = if left_out == 1 { " is" } else { "s are" };
        text.push_str(&format!(
            "**{left_out} more object{s} left out here**, where there is no more room: \
             `metallb2cilium diff` with the same options shows all of them.\n\n"
        ));
    }
    text
}

fn object(change: &ObjectChange) -> String {
    let word = match change.change {
        Change::Added => "added",
        Change::Changed => "changed",
        Change::Removed => "removed",
    };
    let slash = if change.namespace.is_empty() { "" } else { "/" };
    let name = format!("{}{slash}{}", change.namespace, change.name);
    let title = format!("{word}: {} {}", change.kind, clipped_to(&name, 260));
    let diff = unified(change);
    let body = if diff.len() > OBJECT {
        format!("{} lines, too many for here: `-o text` shows them.", diff.lines().count())
    } else {
        code("", "diff", &diff)
    };
    details(&title, &body)
}
