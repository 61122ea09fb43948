//! BGP passwords: the Secrets that Cilium takes them from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names::{Names, bounded};
use super::super::objects::SecretObject;
use super::super::{Context, codes};
use super::sessions::Sessions;
use crate::diagnostic::Diagnostic;
use crate::metallb::{Password, Peer};

/// The longest key of TCP MD5 that the kernel takes, in bytes
/// (`TCP_MD5SIG_MAXKEYLEN`).
const MAX_KEY_BYTES: usize = 80;

/// The name of the Secret that holds each peer's password. No two passwords share one.
pub(super) fn names(peers: &[Peer]) -> Vec<Option<String>> {
    let wanted = |peer: &Peer| match peer.password.as_ref()? {
        Password::Inline(_) => Some(bounded(&format!("bgp-password-{}", peer.name()))),
        Password::Secret { name, .. } => Some(name.clone()),
    };
    let is_inline = |peer: &Peer| matches!(peer.password, Some(Password::Inline(_)));
    let referenced: BTreeSet<String> =
        peers.iter().filter(|peer| !is_inline(peer)).filter_map(wanted).collect();
    let every: Vec<Option<String>> = peers.iter().map(wanted).collect();
    let mut free = Names::taken(every.iter().flatten().map(String::as_str));
    let named = peers.iter().zip(every).map(|(peer, name)| {
        let collides = |name: &String| is_inline(peer) && referenced.contains(name);
        name.map(|name| if collides(&name) { free.claim(&name) } else { name })
    });
    named.collect()
}

/// The Secrets of all peers that Cilium can have, each once.
pub(super) fn secrets(
    context: &mut Context<'_>,
    sessions: &Sessions,
    names: &[Option<String>],
) -> Vec<SecretObject> {
    let mut secrets: BTreeMap<String, SecretObject> = BTreeMap::new();
    for (index, (peer, name)) in context.config.peers.iter().zip(names).enumerate() {
        let (Some(password), Some(name)) = (&peer.password, name) else { continue };
        if sessions.get(index).is_none() {
            continue;
        }
        let (value, source) = match password {
            Password::Inline(value) => (Some(value), format!("{}", peer.reference())),
            Password::Secret { namespace, name, value } => {
                (value.as_ref(), format!("Secret {namespace}/{name}"))
            }
        };
        let Some(value) = value else {
            context.found.push(missing(context, peer, name));
            continue;
        };
        if value.expose().len() > MAX_KEY_BYTES {
            context.found.push(too_long(peer));
        }
        secrets.entry(name.clone()).or_insert_with(|| SecretObject {
            comments: vec![format!("The BGP password, from {source}.")],
            source: peer.origin.span(""),
            namespace: context.options.secrets_namespace.clone(),
            name: name.clone(),
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
