//! Names of the objects that are written: valid, stable, without collisions.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::NO_POOL;
use crate::selector::is_label_value;

/// The longest name of an object that may also stand in a label value.
const MAX_LEN: usize = 63;

/// A name of at most 63 characters: the text itself, or its beginning with a
/// hash of the whole.
pub(super) fn bounded(text: &str) -> String {
    if text.len() <= MAX_LEN {
        return text.to_owned();
    }
    let hash = short_hash(text);
    let end = text.floor_char_boundary(MAX_LEN - hash.len() - 1);
    format!("{}-{hash}", text[..end].trim_end_matches(['-', '.', '_']))
}

/// The value of the label [`POOL_LABEL`](super::POOL_LABEL) that stands for a pool:
/// the name itself where it may stand there. It may not where it has more than 63
/// characters, comes from the old ConfigMap and is any text, or means no pool; then
/// a hash keeps it apart from others.
pub(crate) fn pool_label(pool: &str) -> String {
    if pool != NO_POOL && !pool.is_empty() && is_label_value(pool) {
        return pool.to_owned();
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let hash = short_hash(pool);
    let kept: String = pool
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .take(MAX_LEN - hash.len() - 1)
        .collect();
    match kept.trim_matches(['-', '.', '_']) {
        "" => hash,
        kept => format!("{kept}-{hash}"),
    }
}

/// Eight hexadecimal digits that stand for a text.
fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Gives out names of one kind of object, each once.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Names that others have already.
    pub(super) fn taken<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_owned).collect())
    }

    /// The wanted name, or the first of `wanted-2`, `wanted-3`, … that is free.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let wanted = dns_name(wanted);
        if self.0.insert(wanted.clone()) {
            return wanted;
        }
        let free = (2u64..)
            .map(|number| bounded(&format!("{wanted}-{number}")))
            .find(|name| !self.0.contains(name));
        // The numbers do not end before a free name is found.
        let name = free.unwrap_or(wanted);
        self.0.insert(name.clone());
        name
    }
}

/// A DNS-1123 subdomain from any text: names of objects come valid from the
/// API server, those made of several names may be too long.
fn dns_name(text: &str) -> String {
    let lower: String = text
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() || c == '-' || c == '.' => c,
            _ => '-',
        })
        .collect();
    // Each part between dots begins and ends with a letter or digit.
    let parts = lower.split('.').map(|part| part.trim_matches('-'));
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    let name = if name.len() > 253 { bounded(&name) } else { name };
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut names = Names::default();
        assert_eq!(names.claim("a"), "a");
        assert_eq!(names.claim("a"), "a-2");
        assert_eq!(names.claim("a-2"), "a-2-2");
        assert_eq!(names.claim("a"), "a-3");
    }

    #[test]
    fn long_texts_keep_their_beginning_and_differ_by_hash() {
        let (a, b) = ("x".repeat(100), format!("{}y", "x".repeat(99)));
        assert_eq!(bounded(&a).len(), MAX_LEN);
        assert_ne!(bounded(&a), bounded(&b));
        assert_eq!(bounded("short"), "short");
        // A character is left out as a whole.
        assert!(
            bounded(&format!("a{}", "€".repeat(30))).starts_with(&format!("a{}-", "€".repeat(17)))
        );
    }

    #[test]
    fn the_label_of_a_pool_is_its_name_where_that_is_a_label_value() {
        for name in ["web", "a.b-c", "Web_1"] {
            assert_eq!(pool_label(name), name);
        }
        for name in ["My Pool", "-a", "a-", "", "ä", &"x".repeat(64)] {
            let label = pool_label(name);
            assert_ne!(label, name);
            assert_eq!(pool_label(&label), label, "a label stands for itself");
        }
        assert_ne!(pool_label("a b"), pool_label("a/b"));
    }

    #[test]
    fn names_are_valid_subdomains() {
        let mut names = Names::default();
        assert_eq!(names.claim("Tor_1"), "tor-1");
        assert_eq!(names.claim("-"), "unnamed");
        for (text, name) in [("web .prod", "web.prod"), (".a..b-.-.c-", "a.b.c"), ("Ä.b", "b")] {
            assert_eq!(names.claim(text), name);
        }
    }

    #[test]
    fn a_name_is_cut_where_it_is_longer_than_a_subdomain_may_be() {
        let longest = "a".repeat(253);
        assert_eq!(Names::default().claim(&longest), longest);
        assert_eq!(Names::default().claim(&format!("{longest}a")).len(), MAX_LEN);
    }
}
