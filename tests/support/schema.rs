//! A checker of JSON Schema (draft 2020-12), as far as the schemas here use it.

use regex::Regex;
use serde_json::Value;

/// Why a value does not follow a schema; a keyword that is not known here panics.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, operand) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "examples" | "$defs" => true,
            "$ref" => {
                let pointer = operand.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(pointer).unwrap(), value, at, found);
                true
            }
            "type" => types(operand).any(|name| has_type(name, value)),
            "const" => value == operand,
            "enum" => operand.as_array().unwrap().contains(value),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= operand.as_u64().unwrap()),
            "pattern" => {
                let pattern = Regex::new(operand.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "required" => value.as_object().is_none_or(|fields| {
                operand
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|key| fields.contains_key(key.as_str().unwrap()))
            }),
            "properties" => {
                for (key, schema) in operand.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        check(root, schema, value, &format!("{at}/{key}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(*operand, Value::Bool(false));
                let known = schema["properties"].as_object().unwrap();
                value
                    .as_object()
                    .is_none_or(|fields| fields.keys().all(|key| known.contains_key(key)))
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, operand, item, &format!("{at}/{index}"), found);
                }
                true
            }
            "anyOf" => operand.as_array().unwrap().iter().any(|schema| {
                let mut faults = Vec::new();
                check(root, schema, value, at, &mut faults);
                faults.is_empty()
            }),
            other => panic!("the keyword {other} is not known"),
        };
        if !holds {
            found.push(format!("{at}: {keyword}"));
        }
    }
}

fn types(operand: &Value) -> impl Iterator<Item = &str> {
    let list = operand.as_array().map(Vec::as_slice).unwrap_or(std::slice::from_ref(operand));
    list.iter().map(|name| name.as_str().unwrap())
}

fn has_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known"),
    }
}
