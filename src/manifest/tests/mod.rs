//! The reader as a whole.

mod codes;
mod hostile;
mod laws;
mod reading;
mod real;

use super::*;

/// Whether every span of a tree lies within its source.
fn assert_spans(sources: &Sources, node: &Node) {
    assert_span(sources, node.span);
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| assert_spans(sources, item)),
        Value::Map(entries) => {
            for (_, span, value) in entries {
                assert_span(sources, *span);
                assert_spans(sources, value);
            }
        }
        _ => {}
    }
}

fn assert_span(sources: &Sources, span: Span) {
    let text = &sources.get(span.source).text;
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} {text:?}");
}

fn assert_all_spans(manifests: &Manifests) {
    for object in &manifests.objects {
        assert_spans(&manifests.sources, &object.node);
    }
    for untyped in &manifests.untyped {
        assert_spans(&manifests.sources, &untyped.node);
    }
    for label in manifests.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        assert_span(&manifests.sources, label.span);
    }
}

fn codes_of(manifests: &Manifests) -> Vec<&'static str> {
    manifests.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

/// The text that a span names.
fn text_at(manifests: &Manifests, span: Span) -> &str {
    &manifests.sources.get(span.source).text[span.start as usize..span.end as usize]
}

/// The JSON that a tree stands for.
fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => match (i64::try_from(value.get()), u64::try_from(value.get())) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => panic!("{value:?} has more than 64 bits"),
        },
        Value::Float(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::Seq(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(key, _, value)| (key.clone(), json(value))).collect()
        }
    }
}
