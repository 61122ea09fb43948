//! What the proof found.

use super::{Losses, MAX_PLACES, own_code, remedy, session};
use crate::diagnostic::Diagnostic;
use crate::metallb::Config;
use crate::verify::codes;
use crate::verify::proof::Proof;
use crate::verify::report::Finding;

/// What the proof found and nothing in `said` explains, as losses of the conversion.
pub fn unexplained(proof: &Proof, config: &Config, said: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut losses = Losses::new(said, true);
    let found = proved(proof, config, &[], &mut losses);
    let fresh = found.into_iter().filter(|finding| {
        let diagnostic = &finding.diagnostic;
        !said.iter().any(|one| one.is_lossy() && one.code == diagnostic.code)
            || codes::ALL.contains(&diagnostic.code)
    });
    fresh
        .map(|finding| {
            let Finding { mut diagnostic, before, after, example, .. } = finding;
            let of_example =
                proof.differences.iter().find(|one| Some(&one.example) == example.as_ref());
            let who = of_example.map(|one| format!(" ({})", one.who)).unwrap_or_default();
            let message = diagnostic.message;
            diagnostic.message =
                format!("{message}{who}: MetalLB decides {before}; Cilium may decide {after}");
            let help = diagnostic.help.unwrap_or_default();
            diagnostic.help = Some(format!("{help}; `metallb2cilium verify` gives an example"));
            diagnostic
        })
        .collect()
}

/// What the proof found, but for what was seen at hand for the same reason.
pub(in crate::verify) fn proved(
    proof: &Proof,
    config: &Config,
    seen: &[Finding],
    losses: &mut Losses<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for one in &proof.differences {
        let loss = losses.of_class(config, one);
        let mut diagnostic = match loss {
            Some(loss) => Diagnostic {
                message: one.message.clone(),
                object: None,
                labels: vec![],
                ..loss.clone()
            },
            None => {
                let code = one.code.unwrap_or(own_code(one.aspect));
                Diagnostic::lossy(code, one.message.clone()).help(remedy(one.aspect))
            }
        };
        for (span, text) in one.places.iter().take(MAX_PLACES) {
            diagnostic = diagnostic.label(Some(*span), *text);
        }
        found.push(Finding {
            diagnostic,
            subjects: vec![],
            before: one.before.clone(),
            after: one.after.clone(),
            seen: false,
            example: Some(one.example.clone()),
        });
    }
    for (deviating, node) in &proof.deviating {
        let finding = session(deviating.clone(), losses);
        // The same was seen on Nodes at hand.
        let known = seen.iter().any(|other| {
            other.diagnostic.code == finding.diagnostic.code
                && other.diagnostic.object == finding.diagnostic.object
                && (&other.before, &other.after) == (&finding.before, &finding.after)
        });
        if !known {
            found.push(Finding { seen: false, example: Some(node.clone()), ..finding });
        }
    }
    found
}
