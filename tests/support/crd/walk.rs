//! Walks an object along its structural schema and collects what is wrong.

use serde_json::{Map, Value};

use super::format::as_integer;
use super::schema::{ListType, Schema, Type};

impl Schema {
    /// The errors of a [prepared](Schema::prepare) value, unknown fields included.
    pub(crate) fn check(&self, value: &Value) -> Vec<String> {
        let mut walk = Walk { errors: Vec::new(), unknown_fields: true };
        walk.value(self, value, "");
        walk.errors
    }
}

struct Walk {
    errors: Vec<String>,
    /// Off inside `allOf` and `anyOf`, whose branches say a part only.
    unknown_fields: bool,
}

impl Walk {
    fn error(&mut self, path: &str, what: impl AsRef<str>) {
        let path = if path.is_empty() { "object" } else { path };
        self.errors.push(format!("{path}: {}", what.as_ref()));
    }

    fn value(&mut self, schema: &Schema, value: &Value, path: &str) {
        if value.is_null() && schema.nullable {
            return;
        }
        if !has_type(schema, value) {
            let wanted = schema.r#type.map_or_else(|| "int-or-string".to_owned(), lower);
            return self.error(path, format!("must be of type {wanted}: {value}"));
        }
        match value {
            Value::Object(fields) => self.object(schema, fields, path),
            Value::Array(items) => self.array(schema, items, path),
            Value::String(text) => self.string(schema, text, path),
            Value::Number(number) => self.number(schema, number.as_f64(), path),
            Value::Bool(_) | Value::Null => {}
        }
        if let Some(allowed) = &schema.r#enum
            && !allowed.contains(value)
        {
            self.error(path, format!("unsupported value {value}, must be one of {allowed:?}"));
        }
        if let Some(format) = schema.format
            && !format.accepts(value)
        {
            self.error(path, format!("must be of format {format:?}: {value}"));
        }
        self.junctors(schema, value, path);
    }

    fn object(&mut self, schema: &Schema, fields: &Map<String, Value>, path: &str) {
        let within = |key: &str| match path {
            "" => key.to_owned(),
            _ => format!("{path}.{key}"),
        };
        for key in &schema.required {
            if !fields.contains_key(key) {
                self.error(&within(key), "required");
            }
        }
        for (key, value) in fields {
            match schema.of_key(key) {
                Some(schema) => self.value(schema, value, &within(key)),
                None if schema.keeps_unknown() || !self.unknown_fields => {}
                None => self.error(&within(key), "unknown field"),
            }
        }
        let bounds = (schema.min_properties, schema.max_properties);
        self.bounds(fields.len(), bounds, "properties", path);
    }

    fn array(&mut self, schema: &Schema, items: &[Value], path: &str) {
        if let Some(schema) = &schema.items {
            for (index, item) in items.iter().enumerate() {
                self.value(schema, item, &format!("{path}[{index}]"));
            }
        }
        self.bounds(items.len(), (schema.min_items, schema.max_items), "items", path);
        for (index, item) in items.iter().enumerate() {
            if items[..index].iter().any(|before| same_entry(schema, before, item)) {
                self.error(&format!("{path}[{index}]"), format!("duplicate entry {item}"));
            }
        }
    }

    fn string(&mut self, schema: &Schema, text: &str, path: &str) {
        let bounds = (schema.min_length, schema.max_length);
        self.bounds(text.chars().count(), bounds, "characters", path);
        if let Some(pattern) = &schema.pattern
            && !pattern.is_match(text)
        {
            self.error(path, format!("{text:?} should match {}", pattern.source));
        }
    }

    fn number(&mut self, schema: &Schema, number: Option<f64>, path: &str) {
        let Some(number) = number else { return self.error(path, "not a finite number") };
        if let Some(minimum) = schema.minimum
            && (number < minimum || (schema.exclusive_minimum && number == minimum))
        {
            self.error(path, format!("{number} is below the minimum of {minimum}"));
        }
        if let Some(maximum) = schema.maximum
            && (number > maximum || (schema.exclusive_maximum && number == maximum))
        {
            self.error(path, format!("{number} is above the maximum of {maximum}"));
        }
    }

    fn bounds(
        &mut self,
        count: usize,
        (min, max): (Option<usize>, Option<usize>),
        what: &str,
        path: &str,
    ) {
        if let Some(min) = min.filter(|min| count < *min) {
            self.error(path, format!("{count} {what}, must have at least {min}"));
        }
        if let Some(max) = max.filter(|max| count > *max) {
            self.error(path, format!("{count} {what}, may have at most {max}"));
        }
    }

    fn junctors(&mut self, schema: &Schema, value: &Value, path: &str) {
        let branch = |schema: &Schema| {
            let mut walk = Self { errors: Vec::new(), unknown_fields: false };
            walk.value(schema, value, path);
            walk.errors
        };
        self.errors.extend(schema.all_of.iter().flat_map(branch));
        if !schema.any_of.is_empty() && !schema.any_of.iter().any(|one| branch(one).is_empty()) {
            self.error(path, "must validate at least one schema (anyOf)");
        }
    }
}

fn has_type(schema: &Schema, value: &Value) -> bool {
    if schema.int_or_string {
        return value.is_string() || as_integer(value).is_some();
    }
    match schema.r#type {
        // A junctor's branch, or a field of any type.
        None => true,
        Some(Type::Array) => value.is_array(),
        Some(Type::Boolean) => value.is_boolean(),
        Some(Type::Integer) => as_integer(value).is_some(),
        Some(Type::Number) => value.is_number(),
        Some(Type::Object) => value.is_object(),
        Some(Type::String) => value.is_string(),
    }
}

fn lower(r#type: Type) -> String {
    format!("{:?}", r#type).to_lowercase()
}

/// Whether two items of a list are one entry of its set or map.
fn same_entry(schema: &Schema, a: &Value, b: &Value) -> bool {
    match schema.list_type {
        ListType::Atomic => false,
        ListType::Set => a == b,
        ListType::Map => schema.list_map_keys.iter().all(|key| a.get(key) == b.get(key)),
    }
}
