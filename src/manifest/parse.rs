//! What the readers of YAML and JSON have in common: their bounds, their errors,
//! and the checks on mappings.

use std::collections::HashMap;

use super::{Node, SourceId, Span, Value};
use crate::progress::Progress;

/// How deep collections may nest. Kubernetes' own schemas stay below 30; the
/// bound keeps every walk over a tree within a small stack.
pub(super) const MAX_DEPTH: usize = 256;

/// How many bytes all aliases of a run may expand to.
const MAX_EXPANSION: usize = 64 << 20;

/// How many values a run may hold: well above what 256 MiB of manifests have.
const MAX_NODES: usize = 16_000_000;

/// How many values are read between two words on how far reading has come.
const STRIDE: usize = 1 << 13;

/// What a whole run may still use up, however its input is cut into files.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    expansion: usize,
    nodes: usize,
    /// Who is told how far reading has come.
    pub(super) progress: Progress,
    /// How many bytes of what is read as one were read before the text at hand.
    pub(super) passed: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            expansion: MAX_EXPANSION,
            nodes: MAX_NODES,
            progress: Progress::default(),
            passed: 0,
        }
    }
}

impl Budget {
    /// Takes the value that stands at `span` out of the budget.
    pub(super) fn take_node(&mut self, span: Span) -> Result<(), ParseErrorKind> {
        self.nodes = self.nodes.checked_sub(1).ok_or(ParseErrorKind::TooManyValues)?;
        if self.nodes.is_multiple_of(STRIDE) {
            self.progress.reached(self.passed + u64::from(span.start));
        }
        Ok(())
    }

    /// Takes a copy of `node` out of the budget and makes it.
    pub(super) fn copy(&mut self, node: &Node) -> Result<Node, ParseErrorKind> {
        self.charge(node)?;
        Ok(node.clone())
    }

    fn charge(&mut self, node: &Node) -> Result<(), ParseErrorKind> {
        let mut cost = size_of::<Node>();
        match &node.value {
            Value::String(text) => cost += text.len(),
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    cost += key.len() + size_of::<(String, Span)>();
                    self.charge(value)?;
                }
            }
            Value::Seq(items) => {
                for item in items {
                    self.charge(item)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
        }
        self.expansion = self.expansion.checked_sub(cost).ok_or(ParseErrorKind::AliasBomb)?;
        Ok(())
    }
}

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParseErrorKind {
    /// It is not YAML or JSON; what the parser says of it.
    Syntax(String),
    /// A key that is a list or a mapping.
    ComplexKey,
    /// A key that is null.
    NullKey,
    /// A key that stands twice, and where it stood first.
    DuplicateKey(String, Span),
    /// A key that a merge key would replace, and the key.
    MergeConflict(String, Span),
    /// `<<` with something else than mappings.
    MergeValue,
    /// An alias within the node it refers to.
    RecursiveAlias,
    /// An alias to nothing.
    UnknownAnchor,
    /// A value that its tag does not allow.
    Tag { tag: String, text: String },
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than [`MAX_EXPANSION`].
    AliasBomb,
    /// More than [`MAX_NODES`].
    TooManyValues,
    /// Text or a list at the top of a document.
    NotAnObject(&'static str),
    /// An object without `apiVersion` or `kind`.
    Missing(&'static str),
}

/// Why a document cannot be read, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParseError {
    pub(super) kind: ParseErrorKind,
    pub(super) span: Span,
}

impl ParseErrorKind {
    pub(super) fn at(self, span: Span) -> ParseError {
        ParseError { kind: self, span }
    }
}

/// A mapping's entries, in input order.
pub(super) type Entries = Vec<(String, Span, Node)>;

/// The first key of `entries` that stands twice.
pub(super) fn check_duplicates(entries: &Entries) -> Result<(), ParseError> {
    // Nearly all mappings are small: comparing is cheaper than hashing there.
    if entries.len() <= 16 {
        for (index, (key, span, _)) in entries.iter().enumerate() {
            if let Some((_, first, _)) = entries[..index].iter().find(|(other, ..)| other == key) {
                return Err(ParseErrorKind::DuplicateKey(key.clone(), *first).at(*span));
            }
        }
        return Ok(());
    }
    let mut seen: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
    for (key, span, _) in entries {
        if let Some(first) = seen.insert(key, *span) {
            return Err(ParseErrorKind::DuplicateKey(key.clone(), first).at(*span));
        }
    }
    Ok(())
}

/// How deep collections nest in `node`: 0 for a scalar.
pub(super) fn depth(node: &Node) -> usize {
    match &node.value {
        Value::Seq(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => {
            1 + entries.iter().map(|(.., value)| depth(value)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// A span of one source; offsets are below 4 GiB because no larger text is read.
pub(super) fn span(source: SourceId, start: usize, end: usize) -> Span {
    Span { source, start: start as u32, end: end.max(start) as u32 }
}
