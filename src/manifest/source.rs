//! Input texts and places in them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroize as _;

use crate::secret::{Hidden, SecretString};

/// Names one input text within [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u32);

/// A half-open range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text it lies in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset past the last byte.
    pub end: u32,
}

/// A place as people name it: both numbers count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One input text; overwritten in memory when its last owner drops it.
#[derive(Clone)]
pub struct Source {
    /// The path as the user gave it, or `<stdin>`.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    /// Where every [`STRIDE`]th line starts, from the first one on: a text of nothing
    /// but line breaks must not take several times its size.
    line_starts: Vec<u32>,
}

/// How many lines there are from one known start of a line to the next.
const STRIDE: usize = 64;

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Hidden(&self.text);
        f.debug_struct("Source").field("name", &self.name).field("text", &text).finish()
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(text) = Arc::get_mut(&mut self.text) {
            text.zeroize();
        }
    }
}

/// All input texts of a run, and the values that stand for their placeholders.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
    values: BTreeMap<String, SecretString>,
}

impl Sources {
    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let text = text.into();
        let newlines = text.match_indices('\n').skip(STRIDE - 1).step_by(STRIDE);
        let line_starts =
            std::iter::once(0).chain(newlines.map(|(offset, _)| offset as u32 + 1)).collect();
        self.texts.push(Source { name: name.into(), text, line_starts });
        SourceId(self.texts.len() as u32 - 1)
    }

    /// Takes the values of placeholders, so that passwords among them are not shown.
    pub fn set_values(&mut self, values: BTreeMap<String, SecretString>) {
        self.values = values;
    }

    /// The values of placeholders, by their names.
    pub fn values(&self) -> &BTreeMap<String, SecretString> {
        &self.values
    }

    /// The text behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.texts[id.0 as usize]
    }

    /// Every text, in the order of adding.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.texts.iter()
    }

    /// Every id, in the order in which the texts were added.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..self.texts.len() as u32).map(SourceId)
    }

    /// Where a span starts.
    pub fn start(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }

    /// Where a span ends (the place just past its last character).
    pub fn end(&self, span: Span) -> Position {
        self.get(span.source).position(span.end)
    }
}

impl Source {
    /// The line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let stride = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let mut line = stride * STRIDE;
        let mut start = self.line_starts[stride] as usize;
        for next in self.starts_after(start).take_while(|next| *next <= offset as usize) {
            line += 1;
            start = next;
        }
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(end - start, |text| {
            // A byte-order mark is no column to anybody.
            text.trim_start_matches('\u{feff}').chars().count()
        });
        Position { line: line + 1, column: column + 1 }
    }

    /// The bytes of a line, counted from 1, with its line break.
    pub fn line(&self, number: usize) -> Option<Range<usize>> {
        let index = number.checked_sub(1)?;
        let known = *self.line_starts.get(index / STRIDE)? as usize;
        let start = match index % STRIDE {
            0 => known,
            further => self.starts_after(known).nth(further - 1)?,
        };
        let end = self.starts_after(start).next().unwrap_or(self.text.len());
        Some(start..end)
    }

    /// Where the lines behind the one that starts at `start` start.
    fn starts_after(&self, start: usize) -> impl Iterator<Item = usize> {
        let text = self.text.get(start..).unwrap_or_default();
        text.match_indices('\n').map(move |(offset, _)| start + offset + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_those_of_a_plain_count(
            lines in prop::collection::vec("[a-zä]{0,3}", 0..200),
            part in 0.0f64..=1.0,
        ) {
            let text = lines.join("\n");
            let mut sources = Sources::default();
            let id = sources.add("t", text.as_str());
            let mut at = (part * text.len() as f64) as usize;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            let source = sources.get(id);
            prop_assert_eq!(source.position(at as u32), Position { line, column });
            let all: Vec<&str> = text.split_inclusive('\n').collect();
            for (index, line) in all.iter().enumerate() {
                prop_assert_eq!(&text[source.line(index + 1).unwrap()], *line);
            }
            prop_assert_eq!(source.line(0), None);
            prop_assert_eq!(source.line(text.matches('\n').count() + 2), None);
        }
    }
}
