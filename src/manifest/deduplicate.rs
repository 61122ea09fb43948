//! One object twice.

use std::collections::HashMap;

use super::{LAST_APPLIED, Node, Object, Value, codes};
use crate::diagnostic::Diagnostic;

/// What the API server and kubectl write into `metadata` by themselves.
const WRITTEN_BY_SERVER: [&str; 6] =
    ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"];

/// Takes each object once: the first of those with the same API group, kind,
/// namespace and name. Where another one differs from it in what a user writes,
/// that is an error. Pairs for which `judged_elsewhere` says so are both kept.
pub fn deduplicate(
    objects: Vec<Object>,
    judged_elsewhere: impl Fn(&Object, &Object) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Object> {
    let mut unique: Vec<Object> = Vec::with_capacity(objects.len());
    let mut seen: HashMap<(String, String, String, String), usize> = HashMap::new();
    for object in objects {
        if object.meta.name.is_empty() {
            unique.push(object);
            continue;
        }
        let key = (
            object.group().to_owned(),
            object.kind.clone(),
            object.meta.namespace.clone(),
            object.meta.name.clone(),
        );
        match seen.get(&key).and_then(|index| unique.get(*index)) {
            None => {
                seen.insert(key, unique.len());
                unique.push(object);
            }
            Some(first) if judged_elsewhere(first, &object) => unique.push(object),
            Some(first) if same(first, &object) => {}
            Some(first) => {
                let reference = object.reference();
                let message = format!("{reference} stands twice in the input, and differs");
                diagnostics.push(
                    Diagnostic::error(codes::CONFLICT, message)
                        .object(reference)
                        .label(Some(name_span(&object)), "again here")
                        .label(Some(name_span(first)), "first here")
                        .help("remove one of the two"),
                );
            }
        }
    }
    unique
}

fn name_span(object: &Object) -> super::Span {
    object.node.nearest("metadata.name").span
}

fn same(one: &Object, two: &Object) -> bool {
    user_written(&one.node).same(&user_written(&two.node))
}

/// The object without what the API server and kubectl write.
fn user_written(node: &Node) -> Node {
    let mut node = node.clone();
    retain(&mut node, |key| key != "status");
    if let Some(metadata) = field(&mut node, "metadata") {
        retain(metadata, |key| !WRITTEN_BY_SERVER.contains(&key));
        if let Some(annotations) = field(metadata, "annotations") {
            retain(annotations, |key| key != LAST_APPLIED);
        }
        let is_empty = |node: &Node| match &node.value {
            Value::Map(entries) => entries.is_empty(),
            value => *value == Value::Null,
        };
        if let Value::Map(entries) = &mut metadata.value {
            entries.retain(|(key, _, value)| !(key == "annotations" && is_empty(value)));
        }
    }
    node
}

fn field<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(key, ..)| key == name).map(|(_, _, value)| value)
}

fn retain(node: &mut Node, keep: impl Fn(&str) -> bool) {
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(key, ..)| keep(key));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Manifests;
    use super::*;

    fn run(text: &str) -> (usize, Vec<Diagnostic>) {
        let manifests = Manifests::from_text("test.yaml", text);
        assert_eq!(manifests.diagnostics, []);
        let mut diagnostics = Vec::new();
        let objects = deduplicate(manifests.objects, |_, _| false, &mut diagnostics);
        (objects.len(), diagnostics)
    }

    const POOL: &str = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
                        metadata: {name: a, namespace: m}\nspec: {addresses: [10.0.0.0/24]}\n";

    #[test]
    fn equal_objects_are_taken_once_in_silence() {
        let live = "kind: IPAddressPool\napiVersion: metallb.io/v1beta1\nmetadata:\n  name: a\n  namespace: m\n  \
                    uid: x\n  resourceVersion: '5'\n  generation: 2\n  creationTimestamp: 2024-01-01T00:00:00Z\n  \
                    managedFields: []\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}\n\
                    spec:\n  addresses:\n  - 10.0.0.0/24\nstatus: {x: 1}\n";
        assert_eq!(run(&format!("{POOL}---\n{live}")), (1, vec![]));
    }

    #[test]
    fn different_objects_of_one_name_are_refused() {
        let other = POOL.replace("10.0.0.0/24", "10.0.1.0/24");
        let (count, diagnostics) = run(&format!("{POOL}---\n{other}"));
        assert_eq!(count, 1);
        assert_eq!(diagnostics[0].code.id, "M2C117");
        assert_eq!(diagnostics[0].labels.len(), 2);
        assert_ne!(diagnostics[0].labels[0].span, diagnostics[0].labels[1].span);
        // Another version of the same group is the same object.
        let version = POOL.replace("v1beta1", "v1beta2");
        assert_eq!(run(&format!("{POOL}---\n{version}")).1.len(), 1);
    }

    #[test]
    fn objects_that_differ_in_their_identity_are_kept() {
        let others = [
            POOL.replace("name: a,", "name: b,"),
            POOL.replace("namespace: m", "namespace: n"),
            POOL.replace("IPAddressPool", "L2Advertisement"),
            POOL.replace("metallb.io", "example.org"),
            POOL.replace("name: a,", "generateName: a,"),
            POOL.replace("name: a,", "generateName: a,"),
        ];
        assert_eq!(run(&format!("{POOL}---\n{}", others.join("---\n"))), (7, vec![]));
    }
}
