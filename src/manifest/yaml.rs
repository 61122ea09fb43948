//! One YAML document into a tree of [`Node`]s.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag};

use super::parse::{
    Budget, Entries, MAX_DEPTH, ParseError, ParseErrorKind, check_duplicates, depth, span,
};
use super::{Node, SourceId, Span, Value, scalar};

/// The namespace of YAML's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// Reads the document that stands in `text[range]`; `None` if there is none but
/// comments and directives.
pub(super) fn parse(
    text: &str,
    range: Range<usize>,
    source: SourceId,
    budget: &mut Budget,
) -> Result<Option<Node>, ParseError> {
    let chunk = &text[range.clone()];
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
        bom_inside_document_as_content: true,
        // kubectl's reader does not bound the length of a key on one line.
        simple_key_max_lookahead: 1 << 20,
    };
    let mut builder = Builder {
        text,
        source,
        base: range.start,
        end: range.end,
        has_aliases: chunk.contains('*'),
        frames: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        budget,
    };
    for next in Parser::new_from_str_with_options(chunk, options) {
        match next {
            Ok((event, place)) => builder.event(event, place)?,
            Err(error) => {
                let offset = builder.offset(*error.marker());
                let kind = match error.kind() {
                    ErrorKind::RecursionLimitExceeded => ParseErrorKind::TooDeep,
                    _ => ParseErrorKind::Syntax(error.info()),
                };
                let end = text[offset..].chars().next().map_or(offset, |c| offset + c.len_utf8());
                return Err(kind.at(span(source, offset, end)));
            }
        }
    }
    Ok(builder.root)
}

/// A collection that is still open.
struct Frame {
    start: usize,
    anchor: usize,
    flow: bool,
    /// The key whose value comes next.
    key: Option<Key>,
    /// Where the last item ended.
    last_end: usize,
    content: Content,
}

/// What an open collection is; its items so far stand on the builder's stacks.
enum Content {
    Seq { items_from: usize },
    Map { entries_from: usize, merges: Vec<Merge> },
}

enum Key {
    Plain(String, Span),
    Merge,
}

/// The mappings merged in at one `<<`.
struct Merge {
    /// How many keys stand before it.
    position: usize,
    values: Vec<Node>,
}

struct Builder<'a> {
    text: &'a str,
    source: SourceId,
    base: usize,
    end: usize,
    has_aliases: bool,
    frames: Vec<Frame>,
    /// The items of all open sequences, and the entries of all open mappings: one
    /// growing list each, so that every finished collection is as large as it must be.
    items: Vec<Node>,
    entries: Entries,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    budget: &'a mut Budget,
}

impl Builder<'_> {
    fn offset(&self, marker: granit_parser::Marker) -> usize {
        (self.base + marker.byte_offset().unwrap_or(0)).min(self.end)
    }

    fn span(&self, place: granit_parser::Span) -> Span {
        span(self.source, self.offset(place.start), self.offset(place.end))
    }

    /// The span of a block scalar from its `|` or `>` to the end of its last line.
    fn block_span(&self, content: Span) -> Span {
        let (start, end) = (content.start as usize, content.end as usize);
        let before = self.text.get(self.base..start).unwrap_or_default().trim_end();
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        // A comment may follow the header, and may hold what looks like one.
        let header = &before[line..];
        let header = header.find(" #").map_or(header, |comment| &header[..comment]);
        let start = header.rfind(['|', '>']).map_or(start, |at| self.base + line + at);
        let text = self.text.get(start..end).unwrap_or_default();
        span(self.source, start, start + text.trim_end().len())
    }

    fn event(&mut self, event: Event<'_>, place: granit_parser::Span) -> Result<(), ParseError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let mut span = self.span(place);
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    span = self.block_span(span);
                }
                self.scalar(text, style, anchor, tag.as_deref(), span)
            }
            Event::MappingStart(style, anchor, _) => {
                let content = Content::Map { entries_from: self.entries.len(), merges: Vec::new() };
                self.open(place, anchor, style == granit_parser::StructureStyle::Flow, content)
            }
            Event::SequenceStart(style, anchor, _) => {
                let content = Content::Seq { items_from: self.items.len() };
                self.open(place, anchor, style == granit_parser::StructureStyle::Flow, content)
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(place),
            Event::Alias(id) => self.alias(id, self.span(place)),
            Event::UnresolvedAlias(_) => Err(ParseErrorKind::UnknownAnchor.at(self.span(place))),
            _ => Ok(()),
        }
    }

    fn awaits_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| {
            frame.key.is_none() && matches!(frame.content, Content::Map { .. })
        })
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), ParseError> {
        let plain = style == ScalarStyle::Plain;
        if self.awaits_key() && text == "<<" && is_merge(plain, tag) {
            if let Some(frame) = self.frames.last_mut() {
                frame.key = Some(Key::Merge);
            }
            return Ok(());
        }
        let value = scalar_value(text, plain, tag).map_err(|kind| kind.at(span))?;
        self.finish(Node { span, value }, anchor)
    }

    fn open(
        &mut self,
        place: granit_parser::Span,
        anchor: usize,
        flow: bool,
        content: Content,
    ) -> Result<(), ParseError> {
        let start = self.offset(place.start);
        if self.awaits_key() {
            return Err(ParseErrorKind::ComplexKey.at(self.span(place)));
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(ParseErrorKind::TooDeep.at(self.span(place)));
        }
        self.frames.push(Frame { start, anchor, flow, key: None, last_end: start, content });
        Ok(())
    }

    fn close(&mut self, place: granit_parser::Span) -> Result<(), ParseError> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        // The end of a block collection is only seen at what follows it.
        let end = if frame.flow { self.offset(place.end) } else { frame.last_end };
        let value = match frame.content {
            Content::Seq { items_from } => Value::Seq(self.items.drain(items_from..).collect()),
            Content::Map { entries_from, merges } => {
                Value::Map(close_map(self.entries.drain(entries_from..).collect(), merges)?)
            }
        };
        self.finish(Node { span: span(self.source, frame.start, end), value }, frame.anchor)
    }

    fn alias(&mut self, id: usize, place: Span) -> Result<(), ParseError> {
        let target = self.anchors.get(&id).ok_or(ParseErrorKind::RecursiveAlias.at(place))?;
        if self.frames.len() + depth(target) > MAX_DEPTH {
            return Err(ParseErrorKind::TooDeep.at(place));
        }
        let node = self.budget.copy(target).map_err(|kind| kind.at(place))?;
        self.place(node, place)
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), ParseError> {
        let place = node.span;
        if anchor != 0 && self.has_aliases {
            let copy = self.budget.copy(&node).map_err(|kind| kind.at(place))?;
            self.anchors.insert(anchor, copy);
        }
        self.place(node, place)
    }

    /// Puts a finished node, which the input has at `place`, where it belongs.
    fn place(&mut self, node: Node, place: Span) -> Result<(), ParseError> {
        self.budget.take_node(place).map_err(|kind| kind.at(place))?;
        let Some(frame) = self.frames.last_mut() else {
            if self.root.is_none() {
                self.root = Some(node);
                return Ok(());
            }
            let message = "a second document without `---` before it".to_owned();
            return Err(ParseErrorKind::Syntax(message).at(place));
        };
        frame.last_end = (place.end as usize).max(frame.last_end);
        match &mut frame.content {
            Content::Seq { .. } => self.items.push(node),
            Content::Map { entries_from, merges } => match frame.key.take() {
                Some(Key::Plain(key, span)) => self.entries.push((key, span, node)),
                Some(Key::Merge) => {
                    let position = self.entries.len() - *entries_from;
                    merges.push(Merge { position, values: merge_values(node)? });
                }
                None => frame.key = Some(key_of(node, place)?),
            },
        }
        Ok(())
    }
}

/// A node as a key.
fn key_of(node: Node, place: Span) -> Result<Key, ParseError> {
    let complex = matches!(node.value, Value::Seq(_) | Value::Map(_));
    match scalar::key_text(node.value) {
        Some(text) => Ok(Key::Plain(text, place)),
        None if complex => Err(ParseErrorKind::ComplexKey.at(place)),
        None => Err(ParseErrorKind::NullKey.at(place)),
    }
}

fn is_merge(plain: bool, tag: Option<&Tag>) -> bool {
    match tag {
        None => plain,
        Some(tag) => tag.suffix_in_namespace(CORE).as_deref() == Some("merge"),
    }
}

fn merge_values(node: Node) -> Result<Vec<Node>, ParseError> {
    let values = match node.value {
        Value::Map(_) => vec![node],
        Value::Seq(items) => items,
        _ => return Err(ParseErrorKind::MergeValue.at(node.span)),
    };
    match values.iter().find(|value| !matches!(value.value, Value::Map(_))) {
        Some(other) => Err(ParseErrorKind::MergeValue.at(other.span)),
        None => Ok(values),
    }
}

/// Checks the keys and merges in what `<<` names: a mapping's own keys win, and
/// of several mappings the first.
fn close_map(entries: Entries, merges: Vec<Merge>) -> Result<Entries, ParseError> {
    check_duplicates(&entries)?;
    if merges.is_empty() {
        return Ok(entries);
    }
    let own: HashMap<String, usize> =
        entries.iter().enumerate().map(|(index, (key, ..))| (key.clone(), index)).collect();
    let mut added = HashMap::new();
    let mut merged: Entries = Vec::new();
    for merge in merges {
        for value in merge.values {
            let Value::Map(values) = value.value else { continue };
            for (key, span, node) in values {
                if let Some(index) = own.get(&key) {
                    // kubectl's reader lets `<<` replace keys that stand before
                    // it, which YAML does not: refused where it matters.
                    if *index < merge.position && !entries[*index].2.same(&node) {
                        let place = entries[*index].1;
                        return Err(ParseErrorKind::MergeConflict(key, span).at(place));
                    }
                } else if added.insert(key.clone(), ()).is_none() {
                    merged.push((key, span, node));
                }
            }
        }
    }
    merged.extend(entries);
    Ok(merged)
}

fn scalar_value(
    text: Cow<'_, str>,
    plain: bool,
    tag: Option<&Tag>,
) -> Result<Value, ParseErrorKind> {
    let Some(tag) = tag else {
        let resolved = if plain { scalar::resolve_plain(&text) } else { None };
        return Ok(resolved.unwrap_or_else(|| Value::String(text.into_owned())));
    };
    let resolved = |text: &str| scalar::resolve_plain(text);
    let wrong = |text: &str| ParseErrorKind::Tag { tag: tag.original(), text: text.to_owned() };
    // `!` alone says nothing to kubectl's reader, as if the scalar stood plain.
    if tag.original() == "!" {
        return Ok(resolved(&text).unwrap_or_else(|| Value::String(text.into_owned())));
    }
    let name = tag.suffix_in_namespace(CORE);
    match (name.as_deref(), resolved(&text)) {
        (Some("int"), Some(value @ Value::Int(_)))
        | (Some("bool"), Some(value @ Value::Bool(_)))
        | (Some("null"), Some(value @ Value::Null))
        | (Some("float"), Some(value @ Value::Float(_))) => Ok(value),
        (Some("float"), Some(Value::Int(value))) => Ok(Value::Float(value.get() as f64)),
        (Some("int" | "bool" | "null" | "float"), _) => Err(wrong(&text)),
        (Some("binary"), _) => binary(&text).map(Value::String).ok_or_else(|| wrong(&text)),
        _ => Ok(Value::String(text.into_owned())),
    }
}

fn binary(text: &str) -> Option<String> {
    use base64::Engine;
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).ok()?;
    String::from_utf8(bytes).ok()
}
