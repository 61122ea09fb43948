//! Sessions that differ, each with what is lost of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::codes as convert;
use crate::diagnostic::{Code, Diagnostic, ObjectRef};
use crate::verify::deviations::{Deviating, Deviation, DeviationKind};
use crate::verify::explain::Losses;
use crate::verify::report::Finding;
use crate::verify::{codes, words};

/// Sessions that differ.
pub(in crate::verify) fn sessions(
    deviating: Vec<Deviating>,
    losses: &mut Losses<'_>,
) -> Vec<Finding> {
    let all = deviating.into_iter().map(|one| (one, None));
    without_repeats(all, losses).into_iter().map(|(finding, _)| finding).collect()
}

/// Sessions that differ, each with what shows it. Several parameters of one session that
/// are lost with its BFD profile are one difference.
pub(super) fn without_repeats(
    deviating: impl Iterator<Item = (Deviating, Option<String>)>,
    losses: &mut Losses<'_>,
) -> Vec<(Finding, Option<String>)> {
    let mut found: Vec<(Finding, Option<String>)> = Vec::new();
    let mut of_bfd: BTreeMap<(String, String, BTreeSet<String>), usize> = BTreeMap::new();
    for (one, shown) in deviating {
        let Deviation { peer, remote, nodes, kind, .. } = one.deviation.clone();
        let finding = session(one, losses);
        let DeviationKind::Parameter(row) = kind else {
            found.push((finding, shown));
            continue;
        };
        if finding.diagnostic.code != convert::BFD {
            found.push((finding, shown));
            continue;
        }
        let on = words::listed(nodes.iter().cloned());
        let key = (peer, remote.to_string(), nodes);
        let at = *of_bfd.entry(key).or_insert(found.len());
        let named = |text: &str| format!("{} {text}", row.name);
        match found.get_mut(at) {
            Some((first, _)) => {
                first.before.push_str(&format!(", {}", named(&finding.before)));
                first.after.push_str(&format!(", {}", named(&finding.after)));
                first.diagnostic.message =
                    format!("loses BFD, and has other timers in its place on {on}");
                for label in finding.diagnostic.labels {
                    if first.diagnostic.labels.iter().all(|known| known.span != label.span) {
                        first.diagnostic.labels.push(label);
                    }
                }
            }
            None => {
                let (before, after) = (named(&finding.before), named(&finding.after));
                found.push((Finding { before, after, ..finding }, shown));
            }
        }
    }
    found
}

fn session(deviating: Deviating, losses: &mut Losses<'_>) -> Finding {
    let Deviating { deviation, before, after } = deviating;
    let (what, explained_by, code, help): (String, &[&'static Code], _, _) = match deviation.kind {
        DeviationKind::Lost => (
            "loses its session".to_owned(),
            &[convert::NO_SESSION, convert::MISSING_SECRET],
            codes::OTHER_SESSIONS,
            "give the Node a CiliumBGPClusterConfig with this peer and a CiliumBGPPeerConfig; a \
             Node takes one ClusterConfig only",
        ),
        DeviationKind::Gained => (
            "gains a session".to_owned(),
            &[],
            codes::OTHER_SESSIONS,
            "narrow the nodeSelector of the CiliumBGPClusterConfig, or take the peer out",
        ),
        DeviationKind::Parameter(row) => (
            format!("has another {}", row.name),
            row.explained_by,
            codes::OTHER_PARAMETERS,
            row.remedy,
        ),
    };
    let nodes = words::listed(deviation.nodes);
    let message = format!("{what} on {nodes}");
    let mut diagnostic = match losses.of_peer(&deviation.peer, explained_by) {
        Some(loss) => Diagnostic { message, ..loss.clone() },
        None => Diagnostic::lossy(code, message).help(help),
    };
    for span in deviation.places {
        if diagnostic.labels.iter().all(|label| label.span != span) {
            diagnostic = diagnostic.label(Some(span), "the session");
        }
    }
    let subject = format!("{} ({})", deviation.peer, deviation.remote);
    diagnostic = diagnostic.object(ObjectRef {
        kind: "BGPPeer".to_owned(),
        namespace: String::new(),
        name: subject,
    });
    Finding { diagnostic, subjects: vec![], before, after, seen: true, example: None }
}
