//! A Service's labels as Cilium's selectors see them.

use crate::cluster::Service;
use crate::selector::{self, LabelSelector, Operator};

/// The label that stands for a Service's name.
pub(super) const NAME_LABEL: &str = "io.kubernetes.service.name";
/// The label that stands for a Service's namespace.
pub(super) const NAMESPACE_LABEL: &str = "io.kubernetes.service.namespace";

/// A selector of Services or Nodes as Cilium compiles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selects {
    /// Every one.
    Every,
    /// None at all.
    Nothing,
    /// Those with such labels.
    Labels(LabelSelector),
    /// It cannot be compiled; the reason.
    Invalid(String),
}

impl Selects {
    /// A selector whose absence selects everything.
    pub(super) fn or_every(selector: Option<&LabelSelector>) -> Self {
        selector.map_or(Self::Every, Self::compile)
    }

    /// A selector whose absence selects nothing.
    pub(super) fn or_nothing(selector: Option<&LabelSelector>) -> Self {
        selector.map_or(Self::Nothing, Self::compile)
    }

    fn compile(selector: &LabelSelector) -> Self {
        match selector::validate(selector).first() {
            Some(error) => Self::Invalid(error.to_string()),
            None => Self::Labels(selector.clone()),
        }
    }

    /// Whether a Service is selected.
    pub(super) fn service(&self, service: &Service) -> bool {
        match self {
            Self::Every => true,
            Self::Nothing | Self::Invalid(_) => false,
            Self::Labels(selector) => matches(selector, |key| label(service, key)),
        }
    }

    /// Whether an object with these labels is selected.
    pub(super) fn labels(&self, labels: &std::collections::BTreeMap<String, String>) -> bool {
        match self {
            Self::Every => true,
            Self::Nothing | Self::Invalid(_) => false,
            Self::Labels(selector) => selector.matches(labels),
        }
    }

    /// Labels of which a selected Service must have one; `None` if any Service may be
    /// selected.
    pub(super) fn hints(&self) -> Option<Vec<(&str, &str)>> {
        let Self::Labels(selector) = self else { return None };
        if let Some((key, value)) = selector.match_labels.iter().next() {
            return Some(vec![(key, value)]);
        }
        let listed = selector.match_expressions.iter().find(|r| r.operator == Operator::In)?;
        Some(listed.values.iter().map(|value| (listed.key.as_str(), value.as_str())).collect())
    }

    /// Why it cannot be compiled.
    pub(super) fn fault(&self) -> Option<&str> {
        match self {
            Self::Invalid(fault) => Some(fault),
            _ => None,
        }
    }
}

/// All labels of a Service, the made-up ones too.
pub(super) fn labels_of(service: &Service) -> impl Iterator<Item = (&str, &str)> {
    let made_up = [
        (NAME_LABEL, service.key.name.as_str()),
        (NAMESPACE_LABEL, service.key.namespace.as_str()),
    ];
    made_up.into_iter().chain(service.labels.iter().map(|(k, v)| (k.as_str(), v.as_str())))
}

/// A Service's labels as Cilium's selectors see them, the made-up ones among them.
pub fn selector_sees(service: &Service) -> std::collections::BTreeMap<String, String> {
    let mut labels = service.labels.clone();
    labels.insert(NAME_LABEL.to_owned(), service.key.name.clone());
    labels.insert(NAMESPACE_LABEL.to_owned(), service.key.namespace.clone());
    labels
}

/// The value of a label: the made-up ones go before labels of the same name.
fn label<'a>(service: &'a Service, key: &str) -> Option<&'a str> {
    match key {
        NAME_LABEL => Some(&service.key.name),
        NAMESPACE_LABEL => Some(&service.key.namespace),
        _ => service.labels.get(key).map(String::as_str),
    }
}

fn matches<'a>(selector: &LabelSelector, value_of: impl Fn(&str) -> Option<&'a str>) -> bool {
    let equal = |(key, value): (&String, &String)| value_of(key) == Some(value.as_str());
    selector.match_labels.iter().all(equal)
        && selector.match_expressions.iter().all(|requirement| {
            let value = value_of(&requirement.key);
            let listed = value.is_some_and(|value| requirement.values.iter().any(|v| v == value));
            match requirement.operator {
                Operator::In => listed,
                Operator::NotIn => !listed,
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ServiceKey;
    use crate::selector::Requirement;

    fn service() -> Service {
        Service {
            key: ServiceKey { namespace: "prod".into(), name: "web".into() },
            labels: [(NAME_LABEL.to_owned(), "other".to_owned())].into(),
            ..Service::default()
        }
    }

    fn requirement(key: &str, operator: Operator, values: &[&str]) -> LabelSelector {
        let values = values.iter().map(ToString::to_string).collect();
        LabelSelector {
            match_expressions: vec![Requirement { key: key.into(), operator, values }],
            ..LabelSelector::default()
        }
    }

    #[test]
    fn name_and_namespace_go_before_labels_of_that_name() {
        let selector = requirement(NAME_LABEL, Operator::In, &["web"]);
        assert!(Selects::or_every(Some(&selector)).service(&service()));
        let selector = requirement(NAMESPACE_LABEL, Operator::NotIn, &["prod"]);
        assert!(!Selects::or_every(Some(&selector)).service(&service()));
    }

    #[test]
    fn what_an_absent_selector_means_depends_on_the_field() {
        assert!(Selects::or_every(None).service(&service()));
        assert!(!Selects::or_nothing(None).service(&service()));
        let empty = LabelSelector::default();
        assert!(Selects::or_nothing(Some(&empty)).service(&service()));
    }

    #[test]
    fn a_selector_that_cannot_be_compiled_selects_nothing() {
        let selects = Selects::or_every(Some(&requirement("a", Operator::In, &[])));
        assert!(!selects.service(&service()));
        assert!(selects.fault().is_some());
    }
}
