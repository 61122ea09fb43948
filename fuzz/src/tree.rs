//! Trees of YAML and JSON, read and made up.

use arbitrary::{Arbitrary, Result, Unstructured};
use metallb2cilium::manifest::{Node, Value};
use serde_json::{Map, Value as Json};

/// The JSON that a tree stands for; `None` for what JSON has no words for, and for
/// numbers that another reader may take otherwise.
pub fn json(node: &Node) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => i64::try_from(value.get()).ok()?.into(),
        Value::Float(value) => Json::Number(serde_json::Number::from_f64(*value)?),
        Value::String(text) => text.as_str().into(),
        Value::Seq(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let fields = entries.iter().map(|(key, _, value)| Some((key.clone(), json(value)?)));
            Json::Object(fields.collect::<Option<Map<_, _>>>()?)
        }
    })
}

/// Any mapping of so many levels, its keys and texts mostly from these.
pub fn any_mapping(
    input: &mut Unstructured<'_>,
    keys: &[&str],
    texts: &[&str],
    depth: u8,
) -> Result<Map<String, Json>> {
    let mut fields = Map::new();
    for _ in 0..input.int_in_range(0..=5)? {
        let key = any_text(input, keys)?;
        fields.insert(key, any_value(input, keys, texts, depth)?);
    }
    Ok(fields)
}

/// Any value of so many levels.
pub fn any_value(
    input: &mut Unstructured<'_>,
    keys: &[&str],
    texts: &[&str],
    depth: u8,
) -> Result<Json> {
    let kinds = if depth == 0 { 6 } else { 11 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => Json::Null,
        1 => bool::arbitrary(input)?.into(),
        2 => i64::from(i8::arbitrary(input)?).into(),
        3 => number(input)?,
        4..=6 => any_text(input, texts)?.into(),
        7 | 8 => {
            let count = input.int_in_range(0..=3)?;
            let items = (0..count).map(|_| any_value(input, keys, texts, depth - 1));
            Json::Array(items.collect::<Result<_>>()?)
        }
        _ => Json::Object(any_mapping(input, keys, texts, depth - 1)?),
    })
}

fn number(input: &mut Unstructured<'_>) -> Result<Json> {
    Ok(match input.int_in_range(0..=4)? {
        0 => u64::arbitrary(input)?.into(),
        1 => i64::arbitrary(input)?.into(),
        2 => f64::arbitrary(input)?.into(),
        3 => u16::arbitrary(input)?.into(),
        _ => u32::arbitrary(input)?.into(),
    })
}

fn any_text(input: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    if input.ratio(15, 16)? {
        Ok((*input.choose(known)?).to_owned())
    } else {
        String::arbitrary(input)
    }
}
