//! Configurations as they stand in public repositories, and the golden scenarios,
//! where they are at hand.

use std::path::{Path, PathBuf};

use super::*;

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    path.is_dir().then_some(path)
}

#[test]
fn every_public_configuration_is_read_or_named() {
    let Some(corpus) = shared("corpus") else {
        println!("skipped: the corpus is not at hand");
        return;
    };
    let manifests = Input { paths: vec![corpus], ..Input::default() }.read();
    assert_all_spans(&manifests);
    assert!(!manifests.objects.is_empty());
    // Nothing in it is broken YAML: what is not read is something else.
    let others = ["M2C102", "M2C103"];
    for diagnostic in &manifests.diagnostics {
        println!("{} {}", diagnostic.code, diagnostic.message);
        assert!(others.contains(&diagnostic.code.id), "{diagnostic:?}");
    }
    println!(
        "{} objects and {} other mappings read, {} files named as something else",
        manifests.objects.len(),
        manifests.untyped.len(),
        manifests.diagnostics.len()
    );
}

#[test]
fn the_golden_scenarios_are_read_without_a_word() {
    let Some(golden) = shared("golden") else {
        println!("skipped: the golden scenarios are not at hand");
        return;
    };
    let manifests = Input { paths: vec![golden], recursive: true, ..Input::default() }.read();
    assert_all_spans(&manifests);
    assert_eq!(manifests.diagnostics, []);
    let mut objects = 0;
    for source in manifests.sources.iter().filter(|source| source.name.ends_with(".yaml")) {
        let mut others = serde_yaml::Deserializer::from_str(&source.text)
            .map(|document| {
                <serde_yaml::Value as serde::Deserialize>::deserialize(document).unwrap()
            })
            .filter(|document| !document.is_null());
        let mine = Manifests::from_text(source.name.as_str(), source.text.as_ref());
        for object in &mine.objects {
            let expected = serde_json::to_value(others.next().unwrap()).unwrap();
            assert_eq!(super::json(&object.node), expected, "{}", source.name);
            objects += 1;
        }
        assert!(others.next().is_none(), "{}", source.name);
    }
    println!("{objects} objects are as another reader reads them");
}
