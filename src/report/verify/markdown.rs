//! A verdict as Markdown, for a comment on a change.

use super::super::escape;
use super::{addresses, compared, counted, fate, others, place, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{Fate, Finding, NOT_COMPARED, Report};

/// Rows of the table of Services: hosts cut long comments off.
const MAX_SERVICES: usize = 100;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let mut text = format!("## {}\n\n", literal(&verdict(report)));
    for finding in &report.findings {
        difference(&mut text, report, finding, sources);
    }
    services(&mut text, report);
    text.push_str(&format!("Compared: {}.\n\n", literal(&compared(report))));
    if !report.assumptions.is_empty() || !report.notes.is_empty() {
        text.push_str("Assumed:\n\n");
        for assumption in &report.assumptions {
            text.push_str(&format!("- {}\n", literal(assumption)));
        }
        for note in &report.notes {
            text.push_str(&format!("- {} {}\n", note.code, literal(&note.message)));
        }
        text.push('\n');
    }
    if let Some(proof) = &report.proof {
        text.push_str("Left out of the proof, but compared at hand:\n\n");
        for apart in &proof.apart {
            text.push_str(&format!("- {} {}\n", apart.code, literal(apart.who)));
        }
        text.push('\n');
        for reason in &proof.unproved {
            text.push_str(&format!("Not proved: {}\n\n", literal(reason)));
        }
    }
    text.push_str("Not compared:\n\n");
    for line in NOT_COMPARED {
        text.push_str(&format!("- {line}\n"));
    }
    text.push_str(&format!("\n{}\n", literal(&scope(report))));
    text
}

fn difference(text: &mut String, report: &Report, finding: &Finding, sources: &Sources) {
    let diagnostic = &finding.diagnostic;
    let impact = if finding.touches_traffic() { "" } else { " (touches nobody's traffic)" };
    text.push_str(&format!("### {} {}{impact}\n\n", diagnostic.code, literal(&finding.headline())));
    if !others(finding).is_empty() {
        text.push_str(&format!("- Services: {}\n", literal(&others(finding).join(", "))));
    }
    if finding.seen || finding.example.is_some() {
        text.push_str(&format!("- {}: {}\n", report.before, literal(&finding.before)));
        text.push_str(&format!("- {}: {}\n", report.after, literal(&finding.after)));
    } else {
        text.push_str("- Said by the conversion, though not seen at hand.\n");
    }
    for label in &diagnostic.labels {
        let place = literal(&place(label.span, sources));
        text.push_str(&format!("- At {place} {}\n", literal(&label.text)));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("- To mend it: {}\n", literal(help)));
    }
    if let Some(example) = &finding.example {
        // No line of it begins with a fence.
        let visible: Vec<_> = example.lines().map(|line| escape::visible(line, true)).collect();
        text.push_str(&format!("\n```yaml\n{}\n```\n", visible.join("\n")));
    }
    text.push('\n');
}

fn services(text: &mut String, report: &Report) {
    let changed =
        report.services.iter().filter(|row| !matches!(row.address, Fate::Kept | Fate::None));
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() {
        return;
    }
    // Collapsed: a comment must not drown the talk that it stands in. Markup needs the
    // empty line after it.
    text.push_str(&format!(
        "<details>\n<summary>{} with another address than before</summary>\n\n",
        counted(changed.len(), "Service")
    ));
    text.push_str(&format!("| Service | {} | {} | address |\n", report.before, report.after));
    text.push_str("| --- | --- | --- | --- |\n");
    for row in changed.iter().take(MAX_SERVICES) {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            literal(&row.service),
            addresses(&row.addresses_before),
            addresses(&row.addresses_after),
            fate(row.address)
        ));
    }
    text.push('\n');
    if changed.len() > MAX_SERVICES {
        text.push_str(&format!(
            "And {}.\n\n",
            counted(changed.len() - MAX_SERVICES, "more Service")
        ));
    }
    text.push_str("</details>\n\n");
}

/// Text of the input that must not become markup.
pub(crate) fn literal(text: &str) -> String {
    let visible = escape::visible(text, true);
    let mut literal = String::with_capacity(visible.len());
    for (at, character) in visible.char_indices() {
        let rest = visible.get(at..).unwrap_or_default();
        match character {
            '\n' => literal.push(' '),
            '<' => literal.push_str("&lt;"),
            '&' => literal.push_str("&amp;"),
            // A mention would notify people: hosts look for it in what the markup became, so
            // that something has to stand within it.
            '@' => literal.push_str("@&#8203;"),
            // Else an address of the web would become a link.
            ':' if rest.starts_with("://") => literal.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                literal.push('\\');
                literal.push(character);
            }
            _ => literal.push(character),
        }
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_input_do_not_become_markup() {
        assert_eq!(
            literal("a|b: [x](y) <img> `c` @me\n\x1b[0m $x$ https://x"),
            "a\\|b: \\[x\\](y) &lt;img> \\`c\\` @&#8203;me ␛\\[0m \\$x\\$ https&#58;//x"
        );
    }
}
