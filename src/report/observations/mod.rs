//! Verdicts on observations in each of their formats.
//!
//! In: a [`Report`] and the sources, the observations' among them. Out: text, in which
//! no secret and no control character of the input is left. The verdict comes first.

mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use super::Redactor;
use super::verify::Format;
use crate::diagnostic::Diagnostic;
use crate::live::observations::{Chosen, Finding, Report, Scope};
use crate::manifest::{Sources, Span};

/// One verdict.
pub fn render(report: &Report, sources: &Sources, format: Format) -> String {
    let report = redacted(report, sources);
    match format {
        Format::Text(style) => text::render(&report, sources, &style),
        Format::Json => json::render(&report, sources),
        Format::Markdown => markdown::render(&report, sources),
        Format::Html => html::render(&report, sources),
        Format::Sarif => sarif::render(&report, sources),
        Format::Junit => junit::render(&report, sources),
        Format::Github => github::render(&report, sources),
    }
}

/// The report without the secrets that what the nodes said may name.
fn redacted(report: &Report, sources: &Sources) -> Report {
    let redactor = Redactor::new(sources);
    let mut report = report.clone();
    for finding in &mut report.findings {
        finding.diagnostic = redactor.diagnostic(&finding.diagnostic, sources);
        finding.observed = redactor.plain(&finding.observed);
    }
    for row in &mut report.sessions {
        row.observed = redactor.plain(&row.observed);
    }
    report
}

/// The verdict in a sentence.
fn verdict(report: &Report) -> String {
    let title = report.title();
    let addresses = counted(report.addresses.len(), "address", "addresses");
    let sessions = counted(report.sessions.len(), "BGP session", "BGP sessions");
    let what = match report.scope {
        Scope::All => format!("{addresses} and {sessions}"),
        Scope::Addresses => addresses,
        Scope::Sessions => sessions,
    };
    if report.is_good() {
        format!("as decided: what was observed of {what} is what {title} decides.")
    } else {
        let findings = counted(report.findings.len(), "finding", "findings");
        format!("not as decided: {findings}, over {what} held against what {title} decides.")
    }
}

/// What the observations were held against, and who said so.
fn held_against(report: &Report) -> String {
    let title = report.title();
    let why = match report.chosen {
        Chosen::Option => "--engine says so",
        Chosen::Observations => "the observations were made for it; --engine names another",
        Chosen::Default => "the default; --engine names another",
    };
    let left_out = match report.scope {
        Scope::All => "",
        Scope::Addresses => " BGP sessions were not judged (--only addresses).",
        Scope::Sessions => " Addresses were not judged (--only sessions).",
    };
    format!("Held against {title}'s Decision ({why}).{left_out}")
}

/// Who observed, in a sentence.
fn observers(report: &Report) -> String {
    if report.observers.is_empty() {
        return "Observed by nobody.".to_owned();
    }
    let one = |row: &crate::live::observations::ObserverRow| {
        let counts = [(row.probes, "probe"), (row.overheard, "watch"), (row.sessions, "peer")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, what)| format!("{what} {count}")).collect();
        let node = row.node.as_deref().unwrap_or("a host that is no Node");
        format!("{node} ({})", counts.join(", "))
    };
    let all: Vec<String> = report.observers.iter().map(one).collect();
    format!("Observed by {}.", shortened(&all, 40))
}

/// Whom a finding is about, and what is wrong.
fn headline(finding: &Finding) -> String {
    let message = &finding.diagnostic.message;
    match finding.subjects.as_slice() {
        [] => message.clone(),
        [one] => format!("{one} {message}"),
        [first, rest @ ..] => format!("{first} and {} more: each {message}", rest.len()),
    }
}

/// The findings as diagnostics, for formats that know nothing else.
fn results(report: &Report) -> Vec<Diagnostic> {
    let results = report.findings.iter().map(|finding| {
        let mut message = headline(finding);
        message.push_str(&format!("\nDecided: {}", finding.expected));
        message.push_str(&format!("\nObserved: {}", finding.observed));
        if finding.subjects.len() > 1 {
            message.push_str(&format!("\nAll: {}", finding.subjects.join(", ")));
        }
        Diagnostic { message, ..finding.diagnostic.clone() }
    });
    results.collect()
}

/// Those that the headline names only by number.
fn others(finding: &Finding) -> &[String] {
    finding.subjects.get(1..).unwrap_or_default()
}

/// `path:line`.
fn place(span: Span, sources: &Sources) -> String {
    format!("{}:{}", sources.get(span.source).name, sources.start(span).line)
}

fn places(finding: &Finding, sources: &Sources) -> Vec<String> {
    finding.diagnostic.labels.iter().map(|label| place(label.span, sources)).collect()
}

fn shortened(names: &[String], shown: usize) -> String {
    let mut text = names.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > shown {
        text.push_str(&format!(", and {} more", names.len() - shown));
    }
    text
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// A result of a row, as its JSON has it, in words: `notProbed` is `not probed`.
fn words(result: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(result).unwrap_or_default();
    let mut words = String::new();
    for letter in text.as_str().unwrap_or_default().chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Who answered for an address.
fn answered(row: &crate::live::observations::AddressRow) -> String {
    if row.answered.is_empty() {
        return "nobody".to_owned();
    }
    let one = |(mac, nodes): (&crate::live::Mac, &std::collections::BTreeSet<String>)| {
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        if nodes.is_empty() { mac.to_string() } else { format!("{mac} ({})", nodes.join(" or ")) }
    };
    row.answered.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Names, or a word for none.
fn names(names: &std::collections::BTreeSet<String>) -> String {
    if names.is_empty() {
        return "nobody".to_owned();
    }
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}
