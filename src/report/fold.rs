//! Long lines of YAML over several lines, of which YAML makes the same value.

/// The parts of a line, none wider than `width` where it can be broken: after a comma
/// within brackets (flow collections, YAML 1.2.2 section 7.4). Further lines are indented
/// by more than the first, as such a collection has to be.
pub(super) fn flow(line: &str, width: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut parts = Vec::new();
    let indent = line.len() - line.trim_start().len() + 4;
    let mut rest = line.to_owned();
    let is_comment = line.trim_start().starts_with('#');
    while length(&rest) > width && !is_comment {
        let fits = breaks(&rest).filter(|at| {
            let before = rest.get(..*at).unwrap_or_default();
            length(before) <= width && before.trim_start().len() > 1
        });
        // A word that is too long by itself has a line by itself.
        let Some(at) = fits.last().or_else(|| breaks(&rest).next()) else { break };
        let (before, after) = rest.split_at(at);
        let after = format!("{}{}", " ".repeat(indent), after.trim_start());
        parts.push(before.trim_end().to_owned());
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Where what follows may stand on the next line: after a comma and a space outside of
/// quotes. Outside of brackets no such comma stands in what is written here but in text,
/// which is quoted.
fn breaks(line: &str) -> impl Iterator<Item = usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut last = None;
    let mut found = Vec::new();
    for (at, character) in line.char_indices() {
        match (quote, character) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ') if last == Some(',') => found.push(at + 1),
            _ => {}
        }
        last = Some(character);
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_line_is_the_same_value() {
        for line in [
            r#"endpoints: [{addresses: ["192.0.2.1"], conditions: {ready: true}, nodeName: "n"}]"#,
            r#"- {a: "x, \", y, z, and more of the same", b: 'it''s, all', c: [1, 2, 3, 4, 5]}"#,
            "# a comment, which has no way to go on in the next line, stays as it is",
            r#"  labels: {"kubernetes.io/metadata.name": "shop", "a": "b", "c": "d", "e": "f"}"#,
        ] {
            for width in [1, 10, 30, 40, 60, 200] {
                let parts = flow(line, width);
                let read = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).unwrap();
                assert_eq!(read(&parts.join("\n")), read(line), "{width}: {parts:?}");
                assert!(
                    width < 60
                        || line.starts_with('#')
                        || parts.iter().all(|part| part.len() <= width),
                    "{parts:?}"
                );
                assert!(width != 200 || parts == [line], "{parts:?}");
            }
        }
    }
}
