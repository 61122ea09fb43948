//! Differences for what runs pipelines: SARIF, JUnit, annotations of GitHub Actions.
//!
//! What makes the exit status 1 is an error there, everything else a note.

use super::super::github::{Level, Whole, annotations};
use super::super::junit::{self, Case, Failure, Suite};
use super::super::verify::{self, differing, place};
use super::super::{Redactor, sarif};
use super::{Differences, unified};
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::diff::{Change, ObjectChange};
use crate::manifest::Sources;
use crate::verify::codes::OBJECT_CHANGES;

/// A SARIF 2.1.0 log: a result for each object that changes, and for each difference in
/// meaning.
pub(super) fn sarif(differences: &Differences<'_>, sources: &Sources) -> String {
    let mut properties = verify::sarif::properties(differences.meaning);
    properties["objects"] = differences.counted().into();
    sarif::log(&results(differences, sources), sources, Some(properties))
}

/// Annotations: one for the whole, and one for each of them.
pub(super) fn github(differences: &Differences<'_>, sources: &Sources) -> String {
    let level = if differences.count() { Level::Error } else { Level::Notice };
    let message = format!("{} {}", differences.counted(), verify::verdict(differences.meaning));
    let whole = Whole { level, title: "metallb2cilium diff", message: &message };
    let objects = objects(differences, sources).into_iter().map(|one| (one, 1));
    annotations(Some(whole), objects.chain(verify::grouped(differences.meaning)), sources)
}

/// JUnit XML: a test case for each object that changes, and those of `verify` for the
/// meaning.
pub(super) fn junit(differences: &Differences<'_>, sources: &Sources) -> String {
    let changes = objects(differences, sources);
    let mut cases: Vec<Case> = changes.iter().map(|one| case(one, differences, sources)).collect();
    if cases.is_empty() {
        cases.push(Case { name: differences.counted(), ..Case::default() });
    }
    let mut suites = vec![Suite { name: "Objects", cases, told: None }];
    suites.extend(verify::junit::suites(differences.meaning, sources));
    junit::render("diff", &suites)
}

fn case(change: &Diagnostic, differences: &Differences<'_>, sources: &Sources) -> Case {
    let places = change.labels.iter().map(|label| format!("at {}\n", place(label.span, sources)));
    let told = places.collect::<String>() + &change.message;
    let (failure, told) = if differences.semantic {
        (None, Some(told))
    } else {
        let message = change.message.lines().next().unwrap_or_default().to_owned();
        (Some(Failure { kind: change.code.id.to_owned(), message, text: told }), None)
    };
    let name = change.object.as_ref().map(ObjectRef::to_string).unwrap_or_default();
    Case { name, failure, told }
}

fn results(differences: &Differences<'_>, sources: &Sources) -> Vec<Diagnostic> {
    let mut all = objects(differences, sources);
    all.extend(differing(differences.meaning));
    all
}

/// The objects that change, each with its diff.
fn objects(differences: &Differences<'_>, sources: &Sources) -> Vec<Diagnostic> {
    let redactor = Redactor::new(sources);
    let changes = differences.changes.iter();
    changes.map(|one| redactor.diagnostic(&object(one, differences), sources)).collect()
}

fn object(change: &ObjectChange, differences: &Differences<'_>) -> Diagnostic {
    let ObjectChange { kind, namespace, name, place, .. } = change;
    let reference =
        ObjectRef { kind: kind.clone(), namespace: namespace.clone(), name: name.clone() };
    let (words, there) = match change.change {
        Change::Added => ("would be added", "what it comes from"),
        Change::Removed => ("is no part of the conversion", "it is here"),
        Change::Changed => ("would be changed", "as it is"),
    };
    let message = format!("{reference} {words}\n{}", unified(change));
    let severity = if differences.semantic { Severity::Note } else { Severity::Error };
    let diagnostic = Diagnostic::error(OBJECT_CHANGES, message.trim_end()).label(*place, there);
    Diagnostic { severity, ..diagnostic.object(reference) }
}
