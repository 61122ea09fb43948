//! What applying a conversion would change, object by object.
//!
//! In: the resources that are there and the conversion. Out: the objects that are
//! not the same, each in a normal form in which defaults, the order of fields and of
//! lists without order, status and what the server sets do not show. Passwords never
//! show.

mod normal;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cilium::{CiliumConfig, CiliumVersion, Manifest, Spec};
use crate::cluster::{Cluster, SecretString, SecretValue};
use crate::convert::{Conversion, Part};
use crate::manifest::{Resource, Span};

/// The key under which a Secret holds a session's password.
const PASSWORD: &str = "password";

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It comes new.
    Added,
    /// It is no part of the conversion.
    Removed,
    /// It is there on both sides, and not the same.
    Changed,
}

/// An object that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectChange {
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty for cluster-wide objects.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// Its normal form as it is there.
    pub before: Option<Value>,
    /// Its normal form after the conversion is applied.
    pub after: Option<Value>,
    /// Where it is there; of one that comes new, where what it comes from is.
    pub place: Option<Span>,
}

/// How objects are told apart: kind, namespace, name.
type Key = (String, String, String);

/// Objects in their normal form, each with its place.
type Objects = BTreeMap<Key, (Value, Option<Span>)>;

/// The objects that applying the conversion would change.
///
/// # Errors
/// Where an object cannot be represented, which no input can cause.
pub fn objects(
    there: &CiliumConfig,
    secrets: &Cluster,
    conversion: &Conversion,
) -> Result<Vec<ObjectChange>, serde_json::Error> {
    let version = conversion.version;
    let mut before = resources(there, version)?;
    let mut after = BTreeMap::new();
    for document in conversion.documents(&[Part::Pools, Part::L2, Part::Bgp])? {
        insert(&mut after, document.object, document.source);
    }
    passwords(&mut before, &mut after, there, secrets, conversion);
    let keys: BTreeSet<Key> = before.keys().chain(after.keys()).cloned().collect();
    let changes = keys.into_iter().filter_map(|key| {
        let (before, after) = (before.remove(&key), after.remove(&key));
        let change = match (&before, &after) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            (Some((one, _)), Some((other, _))) if one == other => return None,
            _ => Change::Changed,
        };
        let place = before.as_ref().or(after.as_ref()).and_then(|(_, place)| *place);
        let [before, after] = [before, after].map(|one| one.map(|(object, _)| object));
        let (kind, namespace, name) = key;
        Some(ObjectChange { kind, namespace, name, change, before, after, place })
    });
    Ok(changes.collect())
}

fn resources(config: &CiliumConfig, version: CiliumVersion) -> Result<Objects, serde_json::Error> {
    let mut objects = BTreeMap::new();
    add(&mut objects, &config.pools, version)?;
    add(&mut objects, &config.l2_policies, version)?;
    add(&mut objects, &config.cluster_configs, version)?;
    add(&mut objects, &config.peer_configs, version)?;
    add(&mut objects, &config.advertisements, version)?;
    add(&mut objects, &config.node_overrides, version)?;
    Ok(objects)
}

fn add<T: Spec + Serialize>(
    objects: &mut Objects,
    resources: &[Resource<T>],
    version: CiliumVersion,
) -> Result<(), serde_json::Error> {
    for resource in resources {
        let place = resource.origin.span("metadata.name");
        insert(objects, serde_json::to_value(Manifest::new(resource, version))?, place);
    }
    Ok(())
}

fn insert(objects: &mut Objects, mut object: Value, place: Option<Span>) {
    normal::normalize(&mut object);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    let key = (text(&object["kind"]), text(&metadata["namespace"]), text(&metadata["name"]));
    objects.insert(key, (object, place));
}

/// The Secrets of BGP passwords: those of the conversion, and those that the
/// resources name.
fn passwords(
    before: &mut Objects,
    after: &mut Objects,
    there: &CiliumConfig,
    secrets: &Cluster,
    conversion: &Conversion,
) {
    let namespace = there.settings.bgp_secrets_namespace.clone();
    let referenced = there.peer_configs.iter().filter_map(|one| one.spec.auth_secret_ref.clone());
    let referenced = referenced.filter_map(|name| Some((namespace.clone()?, name)));
    let written: BTreeMap<(String, String), &SecretString> = conversion
        .secrets
        .iter()
        .map(|secret| ((secret.namespace.clone(), secret.name.clone()), &secret.password))
        .collect();
    let keys: BTreeSet<(String, String)> = referenced.chain(written.keys().cloned()).collect();
    for (namespace, name) in keys {
        let place = (namespace.clone(), name.clone());
        let old = secrets.secrets.get(&place).map(|secret| secret.data.get(PASSWORD));
        let new = written.get(&place).copied();
        let key = ("Secret".to_owned(), namespace.clone(), name.clone());
        if let Some(old) = old {
            let shown = if old.is_some() { Some("***") } else { None };
            before.insert(key.clone(), (secret(&namespace, &name, shown), None));
        }
        if let Some(new) = new {
            let new = SecretValue::Text(new.clone());
            let differs = old.flatten().is_some_and(|old| *old != new);
            let shown = if differs { "*** (another password)" } else { "***" };
            after.insert(key, (secret(&namespace, &name, Some(shown)), None));
        }
    }
}

fn secret(namespace: &str, name: &str, password: Option<&str>) -> Value {
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
    });
    if let Some(password) = password {
        object["data"] = json!({"password": password});
    }
    object
}
