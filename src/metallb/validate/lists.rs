//! Lists in which MetalLB allows nothing twice, and the selectors in them.

use std::fmt::Display;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{Origin, Resource};
use crate::metallb::codes;
use crate::selector::{self, LabelSelector};

/// The object under judgement: its name for messages, and where it stands.
pub(super) struct Subject<'a> {
    pub(super) reference: ObjectRef,
    pub(super) origin: &'a Origin,
}

impl<'a> Subject<'a> {
    pub(super) fn of<T>(kind: &str, resource: &'a Resource<T>) -> Self {
        Self { reference: resource.meta.reference(kind), origin: &resource.origin }
    }

    /// A refusal that points at `path` of this object.
    pub(super) fn error(
        &self,
        code: &'static crate::diagnostic::Code,
        path: &str,
        message: impl Display,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, format!("{}: {message}", self.reference))
            .object(self.reference.clone())
            .label(self.origin.span(path), label)
    }
}

/// Refuses a list that holds an entry twice.
pub(super) fn no_duplicates(
    subject: &Subject<'_>,
    path: &str,
    entries: &[String],
    found: &mut Vec<Diagnostic>,
) {
    let mut seen = std::collections::HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(first) = seen.insert(entry, index) {
            found.push(
                subject
                    .error(
                        codes::LISTED_TWICE,
                        &format!("{path}[{index}]"),
                        format_args!("{path} names `{entry}` twice"),
                        "here again",
                    )
                    .label(subject.origin.span(&format!("{path}[{first}]")), "first here")
                    .help("take one of the two out"),
            );
        }
    }
}

/// Refuses selectors that the API refuses, or that a list holds twice.
/// The order of `values` does not tell two selectors apart.
pub(super) fn selectors(
    subject: &Subject<'_>,
    path: &str,
    selectors: &[LabelSelector],
    found: &mut Vec<Diagnostic>,
) {
    let mut seen = std::collections::HashMap::new();
    for (index, selector) in selectors.iter().enumerate() {
        let path = format!("{path}[{index}]");
        one_selector(subject, &path, selector, found);
        repeated_requirements(subject, &path, selector, found);
        if let Some(first) = seen.insert(with_sorted_values(selector), path.clone()) {
            found.push(
                subject
                    .error(
                        codes::LISTED_TWICE,
                        &path,
                        format_args!("{path} selects the same as {first}"),
                        "here again",
                    )
                    .label(subject.origin.span(&first), "first here")
                    .help("take one of the two out"),
            );
        }
    }
}

/// Refuses a selector that the Kubernetes API refuses.
pub(super) fn one_selector(
    subject: &Subject<'_>,
    path: &str,
    selector: &LabelSelector,
    found: &mut Vec<Diagnostic>,
) {
    for error in selector::validate(selector) {
        let path = format!("{path}.{}", error.path);
        found.push(subject.error(
            codes::BAD_SELECTOR,
            &path,
            format_args!("{path}: {}", error.message),
            error.message.clone(),
        ));
    }
}

fn repeated_requirements(
    subject: &Subject<'_>,
    path: &str,
    selector: &LabelSelector,
    found: &mut Vec<Diagnostic>,
) {
    let sorted = with_sorted_values(selector);
    for (index, requirement) in sorted.match_expressions.iter().enumerate() {
        let path = format!("{path}.matchExpressions[{index}]");
        if let Some(value) = requirement.values.windows(2).find(|pair| pair[0] == pair[1]) {
            found.push(
                subject
                    .error(
                        codes::LISTED_TWICE,
                        &format!("{path}.values"),
                        format_args!("{path}.values names `{}` twice", value[0]),
                        "a value stands here twice",
                    )
                    .help("take one of the two out"),
            );
        }
        if sorted.match_expressions[..index].contains(requirement) {
            found.push(
                subject
                    .error(
                        codes::LISTED_TWICE,
                        &path,
                        format_args!("{path} repeats an earlier requirement"),
                        "here again",
                    )
                    .help("take one of the two out"),
            );
        }
    }
}

fn with_sorted_values(selector: &LabelSelector) -> LabelSelector {
    let mut sorted = selector.clone();
    for requirement in &mut sorted.match_expressions {
        requirement.values.sort();
    }
    sorted
}
