//! Files in objects, and the names of objects.

use proptest::prelude::*;

use super::files::{MAX_DATA, volumes};
use super::*;

fn file(name: &str, text: String, secret: bool) -> File {
    File { name: name.to_owned(), extension: "yaml", text, secret }
}

fn run_of(files: Vec<File>) -> Run {
    Run {
        kind: Kind::Probe,
        name: "metallb2cilium-probe".to_owned(),
        namespace: None,
        image: "image".to_owned(),
        program: "metallb2cilium".to_owned(),
        arguments: vec![],
        files,
        user: User::NotRoot(1),
        pull_secret: Some("registry".to_owned()),
        placement: Placement::Jobs {
            nodes: vec!["node-a".to_owned()],
            ttl: Duration::from_secs(1),
            deadline: Duration::from_secs(1),
        },
    }
}

/// What a Pod would find, in the order of the names: from the written YAML.
fn found(run: &Run) -> Vec<(bool, Vec<u8>)> {
    use base64::Engine as _;
    let mut found = std::collections::BTreeMap::new();
    for document in documents(run).unwrap() {
        let yaml = crate::report::manifests::yaml(&document).unwrap();
        let object: Value = serde_yaml::from_str(&yaml).unwrap();
        assert_eq!(object, document.object, "{yaml}");
        let secret = object["kind"] == "Secret";
        for (field, plain) in [("data", !secret), ("binaryData", false)] {
            for (key, value) in object[field].as_object().into_iter().flatten() {
                let text = value.as_str().unwrap();
                let decode = || base64::engine::general_purpose::STANDARD.decode(text).unwrap();
                let bytes = if plain { text.as_bytes().to_vec() } else { decode() };
                found.insert(key.clone(), (secret, bytes));
            }
        }
    }
    found.into_values().collect()
}

proptest! {
    #[test]
    fn whatever_a_text_holds_is_there_byte_for_byte(
        texts in prop::collection::vec(("(?s)[ -~\\n\\t\u{85}\u{2028}ä\\r:#'\"|>-]{0,60}", any::<bool>()), 0..6),
    ) {
        let files: Vec<File> = texts
            .iter()
            .map(|(text, secret)| file("dir/some file.yml", text.clone(), *secret))
            .collect();
        let expected: Vec<(bool, Vec<u8>)> =
            texts.iter().map(|(text, secret)| (*secret, text.clone().into_bytes())).collect();
        prop_assert_eq!(found(&run_of(files)), expected);
    }

    #[test]
    fn names_of_jobs_are_labels_and_differ(
        nodes in prop::collection::btree_set("[a-z]([a-z0-9.-]{0,70}[a-z0-9])?", 2..20),
    ) {
        let names: std::collections::BTreeSet<String> =
            nodes.iter().map(|node| job_name("metallb2cilium-probe", node)).collect();
        prop_assert_eq!(names.len(), nodes.len());
        for name in names {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            prop_assert!(name.len() <= MAX_NAME && name.chars().all(fits), "{}", name);
        }
    }
}

#[test]
fn what_does_not_fit_is_spread_and_nothing_is_larger_than_the_bound() {
    let document =
        |n: usize| format!("---\n# {n}\napiVersion: v1\nkind: A{n}\nmetadata: {{name: a}}\n");
    let pad = |text: String, size: usize| text + "#" + &"x".repeat(size) + "\n";
    let large: String = (0..5).map(|n| pad(document(n), MAX_DATA / 3)).collect();
    let files = [
        file("a.yaml", pad(document(9), MAX_DATA / 2), false),
        file("b.yaml", large.clone(), false),
        file("c.yaml", document(7), true),
    ];
    let volumes = volumes(&files).unwrap();
    assert!(volumes.iter().all(|volume| volume.size <= MAX_DATA));
    assert_eq!(volumes.iter().filter(|volume| volume.secret).count(), 1);
    let parts: String = volumes
        .iter()
        .flat_map(|volume| &volume.entries)
        .filter(|(key, _)| key.starts_with("0001-b."))
        .cloned()
        .collect::<std::collections::BTreeMap<_, _>>()
        .into_iter()
        .map(|entry| entry.1)
        .collect();
    assert_eq!(parts, large);
}

#[test]
fn what_cannot_be_cut_is_refused() {
    let block = format!("text: |\n  ---\n  {}\n", "x".repeat(MAX_DATA));
    // A line within a block of text looks like a boundary, and is none.
    let looks = format!(
        "apiVersion: v1\nkind: A\nmetadata: {{name: a, note: \"{}\n--- b\"}}\n",
        "x".repeat(MAX_DATA)
    );
    for text in [block, looks, "{\"a\": 1}".repeat(MAX_DATA / 4)] {
        let refused = volumes(&[file("big.yaml", text, false)]).map(|all| all.len());
        assert_eq!(refused.map_err(|one| one.code), Err(codes::INPUT_TOO_LARGE));
    }
}
