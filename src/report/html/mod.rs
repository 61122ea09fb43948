//! What every page for a browser is made of: one file that needs nothing else.
//!
//! A page loads nothing, and takes no style and no script but its own two, which its
//! content security policy names by their hashes. It can be read without its script.
//! Whatever comes from the input is text: in markup it is escaped, and the script
//! writes it as text, too.

pub(super) mod excerpt;
#[cfg(test)]
mod palette;
pub(super) mod system;
pub(super) mod table;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use super::escape::markup;

const STYLE: &str = concat!(
    include_str!("palette.css"),
    include_str!("base.css"),
    include_str!("parts.css"),
    include_str!("picture.css"),
    include_str!("list.css"),
    include_str!("print.css"),
);

const SCRIPT: &str = concat!(
    include_str!("start.js"),
    include_str!("follow.js"),
    include_str!("detail.js"),
    include_str!("list.js"),
    include_str!("end.js"),
);

/// A page: a header, sections, and the data that its script shows.
#[derive(Debug, Default)]
pub(super) struct Page {
    command: &'static str,
    title: String,
    header: String,
    sections: Vec<Section>,
    data: Option<String>,
}

#[derive(Debug)]
struct Section {
    id: String,
    heading: String,
    body: String,
}

impl Page {
    /// A page that a command writes. The title is text, the header markup.
    pub(super) fn new(command: &'static str, title: &str, header: String) -> Self {
        Self { command, title: title.to_owned(), header, ..Self::default() }
    }

    /// Adds a section; one without a body is left out. The heading is text, the body
    /// markup.
    pub(super) fn section(&mut self, id: &str, heading: &str, body: String) {
        if !body.is_empty() {
            self.sections.push(Section { id: id.to_owned(), heading: heading.to_owned(), body });
        }
    }

    /// The whole file.
    pub(super) fn render(&self) -> String {
        let mut text = self.head();
        text.push_str("<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
        text.push_str(&self.contents());
        text.push_str("<main id=\"main\" tabindex=\"-1\">\n");
        text.push_str(&self.header);
        for Section { id, heading, body } in &self.sections {
            text.push_str(&format!(
                "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{}</h2>\n{body}</section>\n",
                markup(heading),
                id = markup(id)
            ));
        }
        text.push_str(&format!(
            "</main>\n<footer>Written by metallb2cilium {} ({}). This file loads nothing from \
             anywhere.</footer>\n",
            env!("CARGO_PKG_VERSION"),
            self.command
        ));
        if let Some(data) = &self.data {
            text.push_str(&format!(
                "<script type=\"application/json\" id=\"data\">{data}</script>\n\
                 <script>{SCRIPT}</script>\n"
            ));
        }
        text.push_str("</body>\n</html>\n");
        text
    }

    fn head(&self) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
             http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" \
             content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{} \
             – metallb2cilium {}</title>\n<style>{STYLE}</style>\n</head>\n",
            policy(),
            markup(&self.title),
            self.command
        )
    }

    /// Links to the sections.
    fn contents(&self) -> String {
        let links = self.sections.iter().map(|section| {
            format!(
                "<li><a href=\"#{}\">{}</a></li>",
                markup(&section.id),
                markup(&section.heading)
            )
        });
        let links: String = links.collect();
        format!("<nav aria-label=\"On this page\"><ul>{links}</ul></nav>\n")
    }
}

/// Nothing may be loaded or sent, and only this very style and script are taken.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src {}; script-src {}",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// Text in which what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
    let mut parts = text.split('`').map(markup).enumerate().peekable();
    let mut html = String::with_capacity(text.len() + 16);
    while let Some((at, part)) = parts.next() {
        let is_closed = parts.peek().is_some();
        html.push_str(&match (at % 2 == 1, is_closed) {
            (true, true) => format!("<code>{part}</code>"),
            (true, false) => format!("`{part}"),
            (false, _) => part,
        });
    }
    html
}

/// A list of texts, whose code stands between backticks.
pub(super) fn list(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let items = items.into_iter().map(|item| format!("<li>{}</li>\n", prose(item.as_ref())));
    let items: String = items.collect();
    if items.is_empty() { items } else { format!("<ul>\n{items}</ul>\n") }
}

/// Numbers with what they count.
pub(super) fn counts(rows: impl IntoIterator<Item = (String, usize)>) -> String {
    let rows = rows
        .into_iter()
        .map(|(what, count)| format!("<div><dt>{}</dt><dd>{count}</dd></div>\n", markup(&what)));
    format!("<dl class=\"counts\">\n{}</dl>\n", rows.collect::<String>())
}

/// The first thing on a page: a word, and what it means. `class` is its colour.
pub(super) fn verdict(class: &str, word: &str, lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("<p>{}</p>\n", markup(line)));
    format!(
        "<header class=\"verdict {class}\">\n<h1>{}</h1>\n{}</header>\n",
        markup(word),
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_input_do_not_become_markup() {
        assert_eq!(prose("<b> & `a<` \"' `x"), "&lt;b&gt; &amp; <code>a&lt;</code> &quot;&#39; `x");
        assert_eq!(prose("`a` `b`"), "<code>a</code> <code>b</code>");
    }

    #[test]
    fn a_page_has_its_sections_and_links_to_them_and_loads_nothing() {
        let mut page = Page::new("verify", "<x>", String::new());
        page.section("one", "One & only", "<p>body</p>".to_owned());
        page.section("none", "Empty", String::new());
        let text = page.render();
        assert!(text.contains("<title>&lt;x&gt; – metallb2cilium verify</title>"), "{text}");
        assert!(text.contains("<a href=\"#one\">One &amp; only</a>"));
        assert!(!text.contains("Empty"));
        assert!(!text.contains("<script"));
        for outside in ["src=", "<link", "url(", "@import", "http://", "https://"] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(SCRIPT.starts_with("\"use strict\""));
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("</"));
        assert!(!STYLE.contains("</"));
    }
}
