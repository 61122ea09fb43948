//! Manifests as a whole: any text is read or refused, every place lies within it, and
//! what was read is read the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metallb2cilium::manifest::{
    Manifests, Node, Object, Substitutions, Value, deduplicate, parse_embedded, raw_documents,
    unfilled,
};
use metallb2cilium_fuzz::{places, text, tree};

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rest)) = bytes.split_first() else { return };
    let Ok(input) = std::str::from_utf8(rest) else { return };
    let name = if choice & 1 == 0 { "input.yaml" } else { "input.json" };
    let mut manifests = Manifests::from_text(name, input);
    places::hold(&manifests);
    for id in manifests.sources.ids() {
        for document in raw_documents(&manifests.sources, id) {
            assert!(input.get(document.range.clone()).is_some(), "{:?}", document.range);
            if let Ok(node) = document.content {
                places::hold_tree(&manifests.sources, &node);
            }
        }
    }
    fill(&manifests, choice);
    embedded(&manifests);
    again(&manifests.objects);
    let mut found = std::mem::take(&mut manifests.diagnostics);
    let objects = std::mem::take(&mut manifests.objects);
    deduplicate(objects, |_, _| false, &mut found);
    places::hold_labels(&manifests.sources, &found);
    text::write(&found, &manifests.sources, choice);
});

/// Placeholders: without values nothing changes, with values none of those is left.
fn fill(manifests: &Manifests, choice: u8) {
    let mut values = Substitutions::default();
    if choice & 2 != 0 {
        for setting in ["A=10.0.0.0/24", "B=", "C=a: b\nc", "VAR=7", "NAME=${A}"] {
            assert!(values.set(setting).is_ok());
        }
    }
    for object in &manifests.objects {
        let filled = values.fill(&object.node, &manifests.sources, "");
        places::hold_tree(&manifests.sources, &filled.node);
        for one in &filled.unfilled {
            assert!(values.is_empty() || !values.values().contains_key(&one.name), "{one:?}");
        }
        if values.is_empty() {
            let left = unfilled(&object.node, &manifests.sources, "");
            assert_eq!(left.len(), filled.unfilled.len());
        }
        let (object, ..) = values.fill_object(object, &manifests.sources);
        places::hold_tree(&manifests.sources, &object.node);
    }
}

/// Texts within texts, such as the configuration in a ConfigMap.
fn embedded(manifests: &Manifests) {
    let nodes = manifests.objects.iter().map(|object| &object.node);
    for root in nodes.chain(manifests.untyped.iter().map(|untyped| &untyped.node)) {
        let Value::Map(entries) = &root.value else { continue };
        let mut found = Vec::new();
        for (.., value) in entries {
            for document in parse_embedded(&manifests.sources, value, &mut found) {
                places::hold_tree(&manifests.sources, &document);
            }
        }
        places::hold_labels(&manifests.sources, &found);
    }
}

/// What was read is read the same when it is written as JSON and as YAML.
fn again(objects: &[Object]) {
    // An item of a typed list may leave it to the list to say what it is.
    let whole = |one: &&Object| {
        ["apiVersion", "kind"].iter().all(|key| {
            one.node.get(key).and_then(Node::as_str).is_some_and(|text| !text.is_empty())
        })
    };
    for object in objects.iter().filter(whole) {
        let Some(json) = tree::json(&object.node) else { continue };
        let written = [
            ("again.json", serde_json::to_string(&json).expect("JSON is written")),
            ("again.yaml", serde_saphyr::to_string(&json).expect("YAML is written")),
        ];
        for (name, written) in written {
            let read = Manifests::from_text(name, written.as_str());
            assert!(read.diagnostics.is_empty(), "{:?}\n{written}", read.diagnostics);
            let [one] = read.objects.as_slice() else { panic!("{written}") };
            assert!(one.node.same(&object.node), "{written}\n{:?}\n{:?}", one.node, object.node);
        }
    }
}
