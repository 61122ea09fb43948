//! Placeholders: `${NAME}`, `$NAME`, `${NAME:-default}`.

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
}

/// The placeholders of a text, in order; `$$` keeps one from being one.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find('$')?;
            let rest = &text[start + 1..];
            if rest.starts_with('$') {
                at = start + 2;
            } else if let Some((length, name, default)) = body(rest) {
                at = start + 1 + length;
                return Some(Placeholder { start, end: at, name, default });
            } else {
                at = start + 1;
            }
        }
    })
}

/// The names of a text's placeholders.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    placeholders(text).map(|placeholder| placeholder.name)
}

/// What stands behind the `$`: its length, the name, the default.
fn body(rest: &str) -> Option<(usize, &str, Option<&str>)> {
    let Some(braced) = rest.strip_prefix('{') else {
        let length = name_length(rest)?;
        return Some((length, &rest[..length], None));
    };
    let length = name_length(braced)?;
    let (name, behind) = braced.split_at(length);
    let close = behind.find('}')?;
    let default = match &behind[..close] {
        "" => None,
        operation => Some(
            operation
                .strip_prefix(":-")
                .or_else(|| operation.strip_prefix(":="))
                .or_else(|| operation.strip_prefix(['-', '=']))?,
        ),
    };
    Some((1 + length + close + 1, name, default))
}

fn name_length(text: &str) -> Option<usize> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_alphabetic() || first == b'_') {
        return None;
    }
    Some(text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count())
}
