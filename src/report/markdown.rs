//! What Markdown is made of, for a comment on a change or the summary of a job.
//!
//! What matters is seen at once; what is long is folded away in `<details>`. Whatever the
//! input, a comment stays below the limit of those who take it: what does not fit is
//! counted, and it is said where it is shown.

use super::escape;

/// How long a comment gets, in bytes. GitHub takes 65,536 characters; the rest is for
/// what others write around it.
pub(super) const LIMIT: usize = 60_000;
/// Characters of one text of the input before it is cut.
const LONG: usize = 1_200;
/// What code of ours begins with. Whatever else stands between backticks may come from
/// the input, and is text.
const CODE: &[&str] = &[
    "--",
    "DIR/",
    "argocd ",
    "arping ",
    "convert",
    "diff",
    "flux ",
    "helm ",
    "kubectl ",
    "metallb2cilium",
    "simulate",
    "verify",
    "check",
    "plan",
    "rewrite",
    "live ",
];

/// Text of the input that must not become markup.
pub(super) fn literal(text: &str) -> String {
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

/// The same, but for code of ours between backticks, which stays code.
pub(super) fn prose(text: &str) -> String {
    let visible = escape::visible(text, true).replace('\n', " ");
    let mut prose = String::with_capacity(visible.len());
    let mut rest = visible.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        prose.push_str(&literal(before));
        let code = after.split_once('`');
        match code.filter(|(code, _)| CODE.iter().any(|start| code.starts_with(start))) {
            Some((code, after)) => {
                // Two signs in a row would open something else.
                prose.push_str(if prose.ends_with('`') { " `" } else { "`" });
                prose.push_str(code);
                prose.push('`');
                rest = after;
            }
            None => {
                prose.push_str("\\`");
                rest = after;
            }
        }
    }
    prose.push_str(&literal(rest));
    prose
}

/// A text that is not longer than can be read.
pub(super) fn clipped(text: &str) -> String {
    clipped_to(text, LONG)
}

/// A text of so many characters at most.
pub(super) fn clipped_to(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Something that is folded away below a line of text, which is no Markdown. Markup in it
/// needs the empty line before it.
pub(super) fn details(summary: &str, body: &str) -> String {
    if body.trim().is_empty() {
        return String::new();
    }
    let summary = escape::markup(&clipped_to(summary, 300)).replace('\n', " ");
    let summary = summary.replace('@', "@&#8203;").replace("://", "&#58;//");
    format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>\n\n", body.trim_end())
}

/// A block of code: longer fences than any in it.
pub(super) fn code(indent: &str, language: &str, code: &str) -> String {
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    let mut text = format!("{indent}{fence}{language}\n");
    for line in code.lines() {
        text.push_str(&format!("{indent}{}\n", escape::visible(line, true)));
    }
    text + &format!("{indent}{fence}\n")
}

/// Parts one after the other as long as they fit, and how many things the others stand
/// for: each part comes with how many it stands for.
pub(super) fn fitting(
    parts: impl IntoIterator<Item = (String, usize)>,
    room: usize,
) -> (String, usize) {
    let (mut text, mut left_out) = (String::new(), 0);
    for (part, count) in parts {
        if left_out == 0 && text.len() + part.len() <= room {
            text.push_str(&part);
        } else {
            left_out += count;
        }
    }
    (text, left_out)
}

/// A list of texts within its room, each on a line.
pub(super) fn list(items: impl IntoIterator<Item = String>, room: usize) -> String {
    let items = items.into_iter().map(|item| (format!("- {}\n", prose(&clipped(&item))), 1));
    let (mut text, left_out) = fitting(items, room);
    if left_out > 0 {
        text.push_str(&format!("- and {left_out} more\n"));
    }
    text
}

/// A table within its room, and how many rows are not in it. Cells are text of the input.
pub(super) fn table(
    heads: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    room: usize,
) -> (String, usize) {
    let heads: Vec<String> = heads.iter().map(|head| literal(head)).collect();
    let rule = vec!["---"; heads.len()];
    let head = format!("| {} |\n| {} |\n", heads.join(" | "), rule.join(" | "));
    let rows = rows.into_iter().map(|cells| {
        let cells: Vec<String> = cells.iter().map(|cell| literal(&clipped_to(cell, 300))).collect();
        (format!("| {} |\n", cells.join(" | ")), 1)
    });
    let (rows, left_out) = fitting(rows, room.saturating_sub(head.len()));
    (if rows.is_empty() { rows } else { head + &rows }, left_out)
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

    #[test]
    fn code_of_ours_stays_code_and_backticks_of_the_input_do_not_become_it() {
        for (text, expected) in [
            ("`kubectl get x_y` does", "`kubectl get x_y` does"),
            ("say `--accept M2C306`", "say `--accept M2C306`"),
            ("pool `a` and `*b*`", "pool \\`a\\` and \\`\\*b\\*\\`"),
            ("pool a`b: see `verify`", "pool a\\`b: see `verify`"),
            ("`convert``diff`", "`convert` `diff`"),
            ("`kubectl <b> & \\ @me", "\\`kubectl &lt;b> &amp; \\\\ @&#8203;me"),
            ("`kubectl <b>\n@me`", "`kubectl <b> @me`"),
            ("``", "\\`\\`"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_folded_away_has_a_line_of_text_above_it() {
        let text = details("a <b>\n@me https://x", "- `x`\n");
        assert_eq!(
            text,
            "<details>\n<summary>a &lt;b&gt; @&#8203;me https&#58;//x</summary>\n\n- \
             `x`\n\n</details>\n\n"
        );
        assert_eq!(details("nothing", "\n"), "");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let parts = [("aaaa", 1), ("bbbb", 2), ("c", 3)].map(|(text, n)| (text.to_owned(), n));
        assert_eq!(fitting(parts.clone(), 9), ("aaaabbbbc".to_owned(), 0));
        // What comes later is not taken for what does not fit.
        assert_eq!(fitting(parts, 7), ("aaaa".to_owned(), 5));
        let rows = (0..9).map(|row| vec![row.to_string(), "|".to_owned()]);
        let (text, left_out) = table(&["A", "B"], rows, 40);
        assert_eq!((text.as_str(), left_out), ("| A | B |\n| --- | --- |\n| 0 | \\| |\n", 8));
        assert_eq!(clipped_to("äöü", 2), "äö…");
    }

    #[test]
    fn code_that_holds_a_fence_has_a_longer_one() {
        assert_eq!(code(" ", "sh", "a\n```\n"), " ````sh\n a\n ```\n ````\n");
    }
}
