//! Whole objects: the frame around `spec`.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::BTreeMap;

use super::super::{Node, Object, Value};
use super::problem::closest;
use super::{Mode, Problem, ProblemKind, decode};

/// `ObjectMeta` of the Kubernetes API, for its types alone.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(dead_code, reason = "only the types of the fields are checked")]
struct Metadata {
    name: String,
    generate_name: String,
    namespace: String,
    self_link: String,
    uid: String,
    resource_version: String,
    generation: i64,
    creation_timestamp: String,
    deletion_timestamp: String,
    deletion_grace_period_seconds: i64,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    owner_references: Vec<IgnoredAny>,
    finalizers: Vec<String>,
    managed_fields: Vec<IgnoredAny>,
}

/// Reads the `spec` of an object as a `T`, and checks what stands around it: the
/// fields at the top (under [`Mode::Strict`]) and `metadata`.
///
/// An object without `spec` is read as one with an empty `spec`.
pub fn decode_object<T: DeserializeOwned>(
    object: &Object,
    mode: Mode,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let Value::Map(entries) = &object.node.value else { return None };
    if mode == Mode::Strict {
        const FIELDS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];
        for (key, span, _) in entries.iter().filter(|(key, ..)| !FIELDS.contains(&key.as_str())) {
            problems.push(Problem {
                path: key.clone(),
                span: *span,
                kind: ProblemKind::UnknownField,
                message: format!("unknown field \"{key}\""),
                help: closest(key, &FIELDS).map(|field| format!("did you mean \"{field}\"?")),
            });
        }
    }
    let metadata = check_metadata(object, mode, problems);
    let empty = Node { span: object.node.span, value: Value::Map(Vec::new()) };
    let spec = object.node.get("spec").unwrap_or(&empty);
    let spec = decode(spec, "spec", mode, problems);
    metadata.and(spec)
}

/// Checks `metadata`: a name, and the types of the fields. `None` where it is
/// refused, for the reasons in `problems`.
pub fn check_metadata(object: &Object, mode: Mode, problems: &mut Vec<Problem>) -> Option<()> {
    let missing = |span| Problem {
        path: "metadata.name".to_owned(),
        span,
        kind: ProblemKind::MissingField,
        message: "metadata.name is required".to_owned(),
        help: None,
    };
    let Some(node) = object.node.get("metadata").filter(|node| node.value != Value::Null) else {
        problems.push(missing(object.node.span));
        return None;
    };
    let metadata: Metadata = decode(node, "metadata", mode, problems)?;
    if metadata.name.is_empty() && metadata.generate_name.is_empty() {
        problems.push(missing(node.span));
        return None;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::super::Manifests;
    use super::*;
    use crate::metallb::api::IpAddressPoolSpec;

    fn run(text: &str) -> (Option<IpAddressPoolSpec>, Vec<String>) {
        let manifests = Manifests::from_text("test.yaml", text);
        let mut problems = Vec::new();
        let spec = decode_object(&manifests.objects[0], Mode::Strict, &mut problems);
        (spec, problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn the_frame_of_an_object_is_checked() {
        let head = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n";
        let none: [&str; 0] = [];
        let good = "metadata: {name: a, creationTimestamp: null, managedFields: [{}]}\n\
                    spec: {addresses: [a]}\nstatus: {x: 1}\n";
        assert_eq!(run(&format!("{head}{good}")).1, none);
        for (rest, message) in [
            ("metadata: {name: a}\nSpec: {}\n", "unknown field \"Spec\""),
            ("metadata: {name: a, namespce: b}\n", "unknown field \"metadata.namespce\""),
            (
                "metadata: {name: a, labels: {x: yes}}\n",
                "metadata.labels.x must be a string, it is a boolean",
            ),
            ("metadata: {name: 5}\n", "metadata.name must be a string, it is an integer"),
            ("metadata: {namespace: b}\n", "metadata.name is required"),
            ("metadata:\n", "metadata.name is required"),
            ("spec: {}\n", "metadata.name is required"),
            ("metadata: {name: a}\nspec: []\n", "spec must be a mapping, it is a list"),
        ] {
            assert_eq!(run(&format!("{head}{rest}")).1, [message]);
        }
        assert_eq!(
            run(&format!("{head}metadata: {{name: a}}\n")).0,
            Some(IpAddressPoolSpec::default())
        );
    }
}
