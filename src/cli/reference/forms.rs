//! The JSON forms, by their schemas.

use serde_json::Value;

use super::markdown::{GENERATED, table};

const INTRODUCTION: &str = "\
# JSON forms

What is printed with `-o json`, and what is read as JSON or YAML. Each form has a JSON Schema \
(draft 2020-12) in `schemas/`, and tests hold the output of each command against it. Fields may \
be added; those that are here keep their meaning.

";

macro_rules! schemas {
    ($($name:literal),* $(,)?) => {
        /// The schemas by name.
        const SCHEMAS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../schemas/", $name, ".json")))),*];
    };
}

schemas!(
    "diagnostic",
    "simulate",
    "events",
    "verify",
    "verify-observations",
    "diff",
    "check",
    "plan",
    "rewrite",
    "live-probe",
    "live-watch",
    "live-announce",
    "live-peer",
    "version",
    "explain",
);

pub(super) fn page() -> serde_json::Result<String> {
    let mut text = format!("{GENERATED}{INTRODUCTION}");
    for (name, schema) in SCHEMAS {
        let schema: Value = serde_json::from_str(schema)?;
        form(name, &schema, &mut text);
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn form(name: &str, schema: &Value, text: &mut String) {
    let word = |key: &str| schema[key].as_str().unwrap_or_default();
    text.push_str(&format!(
        "## {}\n\n`schemas/{name}.json`. {}\n\n",
        word("title"),
        word("description")
    ));
    if schema.get("properties").is_some() {
        text.push_str(&fields(name, schema, schema));
        text.push('\n');
    } else {
        text.push_str(&format!("Either {}.\n\n", kind(name, schema)));
    }
    for (part, definition) in schema["$defs"].as_object().into_iter().flatten() {
        let description = definition["description"].as_str().unwrap_or_default();
        text.push_str(&format!("<a id=\"{name}-{part}\"></a>\n**{part}**: {description}\n\n"));
        if definition.get("properties").is_some() {
            text.push_str(&fields(name, schema, definition));
            text.push('\n');
        }
    }
}

/// The fields of an object, those of its own parts below them.
fn fields(name: &str, root: &Value, schema: &Value) -> String {
    let mut rows = Vec::new();
    collect(name, root, "", schema, &mut rows);
    table(["field", "type", "meaning"], rows)
}

fn collect(name: &str, root: &Value, prefix: &str, schema: &Value, rows: &mut Vec<[String; 3]>) {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (field, value) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{field}");
        let optional = if required.contains(&field.as_str()) { "" } else { ", optional" };
        rows.push([
            format!("`{path}`"),
            format!("{}{optional}", kind(name, value)),
            description(root, value).to_owned(),
        ]);
        if value.get("properties").is_some() {
            collect(name, root, &format!("{path}."), value, rows);
        }
        if value["items"].get("properties").is_some() {
            collect(name, root, &format!("{path}[]."), &value["items"], rows);
        }
        for one in value["anyOf"].as_array().into_iter().flatten() {
            collect(name, root, &format!("{path}."), one, rows);
        }
    }
}

/// What a field means: its own description, or that of the part that it refers to.
fn description<'a>(root: &'a Value, schema: &'a Value) -> &'a str {
    let part = || {
        let path = schema["$ref"].as_str()?.strip_prefix('#')?;
        root.pointer(path)?["description"].as_str()
    };
    schema["description"].as_str().or_else(part).unwrap_or_default()
}

/// A type in words.
fn kind(name: &str, schema: &Value) -> String {
    if let Some(part) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return format!("[{part}](#{name}-{part})");
    }
    if let Some(constant) = schema.get("const") {
        return format!("`{constant}`");
    }
    if let Some(values) = schema["enum"].as_array() {
        let words =
            values.iter().map(|one| one.as_str().map_or("null".to_owned(), |w| format!("`{w}`")));
        return words.collect::<Vec<_>>().join(" or ");
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().map(|one| kind(name, one)).collect::<Vec<_>>().join(" or ");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let words = types.iter().map(|one| match *one {
        "array" if schema["prefixItems"].is_array() => "pair".to_owned(),
        "array" if schema["items"].is_object() => {
            format!("list of {}", kind(name, &schema["items"]))
        }
        "array" => "list".to_owned(),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map to {}", kind(name, &schema["additionalProperties"]))
        }
        other => other.to_owned(),
    });
    words.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_schema_is_in_the_reference() {
        let mut files: Vec<String> = fs::read_dir("schemas")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        files.sort();
        let mut listed: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_field_says_what_it_means() {
        let page = page().unwrap();
        let unsaid: Vec<&str> = page.lines().filter(|line| line.ends_with("|  |")).collect();
        assert_eq!(unsaid, [""; 0]);
        assert!(page.contains("| `differences` | list of [difference](#verify-difference) |"));
    }
}
