//! Diagnostics as workflow commands of GitHub Actions, which become annotations
//! (docs.github.com, "Workflow commands for GitHub Actions").

use std::collections::BTreeMap;

use super::{alike, escape};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;

/// Annotations of each level that GitHub shows of a step; it drops those that come later.
const SHOWN: usize = 10;

/// A level of annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Lossy(_) => Self::Warning,
            Severity::Note => Self::Notice,
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// What is said of the whole: it comes first.
pub(super) struct Whole<'a> {
    /// Its level.
    pub(super) level: Level,
    /// The command that says it: the same shows what found no room.
    pub(super) title: &'a str,
    /// What it says.
    pub(super) message: &'a str,
}

/// Annotations of diagnostics.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    annotations(None, diagnostics.iter().map(|one| (one.clone(), 1)), sources)
}

/// Annotations of the whole and of diagnostics, each of which stands for so many: those
/// that say the same are one, and of each level there are as many as GitHub shows. Where
/// there are more, the last one says how many.
pub(super) fn annotations(
    whole: Option<Whole<'_>>,
    diagnostics: impl IntoIterator<Item = (Diagnostic, usize)>,
    sources: &Sources,
) -> String {
    let mut text = String::new();
    let mut levels: BTreeMap<Level, Vec<(Diagnostic, usize)>> = BTreeMap::new();
    let all: Vec<_> = diagnostics.into_iter().collect();
    for (diagnostic, count) in alike::merged(&all) {
        levels.entry(Level::of(diagnostic.severity)).or_default().push((diagnostic, count));
    }
    let title = whole.as_ref().map_or("metallb2cilium", |whole| whole.title);
    if let Some(Whole { level, message, .. }) = &whole {
        text.push_str(&about_no_place(*level, title, message));
    }
    for (level, all) in levels {
        let taken = usize::from(whole.as_ref().is_some_and(|whole| whole.level == level));
        let room = SHOWN - taken;
        let shown = if all.len() > room { room - 1 } else { all.len() };
        for (diagnostic, _) in all.iter().take(shown) {
            text.push_str(&(command(diagnostic, sources) + "\n"));
        }
        let more: usize = all.iter().skip(shown).map(|(_, count)| count).sum();
        if more > 0 {
            let s = if more == 1 { " is" } else { "s are" };
            let message = format!(
                "{more} more {name}{s} not shown here: GitHub shows {SHOWN} of a step. The same \
                 command shows all of them as text, or with -o json.",
                name = level.command()
            );
            text.push_str(&about_no_place(level, title, &message));
        }
    }
    text
}

fn about_no_place(level: Level, title: &str, message: &str) -> String {
    format!("::{} title={}::{}\n", level.command(), property(title), data(message))
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let name = Level::of(diagnostic.severity).command();
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        // Columns that count in different lines would say nothing.
        let one_line = start.line == end.line;
        properties.push(format!("file={}", property(&sources.get(label.span.source).name)));
        properties.push(format!("line={}", start.line));
        properties.extend(one_line.then(|| format!("col={}", start.column)));
        properties.push(format!("endLine={}", end.line));
        properties.extend(one_line.then(|| format!("endColumn={}", end.column)));
    }
    properties.push(format!("title={}", property(diagnostic.code.id)));
    format!("::{name} {}::{}", properties.join(","), message(diagnostic, sources))
}

/// The message with what else there is to say, a line each: an annotation has
/// one place only.
fn message(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let (start, file) = (sources.start(label.span), &sources.get(label.span.source).name);
        if index > 0 {
            let end = if label.text.is_empty() { "" } else { ": " };
            lines.push(format!("{file}:{}:{}{end}{}", start.line, start.column, label.text));
        } else if !label.text.is_empty() {
            lines.push(label.text.clone());
        }
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("help: {help}")));
    data(&lines.join("\n"))
}

fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    escape::visible(&escaped, true).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LOSS, NOTE, sample, span_of};
    use super::super::{Format, render};
    use super::{Level, Whole, annotations};
    use crate::diagnostic::Diagnostic;
    use crate::manifest::{Sources, Span};

    #[test]
    fn each_diagnostic_is_a_workflow_command() {
        let (diagnostics, sources) = sample();
        assert_eq!(
            render(&diagnostics, &sources, &Format::Github),
            "::error file=metallb/pools.yaml,line=7,col=5,endLine=7,endColumn=22,title=M2C201::\
             the range 10.0.0.9-10.0.0.1 ends before it starts%0A100%25 reversed%0A\
             help: write it as 10.0.0.1-10.0.0.9\n\
             ::warning file=metallb/l2%2C all.yaml,line=1,col=7,endLine=1,endColumn=22,\
             title=M2C310::Cilium answers from other nodes%0Athis one%0A\
             metallb/pools.yaml:4:9: announces this pool\n\
             ::warning title=M2C310::nobody is served either way\n\
             ::notice file=metallb/l2%2C all.yaml,line=2,col=6,endLine=2,endColumn=16,\
             title=M2C390::an address that Services share is answered by one node%0A\
             announced here\n"
        );
    }

    #[test]
    fn what_is_said_several_times_is_one_annotation_with_its_places() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "a\nb\nc\n");
        let at = |text| Some(span_of(&sources, source, text));
        let said = |text| Diagnostic::note(&NOTE, "x").label(at(text), "");
        assert_eq!(
            render(&[said("a"), said("b"), said("c")], &sources, &Format::Github),
            "::notice file=a.yaml,line=1,col=1,endLine=1,endColumn=2,title=M2C390::x (3 times)%0A\
             a.yaml:2:1%0Aa.yaml:3:1\n"
        );
    }

    #[test]
    fn no_more_are_written_than_github_shows_and_the_last_says_how_many_there_are() {
        let sources = Sources::default();
        let notes = |count: usize| (0..count).map(|n| Diagnostic::note(&NOTE, format!("note {n}")));
        let losses = |count: usize| (0..count).map(|n| Diagnostic::lossy(&LOSS, format!("l {n}")));
        for (count, more) in [(10, None), (11, Some(2)), (2000, Some(1991))] {
            let all: Vec<Diagnostic> = notes(count).chain(losses(3)).collect();
            let text = render(&all, &sources, &Format::Github);
            assert_eq!(text.matches("::notice ").count(), 10);
            assert_eq!(text.matches("::warning ").count(), 3);
            let said = more.map(|more| {
                format!("::notice title=metallb2cilium::{more} more notices are not shown here")
            });
            assert_eq!(text.contains("not shown here"), said.is_some());
            assert!(said.is_none_or(|said| text.contains(&said)), "{text}");
        }
        // The whole takes one of its level, and what stands for several counts as such.
        let whole = Whole { level: Level::Notice, title: "metallb2cilium x", message: "whole" };
        let text = annotations(Some(whole), notes(10).map(|one| (one, 5)), &sources);
        assert_eq!(text.matches("::notice ").count(), 10);
        assert!(text.contains("title=metallb2cilium x::10 more notices"), "{text}");
    }

    #[test]
    fn a_hostile_name_starts_no_command() {
        let mut sources = Sources::default();
        let source = sources.add("a:b\r\n::error::x%,.yaml", "kind: X\nspec:\n");
        let span = Span { end: 13, ..span_of(&sources, source, "kind") };
        let message = "x\n::stop-commands::y\x1b\r";
        let diagnostic = Diagnostic::note(&NOTE, message).label(Some(span), "");
        assert_eq!(
            render(&[diagnostic], &sources, &Format::Github),
            "::notice file=a%3Ab%0D%0A%3A%3Aerror%3A%3Ax%25%2C.yaml,line=1,endLine=2,\
             title=M2C390::x%0A::stop-commands::y␛%0D\n"
        );
    }
}
