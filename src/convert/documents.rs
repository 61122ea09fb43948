//! A conversion as the documents that are written, in the order in which they
//! are to be applied.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use serde_json::{Value, json};

use super::codes;
use super::objects::{Conversion, Emitted, SecretObject, ServicePatch};
use crate::cilium::{CiliumVersion, Manifest, Spec};
use crate::diagnostic::Code;
use crate::manifest::Span;

/// A part of the output that can be asked for by itself (`--emit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Labels and annotations of Services.
    Services,
    /// Secrets with BGP passwords.
    Secrets,
    /// Pools.
    Pools,
    /// Everything of BGP but the Secrets.
    Bgp,
    /// L2 policies.
    L2,
    /// The admission policy for Services to come.
    AdmissionPolicy,
}

impl Part {
    /// The part that a code is about; `None` where it is about several, or about the
    /// input.
    pub fn about(code: &Code) -> Option<Self> {
        match code.id.get(..4) {
            Some("M2C3") => Some(Self::L2),
            Some("M2C4") => Some(Self::Bgp),
            // Of Nodes and settings, but it is about timers.
            _ if code == codes::ASSUMED_MODE => Some(Self::Bgp),
            _ => None,
        }
    }
}

/// One object as it is written.
#[derive(Clone, PartialEq)]
pub struct Document {
    /// Lines of comment, without `#`.
    pub comments: Vec<String>,
    /// The object, its fields in the order in which people write them.
    pub object: Value,
    /// Where in the input the object stands that it comes from; the first of several.
    pub source: Option<Span>,
}

impl fmt::Debug for Document {
    /// A Secret's name alone: the rest is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Document");
        if self.is_secret() {
            return shown
                .field("kind", &self.kind())
                .field("name", &self.name())
                .finish_non_exhaustive();
        }
        shown
            .field("comments", &self.comments)
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// `kind` of the object.
    pub fn kind(&self) -> &str {
        self.object["kind"].as_str().unwrap_or_default()
    }

    /// `metadata.name` of the object.
    pub fn name(&self) -> &str {
        self.object["metadata"]["name"].as_str().unwrap_or_default()
    }

    /// Whether it holds a secret.
    pub fn is_secret(&self) -> bool {
        self.kind() == "Secret"
    }
}

impl Conversion {
    /// The documents of the parts that are asked for, in the order in which
    /// they are to be applied.
    ///
    /// # Errors
    /// Where an object cannot be represented, which no input can cause.
    pub fn documents(&self, parts: &[Part]) -> Result<Vec<Document>, serde_json::Error> {
        let wants = |part| parts.contains(&part);
        let mut documents = Vec::new();
        if wants(Part::Services) {
            documents.extend(self.services.iter().map(service));
        }
        if wants(Part::Secrets) {
            documents.extend(self.secrets.iter().map(secret));
        }
        let version = self.version;
        if wants(Part::Pools) {
            add(&mut documents, &self.pools, version)?;
        }
        if wants(Part::Bgp) {
            add(&mut documents, &self.advertisements, version)?;
            add(&mut documents, &self.peer_configs, version)?;
            add(&mut documents, &self.overrides, version)?;
        }
        if wants(Part::L2) {
            add(&mut documents, &self.l2_policies, version)?;
        }
        if wants(Part::Bgp) {
            add(&mut documents, &self.cluster_configs, version)?;
        }
        if wants(Part::AdmissionPolicy) {
            documents.extend(self.admission_policy.iter().flat_map(|policy| policy.documents()));
        }
        Ok(documents)
    }
}

fn add<T: Spec + Serialize>(
    documents: &mut Vec<Document>,
    emitted: &[Emitted<T>],
    version: CiliumVersion,
) -> Result<(), serde_json::Error> {
    for Emitted { comments, resource, source } in emitted {
        let object = serde_json::to_value(Manifest::new(resource, version))?;
        documents.push(Document { comments: comments.clone(), object, source: *source });
    }
    Ok(())
}

fn secret(secret: &SecretObject) -> Document {
    let object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": secret.name, "namespace": secret.namespace},
        "type": "Opaque",
        "data": {"password": BASE64.encode(secret.password.expose())},
    });
    Document { comments: secret.comments.clone(), object, source: secret.source }
}

/// Only what is set: a server-side apply owns nothing else of the Service.
fn service(patch: &ServicePatch) -> Document {
    let mut metadata = serde_json::Map::new();
    metadata.insert("name".to_owned(), json!(patch.key.name));
    metadata.insert("namespace".to_owned(), json!(patch.key.namespace));
    if !patch.labels.is_empty() {
        metadata.insert("labels".to_owned(), json!(patch.labels));
    }
    if !patch.annotations.is_empty() {
        metadata.insert("annotations".to_owned(), json!(patch.annotations));
    }
    let object = json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata});
    Document { comments: patch.comments.clone(), object, source: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_alone_only_the_name_is_shown() {
        let shown = |kind: &str| {
            let metadata = json!({"name": "tor"});
            let object = json!({"kind": kind, "metadata": metadata, "data": {"password": "cHc="}});
            let comments = vec!["Why.".to_owned()];
            let shown = format!("{:?}", Document { comments, object, source: None });
            ["tor", "cHc=", "Why."].map(|text| shown.contains(text))
        };
        assert_eq!(shown("Secret"), [true, false, false]);
        assert_eq!(shown("ConfigMap"), [true; 3]);
    }
}
