//! The small parts of YAML that the scanner of secrets tells apart: keys, names,
//! placeholders, scalars.

/// The column at which a line's text begins. A tab is deeper than any key.
pub(super) fn indentation(line: &str) -> usize {
    let blank = line.chars().take_while(|c| c.is_whitespace());
    blank.map(|c| if c == '\t' { 64 } else { 1 }).sum()
}

/// The key that ends where the text ends, with its quotes.
pub(super) fn key_before(text: &str) -> &str {
    let text = text.trim_end();
    let length = match text.chars().next_back() {
        Some(quote @ ('"' | '\'')) => {
            let inner = text.get(..text.len() - 1).unwrap_or_default();
            inner.rfind(quote).map_or(0, |open| text.len() - open)
        }
        _ => text.chars().rev().take_while(|c| is_name_char(*c)).map(char::len_utf8).sum(),
    };
    text.get(text.len() - length..).unwrap_or_default()
}

pub(super) fn is_name_char(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '/')
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_char)
}

/// `key:` or `key: value`, maybe as an item of a list.
pub(super) fn is_entry(line: &str) -> bool {
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let key = line.find(|c| !is_name_char(c)).unwrap_or(line.len());
    let behind = line.get(key..).unwrap_or_default();
    key > 0 && (behind.trim_end() == ":" || behind.starts_with(": "))
}

/// The name in `${NAME}` or `$NAME` and nothing else: of a secret, not a secret.
pub(super) fn placeholder(text: &str) -> Option<&str> {
    let text = text.split(" #").next().unwrap_or_default().trim();
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (is_name && name.chars().all(is_word)).then_some(name)
}

/// How long a plain scalar of a flow collection is: up to a comma before the
/// next key.
pub(super) fn flow_scalar(text: &str) -> usize {
    let next_key = text.match_indices(',').find(|(at, _)| {
        let behind = text.get(at + 1..).unwrap_or_default().trim_start();
        let key = behind.find(|c| !(is_name_char(c) || c == '"')).unwrap_or(behind.len());
        key > 0 && behind.get(key..).is_some_and(|rest| rest.trim_start().starts_with(':'))
    });
    next_key.map_or_else(|| text.trim_end_matches(['}', ']', ',', ' ']).len(), |(at, _)| at)
}

/// How many bytes of white space a text begins with.
pub(super) fn blank(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}
