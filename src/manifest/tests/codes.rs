//! Every code is raised by something.

use std::collections::BTreeSet;

use super::super::codes::ALL;
use super::*;
use crate::diagnostic::Diagnostic;

#[derive(serde::Deserialize)]
#[allow(dead_code, reason = "only decoded")]
struct Fields {
    number: u8,
    kind: Option<Kind>,
    host: Option<std::net::IpAddr>,
}

#[derive(serde::Deserialize)]
enum Kind {
    Local,
}

fn of_texts() -> Vec<Diagnostic> {
    let bomb = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100));
    let deep = "- ".repeat(10_000);
    let many = "--- []\n".repeat(1_001);
    let texts = [
        "a: [",
        "a: {{ x }}",
        "#!/bin/sh",
        "a: 1\na: 2",
        "[a]: b",
        "a: {<<: 1}",
        "a: *b",
        "a: !!int b",
        &deep,
        &bomb,
        "- a",
        &many,
    ];
    texts.iter().flat_map(|text| Manifests::from_text("x", *text).diagnostics).collect()
}

fn of_files() -> Vec<Diagnostic> {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.yaml");
    let read = |bytes: &[u8], max_bytes| {
        let stdin: Option<Box<dyn std::io::Read + '_>> = Some(Box::new(bytes));
        Input { paths: vec!["-".into()], max_bytes, stdin, ..Input::default() }.read().diagnostics
    };
    let paths = vec![missing, directory.path().to_owned()];
    [
        Input { paths, ..Input::default() }.read().diagnostics,
        read(b"a\0", 10),
        read(b"a\xff", 10),
        read(b"0123456789a", 10),
    ]
    .concat()
}

fn of_objects() -> Vec<Diagnostic> {
    let text = "kind: A\napiVersion: v1\nmetadata: {name: a}\nspec: ";
    let manifests = Manifests::from_text("x", format!("{text}1\n---\n{text}2\n"));
    let mut diagnostics = Vec::new();
    deduplicate(manifests.objects, |_, _| false, &mut diagnostics);
    for fields in [
        "{number: 1, nmber: 2}",
        "{number: a}",
        "{number: 256}",
        "{}",
        "{number: 1, kind: local}",
        "{number: $N}",
        "{number: 1, host: a.b}",
    ] {
        let manifests = Manifests::from_text("x", fields);
        let mut problems = Vec::new();
        let node = &manifests.untyped[0].node;
        let _ = decode::<Fields>(node, "", Mode::Strict, &mut problems);
        diagnostics.extend(problems.into_iter().map(|problem| problem.into_diagnostic(None)));
    }
    diagnostics
}

fn of_settings() -> Vec<Diagnostic> {
    let manifests = Manifests::from_text("x", "a: $V");
    let mut substitutions = Substitutions::default();
    substitutions.set("V=[a]").unwrap();
    let node = &manifests.untyped[0].node;
    let problems = substitutions.fill(node, &manifests.sources, "").problems;
    let mut diagnostics: Vec<_> =
        problems.into_iter().map(|problem| problem.into_diagnostic(None)).collect();
    diagnostics.push(*substitutions.set("1").unwrap_err());
    diagnostics
}

#[test]
fn every_code_is_raised_and_explained() {
    let raised: BTreeSet<_> = [of_texts(), of_files(), of_objects(), of_settings()]
        .concat()
        .iter()
        .map(|diagnostic| diagnostic.code.id)
        .collect();
    let all: BTreeSet<_> = ALL.iter().map(|code| code.id).collect();
    assert_eq!(raised, all);
    assert_eq!(all.len(), ALL.len(), "codes are unique");
    for code in ALL {
        assert!(code.id.starts_with("M2C1") && code.id.len() == 6, "{code}");
        assert!(!code.title.ends_with('.') && code.explain.ends_with('.'), "{code}");
        assert!(code.explain.lines().all(|line| line.len() <= 90), "{code}");
    }
}
