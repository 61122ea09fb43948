//! The documents of a text as they stand there, whatever they hold.

use std::ops::Range;

use super::parse::Budget;
use super::read::{self, json_start};
use super::{Node, SourceId, Sources, Value, document, json, template, yaml};
use crate::diagnostic::Diagnostic;

/// One document of a stream.
#[derive(Debug, Clone)]
pub struct RawDocument {
    /// Its bytes, from the marker or the comments before it to the next document.
    pub range: Range<usize>,
    /// What it holds, or why it cannot be read.
    pub content: Result<Node, RawError>,
}

/// Why a document cannot be read.
#[derive(Debug, Clone)]
pub enum RawError {
    /// It holds template expressions; the offset of the first.
    Template(usize),
    /// It is not well-formed.
    Broken(Box<Diagnostic>),
}

/// The documents of a text that was added to the sources, but for empty ones.
pub fn raw_documents(sources: &Sources, id: SourceId) -> Vec<RawDocument> {
    let text = &sources.get(id).text;
    let mut budget = Budget::default();
    let mut found = Vec::new();
    for range in document::documents(text) {
        let parsed = match json_document(text, &range, id, &mut budget) {
            Some(node) => Ok(Some(node)),
            None => yaml::parse(text, range.clone(), id, &mut budget),
        };
        let content = match parsed {
            Ok(Some(node)) => Ok(node),
            Ok(None) => continue,
            Err(error) => Err(match template::first_marker(&text[range.clone()]) {
                Some(at) => RawError::Template(range.start + at),
                None => RawError::Broken(Box::new(read::describe(error))),
            }),
        };
        found.push(RawDocument { range, content });
    }
    found
}

/// Whether a text is a script or prose, whatever its name says: what in it looks like a
/// document may be only a part of what is meant.
pub fn is_no_manifest(text: &str, documents: &[RawDocument]) -> bool {
    let starts_as_text = documents.first().is_some_and(|first| {
        let is_text = match &first.content {
            Ok(node) => matches!(node.value, Value::String(_)),
            Err(error) => matches!(error, RawError::Broken(_)),
        };
        is_text && !template::looks_like_yaml(&text[first.range.clone()])
    });
    text.starts_with("#!") || starts_as_text
}

/// The one JSON value that makes up the document, if it is one.
fn json_document(
    text: &str,
    range: &Range<usize>,
    id: SourceId,
    budget: &mut Budget,
) -> Option<Node> {
    let start = json_start(text, range)?;
    let (node, end) = json::parse(text, start, range.end, id, budget).ok()?;
    text[end..range.end].trim().is_empty().then_some(node)
}
