//! Expressions of CEL (Kubernetes' dialect) as texts.

use crate::convert::{NAME_KEY, NAMESPACE_KEY};
use crate::selector::{LabelSelector, Operator};

/// A text as a literal.
pub(super) fn text(text: &str) -> String {
    let mut literal = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => literal.push_str("\\'"),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}

/// Texts as a list.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(text).collect();
    format!("[{}]", texts.join(", "))
}

/// Whether any of the selectors selects the Service, by its labels in
/// `variables.labels`, its namespace and its name.
pub(super) fn any_of(selectors: &[LabelSelector]) -> String {
    let all: Vec<String> = selectors.iter().map(|one| format!("({})", all_of(one))).collect();
    if all.is_empty() { "false".to_owned() } else { all.join(" || ") }
}

fn all_of(selector: &LabelSelector) -> String {
    let equal = selector
        .match_labels
        .iter()
        .map(|(key, value)| requirement(key, Operator::In, std::slice::from_ref(value)));
    let expressions = selector.match_expressions.iter();
    let expressions = expressions.map(|one| requirement(&one.key, one.operator, &one.values));
    let all: Vec<String> = equal.chain(expressions).collect();
    if all.is_empty() { "true".to_owned() } else { all.join(" && ") }
}

fn requirement(key: &str, operator: Operator, values: &[String]) -> String {
    let values = list(values.iter().map(String::as_str));
    // These are no labels, but fields that Cilium shows as such; they are always there.
    let field = match key {
        NAMESPACE_KEY => Some("variables.inNamespace"),
        NAME_KEY => Some("variables.serviceName"),
        _ => None,
    };
    let key = text(key);
    match (field, operator) {
        (Some(field), Operator::In) => format!("{field} in {values}"),
        (Some(field), Operator::NotIn) => format!("!({field} in {values})"),
        (Some(_), Operator::Exists) => "true".to_owned(),
        (Some(_), Operator::DoesNotExist) => "false".to_owned(),
        (None, Operator::In) => {
            format!("{key} in variables.labels && variables.labels[{key}] in {values}")
        }
        (None, Operator::NotIn) => {
            format!("!({key} in variables.labels && variables.labels[{key}] in {values})")
        }
        (None, Operator::Exists) => format!("{key} in variables.labels"),
        (None, Operator::DoesNotExist) => format!("!({key} in variables.labels)"),
    }
}

#[cfg(test)]
mod tests {
    use super::any_of;
    use crate::selector::LabelSelector;

    #[test]
    fn name_and_namespace_are_fields_and_all_else_is_labels() {
        let selector: LabelSelector = serde_yaml::from_str(
            "{matchLabels: {app: web, io.kubernetes.service.namespace: shop}, \
             matchExpressions: [{key: io.kubernetes.service.name, operator: NotIn, values: [db]}]}",
        )
        .unwrap();
        assert_eq!(
            any_of(&[selector, LabelSelector::default()]),
            "('app' in variables.labels && variables.labels['app'] in ['web'] && \
             variables.inNamespace in ['shop'] && !(variables.serviceName in ['db'])) || (true)"
        );
        assert_eq!(any_of(&[]), "false");
    }
}
