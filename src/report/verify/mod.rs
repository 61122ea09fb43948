//! Verdicts in each of their formats.
//!
//! In: a [`Report`] and the sources that it points into. Out: text, in which no
//! secret and no control character of the input is left. The verdict comes first.

pub(super) mod github;
pub(super) mod group;
mod html;
mod json;
pub(super) mod junit;
pub(super) mod markdown;
mod results;
pub(super) mod sarif;
#[cfg(test)]
mod tests;
mod text;

use super::{Redactor, Style, escape};
use crate::manifest::Sources;
use crate::verify::{Counts, Fate, Finding, Report, Verdict};

pub(super) use html::{system, touching};
pub(super) use json::value;
pub(super) use results::{all as differing, grouped};
pub(super) use text::differences;

/// A format of verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Text(Style),
    /// One JSON object.
    Json,
    /// Markdown, for a comment on a change.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// One verdict.
pub fn render(report: &Report, sources: &Sources, format: Format) -> String {
    let report = redacted(report, sources);
    match format {
        Format::Text(style) => escape::without_commands(text::render(&report, sources, &style)),
        Format::Json => json::render(&report, sources),
        Format::Markdown => escape::without_commands(markdown::render(&report, sources)),
        Format::Html => html::render(&report, sources),
        Format::Sarif => sarif::render(&report, sources),
        Format::Junit => junit::render(&report, sources),
        Format::Github => github::render(&report, sources),
    }
}

/// The report without the secrets that what the conversion said may name.
pub(super) fn redacted(report: &Report, sources: &Sources) -> Report {
    let redactor = Redactor::new(sources);
    let mut report = report.clone();
    for finding in &mut report.findings {
        finding.diagnostic = redactor.diagnostic(&finding.diagnostic, sources);
    }
    for note in &mut report.notes {
        *note = redactor.diagnostic(note, sources);
    }
    report
}

/// The verdict in a sentence.
pub(super) fn verdict(report: &Report) -> String {
    let touching = report.findings.iter().filter(|finding| finding.touches_traffic()).count();
    let Report { before, after, counts, .. } = report;
    match report.verdict {
        Verdict::Equivalent
            if report.proof.is_none() && counts.services == 0 && counts.sessions == 0 =>
        {
            "equivalent at hand, but nothing is at hand: the input has neither a Service of type \
             LoadBalancer nor a BGP session of a Node to compare."
                .to_owned()
        }
        Verdict::Equivalent if report.proof.is_some() => {
            let assumed = report.proof.as_ref().is_some_and(|proof| !proof.assumed.is_empty());
            format!(
                "equivalent{}: {after} decides what {before} does, for every Service and Node, and \
                 for {} and {} at hand.",
                if assumed { " (assumed)" } else { "" },
                counted(counts.services, "Service"),
                counted(counts.sessions, "BGP session")
            )
        }
        Verdict::Equivalent => format!(
            "equivalent at hand: {after} decides what {before} does for {} and {}.",
            counted(counts.services, "Service"),
            counted(counts.sessions, "BGP session")
        ),
        Verdict::Different => {
            let differences = counted(touching, "difference");
            let doubt = if counts.truncated {
                " Not every outcome was compared: some may be none, others may be missing."
            } else {
                ""
            };
            format!("different: {differences} between {before} and {after}.{doubt}")
        }
        Verdict::Undecided if !counts.truncated => {
            "undecided: no difference was found at hand, but for other Services and Nodes nothing \
             is proved."
                .to_owned()
        }
        Verdict::Undecided => {
            "undecided: no difference was found, but there are more outcomes than were compared; \
             see --max-outcomes."
                .to_owned()
        }
    }
}

/// What the verdict speaks of, as a sentence.
fn scope(report: &Report) -> String {
    let scope = report.scope();
    let mut letters = scope.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if scope.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// How much was compared, in a sentence.
fn compared(report: &Report) -> String {
    let Counts { services, nodes, sessions, outcomes_before, outcomes_after, truncated } =
        report.counts;
    let more = if truncated { " (there are more)" } else { "" };
    format!(
        "{}, {}, {}; {} of {}, {outcomes_after} of {}{more}",
        counted(services, "Service"),
        counted(nodes, "Node"),
        counted(sessions, "BGP session"),
        counted(outcomes_before, "outcome"),
        report.before,
        report.after,
    )
}

/// The Services that a finding names only by number in its headline.
fn others(finding: &Finding) -> &[String] {
    let named = usize::from(finding.diagnostic.object.is_none());
    finding.subjects.get(named..).unwrap_or_default()
}

/// What the proof leaves to the comparison at hand, and what it could not prove.
fn left_out(report: &Report) -> (Vec<String>, &[String]) {
    let Some(proof) = &report.proof else { return (vec![], &[]) };
    (
        proof.apart.iter().map(|apart| format!("{} {}", apart.code, apart.who)).collect(),
        &proof.unproved,
    )
}

/// Whether both sides of a difference were run: at hand, or on an example.
fn is_shown(finding: &Finding) -> bool {
    finding.seen || finding.example.is_some()
}

/// `path:line:column`.
pub(super) fn place(span: crate::manifest::Span, sources: &Sources) -> String {
    let start = sources.start(span);
    format!("{}:{}:{}", sources.get(span.source).name, start.line, start.column)
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "kept",
        Fate::Moved => "moved within its pool",
        Fate::Changed => "changed",
        Fate::Lost => "lost",
        Fate::Gained => "gained",
        Fate::None => "without an address",
    }
}

/// Addresses of a Service, of which there may be several possible lists.
fn addresses(all: &std::collections::BTreeSet<Vec<std::net::IpAddr>>) -> String {
    const SHOWN: usize = 3;
    let one = |ips: &Vec<std::net::IpAddr>| {
        let texts: Vec<String> = ips.iter().map(ToString::to_string).collect();
        if texts.is_empty() { "none".to_owned() } else { texts.join(" ") }
    };
    let mut texts: Vec<String> = all.iter().take(SHOWN).map(one).collect();
    if all.len() > SHOWN {
        texts.push(format!("{} more", all.len() - SHOWN));
    }
    if texts.is_empty() { "none".to_owned() } else { texts.join(" or ") }
}
