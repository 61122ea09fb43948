//! Each difference: whom it is about, both sides, the lines of the input, and what
//! would mend it.

use super::super::super::escape::markup;
use super::super::super::html::excerpt::Excerpts;
use super::super::{is_shown, others};
use crate::manifest::Sources;
use crate::verify::{Finding, Report};

/// Services that are named before the rest is counted.
const NAMED: usize = 200;

/// The body of the section.
pub(super) fn section(report: &Report, sources: &Sources) -> String {
    let mut excerpts = Excerpts::new(sources);
    let findings = report.findings.iter().enumerate();
    findings.map(|(index, one)| difference(index, report, one, &mut excerpts)).collect()
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
        markup(&finding.headline())
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
        let lines: Vec<String> = example.lines().map(markup).collect();
        text.push_str(&format!(
            "<details><summary>Counterexample: resources that show it, for \
             <code>simulate</code></summary>\n<pre tabindex=\"0\" role=\"group\" \
             aria-label=\"Counterexample\">{}</pre></details>\n",
            lines.join("\n")
        ));
    }
    if !diagnostic.labels.is_empty() {
        let places = excerpts.places(&diagnostic.labels);
        text.push_str(&format!(
            "<details open><summary>Where it stands in the input</summary>\n\
             {places}</details>\n"
        ));
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
