//! Diagnostics for people: what, where in the input, what to do about it.

use std::collections::BTreeMap;
use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};

use super::excerpt::Excerpt;
use super::paint::{Tone, paint};
use super::{Redactor, Style, alike, escape, wrap};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::manifest::Sources;

/// Things of one code that are told without `-v`, and how many of them with the lines of
/// the input.
const TOLD: usize = 10;
const WITH_LINES: usize = 3;

/// Every diagnostic by itself with all its places under `-v`; else those that are alike
/// together, no more than can be read.
pub(super) fn render(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    redactor: &Redactor,
    style: &Style,
) -> String {
    let mut text = String::new();
    let mut block = |diagnostic: &Diagnostic, lines: bool| {
        if !lines {
            return text.push_str(&compact(diagnostic, sources, style));
        }
        if !(text.is_empty() || text.ends_with("\n\n")) {
            text.push('\n');
        }
        text.push_str(&graphical(diagnostic, sources, redactor, style));
    };
    if style.verbose {
        diagnostics.iter().for_each(|one| block(one, true));
        return text;
    }
    let all: Vec<_> = diagnostics.iter().map(|one| (one.clone(), 1)).collect();
    let mut told: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    let mut more: BTreeMap<(Severity, &str), (String, usize)> = BTreeMap::new();
    for (diagnostic, count) in &alike::merged(&all) {
        let kind = (diagnostic.severity, diagnostic.code.id);
        let told = told.entry(kind).or_default();
        *told += 1;
        if *told > TOLD {
            more.entry(kind).or_insert_with(|| (title(diagnostic), 0)).1 += count;
        } else {
            let lines = !diagnostic.is_note() && *told <= WITH_LINES;
            block(&alike::shortened(diagnostic), lines);
        }
    }
    for (title, count) in more.into_values() {
        text.push_str(&format!("{title}: and {count} more, which -v lists\n"));
    }
    text
}

/// One short block without a snippet.
fn compact(diagnostic: &Diagnostic, sources: &Sources, style: &Style) -> String {
    let title = title(diagnostic);
    let tone = match diagnostic.severity {
        Severity::Error => Tone::Bad,
        Severity::Lossy(_) => Tone::Open,
        Severity::Note => Tone::Aside,
    };
    let mut lines = vec![format!("{title}: {}", diagnostic.message)];
    if let Some(label) = diagnostic.labels.first() {
        let (start, file) = (sources.start(label.span), &sources.get(label.span.source).name);
        lines.push(format!("  at {file}:{}:{}", start.line, start.column));
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("  help: {help}")));
    let mut text = String::new();
    for block in lines {
        for (index, line) in escape::visible(&block, style.unicode).lines().enumerate() {
            // Further lines are commands, which must stay whole.
            text.push_str(&match index {
                0 => wrap::indented(line, style.width, "    "),
                _ => format!("    {line}"),
            });
            text.push('\n');
        }
    }
    match text.strip_prefix(title.as_str()) {
        Some(rest) => format!("{}{rest}", paint(&title, tone, style)),
        None => text,
    }
}

/// A block with snippets of the input.
fn graphical(
    diagnostic: &Diagnostic,
    sources: &Sources,
    redactor: &Redactor,
    style: &Style,
) -> String {
    let visible = |text: &str| escape::visible(text, style.unicode).into_owned();
    let (excerpt, labels) = Excerpt::new(&diagnostic.labels, sources, redactor, style);
    let block = Block {
        title: visible(&subtitle(diagnostic)).replace('\n', " "),
        message: visible(&diagnostic.message),
        severity: match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Lossy(_) => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        },
        help: diagnostic.help.as_deref().map(visible),
        labels,
        excerpt,
    };
    let mut styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    // A colour means one thing: how grave it is, not how many labels came before.
    styles.highlights = vec![match block.severity {
        miette::Severity::Error => styles.error,
        miette::Severity::Warning => styles.warning,
        miette::Severity::Advice => styles.advice,
    }];
    let theme = GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles,
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .without_syntax_highlighting();
    let mut text = String::new();
    if handler.render_report(&mut text, &block).is_err() {
        return compact(diagnostic, sources, style);
    }
    // miette folds everything but the title.
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let lines = rest.lines().map(|line| line.trim_end().to_owned() + "\n");
    format!(
        "{}\n{}\n",
        wrap::indented(title.trim_end(), style.width, "    "),
        lines.collect::<String>()
    )
}

/// `error[M2C201]`.
fn title(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Lossy(_) => "lossy",
        Severity::Note => "note",
    };
    format!("{severity}[{}]", diagnostic.code)
}

/// `error[M2C201] IPAddressPool metallb-system/web`.
fn subtitle(diagnostic: &Diagnostic) -> String {
    let mut text = title(diagnostic);
    if let Some(object) = &diagnostic.object {
        text.push_str(&format!(" {object}"));
    }
    if diagnostic.severity == Severity::Lossy(Impact::None) {
        text.push_str(" (touches no traffic)");
    }
    text
}

/// A diagnostic as miette wants it.
#[derive(Debug)]
struct Block {
    title: String,
    message: String,
    severity: miette::Severity,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Block {}

impl miette::Diagnostic for Block {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.title))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BROKEN, sample};
    use super::super::{Format, render};
    use super::*;

    const PLAIN: Style = Style { color: false, unicode: true, width: 80, verbose: false };

    fn shown(style: Style) -> String {
        let (diagnostics, sources) = sample();
        render(&diagnostics, &sources, &Format::Human(style))
    }

    #[test]
    fn errors_and_losses_have_snippets_and_notes_are_short() {
        insta::assert_snapshot!(shown(PLAIN));
    }

    #[test]
    fn without_unicode_frames_are_ascii() {
        let text = shown(Style { unicode: false, ..PLAIN });
        insta::assert_snapshot!(text);
        assert!(text.replace('ü', "").is_ascii());
    }

    #[test]
    fn verbose_notes_have_snippets() {
        let verbose = shown(Style { verbose: true, ..PLAIN });
        assert!(verbose.contains("╰── announced here"), "{verbose}");
    }

    #[test]
    fn commands_in_the_help_of_a_note_stay_whole() {
        let command = format!("kubectl label service {}", "-n infra dns ".repeat(9));
        let note = Diagnostic::note(&super::super::testing::NOTE, "a note")
            .help(format!("set it with --emit services, or:\n{command}"));
        let text = render(&[note], &Sources::default(), &Format::Human(PLAIN));
        assert!(text.ends_with(&format!("or:\n    {command}\n")), "{text}");
    }

    #[test]
    fn colours_come_when_asked_for_and_links_never() {
        assert!(!shown(PLAIN).contains('\u{1b}'));
        let colored = shown(Style { color: true, ..PLAIN });
        assert!(colored.contains("\u{1b}[36mnote[M2C390]\u{1b}[0m: "), "{colored:?}");
        assert!(colored.contains("\u{1b}[31m") && !colored.contains("\u{1b}]8"), "{colored:?}");
    }

    #[test]
    fn labels_have_the_colour_of_their_severity() {
        let (diagnostics, sources) = sample();
        let loss = diagnostics.iter().find(|one| one.labels.len() > 1).unwrap();
        for (severity, own) in [(Severity::Error, "31"), (Severity::Lossy(Impact::Traffic), "33")] {
            let one = Diagnostic { severity, ..loss.clone() };
            let style = Style { color: true, ..PLAIN };
            let text = render(&[one], &sources, &Format::Human(style));
            for label in &loss.labels {
                let line = text.lines().find(|line| line.contains(&label.text)).unwrap();
                assert!(line.contains(&format!("\u{1b}[{own}")), "{line:?}");
            }
            for other in ["31", "32", "33", "35"].into_iter().filter(|other| *other != own) {
                let escape = format!("\u{1b}[{other}");
                assert!(!text.contains(&escape), "{other}: {text:?}");
            }
        }
    }

    #[test]
    fn of_many_things_some_are_told_and_the_rest_is_counted() {
        let (diagnostics, sources) = sample();
        let error = diagnostics.iter().find(|one| one.is_error()).unwrap();
        let many: Vec<Diagnostic> = (0..200)
            .map(|number| Diagnostic { message: format!("thing {number}"), ..error.clone() })
            .collect();
        let text = render(&many, &sources, &Format::Human(PLAIN));
        assert!(text.lines().count() < 70, "{text}");
        assert!(text.ends_with("error[M2C201]: and 190 more, which -v lists\n"), "{text}");
        let all = render(&many, &sources, &Format::Human(Style { verbose: true, ..PLAIN }));
        assert!((0..200).all(|number| all.contains(&format!("thing {number}"))));
    }

    #[test]
    fn a_hostile_input_cannot_drive_the_terminal() {
        let mut sources = Sources::default();
        let source = sources.add("a\x1b]0;x\x07\nb.yaml", "name: \x1b[2Jx\u{202e}y\u{9b}1m\r\n");
        let span = crate::manifest::Span { source, start: 6, end: 12 };
        let mut diagnostic = Diagnostic::error(&BROKEN, "the name \x1b[2Jx")
            .label(Some(span), "\x1b[2J")
            .help("\x1b[2J");
        diagnostic.object = Some(crate::diagnostic::ObjectRef {
            kind: "Pool".into(),
            namespace: String::new(),
            name: "\x1b[2J\nerror".into(),
        });
        for unicode in [true, false] {
            for severity in [Severity::Error, Severity::Note] {
                diagnostic.severity = severity;
                let style = Style { unicode, ..PLAIN };
                let text =
                    render(std::slice::from_ref(&diagnostic), &sources, &Format::Human(style));
                let bad = text.chars().find(|c| *c != '\n' && escape::is_unsafe(*c));
                assert_eq!(bad, None, "{text}");
                assert!(text.contains(if unicode { "␛[2J" } else { "\\x1b[2J" }), "{text}");
            }
        }
    }

    #[test]
    fn options_are_not_broken_at_their_hyphens() {
        let diagnostic = Diagnostic::error(&BROKEN, format!("{} --keep-resources", "x".repeat(65)))
            .help(format!("{} --keep-resources", "y".repeat(60)));
        let style = Style { width: 80, ..PLAIN };
        let text = render(&[diagnostic], &Sources::default(), &Format::Human(style));
        assert_eq!(text.matches("--keep-resources").count(), 2, "{text}");
    }

    #[test]
    fn lines_stay_within_the_width() {
        let mut sources = Sources::default();
        let long = "x".repeat(5_000);
        let text = format!("a: {long} here {long}\nb: [\"{long}\"]\n");
        let source = sources.add("a.json", text.as_str());
        let start = text.find("here").unwrap() as u32;
        let span = crate::manifest::Span { source, start, end: start + 4 };
        let diagnostic = Diagnostic::error(&BROKEN, "some words ".repeat(40))
            .label(Some(span), "this")
            .help("other words ".repeat(40));
        for width in [40, 80, 120] {
            let style = Style { width, ..PLAIN };
            let text = render(std::slice::from_ref(&diagnostic), &sources, &Format::Human(style));
            assert!(text.contains("a.json:1:5005"), "{text}");
            assert!(text.contains("here"), "{text}");
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest.is_some_and(|longest| longest <= width), "{width}: {text}");
        }
    }
}
