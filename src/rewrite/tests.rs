//! Small texts, and laws that hold for texts of every layout.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::manifest::{Node, Sources, Value};

/// A tree of one file.
fn tree(name: &str, text: &str) -> Tree {
    let mut sources = Sources::default();
    let id = sources.add(name, text.to_owned());
    let documents = name.ends_with("yaml").then(|| raw_documents(&sources, id));
    let file = TreeFile { path: PathBuf::from(name), id, documents };
    Tree { sources, files: vec![file], diagnostics: vec![] }
}

/// The new text, and the codes of what is said.
fn rewritten(text: &str, options: Options) -> (String, Vec<&'static str>) {
    let tree = tree("a.yaml", text);
    let request = Request {
        options,
        pools: &Pools::default(),
        configuration: &Configuration::default(),
        replacements: None,
    };
    let result = rewrite(&tree, &request);
    let after = match &result.changes[..] {
        [] => text.to_owned(),
        [one] => one.after().to_owned(),
        _ => panic!("one file has one change"),
    };
    (after, result.diagnostics.iter().map(|one| one.code.id).collect())
}

const PLAIN: Options = Options { remove_metallb: false, labels_in_values: false };
const REMOVE: Options = Options { remove_metallb: true, labels_in_values: true };

#[test]
fn annotations_are_set_beside_metallb_s() {
    for (before, after) in [
        // The newer prefix wins, even if it is empty.
        (
            "a:\n  metallb.universe.tf/allow-shared-ip: x\n  metallb.io/allow-shared-ip: ''\n",
            "a:\n  metallb.universe.tf/allow-shared-ip: x\n  metallb.io/allow-shared-ip: ''\n",
        ),
        (
            "{metallb.io/allow-shared-ip: on-x}",
            "{metallb.io/allow-shared-ip: on-x, lbipam.cilium.io/sharing-key: on-x}",
        ),
        (
            "metallb.io/allow-shared-ip: 'on'\n",
            "metallb.io/allow-shared-ip: 'on'\nlbipam.cilium.io/sharing-key: 'on'\n",
        ),
        // A list of one, whose first key stands behind the dash.
        (
            "a:\n-  metallb.io/allow-shared-ip: x\n   b: c\n",
            "a:\n-  metallb.io/allow-shared-ip: x\n   lbipam.cilium.io/sharing-key: x\n   b: c\n",
        ),
        // Folded and literal scalars.
        (
            "metallb.io/loadBalancerIPs: >-\n  10.0.0.1,\n  10.0.0.2\nb: c\n",
            "metallb.io/loadBalancerIPs: >-\n  10.0.0.1,\n  10.0.0.2\nlbipam.cilium.io/ips: 10.0.0.1,10.0.0.2\nb: c\n",
        ),
        // An address that ends in a colon is no key.
        (
            "metallb.io/loadBalancerIPs: 'fd00::'\n",
            "metallb.io/loadBalancerIPs: 'fd00::'\nlbipam.cilium.io/ips: 'fd00::'\n",
        ),
        (
            "metallb.io/loadBalancerIPs: ' fd00::'\n",
            "metallb.io/loadBalancerIPs: ' fd00::'\nlbipam.cilium.io/ips: 'fd00::'\n",
        ),
        // Placeholders of other tools.
        (
            "metallb.io/loadBalancerIPs: ${A}, ${B}\n",
            "metallb.io/loadBalancerIPs: ${A}, ${B}\nlbipam.cilium.io/ips: \"${A},${B}\"\n",
        ),
        // Nothing is asked for.
        ("metallb.io/loadBalancerIPs:\n", "metallb.io/loadBalancerIPs:\n"),
        ("metallb.io/ip-allocated-from-pool: x\n", "metallb.io/ip-allocated-from-pool: x\n"),
    ] {
        let (found, said) = rewritten(before, PLAIN);
        assert_eq!((found.as_str(), &said[..]), (after, &[][..]), "{before}");
        assert_eq!(rewritten(&found, PLAIN).0, found, "a second time");
    }
}

#[test]
fn metallb_s_annotations_are_taken_out() {
    for (before, after) in [
        ("a: {metallb.io/allow-shared-ip: x}", "a: {lbipam.cilium.io/sharing-key: x}"),
        ("a: {metallb.io/ip-allocated-from-pool: x}\n", "a: {}\n"),
        (
            "a: {b: c, metallb.io/ip-allocated-from-pool: x, metallb.universe.tf/address-pool: ''}",
            "a: {b: c}",
        ),
        ("a: {metallb.io/ip-allocated-from-pool: x, b: c}", "a: {b: c}"),
        (
            "a:\n  # why\n  metallb.io/ip-allocated-from-pool: x # it is\nb: c\n",
            "a: {}\n  # why\nb: c\n",
        ),
        (
            "annotations: # these\n  metallb.io/address-pool: x\n",
            "annotations: {} # these\nlabels:\n  metallb2cilium.io/pool: x\n",
        ),
        ("b: 1\nmetallb.io/ip-allocated-from-pool: x\n", "b: 1\n"),
        (
            "metallb.io/loadBalancerIPs: &x 10.0.0.1\nb: *x\n",
            "lbipam.cilium.io/ips: &x 10.0.0.1\nb: *x\n",
        ),
    ] {
        let (found, said) = rewritten(before, REMOVE);
        assert_eq!((found.as_str(), &said[..]), (after, &[][..]), "{before}");
        assert_eq!(rewritten(&found, REMOVE).0, found, "a second time");
    }
}

#[test]
fn places_that_cannot_be_edited_exactly_are_left_and_named() {
    for text in [
        "l: &l {a: b}\nmetadata:\n  labels: *l\n  annotations: {metallb.io/address-pool: x}\n",
        "metadata:\n  labels: &l\n    a: b\n  annotations:\n    metallb.io/address-pool: x\nspec:\n  selector: *l\n",
        "metadata: {labels: !!map &l {a: b}, annotations: {metallb.io/address-pool: x}, other: [*l]}\n",
        "? metallb.io/allow-shared-ip\n: x\n",
        "metallb.io/allow-shared-ip: |+\n  x\n\n",
        "a: |\n  metadata:\n    labels: [a]\n    annotations:\n      metallb.io/address-pool: x\n",
        "- op: add\n  path: /metadata/annotations/metallb.io~1loadBalancerIPs\n  value: nobody\n",
    ] {
        let (found, said) = rewritten(text, PLAIN);
        assert_eq!(found, text);
        assert!(said.contains(&"M2C524"), "{said:?}\n{text}");
    }
}

/// An anchor that no alias of its document means keeps nobody from editing.
#[test]
fn labels_with_an_anchor_of_their_own_are_edited() {
    let before =
        "metadata:\n  labels: &l\n    a: b\n  annotations:\n    metallb.io/address-pool: x\n\
                  other: [*li]\n---\na: &l b\nc: *l\n"
            .replace("other: [*li]", "li: &li c\nother: [*li]");
    let after = before.replace("    a: b\n", "    a: b\n    metallb2cilium.io/pool: x\n");
    assert_eq!(rewritten(&before, PLAIN), (after, vec![]));
}

#[test]
fn what_other_places_refer_to_is_not_taken_out() {
    let before = "annotations:\n  metallb.io/address-pool: &x a\n  metallb.io/allow-shared-ip: k\nlabels:\n  pool: *x\n";
    let after = "annotations:\n  metallb.io/address-pool: &x a\n  lbipam.cilium.io/sharing-key: k\nlabels:\n  pool: *x\n  metallb2cilium.io/pool: a\n";
    let (found, said) = rewritten(before, REMOVE);
    assert_eq!((found.as_str(), said), (after, vec!["M2C524"]));
    assert_eq!(rewritten(&found, REMOVE).0, found, "a second time");
}

#[test]
fn what_judges_is_not_edited() {
    for text in [
        "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: X\nspec: {metallb.io/address-pool: x}\n",
        "apiVersion: v1\nkind: Service\nsops: {mac: x}\nmetadata: {annotations: {metallb.io/address-pool: x}}\n",
        "a: \"metallb.io/address-pool: x\"\n",
        "a: {{ x }}\nmetallb.io/address-pool: x\n",
    ] {
        let (found, said) = rewritten(text, PLAIN);
        assert_eq!((found.as_str(), said), (text, vec!["M2C523"]), "{text}");
    }
    // A copy that kubectl keeps is neither edited nor named, nor is a comment.
    for text in [
        "annotations:\n  kubectl.kubernetes.io/last-applied-configuration: |\n    {\"metallb.io/address-pool\":\"x\"}\n",
        "# metallb.io/address-pool: x\na: b # metallb.io/address-pool\n",
    ] {
        assert_eq!(rewritten(text, REMOVE), (text.to_owned(), vec![]), "{text}");
    }
}

/// A value as it may be written.
fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "10.0.0.1",
        "\"10.0.0.1\"",
        "'10.0.0.1, fd00::1'",
        "&a 10.0.0.2",
        "${IP}",
        "\"${IP}\"",
        "fd00::1 # six",
        "\"10.0.0.3\" # quoted",
        "fd00::",
        "!!str 10.0.0.4",
        "",
        "\"\"",
    ])
}

/// The lines of a mapping with annotations, in some layout.
fn mapping() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "metallb.io/loadBalancerIPs",
        "metallb.universe.tf/loadBalancerIPs",
        "metallb.io/allow-shared-ip",
        "\"metallb.universe.tf/allow-shared-ip\"",
        "metallb.io/address-pool",
        "'metallb.universe.tf/address-pool'",
        "metallb.io/ip-allocated-from-pool",
    ]);
    let entries = prop::collection::btree_map(key, value(), 0..4);
    let (indent, step, tail) = (0usize..4, 1usize..5, 0usize..4);
    (entries, indent, step, tail, any::<bool>(), any::<bool>()).prop_map(
        |(entries, indent, step, tail, crlf, comments)| {
            let (outer, inner) = (" ".repeat(indent), " ".repeat(indent + step));
            let mut text = format!("{outer}x: 1 # first\n{outer}annotations:\n{inner}other: 'y'\n");
            for (at, (key, value)) in entries.into_iter().enumerate() {
                if comments {
                    text.push_str(&format!("{inner}# number {at}\n"));
                }
                let value = value.replace("&a", &format!("&a{at}"));
                text.push_str(&format!("{inner}{key}: {value}\n"));
            }
            text.push_str(["", "\n", "# end", "\n# end\n"][tail]);
            if tail != 2 {
                text.push_str(&format!("{outer}labels:\n{outer} z: 2\n"));
            }
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

fn read(text: &str) -> Option<Node> {
    let mut sources = Sources::default();
    let id = sources.add("a.yaml", text.to_owned());
    raw_documents(&sources, id).into_iter().next()?.content.ok()
}

/// The entries of a mapping that are not Cilium's and not ours.
fn others(node: &Node) -> Node {
    let Value::Map(entries) = &node.value else { return node.clone() };
    let of_others = entries
        .iter()
        .filter(|(key, ..)| !key.contains("cilium.io"))
        .map(|(key, span, value)| (key.clone(), *span, others(value)));
    Node { span: node.span, value: Value::Map(of_others.collect()) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_cilium_s_entries_comes_in(text in mapping()) {
        let (after, _) = rewritten(&text, PLAIN);
        // Line by line the old text stands in the new one.
        let mut lines = after.split_inclusive('\n');
        for line in text.split_inclusive('\n') {
            prop_assert!(lines.any(|new| new.trim_end() == line.trim_end()), "{text}\n->\n{after}");
        }
        let (old, new) = (read(&text), read(&after));
        if let Some(old) = old {
            let new = new.expect("it still reads");
            prop_assert!(others(&new).same(&old), "{text}\n->\n{after}");
        }
        prop_assert_eq!(rewritten(&after, PLAIN).0, after);
    }

    #[test]
    fn taking_out_leaves_all_else(text in mapping()) {
        let (after, _) = rewritten(&text, REMOVE);
        prop_assert_eq!(read(&text).is_some(), read(&after).is_some());
        for comment in ["# first", "# number 0", "# end"] {
            prop_assert!(!text.contains(comment) || after.contains(comment));
        }
        prop_assert!(!text.contains("other: 'y'") || after.contains("other: 'y'"));
        prop_assert_eq!(rewritten(&after, REMOVE).0, after);
    }
}
