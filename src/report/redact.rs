//! Keeps secrets out of everything that is shown.
//!
//! What is secret is found in the text, line by line, so that it is found in
//! documents that do not parse, too. In doubt a text is taken for a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diagnostic::{Diagnostic, Label};
use crate::manifest::{SourceId, Sources};
use crate::secret::keys::{Key, classify};
use crate::secret::scan::{self, Secrets, merged};

/// Shorter secrets, and parts of secrets, are masked only in what is said about
/// their own place: they are parts of too many words.
const MIN_MASKED: usize = 4;

/// Shorter secrets are masked in the sources only where they stand as a word of their
/// own, but for the places that are known to be secret.
const MIN_WITHIN: usize = 8;

/// How far from a label a secret is still its own place, and how much of a long
/// label is looked at.
const NEAR: usize = 200;
const MAX_LABEL: usize = 10_000;

/// Knows where the sources hold secrets.
#[derive(Debug, Default)]
pub struct Redactor {
    /// By source: where, in order and disjoint.
    ranges: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// Whole secrets.
    whole: Whole,
}

/// What looks for whole secrets.
#[derive(Debug, Default)]
enum Whole {
    /// There is none.
    #[default]
    None,
    /// Looks for all of them.
    Search(AhoCorasick),
    /// There are too many to be looked for: nothing may be shown.
    TooMany,
}

impl Redactor {
    /// Looks for the secrets of every source.
    pub fn new(sources: &Sources) -> Self {
        let mut redactor = Self::default();
        let mut whole = BTreeSet::new();
        let mut placeholders = BTreeSet::new();
        for id in sources.ids() {
            let text = &*sources.get(id).text;
            let Secrets { ranges, placeholders: names } = scan::secrets(text);
            placeholders.extend(names);
            for range in &ranges {
                let secret = text.get(range.clone()).unwrap_or_default();
                whole.extend(values(secret).filter(|value| value.len() >= MIN_MASKED));
            }
            redactor.ranges.insert(id, ranges);
        }
        for (name, value) in sources.values() {
            if placeholders.contains(name.as_str()) || classify(name, false) == Key::Secret {
                whole.extend(values(value.expose()).filter(|value| value.len() >= MIN_MASKED));
            }
        }
        if !whole.is_empty() {
            let search =
                AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&whole);
            redactor.whole = search.map_or(Whole::TooMany, Whole::Search);
            redactor.repeated(sources);
        }
        redactor
    }

    /// Adds the places where a secret stands once more, whatever it is there.
    fn repeated(&mut self, sources: &Sources) {
        let Whole::Search(whole) = &self.whole else { return };
        for (id, ranges) in &mut self.ranges {
            let text = &*sources.get(*id).text;
            let is_word = |range: &Range<usize>| {
                let before = text.get(..range.start).unwrap_or_default();
                let behind = text.get(range.end..).unwrap_or_default();
                !before.ends_with(char::is_alphanumeric)
                    && !behind.starts_with(char::is_alphanumeric)
            };
            let found = whole.find_iter(text).map(|found| found.range());
            let found = found.filter(|range| range.len() >= MIN_WITHIN || is_word(range));
            let mut all = std::mem::take(ranges);
            all.extend(found);
            *ranges = merged(all);
        }
    }

    /// Whether the byte at that offset is part of a secret.
    pub fn is_secret(&self, source: SourceId, offset: usize) -> bool {
        let ranges = self.ranges.get(&source).map_or(&[][..], Vec::as_slice);
        let next = ranges.partition_point(|range| range.end <= offset);
        ranges.get(next).is_some_and(|range| range.contains(&offset))
    }

    /// Whether a text holds a secret, as far as that can be told: in doubt it does.
    pub fn has_secrets(&self, source: SourceId) -> bool {
        self.ranges.get(&source).is_some_and(|ranges| !ranges.is_empty())
    }

    /// The text of a source with `*` for each byte of a secret, so that spans
    /// still fit. Line breaks stay.
    pub fn text(&self, source: SourceId, sources: &Sources) -> String {
        let text = &*sources.get(source).text;
        let mut shown = String::with_capacity(text.len());
        for (offset, character) in text.char_indices() {
            if character != '\n' && self.is_secret(source, offset) {
                shown.extend(std::iter::repeat_n('*', character.len_utf8()));
            } else {
                shown.push(character);
            }
        }
        shown
    }

    /// The diagnostic without the secrets that its texts name.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) -> Diagnostic {
        let near = self.near(&diagnostic.labels, sources);
        let mask = |text: &String| self.mask(text, &near);
        Diagnostic {
            message: mask(&diagnostic.message),
            help: diagnostic.help.as_ref().map(mask),
            labels: diagnostic
                .labels
                .iter()
                .map(|label| Label { span: label.span, text: mask(&label.text) })
                .collect(),
            ..diagnostic.clone()
        }
    }

    /// A text without the whole secrets that it names.
    pub fn plain(&self, text: &str) -> String {
        self.mask(text, &[])
    }

    /// The secrets that stand near the labels, and their parts; longest first.
    fn near(&self, labels: &[Label], sources: &Sources) -> Vec<String> {
        let mut near = BTreeSet::new();
        for Label { span, .. } in labels {
            let text = &*sources.get(span.source).text;
            let (start, end) = (span.start as usize, span.end as usize);
            let (from, to) = (start.saturating_sub(NEAR), end.min(start + MAX_LABEL) + NEAR);
            let ranges = self.ranges.get(&span.source).map_or(&[][..], Vec::as_slice);
            let first = ranges.partition_point(|range| range.end < from);
            for range in ranges.iter().skip(first).take_while(|range| range.start <= to) {
                let cut = range.start.max(from)..range.end.min(to);
                // Cut at a character's boundary, or take it whole.
                let secret = text.get(cut).or_else(|| text.get(range.clone())).unwrap_or_default();
                near.extend(values(secret));
                near.extend(parts(secret).map(str::to_owned));
            }
        }
        let mut near: Vec<String> = near.into_iter().collect();
        near.sort_by_key(|value| std::cmp::Reverse(value.len()));
        near
    }

    fn mask(&self, text: &str, near: &[String]) -> String {
        let mut masked = String::with_capacity(text.len());
        match &self.whole {
            Whole::None => masked.push_str(text),
            Whole::TooMany => {
                return "(not shown: the input has too many secrets to look for)".to_owned();
            }
            Whole::Search(whole) => {
                whole.replace_all_with(text, &mut masked, |_, found, masked| {
                    masked.push_str(&"*".repeat(found.len()));
                    true
                })
            }
        }
        for value in near {
            if value.len() < MIN_MASKED {
                masked = mask_word(&masked, value);
            } else if masked.contains(value) {
                masked = masked.replace(value, &"*".repeat(value.len()));
            }
        }
        masked
    }
}

/// Masks a value where it stands as a word of its own.
fn mask_word(text: &str, value: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(value) {
        let (before, found) = rest.split_at(at);
        let behind = found.get(value.len()..).unwrap_or_default();
        masked.push_str(before);
        let is_word =
            !masked.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric);
        if is_word {
            masked.push_str(&"*".repeat(value.len()));
        } else {
            masked.push_str(value);
        }
        rest = behind;
    }
    masked + rest
}

/// The values that a secret text may be taken for: its lines, without quotes and
/// comments, and what they encode.
fn values(secret: &str) -> impl Iterator<Item = String> + '_ {
    secret.lines().flat_map(|line| {
        let line = line.trim();
        let bare = line.trim_end_matches([',', '}', ']']).trim_matches(['"', '\'', '\\']);
        let value = line.split(" #").next().unwrap_or_default().trim();
        let decoded = STANDARD.decode(bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let mut values: Vec<String> = [line, bare, value].map(str::to_owned).into();
        values.extend(decoded.map(|text| text.trim().to_owned()));
        values.retain(|value| !value.is_empty());
        values.dedup();
        values
    })
}

/// The words of a secret text that holds more than one value.
fn parts(secret: &str) -> impl Iterator<Item = &str> {
    secret
        .split(|c: char| c.is_whitespace() || "\"'{}[],".contains(c))
        .flat_map(|word| word.split(":-"))
        .flat_map(|word| word.split("\\n"))
        .map(|word| word.trim_matches(['\\', ':', '*']))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_searched_for_secrets_is_not_shown() {
        let redactor = Redactor { whole: Whole::TooMany, ..Redactor::default() };
        let shown = redactor.mask("the password is hunter2", &[]);
        assert!(!shown.contains("hunter2") && shown.contains("not shown"), "{shown}");
    }
}
