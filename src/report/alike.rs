//! Diagnostics that say the same of several objects, taken together for people.

use std::collections::{BTreeMap, BTreeSet};

use super::named;
use crate::diagnostic::{Diagnostic, Label, ObjectRef, Severity};

/// Objects that are named before the rest is counted.
const NAMED: usize = 10;
/// Places of one kind that are shown.
const PLACES: usize = 5;

/// What diagnostics that are alike have in common.
type Key<'d> = (&'static str, Severity, &'d str, Option<&'d str>, Option<&'d str>);

/// What it says, without the object that it begins with.
pub(super) fn without_object(diagnostic: &Diagnostic) -> &str {
    match titled(diagnostic) {
        Some(said) => said,
        None => predicate(diagnostic).unwrap_or(&diagnostic.message),
    }
}

/// What follows `Kind name: `.
fn titled(diagnostic: &Diagnostic) -> Option<&str> {
    let object = diagnostic.object.as_ref()?;
    let rest = diagnostic.message.strip_prefix(object.kind.as_str())?.strip_prefix(' ')?;
    rest.strip_prefix(object.name.as_str())?.strip_prefix(": ")
}

/// What a sentence says of the object that it begins with: what follows
/// `namespace/name ` or `Kind namespace/name `.
fn predicate(diagnostic: &Diagnostic) -> Option<&str> {
    let object = diagnostic.object.as_ref()?;
    let kind = format!("{} ", object.kind);
    let rest = diagnostic.message.strip_prefix(kind.as_str()).unwrap_or(&diagnostic.message);
    rest.strip_prefix(full_name(object).as_str())?.strip_prefix(' ')
}

fn full_name(object: &ObjectRef) -> String {
    match object.namespace.as_str() {
        "" => object.name.clone(),
        namespace => format!("{namespace}/{}", object.name),
    }
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
    let (message, names) = headline(members)?;
    let object = first.object.clone().filter(|_| names < 2);
    let merged = Diagnostic { message, object, ..first.clone() };
    Some(with_places(merged, members.iter().flat_map(|one| &one.labels)))
}

/// What is said of all of them, and of how many objects.
pub(super) fn headline(members: &[&Diagnostic]) -> Option<(String, usize)> {
    let first = *members.first()?;
    let mut names = Vec::new();
    let mut known = BTreeSet::new();
    let each = titled(first).is_none() && predicate(first).is_some();
    for object in members.iter().filter_map(|one| one.object.as_ref()) {
        if known.insert(object) {
            names.push(if each { full_name(object) } else { object.name.clone() });
        }
    }
    let message = match (&first.object, members.len(), names.len()) {
        (_, 1, _) => first.message.clone(),
        (Some(object), _, 2..) => {
            let each = if each { "each " } else { "" };
            let (count, said) = (names.len(), without_object(first));
            format!("{count} {}s ({}): {each}{said}", object.kind, named(&names, NAMED))
        }
        _ => format!("{} ({} times)", first.message, members.len()),
    };
    Some((message, names.len()))
}

/// With no more places of one kind than can be looked at.
pub(super) fn shortened(diagnostic: &Diagnostic) -> Diagnostic {
    with_places(diagnostic.clone(), &diagnostic.labels)
}

/// The diagnostic with the first of these places.
fn with_places<'d>(
    mut diagnostic: Diagnostic,
    labels: impl IntoIterator<Item = &'d Label>,
) -> Diagnostic {
    diagnostic.labels.clear();
    let mut places = BTreeSet::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut more = 0;
    for label in labels {
        if !places.insert((label.span.source, label.span.start, label.span.end)) {
            continue;
        }
        let kind = kinds.entry(&label.text).or_default();
        *kind += 1;
        if *kind <= PLACES {
            diagnostic.labels.push(label.clone());
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let s = if more == 1 { "" } else { "s" };
        diagnostic.message.push_str(&format!("; {more} more place{s} of this kind"));
    }
    diagnostic
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
        let source = sources.add("a.yaml", "a b c d e f g h i j k l shared");
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
        let mut all: Vec<_> = ('a'..='l').map(|name| lost(&name.to_string(), "x")).collect();
        all.insert(1, lost("b", "y"));
        let merged = merged(&all);
        let said: Vec<_> = merged.iter().map(|(one, n)| (one.message.as_str(), *n)).collect();
        let twelve = "12 BGPPeers (a, b, c, d, e, f, g, h, i, j and 2 more): no BFD; 7 more \
                      places of this kind";
        assert_eq!(said, [(twelve, 12), ("BGPPeer b: no BFD", 1)]);
        let labels: Vec<&str> =
            merged[0].0.labels.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(labels, ["is lost", "its timers", "is lost", "is lost", "is lost", "is lost"]);
        assert_eq!(merged[0].0.object, None);
        assert_eq!(shortened(&merged[0].0), merged[0].0);
        let twice = [(Diagnostic::lossy(&LOSS, "x"), 1), (Diagnostic::lossy(&LOSS, "x"), 1)];
        assert_eq!(super::merged(&twice)[0].0.message, "x (2 times)");
    }

    #[test]
    fn sentences_that_begin_with_an_object_are_told_of_each() {
        let class = |kind: &str, name: &str, begin: &str| {
            let object = ObjectRef {
                kind: kind.to_owned(),
                namespace: "n".to_owned(),
                name: name.to_owned(),
            };
            (Diagnostic::lossy(&LOSS, format!("{begin}n/{name} is left alone")).object(object), 1)
        };
        let all =
            [class("Service", "a", ""), class("Service", "b", "Service "), class("Node", "a", "")];
        let said: Vec<String> = merged(&all).into_iter().map(|(one, _)| one.message).collect();
        assert_eq!(said, ["2 Services (n/a, n/b): each is left alone", "n/a is left alone"]);
    }

    #[test]
    fn of_a_thousand_places_a_few_are_shown_and_the_rest_is_counted() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "x".repeat(1_000).as_str());
        let place = |start| crate::manifest::Span { source, start, end: start + 1 };
        let one = (0..1_000).fold(Diagnostic::lossy(&LOSS, "x"), |one, start| {
            one.label(Some(place(start)), "touched")
        });
        let short = shortened(&one);
        assert_eq!(short.labels, one.labels[..PLACES]);
        assert_eq!(short.message, "x; 995 more places of this kind");
    }
}
