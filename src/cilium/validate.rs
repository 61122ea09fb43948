//! What the API server refuses of Cilium's objects.
//!
//! In: an [`Object`] and the Cilium version whose CRDs are installed. Out: typed,
//! or every reason why the API server would not take it.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::codes;
use super::kind::{ApiVersion, Kind, Spec};
use super::schema::{Checker, Fault, FaultKind, present};
use super::schemas::schema_of;
use super::version::{CiliumVersion, Feature};
use crate::diagnostic::Diagnostic;
use crate::manifest::{self, Mode, Node, Object, Origin, Resource, Value};
use crate::selector::{self, LabelSelector};

/// Everything that the API server refuses of an object of that kind.
pub fn validate(object: &Object, kind: Kind, version: CiliumVersion) -> Vec<Diagnostic> {
    let api_version = match served(object, kind, version) {
        Ok(api_version) => api_version,
        Err(refusal) => return vec![*refusal],
    };
    let mut found = metadata(object);
    let mut checker = Checker { version, api_version, faults: Vec::new() };
    checker.check(schema_of(kind), &object.node, "");
    found.extend(checker.faults.into_iter().map(|fault| diagnostic(fault, object)));
    let deprecated = version.has(Feature::PoolV2Alpha1Deprecated)
        && kind == Kind::LoadBalancerIpPool
        && api_version == ApiVersion::V2Alpha1;
    if deprecated {
        found.push(
            Diagnostic::note(
                codes::DEPRECATED_VERSION,
                format!("{api_version} of {kind} is deprecated"),
            )
            .help(format!("write `apiVersion: {}`", ApiVersion::V2))
            .label(Origin::new(Arc::clone(&object.node)).span("apiVersion"), "deprecated")
            .object(object.reference()),
        );
    }
    found
}

/// The object as a typed one, or `None` where the API server refuses it; what it
/// has to say goes to `found`.
pub(super) fn read<T: Spec + Default + DeserializeOwned>(
    object: &Object,
    version: CiliumVersion,
    found: &mut Vec<Diagnostic>,
) -> Option<Resource<T>> {
    let diagnostics = validate(object, T::KIND, version);
    let refused = diagnostics.iter().any(Diagnostic::is_error);
    found.extend(diagnostics);
    if refused {
        return None;
    }
    let spec = match present(&object.node, "spec") {
        None => T::default(),
        Some(spec) => {
            let mut problems = Vec::new();
            let spec = without_nulls(spec);
            let decoded = manifest::decode(&spec, "spec", Mode::Lenient, &mut problems);
            found.extend(
                problems
                    .into_iter()
                    .map(|problem| problem.into_diagnostic(Some(object.reference()))),
            );
            decoded?
        }
    };
    Some(Resource {
        meta: object.meta.clone(),
        spec,
        origin: Origin::new(Arc::clone(&object.node)),
    })
}

/// The tree as the API server keeps it: no field of these schemas may be null, so nulls
/// are dropped.
fn without_nulls(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|(.., value)| value.value != Value::Null)
                .map(|(key, span, value)| (key.clone(), *span, without_nulls(value)))
                .collect(),
        ),
        Value::Seq(items) => Value::Seq(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    };
    Node { span: node.span, value }
}

fn served(
    object: &Object,
    kind: Kind,
    version: CiliumVersion,
) -> Result<ApiVersion, Box<Diagnostic>> {
    let wanted = kind.api_version(version);
    ApiVersion::parse(&object.api_version)
        .filter(|api_version| kind.serves(version, *api_version))
        .ok_or_else(|| {
            let message = format!(
                "no matches for kind `{kind}` in `{}` under Cilium {version}",
                object.api_version
            );
            Box::new(
                Diagnostic::error(codes::NOT_SERVED, message)
                    .help(format!("write `apiVersion: {wanted}`"))
                    .label(Origin::new(Arc::clone(&object.node)).span("apiVersion"), "not served")
                    .object(object.reference()),
            )
        })
}

fn diagnostic(fault: Fault, object: &Object) -> Diagnostic {
    let (code, label) = match fault.kind {
        FaultKind::UnknownField => (codes::UNKNOWN_FIELD, "unknown field"),
        FaultKind::Value => (codes::REFUSED_VALUE, "refused"),
        FaultKind::Rule => (codes::BROKEN_RULE, "breaks a rule"),
    };
    Diagnostic::error(code, fault.message).label(Some(fault.span), label).object(object.reference())
}

fn metadata(object: &Object) -> Vec<Diagnostic> {
    let origin = Origin::new(Arc::clone(&object.node));
    let refuse = |message: String, path: &str| {
        Diagnostic::error(codes::REFUSED_METADATA, message)
            .label(origin.span(path), "refused")
            .object(object.reference())
    };
    let mut found = Vec::new();
    if object.meta.name.is_empty() {
        found
            .push(refuse("`metadata.name` must be there and a string".to_owned(), "metadata.name"));
    } else if !selector::is_subdomain(&object.meta.name) {
        let message = format!("{:?} is not a name: it must be a DNS subdomain", object.meta.name);
        found.push(refuse(message, "metadata.name"));
    }
    for field in ["labels", "annotations"] {
        let entries = object.node.get("metadata").and_then(|metadata| metadata.get(field));
        let Some(Value::Map(entries)) = entries.map(|entries| &entries.value) else { continue };
        for (key, _, value) in entries {
            if !matches!(value.value, Value::String(_) | Value::Null) {
                let message =
                    format!("`metadata.{field}[{key}]` must be a string: put it in quotes");
                found.push(refuse(message, &format!("metadata.{field}[\"{key}\"]")));
            }
        }
    }
    let labels = LabelSelector { match_labels: object.meta.labels.clone(), ..Default::default() };
    for error in selector::validate(&labels) {
        let path = error.path.replace("matchLabels", "labels");
        found.push(refuse(format!("`metadata.{path}`: {}", error.message), "metadata.labels"));
    }
    found
}

#[cfg(test)]
mod tests;
