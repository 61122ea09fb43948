//! Reads a file of events.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Kind;
use crate::diagnostic::Diagnostic;
use crate::manifest::{
    self, Manifests, Mode, Node, Object, Problem, ProblemKind, Span, Value, closest,
};

/// What happens together.
#[derive(Debug, Clone)]
pub struct Step {
    /// What people call it.
    pub name: Option<String>,
    /// Objects that are created, or changed to this.
    pub apply: Vec<(Kind, Object)>,
    /// Objects that are deleted.
    pub delete: Vec<Reference>,
    /// Nodes that fail.
    pub fail: Vec<(String, Span)>,
    /// Nodes that come back.
    pub returning: Vec<(String, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// Names an object that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace, where one is named.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub span: Span,
}

/// The file as it is written.
#[derive(Deserialize)]
struct RawFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    steps: Vec<RawStep>,
}

#[derive(Deserialize)]
struct RawStep {
    name: Option<String>,
    apply: Option<Vec<IgnoredAny>>,
    delete: Option<Vec<RawReference>>,
    fail: Option<Vec<String>>,
    #[serde(rename = "return")]
    returning: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawReference {
    kind: Kind,
    namespace: Option<String>,
    name: String,
}

/// Reads the steps of a file; `None` where it is not in the form of
/// `schemas/events.json`, for the reasons added to `found`.
pub fn read(file: &Node, found: &mut Vec<Diagnostic>) -> Option<Vec<Step>> {
    let mut problems = Vec::new();
    let raw: Option<RawFile> = manifest::decode(file, "", Mode::Strict, &mut problems);
    let mut steps = Vec::new();
    if let Some(raw) = raw {
        for (index, (raw, node)) in raw.steps.into_iter().zip(items(file, "steps")).enumerate() {
            let path = format!("steps[{index}]");
            if node.value == Value::Null {
                let message = format!("{path} must be a mapping, it is null");
                problems.push(problem(path, node.span, ProblemKind::WrongType, message));
                continue;
            }
            steps.push(step(raw, node, &path, &mut problems));
        }
    }
    let refused = !problems.is_empty();
    found.extend(problems.into_iter().map(|problem| problem.into_diagnostic(None)));
    (!refused).then_some(steps)
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Seq(items)) => items,
        _ => &[],
    }
}

fn step(raw: RawStep, node: &Node, path: &str, problems: &mut Vec<Problem>) -> Step {
    // What was counted while it was decoded is read from the tree.
    drop(raw.apply);
    let apply = items(node, "apply").iter().enumerate().filter_map(|(index, item)| {
        object(item, &format!("{path}.apply[{index}]")).map_err(|p| problems.push(p)).ok()
    });
    let apply = apply.collect();
    let delete = raw.delete.unwrap_or_default().into_iter().zip(items(node, "delete"));
    let delete = delete.enumerate().filter_map(|(index, (raw, node))| {
        let path = format!("{path}.delete[{index}].name");
        let name = named(raw.name, node.nearest("name").span, &path);
        let name = name.map_err(|p| problems.push(p)).ok()?;
        let namespace = raw.namespace.filter(|namespace| !namespace.is_empty());
        Some(Reference { kind: raw.kind, namespace, name, span: node.span })
    });
    let delete = delete.collect();
    let mut nodes = |names: Option<Vec<String>>, key: &str| {
        let names = names.unwrap_or_default().into_iter().zip(items(node, key));
        let names = names.enumerate().filter_map(|(index, (name, node))| {
            let name = named(name, node.span, &format!("{path}.{key}[{index}]"));
            Some((name.map_err(|p| problems.push(p)).ok()?, node.span))
        });
        names.collect()
    };
    let (fail, returning) = (nodes(raw.fail, "fail"), nodes(raw.returning, "return"));
    Step { name: raw.name, apply, delete, fail, returning, span: node.span }
}

fn problem(path: String, span: Span, kind: ProblemKind, message: String) -> Problem {
    Problem { path, span, kind, message, help: None }
}

fn named(name: String, span: Span, path: &str) -> Result<String, Problem> {
    if name.is_empty() {
        let message = format!("{path} must not be empty");
        return Err(problem(path.to_owned(), span, ProblemKind::Invalid, message));
    }
    Ok(name)
}

/// A whole object of a kind that matters.
fn object(node: &Node, path: &str) -> Result<(Kind, Object), Problem> {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("{path} must be a whole Kubernetes object");
        return Err(problem(path.to_owned(), node.span, ProblemKind::WrongType, message));
    }
    let text = |field: &str| {
        let value = field.split('.').try_fold(node, Node::get);
        match value.and_then(Node::as_str).filter(|text| !text.is_empty()) {
            Some(text) => Ok(text.to_owned()),
            None => {
                let (path, span) = (format!("{path}.{field}"), node.nearest(field).span);
                let message = format!("{path} is required, and a text");
                Err(problem(path, span, ProblemKind::MissingField, message))
            }
        }
    };
    let (kind_name, api_version) = (text("kind")?, text("apiVersion")?);
    text("metadata.name")?;
    let Some(kind) = Kind::of(&kind_name) else {
        let names: Vec<&str> = Kind::names().collect();
        let message = format!("{path}.kind: `{kind_name}` is no kind that a controller looks at");
        let span = node.nearest("kind").span;
        let mut problem = problem(path.to_owned(), span, ProblemKind::UnknownVariant, message);
        problem.help = Some(match closest(&kind_name, &names) {
            Some(close) => format!("did you mean \"{close}\"?"),
            None => format!("one of {}", names.join(", ")),
        });
        return Err(problem);
    };
    if !kind.has_api_version(&api_version) {
        let span = node.nearest("apiVersion").span;
        let message = format!("{path}.apiVersion: there is no {kind_name} in `{api_version}`");
        return Err(problem(path.to_owned(), span, ProblemKind::UnknownVariant, message));
    }
    let mut read = Manifests::default();
    read.add_node(node.clone());
    match read.objects.pop() {
        Some(mut object) => {
            if kind.defaults_namespace() && object.meta.namespace.is_empty() {
                object.meta.namespace = "default".to_owned();
            }
            object.node = Arc::new(node.clone());
            Ok((kind, object))
        }
        None => {
            let message = format!("{path} must be a whole Kubernetes object");
            Err(problem(path.to_owned(), node.span, ProblemKind::Invalid, message))
        }
    }
}
