//! Lines that speak of MetalLB and are not edited.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::manifest::{SourceId, Span};

/// Lines named of one file.
const MAX_NAMED: usize = 50;

/// MetalLB's annotations and API versions in any of their spellings: plain, with
/// dots escaped as Helm's `--set` wants them, and as a part of a JSON pointer.
static MENTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"metallb\\*\.(universe\\*\.tf|io)(/|~1)(address-pool|loadBalancerIPs|allow-shared-ip|ip-allocated-from-pool|v1(alpha1|beta1|beta2)\b)",
    )
    .ok()
});

/// What kind of text the mentions stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A text that is no YAML.
    OtherText,
    /// YAML that has to be rendered first.
    Template,
    /// YAML that is broken or encrypted.
    NotReadable,
    /// A string within YAML.
    String,
}

/// Names the lines of a text that speak of MetalLB, outside of comments where the
/// text is YAML and outside of what was handled (see [`united`]).
pub(super) fn mentions(
    name: &str,
    text: &str,
    id: SourceId,
    within: Range<usize>,
    handled: &[Range<usize>],
    place: Place,
) -> Option<Diagnostic> {
    let pattern = MENTION.as_ref()?;
    let mut spans = Vec::new();
    let mut at = within.start;
    for line in text.get(within)?.split_inclusive('\n') {
        let (start, comment) = (at, comment(line, place));
        at += line.len();
        let Some(found) = pattern.find(line) else { continue };
        let range = start + found.start()..start + found.end();
        let before = handled.partition_point(|one| one.start <= range.start);
        let is_handled = handled[..before].last().is_some_and(|one| range.end <= one.end);
        if comment.is_none_or(|comment| found.start() < comment) && !is_handled {
            spans.push(Span { source: id, start: range.start as u32, end: range.end as u32 });
        }
    }
    if spans.is_empty() {
        return None;
    }
    let lines =
        if spans.len() == 1 { "a line".to_owned() } else { format!("{} lines", spans.len()) };
    let (what, help) = match place {
        Place::OtherText => ("is no YAML", "edit it by hand where it sets something"),
        Place::Template => ("is a template", "edit it by hand, or rewrite what it renders to"),
        Place::NotReadable => {
            ("cannot be read as YAML, or is encrypted", "edit it by hand where it sets something")
        }
        Place::String => {
            ("has it in strings and keys of other tools", "edit it by hand where it sets something")
        }
    };
    let message = format!("{name} {what}: {lines} that speak of MetalLB are left alone");
    let message = if spans.len() == 1 {
        message.replace(" that speak ", " that speaks ").replace(" are left", " is left")
    } else {
        message
    };
    let mut diagnostic = Diagnostic::note(codes::MENTION, message).help(help);
    for span in spans.into_iter().take(MAX_NAMED) {
        diagnostic = diagnostic.label(Some(span), "here");
    }
    Some(diagnostic)
}

/// Ranges in order, those that touch taken together.
pub(super) fn united(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut united: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match united.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => united.push(range),
        }
    }
    united
}

/// Where a comment starts on a line of YAML.
fn comment(line: &str, place: Place) -> Option<usize> {
    if place == Place::OtherText {
        return None;
    }
    let blanks = line.len() - line.trim_start().len();
    if line[blanks..].starts_with('#') {
        return Some(blanks);
    }
    line.find(" #")
}
