//! Placeholders in the cluster's objects.

use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Object, Sources};
use crate::simulate::events::Kind;

/// The annotations that a controller looks at have one of these in their name.
const ANNOTATIONS: [&str; 4] = ["metallb.io/", "metallb.universe.tf/", "cilium.io/", "io.cilium/"];

/// What of a cluster's object is not known, and matters to a controller.
pub(super) fn unfilled(object: &Object, sources: &Sources) -> Vec<Diagnostic> {
    let is_cluster = Kind::of(&object.kind).is_some_and(Kind::is_cluster);
    // Most inputs have no placeholder at all: copying every tree would be waste.
    if !is_cluster || !sources.get(object.node.span.source).text.contains('$') {
        return Vec::new();
    }
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
