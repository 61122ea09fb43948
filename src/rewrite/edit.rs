//! Changes of a text, span by span: what no edit names stays byte for byte.

use std::ops::Range;

/// What stands at a range becomes another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    range: Range<usize>,
    text: String,
}

/// The edits of one text. Insertions at one place keep their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edits(Vec<Edit>);

impl Edits {
    /// Puts a text in.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push(Edit { range, text: text.into() });
    }

    /// Adds all edits of another list.
    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with the edits done; `None` where two of them name the same bytes.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let mut edits: Vec<&Edit> = self.0.iter().collect();
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let mut result = String::with_capacity(text.len() + 256);
        let mut at = 0;
        for edit in edits {
            result.push_str(text.get(at..edit.range.start)?);
            result.push_str(&edit.text);
            at = edit.range.end;
        }
        result.push_str(text.get(at..)?);
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_done_in_the_order_of_the_text() {
        let mut edits = Edits::default();
        edits.replace(4..5, "E");
        edits.insert(1, "1");
        edits.insert(1, "2");
        edits.replace(1..2, "");
        assert_eq!(edits.apply("abcdef").as_deref(), Some("a12cdEf"));
        assert_eq!(Edits::default().apply("same").as_deref(), Some("same"));
    }

    #[test]
    fn edits_of_the_same_bytes_are_refused() {
        let mut edits = Edits::default();
        edits.replace(1..3, "x");
        edits.replace(2..4, "y");
        assert_eq!(edits.apply("abcdef"), None);
    }
}
