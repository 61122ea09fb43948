//! The tree that a YAML or JSON document is read into: every node knows its span.

use std::fmt;

use super::Span;
use crate::secret::Hidden;

/// A value with its place in the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is, as kubectl would read it.
    pub value: Value,
}

/// A YAML value, with scalars resolved by kubectl's (YAML 1.1) rules.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of up to 64 bits, signed or not.
    Int(Integer),
    /// A floating-point number.
    Float(f64),
    /// A string.
    String(String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping in input order: key, the key's span, value.
    Map(Vec<(String, Span, Node)>),
}

impl fmt::Debug for Value {
    /// Without texts: each may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(value) => f.debug_tuple("Bool").field(value).finish(),
            Self::Int(_) => f.write_str("Int"),
            Self::Float(_) => f.write_str("Float"),
            Self::String(text) => f.debug_tuple("String").field(&Hidden(text)).finish(),
            Self::Seq(items) => f.debug_tuple("Seq").field(items).finish(),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, _, value)| (Hidden(key), value));
                f.write_str("Map ")?;
                f.debug_map().entries(entries).finish()
            }
        }
    }
}

/// An integer as Kubernetes' readers take it: from the least of 64 bits with sign to
/// the most of 64 bits without.
///
/// Not an `i128` as it stands: its alignment would be that of every value, and make
/// large inputs slow to allocate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed(8))]
pub struct Integer(i128);

impl Integer {
    /// The number.
    pub fn get(self) -> i128 {
        self.0
    }
}

impl From<i128> for Integer {
    fn from(number: i128) -> Self {
        Self(number)
    }
}

impl Node {
    /// The value of a field of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => {
                entries.iter().find(|(name, ..)| name == key).map(|(_, _, node)| node)
            }
            _ => None,
        }
    }

    /// Whether both hold the same value, wherever it stands.
    pub fn same(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::Seq(one), Value::Seq(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.same(two))
            }
            (Value::Map(one), Value::Map(two)) => {
                let mut sorted: Vec<_> = two.iter().collect();
                sorted.sort_by(|one, two| one.0.cmp(&two.0));
                let find = |key: &str| {
                    let index = sorted.binary_search_by(|entry| entry.0.as_str().cmp(key)).ok()?;
                    sorted.get(index).map(|entry| &entry.2)
                };
                one.len() == two.len()
                    && one.iter().all(|(key, _, node)| find(key).is_some_and(|two| node.same(two)))
            }
            (Value::Float(one), Value::Float(two)) => one.to_bits() == two.to_bits(),
            (one, two) => one == two,
        }
    }

    /// The text of a string node.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The node at `path` (`spec.addresses[2]`), or the deepest node on the way
    /// to it that is written out.
    ///
    /// A key that holds dots is written in brackets with quotes:
    /// `metadata.annotations["metallb.io/address-pool"]`.
    pub fn nearest(&self, path: &str) -> &Node {
        let mut node = self;
        for segment in PathSegments(path) {
            let next = match (segment, &node.value) {
                (Segment::Key(key), Value::Map(_)) => node.get(key),
                (Segment::Index(index), Value::Seq(items)) => items.get(index),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

/// A key as a part of a path, in the form that [`Node::nearest`] takes.
pub(super) fn path_segment(key: &str, first: bool) -> String {
    if key.is_empty() || key.contains(['.', '[', ']', '"']) {
        format!("[\"{key}\"]")
    } else if first {
        key.to_owned()
    } else {
        format!(".{key}")
    }
}

enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

struct PathSegments<'a>(&'a str);

impl<'a> Iterator for PathSegments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let rest = self.0.strip_prefix('.').unwrap_or(self.0);
        if rest.is_empty() {
            return None;
        }
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, rest) = quoted.split_once("\"]")?;
            self.0 = rest;
            return Some(Segment::Key(key));
        }
        if let Some(indexed) = rest.strip_prefix('[') {
            let (index, rest) = indexed.split_once(']')?;
            self.0 = rest;
            return index.parse().ok().map(Segment::Index);
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, rest) = rest.split_at(end);
        self.0 = rest;
        Some(Segment::Key(key))
    }
}
