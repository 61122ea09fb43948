//! Older forms of MetalLB's configuration, translated to today's resources the
//! way MetalLB's own converter did: the ConfigMap of versions up to 0.12 (also
//! Cilium's former `bgp-config` and Helm's `configInline`), and AddressPools.

mod config_map;
mod find;
mod pool;

use std::sync::Arc;

use super::resources::{Input, Reader};
use crate::manifest::{Node, Object, Untyped};

pub(super) use pool::read_pool;

/// Looks for legacy configuration inside an object of another kind: a ConfigMap
/// that holds it as text, or Helm values with `configInline`.
pub(super) fn read_embedded(object: &Object, input: &Input<'_>, reader: &mut Reader) {
    if !find::could_hold_configuration(object) {
        return;
    }
    let found = find::in_object(object, input.sources);
    reader.diagnostics.extend(found.diagnostics);
    for root in found.roots {
        if let Some(root) = reader.filled(root, input) {
            config_map::read(&root, &object.meta.namespace, reader);
        }
    }
}

/// Looks for legacy configuration in a document without kind: Helm values, or
/// the bare configuration that a ConfigMap is generated from.
pub(super) fn read_untyped(document: &Untyped, input: &Input<'_>, reader: &mut Reader) {
    let found = find::in_untyped(document, input.sources);
    reader.diagnostics.extend(found.diagnostics);
    for root in found.roots {
        if let Some(root) = reader.filled(root, input) {
            config_map::read(&root, "", reader);
        }
    }
}

/// A path of today's resource (`spec.autoAssign`) in the words of the ConfigMap
/// (`auto-assign`).
fn kebab_path(path: &str) -> String {
    let path = path.strip_prefix("spec.").or(path.strip_prefix("metadata.")).unwrap_or(path);
    let path = path.replace("localPref", "localpref").replace("ebgpMultiHop", "ebgp-multihop");
    let mut kebab = String::with_capacity(path.len() + 4);
    let mut after_lower = false;
    for c in path.chars() {
        if c.is_ascii_uppercase() && after_lower {
            kebab.push('-');
        }
        after_lower = c.is_ascii_lowercase();
        kebab.push(c.to_ascii_lowercase());
    }
    kebab
}

/// A path of today's resource in an object that is only its `spec`.
fn without_spec(path: &str) -> String {
    path.strip_prefix("spec.").unwrap_or(path).to_owned()
}

/// The node as a root of its own, so that paths can start at it.
fn own_root(node: &Node) -> Arc<Node> {
    Arc::new(node.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_those_of_the_config_map() {
        let cases = [
            ("spec.autoAssign", "auto-assign"),
            ("spec.avoidBuggyIPs", "avoid-buggy-ips"),
            ("spec.myASN", "my-asn"),
            ("spec.aggregationLengthV6", "aggregation-length-v6"),
            ("spec.localPref", "localpref"),
            ("spec.addresses[2]", "addresses[2]"),
            ("spec.nodeSelectors[0].matchLabels", "node-selectors[0].match-labels"),
            ("metadata.name", "name"),
        ];
        for (path, expected) in cases {
            assert_eq!(kebab_path(path), expected);
        }
    }
}
