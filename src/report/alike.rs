//! Diagnostics that say the same of several objects, taken together for people.

use std::collections::{BTreeMap, BTreeSet};

use super::named;
use crate::diagnostic::{Diagnostic, Severity};

/// Objects that are named before the rest is counted.
const NAMED: usize = 3;
/// Places of one kind that are shown.
const PLACES: usize = 3;

/// What diagnostics that are alike have in common.
type Key<'d> = (&'static str, Severity, &'d str, Option<&'d str>, Option<&'d str>);

/// What it says, without the object that it begins with.
pub(super) fn without_object(diagnostic: &Diagnostic) -> &str {
    let said = diagnostic.object.as_ref().and_then(|object| {
        let rest = diagnostic.message.strip_prefix(object.kind.as_str())?.strip_prefix(' ')?;
        rest.strip_prefix(object.name.as_str())?.strip_prefix(": ")
    });
    said.unwrap_or(&diagnostic.message)
}

fn key(diagnostic: &Diagnostic) -> Key<'_> {
    (
        diagnostic.code.id,
        diagnostic.severity,
        without_object(diagnostic),
        diagnostic.help.as_deref(),
        diagnostic.object.as_ref().map(|object| object.kind.as_str()),
    )
}

/// Each diagnostic with how many it stands for, where those that are alike have become
/// one: it stands where the first of them stood, and names whom it is about.
pub(super) fn merged(all: &[(Diagnostic, usize)]) -> Vec<(Diagnostic, usize)> {
    let mut groups: Vec<(Vec<&Diagnostic>, usize)> = Vec::new();
    let mut known: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (one, count) in all {
        let at = *known.entry(key(one)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((members, total)) => {
                members.push(one);
                *total += count;
            }
            None => groups.push((vec![one], *count)),
        }
    }
    groups.into_iter().filter_map(|(members, count)| Some((merge(&members)?, count))).collect()
}

fn merge(members: &[&Diagnostic]) -> Option<Diagnostic> {
    let first = *members.first()?;
    if members.len() == 1 {
        return Some(first.clone());
    }
    let mut names = Vec::new();
    let mut known = BTreeSet::new();
    for object in members.iter().filter_map(|one| one.object.as_ref()) {
        if known.insert(object) {
            names.push(object.name.clone());
        }
    }
    let said = without_object(first);
    let message = match (&first.object, names.len()) {
        (Some(object), 2..) => {
            format!("{} {}s ({}): {said}", names.len(), object.kind, named(&names, NAMED))
        }
        _ => format!("{} ({} times)", first.message, members.len()),
    };
    let mut merged = Diagnostic { message, labels: vec![], ..first.clone() };
    if names.len() > 1 {
        merged.object = None;
    }
    let mut places = BTreeSet::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut more = 0;
    for label in members.iter().flat_map(|one| &one.labels) {
        if !places.insert((label.span.source, label.span.start, label.span.end)) {
            continue;
        }
        let kind = kinds.entry(&label.text).or_default();
        *kind += 1;
        if *kind <= PLACES {
            merged.labels.push(label.clone());
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let s = if more == 1 { "" } else { "s" };
        merged.message.push_str(&format!("; {more} more place{s} of this kind"));
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LOSS, span_of};
    use super::*;
    use crate::diagnostic::ObjectRef;
    use crate::manifest::Sources;

    #[test]
    fn what_is_said_of_several_objects_is_said_once() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "a b c d shared");
        let lost = |name: &str, help: &str| {
            let object = ObjectRef {
                kind: "BGPPeer".to_owned(),
                namespace: "m".to_owned(),
                name: name.to_owned(),
            };
            let one = Diagnostic::lossy(&LOSS, format!("BGPPeer {name}: no BFD"))
                .object(object)
                .label(Some(span_of(&sources, source, name)), "is lost")
                .label(Some(span_of(&sources, source, "shared")), "its timers")
                .help(help);
            (one, 1)
        };
        let all = [lost("a", "x"), lost("b", "y"), lost("b", "x"), lost("c", "x"), lost("d", "x")];
        let merged = merged(&all);
        let said: Vec<_> = merged.iter().map(|(one, n)| (one.message.as_str(), *n)).collect();
        let four = "4 BGPPeers (a, b, c and 1 more): no BFD; 1 more place of this kind";
        assert_eq!(said, [(four, 4), ("BGPPeer b: no BFD", 1)]);
        let labels: Vec<&str> =
            merged[0].0.labels.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(labels, ["is lost", "its timers", "is lost", "is lost"]);
        assert_eq!(merged[0].0.object, None);
        let twice = [(Diagnostic::lossy(&LOSS, "x"), 1), (Diagnostic::lossy(&LOSS, "x"), 1)];
        assert_eq!(super::merged(&twice)[0].0.message, "x (2 times)");
    }
}
