//! Placeholders in texts: `${NAME}`, `$NAME`, `${NAME:-default}`, as envsubst and
//! the substitution of Flux have them.

/// The longest `${…}` that is looked for: keeps the search linear.
const MAX_LENGTH: usize = 1024;

/// A placeholder within a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placeholder<'a> {
    /// Where it starts in the text.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// The variable.
    pub(super) name: &'a str,
    /// What stands behind `:-`, `-`, `:=` or `=`.
    pub(super) default: Option<&'a str>,
    /// Whether `$$` keeps it from being filled in.
    pub(super) escaped: bool,
}

/// The placeholders of a text in order, escaped ones too.
pub(super) fn scan(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find('$')?;
            let escaped = text[start + 1..].starts_with('$');
            let behind = start + 1 + usize::from(escaped);
            match body(&text[behind..]) {
                Some((length, name, default)) => {
                    at = behind + length;
                    return Some(Placeholder { start, end: at, name, default, escaped });
                }
                None => at = behind,
            }
        }
    })
}

/// Whether a text waits for a value: it holds a placeholder without default.
pub fn has_placeholder(text: &str) -> bool {
    names(text).next().is_some()
}

/// The names that a text waits for: of placeholders that are neither escaped nor
/// have a default.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    scan(text)
        .filter(|placeholder| !placeholder.escaped && placeholder.default.is_none())
        .map(|placeholder| placeholder.name)
}

/// What stands behind the `$`: its length, the name, the default.
fn body(rest: &str) -> Option<(usize, &str, Option<&str>)> {
    let Some(braced) = rest.strip_prefix('{') else {
        let length = name_length(rest)?;
        return Some((length, &rest[..length], None));
    };
    let (name, behind) = braced.split_at(name_length(braced)?);
    let close = closing_brace(behind)?;
    let default = match &behind[..close] {
        "" => None,
        operation => Some(
            operation
                .strip_prefix(":-")
                .or_else(|| operation.strip_prefix(":="))
                .or_else(|| operation.strip_prefix(['-', '=']))?,
        ),
    };
    Some((1 + name.len() + close + 1, name, default))
}

/// Where the `}` stands that closes a placeholder, past those within its default.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_LENGTH) {
        match byte {
            b'{' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// The length of the variable's name at the start of a text, `[A-Za-z_][A-Za-z0-9_]*`.
pub(super) fn name_length(text: &str) -> Option<usize> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_alphabetic() || first == b'_') {
        return None;
    }
    Some(text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_in_all_their_forms() {
        for (text, expected) in [
            ("${A}", vec![("A", None, false)]),
            ("$A/32", vec![("A", None, false)]),
            ("${A:-x}-${_b1:=y z}", vec![("A", Some("x"), false), ("_b1", Some("y z"), false)]),
            ("${A-x}${B=y}", vec![("A", Some("x"), false), ("B", Some("y"), false)]),
            ("${A:-${B}}", vec![("A", Some("${B}"), false)]),
            ("$${A} $$B", vec![("A", None, true), ("B", None, true)]),
            ("$A$B", vec![("A", None, false), ("B", None, false)]),
            ("^eth[0-9]+$", vec![]),
            ("${var.pool}", vec![]),
            ("${A:?must}", vec![]),
            ("${A", vec![]),
            ("$ $1 ${} ${1} $(A) $", vec![]),
        ] {
            let found: Vec<_> = scan(text).map(|p| (p.name, p.default, p.escaped)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
