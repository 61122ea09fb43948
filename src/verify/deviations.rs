//! What differs between the sessions of two sides.
//!
//! In: the [`Sessions`] of both. Out: every deviation, the same on several Nodes
//! taken together.

use std::collections::{BTreeMap, BTreeSet};

use super::parameters::{PARAMETERS, ParameterRow};
use super::sessions::{Parameters, Remote, Session, Sessions};
use crate::manifest::Span;

/// How a session differs.
#[derive(Debug, Clone)]
pub(super) struct Deviation {
    /// The peer's name.
    pub(super) peer: String,
    /// Whom the session is opened to.
    pub(super) remote: Remote,
    /// What differs.
    pub(super) kind: DeviationKind,
    /// On which Nodes.
    pub(super) nodes: BTreeSet<String>,
    /// Where that stands.
    pub(super) places: Vec<Span>,
}

/// What differs of a session.
#[derive(Debug, Clone, Copy)]
pub(super) enum DeviationKind {
    /// It is not there afterwards.
    Lost,
    /// It is there only afterwards.
    Gained,
    /// A parameter: what it was, and what it is.
    Parameter(&'static ParameterRow),
}

/// A deviation with what it was and what it becomes.
#[derive(Debug, Clone)]
pub(super) struct Deviating {
    /// What deviates.
    pub(super) deviation: Deviation,
    /// What it was.
    pub(super) before: String,
    /// What it becomes.
    pub(super) after: String,
}

/// What differs between the sessions of two sides, the same on several Nodes taken
/// together. Whatever may be afterwards must have been possible before.
pub(super) fn compare(before: &Sessions, after: &Sessions) -> Vec<Deviating> {
    let mut found: BTreeMap<(String, Remote, &'static str, String, String), Deviating> =
        BTreeMap::new();
    let nothing = vec![vec![]];
    let nodes: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for node in nodes {
        let (was, is) = (before.get(node).unwrap_or(&nothing), after.get(node).unwrap_or(&nothing));
        for is in is {
            let deviations = was.iter().map(|was| of_node(was, is));
            let Some(nearest) = deviations.min_by_key(Vec::len) else { continue };
            for one in nearest {
                let name = match one.deviation.kind {
                    DeviationKind::Lost => "lost",
                    DeviationKind::Gained => "gained",
                    DeviationKind::Parameter(row) => row.name,
                };
                let key = (
                    one.deviation.peer.clone(),
                    one.deviation.remote.clone(),
                    name,
                    one.before.clone(),
                    one.after.clone(),
                );
                let entry = found.entry(key).or_insert(one);
                entry.deviation.nodes.insert(node.clone());
            }
        }
    }
    found.into_values().collect()
}

/// What differs on one Node.
fn of_node(before: &[Session], after: &[Session]) -> Vec<Deviating> {
    let mut was: Vec<&Session> = before.iter().collect();
    let mut left: Vec<&Session> = after.iter().collect();
    let mut found = Vec::new();
    // One address may have several sessions: those that are most alike go together.
    let alike: [fn(&Parameters, &Parameters) -> bool; 3] = [
        |one, other| one.local_asn == other.local_asn && one.vrf == other.vrf,
        |one, other| one.local_asn == other.local_asn,
        |_, _| true,
    ];
    for alike in alike {
        was.retain(|session| {
            let place = left.iter().position(|other| {
                other.remote == session.remote && alike(&session.parameters, &other.parameters)
            });
            if let Some(place) = place {
                parameters(session, left.remove(place), &mut found);
            }
            place.is_none()
        });
    }
    found.extend(was.into_iter().map(|session| whole(session, DeviationKind::Lost)));
    found.extend(left.into_iter().map(|session| whole(session, DeviationKind::Gained)));
    found
}

fn whole(session: &Session, kind: DeviationKind) -> Deviating {
    let there = format!("a session of AS {} to it", session.parameters.local_asn);
    let (before, after) = match kind {
        DeviationKind::Gained => ("no session".to_owned(), there),
        _ => (there, "no session that carries routes".to_owned()),
    };
    let places = session.places.of(None);
    let deviation = Deviation {
        peer: session.peer.clone(),
        remote: session.remote.clone(),
        kind,
        nodes: BTreeSet::new(),
        places,
    };
    Deviating { deviation, before, after }
}

fn parameters(before: &Session, after: &Session, found: &mut Vec<Deviating>) {
    for row in PARAMETERS {
        if row.same(&before.parameters, &after.parameters) {
            continue;
        }
        let mut places = before.places.of(Some(row));
        places.extend(after.places.of(Some(row)));
        let deviation = Deviation {
            peer: before.peer.clone(),
            remote: before.remote.clone(),
            kind: DeviationKind::Parameter(row),
            nodes: BTreeSet::new(),
            places,
        };
        let (was, is) = ((row.show)(&before.parameters), (row.show)(&after.parameters));
        let is = if was == is { format!("another {is}") } else { is };
        found.push(Deviating { deviation, before: was, after: is });
    }
}

/// For each Node and each name of a peer of `after`'s, the name of the same peer on
/// the other side, so that routes can be compared by peer.
pub(super) fn names(before: &Sessions, after: &Sessions) -> BTreeMap<(String, String), String> {
    let mut names = BTreeMap::new();
    for (node, alternatives) in after {
        let known: Vec<&Session> = before.get(node).into_iter().flatten().flatten().collect();
        for session in alternatives.iter().flatten() {
            let same = known.iter().find(|other| other.remote == session.remote);
            let name = match same {
                Some(same) => same.peer.clone(),
                // A name of the other side's that is another peer must not be taken for it.
                None if known.iter().any(|other| other.peer == session.peer) => {
                    format!("{} ({})", session.peer, session.remote)
                }
                None => session.peer.clone(),
            };
            names.insert((node.clone(), session.peer.clone()), name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::session;

    fn on(sessions: Vec<Session>) -> Sessions {
        [("node-a".to_owned(), vec![sessions])].into()
    }

    #[test]
    fn a_session_is_lost_or_gained() {
        let (there, none) = (on(vec![session("tor", "192.0.2.1")]), on(vec![]));
        let said = |before, after| {
            let found = compare(before, after);
            found.into_iter().map(|one| (one.before, one.after)).collect::<Vec<_>>()
        };
        let own = || "a session of AS 64512 to it".to_owned();
        assert_eq!(said(&there, &none), [(own(), "no session that carries routes".to_owned())]);
        assert_eq!(said(&none, &there), [("no session".to_owned(), own())]);
        assert_eq!(said(&there, &there), []);
    }

    #[test]
    fn of_several_sessions_to_an_address_those_that_are_alike_go_together() {
        let of = |asn: u32, vrf: Option<&str>| {
            let mut session = session("tor", "192.0.2.1");
            session.parameters.local_asn = asn;
            session.parameters.vrf = vrf.map(str::to_owned);
            session
        };
        let all = [of(1, None), of(1, Some("red")), of(2, Some("red"))];
        let turned: Vec<Session> = all.iter().rev().cloned().collect();
        assert_eq!(compare(&on(all.to_vec()), &on(turned)).len(), 0);
        // The AS number decides before the VRF.
        let was = on(vec![of(1, Some("red")), of(2, Some("blue"))]);
        let is = on(vec![of(2, Some("red")), of(1, Some("blue"))]);
        let found = compare(&was, &is);
        let rows = found.iter().map(|one| (&*one.before, &*one.after));
        assert_eq!(rows.collect::<Vec<_>>(), [("blue", "red"), ("red", "blue")]);
    }

    #[test]
    fn peers_are_called_as_they_are_on_the_other_side() {
        let before = on(vec![session("tor", "192.0.2.1"), session("spine", "192.0.2.2")]);
        for (name, address, called) in [
            ("peer-1", "192.0.2.1", "tor"),
            ("tor", "192.0.2.1", "tor"),
            ("tor", "192.0.2.9", "tor (192.0.2.9)"),
            ("other", "192.0.2.9", "other"),
        ] {
            let found = names(&before, &on(vec![session(name, address)]));
            let key = ("node-a".to_owned(), name.to_owned());
            assert_eq!(found, [(key, called.to_owned())].into());
        }
    }
}
