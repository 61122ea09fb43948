//! Label keys that are plain labels to MetalLB, and a Service's own name and namespace
//! to Cilium's selectors, whatever labels it carries.

use super::{Context, NAME_KEY, NAMESPACE_KEY, codes};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::Origin;
use crate::selector::LabelSelector;

/// Says which of MetalLB's selectors of Services, at `path`, use such a key.
pub(super) fn say(
    context: &mut Context<'_>,
    reference: &ObjectRef,
    origin: &Origin,
    path: &str,
    selectors: &[LabelSelector],
) {
    for (index, selector) in selectors.iter().enumerate() {
        let Some((key, what)) = reserved(selector) else { continue };
        context.found.push(
            Diagnostic::lossy(
                codes::NOT_TOLD_APART,
                format!(
                    "{reference} selects Services by the label {key}: Cilium takes it for the \
                     Service's {what}, whatever label the Service carries"
                ),
            )
            .object(reference.clone())
            .label(origin.span(&format!("{path}[{index}]")), "a plain label to MetalLB")
            .help("select the Services by a label of another key"),
        );
    }
}

fn reserved(selector: &LabelSelector) -> Option<(&'static str, &'static str)> {
    let uses = |key: &str| {
        selector.match_labels.contains_key(key)
            || selector.match_expressions.iter().any(|requirement| requirement.key == key)
    };
    [(NAME_KEY, "name"), (NAMESPACE_KEY, "namespace")].into_iter().find(|(key, _)| uses(key))
}
