//! Every place that is told lies within its source.

use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::{Manifests, Node, Sources, Span, Value};

/// Holds every place of what was read, and of what was said of it.
pub fn hold(manifests: &Manifests) {
    for object in &manifests.objects {
        hold_tree(&manifests.sources, &object.node);
    }
    for untyped in &manifests.untyped {
        hold_tree(&manifests.sources, &untyped.node);
    }
    hold_labels(&manifests.sources, &manifests.diagnostics);
}

/// Holds the places that diagnostics point at.
pub fn hold_labels(sources: &Sources, diagnostics: &[Diagnostic]) {
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        hold_span(sources, label.span);
    }
}

/// Holds the places of a tree.
pub fn hold_tree(sources: &Sources, node: &Node) {
    hold_span(sources, node.span);
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| hold_tree(sources, item)),
        Value::Map(entries) => {
            for (_, span, value) in entries {
                hold_span(sources, *span);
                hold_tree(sources, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => {}
    }
}

fn hold_span(sources: &Sources, span: Span) {
    let text = &sources.get(span.source).text;
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {text:?}");
    let (start, end) = (sources.start(span), sources.end(span));
    assert!((start.line, start.column) <= (end.line, end.column), "{start:?} {end:?}");
}
