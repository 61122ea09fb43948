//! Finds the secrets of a text, line by line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::keys::{Key, classify};
use super::kinds::Kinds;
use super::quotes::{flow_end, opening, quoted_end};
use super::words::{
    blank, flow_scalar, indentation, is_entry, is_name, is_name_char, key_before, placeholder,
};
use crate::manifest::placeholder_names as names;

/// What is secret in a text.
pub(crate) struct Secrets<'a> {
    /// Where secrets stand: in order, disjoint.
    pub(crate) ranges: Vec<Range<usize>>,
    /// The names of the placeholders that stand for secrets, or for parts of them.
    pub(crate) placeholders: BTreeSet<&'a str>,
}

/// Looks for the secrets of a text.
pub(crate) fn secrets(text: &str) -> Secrets<'_> {
    let mut scanner = Scanner {
        text,
        found: Vec::new(),
        aliases: BTreeMap::new(),
        anchors: BTreeMap::new(),
        placeholders: BTreeSet::new(),
        keys: HashMap::new(),
        is_variable: false,
    };
    for document in documents(text) {
        scanner.document(document);
    }
    scanner.anchors();
    let Scanner { found, mut placeholders, .. } = scanner;
    let ranges = merged(found);
    for range in &ranges {
        placeholders.extend(names(text.get(range.clone()).unwrap_or_default()));
    }
    Secrets { ranges, placeholders }
}

/// The texts between the lines that begin with `---`.
fn documents(text: &str) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            documents.push(start..at);
            start = at;
        }
        at += line.len();
    }
    documents.push(start..at);
    documents
}

/// The ranges in order, those that touch made one.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

struct Scanner<'a> {
    text: &'a str,
    found: Vec<Range<usize>>,
    /// Aliases that stand where a secret is expected.
    aliases: BTreeMap<&'a str, Vec<Range<usize>>>,
    /// Anchors of secrets.
    anchors: BTreeMap<&'a str, Vec<Range<usize>>>,
    /// The names of placeholders that are all of a secret.
    placeholders: BTreeSet<&'a str>,
    /// What was found out of keys, and whether in a Secret: there are few, and each
    /// stands in every document.
    keys: HashMap<(&'a str, bool), Key>,
    /// Whether the entry of a list of variables has a name that says it is secret.
    is_variable: bool,
}

/// A key in the text, and how far the lines that belong to its value reach.
struct Place {
    key: Key,
    /// The column of the key: deeper lines are part of its value.
    column: usize,
    /// The end of the document.
    end: usize,
    /// Whether it is a key of a flow collection.
    in_flow: bool,
}

impl<'a> Scanner<'a> {
    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn line_end(&self, at: usize, end: usize) -> usize {
        self.slice(at..end).find('\n').map_or(end, |length| at + length)
    }

    fn document(&mut self, document: Range<usize>) {
        let kinds = Kinds::of(self.slice(document.clone()));
        let mut at = document.start;
        while at < document.end {
            let before = self.slice(document.start..at).rfind('\n');
            let line_start = before.map_or(document.start, |newline| document.start + newline + 1);
            let line = line_start..self.line_end(at, document.end);
            at = self.line(at, line, &document, &kinds);
        }
    }

    /// Looks at a line from an offset on; returns where to look next.
    fn line(
        &mut self,
        mut at: usize,
        line: Range<usize>,
        document: &Range<usize>,
        kinds: &Kinds,
    ) -> usize {
        self.router_line(&line);
        while let Some(length) = self.slice(at..line.end).find([':', '=']) {
            let separator = at + length;
            at = separator + 1;
            let before = self.slice(line.start..separator);
            let raw = key_before(before);
            let key = match raw {
                "" => Key::Open,
                _ => {
                    let in_secret = kinds.is_secret(separator - document.start);
                    let known = self.keys.entry((raw, in_secret));
                    *known.or_insert_with(|| classify(raw, in_secret))
                }
            };
            let key = match raw.trim_matches(['"', '\'', '\\']) {
                "name" => {
                    self.is_variable = self.names_secret(at..line.end);
                    key
                }
                "value" if self.is_variable => Key::Secret,
                _ => key,
            };
            if key == Key::Open {
                continue;
            }
            let key_start = before.trim_end().len() - raw.len();
            let in_flow = before.get(..key_start).is_some_and(|before| before.contains('{'));
            let column = if in_flow { indentation(before) } else { key_start };
            let past = self.value(at, &Place { key, column, end: document.end, in_flow });
            if past >= line.end {
                return past.max(at);
            }
            at = past.max(at);
        }
        line.end + 1
    }

    /// Whether the value of a `name` is that of a variable with a secret value.
    fn names_secret(&self, range: Range<usize>) -> bool {
        let value = self.slice(range).trim_start().trim_start_matches(['"', '\'', '\\']);
        let length = value.find(|c| !is_name_char(c)).unwrap_or(value.len());
        let name = value.get(..length).unwrap_or_default();
        // A name with `_` is a variable's; others are the names of objects.
        name.contains('_') && classify(name, false) == Key::Secret
    }

    /// `neighbor 10.0.0.1 password SECRET`, as routers are configured.
    fn router_line(&mut self, line: &Range<usize>) {
        let text = self.slice(line.clone());
        if let Some(at) = text.find(" password ").filter(|_| text.contains("neighbor")) {
            self.found.push(line.start + at + " password ".len()..line.end);
        }
    }

    /// Finds the value that begins behind `at`, and returns where it ends.
    fn value(&mut self, at: usize, place: &Place) -> usize {
        let line_end = self.line_end(at, place.end);
        let mut start = at + blank(self.slice(at..line_end));
        // Anchors and tags.
        while self.slice(start..line_end).starts_with(['&', '!']) {
            let rest = self.slice(start..line_end);
            let length = rest.find([' ', '\t']).unwrap_or(rest.len());
            let (sign, name) = rest.get(..length).unwrap_or_default().split_at(1);
            let range = start + 1..start + length;
            match sign {
                "&" => self.anchors.entry(name.trim_end()).or_default().push(range),
                // A password that begins like a tag.
                _ if !name.starts_with(['!', '<']) => self.found.push(range),
                _ => {}
            }
            start += length;
            start += blank(self.slice(start..line_end));
        }
        let rest = self.slice(start..line_end).trim_end();
        let bytes = &self.text.as_bytes()[..place.end];
        let is_reference = place.key == Key::Reference;
        if rest.is_empty() || rest.starts_with('#') {
            return self.behind_line(line_end, place);
        }
        if let Some(alias) = rest.strip_prefix('*').filter(|alias| is_name(alias)) {
            self.aliases.entry(alias).or_default().push(start + 1..start + rest.len());
            return line_end;
        }
        if rest.starts_with(['|', '>']) {
            // The rest of the line should be an indicator; if not, hide it, too.
            let indicator = rest.bytes().take_while(|b| b"|>+-0123456789".contains(b)).count();
            self.found.push(start + indicator..line_end);
            return self.block(line_end, place);
        }
        if rest.starts_with(['{', '[']) {
            if is_reference && rest.starts_with('{') {
                return start;
            }
            let end = flow_end(bytes, start);
            self.push_lines(start..end);
            return end;
        }
        if let Some((quote, depth)) = opening(bytes, start) {
            let end = quoted_end(bytes, start, quote, depth);
            let inner = start + depth + 1;
            let closing = usize::from(bytes.get(end - 1) == Some(&quote)) * (depth + 1);
            let inner = inner..end.saturating_sub(closing).max(inner);
            match placeholder(self.slice(inner.clone())) {
                Some(name) => drop(self.placeholders.insert(name)),
                None => self.push_lines(inner),
            }
            return end;
        }
        if matches!(rest, "null" | "~" | "true" | "false") {
            return line_end;
        }
        if let Some(name) = placeholder(rest) {
            self.placeholders.insert(name);
            return line_end;
        }
        if place.in_flow {
            let end = start + flow_scalar(rest);
            self.found.push(start..end);
            return end;
        }
        self.found.push(start..start + rest.len());
        self.block(line_end, place)
    }

    /// A value that begins on a later line.
    fn behind_line(&mut self, line_end: usize, place: &Place) -> usize {
        let next = self.slice(line_end..place.end);
        let start = line_end + (next.len() - next.trim_start().len());
        let bytes = &self.text.as_bytes()[..place.end];
        // JSON is not bound to lines and columns.
        let is_value = match opening(bytes, start) {
            Some((quote, depth)) => {
                let behind = quoted_end(bytes, start, quote, depth);
                !self.slice(behind..place.end).trim_start().starts_with(':')
            }
            None => next.trim_start().starts_with(['{', '[']),
        };
        if is_value {
            let own_line = Place { in_flow: true, ..*place };
            return self.value(start, &own_line).max(line_end);
        }
        self.block(line_end, place)
    }

    /// The lines below that are deeper than the key.
    fn block(&mut self, mut at: usize, place: &Place) -> usize {
        let mut child = None;
        while at < place.end {
            let line = at + 1..self.line_end((at + 1).min(place.end), place.end);
            let text = self.slice(line.clone());
            let trimmed = text.trim();
            let (indent, column) = (text.len() - text.trim_start().len(), indentation(text));
            let is_item = column == place.column && trimmed.starts_with('-');
            let is_deeper = column > place.column || is_item;
            if trimmed.is_empty() || (trimmed.starts_with('#') && !is_deeper) {
                at = line.end.max(at + 1);
                continue;
            }
            let start = line.start + indent;
            if !is_deeper {
                // A value that lost its indentation: the document is broken.
                let is_lost = child.is_none()
                    && place.column != usize::MAX
                    && place.key == Key::Secret
                    && !is_entry(trimmed)
                    && trimmed != "..."
                    && !trimmed.starts_with(['"', '\'', '}', ']', '-', '?', '{']);
                if is_lost {
                    self.found.push(start..line.end);
                }
                return at;
            }
            let child = *child.get_or_insert(column);
            let past = match place.key {
                Key::Data if column == child => self.entry(start, line.end, place),
                Key::Reference if is_entry(trimmed) => line.end,
                _ => {
                    self.found.push(start..line.end);
                    line.end
                }
            };
            at = self.line_end(past.max(line.end), place.end);
        }
        at
    }

    /// An entry of a Secret's data: its key may be shown.
    fn entry(&mut self, start: usize, line_end: usize, place: &Place) -> usize {
        let text = self.slice(start..line_end);
        let key = match opening(text.as_bytes(), 0) {
            Some((quote, depth)) => quoted_end(text.as_bytes(), 0, quote, depth),
            None => text
                .find(": ")
                .or_else(|| text.trim_end().strip_suffix(':').map(str::len))
                .unwrap_or(text.len()),
        };
        let behind = text.get(key..).unwrap_or_default().trim_start();
        if text.starts_with(['#', '?', '<', '-']) || !behind.starts_with(':') {
            self.found.push(start..line_end);
            return line_end;
        }
        let value = line_end - behind.len() + 1;
        let trimmed = self.slice(value..line_end).trim_start();
        // Deeper lines are hidden by the caller.
        if trimmed.is_empty() || trimmed.starts_with(['|', '>']) {
            return line_end;
        }
        let place = Place { key: Key::Secret, column: usize::MAX, in_flow: false, ..*place };
        self.value(value, &place).max(line_end)
    }

    /// Adds what the lines of a range hold, without their indentation.
    fn push_lines(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for line in self.slice(range).split_inclusive('\n') {
            let indent = blank(line);
            self.found.push(at + indent..at + line.trim_end().len().max(indent));
            at += line.len();
        }
    }

    /// The values that the aliases stand for.
    fn anchors(&mut self) {
        let aliases = std::mem::take(&mut self.aliases);
        // A password that begins like an anchor.
        let unused = std::mem::take(&mut self.anchors).into_iter();
        let unused = unused.filter(|(name, _)| !self.text.contains(&format!("*{name}")));
        self.found.extend(unused.flat_map(|(_, ranges)| ranges));
        if aliases.is_empty() {
            return;
        }
        let mut unknown: BTreeSet<&str> = aliases.keys().copied().collect();
        for (at, _) in self.text.match_indices('&') {
            let rest = self.slice(at + 1..self.text.len());
            let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
            let Some(name) = rest.get(..length).filter(|name| aliases.contains_key(name)) else {
                continue;
            };
            unknown.remove(name);
            let line = self.slice(0..at).rfind('\n').map_or(0, |newline| newline + 1);
            let column = indentation(self.slice(line..at));
            let end = self.text.len();
            let place = Place { key: Key::Secret, column, end, in_flow: false };
            self.value(at + 1 + length, &place);
        }
        // A password that begins like an alias.
        self.found
            .extend(unknown.into_iter().filter_map(|name| aliases.get(name)).flatten().cloned());
    }
}
