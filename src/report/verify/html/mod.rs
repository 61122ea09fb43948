//! A verdict as one page for a browser, which needs nothing else: no network, no
//! other file. It can be read without its script, but for the list of all Services.
//!
//! Whatever comes from the input is text: in markup it is escaped, and the script
//! writes it as text, too.

mod data;
mod differences;
mod groups;
mod picture;
mod sessions;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::super::escape::markup;
use super::{compared, fate, left_out, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{NOT_COMPARED, Report, Verdict};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let (groups, rows) = groups::grouped(report);
    let mut page = head(report);
    page.push_str("<main>\n");
    page.push_str(&summary(report));
    page.push_str(&differences::section(report, sources));
    let figure = picture::figure(report, &groups);
    if !figure.is_empty() {
        page.push_str(&format!(
            "<section aria-labelledby=\"picture\"><h2 id=\"picture\">Before and after</h2>\n\
             <p>Services that are served alike are one box. {LEGEND}</p>\n{figure}</section>\n"
        ));
    }
    page.push_str(&sessions::section(report));
    if !rows.is_empty() {
        page.push_str(&services());
    }
    page.push_str(&footnotes(report));
    page.push_str("</main>\n");
    if !rows.is_empty() {
        let data = data::json(report, &groups, &rows);
        page.push_str(&format!(
            "<script type=\"application/json\" id=\"data\">{data}</script>\n<script>{SCRIPT}\
             </script>\n"
        ));
    }
    page.push_str("</body>\n</html>\n");
    page
}

const LEGEND: &str = "<span class=\"key gone\">gone</span> is there before only, <span class=\"key \
                      new\">new</span> after only, <span class=\"key changed\">changed</span> on \
                      both sides but not alike. Tap a Service to follow it.";

/// Nothing may be loaded, and only this very style and script are taken.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(Sha256::digest(text)));
    format!("default-src 'none'; style-src {}; script-src {}", hash(STYLE), hash(SCRIPT))
}

fn head(report: &Report) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" \
         content=\"light dark\">\n<title>{} – metallb2cilium verify</title>\n<style>{STYLE}\
         </style>\n</head>\n<body>\n",
        policy(),
        word(report.verdict)
    )
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "Equivalent",
        Verdict::Different => "Different",
        Verdict::Undecided => "Undecided",
    }
}

fn summary(report: &Report) -> String {
    let word = word(report.verdict);
    let mut text = format!(
        "<header class=\"verdict {}\">\n<h1>{word}</h1>\n<p>{}</p>\n<p>{}</p>\n</header>\n",
        word.to_lowercase(),
        markup(&verdict(report)),
        markup(&scope(report))
    );
    text.push_str("<dl class=\"counts\">\n");
    for (one, count) in report.fates() {
        text.push_str(&format!(
            "<div><dt>{}</dt><dd>{count}</dd></div>\n",
            markup(&format!("Addresses {}", fate(one)))
        ));
    }
    let touching = report.findings.iter().filter(|one| one.touches_traffic()).count();
    text.push_str(&format!(
        "<div><dt>Differences that touch traffic</dt><dd>{touching}</dd></div>\n\
         <div><dt>Differences that touch nobody</dt><dd>{}</dd></div>\n</dl>\n",
        report.findings.len() - touching
    ));
    text
}

/// The frame that the script fills.
fn services() -> String {
    let mut options = String::new();
    for word in ["differs", "harmless", "same"].into_iter().chain(groups::fates()) {
        options.push_str(&format!("<option>{word}</option>"));
    }
    format!(
        "<section aria-labelledby=\"services\"><h2 id=\"services\">Services</h2>\n<noscript><p>The \
         list of all Services needs the script of this page; the differences above do \
         not.</p></noscript>\n<form id=\"filter\" class=\"filter\" hidden>\n<label>Search <input \
         id=\"search\" type=\"search\" autocomplete=\"off\" placeholder=\"name, address, pool, node \
         or peer\"></label>\n<label>Show <select id=\"state\"><option \
         value=\"\">all</option>{options}</select></label>\n<output id=\"count\" for=\"search \
         state\"></output>\n</form>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-labelledby=\"services\"><table id=\"list\" hidden><thead><tr><th \
         scope=\"col\">Service</th><th scope=\"col\" id=\"before\"></th><th scope=\"col\" \
         id=\"after\"></th><th scope=\"col\">Address</th><th \
         scope=\"col\">Result</th></tr></thead><tbody></tbody></table></div>\n<p><button \
         id=\"more\" type=\"button\" hidden>Show more</button></p>\n</section>\n"
    )
}

fn footnotes(report: &Report) -> String {
    let list = |items: Vec<String>| {
        let items = items.iter().map(|item| format!("<li>{}</li>\n", markup(item)));
        format!("<ul>\n{}</ul>\n", items.collect::<String>())
    };
    let mut assumed = report.assumptions.clone();
    assumed.extend(report.notes.iter().map(|note| format!("{} {}", note.code, note.message)));
    let mut text = String::new();
    if !assumed.is_empty() {
        text.push_str(&format!(
            "<section aria-labelledby=\"assumed\"><h2 id=\"assumed\">Assumed</h2>\n{}</section>\n",
            list(assumed)
        ));
    }
    let (apart, unproved) = left_out(report);
    if !unproved.is_empty() {
        text.push_str(&format!(
            "<section aria-labelledby=\"unproved\"><h2 id=\"unproved\">Not proved</h2>\n{}</section>\n",
            list(unproved.to_vec())
        ));
    }
    if !apart.is_empty() {
        text.push_str(&format!(
            "<section aria-labelledby=\"apart\"><h2 id=\"apart\">Left out of the proof, but \
             compared at hand</h2>\n{}</section>\n",
            list(apart)
        ));
    }
    text.push_str(&format!(
        "<section aria-labelledby=\"open\"><h2 id=\"open\">Not compared</h2>\n{}<p>Compared: \
         {}.</p></section>\n",
        list(NOT_COMPARED.iter().map(|line| (*line).to_owned()).collect()),
        markup(&compared(report))
    ));
    text
}
