//! Which kinds of objects a text holds, as far as a broken one says.

/// Where a document says of which kinds its objects are.
pub(super) struct Kinds {
    has_secret: bool,
    /// Whether what stands in `items` may be cut off before its kind.
    is_list: bool,
    last: Option<usize>,
}

impl Kinds {
    pub(super) fn of(document: &str) -> Self {
        let mut kinds = Self { has_secret: false, is_list: has_items(document), last: None };
        for (at, _) in document.match_indices("kind") {
            let rest = document.get(at + 4..).unwrap_or_default();
            let rest = rest.trim_start_matches(['"', '\'', '\\']).trim_start();
            let Some(value) = rest.strip_prefix(':') else { continue };
            kinds.last = Some(at);
            let mut value = value.trim_start();
            while value.starts_with(['&', '!']) {
                let length = value.find(char::is_whitespace).unwrap_or(value.len());
                value = value.get(length..).unwrap_or_default().trim_start();
            }
            let value = value.trim_start_matches(['"', '\'', '\\']);
            let length = value.find(|c: char| !c.is_alphanumeric()).unwrap_or(value.len());
            let name = value.get(..length).unwrap_or_default().to_ascii_lowercase();
            kinds.has_secret |= matches!(name.as_str(), "secret" | "secretlist");
        }
        kinds
    }

    /// Whether `data` at that offset of the document may be a Secret's.
    pub(super) fn is_secret(&self, at: usize) -> bool {
        match self.last {
            None => true,
            Some(last) => self.has_secret || (self.is_list && last < at),
        }
    }
}

fn has_items(document: &str) -> bool {
    ["items:", "\"items\"", "items\\\""].iter().any(|key| document.contains(key))
}
