//! The parts of the sources that labels point at, as people may see them: without
//! secrets, without control characters, within a width.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::{Redactor, Style, escape};
use crate::diagnostic::Label;
use crate::manifest::{Position, Source, SourceId, Sources, Span};

/// How many lines a label may reach over; of larger ones the first line is shown.
const MAX_LINES: usize = 4;

/// What frame and line numbers take of the width.
const FRAME: usize = 10;

/// The lines around labels, joined to one text.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    segments: Vec<Segment>,
    /// Where in the joined text labels start, and what place of the input that is.
    starts: Vec<(usize, Position)>,
}

/// Lines of one source that follow each other.
#[derive(Debug)]
struct Segment {
    source: SourceId,
    name: String,
    /// The number of the first line, from 0.
    first_line: usize,
    /// Where it starts in the joined text.
    base: usize,
    text: String,
    /// Offsets of the source with their offsets in the joined text, in order.
    places: Vec<(usize, usize)>,
}

/// Lines of one source: from, to (both from 1, inclusive).
struct Window {
    source: SourceId,
    first: usize,
    last: usize,
}

impl Excerpt {
    /// The excerpt for some labels, and the labels within it.
    pub(super) fn new(
        labels: &[Label],
        sources: &Sources,
        redactor: &Redactor,
        style: &Style,
    ) -> (Self, Vec<LabeledSpan>) {
        let labels: Vec<Label> = labels
            .iter()
            .map(|label| Label { span: shortened(label.span, sources), text: label.text.clone() })
            .collect();
        let mut excerpt = Self::default();
        for window in windows(&labels, sources) {
            excerpt.add(&window, &labels, sources, redactor, style);
        }
        let mut spans = Vec::new();
        for (index, label) in labels.iter().enumerate() {
            let Some((start, end)) = excerpt.locate(label.span) else { continue };
            excerpt.starts.push((start, sources.start(label.span)));
            let text = escape::visible(&label.text, style.unicode).into_owned();
            let text = (!text.is_empty()).then_some(text);
            spans.push(if index == 0 {
                LabeledSpan::new_primary_with_span(text, (start, end - start))
            } else {
                LabeledSpan::new_with_span(text, (start, end - start))
            });
        }
        (excerpt, spans)
    }

    fn add(
        &mut self,
        window: &Window,
        labels: &[Label],
        sources: &Sources,
        redactor: &Redactor,
        style: &Style,
    ) {
        let source = sources.get(window.source);
        let mut segment = Segment {
            source: window.source,
            name: escape::visible(&source.name, style.unicode).replace('\n', " "),
            first_line: window.first - 1,
            base: self.segments.last().map_or(0, |last| last.base + last.text.len() + 1),
            text: String::new(),
            places: Vec::new(),
        };
        for number in window.first..=window.last {
            let Some(line) = source.line(number) else { break };
            if number > window.first {
                segment.text.push('\n');
            }
            let focus = labels
                .iter()
                .map(|label| label.span)
                .filter(|span| span.source == window.source)
                .find(|span| line.contains(&(span.start as usize)));
            let is_secret = |offset| redactor.is_secret(window.source, offset);
            segment.line(source, line, focus, is_secret, style);
        }
        self.segments.push(segment);
    }

    /// The offsets of a span in the joined text.
    fn locate(&self, span: Span) -> Option<(usize, usize)> {
        let (start, end) = (span.start as usize, span.end as usize);
        let segment = self.segments.iter().find(|segment| {
            let (first, last) = (segment.places.first(), segment.places.last());
            segment.source == span.source
                && first.is_some_and(|(first, _)| *first <= start)
                && last.is_some_and(|(last, _)| start <= *last)
        })?;
        let find = |offset: usize| {
            let next = segment.places.partition_point(|(known, _)| *known <= offset);
            segment.places.get(next.checked_sub(1)?).map(|(_, place)| *place)
        };
        let start = find(start)?;
        Some((start, find(end)?.max(start)))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let within =
            |segment: &&Segment| segment.base <= start && end <= segment.base + segment.text.len();
        let segment = self.segments.iter().find(within).ok_or(MietteError::OutOfBounds)?;
        let line_of = |offset: usize| {
            segment.text.get(..offset - segment.base).unwrap_or_default().matches('\n').count()
        };
        let first = line_of(start).saturating_sub(lines_before);
        let last = line_of(end) + lines_after;
        let mut offset = 0;
        let mut shown = None;
        for (number, line) in segment.text.split_inclusive('\n').enumerate() {
            if (first..=last).contains(&number) {
                let (from, _) = shown.unwrap_or((offset, 0));
                shown = Some((from, offset + line.len()));
            }
            offset += line.len();
        }
        let (from, to) = shown.unwrap_or((segment.text.len(), segment.text.len()));
        // miette asks without context lines for the place it names in the header.
        let place = self.starts.iter().find(|(known, _)| *known == start);
        let column = match place {
            Some((_, position)) if lines_before == 0 => position.column - 1,
            _ => 0,
        };
        Ok(Box::new(MietteSpanContents::new_named(
            segment.name.clone(),
            segment.text.as_bytes().get(from..to).unwrap_or_default(),
            (segment.base + from, to - from).into(),
            segment.first_line + first,
            column,
            last - first + 1,
        )))
    }
}

impl Segment {
    /// Adds a line, cut to the width around the label that it has.
    fn line(
        &mut self,
        source: &Source,
        line: std::ops::Range<usize>,
        focus: Option<Span>,
        is_secret: impl Fn(usize) -> bool,
        style: &Style,
    ) {
        let ellipsis = if style.unicode { "…" } else { "..." };
        let around = FRAME + 2 * ellipsis.chars().count();
        let width = style.width.saturating_sub(around).max(20);
        let raw = source.text.get(line.clone()).unwrap_or_default();
        let end = line.start + raw.trim_end_matches(['\n', '\r']).len();
        // Long lines are shown from a little before the label on.
        let mut start = line.start;
        if let Some(span) = focus
            && span.end as usize > line.start + width
            && span.start as usize > line.start + width / 2
        {
            start = span.start as usize - width / 4;
            while !source.text.is_char_boundary(start) {
                start -= 1;
            }
        }
        self.place(line.start);
        if start > line.start {
            self.text.push_str(ellipsis);
        }
        let mut columns = 0;
        for (offset, character) in source.text.get(start..end).unwrap_or_default().char_indices() {
            let offset = start + offset;
            if columns >= width {
                self.place(offset);
                self.text.push_str(ellipsis);
                break;
            }
            self.place(offset);
            let before = self.text.len();
            if is_secret(offset) {
                self.text.extend(std::iter::repeat_n('*', character.len_utf8()));
            } else if escape::is_unsafe(character) {
                self.text.push_str(&escape::visible_char(character, style.unicode));
            } else {
                self.text.push(character);
            }
            columns += self.text.get(before..).map_or(0, |shown| shown.chars().count());
        }
        self.place(end);
    }

    fn place(&mut self, offset: usize) {
        self.places.push((offset, self.base + self.text.len()));
    }
}

/// The span without white space at its end, and not longer than can be shown.
fn shortened(span: Span, sources: &Sources) -> Span {
    let source = sources.get(span.source);
    let (start, end) = (span.start as usize, (span.end as usize).min(source.text.len()));
    let text = source.text.get(start..end).unwrap_or_default().trim_end();
    let first = text.lines().next().unwrap_or_default();
    let length = if text.matches('\n').take(MAX_LINES).count() == MAX_LINES {
        first.len()
    } else {
        text.len()
    };
    Span { end: span.start + length as u32, ..span }
}

/// The lines to show: those of the labels with one around them, joined where
/// they touch.
fn windows(labels: &[Label], sources: &Sources) -> Vec<Window> {
    let mut windows: Vec<Window> = labels
        .iter()
        .map(|label| {
            let (start, end) = (sources.start(label.span).line, sources.end(label.span).line);
            Window { source: label.span.source, first: (start - 1).max(1), last: end + 1 }
        })
        .collect();
    // The source of the primary label comes first.
    let primary = labels.first().map(|label| label.span.source);
    windows.sort_by_key(|w| (Some(w.source) != primary, w.source, w.first));
    let mut joined: Vec<Window> = Vec::new();
    for window in windows {
        match joined.last_mut() {
            Some(last) if last.source == window.source && window.first <= last.last + 1 => {
                last.last = last.last.max(window.last);
            }
            _ => joined.push(window),
        }
    }
    joined
}
