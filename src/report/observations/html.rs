//! A verdict on observations as one page for a browser, without a script.
//!
//! Whatever comes from the input or from a node is text: it is escaped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::super::escape::markup;
use super::{answered, headline, held_against, names, observers, others, places, verdict, words};
use crate::live::observations::{AddressResult, Finding, NOT_JUDGED, Report, SessionResult};
use crate::manifest::Sources;

/// The same as that of the other verdicts.
const STYLE: &str = include_str!("../verify/html/page.css");

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let hash = BASE64.encode(Sha256::digest(STYLE));
    let (word, class) = if report.is_good() {
        ("As decided", "equivalent")
    } else {
        ("Not as decided", "different")
    };
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'sha256-{hash}'\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{word} – \
         metallb2cilium verify</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<header \
         class=\"verdict {class}\">\n<h1>{word}</h1>\n<p>{}</p>\n<p>{}</p>\n<p>{}</p>\n</header>\n",
        markup(&verdict(report)),
        markup(&held_against(report)),
        markup(&observers(report))
    );
    page.push_str(&findings(report, sources));
    page.push_str(&addresses(report));
    page.push_str(&sessions(report));
    if !report.assumptions.is_empty() {
        page.push_str(&list("Assumed", report.assumptions.iter().map(String::as_str)));
    }
    page.push_str(&list("Not judged", NOT_JUDGED.iter().copied()));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn findings(report: &Report, sources: &Sources) -> String {
    if report.findings.is_empty() {
        return String::new();
    }
    let all: String = report.findings.iter().map(|one| finding(one, sources)).collect();
    format!("<section><h2>Findings</h2>\n{all}</section>\n")
}

fn finding(finding: &Finding, sources: &Sources) -> String {
    let mut text = format!(
        "<article class=\"difference traffic\">\n<h3><code>{}</code> {}</h3>\n",
        finding.diagnostic.code,
        markup(&headline(finding))
    );
    if !others(finding).is_empty() {
        text.push_str(&format!("<p>Also: {}</p>\n", markup(&others(finding).join(", "))));
    }
    text.push_str(&format!(
        "<dl class=\"sides\"><div class=\"gone\"><dt>Decided</dt><dd>{}</dd></div><div \
         class=\"new\"><dt>Observed</dt><dd>{}</dd></div></dl>\n",
        markup(&finding.expected),
        markup(&finding.observed)
    ));
    if let Some(help) = &finding.diagnostic.help {
        text.push_str(&format!("<p><strong>To mend it:</strong> {}</p>\n", markup(help)));
    }
    let places = places(finding, sources);
    if !places.is_empty() {
        let items: String =
            places.iter().map(|one| format!("<li><code>{}</code></li>", markup(one))).collect();
        text.push_str(&format!("<ul class=\"places\">{items}</ul>\n"));
    }
    text.push_str("</article>\n");
    text
}

fn addresses(report: &Report) -> String {
    let rows = report.addresses.iter().map(|row| {
        let good = matches!(row.result, AddressResult::AsDecided | AddressResult::Free);
        let cells = [
            row.ip.to_string(),
            names(&row.services),
            names(&row.candidates),
            answered(row),
            words(&row.result),
        ];
        (good, cells)
    });
    table("Addresses", ["Address", "Services", "May answer", "Answered by", "Result"], rows)
}

fn sessions(report: &Report) -> String {
    let rows = report.sessions.iter().map(|row| {
        let good = row.result == SessionResult::AsConfigured;
        let cells = [
            row.node.clone(),
            row.peer.clone(),
            row.remote.clone(),
            row.observed.clone(),
            words(&row.result),
        ];
        (good, cells)
    });
    table("BGP sessions", ["Node", "Peer", "Address", "Observed", "Result"], rows)
}

fn table(title: &str, heads: [&str; 5], rows: impl Iterator<Item = (bool, [String; 5])>) -> String {
    let rows: String = rows
        .map(|(good, [first, rest @ .., result])| {
            let class = if good { "same" } else { "differs" };
            let cells: String =
                rest.iter().map(|cell| format!("<td>{}</td>", markup(cell))).collect();
            format!(
                "<tr class=\"{class}\"><th scope=\"row\">{}</th>{cells}<td \
                 class=\"state\">{result}</td></tr>\n",
                markup(&first)
            )
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads: String = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).concat();
    format!(
        "<section><h2>{title}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"{title}\"><table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody>\
         </table></div></section>\n"
    )
}

fn list<'a>(title: &str, items: impl Iterator<Item = &'a str>) -> String {
    let items: String = items.map(|item| format!("<li>{}</li>\n", markup(item))).collect();
    format!("<section><h2>{title}</h2>\n<ul>\n{items}</ul></section>\n")
}
