//! serde's view of a [`Node`].

use serde::de::{self, Visitor};

use super::super::placeholder;
use super::super::template::has_template_expression;
use super::super::{Node, Span, Value};
use super::access::{EnumAccess, ItemAccess, MapAccess};
use super::context::{Context, Path, named};
use super::error::Error;
use super::problem::closest;
use super::{Mode, Problem, ProblemKind};

/// serde's view of one node.
#[derive(Clone, Copy)]
pub(super) struct Deserializer<'n, 'p> {
    node: &'n Node,
    path: Path<'p>,
    context: &'p Context,
}

/// What the API wants where something else stands.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Boolean,
    Integer,
    Number,
    Text,
    List,
    Mapping,
    Nothing,
}

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Mapping => "a mapping",
            Self::Nothing => "null",
        }
    }
}

/// What stands at a node, for people.
fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) => "an integer",
        Value::Float(_) => "a number",
        Value::String(_) => "a string",
        Value::Seq(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

impl<'n, 'p> Deserializer<'n, 'p> {
    pub(super) fn new(node: &'n Node, path: Path<'p>, context: &'p Context) -> Self {
        Self { node, path, context }
    }

    fn problem(&self, kind: ProblemKind, message: String, help: Option<String>) {
        let path = self.path.to_string();
        let message = format!("{} {message}", named(&path));
        self.context.add(Problem { path, span: self.node.span, kind, message, help });
    }

    /// Notes that `wanted` is not what stands here.
    fn mismatch(&self, wanted: Wanted) {
        let found = name_of(&self.node.value);
        let message = format!("must be {}, it is {found}", wanted.name());
        let help = match (&self.node.value, wanted) {
            (Value::String(text), _) => match unfilled(text) {
                Some((what, help)) => {
                    let message = format!("must be {}, it is {what}", wanted.name());
                    return self.problem(ProblemKind::Unfilled, message, Some(help));
                }
                None if wanted == Wanted::List => Some("put it into a list: `- …`".to_owned()),
                None if scalar_is(text, wanted) => Some("remove the quotes".to_owned()),
                None => None,
            },
            (Value::Bool(_) | Value::Int(_) | Value::Float(_), Wanted::Text) => Some(format!(
                "put quotes around it: without them YAML 1.1, as kubectl reads it, has {found} here"
            )),
            _ => None,
        };
        self.problem(ProblemKind::WrongType, message, help);
    }

    fn integer(&self, least: i128, most: i128) -> i128 {
        let number = match self.node.value {
            Value::Int(number) => number.get(),
            // kubectl hands `1.0` on as `1`.
            Value::Float(float) if float.fract() == 0.0 && float.abs() < 1e21 => float as i128,
            _ => {
                self.mismatch(Wanted::Integer);
                return 0;
            }
        };
        if (least..=most).contains(&number) {
            return number;
        }
        let message = format!("must be between {least} and {most}, it is {number}");
        self.problem(ProblemKind::OutOfRange, message, None);
        0
    }

    fn text(&self) -> &'n str {
        match &self.node.value {
            Value::String(text) => text,
            _ => {
                self.mismatch(Wanted::Text);
                ""
            }
        }
    }

    fn map<V: Visitor<'n>>(self, fields: Option<&[&str]>, visitor: V) -> Result<V::Value, Error> {
        let entries = match &self.node.value {
            Value::Map(entries) => entries.as_slice(),
            // As the API server: null is unset.
            Value::Null => &[],
            _ => {
                self.mismatch(Wanted::Mapping);
                &[]
            }
        };
        if let Some(fields) = fields
            && self.context.mode == Mode::Strict
        {
            for (key, span, _) in entries {
                if !fields.contains(&key.as_str()) {
                    self.context.add(unknown_field(
                        &Path::Key(&self.path, key),
                        key,
                        *span,
                        fields,
                    ));
                }
            }
        }
        let access = MapAccess::new(entries, fields, &self.path, self.context);
        visitor.visit_map(access).map_err(|error| error.within(&self.path, self.node.span))
    }

    fn seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = match &self.node.value {
            Value::Seq(items) => items.as_slice(),
            Value::Null => &[],
            _ => {
                self.mismatch(Wanted::List);
                &[]
            }
        };
        let access = ItemAccess::new(items, &self.path, self.context);
        visitor.visit_seq(access).map_err(|error| error.within(&self.path, self.node.span))
    }

    fn within<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| error.within(&self.path, self.node.span))
    }
}

fn unknown_field(path: &Path<'_>, key: &str, span: Span, fields: &[&str]) -> Problem {
    let path = path.to_string();
    let help = match closest(key, fields) {
        Some(field) => Some(format!("did you mean \"{field}\"?")),
        None if fields.is_empty() || fields.len() > 12 => None,
        None => Some(format!("the fields here are {}", fields.join(", "))),
    };
    let message = format!("unknown field \"{path}\"");
    Problem { path, span, kind: ProblemKind::UnknownField, message, help }
}

/// Whether the text would be of the wanted type without quotes.
fn scalar_is(text: &str, wanted: Wanted) -> bool {
    matches!(
        (super::super::scalar::resolve_plain(text), wanted),
        (Some(Value::Bool(_)), Wanted::Boolean)
            | (Some(Value::Int(_)), Wanted::Integer | Wanted::Number)
            | (Some(Value::Float(_)), Wanted::Number)
    )
}

/// What is still to be filled in within a text, and how.
fn unfilled(text: &str) -> Option<(String, String)> {
    if has_template_expression(text) {
        let help = "render the template first: `helm template …` or `kustomize build …`";
        return Some((format!("the template expression `{text}`"), help.to_owned()));
    }
    let name = placeholder::names(text).next()?;
    let help = format!("give its value: `--set {name}=…` or `--env-file`");
    Some((format!("the unfilled placeholder `{text}`"), help))
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ident;)*) => {$(
        fn $method<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
            let number = self.integer($type::MIN as i128, $type::MAX as i128);
            self.within(visitor.$visit(number as $type))
        }
    )*};
}

impl<'n> de::Deserializer<'n> for Deserializer<'n, '_> {
    type Error = Error;

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => match (i64::try_from(value.get()), u64::try_from(value.get())) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(value.get()),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Seq(_) => return self.seq(visitor),
            Value::Map(_) => return self.map(None, visitor),
        };
        self.within(result)
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.node.value {
            Value::Bool(value) => value,
            _ => {
                self.mismatch(Wanted::Boolean);
                false
            }
        };
        self.within(visitor.visit_bool(value))
    }

    fn deserialize_f32<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.node.value {
            Value::Float(value) => value,
            Value::Int(value) => value.get() as f64,
            _ => {
                self.mismatch(Wanted::Number);
                0.0
            }
        };
        self.within(visitor.visit_f64(value))
    }

    fn deserialize_char<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.within(visitor.visit_borrowed_str(self.text()))
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.node.value != Value::Null {
            self.mismatch(Wanted::Nothing);
        }
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.within(visitor.visit_newtype_struct(self))
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'n>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.map(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = match &self.node.value {
            // A variant with data: a mapping of one key.
            Value::Map(entries) if entries.len() == 1 => {
                let access = EnumAccess::with_content(&entries[0], &self.path, self.context);
                return self.within(visitor.visit_enum(access));
            }
            _ => self.text(),
        };
        let known = variants.contains(&text);
        if !known && matches!(self.node.value, Value::String(_)) {
            let (kind, found, help) = match unfilled(text) {
                Some((what, help)) => (ProblemKind::Unfilled, what, Some(help)),
                None => {
                    let help = closest(text, variants);
                    let help = help.map(|variant| format!("did you mean \"{variant}\"?"));
                    (ProblemKind::UnknownVariant, format!("\"{text}\""), help)
                }
            };
            let message = format!("must be one of {}, it is {found}", variants.join(", "));
            self.problem(kind, message, help);
        }
        // A wrong one is noted; any right one lets the reading go on.
        let text = if known { text } else { variants.first().copied().unwrap_or(text) };
        self.within(visitor.visit_enum(EnumAccess::unit(text)))
    }

    fn deserialize_identifier<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
