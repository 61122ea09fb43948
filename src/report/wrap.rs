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
    fn words_are_never_broken() {
        let text = paragraphs("--only-pool metallb-system/web x", 12);
        assert_eq!(text, "--only-pool\nmetallb-system/web\nx\n");
    }
}
