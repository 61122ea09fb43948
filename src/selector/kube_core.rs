//! Selectors against another implementation: `kube::core::Selector`.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1;
use kube::core::{Selector, SelectorExt as _};
use proptest::prelude::*;
use proptest::sample::select;

use super::{LabelSelector, LabelSet, Operator, Requirement, validate};

const KEYS: [&str; 4] = ["a", "b", "app.kubernetes.io/name", "x-y_z"];
const VALUES: [&str; 4] = ["", "x", "1.19", "Y-z"];

/// A selector that the API server takes.
fn any_selector() -> impl Strategy<Value = LabelSelector> {
    let key = || select(&KEYS[..]).prop_map(str::to_owned);
    let value = || select(&VALUES[..]).prop_map(str::to_owned);
    let operators = [Operator::In, Operator::NotIn, Operator::Exists, Operator::DoesNotExist];
    let requirement = (key(), select(operators.to_vec()), prop::collection::vec(value(), 1..4))
        .prop_map(|(key, operator, mut values)| {
            if matches!(operator, Operator::Exists | Operator::DoesNotExist) {
                values.clear();
            }
            Requirement { key, operator, values }
        });
    (prop::collection::btree_map(key(), value(), 0..3), prop::collection::vec(requirement, 0..4))
        .prop_map(|(match_labels, match_expressions)| LabelSelector {
            match_labels,
            match_expressions,
        })
}

fn any_labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    let value = select(vec!["", "x", "1.19", "Y-z", "another"]).prop_map(str::to_owned);
    prop::collection::btree_map(select(&KEYS[..]).prop_map(str::to_owned), value, 0..5)
}

/// The same selector in the types of `k8s-openapi`, by way of the JSON of both.
fn theirs(selector: &LabelSelector) -> Selector {
    let json = serde_json::to_value(selector).unwrap();
    let selector: v1::LabelSelector = serde_json::from_value(json).unwrap();
    selector.try_into().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_selected_is_the_same(
        selector in any_selector(), labels in prop::collection::vec(any_labels(), 1..6),
    ) {
        prop_assert_eq!(validate(&selector), vec![]);
        let (theirs, set) = (theirs(&selector), LabelSet::any_of(std::slice::from_ref(&selector)));
        for labels in labels {
            let expected = theirs.matches(&labels);
            prop_assert_eq!(selector.matches(&labels), expected, "{} on {:?}", selector, labels);
            prop_assert_eq!(set.contains(&labels), expected, "{} on {:?}", selector, labels);
        }
    }

    #[test]
    fn what_it_prints_is_read_the_same(selector in any_selector()) {
        let printed = theirs(&selector).to_string();
        let read: LabelSelector = printed.parse().unwrap();
        let same = LabelSet::any_of(&[read]).equals(&LabelSet::any_of(&[selector]));
        prop_assert!(same, "{}", printed);
    }

    #[test]
    fn operations_on_sets_are_those_on_what_is_selected(
        a in any_selector(), b in any_selector(), labels in any_labels(),
    ) {
        let (in_a, in_b) = (theirs(&a).matches(&labels), theirs(&b).matches(&labels));
        let (a, b) = (LabelSet::any_of(&[a]), LabelSet::any_of(&[b]));
        prop_assert_eq!(a.union(&b).contains(&labels), in_a || in_b);
        prop_assert_eq!(a.intersection(&b).contains(&labels), in_a && in_b);
        prop_assert_eq!(a.difference(&b).contains(&labels), in_a && !in_b);
        prop_assert_eq!(a.complement().contains(&labels), !in_a);
    }
}
