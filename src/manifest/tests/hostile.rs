//! Input that is broken, or made to break the reader.

use super::*;

/// The first diagnostic: its code and the line and column it is at.
fn first(text: &str) -> (&'static str, usize, usize) {
    let manifests = Manifests::from_text("test.yaml", text);
    assert_all_spans(&manifests);
    let diagnostic = manifests.diagnostics.first().unwrap_or_else(|| panic!("accepted: {text:?}"));
    let place = manifests.sources.start(diagnostic.labels[0].span);
    (diagnostic.code.id, place.line, place.column)
}

#[test]
fn broken_documents_are_told_with_their_place() {
    for (text, expected) in [
        ("a: b\na: c\n", ("M2C104", 2, 1)),
        ("5: b\n'5': c\n", ("M2C104", 2, 1)),
        ("{\"a\": 1, \"a\": 2}", ("M2C104", 1, 10)),
        ("? [a]\n: b\n", ("M2C105", 1, 3)),
        ("? {a: b}\n: b\n", ("M2C105", 1, 3)),
        ("~: b\n", ("M2C105", 1, 1)),
        ("x: &x {a: 1}\ny: {a: 2, <<: *x}\n", ("M2C106", 2, 5)),
        ("a: {<<: b}\n", ("M2C106", 1, 9)),
        ("a: {<<: [b]}\n", ("M2C106", 1, 10)),
        ("a: *x\n", ("M2C107", 1, 4)),
        ("a: &x\n  b: *x\n", ("M2C107", 2, 6)),
        ("a: &x 1\n---\nb: *x\n", ("M2C107", 3, 4)),
        ("a: !!int b\n", ("M2C108", 1, 10)),
        ("a: !!bool 5\n", ("M2C108", 1, 11)),
        ("a: !!binary '*'\n", ("M2C108", 1, 13)),
        ("a: b\n\tc: d\n", ("M2C101", 1, 4)),
        ("a: \"open\n", ("M2C101", 1, 4)),
        ("a: 'open\nb: c\n", ("M2C101", 1, 4)),
        ("a: [1, 2\n", ("M2C101", 1, 4)),
        ("a: b: c\n", ("M2C101", 1, 5)),
        ("{\"a\": [1,\n 2}", ("M2C101", 1, 7)),
        ("{\"a\": 1", ("M2C101", 1, 1)),
    ] {
        assert_eq!(first(text), expected, "{text:?}");
    }
}

#[test]
fn a_tab_in_the_indentation_is_pointed_out() {
    let manifests = Manifests::from_text("test.yaml", "a: b\n---\na:\n\tb: c\n");
    let help = manifests.diagnostics[0].help.as_deref().unwrap();
    assert_eq!(help, "line 4 is indented with a tab; YAML wants spaces");
    let manifests = Manifests::from_text("test.yaml", "a: [\n");
    let help = manifests.diagnostics[0].help.as_deref().unwrap();
    assert_eq!(help, "mend it there, or in the lines before");
}

#[test]
fn broken_json_is_told_as_json() {
    for (text, message) in [
        ("{\"a\": 1,}", "expected a key in double quotes, found `}`"),
        ("{\"a\" 1}", "expected `:`, found `1`"),
        ("{\"a\": [1 2]}", "expected `,` or `]`, found `2`"),
        ("{\"a\": 01}", "expected a number without leading zeros"),
        ("{\"a\": 1.}", "expected a digit, found `}`"),
        ("{\"a\": 1e999}", "a number beyond 64 bits"),
        ("{\"a\": nope}", "expected a value, found `n`"),
        ("{\"a\": \"\\x\"}", "expected an escape that JSON has"),
        ("{\"a\": \"\\u12\"}", "expected four hexadecimal digits"),
        ("{\"a\": \"x\ny\"}", "expected no control character in a string"),
        ("{\"a\": \"x", "expected the end of the string"),
        ("{\"a\": 1", "expected `,` or `}`, found the end of the text"),
    ] {
        let mut manifests = Manifests::default();
        let id = manifests.sources.add("a.json", text);
        let mut budget = super::super::parse::Budget::default();
        let error = super::super::json::parse(text, 0, text.len(), id, &mut budget).unwrap_err();
        let diagnostic = super::super::read::describe(error);
        assert!(diagnostic.message.contains(message), "{text}: {}", diagnostic.message);
        assert_span(&manifests.sources, diagnostic.labels[0].span);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 10_000;
    for text in [
        format!("a: {}", "[".repeat(deep)),
        format!("a: {}{}", "[".repeat(deep), "]".repeat(deep)),
        "{\"a\":".repeat(deep),
        "[".repeat(deep),
        "- ".repeat(deep),
        (0..deep).map(|level| format!("{}a:\n", " ".repeat(level))).collect(),
        "? ".repeat(deep),
        format!("a: {}", "{a: ".repeat(deep)),
    ] {
        let manifests = Manifests::from_text("test.yaml", text.as_str());
        let code = codes_of(&manifests)[0];
        assert!(["M2C109", "M2C105"].contains(&code), "{code} {}", &text[..20]);
    }
    let within = format!("a: {}{}", "[".repeat(250), "]".repeat(250));
    assert_eq!(codes_of(&Manifests::from_text("test.yaml", within)), Vec::<&str>::new());
}

#[test]
fn aliases_cannot_nest_deeper_than_collections() {
    let open = "[".repeat(200);
    let close = "]".repeat(200);
    let text = format!("a: &a {open}{close}\nb: {open}*a{close}\n");
    assert_eq!(first(&text).0, "M2C109");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{previous}]\n");
    }
    text += "---\nkind: A\napiVersion: v1\n";
    let manifests = Manifests::from_text("test.yaml", text.as_str());
    assert_eq!(codes_of(&manifests), ["M2C110"]);
    assert_eq!(manifests.objects.len(), 1);
}

#[test]
fn alias_bombs_share_one_budget() {
    let text = format!("a: &a {}\nb: [{}]\n---\n", "x".repeat(1 << 20), "*a, ".repeat(40));
    let manifests = Manifests::from_text("test.yaml", text.repeat(3));
    assert_eq!(codes_of(&manifests), ["M2C110", "M2C110"]);
}

#[test]
fn large_flat_input_takes_linear_time() {
    let count = 100_000;
    let keys: String = (0..count).map(|index| format!("k{index}: v\n")).collect();
    let json_keys: Vec<String> = (0..count).map(|index| format!("\"k{index}\": 1")).collect();
    let json_text = format!("{{{}}}", json_keys.join(","));
    let scalar = format!("a: {}\n", "x ".repeat(1 << 20));
    let quoted = format!("a: \"{}\"\n", "\\n".repeat(1 << 20));
    let block = format!("a: |\n{}", "  line\n".repeat(count));
    let documents = "---\n# c\n".repeat(count);
    let escapes = format!("{{\"a\": \"{}\"}}", "\\u00e9".repeat(count));
    for text in [keys, json_text, scalar, quoted, block, documents, escapes] {
        let manifests = Manifests::from_text("test.yaml", text);
        assert_eq!(manifests.diagnostics, []);
    }
}

#[test]
fn problems_are_not_told_without_end() {
    let manifests = Manifests::from_text("test.yaml", "--- []\n".repeat(5_000));
    assert_eq!(manifests.diagnostics.len(), 1_001);
    assert_eq!(manifests.diagnostics[1_000].code.id, "M2C118");
}

#[test]
fn truncated_files_are_refused_or_are_whole() {
    let text = "kind: A\napiVersion: v1\nspec:\n  a: \"é\"\n  b: [1, {c: 'd'}]\n  e: |\n    f\n";
    for (end, _) in text.char_indices() {
        assert_all_spans(&Manifests::from_text("test.yaml", &text[..end]));
    }
}

#[test]
fn unknown_tags_are_passed_over() {
    let text = "kind: A\napiVersion: v1\nspec: !custom {a: !other b, c: !<tag:x,1:y> [d]}\n";
    let manifests = Manifests::from_text("test.yaml", text);
    assert_eq!(manifests.diagnostics, []);
    assert_eq!(manifests.objects[0].node.nearest("spec.a").as_str(), Some("b"));
}
