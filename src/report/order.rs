//! The order in which diagnostics are shown.

use crate::diagnostic::Diagnostic;

/// By source in the order of input, position and code; those without a place
/// come last, in the order in which they were found.
pub(super) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| match diagnostic.labels.first() {
        Some(label) => (0, Some((label.span.source, label.span.start)), diagnostic.code.id),
        None => (1, None, ""),
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LOSS, NOTE, span_of};
    use super::*;
    use crate::manifest::Sources;

    #[test]
    fn diagnostics_stand_in_the_order_of_the_input() {
        let mut sources = Sources::default();
        let first = sources.add("b.yaml", "one two");
        let second = sources.add("a.yaml", "three");
        let at = |source, text| Some(span_of(&sources, source, text));
        let mut diagnostics = vec![
            Diagnostic::note(&NOTE, "nowhere 1"),
            Diagnostic::lossy(&LOSS, "nowhere 2"),
            Diagnostic::note(&NOTE, "three").label(at(second, "three"), ""),
            Diagnostic::note(&NOTE, "two").label(at(first, "two"), ""),
            Diagnostic::note(&NOTE, "one, later code").label(at(first, "one"), ""),
            Diagnostic::lossy(&LOSS, "one").label(at(first, "one"), ""),
        ];
        sort(&mut diagnostics);
        let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["one", "one, later code", "two", "three", "nowhere 1", "nowhere 2"]);
    }
}
