//! Placeholders in the cluster's objects.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Object, SourceId, Sources};
use crate::simulate::events::Kind;

/// The annotations that a controller looks at have one of these in their name.
const ANNOTATIONS: [&str; 4] = ["metallb.io/", "metallb.universe.tf/", "cilium.io/", "io.cilium/"];

/// What of the cluster's objects is not known, and matters to a controller.
pub(super) fn all_unfilled<'a>(
    objects: impl IntoIterator<Item = &'a Object>,
    sources: &Sources,
) -> Vec<Diagnostic> {
    // Most inputs have no placeholder at all: copying every tree would be waste, and so
    // would be to look through a source for each of its objects.
    let mut with_dollar: BTreeMap<SourceId, bool> = BTreeMap::new();
    let mut may_wait = |object: &Object| {
        let source = object.node.span.source;
        *with_dollar.entry(source).or_insert_with(|| sources.get(source).text.contains('$'))
    };
    let of_cluster = |object: &Object| Kind::of(&object.kind).is_some_and(Kind::is_cluster);
    let mut found = Vec::new();
    for object in objects {
        if of_cluster(object) && may_wait(object) {
            found.extend(unfilled(object, sources));
        }
    }
    found
}

fn unfilled(object: &Object, sources: &Sources) -> Vec<Diagnostic> {
    let found = manifest::unfilled(&object.node, sources, "").into_iter();
    let matters = |path: &str| {
        !path.starts_with("metadata.annotations")
            || ANNOTATIONS.iter().any(|name| path.contains(name))
            || path.contains(crate::cluster::INTERFACES_ANNOTATION)
    };
    found
        .filter(|placeholder| object.kind != "Secret" && matters(&placeholder.path))
        .map(|placeholder| {
            let name = &placeholder.name;
            let message =
                format!("{}: the placeholder `{name}` is not filled in", placeholder.path);
            Diagnostic::error(manifest::codes::UNFILLED, message)
                .object(object.reference())
                .label(Some(placeholder.span), "must be known")
                .help(format!("fill it in with --set {name}=VALUE or --env-file FILE"))
        })
        .collect()
}
