//! What holds for every input.

use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_filter("JSON has no others", |f| f.is_finite()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[ -~]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text made of what YAML gives a meaning to.
fn yaml_like() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "---\n",
        "...\n",
        ": ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "!x ",
        "|",
        ">",
        "|-\n  ",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "#",
        " # c",
        "%",
        "\t",
        "\r\n",
        "é",
        "\u{feff}",
        "{{ x }}",
        "${A}",
        "\\",
        "5",
        "yes",
        "~",
        "kind: A\n",
        "apiVersion: v1\n",
        "items:\n",
        "\u{85}",
        "\u{2028}",
        "@",
        "`",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn check(text: &str) {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_all_spans(&manifests);
    let mut diagnostics = Vec::new();
    for untyped in &manifests.untyped {
        let filled = Substitutions::default().fill(&untyped.node, &manifests.sources, "");
        assert!(filled.node.same(&untyped.node));
        if let Value::Map(entries) = &untyped.node.value {
            for (.., value) in entries {
                for document in parse_embedded(&manifests.sources, value, &mut diagnostics) {
                    assert_spans(&manifests.sources, &document);
                }
            }
        }
    }
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        assert_span(&manifests.sources, label.span);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let stdin: Option<Box<dyn std::io::Read + '_>> = Some(Box::new(bytes.as_slice()));
        let input = Input { paths: vec!["-".into()], stdin, ..Input::default() };
        assert_all_spans(&input.read());
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn anything_like_yaml_is_read_or_refused(text in yaml_like()) {
        check(&text);
    }

    #[test]
    fn any_embedded_text_is_read_or_refused(text in yaml_like()) {
        let indented = text.replace('\n', "\n    ");
        check(&format!("config: |\n    {indented}\nother: \"{text}\"\n"));
    }

    #[test]
    fn json_is_read_as_it_was_written(value in any_json(), pretty in any::<bool>()) {
        let wrapped = serde_json::json!({ "value": value });
        let text = if pretty {
            serde_json::to_string_pretty(&wrapped)
        } else {
            serde_json::to_string(&wrapped)
        };
        let manifests = Manifests::from_text("test.json", text.unwrap());
        assert_eq!(&manifests.diagnostics, &[]);
        assert_all_spans(&manifests);
        assert_eq!(super::json(&manifests.untyped[0].node), wrapped);
    }

    #[test]
    fn what_is_written_as_yaml_is_read_the_same(value in any_json()) {
        let wrapped = serde_json::json!({ "value": value });
        let text = serde_saphyr::to_string(&wrapped).unwrap();
        let manifests = Manifests::from_text("test.yaml", text);
        prop_assert_eq!(&manifests.diagnostics, &[]);
        prop_assert_eq!(super::json(&manifests.untyped[0].node), wrapped);
    }
}
