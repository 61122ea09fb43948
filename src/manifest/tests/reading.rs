//! What well-formed input is read as.

use serde_json::json;

use super::*;

/// The only document of a text that has no `apiVersion`, as JSON.
fn value(text: &str) -> serde_json::Value {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, [], "{text:?}");
    assert_all_spans(&manifests);
    super::json(&manifests.untyped[0].node)
}

#[test]
fn scalars_and_collections_are_read_as_kubectl_reads_them() {
    for (text, expected) in [
        (
            "a: yes\nb: 'yes'\nc: 0755\nd: ~\ne:",
            json!({"a": true, "b": "yes", "c": 493, "d": null, "e": null}),
        ),
        (
            "a: 2024-01-01\nb: 2024-01-01T00:00:00Z",
            json!({"a": "2024-01-01", "b": "2024-01-01T00:00:00Z"}),
        ),
        ("on: 1\n5: x\n1.50: z", json!({"true": 1, "5": "x", "1.5": "z"})),
        (
            "a: !!str 5\nb: !!int '5'\nc: !!float 1\nd: !custom 5\ne: ! '5'",
            json!({"a": "5", "b": 5, "c": 1.0, "d": "5", "e": 5}),
        ),
        ("a: !!binary aGk=\nb: !!null ''", json!({"a": "hi", "b": null})),
        ("a:\t1\nb: x\t# c\n", json!({"a": 1, "b": "x"})),
        ("a: |\n  ---\n  x\nb: >-\n  y\n  z\n", json!({"a": "---\nx\n", "b": "y z"})),
        ("a: [1, {b: c}, ]\n", json!({"a": [1, {"b": "c"}]})),
        ("a:\n- 1\n- - 2\n  - 3\n", json!({"a": [1, [2, 3]]})),
        ("\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n", json!({"a": 1, "b": "x\ny\n"})),
        ("? a\n: b\n", json!({"a": "b"})),
        (
            "x: &x {a: 1, b: 2}\nw:\n  <<: *x\n  b: 3\n",
            json!({"x": {"a": 1, "b": 2}, "w": {"a": 1, "b": 3}}),
        ),
        (
            "x: &x {a: 1}\nz: &z {a: 2, b: 2}\nw: {<<: [*x, *z]}\n",
            json!({"x": {"a": 1}, "z": {"a": 2, "b": 2}, "w": {"a": 1, "b": 2}}),
        ),
        ("x: &x {a: 1}\nw: {a: 1, <<: *x}\n", json!({"x": {"a": 1}, "w": {"a": 1}})),
        (
            "a: &a 1\nb: *a\nc: &a 2\nd: *a\n*a : e\n",
            json!({"a": 1, "b": 1, "c": 2, "d": 2, "2": "e"}),
        ),
        ("'<<': 1\n", json!({"<<": 1})),
        (
            "{\"a\": \"\\u00e9\\ud83d\\ude00\\/\\n\", \"b\": -1.5e3, \"c\": 18446744073709551615}",
            json!({"a": "é😀/\n", "b": -1500.0, "c": u64::MAX}),
        ),
        ("{\"a\": \"\\ud800x\"}", json!({"a": "\u{fffd}x"})),
        ("{\"a\":yes}", json!({"a": true})),
        ("{a: b} # comment\n", json!({"a": "b"})),
        ("--- {a: b}\n", json!({"a": "b"})),
        ("---\n{\"a\": yes}\n", json!({"a": true})),
        ("%YAML 1.1\n---\na: 1\n...\n", json!({"a": 1})),
    ] {
        assert_eq!(value(text), expected, "{text:?}");
    }
}

#[test]
fn spans_name_the_text_of_every_value() {
    let text = "kind: A\napiVersion: v1\nspec:\n  a: é x # c\n  \"q\": \"y\\\"z\"\n  l:\n  - 10.0.0.0/24\n  \
                - {f: [1, 2]}\n  b: |-\n    one\n    two\n\n  none:\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let manifests = Manifests::from_text("test.yaml", text);
        let node = &manifests.objects[0].node;
        let at = |path| text_at(&manifests, node.nearest(path).span).replace("\r\n", "\n");
        assert_eq!(at("spec.a"), "é x");
        assert_eq!(at("spec.q"), "\"y\\\"z\"");
        assert_eq!(at("spec.l[0]"), "10.0.0.0/24");
        assert_eq!(at("spec.l[1]"), "{f: [1, 2]}");
        assert_eq!(at("spec.l[1].f[1]"), "2");
        assert_eq!(at("spec.b"), "|-\n    one\n    two");
        assert_eq!(at("spec.none"), "");
        let Value::Map(entries) = &node.get("spec").unwrap().value else { panic!() };
        let keys: Vec<_> = entries.iter().map(|(_, span, _)| text_at(&manifests, *span)).collect();
        assert_eq!(keys, ["a", "\"q\"", "l", "b", "none"]);
        let place = manifests.sources.start(node.nearest("spec.q").span);
        assert_eq!((place.line, place.column), (5, 8));
    }
}

#[test]
fn json_has_spans_too() {
    let text = "{\"kind\": \"A\", \"apiVersion\": \"v1\",\n \"spec\": {\"é\": [1, {\"b\": null}]}}";
    let manifests = Manifests::from_text("a.json", text);
    assert_eq!(manifests.diagnostics, []);
    let node = &manifests.objects[0].node;
    assert_eq!(text_at(&manifests, node.span), text);
    assert_eq!(text_at(&manifests, node.nearest("spec.é[1]").span), "{\"b\": null}");
    assert_eq!(text_at(&manifests, node.nearest("spec.é[1].b").span), "null");
}

/// The objects of a text as `kind name`.
fn objects(text: &str) -> Vec<String> {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    manifests.objects.iter().map(|object| format!("{} {}", object.kind, object.meta.name)).collect()
}

#[test]
fn streams_and_lists_become_objects() {
    let none: [&str; 0] = [];
    for (text, expected) in [
        ("", vec![]),
        ("---\n# nothing\n---\n...\n", vec![]),
        ("---\nnull\n", vec![]),
        (
            "kind: A\napiVersion: v1\n---\nkind: B\napiVersion: v1\nmetadata: {name: b}\n",
            vec!["A ", "B b"],
        ),
        (
            "kind: List\napiVersion: v1\nitems:\n- {kind: A, apiVersion: v1}\n- {kind: B, apiVersion: v1}\n",
            vec!["A ", "B "],
        ),
        (
            "kind: IPAddressPoolList\napiVersion: metallb.io/v1beta1\nitems: [{metadata: {name: a}}, {kind: X, apiVersion: y}]\n",
            vec!["IPAddressPool a", "X "],
        ),
        ("kind: List\napiVersion: v1\nitems: []\n", vec![]),
        ("kind: List\napiVersion: v1\nitems: null\n", vec![]),
        (
            "kind: List\napiVersion: v1\nitems: [{kind: List, apiVersion: v1, items: [{kind: A, apiVersion: v1}]}]\n",
            vec!["A "],
        ),
        ("kind: AllowList\napiVersion: v1\nspec: {}\n", vec!["AllowList "]),
        (
            "{\"kind\": \"A\", \"apiVersion\": \"v1\"}\n{\"kind\": \"B\", \"apiVersion\": \"v1\"}",
            vec!["A ", "B "],
        ),
    ] {
        assert_eq!(objects(text), expected, "{text:?}");
    }
    assert_eq!(objects("a: b\n---\nkind: values\nspec: 5\n"), none);
}

#[test]
fn items_of_a_typed_list_inherit_its_version() {
    let text =
        "kind: BGPPeerList\napiVersion: metallb.io/v1beta2\nitems: [{metadata: {name: a}}]\n";
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.objects[0].api_version, "metallb.io/v1beta2");
    assert_eq!(manifests.objects[0].group(), "metallb.io");
    assert_eq!(text_at(&manifests, manifests.objects[0].node.span), "{metadata: {name: a}}");
}

#[test]
fn metadata_is_taken_as_far_as_it_is_well_formed() {
    let text = "kind: A\napiVersion: v1\nmetadata:\n  name: pool\n  namespace: s\n  labels: {a: b, c: 5}\n  \
                annotations: {d: e}\n  creationTimestamp: 2024-01-01T00:00:00Z\n  managedFields: [{}]\nstatus: {}\n";
    let manifests = Manifests::from_text("test.yaml", text);
    let expected = ObjectMeta {
        name: "pool".into(),
        namespace: "s".into(),
        labels: [("a".into(), "b".into())].into(),
        annotations: [("d".into(), "e".into())].into(),
        creation_timestamp: Some("2024-01-01T00:00:00Z".into()),
    };
    assert_eq!(manifests.objects[0].meta, expected);
}

#[test]
fn a_broken_document_does_not_hide_the_next() {
    let text = "kind: A\napiVersion: v1\n---\nkind: B\napiVersion: v1\n  bad: x\n---\n- list\n---\ntext\n---\n\
                kind: C\nmetadata: {}\n---\nkind: List\napiVersion: v1\nitems: [5, {kind: D, apiVersion: v1}]\n---\n\
                kind: E\napiVersion: v1\n";
    let manifests = Manifests::from_text("test.yaml", text);
    let kinds: Vec<_> = manifests.objects.iter().map(|object| object.kind.as_str()).collect();
    assert_eq!(kinds, ["A", "D", "E"]);
    assert_eq!(codes_of(&manifests), ["M2C101", "M2C111", "M2C111", "M2C111", "M2C111"]);
    let lines: Vec<_> = manifests
        .diagnostics
        .iter()
        .map(|diagnostic| manifests.sources.start(diagnostic.labels[0].span).line)
        .collect();
    assert_eq!(lines, [6, 8, 10, 12, 17]);
}

#[test]
fn templates_are_named_once_and_the_rest_is_read() {
    let text = "# {{ a comment }}\nkind: A\napiVersion: v1\nspec: {x: '{{ quoted }}'}\n---\nkind: B\nname: {{ .Values.b }}\n---\n\
                {{- if .x }}\nkind: C\n{{- end }}\n---\nkind: D\napiVersion: v1\ns: |\n  {{ block }}\n";
    let manifests = Manifests::from_text("dir/test.yaml", text);
    let kinds: Vec<_> = manifests.objects.iter().map(|object| object.kind.as_str()).collect();
    assert_eq!(kinds, ["A", "D"]);
    assert_eq!(codes_of(&manifests), ["M2C102"]);
    let diagnostic = &manifests.diagnostics[0];
    assert_eq!(diagnostic.message, "dir/test.yaml is a template, not a manifest: `{{` on line 7");
    assert!(diagnostic.help.as_deref().unwrap().contains("helm template"));
    for text in [
        "{% if x %}\na: b\n{% endif %}\n",
        "{{ template }}\n",
        "a: b\n{{ x }}: y\n",
        "{{ x }}: y\n",
    ] {
        assert_eq!(codes_of(&Manifests::from_text("x", text)), ["M2C102"], "{text}");
    }
}

#[test]
fn a_list_is_told_as_a_list() {
    for text in ["- a\n- b\n", "- 'x' # y\n", "[a]\n"] {
        let manifests = Manifests::from_text("x", text);
        assert_eq!(codes_of(&manifests), ["M2C111"]);
        assert!(manifests.diagnostics[0].message.contains("is a list"));
    }
}

#[test]
fn other_texts_are_named_with_the_line_that_matters() {
    for (text, line) in [
        ("#!/bin/sh\ncat <<EOF\nkind: IPAddressPool\nEOF\n", 3),
        ("#!/bin/sh\nkubectl get pods\n", 1),
        ("resource \"helm_release\" \"x\" {\n  chart = \"metallb\"\n}\n", 2),
        ("cat <<EOF\nkind: BGPPeer\n---\nkind: A\napiVersion: v1\n---\nEOF\n", 2),
    ] {
        let manifests = Manifests::from_text("x", text);
        assert_eq!(codes_of(&manifests), ["M2C103"], "{text}");
        assert!(manifests.objects.is_empty());
        let span = manifests.diagnostics[0].labels[0].span;
        assert_eq!(manifests.sources.start(span).line, line, "{text}");
    }
}
