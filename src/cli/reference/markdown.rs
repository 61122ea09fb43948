//! Markdown of texts that were written for a terminal.

/// What every generated page begins with.
pub(super) const GENERATED: &str =
    "<!-- Written by `metallb2cilium generate .` from the code: change it there. -->\n\n";

/// A text in which nothing but code between backticks is markup.
pub(super) fn prose(text: &str) -> String {
    // A backtick without its partner is none.
    let code = text.matches('`').count().is_multiple_of(2);
    let mut inside = false;
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '`' if code => inside = !inside,
            '<' | '>' | '*' | '_' | '[' | ']' | '`' | '$' if !inside => escaped.push('\\'),
            _ => {}
        }
        escaped.push(c);
    }
    escaped
}

/// A cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A table.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned)) + &line(&head.map(|_| "---".to_owned()));
    for row in rows {
        text.push_str(&line(&row.map(|text| cell(&text))));
    }
    text
}

/// A text of paragraphs, each on one line; lines that are indented are code.
pub(super) fn paragraphs(text: &str) -> String {
    let mut written = String::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with(' ') != code {
            code = !code;
            written.push_str(if code { "\n```text\n" } else { "```\n\n" });
        }
        written.push_str(&if code { line.to_owned() } else { prose(line) });
        written.push('\n');
    }
    if code {
        written.push_str("```\n");
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_code_is_markup() {
        assert_eq!(prose("a <b> `c <d>` e*"), "a \\<b\\> `c <d>` e\\*");
        assert_eq!(prose("it`s"), "it\\`s");
    }

    #[test]
    fn indented_lines_are_code() {
        assert_eq!(paragraphs("a\n  b\nc"), "a\n\n```text\n  b\n```\n\nc\n");
        assert_eq!(paragraphs("a\n  b"), "a\n\n```text\n  b\n```\n");
    }

    #[test]
    fn a_bar_ends_no_cell() {
        assert_eq!(table(["A"], [["a|b".to_owned()]]), "| A |\n| --- |\n| a\\|b |\n");
    }
}
