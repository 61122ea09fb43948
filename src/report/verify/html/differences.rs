//! Each difference: whom it is about, both sides, the lines of the input, and what
//! would mend it.

use std::collections::BTreeMap;

use super::super::super::{Redactor, escape::markup};
use super::super::{headline, is_shown, others, place};
use crate::diagnostic::Label;
use crate::manifest::{SourceId, Sources};
use crate::verify::{Finding, Report};

/// Lines that are shown of one place.
const LINES: usize = 6;
/// Characters of a line.
const COLUMNS: usize = 160;
/// Services that are named before the rest is counted.
const NAMED: usize = 200;

pub(super) fn section(report: &Report, sources: &Sources) -> String {
    if report.findings.is_empty() {
        return String::new();
    }
    let mut excerpts = Excerpts::new(sources);
    let mut text = String::from(
        "<section aria-labelledby=\"differences\"><h2 id=\"differences\">Differences</h2>\n",
    );
    for (index, finding) in report.findings.iter().enumerate() {
        text.push_str(&difference(index, report, finding, &mut excerpts));
    }
    text.push_str("</section>\n");
    text
}

fn difference(
    index: usize,
    report: &Report,
    finding: &Finding,
    excerpts: &mut Excerpts<'_>,
) -> String {
    let diagnostic = &finding.diagnostic;
    let (class, impact) = if finding.touches_traffic() {
        ("traffic", "touches traffic")
    } else {
        ("harmless", "touches nobody’s traffic")
    };
    let seen = match (finding.seen, &finding.example) {
        (true, _) => "",
        (false, Some(_)) => " · found by the proof, for other Services or Nodes",
        (false, None) => " · said by the conversion, not seen at hand",
    };
    let mut text = format!(
        "<article id=\"d{index}\" class=\"difference {class}\">\n<h3><code>{}</code> {}</h3>\n<p \
         class=\"impact\">{impact}{seen}</p>\n",
        diagnostic.code,
        markup(&headline(finding))
    );
    if is_shown(finding) {
        text.push_str(&format!(
            "<dl class=\"sides\"><div class=\"gone\"><dt>{}</dt><dd>{}</dd></div><div \
             class=\"new\"><dt>{}</dt><dd>{}</dd></div></dl>\n",
            markup(report.before),
            markup(&finding.before),
            markup(report.after),
            markup(&finding.after)
        ));
    }
    text.push_str(&services(others(finding)));
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("<p><strong>To mend it:</strong> {}</p>\n", markup(help)));
    }
    if let Some(example) = &finding.example {
        text.push_str(&format!(
            "<details><summary>Example, as simulate takes it</summary>\n<pre>{}</pre></details>\n",
            example.lines().map(markup).collect::<Vec<_>>().join("\n")
        ));
    }
    if !diagnostic.labels.is_empty() {
        text.push_str("<details><summary>Where it stands</summary>\n<ul class=\"places\">\n");
        for label in &diagnostic.labels {
            text.push_str(&excerpts.place(label));
        }
        text.push_str("</ul></details>\n");
    }
    text.push_str("</article>\n");
    text
}

fn services(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut listed: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = format!("and {} more", names.len().saturating_sub(NAMED));
    if names.len() > NAMED {
        listed.push(&more);
    }
    format!(
        "<details><summary>Services: {}</summary><p>{}</p></details>\n",
        names.len(),
        markup(&listed.join(", "))
    )
}

/// The sources without their secrets.
struct Excerpts<'a> {
    sources: &'a Sources,
    redactor: Redactor,
    texts: BTreeMap<SourceId, Vec<String>>,
}

impl<'a> Excerpts<'a> {
    fn new(sources: &'a Sources) -> Self {
        Self { sources, redactor: Redactor::new(sources), texts: BTreeMap::new() }
    }

    fn place(&mut self, label: &Label) -> String {
        let span = label.span;
        let (first, last) = (self.sources.start(span).line, self.sources.end(span).line);
        let lines = self.texts.entry(span.source).or_insert_with(|| {
            let text = self.redactor.text(span.source, self.sources);
            text.lines().map(str::to_owned).collect()
        });
        let shown = lines.iter().skip(first.saturating_sub(1)).take((last + 1 - first).min(LINES));
        let mut code = String::new();
        for (number, line) in (first..).zip(shown) {
            let cut: String = line.chars().take(COLUMNS).collect();
            code.push_str(&format!("{number:>4}  {cut}\n"));
        }
        format!(
            "<li><code>{}</code> {}\n<pre tabindex=\"0\">{}</pre></li>\n",
            markup(&place(span, self.sources)),
            markup(&label.text),
            markup(code.trim_end_matches('\n'))
        )
    }
}
