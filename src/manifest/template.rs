//! Texts that are not manifests: templates that want rendering, scripts, prose.

/// The byte offset of the first template marker, `{{` or `{%`, that does not
/// stand in a line of comment.
pub(super) fn first_marker(text: &str) -> Option<usize> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let marker = [line.find("{{"), line.find("{%")].into_iter().flatten().min();
        if let Some(marker) = marker
            && !line.trim_start().starts_with('#')
        {
            return Some(offset + marker);
        }
        offset += line.len();
    }
    None
}

/// Whether a text holds a template expression, `{{ … }}` or `{% … %}`.
pub(super) fn has_template_expression(text: &str) -> bool {
    [("{{", "}}"), ("{%", "%}")]
        .iter()
        .any(|(open, close)| text.find(open).is_some_and(|at| text[at..].contains(close)))
}

/// Whether a text starts as YAML or JSON does: with a collection, a key, a
/// marker or a directive.
pub(super) fn looks_like_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let Some(line) = lines.next() else { return true };
    if line.starts_with(['{', '[', '%', '?', '&', '!']) || line.starts_with("---") {
        return true;
    }
    line == "-" || line.starts_with("- ") || starts_with_key(line)
}

/// `key:`, `"key":` or `'key':` at the start of a line.
fn starts_with_key(line: &str) -> bool {
    let rest = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => match line[1..].find(quote) {
            Some(end) => &line[end + 2..],
            None => return false,
        },
        _ => match line.find(|c: char| !(c.is_alphanumeric() || "._-/$".contains(c))) {
            Some(end) if end > 0 => &line[end..],
            _ => return false,
        },
    };
    rest.trim_start()
        .strip_prefix(':')
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Kinds of MetalLB's that are configuration.
pub(crate) const METALLB_KINDS: [&str; 7] = [
    "IPAddressPool",
    "AddressPool",
    "L2Advertisement",
    "BGPAdvertisement",
    "BGPPeer",
    "BFDProfile",
    "Community",
];

/// The offset and the length of the first line that speaks of MetalLB.
pub(super) fn metallb_line(text: &str) -> Option<(usize, usize)> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let is_kind = line.split_once("kind:").is_some_and(|(_, kind)| {
            METALLB_KINDS.contains(&kind.trim().trim_matches(['"', '\'']))
        });
        if is_kind || line.contains("metallb") || line.contains("address-pools:") {
            let leading = line.len() - line.trim_start().len();
            return Some((offset + leading, line.trim().len()));
        }
        offset += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_yaml_from_other_texts() {
        for text in [
            "",
            "# only a comment",
            "a: b",
            "\"a\": b",
            "'a' : b",
            "{\"a\": 1}",
            "- a: b",
            "-",
            "---\nfoo",
            "%YAML 1.1",
            "metallb.io/x: y",
            "key:",
            "\n\n# c\nkind: X",
        ] {
            assert!(looks_like_yaml(text), "{text:?}");
        }
        for text in [
            "cat <<EOF | kubectl apply -f -\nkind: X\nEOF",
            "resource \"a\" \"b\" {\n}",
            "just prose",
            "https://example.com",
            "set -e",
            "\"unterminated",
            "''",
            "|",
        ] {
            assert!(!looks_like_yaml(text), "{text:?}");
        }
    }

    #[test]
    fn the_first_line_about_metallb_is_found() {
        let text = "set -e\ncat <<EOF\n  kind: IPAddressPool\nEOF\n";
        let (offset, length) = metallb_line(text).unwrap();
        assert_eq!(&text[offset..offset + length], "kind: IPAddressPool");
        assert_eq!(metallb_line("kind: Pod\n"), None);
    }

    #[test]
    fn template_expressions_are_closed() {
        assert!(has_template_expression("{{ .Values.x }}"));
        assert!(has_template_expression("a{% if x %}b"));
        assert!(!has_template_expression("{{"));
        assert!(!has_template_expression("${X} {a}"));
        assert_eq!(first_marker("a {% b {{"), Some(2));
        assert_eq!(first_marker("# {{ a }}\nb: {{ c }}\n"), Some(13));
        assert_eq!(first_marker(" # {{ a }}\n"), None);
    }
}
