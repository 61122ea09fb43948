//! Each difference: whom it is about, both sides, the lines of the input, and what
//! would mend it. Those that are alike are one card; beyond some, cards are closed until
//! they are asked for, so that a phone has little to lay out.

use super::super::super::escape::markup;
use super::super::super::html::excerpt::Excerpts;
use super::super::super::html::prose;
use super::super::super::named;
use super::super::group::Group;
use super::super::is_shown;
use crate::manifest::Sources;
use crate::verify::Report;

/// Services that are named before the rest is counted.
const NAMED: usize = 200;
/// Cards that are open.
const OPEN: usize = 50;

/// The body of the section: a card for each of these groups, by its place among all.
pub(super) fn section(
    report: &Report,
    groups: &[(usize, &Group<'_>)],
    sources: &Sources,
) -> String {
    let mut excerpts = Excerpts::new(sources);
    let cards = groups.iter();
    let mut text: String =
        cards.clone().take(OPEN).map(|(at, one)| card(*at, report, one, &mut excerpts)).collect();
    if groups.len() > OPEN {
        text.push_str(&format!(
            "<p class=\"about\">The other {} are closed: choose one to open it.</p>\n",
            groups.len() - OPEN
        ));
        text.extend(cards.skip(OPEN).map(|(at, one)| closed(*at, report, one, &mut excerpts)));
    }
    text
}

fn class(group: &Group<'_>) -> &'static str {
    if group.first.touches_traffic() { "traffic" } else { "harmless" }
}

fn heading(group: &Group<'_>) -> String {
    format!("<h3><code>{}</code> {}</h3>", group.first.diagnostic.code, markup(&group.headline()))
}

fn card(at: usize, report: &Report, group: &Group<'_>, excerpts: &mut Excerpts<'_>) -> String {
    format!(
        "<article id=\"d{at}\" class=\"difference {}\">\n{}\n{}</article>\n",
        class(group),
        heading(group),
        body(report, group, excerpts)
    )
}

fn closed(at: usize, report: &Report, group: &Group<'_>, excerpts: &mut Excerpts<'_>) -> String {
    format!(
        "<details id=\"d{at}\" class=\"difference {}\"><summary>{}</summary>\n{}</details>\n",
        class(group),
        heading(group),
        body(report, group, excerpts)
    )
}

fn body(report: &Report, group: &Group<'_>, excerpts: &mut Excerpts<'_>) -> String {
    let finding = group.first;
    let impact =
        if finding.touches_traffic() { "touches traffic" } else { "touches nobody’s traffic" };
    let seen = match (finding.seen, &finding.example) {
        (true, _) => "",
        (false, Some(_)) => " · found by the proof, for other Services or Nodes",
        (false, None) => " · said by the conversion, not seen at hand",
    };
    let mut text = format!("<p class=\"impact\">{impact}{seen}</p>\n");
    if is_shown(finding) {
        if let Some(whom) = group.told_for() {
            text.push_str(&format!("<p>{}</p>\n", markup(&whom)));
        }
        text.push_str(&format!(
            "<dl class=\"sides\"><div class=\"gone\"><dt>{}</dt><dd>{}</dd></div><div \
             class=\"new\"><dt>{}</dt><dd>{}</dd></div></dl>\n",
            markup(report.before),
            markup(&finding.before),
            markup(report.after),
            markup(&finding.after)
        ));
    }
    text.push_str(&services(group));
    if let Some(help) = &finding.diagnostic.help {
        text.push_str(&format!("<p><strong>To mend it:</strong> {}</p>\n", prose(help)));
    }
    if let Some(example) = group.example() {
        let lines: Vec<String> = example.lines().map(markup).collect();
        text.push_str(&format!(
            "<details><summary>Counterexample: resources that show it, for \
             <code>simulate</code></summary>\n<pre tabindex=\"0\" role=\"group\" \
             aria-label=\"Counterexample\">{}</pre></details>\n",
            lines.join("\n")
        ));
    }
    let (labels, more) = group.labels();
    if !labels.is_empty() {
        let places = excerpts.places(&labels);
        let more = match more {
            0 => String::new(),
            more => format!("<p>And at {more} more places.</p>\n"),
        };
        text.push_str(&format!(
            "<details open><summary>Where it stands in the input</summary>\n\
             {places}{more}</details>\n"
        ));
    }
    text
}

fn services(group: &Group<'_>) -> String {
    let names = group.others();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary>{} more {}{}</summary><p>{}</p></details>\n",
        names.len(),
        markup(group.noun()),
        if names.len() == 1 { "" } else { "s" },
        markup(&named(&names, NAMED))
    )
}
