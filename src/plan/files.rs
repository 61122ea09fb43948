//! The manifests that the steps apply: as converted, behind the announcer label, and
//! as they were before.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::action::{Action, Announcer, Task};
use super::json;
use super::runbook::FileContent;
use crate::cluster::ServiceKey;
use crate::convert::ANNOUNCER_LABEL;
use crate::convert::Document;
use crate::manifest::Object;

/// A file that is applied, and what takes that back.
pub(super) struct Applied {
    /// The file's name.
    pub(super) file: String,
    /// All files that it needs.
    pub(super) files: Vec<(String, FileContent)>,
    /// Applies it.
    pub(super) forth: Task,
    /// Deletes what was not there, and puts back what was.
    pub(super) back: Vec<Task>,
}

/// A file of objects, in the order in which they are applied.
pub(super) fn applied(name: &str, documents: &[Document], there: &[Object]) -> Option<Applied> {
    if documents.is_empty() {
        return None;
    }
    let file = format!("{name}.yaml");
    let mut files = vec![(file.clone(), FileContent::Manifests(documents.to_vec()))];
    let mut back = Vec::new();
    let mut replaced = Vec::new();
    let mut added = Vec::new();
    let mut known: HashMap<Identity<'_>, &Object> = HashMap::new();
    for object in there {
        known.entry(of_object(object)).or_insert(object);
    }
    for document in documents {
        match known.get(&of_document(document)) {
            Some(object) => replaced.push(before(object)),
            None => added.push(reference(document)),
        }
    }
    if !added.is_empty() {
        let file = format!("{name}-added.yaml");
        back.push(Task::Do(Action::Delete { file: file.clone() }));
        files.push((file, FileContent::Manifests(added)));
    }
    if !replaced.is_empty() {
        let file = format!("{name}-before.yaml");
        back.push(Task::Do(Action::Apply { file: file.clone() }));
        files.push((file, FileContent::Manifests(replaced)));
    }
    let forth = Task::Do(Action::Apply { file: file.clone() });
    Some(Applied { file, files, forth, back })
}

/// Group, kind, namespace and name.
type Identity<'a> = (&'a str, &'a str, &'a str, &'a str);

fn of_object(object: &Object) -> Identity<'_> {
    (object.group(), &object.kind, &object.meta.namespace, &object.meta.name)
}

fn of_document(document: &Document) -> Identity<'_> {
    let namespace = document.object["metadata"]["namespace"].as_str().unwrap_or_default();
    let api_version = document.object["apiVersion"].as_str().unwrap_or_default();
    (group(api_version), document.kind(), namespace, document.name())
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

fn before(object: &Object) -> Document {
    let mut json = json::object(object);
    if let Some(fields) = json.as_object_mut() {
        fields.remove("status");
    }
    Document { comments: vec!["As it was before.".to_owned()], object: json, source: None }
}

/// Enough of an object to delete it.
fn reference(document: &Document) -> Document {
    let mut metadata = json!({"name": document.object["metadata"]["name"]});
    if let Some(namespace) = document.object["metadata"].get("namespace") {
        metadata["namespace"] = namespace.clone();
    }
    Document {
        comments: vec![],
        object: json!({
            "apiVersion": document.object["apiVersion"],
            "kind": document.object["kind"],
            "metadata": metadata,
        }),
        source: None,
    }
}

/// The documents with a requirement more: the field of `spec` selects only what
/// carries the announcer label.
pub(super) fn gated(documents: &[Document], field: &str) -> Vec<Document> {
    let gate = |document: &Document| {
        let mut gated = document.clone();
        gated.comments.push(format!(
            "During the cut-over only what is labelled {ANNOUNCER_LABEL}={}.",
            Announcer::Cilium.as_str()
        ));
        gated.object["spec"][field]["matchLabels"][ANNOUNCER_LABEL] =
            Value::from(Announcer::Cilium.as_str());
        gated
    };
    documents.iter().map(gate).collect()
}

/// Nothing but the names of the Services, for `kubectl label -f` and for taking back
/// what was applied to them.
pub(super) fn services(keys: impl IntoIterator<Item = ServiceKey>) -> FileContent {
    let document = |key: ServiceKey| Document {
        comments: vec![],
        object: json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": key.name, "namespace": key.namespace},
        }),
        source: None,
    };
    FileContent::Manifests(keys.into_iter().map(document).collect())
}

/// A table with a line for each Service.
pub(super) fn table(keys: &BTreeSet<ServiceKey>) -> FileContent {
    FileContent::Text(keys.iter().map(|key| format!("{}\t{}\n", key.namespace, key.name)).collect())
}
