//! Selectors as the Kubernetes API writes them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A label selector as the Kubernetes API writes it
/// (`metav1.LabelSelector`): every requirement must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// `matchLabels`: each key must have just this value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
    /// `matchExpressions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<Requirement>,
}

/// One requirement of a selector (`metav1.LabelSelectorRequirement`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// How its value must relate to `values`.
    pub operator: Operator,
    /// The values of `In` and `NotIn`; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The operators of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// The label is there with one of the values.
    In,
    /// The label is not there, or has none of the values.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
}

impl LabelSelector {
    /// Whether an object with these labels is selected; an empty selector
    /// selects everything.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    /// Whether an object with these labels meets the requirement.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

/// As `kubectl -l` takes it: `a=b,c in (d,e),f,!g`, sorted by key. The empty
/// selector, which selects everything, is the empty text.
impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.match_labels.iter().map(|(key, value)| (key, format!("{key}={value}")));
        let expressions = self.match_expressions.iter().map(|r| (&r.key, r.to_string()));
        let mut parts: Vec<(&String, String)> = labels.chain(expressions).collect();
        parts.sort_by_key(|(key, _)| *key);
        let parts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
        f.write_str(&parts.join(","))
    }
}

/// As `kubectl -l` takes it; the values are sorted.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        values.sort_unstable();
        let (key, values) = (&self.key, values.join(","));
        match self.operator {
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(key: &str, operator: Operator, values: &[&str]) -> Requirement {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Requirement { key: key.into(), operator, values }
    }

    #[test]
    fn prints_as_kubectl_takes_it() {
        let selector = LabelSelector {
            match_labels: [("a".into(), "b".into())].into(),
            match_expressions: vec![
                requirement("g", Operator::DoesNotExist, &[]),
                requirement("f", Operator::Exists, &[]),
                requirement("h", Operator::NotIn, &["i"]),
                requirement("c", Operator::In, &["e", "d"]),
            ],
        };
        assert_eq!(selector.to_string(), "a=b,c in (d,e),f,!g,h notin (i)");
        assert_eq!(LabelSelector::default().to_string(), "");
    }

    #[test]
    fn an_absent_label_is_not_an_empty_one() {
        let empty: BTreeMap<String, String> = [("a".into(), String::new())].into();
        let absent = BTreeMap::new();
        for (operator, values, of_empty, of_absent) in [
            (Operator::In, &[""][..], true, false),
            (Operator::In, &["x"], false, false),
            (Operator::NotIn, &[""], false, true),
            (Operator::NotIn, &["x"], true, true),
            (Operator::Exists, &[], true, false),
            (Operator::DoesNotExist, &[], false, true),
        ] {
            let requirement = requirement("a", operator, values);
            assert_eq!(requirement.matches(&empty), of_empty, "{requirement}");
            assert_eq!(requirement.matches(&absent), of_absent, "{requirement}");
        }
    }
}
