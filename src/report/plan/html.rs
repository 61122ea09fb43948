//! A runbook as one HTML page without scripts, styles or pictures from elsewhere.

use super::{checks, commands, heading, scripts};
use crate::plan::{Plan, Step};
use crate::report::escape;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;\
padding:0 1rem;color:#1b1b1b;background:#fff}pre{background:#f3f3f3;padding:.7rem;overflow-x:auto;\
border-left:4px solid #8a8a8a}h2{border-top:1px solid #ccc;padding-top:1rem}.back pre{\
border-left-color:#b35900}dt{font-weight:600}dd{margin:0 0 .4rem 1rem}";

pub(super) fn render(plan: &Plan) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        title = text(plan.title)
    );
    for line in &plan.summary {
        html.push_str(&format!("<p>{}</p>\n", text(line)));
    }
    list(&mut html, "Before you start", plan.before.iter().cloned());
    let accepted = plan.accepted.iter().map(|one| format!("{}: {}", one.code, one.message));
    list(&mut html, "Losses that were accepted", accepted);
    list(&mut html, "Assumed", plan.assumptions.iter().cloned());
    for (index, step) in plan.steps.iter().enumerate() {
        self::step(&mut html, index, step);
    }
    html.push_str("<h2>The scripts</h2>\n");
    for line in scripts(plan) {
        html.push_str(&format!("<p>{}</p>\n", text(line)));
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Text that is no markup; what stands between backticks is code.
fn text(text: &str) -> String {
    escaped(text, true)
}

/// Commands, in which a backtick is one.
fn verbatim(code: &str) -> String {
    escaped(code, false)
}

fn escaped(text: &str, spans: bool) -> String {
    let visible = escape::visible(text, true);
    let mut html = String::with_capacity(visible.len());
    let mut code = false;
    for character in visible.chars() {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '`' if spans => {
                html.push_str(if code { "</code>" } else { "<code>" });
                code = !code;
            }
            _ => html.push(character),
        }
    }
    if code {
        html.push_str("</code>");
    }
    html
}

fn list(html: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let items: Vec<String> = lines.map(|line| format!("<li>{}</li>\n", text(&line))).collect();
    if !items.is_empty() {
        html.push_str(&format!("<h2>{title}</h2>\n<ul>\n{}</ul>\n", items.concat()));
    }
}

fn code(html: &mut String, code: &str) {
    if !code.is_empty() {
        html.push_str(&format!("<pre><code>{}</code></pre>\n", verbatim(code)));
    }
}

fn step(html: &mut String, index: usize, step: &Step) {
    html.push_str(&format!(
        "<h2 id=\"{}\">{}</h2>\n",
        text(&step.id),
        text(&heading(index, &step.title))
    ));
    for paragraph in &step.why {
        html.push_str(&format!("<p>{}</p>\n", text(paragraph)));
    }
    if let Some(question) = &step.confirm {
        html.push_str(&format!("<p>Ask first: {}</p>\n", text(question)));
    }
    code(html, &commands(&step.tasks));
    if !step.checks.is_empty() {
        html.push_str("<p>Before the next step:</p>\n");
    }
    html.push_str("<ul>\n");
    for (sentence, command) in checks(&step.checks) {
        html.push_str(&format!("<li>{}</li>\n", text(&sentence)));
        if let Some(command) = command {
            html.push_str(&format!("<pre><code>{}</code></pre>\n", verbatim(&command)));
        }
    }
    html.push_str(&format!(
        "</ul>\n<dl><dt>Takes</dt><dd>{}</dd><dt>Interrupts</dt><dd>{}</dd></dl>\n",
        text(&step.takes),
        text(&step.interrupts)
    ));
    html.push_str(&format!("<div class=\"back\">\n<p>Way back: {}</p>\n", text(&step.back.note)));
    code(html, &commands(&step.back.tasks));
    for check in &step.back.checks {
        html.push_str(&format!("<p>{}</p>\n", text(&check.sentence())));
    }
    html.push_str("</div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_input_do_not_become_markup() {
        assert_eq!(text("<b> & `a` \"'"), "&lt;b&gt; &amp; <code>a</code> &quot;&#39;");
        assert_eq!(verbatim("echo `a` <b>"), "echo `a` &lt;b&gt;");
    }
}
