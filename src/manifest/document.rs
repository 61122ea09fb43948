//! Where one document of a stream ends and the next one starts.
//!
//! A stream is cut before it is parsed, so that a broken document does not take
//! the following ones with it. `---` and `...` at the start of a line always are
//! boundaries: YAML lets neither stand there within a scalar.

use std::ops::Range;

/// The byte ranges of the documents of a YAML stream; markers stay with the
/// document that they start or end. Ranges without content are left out.
pub(super) fn documents(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    Documents { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } }
}

struct Documents<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Documents<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            if self.at >= self.text.len() {
                return None;
            }
            let (range, has_content) = self.cut();
            self.at = range.end;
            if has_content {
                return Some(range);
            }
        }
    }
}

impl Documents<'_> {
    /// The next document, and whether it holds anything but comments,
    /// directives and markers.
    fn cut(&self) -> (Range<usize>, bool) {
        let start = self.at;
        let mut line = start;
        let mut has_content = false;
        let mut started = false;
        while line < self.text.len() {
            let rest = &self.text[line..];
            let end = rest.find('\n').map_or(self.text.len(), |newline| line + newline + 1);
            let current = &self.text[line..end];
            if is_marker(current, "---") {
                if has_content || started {
                    return (start..line, has_content);
                }
                started = true;
                has_content |= !is_blank(&current[3..]);
            } else if is_marker(current, "...") {
                return (start..end, has_content);
            } else if !has_content {
                let directive = !started && current.starts_with('%');
                has_content = !directive && !is_blank(current);
            }
            line = end;
        }
        (start..self.text.len(), has_content)
    }
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Whether a line holds nothing but blanks and a comment.
fn is_blank(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']);
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        documents(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn streams_are_cut_at_markers() {
        for (text, expected) in [
            ("", vec![]),
            ("# nothing\n\n", vec![]),
            ("a: 1\n", vec!["a: 1\n"]),
            ("a: 1\n---\nb: 2", vec!["a: 1\n", "---\nb: 2"]),
            ("---\n---\n# c\n---\na: 1\n", vec!["---\na: 1\n"]),
            ("--- {a: 1}\n--- # c\nb: 2\n", vec!["--- {a: 1}\n", "--- # c\nb: 2\n"]),
            ("a: 1\r\n---\r\nb: 2\r\n", vec!["a: 1\r\n", "---\r\nb: 2\r\n"]),
            ("a: 1\n...\nb: 2\n", vec!["a: 1\n...\n", "b: 2\n"]),
            ("%YAML 1.1\n---\na: 1\n", vec!["%YAML 1.1\n---\na: 1\n"]),
            ("a: |\n  ---\n  x\n", vec!["a: |\n  ---\n  x\n"]),
            ("a: ---\n----\n---x\n", vec!["a: ---\n----\n---x\n"]),
            ("\u{feff}a: 1\n", vec!["a: 1\n"]),
            ("--- |\n  text\n---", vec!["--- |\n  text\n"]),
        ] {
            assert_eq!(cut(text), expected, "{text:?}");
        }
    }
}
