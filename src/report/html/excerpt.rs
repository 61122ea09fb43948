//! The lines of the input that a diagnostic is about, as the terminal shows them: with a
//! line around them, their numbers, and what the label says below its place.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Redactor, escape::markup};
use crate::diagnostic::Label;
use crate::manifest::{SourceId, Sources};

/// Lines that are shown of one place.
const LINES: usize = 30;
/// Places that are named before the rest is counted.
const NAMED: usize = 50;
/// Characters of a line.
const COLUMNS: usize = 160;

/// The sources without their secrets.
pub(in crate::report) struct Excerpts<'a> {
    sources: &'a Sources,
    redactor: Redactor,
    /// By source, each line with the offset at which it starts.
    lines: BTreeMap<SourceId, Vec<(usize, String)>>,
}

impl<'a> Excerpts<'a> {
    /// Of these sources.
    pub(in crate::report) fn new(sources: &'a Sources) -> Self {
        Self { sources, redactor: Redactor::new(sources), lines: BTreeMap::new() }
    }

    /// Where labels stand. Of those that say the same of one file, one is shown and the
    /// others are named: a hundred Services are of one kind.
    pub(in crate::report) fn places(&mut self, labels: &[Label]) -> String {
        let mut known = BTreeSet::new();
        let (shown, others): (Vec<&Label>, Vec<&Label>) =
            labels.iter().partition(|label| known.insert((label.span.source, label.text.as_str())));
        let shown: String = shown.into_iter().map(|label| self.item(label)).collect();
        let mut text = format!("<ul class=\"places\">\n{shown}</ul>\n");
        if !others.is_empty() {
            let named = others.iter().take(NAMED).map(|label| {
                let (place, said) = (self.place(label), markup(&label.text));
                format!("<li><code class=\"place\">{}</code> {said}</li>\n", markup(&place))
            });
            let mut named: String = named.collect();
            if others.len() > NAMED {
                named.push_str(&format!("<li>and {} more</li>\n", others.len() - NAMED));
            }
            text.push_str(&format!(
                "<details><summary>{} more of the same</summary><ul>\n{named}</ul></details>\n",
                others.len()
            ));
        }
        text
    }

    /// `path:line:column`.
    fn place(&self, label: &Label) -> String {
        let start = self.sources.start(label.span);
        format!("{}:{}:{}", self.sources.get(label.span.source).name, start.line, start.column)
    }

    /// The place of a label, as an item of a list.
    fn item(&mut self, label: &Label) -> String {
        let span = label.span;
        let (start, end) = (self.sources.start(span), self.sources.end(span));
        let place = self.place(label);
        let Self { sources, redactor, lines } = self;
        let lines = lines.entry(span.source).or_insert_with(|| {
            let mut offset = 0;
            let text = redactor.text(span.source, sources);
            let lines = text.split_inclusive('\n').map(|line| {
                let at = offset;
                offset += line.len();
                (at, line.trim_end_matches(['\n', '\r']).to_owned())
            });
            lines.collect()
        });
        let first = start.line.saturating_sub(1).max(1);
        let last = (end.line + 1).min(start.line + LINES);
        let is_cut = last < end.line;
        let mut code = String::new();
        for (number, (offset, line)) in
            (first..=last).zip(lines.iter().skip(first.saturating_sub(1)))
        {
            let marked = (span.start as usize).saturating_sub(*offset)
                ..(span.end as usize).saturating_sub(*offset);
            let within = (start.line..=end.line).contains(&number);
            let class = if within { "line here" } else { "line" };
            code.push_str(&format!(
                "<span class=\"{class}\"><span class=\"number\">{number:>4}</span> {}\n</span>",
                if within { mark(line, marked) } else { markup(&cut(line, 0)) }
            ));
        }
        if is_cut {
            let more = end.line - last;
            code.push_str(&format!(
                "<span class=\"line\"><span class=\"number\">   …</span> {more} more line{}\n</span>",
                if more == 1 { "" } else { "s" }
            ));
        }
        let said = match label.text.as_str() {
            "" => String::new(),
            text => format!(" <span class=\"said\">{}</span>", markup(text)),
        };
        format!(
            "<li><code class=\"place\">{}</code>{said}\n<pre class=\"excerpt\" tabindex=\"0\" \
             role=\"group\" aria-label=\"Lines of the input\">{code}</pre></li>\n",
            markup(&place),
        )
    }
}

/// A line with that part of it marked.
fn mark(line: &str, part: std::ops::Range<usize>) -> String {
    let indent = line.len() - line.trim_start().len();
    let (start, end) = (part.start.max(indent).min(line.len()), part.end.min(line.len()));
    match (line.get(..start), line.get(start..end), line.get(end..)) {
        (Some(before), Some(marked), Some(after)) if !marked.trim().is_empty() => {
            // Of a long line, what stands before the place gives way to it.
            let skipped = before.chars().count().saturating_sub(COLUMNS / 2);
            let before = cut(before, skipped);
            let marked = cut(marked, 0);
            let used = before.chars().count() + marked.chars().count();
            let after: String = after.chars().take(COLUMNS.saturating_sub(used)).collect();
            format!("{}<mark>{}</mark>{}", markup(&before), markup(&marked), markup(&after))
        }
        _ => markup(&cut(line, 0)),
    }
}

fn cut(text: &str, skipped: usize) -> String {
    let mut characters = text.chars().skip(skipped);
    let mut shown: String = if skipped > 0 { "…".to_owned() } else { String::new() };
    shown.extend(characters.by_ref().take(COLUMNS));
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::sample;
    use super::*;

    #[test]
    fn a_place_is_shown_with_its_lines_and_marked() {
        let (diagnostics, sources) = sample();
        let label = &diagnostics.iter().find(|one| one.code.id == "M2C201").unwrap().labels[0];
        let item = Excerpts::new(&sources).item(label);
        assert!(item.contains("<code class=\"place\">metallb/pools.yaml:7:5</code>"), "{item}");
        assert!(item.contains("<span class=\"said\">100% reversed</span>"), "{item}");
        assert!(item.contains("<mark>10.0.0.9-10.0.0.1</mark>"), "{item}");
        assert!(item.contains("<span class=\"number\">   6</span>"), "{item}");
    }

    #[test]
    fn all_lines_of_an_object_are_shown_and_of_a_longer_one_it_is_said_how_many_are_left() {
        for (count, left) in [(12, None), (30, None), (100, Some("69 more lines"))] {
            let mut sources = crate::manifest::Sources::default();
            let text: String = (1..=count).map(|number| format!("line-{number}:\n")).collect();
            let source = sources.add("a.yaml", text.as_str());
            let end = text.trim_end().len() as u32;
            let span = crate::manifest::Span { source, start: 0, end };
            let item = Excerpts::new(&sources).item(&Label { span, text: String::new() });
            assert_eq!(item.contains(&format!("line-{count}:")), left.is_none(), "{item}");
            assert!(left.is_none_or(|left| item.contains(left)), "{item}");
            assert_eq!(item.contains("more line"), left.is_some(), "{item}");
        }
    }

    #[test]
    fn a_part_of_a_long_line_is_seen_and_markup_is_text() {
        assert_eq!(mark("a <b>", 2..5), "a <mark>&lt;b&gt;</mark>");
        let long = format!("{}x<y", "-".repeat(500));
        let marked = mark(&long, 500..503);
        assert!(marked.starts_with('…') && marked.ends_with("<mark>x&lt;y</mark>"), "{marked}");
        assert_eq!(mark("ü", 1..2), "ü");
    }
}
