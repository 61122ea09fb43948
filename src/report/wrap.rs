//! Paragraphs within a width.

/// Wraps each paragraph to the width; ends with a newline. Lines that start with
/// a space or `- ` keep their own line.
pub fn paragraphs(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for line in unwrapped(text).lines() {
        let indent = line.len() - line.trim_start().len();
        let bullet = if line.trim_start().starts_with("- ") { 2 } else { 0 };
        wrapped.push_str(&indented(line, width, &" ".repeat(indent + bullet)));
        wrapped.push('\n');
    }
    wrapped
}

/// One paragraph within the width, whose lines but the first are indented;
/// without a newline at its end.
pub fn indented(line: &str, width: usize, indent: &str) -> String {
    let options = textwrap::Options::new(width)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(line, options)
}

/// Markdown whose prose is within the width: what is read the same when it is broken.
/// Code, tables, headings and markup keep their lines.
pub fn markdown(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        let is_fence = ticks >= 3;
        match fence {
            // A fence ends with one that is not shorter.
            Some(open) if is_fence && ticks >= open.len() && bare.len() == ticks => fence = None,
            None if is_fence => fence = bare.get(..ticks),
            _ => {}
        }
        if fence.is_some() || is_fence || bare.starts_with(['#', '|', '<']) {
            wrapped.push_str(line);
        } else {
            let mark = ["- [ ] ", "- "].into_iter().find(|mark| bare.starts_with(mark));
            // What is below a point of a list begins where its text does.
            let under = line.len() - bare.len() + mark.map_or(0, |_| 2);
            wrapped.push_str(&indented(line, width, &" ".repeat(under)));
        }
        wrapped.push('\n');
    }
    wrapped
}

/// The text with each paragraph on one line.
pub fn unwrapped(text: &str) -> String {
    let mut result = String::new();
    let mut inside = false;
    for (index, line) in text.trim_end().lines().enumerate() {
        let own_line = line.is_empty() || line.starts_with([' ', '-']);
        if own_line || !inside {
            if index > 0 {
                result.push('\n');
            }
        } else {
            result.push(' ');
        }
        result.push_str(line.trim_end());
        // What follows an indented line is not part of it.
        inside = !line.is_empty() && !line.starts_with(' ');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_filled_and_lists_kept() {
        let text = "one two\nthree\n\nfour:\n- five six\n  seven\n    code --flag\n";
        assert_eq!(unwrapped(text), "one two three\n\nfour:\n- five six\n  seven\n    code --flag");
        assert_eq!(
            paragraphs(text, 10),
            "one two\nthree\n\nfour:\n- five six\n  seven\n    code\n    --flag\n"
        );
    }

    #[test]
    fn markdown_is_wrapped_where_that_changes_nothing() {
        let text = "# a heading that stays\n\none two three four\n- [ ] one two three\n  - five six \
                    seven\n\n````sh\nkubectl get what is long\n```\nand goes on and on\n````\none two \
                    three\n| a | table that stays |\n<summary>long and markup</summary>\n";
        let wrapped = "# a heading that stays\n\none two three\nfour\n- [ ] one two\n  three\n  - five \
                       six\n    seven\n\n````sh\nkubectl get what is long\n```\nand goes on and on\n\
                       ````\none two three\n| a | table that stays |\n<summary>long and \
                       markup</summary>\n";
        assert_eq!(markdown(text, 13), wrapped);
        assert_eq!(markdown(text, 200), text);
    }

    #[test]
    fn words_are_never_broken() {
        let text = paragraphs("--only-pool metallb-system/web x", 12);
        assert_eq!(text, "--only-pool\nmetallb-system/web\nx\n");
    }
}
