//! BGP passwords: the Secrets that Cilium takes them from.

use std::collections::BTreeMap;

use super::super::names::bounded;
use super::super::objects::SecretObject;
use super::super::{Context, codes};
use super::sessions::Sessions;
use crate::diagnostic::Diagnostic;
use crate::metallb::{Password, Peer};

/// The longest key of TCP MD5 that the kernel takes, in bytes
/// (`TCP_MD5SIG_MAXKEYLEN`).
const MAX_KEY_BYTES: usize = 80;

/// The name of the Secret that holds a peer's password.
pub(super) fn name(peer: &Peer, password: &Password) -> String {
    match password {
        Password::Inline(_) => bounded(&format!("bgp-password-{}", peer.name())),
        Password::Secret { name, .. } => name.clone(),
    }
}

/// The Secrets of all peers that Cilium can have, each once.
pub(super) fn secrets(context: &mut Context<'_>, sessions: &Sessions) -> Vec<SecretObject> {
    let mut secrets: BTreeMap<String, SecretObject> = BTreeMap::new();
    for (index, peer) in context.config.peers.iter().enumerate() {
        let Some(password) = peer.password.as_ref().filter(|_| sessions.get(index).is_some())
        else {
            continue;
        };
        let name = name(peer, password);
        let (value, source) = match password {
            Password::Inline(value) => (Some(value), format!("{}", peer.reference())),
            Password::Secret { namespace, name, value } => {
                (value.as_ref(), format!("Secret {namespace}/{name}"))
            }
        };
        let Some(value) = value else {
            context.found.push(missing(context, peer, &name));
            continue;
        };
        if value.expose().len() > MAX_KEY_BYTES {
            context.found.push(too_long(peer));
        }
        secrets.entry(name.clone()).or_insert_with(|| SecretObject {
            comments: vec![format!("The BGP password, from {source}.")],
            source: peer.origin.span(""),
            namespace: context.options.secrets_namespace.clone(),
            name,
            password: value.clone(),
        });
    }
    secrets.into_values().collect()
}

fn missing(context: &Context<'_>, peer: &Peer, name: &str) -> Diagnostic {
    let namespace = &context.options.secrets_namespace;
    Diagnostic::lossy(
        codes::MISSING_SECRET,
        format!(
            "BGPPeer {}: Cilium opens the session without a password until there is a Secret \
             {namespace}/{name} with the key `password`",
            peer.name()
        ),
    )
    .object(peer.reference())
    .label(peer.origin.span("spec.passwordSecret"), "not in the input")
    .help(format!("create the Secret {name} in {namespace} before you apply the rest"))
}

fn too_long(peer: &Peer) -> Diagnostic {
    Diagnostic::lossy(
        codes::PASSWORD_TOO_LONG,
        format!(
            "BGPPeer {}: the password is longer than the {MAX_KEY_BYTES} bytes that the kernel \
             takes",
            peer.name()
        ),
    )
    .object(peer.reference())
    .label(peer.origin.span("metadata.name"), "its password is too long")
    .help("agree on a shorter password with the router")
}
