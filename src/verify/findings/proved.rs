//! What the proof found.

use super::sessions::without_repeats;
use super::{Losses, MAX_PLACES, OTHER_INTERFACES, is_same_nodes, own_code, remedy};
use crate::convert::codes as convert;
use crate::diagnostic::{Diagnostic, Label};
use crate::metallb::Config;
use crate::verify::codes;
use crate::verify::proof::{ClassDifference, Proof};
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

/// What would mend that Cilium announces Services without endpoints.
const SETTING: &str = "this is a setting of Cilium and stands in no resource: set \
                       enableNoServiceEndpointsRoutable: false in its Helm values (in the \
                       ConfigMap cilium-config enable-no-service-endpoints-routable, which is \
                       true where it is missing), and restart the agents";

/// Where it stands: each place once, and for what no resource says the pool and the peer
/// that it is about.
fn labels(config: &Config, one: &ClassDifference) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for (span, text) in &one.places {
        let label = Label { span: *span, text: (*text).to_owned() };
        // What is said later of a place says more.
        match labels.iter_mut().find(|known| known.span == label.span) {
            Some(known) => *known = label,
            None => labels.push(label),
        }
    }
    if one.code == Some(convert::WITHDRAWN_WITHOUT_ENDPOINTS) {
        let pool = config.pools.iter().find(|pool| Some(pool.name()) == one.pool.as_deref());
        let peer = config.peers.iter().find(|peer| Some(peer.name()) == one.peer.as_deref());
        let pool =
            pool.and_then(|pool| pool.origin.span("spec")).map(|span| (span, "MetalLB's pool"));
        let peer = peer.and_then(|peer| peer.origin.span("spec")).map(|span| (span, "the peer"));
        let both = pool.into_iter().chain(peer);
        labels.extend(both.map(|(span, text)| Label { span, text: text.to_owned() }));
    }
    labels.truncate(MAX_PLACES);
    labels
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
        diagnostic.labels = match loss {
            // It says of each pool when it is tried.
            Some(loss) if one.code == Some(convert::FALL_BACK) => loss.labels.clone(),
            _ => labels(config, one),
        };
        if one.code == Some(convert::WITHDRAWN_WITHOUT_ENDPOINTS) {
            let of_pool = one.pool.as_ref().map(|pool| format!(" of pool {pool}"));
            let to_peer = one.peer.as_ref().map(|peer| format!(" to peer {peer}"));
            diagnostic.message = format!(
                "a Service{} without a ready endpoint is announced{} all the same",
                of_pool.unwrap_or_default(),
                to_peer.unwrap_or_default()
            );
            diagnostic.help = Some(SETTING.to_owned());
        } else if is_same_nodes(one.aspect, &one.before, &one.after) {
            diagnostic.message = diagnostic.message.replace(one.aspect.what(), OTHER_INTERFACES);
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
    let deviating = proof.deviating.iter().map(|(one, node)| (one.clone(), Some(node.clone())));
    for (finding, node) in without_repeats(deviating, losses) {
        // The same was seen on Nodes at hand.
        let known = seen.iter().any(|other| {
            other.diagnostic.code == finding.diagnostic.code
                && other.diagnostic.object == finding.diagnostic.object
                && (&other.before, &other.after) == (&finding.before, &finding.after)
        });
        if !known {
            found.push(Finding { seen: false, example: node, ..finding });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{Both, pool};

    /// A Service in namespace shop loses its address when pool a is full, and one of pool b.
    fn two_differences() -> Both {
        let first = "addresses: [10.0.0.0/28], serviceAllocation: {namespaces: [shop]}";
        Both::of(&(pool("a", first) + &pool("b", "addresses: [10.1.0.0/28]")))
    }

    #[test]
    fn what_the_conversion_has_said_is_not_said_again_and_everything_else_is() {
        let both = two_differences();
        let proof = both.proof();
        for (said, fresh) in [
            (&[][..], &["M2C592", "M2C216"][..]),
            (&[Diagnostic::lossy(convert::FALL_BACK, "")], &["M2C592"]),
            (&[Diagnostic::note(convert::FALL_BACK, "")], &["M2C592", "M2C216"]),
            (&[Diagnostic::lossy(convert::NO_SESSION, "")], &["M2C592", "M2C216"]),
            (&[Diagnostic::lossy(codes::OTHER_ADDRESS, "")], &["M2C592", "M2C216"]),
        ] {
            let found = unexplained(&proof, &both.config, said);
            let codes: Vec<&str> = found.iter().map(|one| one.code.id).collect();
            assert_eq!(codes, fresh, "{said:?}");
        }
    }

    #[test]
    fn what_was_proved_is_said_of_a_service_whatever_object_the_loss_is_about() {
        let both = two_differences();
        let mut losses = Losses::new(&both.conversion.diagnostics, true);
        let found = proved(&both.proof(), &both.config, &[], &mut losses);
        let full = found.iter().find(|one| one.diagnostic.code == convert::FALL_BACK).unwrap();
        assert_eq!(
            full.headline(),
            "a Service loses its address when its first choice of pool a is full (shown with a \
             pool of one address)"
        );
        let loss = both.conversion.diagnostics.iter().find(|one| one.code == convert::FALL_BACK);
        assert_eq!(full.diagnostic.labels, loss.unwrap().labels);
        assert!(loss.unwrap().object.is_some());
    }
}
