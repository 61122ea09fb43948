//! YAML and JSON streams in: bytes become [`Object`]s that know where in the
//! input each of their fields stands.
//!
//! In: files, directories, stdin. Out: [`Manifests`], the objects in input order
//! with the diagnostics of what could not be read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::ObjectRef;

pub mod codes;
mod decode;
mod deduplicate;
mod document;
mod embedded;
mod input;
mod json;
mod node;
mod object;
mod parse;
mod placeholder;
mod read;
mod scalar;
mod source;
mod substitute;
mod template;
mod tree;
mod yaml;

pub use decode::{Mode, Problem, ProblemKind, check_metadata, closest, decode, decode_object};
pub use deduplicate::deduplicate;
pub use embedded::parse_embedded;
pub use input::{DEFAULT_MAX_BYTES, Input};
pub use node::{Integer, Node, Value};
pub use placeholder::{has_placeholder, names as placeholder_names};
pub use read::{Manifests, Untyped};
pub use scalar::reads_as_text;
pub use source::{Position, Source, SourceId, Sources, Span};
pub use substitute::{Filled, Substitutions, Unfilled, unfilled};
pub(crate) use template::METALLB_KINDS;
pub use tree::{RawDocument, RawError, is_no_manifest, raw_documents};

/// The annotation in which kubectl keeps what it applied last: an older text of the object.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What every Kubernetes object says of itself in `metadata`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectMeta {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`; empty where the input has none.
    pub namespace: String,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// `metadata.creationTimestamp` as it stands in the input (RFC 3339), if any.
    pub creation_timestamp: Option<String>,
}

impl ObjectMeta {
    /// How diagnostics name an object of that kind with this metadata.
    pub fn reference(&self, kind: &str) -> ObjectRef {
        ObjectRef {
            kind: kind.to_owned(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// Where a typed value came from: the tree it was decoded from.
///
/// Typed values carry no spans themselves; a diagnostic asks for the span of a
/// field by its path (`spec.addresses[2]`) when it needs one.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    node: Option<Arc<Node>>,
    rename: Option<fn(&str) -> String>,
}

impl Origin {
    /// The origin of a value decoded from `node`.
    pub fn new(node: Arc<Node>) -> Self {
        Self { node: Some(node), rename: None }
    }

    /// The origin of a value translated from an older form: `rename` turns a
    /// path of the new form into the path in `node`.
    pub fn renamed(node: Arc<Node>, rename: fn(&str) -> String) -> Self {
        Self { node: Some(node), rename: Some(rename) }
    }

    /// The span of the field at `path`, or of the nearest enclosing field that
    /// is written out; `None` only for values that were not read from input.
    pub fn span(&self, path: &str) -> Option<Span> {
        let node = self.node.as_deref()?;
        let path = match self.rename {
            Some(rename) => rename(path),
            None => path.to_owned(),
        };
        Some(node.nearest(&path).span)
    }
}

/// One Kubernetes object of the input, typed by nothing but its kind.
#[derive(Debug, Clone)]
pub struct Object {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata`.
    pub meta: ObjectMeta,
    /// The whole object.
    pub node: Arc<Node>,
}

impl Object {
    /// The API group: what stands before the `/` of `apiVersion`; empty for the
    /// core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// How diagnostics name it.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind.clone(),
            namespace: self.meta.namespace.clone(),
            name: self.meta.name.clone(),
        }
    }
}

/// A typed API object: its metadata, its `spec`, and where it came from.
#[derive(Debug, Clone, Default)]
pub struct Resource<T> {
    /// `metadata`.
    pub meta: ObjectMeta,
    /// `spec`.
    pub spec: T,
    /// Where the fields stand in the input.
    pub origin: Origin,
}

#[cfg(test)]
mod tests;
