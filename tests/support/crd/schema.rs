//! A structural schema (`apiextensions.k8s.io/v1` `JSONSchemaProps`), typed:
//! reading it refuses every keyword that the walker would not check.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::format::Format;
use super::metadata;

/// One node of a structural schema.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Schema {
    pub(super) r#type: Option<Type>,
    description: Option<IgnoredAny>,
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) additional_properties: Option<Additional>,
    pub(super) items: Option<Box<Schema>>,
    pub(super) required: Vec<String>,
    pub(super) r#enum: Option<Vec<Value>>,
    pub(super) pattern: Option<Pattern>,
    pub(super) format: Option<Format>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) exclusive_minimum: bool,
    pub(super) exclusive_maximum: bool,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) min_properties: Option<usize>,
    pub(super) max_properties: Option<usize>,
    pub(super) nullable: bool,
    pub(super) default: Option<Value>,
    pub(super) all_of: Vec<Schema>,
    pub(super) any_of: Vec<Schema>,
    #[serde(rename = "x-kubernetes-list-type")]
    pub(super) list_type: ListType,
    #[serde(rename = "x-kubernetes-list-map-keys")]
    pub(super) list_map_keys: Vec<String>,
    #[serde(rename = "x-kubernetes-map-type")]
    map_type: Option<IgnoredAny>,
    #[serde(rename = "x-kubernetes-preserve-unknown-fields")]
    pub(super) preserve_unknown_fields: bool,
    #[serde(rename = "x-kubernetes-int-or-string")]
    pub(super) int_or_string: bool,
    /// Compiled and evaluated by `kube-cel`, from the raw schema.
    #[serde(rename = "x-kubernetes-validations")]
    validations: Option<IgnoredAny>,
}

/// The JSON type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// `additionalProperties`: whether, or as what, further keys are allowed.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Additional {
    Allowed(bool),
    Of(Box<Schema>),
}

/// `x-kubernetes-list-type`: by what the items of a list must be distinct.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ListType {
    #[default]
    Atomic,
    Set,
    Map,
}

impl Schema {
    /// The schema of a whole resource: `apiVersion`, `kind` and `metadata` are
    /// known whether or not the CRD names them.
    pub(super) fn of_resource(raw: &Value) -> Result<Self, serde_json::Error> {
        let mut schema: Self = Deserialize::deserialize(raw)?;
        for key in ["apiVersion", "kind"] {
            let text = Self { r#type: Some(Type::String), ..Self::default() };
            schema.properties.entry(key.to_owned()).or_insert(text);
        }
        schema.properties.insert("metadata".to_owned(), metadata::schema()?);
        Ok(schema)
    }

    /// The schema of a property or, failing that, of any further key.
    pub(super) fn of_key(&self, key: &str) -> Option<&Self> {
        self.properties.get(key).or(match &self.additional_properties {
            Some(Additional::Of(schema)) => Some(schema),
            _ => None,
        })
    }

    /// Whether a key that has no schema of its own may stand here.
    pub(super) fn keeps_unknown(&self) -> bool {
        self.preserve_unknown_fields
            || matches!(self.additional_properties, Some(Additional::Allowed(true)))
    }

    /// What the API server does before it validates: nulls in fields that are
    /// not nullable are pruned, then absent fields take their defaults.
    pub(crate) fn prepare(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                self.prune_nulls(fields);
                for (key, property) in &self.properties {
                    if let Some(default) = &property.default {
                        fields.entry(key.clone()).or_insert_with(|| default.clone());
                    }
                }
                for (key, value) in fields {
                    if let Some(schema) = self.of_key(key) {
                        schema.prepare(value);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = &self.items {
                    items.iter_mut().for_each(|item| schema.prepare(item));
                }
            }
            _ => {}
        }
    }

    fn prune_nulls(&self, fields: &mut Map<String, Value>) {
        fields.retain(|key, value| {
            !value.is_null() || self.of_key(key).is_none_or(|schema| schema.nullable)
        });
    }
}

/// A `pattern`: a Go regular expression that need not be anchored.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    pub(super) source: String,
    // CRDs repeat long patterns that most objects never meet.
    compiled: OnceLock<Regex>,
}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }
}

impl Pattern {
    pub(super) fn is_match(&self, text: &str) -> bool {
        let compile = || Regex::new(&with_ascii_classes(&self.source)).unwrap();
        self.compiled.get_or_init(compile).is_match(text)
    }
}

/// The Perl classes are ASCII in Go and Unicode in the regex crate.
fn with_ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('s') => out.push_str(r"[\t\n\f\r ]"),
            Some('S') => out.push_str(r"[^\t\n\f\r ]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some(escaped) => out.extend(['\\', escaped]),
            None => out.push('\\'),
        }
    }
    out
}
