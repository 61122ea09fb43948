//! What the API machinery refuses in a selector (`LabelSelectorAsSelector`).

use std::fmt;

use super::{LabelSelector, Operator, Requirement};

/// The longest name part of a label key, and the longest label value.
const MAX_NAME: usize = 63;
/// The longest DNS subdomain (RFC 1123), such as the prefix of a label key.
const MAX_SUBDOMAIN: usize = 253;

/// A fault of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError {
    /// Where, from the selector on: `matchExpressions[1].values[0]`.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for SelectorError {}

/// Everything the API machinery refuses in the selector, in the order in which
/// it stands there.
pub fn validate(selector: &LabelSelector) -> Vec<SelectorError> {
    let mut errors = Vec::new();
    for (key, value) in &selector.match_labels {
        let path = format!("matchLabels[{key}]");
        push(&mut errors, path.clone(), key_fault(key));
        push(&mut errors, path, value_fault(value));
    }
    for (index, requirement) in selector.match_expressions.iter().enumerate() {
        check_requirement(&format!("matchExpressions[{index}]"), requirement, &mut errors);
    }
    errors
}

fn check_requirement(path: &str, requirement: &Requirement, errors: &mut Vec<SelectorError>) {
    push(errors, format!("{path}.key"), key_fault(&requirement.key));
    push(errors, format!("{path}.values"), count_fault(requirement));
    for (index, value) in requirement.values.iter().enumerate() {
        push(errors, format!("{path}.values[{index}]"), value_fault(value));
    }
}

fn push(errors: &mut Vec<SelectorError>, path: String, fault: Option<String>) {
    errors.extend(fault.map(|message| SelectorError { path, message }));
}

fn count_fault(requirement: &Requirement) -> Option<String> {
    match (requirement.operator, requirement.values.is_empty()) {
        (Operator::In | Operator::NotIn, true) => {
            Some("`In` and `NotIn` need at least one value".into())
        }
        (Operator::Exists | Operator::DoesNotExist, false) => {
            Some("`Exists` and `DoesNotExist` take no values".into())
        }
        _ => None,
    }
}

/// Why a text is not a label key: a qualified name, `name` or `prefix/name`.
fn key_fault(key: &str) -> Option<String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if name.contains('/') {
        return Some(format!("the key {key:?} has more than one slash"));
    }
    prefix.and_then(prefix_fault).or_else(|| {
        if name.is_empty() {
            Some(format!("the key {key:?} has no name"))
        } else {
            name_fault("name", name)
        }
    })
}

/// Whether a text is a label key.
pub fn is_label_key(text: &str) -> bool {
    key_fault(text).is_none()
}

/// Whether a text is a label value, which may be empty.
pub fn is_label_value(text: &str) -> bool {
    value_fault(text).is_none()
}

/// Whether a text is a DNS subdomain (RFC 1123), as the names of objects are and the
/// prefixes of label keys.
pub fn is_subdomain(text: &str) -> bool {
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() <= MAX_SUBDOMAIN
        && text.split('.').all(|label| is_framed(label, lower, |b| b == b'-'))
}

/// Why a text is not a label value.
fn value_fault(value: &str) -> Option<String> {
    if value.is_empty() { None } else { name_fault("value", value) }
}

fn prefix_fault(prefix: &str) -> Option<String> {
    if prefix.is_empty() {
        return Some("the key's prefix before the slash is empty".into());
    }
    if prefix.len() > MAX_SUBDOMAIN {
        return Some(format!("the key's prefix is longer than {MAX_SUBDOMAIN} characters"));
    }
    (!is_subdomain(prefix)).then(|| {
        format!(
            "the key's prefix {prefix:?} is not a DNS subdomain: lower-case letters, digits, \
             `-` and `.`, beginning and ending with a letter or a digit"
        )
    })
}

fn name_fault(what: &str, text: &str) -> Option<String> {
    if text.len() > MAX_NAME {
        return Some(format!("the {what} {text:?} is longer than {MAX_NAME} characters"));
    }
    let inner = |b: u8| matches!(b, b'-' | b'_' | b'.');
    (!is_framed(text, |b| b.is_ascii_alphanumeric(), inner)).then(|| {
        format!(
            "the {what} {text:?} may have letters, digits, `-`, `_` and `.` only, and must \
             begin and end with a letter or a digit"
        )
    })
}

/// Whether the text is of `outer` and `inner` bytes and begins and ends with an
/// `outer` one.
fn is_framed(text: &str, outer: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| outer(*b) || inner(*b))
        && bytes.first().is_some_and(|b| outer(*b))
        && bytes.last().is_some_and(|b| outer(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(labels: &[(&str, &str)], expressions: &[(&str, Operator, &[&str])]) -> Vec<String> {
        let selector = LabelSelector {
            match_labels: labels.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            match_expressions: expressions
                .iter()
                .map(|(key, operator, values)| Requirement {
                    key: (*key).into(),
                    operator: *operator,
                    values: values.iter().map(|value| (*value).into()).collect(),
                })
                .collect(),
        };
        validate(&selector).into_iter().map(|error| error.path).collect()
    }

    #[test]
    fn good_keys_and_values_pass() {
        let long = "a".repeat(63);
        let prefix = format!("{}/x", ["a".repeat(63).as_str(); 3].join("."));
        for key in ["a", "A-b_c.d", "0", "kubernetes.io/hostname", "a/B", &long, &prefix] {
            assert_eq!(key_fault(key), None, "{key}");
        }
        for value in ["", "a", "A-b_c.d", "1.19", &long] {
            assert_eq!(value_fault(value), None, "{value}");
        }
    }

    #[test]
    fn bad_keys_are_refused() {
        let long = "a".repeat(64);
        let prefix = format!("{}/x", "a".repeat(254));
        for key in [
            "", "/", "a/", "/a", "a/b/c", "-a", "a-", "a b", "ä", "a:b", "A.io/x", "a_b/x",
            "a..b/x", "-a/x", "a./x", &long, &prefix,
        ] {
            assert!(key_fault(key).is_some(), "{key}");
        }
    }

    #[test]
    fn subdomains_are_told_from_other_texts() {
        for name in ["a", "a.b-c", "10"] {
            assert!(is_subdomain(name), "{name}");
        }
        for name in ["", "A", "a_b", "a b", "-a", "a-", "a..b", ".a", &"x".repeat(254)] {
            assert!(!is_subdomain(name), "{name}");
        }
    }

    #[test]
    fn bad_values_are_refused() {
        for value in ["-a", "a-", "a b", "a/b", ".", "ü", " ", &"a".repeat(64)] {
            assert!(value_fault(value).is_some(), "{value}");
        }
    }

    #[test]
    fn faults_are_found_at_their_paths() {
        use Operator::*;
        assert_eq!(paths(&[], &[]), [""; 0]);
        assert_eq!(paths(&[("a", "b")], &[("c", In, &["d"]), ("e", Exists, &[])]), [""; 0]);
        assert_eq!(paths(&[("a b", "-")], &[]), ["matchLabels[a b]", "matchLabels[a b]"]);
        assert_eq!(
            paths(
                &[],
                &[
                    ("a", In, &[]),
                    ("b", NotIn, &["x", "y z"]),
                    ("c", Exists, &["x"]),
                    ("d/", DoesNotExist, &[]),
                    ("e", NotIn, &[]),
                    ("f", DoesNotExist, &["x"]),
                ]
            ),
            [
                "matchExpressions[0].values",
                "matchExpressions[1].values[1]",
                "matchExpressions[2].values",
                "matchExpressions[3].key",
                "matchExpressions[4].values",
                "matchExpressions[5].values",
            ]
        );
    }

    #[test]
    fn prints_with_its_path() {
        let selector = LabelSelector {
            match_expressions: vec![Requirement {
                key: "a".into(),
                operator: Operator::In,
                values: vec![],
            }],
            ..LabelSelector::default()
        };
        let [error] = validate(&selector).try_into().unwrap();
        assert_eq!(
            error.to_string(),
            "matchExpressions[0].values: `In` and `NotIn` need at least one value"
        );
    }

    #[test]
    fn a_prefix_has_253_characters_at_most() {
        let key = |length: usize| format!("{}/a", "p".repeat(length));
        assert_eq!(paths(&[(&key(253), "x")], &[]), Vec::<String>::new());
        assert_eq!(paths(&[(&key(254), "x")], &[]).len(), 1);
    }
}
