//! Short ways to write selectors in tests.

use std::collections::BTreeMap;

use super::{Cube, LabelSelector, LabelSet, Operator, Requirement};

/// A selector from a text such as `a=x; b notin y z; c; !d`.
pub(super) fn selector(text: &str) -> LabelSelector {
    let mut selector = LabelSelector::default();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((key, value)) = part.split_once('=') {
            selector.match_labels.insert(key.into(), value.into());
        } else {
            selector.match_expressions.push(requirement(part));
        }
    }
    selector
}

fn requirement(text: &str) -> Requirement {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (key, operator, values) = match *words {
        [key, "in", ref values @ ..] => (key, Operator::In, values),
        [key, "notin", ref values @ ..] => (key, Operator::NotIn, values),
        [key] => match key.strip_prefix('!') {
            Some(key) => (key, Operator::DoesNotExist, &[][..]),
            None => (key, Operator::Exists, &[][..]),
        },
        _ => panic!("not a requirement: {text}"),
    };
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Requirement { key: key.to_owned(), operator, values }
}

/// The cube that each of such selectors is.
pub(super) fn cubes(selectors: &[&str]) -> Vec<Cube> {
    selectors.iter().map(|text| Cube::from_selector(&selector(text)).unwrap()).collect()
}

/// The union of such selectors, as the cubes that they are.
pub(super) fn set(selectors: &[&str]) -> LabelSet {
    cubes(selectors).into_iter().collect()
}

/// A label map from a text such as `a=x; b=y`.
pub(super) fn label_map(text: &str) -> BTreeMap<String, String> {
    selector(text).match_labels
}
