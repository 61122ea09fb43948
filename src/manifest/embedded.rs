//! YAML within a string of a document: the `config` of a ConfigMap, say.

use super::parse::Budget;
use super::{Node, Source, Sources, Span, Value, codes, document, read, template, yaml};
use crate::diagnostic::Diagnostic;

/// Reads the documents in a string node. Their spans lie in the outer text: at
/// the very place for literal blocks and other strings that stand there as they
/// are, else on the whole string.
pub fn parse_embedded(
    sources: &Sources,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    let Some(text) = node.as_str() else { return Vec::new() };
    let place = Place::new(sources.get(node.span.source), node.span, text);
    let mut budget = Budget::default();
    let mut documents = Vec::new();
    for range in document::documents(text) {
        match yaml::parse(text, range.clone(), node.span.source, &mut budget) {
            Ok(Some(mut document)) => {
                place.move_out(&mut document);
                documents.push(document);
            }
            Ok(None) => {}
            Err(error) => match template::first_marker(&text[range.clone()]) {
                Some(marker) => {
                    let start = range.start + marker;
                    let span = super::parse::span(node.span.source, start, start + 2);
                    diagnostics.push(template_error(place.outer(span)));
                    break;
                }
                None => {
                    let mut diagnostic = read::describe(error);
                    for label in &mut diagnostic.labels {
                        label.span = place.outer(label.span);
                    }
                    diagnostics.push(diagnostic);
                }
            },
        }
    }
    documents
}

fn template_error(span: Span) -> Diagnostic {
    Diagnostic::error(codes::TEMPLATE, "the text within this string is a template, not YAML")
        .label(Some(span), "the first template expression")
        .help("render it first and pass the result: `helm template …`, `kustomize build …`")
}

/// How offsets in a string's value lie in the text around it.
struct Place {
    whole: Span,
    /// The first byte of each line of the value: within it, and in the outer text.
    /// Empty where the value does not stand in the outer text as it is.
    lines: Vec<(u32, u32)>,
}

impl Place {
    fn new(source: &Source, whole: Span, value: &str) -> Self {
        let outer = source.text.get(whole.start as usize..whole.end as usize).unwrap_or_default();
        let lines = match outer.bytes().next() {
            Some(b'|' | b'>') => block_lines(outer, value),
            Some(b'"' | b'\'') => outer[1..].strip_prefix(value).map(|_| vec![(0, 1)]),
            _ => outer.strip_prefix(value).map(|_| vec![(0, 0)]),
        };
        let mut lines = lines.unwrap_or_default();
        for (_, outer) in &mut lines {
            *outer += whole.start;
        }
        Self { whole, lines }
    }

    fn outer(&self, inner: Span) -> Span {
        if self.lines.is_empty() {
            return self.whole;
        }
        let start = self.offset(inner.start);
        let end = self.offset(inner.end).clamp(start, self.whole.end.max(start));
        Span { start, end, ..self.whole }
    }

    fn offset(&self, inner: u32) -> u32 {
        let index = self.lines.partition_point(|(start, _)| *start <= inner).saturating_sub(1);
        match self.lines.get(index) {
            Some((start, outer)) => (outer + (inner - start)).min(self.whole.end),
            None => self.whole.start,
        }
    }

    fn move_out(&self, node: &mut Node) {
        node.span = self.outer(node.span);
        match &mut node.value {
            Value::Seq(items) => items.iter_mut().for_each(|item| self.move_out(item)),
            Value::Map(entries) => {
                for (_, span, value) in entries {
                    *span = self.outer(*span);
                    self.move_out(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => {}
        }
    }
}

/// Where the lines of a block scalar's value stand behind its header; `None` if
/// they do not stand there as they are (a folded block, usually).
fn block_lines(outer: &str, value: &str) -> Option<Vec<(u32, u32)>> {
    let mut outer_lines = outer.split_inclusive('\n');
    let mut outer_at = outer_lines.next()?.len();
    let mut value_at = 0;
    let mut indent = None;
    let mut lines = Vec::new();
    for line in value.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let Some(outer_line) = outer_lines.next() else {
            // Blank lines at the end are not part of the span.
            return content.is_empty().then_some(lines);
        };
        let written = outer_line.trim_end_matches(['\n', '\r']);
        let skip = match (content.is_empty(), indent) {
            (true, _) => 0,
            (false, Some(indent)) => indent,
            (false, None) => written.len().checked_sub(content.len())?,
        };
        if !content.is_empty() {
            indent = Some(skip);
            // The span ends before blanks that end the last line.
            if written.get(skip..)? != content && written.get(skip..)? != content.trim_end() {
                return None;
            }
        }
        lines.push((value_at as u32, (outer_at + skip) as u32));
        value_at += line.len();
        outer_at += outer_line.len();
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::super::Manifests;
    use super::*;

    /// The documents within `config` of a document, and the texts their spans name.
    fn embedded(text: &str) -> (Vec<Node>, Vec<String>, Vec<Diagnostic>) {
        let manifests = Manifests::from_text("test.yaml", text);
        assert_eq!(manifests.diagnostics, []);
        let node = manifests.untyped[0].node.nearest("data.config").clone();
        let mut diagnostics = Vec::new();
        let documents = parse_embedded(&manifests.sources, &node, &mut diagnostics);
        let mut texts = Vec::new();
        for document in &documents {
            for path in ["peers[0].my-asn", "name"] {
                let node = document.nearest(path);
                texts.push(text[node.span.start as usize..node.span.end as usize].to_owned());
            }
        }
        (documents, texts, diagnostics)
    }

    #[test]
    fn literal_blocks_have_spans_at_the_very_place() {
        for header in ["|", "|-", "|+", "|2", "| # a > b"] {
            for newline in ["\n", "\r\n"] {
                let text = format!(
                    "data:\n  config: {header}\n\n    peers:\n    - my-asn: 64500\n\n      x: é\n    \
                     name: pool\n"
                )
                .replace('\n', newline);
                let (documents, texts, diagnostics) = embedded(&text);
                assert_eq!(diagnostics, []);
                assert_eq!(documents.len(), 1, "{header}");
                assert_eq!(texts, ["64500", "pool"], "{header:?} {newline:?}");
            }
        }
    }

    #[test]
    fn spans_in_folded_blocks_are_the_whole_block() {
        let (documents, texts, diagnostics) =
            embedded("data:\n  config: >\n    {name: pool,\n    peers: []}\n  x: y\n");
        assert_eq!(diagnostics, []);
        assert_eq!(documents[0].get("name").unwrap().as_str(), Some("pool"));
        assert_eq!(texts[1], ">\n    {name: pool,\n    peers: []}");
    }

    #[test]
    fn strings_on_one_line_have_spans_at_the_very_place() {
        for text in [
            "data: {config: 'name: pool'}",
            "data: {config: \"name: pool\"}",
            "data:\n  config: >-\n    name: pool\n",
        ] {
            let (_, texts, _) = embedded(text);
            assert_eq!(texts[1], "pool", "{text}");
        }
        let (documents, texts, _) = embedded("data: {config: \"name:\\tpool\\n\"}");
        assert_eq!(documents[0].get("name").unwrap().as_str(), Some("pool"));
        assert_eq!(texts[1], "\"name:\\tpool\\n\"");
    }

    #[test]
    fn errors_are_at_the_place_in_the_outer_text() {
        let text = "data:\n  config: |\n    name: pool\n    a: b: c\n    ---\n    name: next\n";
        let (documents, _, diagnostics) = embedded(text);
        assert_eq!(documents.len(), 1);
        assert_eq!(diagnostics[0].code.id, "M2C101");
        let start = diagnostics[0].labels[0].span.start as usize;
        assert_eq!(text[..start].matches('\n').count(), 3);
    }

    #[test]
    fn an_embedded_template_is_named() {
        let text = "data:\n  config: |\n    name: {{ .Values.name }}\n";
        let (documents, _, diagnostics) = embedded(text);
        assert!(documents.is_empty());
        assert_eq!(diagnostics[0].code.id, "M2C102");
        let span = diagnostics[0].labels[0].span;
        assert_eq!(&text[span.start as usize..span.end as usize], "{{");
    }
}
