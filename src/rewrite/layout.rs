//! Mappings as they are laid out in a text, and how entries are put into them and
//! taken out of them there.

use std::ops::Range;

use super::edit::Edits;
use super::written::{
    NotExact, bytes, header, is_plain, line_break, line_start, quote_of, quoted, raw_value,
    unquoted,
};
use crate::manifest::{Node, Value};

/// One entry of a mapping that is written out there (not merged in by `<<`).
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    /// The key with its quotes.
    pub(super) key_range: Range<usize>,
    pub(super) value: &'a Node,
    /// The value as written, with anchor, tag and quotes, or the alias; empty at the
    /// place behind the colon where nothing is written.
    pub(super) raw: Range<usize>,
}

/// A mapping in a text.
#[derive(Debug, Clone)]
pub(super) struct Layout<'a> {
    text: &'a str,
    /// Whether it is written with braces.
    pub(super) flow: bool,
    pub(super) entries: Vec<Entry<'a>>,
    range: Range<usize>,
}

/// A key and a text to stand behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: Written,
}

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// As it stands elsewhere, with its quotes or as an alias.
    Raw(String),
    /// A text, in quotes of that kind where it needs any or had some.
    Text { text: String, quote: Option<char> },
}

impl<'a> Layout<'a> {
    /// How a mapping is laid out; an error where its entries do not stand in the
    /// text as they are read.
    pub(super) fn new(text: &'a str, node: &'a Node) -> Result<Self, NotExact> {
        let range = bytes(node.span);
        let Value::Map(entries) = &node.value else { return Err(NotExact("it is no mapping")) };
        let flow = text.get(range.clone()).is_some_and(|written| written.starts_with('{'));
        let mut own = Vec::new();
        for (key, span, value) in entries {
            let key_range = bytes(*span);
            let is_own = range.start <= key_range.start && key_range.end <= range.end;
            if !is_own {
                continue;
            }
            let written = text.get(key_range.clone()).unwrap_or_default();
            if unquoted(written) != Some(key) {
                return Err(NotExact("its keys do not stand there as they are read"));
            }
            let raw = raw_value(text, key_range.end, value)?;
            own.push(Entry { key, key_range, value, raw });
        }
        Ok(Self { text, flow, entries: own, range })
    }

    /// The entry of that key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text of an entry's value as it is written.
    pub(super) fn written(&self, entry: &Entry<'_>) -> &'a str {
        &self.text[entry.raw.clone()]
    }

    /// Whether an alias refers to an entry's value: who changes it changes another place.
    pub(super) fn is_referred_to(&self, entry: &Entry<'_>) -> bool {
        let words = self.written(entry).split_whitespace();
        let mut before = words.take_while(|word| word.starts_with(['&', '!']));
        let Some(name) = before.find_map(|word| word.strip_prefix('&')) else { return false };
        // Anchors are those of one document.
        let rest = self.text[entry.raw.end..].split("\n---").next().unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']');
        rest.match_indices(&format!("*{name}"))
            .any(|(at, alias)| rest[at + alias.len()..].chars().next().is_none_or(ends))
    }

    /// The line break that is used where the offset lies.
    fn line_break(&self, at: usize) -> &'static str {
        line_break(self.text, at)
    }

    /// Puts entries behind an entry.
    pub(super) fn add(
        &self,
        after: &Entry<'_>,
        pairs: &[Pair],
        edits: &mut Edits,
    ) -> Result<(), NotExact> {
        if pairs.is_empty() {
            return Ok(());
        }
        let quote = quote_of(&self.text[after.key_range.clone()]);
        if self.flow {
            let separator = match self.own_line(after) {
                Some(indent) if self.text[..after.key_range.start].contains('\n') => {
                    format!(",{}{indent}", self.line_break(after.key_range.start))
                }
                _ => ", ".to_owned(),
            };
            for pair in pairs {
                edits.insert(after.raw.end, format!("{separator}{}", pair.in_flow(quote)));
            }
            return Ok(());
        }
        let indent = self.indent(after)?;
        let (at, before, behind) = self.next_line(after)?;
        for pair in pairs {
            let line = pair.in_block(quote)?;
            edits.insert(at, format!("{before}{indent}{line}{behind}"));
        }
        Ok(())
    }

    /// Puts a mapping of one entry behind an entry of a block or flow mapping.
    pub(super) fn add_mapping(
        &self,
        after: &Entry<'_>,
        key: &str,
        pair: &Pair,
        edits: &mut Edits,
    ) -> Result<(), NotExact> {
        let quote = quote_of(&self.text[after.key_range.clone()]);
        if self.flow {
            let raw = format!("{{{}}}", pair.in_flow(quote));
            let mapping = Pair { key: key.to_owned(), value: Written::Raw(raw) };
            return self.add(after, &[mapping], edits);
        }
        let indent = self.indent(after)?;
        let deeper = self.deeper(after);
        let (at, before, behind) = self.next_line(after)?;
        let line_break = self.line_break(at.saturating_sub(1));
        let key = Pair { key: key.to_owned(), value: Written::Raw(String::new()) };
        let (key, line) = (key.in_block(quote)?, pair.in_block(quote)?);
        edits.insert(
            at,
            format!("{before}{indent}{}{line_break}{indent}{deeper}{line}{behind}", key.trim_end()),
        );
        Ok(())
    }

    /// Fills the empty value of an entry (`labels:` or `labels: {}`) with one entry.
    pub(super) fn fill(
        &self,
        entry: &Entry<'_>,
        pair: &Pair,
        edits: &mut Edits,
    ) -> Result<(), NotExact> {
        let quote = quote_of(&self.text[entry.key_range.clone()]);
        let written = self.written(entry);
        if written.is_empty() && !self.flow {
            let (indent, deeper) = (self.indent(entry)?, self.deeper(entry));
            let (at, before, behind) = self.next_line(entry)?;
            let line = pair.in_block(quote)?;
            edits.insert(at, format!("{before}{indent}{deeper}{line}{behind}"));
            return Ok(());
        }
        let inner = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let empty = ["", "~", "null"].contains(&written)
            || inner.is_some_and(|inner| inner.trim().is_empty());
        if !empty {
            return Err(NotExact("its labels are written in another way"));
        }
        let space = if written.is_empty() { " " } else { "" };
        edits.replace(entry.raw.clone(), format!("{space}{{{}}}", pair.in_flow(quote)));
        Ok(())
    }

    /// Gives an entry another key, and another value if there is one.
    pub(super) fn rename(&self, entry: &Entry<'_>, pair: &Pair, edits: &mut Edits) {
        let quote = quote_of(&self.text[entry.key_range.clone()]);
        edits.replace(entry.key_range.clone(), quoted(&pair.key, quote));
        if let Written::Text { text, quote } = &pair.value {
            let quote = if self.flow { Some('"') } else { *quote };
            edits.replace(entry.raw.clone(), quoted(text, quote));
        }
    }

    /// Takes entries out, given by their places in `entries`. `owner` is the place
    /// behind the colon before the mapping: what is empty then must stay a mapping.
    pub(super) fn remove(
        &self,
        gone: &[usize],
        owner: Option<usize>,
        edits: &mut Edits,
    ) -> Result<(), NotExact> {
        let merges = self.text[self.range.clone()].contains("<<");
        if gone.len() == self.entries.len() && !self.flow && !merges {
            let owner = owner.ok_or(NotExact("nothing would be left of it"))?;
            edits.insert(owner, " {}");
        }
        for run in runs(gone) {
            let (first, last) = (&self.entries[run.start], &self.entries[run.end - 1]);
            if self.flow {
                let before = run.start.checked_sub(1).map(|at| self.entries[at].raw.end);
                let next = self.entries.get(run.end).map(|next| next.key_range.start);
                let range = match (before, next) {
                    (_, Some(next)) => first.key_range.start..next,
                    (Some(before), None) => before..last.raw.end,
                    (None, None) => {
                        // A comma may stand behind the last one; it cannot stand alone.
                        let rest = &self.text[last.raw.end..];
                        let comma = rest.trim_start().starts_with(',');
                        let behind = rest.find(',').filter(|_| comma).map_or(0, |at| at + 1);
                        first.key_range.start..last.raw.end + behind
                    }
                };
                edits.replace(range, "");
                continue;
            }
            for entry in &self.entries[run.clone()] {
                let start =
                    self.own_line(entry).map(|_| line_start(self.text, entry.key_range.start));
                let start = start.ok_or(NotExact("it shares its line with a list's dash"))?;
                edits.replace(start..self.line_end(entry)?, "");
            }
        }
        Ok(())
    }

    /// How many blanks a mapping within this entry is further in, as it or the
    /// usual two.
    fn deeper(&self, entry: &Entry<'_>) -> String {
        let column = |at: usize| at - line_start(self.text, at);
        let inner = match &entry.value.value {
            Value::Map(inner) => inner.first().map(|(_, span, _)| bytes(*span).start),
            _ => None,
        };
        let own = column(entry.key_range.start);
        let deeper = inner
            .filter(|inner| entry.raw.contains(inner))
            .filter(|inner| {
                line_start(self.text, *inner) != line_start(self.text, entry.key_range.start)
            })
            .map(column)
            .and_then(|inner| inner.checked_sub(own))
            .filter(|deeper| *deeper > 0);
        " ".repeat(deeper.unwrap_or(2))
    }

    /// What stands before the key on its line, if that is nothing but blanks.
    fn own_line(&self, entry: &Entry<'_>) -> Option<&'a str> {
        let start = line_start(self.text, entry.key_range.start);
        let before = &self.text[start..entry.key_range.start];
        before.chars().all(|c| c == ' ').then_some(before)
    }

    /// The blanks before further keys of the mapping.
    fn indent(&self, entry: &Entry<'_>) -> Result<String, NotExact> {
        let start = line_start(self.text, entry.key_range.start);
        let before = &self.text[start..entry.key_range.start];
        if !before.chars().all(|c| c == ' ' || c == '-') || before.starts_with("--") {
            return Err(NotExact("something stands before its key"));
        }
        Ok(" ".repeat(before.len()))
    }

    /// The end of an entry's last line, which must hold nothing else but a comment.
    fn line_end(&self, entry: &Entry<'_>) -> Result<usize, NotExact> {
        let written = self.written(entry);
        if written.starts_with(['|', '>']) && header(written).contains('+') {
            return Err(NotExact("its last line breaks count"));
        }
        let at = entry.raw.end;
        let end = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1);
        let rest = self.text[at..end].trim();
        if !(rest.is_empty() || rest.starts_with('#')) {
            return Err(NotExact("something else stands on its line"));
        }
        Ok(end)
    }

    /// Where the line behind an entry starts, and what is to stand before and
    /// behind the text of a new line there.
    fn next_line(
        &self,
        entry: &Entry<'_>,
    ) -> Result<(usize, &'static str, &'static str), NotExact> {
        let at = self.line_end(entry)?;
        let line_break = self.line_break(at.saturating_sub(1));
        if self.text[..at].ends_with('\n') {
            Ok((at, "", line_break))
        } else {
            Ok((at, line_break, ""))
        }
    }
}

impl Pair {
    fn in_flow(&self, key_quote: Option<char>) -> String {
        let value = match &self.value {
            Written::Raw(raw) => raw.clone(),
            Written::Text { text, quote } => quoted(text, quote.or(Some('"'))),
        };
        format!("{}: {value}", quoted(&self.key, key_quote))
    }

    fn in_block(&self, key_quote: Option<char>) -> Result<String, NotExact> {
        let value = match &self.value {
            Written::Raw(raw) if raw.contains('\n') => {
                return Err(NotExact("its value has several lines"));
            }
            Written::Raw(raw) => raw.clone(),
            Written::Text { text, quote: None } if is_plain(text) => text.clone(),
            Written::Text { text, quote } => quoted(text, quote.or(Some('"'))),
        };
        Ok(format!("{}: {value}", quoted(&self.key, key_quote)))
    }
}

/// Runs of places that follow each other.
fn runs(places: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some(run) if run.end == *place => run.end += 1,
            _ => runs.push(*place..*place + 1),
        }
    }
    runs
}
