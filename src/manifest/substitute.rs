//! Values for placeholders: from `NAME=VALUE` settings and env files into trees.
//!
//! Substitution works on the scalars of a tree, as if `envsubst` had run over the
//! text before it was read: `${ASN}` without quotes becomes a number. It never
//! changes the structure around a scalar. It is for the kinds that matter only:
//! a `$` in a ConfigMap's script is none of our business, so callers choose.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::parse::Budget;
use super::placeholder::{name_length, scan};
use super::{
    LAST_APPLIED, Node, Object, Problem, ProblemKind, Sources, Span, Value, codes, object, parse,
    yaml,
};
use crate::diagnostic::Diagnostic;
use crate::secret::SecretString;

/// How deep defaults may hold further placeholders.
const MAX_NESTING: usize = 8;

/// The values of variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Substitutions {
    values: BTreeMap<String, SecretString>,
}

/// A placeholder without a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfilled {
    /// The field that holds it.
    pub path: String,
    /// Where the field's value stands (for a key: the key).
    pub span: Span,
    /// The variable's name.
    pub name: String,
}

/// A tree with its placeholders filled in.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The tree.
    pub node: Node,
    /// The placeholders for which there is neither a value nor a default.
    pub unfilled: Vec<Unfilled>,
    /// Values that do not fit where they would go.
    pub problems: Vec<Problem>,
}

impl Substitutions {
    /// Whether there are no values at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes `NAME=VALUE`; replaces an earlier value of the same name.
    pub fn set(&mut self, setting: &str) -> Result<(), Box<Diagnostic>> {
        match setting.split_once('=') {
            Some((name, value)) if name_length(name) == Some(name.len()) => {
                self.values.insert(name.to_owned(), SecretString::new(value));
                Ok(())
            }
            _ => {
                // What stands there may be a password.
                let message = match setting.split_once('=') {
                    Some(_) => "what stands before `=` in a `--set` is no name",
                    None => "a `--set` has no `=`: it is not of the form NAME=VALUE",
                };
                let help = "names consist of letters, digits and `_`: `--set RANGE=10.0.0.0/24`";
                Err(Box::new(Diagnostic::error(codes::SETTING, message).help(help)))
            }
        }
    }

    /// The values by their names.
    pub fn values(&self) -> &BTreeMap<String, SecretString> {
        &self.values
    }

    /// Takes an env file: `NAME=VALUE` lines, `#` comments, `export `, quotes.
    pub fn env_file(
        &mut self,
        sources: &mut Sources,
        name: &str,
        text: impl Into<Arc<str>>,
    ) -> Vec<Diagnostic> {
        let text = text.into();
        let source = sources.add(name, Arc::clone(&text));
        let mut diagnostics = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match env_line(line) {
                Ok((name, value)) => {
                    self.values.insert(name.to_owned(), SecretString::new(value));
                }
                Err(reason) => {
                    // Only the place: the line may hold a secret.
                    let span = parse::span(source, start, start);
                    let line = sources.start(span).line;
                    let message = format!("line {line} of {name} cannot be read: {reason}");
                    diagnostics.push(Diagnostic::error(codes::SETTING, message));
                }
            }
        }
        diagnostics
    }

    /// Fills in the scalars of a tree; `base_path` goes before the paths told.
    pub fn fill(&self, node: &Node, sources: &Sources, base_path: &str) -> Filled {
        let mut filler = Filler {
            values: &self.values,
            sources,
            unfilled: Vec::new(),
            problems: Vec::new(),
            path: base_path.to_owned(),
        };
        let mut node = node.clone();
        filler.node(&mut node);
        Filled { node, unfilled: filler.unfilled, problems: filler.problems }
    }

    /// Fills in an object, its metadata too; the filled tree is the new object's.
    /// Most objects have no placeholder, and are not copied.
    pub fn fill_object<'o>(
        &self,
        from: &'o Object,
        sources: &Sources,
    ) -> (Cow<'o, Object>, Vec<Unfilled>, Vec<Problem>) {
        if !has_dollar(&from.node) {
            return (Cow::Borrowed(from), vec![], vec![]);
        }
        let Filled { node, unfilled, problems } = self.fill(&from.node, sources, "");
        let text = |key, old: &str| node.get(key).and_then(Node::as_str).unwrap_or(old).to_owned();
        let object = Object {
            api_version: text("apiVersion", &from.api_version),
            kind: text("kind", &from.kind),
            meta: object::meta(&node),
            node: Arc::new(node),
        };
        (Cow::Owned(object), unfilled, problems)
    }
}

/// Whether a placeholder may stand in one of the scalars.
fn has_dollar(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => text.contains('$'),
        Value::Seq(items) => items.iter().any(has_dollar),
        Value::Map(entries) => {
            entries.iter().any(|(key, _, value)| key.contains('$') || has_dollar(value))
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

/// The placeholders of a tree that have no default.
pub fn unfilled(node: &Node, sources: &Sources, base_path: &str) -> Vec<Unfilled> {
    Substitutions::default().fill(node, sources, base_path).unfilled
}

/// The name and the value of a line of an env file.
fn env_line(line: &str) -> Result<(&str, String), &'static str> {
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, value) = line.split_once('=').ok_or("it has no `=`")?;
    let name = name.trim_end();
    if name_length(name) != Some(name.len()) {
        return Err("what stands before `=` is no name");
    }
    let value = value.trim_start();
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => Ok((name, quoted(&value[1..], quote)?)),
        _ => {
            let comment = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
            let end = if value.starts_with('#') { 0 } else { comment };
            Ok((name, value[..end].trim_end().to_owned()))
        }
    }
}

fn quoted(text: &str, quote: char) -> Result<String, &'static str> {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            _ if character == quote => {
                let rest = characters.as_str().trim_start();
                let done = rest.is_empty() || rest.starts_with('#');
                return if done { Ok(result) } else { Err("text follows the closing quote") };
            }
            '\\' if quote == '"' => match characters.next() {
                Some('n') => result.push('\n'),
                Some('t') => result.push('\t'),
                Some(escaped) => result.push(escaped),
                None => break,
            },
            _ => result.push(character),
        }
    }
    Err("its quote is not closed")
}

struct Filler<'a> {
    values: &'a BTreeMap<String, SecretString>,
    sources: &'a Sources,
    unfilled: Vec<Unfilled>,
    problems: Vec<Problem>,
    path: String,
}

impl Filler<'_> {
    fn node(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::String(text) => {
                if text.contains('$')
                    && let Some(value) = self.scalar(text, node.span)
                {
                    node.value = value;
                }
            }
            Value::Seq(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.below(&format!("[{index}]"), |filler| filler.node(item));
                }
            }
            Value::Map(entries) => {
                self.keys(entries);
                for (key, _, value) in entries {
                    // What the API server or kubectl wrote is no input.
                    let foreign = (self.path.is_empty() && key == "status")
                        || (self.path == "metadata" && key == "managedFields")
                        || key == LAST_APPLIED;
                    if !foreign {
                        let segment = super::node::path_segment(key, self.path.is_empty());
                        self.below(&segment, |filler| filler.node(value));
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
        }
    }

    fn below(&mut self, segment: &str, work: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(segment);
        work(self);
        self.path.truncate(length);
    }

    /// Fills in the keys of a map: none becomes one that is there, or more than a key.
    fn keys(&mut self, entries: &mut [(String, Span, Node)]) {
        for at in 0..entries.len() {
            let (key, span) = (&entries[at].0, entries[at].1);
            if !key.contains('$') {
                continue;
            }
            let segment = super::node::path_segment(key, self.path.is_empty());
            let mut filled = None;
            self.below(&segment, |filler| filled = filler.key(key, span, entries));
            if let Some(filled) = filled {
                entries[at].0 = filled;
            }
        }
    }

    /// A key with its placeholders filled in, if that changes it.
    fn key(&mut self, key: &str, span: Span, entries: &[(String, Span, Node)]) -> Option<String> {
        let filled = self.text(key, span, 0).filter(|filled| filled != key)?;
        let why = if entries.iter().any(|(other, ..)| *other == filled) {
            "makes a key that is there already"
        } else if self.is_plain(span) && resolve(&filled).is_none_or(|one| one == Value::Null) {
            "would change the structure of the document"
        } else {
            return Some(filled);
        };
        let shown: Vec<_> = scan(key).map(|found| &key[found.start..found.end]).collect();
        self.refuse(&shown.join(" "), span, why);
        None
    }

    fn missing(&mut self, name: &str, span: Span) {
        self.unfilled.push(Unfilled { path: self.path.clone(), span, name: name.to_owned() });
    }

    /// The value of a scalar with its placeholders filled in, if that changes it.
    fn scalar(&mut self, text: &str, span: Span) -> Option<Value> {
        let filled = self.text(text, span, 0)?;
        if filled == text {
            return None;
        }
        if !self.is_plain(span) {
            return Some(Value::String(filled));
        }
        match resolve(&filled) {
            Some(value) => Some(value),
            None => {
                // Of the text only the placeholders are shown: it may be a password.
                let shown: Vec<_> = scan(text).map(|found| &text[found.start..found.end]).collect();
                self.refuse(&shown.join(" "), span, "would change the structure of the document");
                None
            }
        }
    }

    /// Whether the scalar stands without quotes and not as a block.
    fn is_plain(&self, span: Span) -> bool {
        let text = &self.sources.get(span.source).text;
        !text.get(span.start as usize..).is_some_and(|t| t.starts_with(['"', '\'', '|', '>']))
    }

    /// A text with its placeholders filled in; `None` if a value does not fit.
    fn text(&mut self, text: &str, span: Span, nesting: usize) -> Option<String> {
        let mut result = String::with_capacity(text.len());
        let mut done = 0;
        for placeholder in scan(text) {
            result.push_str(&text[done..placeholder.start]);
            done = placeholder.end;
            let as_written = &text[placeholder.start..placeholder.end];
            if placeholder.escaped {
                // Left as it stands where nobody asked for substitution.
                let kept = if self.values.is_empty() { as_written } else { &as_written[1..] };
                result.push_str(kept);
                continue;
            }
            match (self.values.get(placeholder.name), placeholder.default) {
                (Some(value), default) if !(value.expose().is_empty() && default.is_some()) => {
                    let value = value.expose();
                    if value.contains(['\n', '\r']) {
                        self.refuse(as_written, span, "has several lines");
                        return None;
                    }
                    result.push_str(value);
                }
                (_, Some(default)) if nesting < MAX_NESTING => {
                    result.push_str(&self.text(default, span, nesting + 1)?);
                }
                _ => {
                    self.missing(placeholder.name, span);
                    result.push_str(as_written);
                }
            }
        }
        result.push_str(&text[done..]);
        Some(result)
    }

    fn refuse(&mut self, placeholder: &str, span: Span, why: &str) {
        self.problems.push(Problem {
            path: self.path.clone(),
            span,
            kind: ProblemKind::Substitution,
            message: format!("the value for `{placeholder}` {why}"),
            help: Some(
                "a placeholder stands for one scalar; write a list out with one placeholder \
                 for each item"
                    .to_owned(),
            ),
        });
    }
}

/// What a plain scalar of this text is; `None` if the text is no plain scalar.
fn resolve(text: &str) -> Option<Value> {
    if text.contains(" #") || text.contains("\t#") || text.starts_with(['#', '*', '&', '!']) {
        return None;
    }
    let source = super::SourceId(0);
    let node = yaml::parse(text, 0..text.len(), source, &mut Budget::default()).ok()?;
    match node.map(|node| node.value) {
        Some(Value::Map(_) | Value::Seq(_)) => None,
        Some(value) => Some(value),
        None => Some(Value::Null),
    }
}

#[cfg(test)]
mod tests;
