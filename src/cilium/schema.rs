//! Structural schemas as the API server checks them, as data.
//!
//! In: a tree and the schema of its kind. Out: every [`Fault`] with the path and
//! the span of the field. The schemas themselves stand in [`super::schemas`].

use super::kind::ApiVersion;
use super::version::{CiliumVersion, Feature};
use crate::manifest::{Node, Span, Value};

/// What a value must be.
#[derive(Debug)]
pub(super) enum Schema {
    /// An object with these fields and no others, and rules over them.
    Object(&'static [Field], &'static [Rule]),
    /// An object with any keys and such values.
    Map(&'static Schema),
    /// A list of such items.
    List(&'static Schema, Items),
    /// A string of some form.
    Text(Text),
    /// An integer, both bounds included.
    Integer(i64, i64),
    /// A boolean.
    Boolean,
    /// Anything, not looked at.
    Anything,
}

/// One field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) schema: &'static Schema,
    pub(super) required: Required,
    pub(super) served: Served,
}

/// Whether a field has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Required {
    Never,
    Always,
    Since(Feature),
}

/// Where something is part of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Served {
    /// From that version on.
    pub(super) since: Option<Feature>,
    /// Before that version.
    pub(super) until: Option<Feature>,
    /// Only in that apiVersion.
    pub(super) only: Option<ApiVersion>,
}

/// What is asked of a list as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    /// The field whose values must differ (`x-kubernetes-list-map-keys`).
    pub(super) key: Option<&'static str>,
}

/// The form of a string.
#[derive(Debug)]
pub(super) enum Text {
    /// Any string.
    Any,
    /// This many characters at least and at most.
    Length(usize, usize),
    /// One of these, each where it is served.
    OneOf(&'static [(&'static str, Served)]),
    /// What the predicate takes, and how to name that form.
    Form(&'static str, fn(&str) -> bool),
}

/// A rule over an object's fields (`x-kubernetes-validations`).
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) message: &'static str,
    pub(super) served: Served,
    pub(super) holds: fn(&Node) -> bool,
}

/// One thing that the API server refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) kind: FaultKind,
    pub(super) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    UnknownField,
    Value,
    Rule,
}

/// Checks a tree for one Cilium version and apiVersion.
pub(super) struct Checker {
    pub(super) version: CiliumVersion,
    pub(super) api_version: ApiVersion,
    pub(super) faults: Vec<Fault>,
}

impl Checker {
    pub(super) fn serves(&self, served: Served) -> bool {
        served.since.is_none_or(|feature| self.version.has(feature))
            && !served.until.is_some_and(|feature| self.version.has(feature))
            && served.only.is_none_or(|api_version| self.api_version == api_version)
    }

    fn requires(&self, required: Required) -> bool {
        match required {
            Required::Never => false,
            Required::Always => true,
            Required::Since(feature) => self.version.has(feature),
        }
    }

    fn refuse(&mut self, path: &str, span: Span, kind: FaultKind, message: String) {
        self.faults.push(Fault { path: path.to_owned(), span, kind, message });
    }

    fn wrong_type(&mut self, node: &Node, path: &str, wanted: &str) {
        let found = name_of(&node.value);
        let hint = match &node.value {
            Value::String(text) if text.contains("${") || text.contains("{{") => {
                "; a placeholder is not filled in"
            }
            Value::Bool(_) if wanted == "a string" => "; put it in quotes",
            _ => "",
        };
        let message = format!("`{path}` must be {wanted}, not {found}{hint}");
        self.refuse(path, node.span, FaultKind::Value, message);
    }

    /// Checks `node` against `schema`; `path` is where it stands.
    pub(super) fn check(&mut self, schema: &Schema, node: &Node, path: &str) {
        match schema {
            Schema::Object(fields, rules) => self.object(fields, rules, node, path),
            Schema::Map(values) => self.map(values, node, path),
            Schema::List(items, limits) => self.list(items, *limits, node, path),
            Schema::Text(text) => self.text(text, node, path),
            Schema::Integer(min, max) => self.integer(*min, *max, node, path),
            Schema::Boolean if matches!(node.value, Value::Bool(_)) => {}
            Schema::Boolean => self.wrong_type(node, path, "a boolean"),
            Schema::Anything => {}
        }
    }

    fn object(&mut self, fields: &[Field], rules: &[Rule], node: &Node, path: &str) {
        let Value::Map(entries) = &node.value else {
            return self.wrong_type(node, path, "an object");
        };
        let before = self.faults.len();
        for (name, key_span, value) in entries {
            let mut known = fields.iter().filter(|field| field.name == name);
            let field_path = join(path, name);
            match known.clone().find(|field| self.serves(field.served)) {
                None => {
                    let message = unknown_message(&field_path, known.next(), self.version);
                    self.refuse(&field_path, *key_span, FaultKind::UnknownField, message);
                }
                // The API server drops nulls of fields that are not nullable.
                Some(_) if value.value == Value::Null => {}
                Some(field) => self.check(field.schema, value, &field_path),
            }
        }
        for field in fields {
            let missing = present(node, field.name).is_none();
            if missing && self.requires(field.required) && self.serves(field.served) {
                let message = format!("`{}` is required", join(path, field.name));
                self.refuse(path, node.span, FaultKind::Value, message);
            }
        }
        // Rules are evaluated on objects that are otherwise valid.
        if self.faults.len() == before {
            for rule in rules.iter().filter(|rule| !(rule.holds)(node)) {
                if self.serves(rule.served) {
                    let message = format!("`{path}`: {}", rule.message);
                    self.refuse(path, node.span, FaultKind::Rule, message);
                }
            }
        }
    }

    fn map(&mut self, values: &Schema, node: &Node, path: &str) {
        let Value::Map(entries) = &node.value else {
            return self.wrong_type(node, path, "an object");
        };
        for (key, _, value) in entries.iter().filter(|(.., value)| value.value != Value::Null) {
            self.check(values, value, &format!("{path}[\"{key}\"]"));
        }
    }

    fn list(&mut self, items: &Schema, limits: Items, node: &Node, path: &str) {
        let Value::Seq(elements) = &node.value else {
            return self.wrong_type(node, path, "a list");
        };
        let count = elements.len();
        if count < limits.min {
            let message = format!("`{path}` must have at least {} items", limits.min);
            self.refuse(path, node.span, FaultKind::Value, message);
        }
        if let Some(max) = limits.max.filter(|max| count > *max) {
            let message = format!("`{path}` must have at most {max} items, not {count}");
            self.refuse(path, node.span, FaultKind::Value, message);
        }
        for (index, element) in elements.iter().enumerate() {
            self.check(items, element, &format!("{path}[{index}]"));
        }
        if let Some(key) = limits.key {
            self.unique(key, elements, path);
        }
    }

    fn unique(&mut self, key: &str, elements: &[Node], path: &str) {
        let mut seen = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let Some(name) = present(element, key).and_then(Node::as_str) else { continue };
            if seen.contains(&name) {
                let path = format!("{path}[{index}]");
                let message = format!("`{path}`: another entry has the {key} {name:?}");
                self.refuse(&path, element.span, FaultKind::Value, message);
            }
            seen.push(name);
        }
    }

    fn text(&mut self, form: &Text, node: &Node, path: &str) {
        let Value::String(text) = &node.value else {
            return self.wrong_type(node, path, "a string");
        };
        let fault = match form {
            Text::Any => None,
            Text::Length(min, max) => {
                let length = text.chars().count();
                (length < *min || length > *max)
                    .then(|| format!("must have {min} to {max} characters, not {length}"))
            }
            Text::OneOf(variants) => {
                let allowed: Vec<&str> = variants
                    .iter()
                    .filter(|(_, served)| self.serves(*served))
                    .map(|(name, _)| *name)
                    .collect();
                (!allowed.contains(&text.as_str()))
                    .then(|| format!("must be one of {}, not {text:?}", allowed.join(", ")))
            }
            Text::Form(name, accepts) => {
                (!accepts(text)).then(|| format!("must be {name}, not {text:?}"))
            }
        };
        if let Some(fault) = fault {
            self.refuse(path, node.span, FaultKind::Value, format!("`{path}` {fault}"));
        }
    }

    fn integer(&mut self, min: i64, max: i64, node: &Node, path: &str) {
        let number = match node.value {
            Value::Int(number) => number.get(),
            // A whole number reaches the API server as an integer however it is written.
            Value::Float(number) if number.fract() == 0.0 => number as i128,
            _ => return self.wrong_type(node, path, "an integer"),
        };
        if number < i128::from(min) || number > i128::from(max) {
            let message = format!("`{path}` must be {min} to {max}, not {number}");
            self.refuse(path, node.span, FaultKind::Value, message);
        }
    }
}

/// The value of a field that is there and not null.
pub(super) fn present<'a>(node: &'a Node, field: &str) -> Option<&'a Node> {
    node.get(field).filter(|value| value.value != Value::Null)
}

fn unknown_message(path: &str, known: Option<&Field>, version: CiliumVersion) -> String {
    let Some(field) = known else { return format!("unknown field `{path}`") };
    match field.served.since.and_then(Feature::fact).filter(|fact| version < fact.since) {
        Some(fact) => format!("unknown field `{path}`: it is there from Cilium {} on", fact.since),
        None => match field.served.only {
            Some(only) => format!("unknown field `{path}`: it is in {only} only"),
            None => format!("unknown field `{path}`"),
        },
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) => "an integer",
        Value::Float(_) => "a number",
        Value::String(_) => "a string",
        Value::Seq(_) => "a list",
        Value::Map(_) => "an object",
    }
}
