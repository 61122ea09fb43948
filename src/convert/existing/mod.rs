//! Cilium's resources that are there already: what is written is merged with them
//! where that is exact, gets out of their way where it can, and says so where it
//! cannot.
//!
//! In: a conversion as if nothing were there, and what is there. Out: the same
//! conversion beside it. What stems from an earlier conversion is told from what
//! others wrote by what only a conversion writes (labels of peers), and stays as it
//! is or is replaced.

mod cluster_configs;
mod defaults;
mod named;
mod overrides;
mod pools;

use std::collections::BTreeSet;

use serde_json::Value;

use super::names::Names;
use super::objects::{Conversion, Emitted};
use super::{Context, codes};
use crate::cilium::{CiliumConfig, Spec};
use crate::diagnostic::Diagnostic;
use crate::manifest::{LAST_APPLIED, Resource};

/// Merges a conversion with what is there.
pub(super) fn merge(
    context: &mut Context<'_>,
    existing: &CiliumConfig,
    conversion: &mut Conversion,
) {
    pools::merge(context, existing, &mut conversion.pools);
    named::l2_policies(context, existing, conversion);
    named::secrets(context, existing, conversion);
    // PeerConfigs name their Secrets from here on as they will.
    let existing = &defaults::without(existing, conversion);
    named::peer_configs(context, existing, conversion);
    named::advertisements(context, existing, conversion);
    let moved = cluster_configs::merge(context, existing, conversion);
    overrides::merge(context, existing, conversion, &moved);
    same_names(context, &existing.pools, &conversion.pools);
    same_names(context, &existing.advertisements, &conversion.advertisements);
    same_names(context, &existing.peer_configs, &conversion.peer_configs);
    let merged = &conversion.merged_cluster_configs;
    let own: Vec<Emitted<_>> = conversion
        .cluster_configs
        .iter()
        .filter(|config| !merged.contains(config.name()))
        .cloned()
        .collect();
    same_names(context, &existing.cluster_configs, &own);
}

/// Names of a kind that are not free for a new object.
fn names<'a, T: 'a, U: 'a>(
    there: impl IntoIterator<Item = &'a Resource<T>>,
    written: impl IntoIterator<Item = &'a Emitted<U>>,
) -> Names {
    let there: Vec<&str> = there.into_iter().map(|one| one.meta.name.as_str()).collect();
    Names::taken(there.into_iter().chain(written.into_iter().map(Emitted::name)))
}

/// Gives a new object another name, since somebody else's has its own.
fn renamed<T: Spec>(context: &mut Context<'_>, there: &Resource<T>, name: &str) {
    let reference = there.meta.reference(T::KIND.as_str());
    context.found.push(
        Diagnostic::note(
            codes::EXISTING_RENAMED,
            format!("{reference} is there already and stays: the converted one is called {name}"),
        )
        .object(reference)
        .label(there.origin.span("metadata.name"), "the name is taken")
        .help("if it is from an earlier conversion, delete it first"),
    );
}

/// Says that a new object takes the place, and so the name, of one that is the same.
fn adopted<T: Spec>(context: &mut Context<'_>, there: &Resource<T>, wanted: &str) {
    let reference = there.meta.reference(T::KIND.as_str());
    context.found.push(
        Diagnostic::note(
            codes::EXISTING_MERGED,
            format!("{reference} is there already and is the same as {wanted}: it is used"),
        )
        .object(reference)
        .label(there.origin.span("metadata.name"), "used as it is"),
    );
}

/// An object of the same name is replaced.
fn same_names<T: Spec + PartialEq + serde::Serialize>(
    context: &mut Context<'_>,
    existing: &[Resource<T>],
    written: &[Emitted<T>],
) {
    for there in existing {
        let differs =
            |new: &&Emitted<T>| new.name() == there.meta.name && new.resource.spec != there.spec;
        let Some(new) = written.iter().find(differs) else { continue };
        let reference = there.meta.reference(T::KIND.as_str());
        let left = left_over(there, &new.resource);
        let message = match &left {
            None => format!("{reference} is there already, and this conversion replaces it"),
            Some(field) => format!(
                "{reference} is there already; `kubectl apply` would leave its {field}, which \
                 the conversion has not"
            ),
        };
        let diagnostic = match &left {
            None => Diagnostic::note(codes::EXISTING_REPLACED, message)
                .help("rename it, if it is not from an earlier conversion"),
            Some(_) => Diagnostic::lossy(codes::EXISTING_REPLACED, message)
                .help("take the field out of it, or delete it if nobody needs it"),
        };
        context.found.push(
            diagnostic
                .object(reference)
                .label(there.origin.span("spec"), "differs from what is written"),
        );
    }
}

/// A field of a live object that applying leaves behind: a merge patch takes out only
/// what was applied before. Only those count that have no default, which the API server
/// sets by itself.
fn left_over<T: serde::Serialize>(there: &Resource<T>, new: &Resource<T>) -> Option<String> {
    let is_live = there.meta.creation_timestamp.is_some();
    if !is_live || there.meta.annotations.contains_key(LAST_APPLIED) {
        return None;
    }
    let value = |spec: &T| serde_json::to_value(spec).ok();
    let path = beyond(&value(&there.spec)?, &value(&new.spec)?, "spec")?;
    (path.contains("Selector") || path.ends_with(".disabled")).then_some(path)
}

/// The path of a field of `there` that `new` has not; lists are replaced as a whole.
fn beyond(there: &Value, new: &Value, path: &str) -> Option<String> {
    let (Value::Object(there), Value::Object(new)) = (there, new) else { return None };
    there.iter().find_map(|(key, value)| {
        let path = format!("{path}.{key}");
        match new.get(key) {
            None => Some(path),
            Some(other) => beyond(value, other, &path),
        }
    })
}

/// The names in a set, for a sentence.
fn listed(names: &BTreeSet<String>) -> String {
    super::words::list(names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::beyond;
    use serde_json::json;

    #[test]
    fn a_merge_patch_leaves_what_it_does_not_name() {
        let there = json!({"a": {"b": 1, "c": 2}, "l": [1, 2]});
        assert_eq!(beyond(&there, &json!({"a": {"b": 9, "c": 2}, "l": []}), "spec"), None);
        let left = beyond(&there, &json!({"a": {"b": 1}, "l": [1]}), "spec");
        assert_eq!(left.as_deref(), Some("spec.a.c"));
        assert_eq!(beyond(&there, &json!({"a": {}}), "spec").as_deref(), Some("spec.a.b"));
    }
}
