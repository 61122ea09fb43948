//! Whether every session came up as configured, on every Node that has it.

use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use super::groups::Groups;
use super::read::{Observations, first};
use super::record::{Outcome, Peer, Record};
use super::report::{Finding, Report, SessionResult, SessionRow};
use crate::diagnostic::{Code, Diagnostic};
use crate::ip::Family;
use crate::manifest::Span;
use crate::verify::PARAMETERS;
use crate::verify::sessions::{Remote, Session, Sessions};

/// A session by what an observation says of it: peer, remote, port.
type Key = (String, String, u16);

/// The newest observation of each session of a Node.
type Seen<'o> = BTreeMap<Key, (&'o Peer, Span)>;

/// Judges every session that is configured, or was observed.
pub(super) fn judge(sessions: &Sessions, observations: &Observations, report: &mut Report) {
    let observed = newest(observations);
    let nothing = Seen::new();
    let mut groups = Groups::default();
    let nodes: BTreeSet<&str> =
        sessions.keys().map(String::as_str).chain(observed.keys().copied()).collect();
    for node in nodes {
        let seen = observed.get(node).unwrap_or(&nothing);
        let none = Vec::new();
        let alternatives = sessions.get(node).unwrap_or(&none);
        of_node(node, likeliest(alternatives, seen), seen, &mut groups, &mut report.sessions);
    }
    report.findings.extend(groups.finish());
}

fn newest(observations: &Observations) -> BTreeMap<&str, Seen<'_>> {
    let mut all: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for line in &observations.lines {
        let Record::Peer(peer) = &line.record else { continue };
        let node = peer.observer.as_deref().unwrap_or("no Node");
        let seen = all.entry(node).or_default();
        let key = (peer.peer.clone(), remote(peer), peer.port);
        if seen.get(&key).is_none_or(|(known, _)| known.time <= peer.time) {
            seen.insert(key, (peer, line.span));
        }
    }
    all
}

/// Whom it was opened to: no input has the address that a node found by itself.
fn remote(peer: &Peer) -> String {
    let found = peer.remote.parse().ok().filter(|_| peer.discovered);
    found.map_or_else(|| peer.remote.clone(), |ip| Remote::Gateway(Family::of(ip)).to_string())
}

fn key(session: &Session) -> Key {
    (session.peer.clone(), session.remote.to_string(), session.parameters.port)
}

/// Where it is left to chance which sessions a Node has: those that were observed.
fn likeliest<'s>(alternatives: &'s [Vec<Session>], seen: &Seen<'_>) -> &'s [Session] {
    let matches = |sessions: &Vec<Session>| {
        let found = sessions.iter().filter(|one| {
            seen.get(&key(one)).is_some_and(|(peer, _)| differing(one, peer).is_empty())
        });
        found.count()
    };
    // The first of those that match best.
    let best = alternatives.iter().rev().max_by_key(|sessions| matches(sessions));
    best.map_or(&[], Vec::as_slice)
}

fn of_node(
    node: &str,
    sessions: &[Session],
    seen: &Seen<'_>,
    groups: &mut Groups,
    rows: &mut Vec<SessionRow>,
) {
    if seen.is_empty() && !sessions.is_empty() {
        let names: Vec<String> = sessions.iter().map(name).collect();
        groups.add(finding(
            codes::SESSION_NOT_OBSERVED,
            "has sessions that were not observed",
            "run live peer on the Node; --only addresses leaves sessions out",
            vec![node.to_owned()],
            names.join(", "),
            "nothing of this Node".to_owned(),
            None,
        ));
    }
    for session in sessions {
        let found = seen.get(&key(session));
        let (result, text, one) = of_session(node, session, found, !seen.is_empty());
        one.into_iter().for_each(|one| groups.add(one));
        rows.push(row(node, &session.peer, session.remote.to_string(), result, text));
    }
    let configured: BTreeSet<Key> = sessions.iter().map(key).collect();
    for ((peer, remote, port), (_, span)) in seen.iter().filter(|(k, _)| !configured.contains(*k)) {
        groups.add(finding(
            codes::UNEXPECTED_SESSION,
            "opened a session that it is not to have",
            "observe again with this input, or give the input that the node had",
            vec![node.to_owned()],
            "no such session".to_owned(),
            format!("a session with {peer} ({remote} port {port})"),
            Some(*span),
        ));
        let text = String::new();
        rows.push(row(node, peer, remote.clone(), SessionResult::NotConfigured, text));
    }
}

fn row(node: &str, peer: &str, remote: String, result: SessionResult, text: String) -> SessionRow {
    SessionRow { node: node.to_owned(), peer: peer.to_owned(), remote, result, observed: text }
}

fn name(session: &Session) -> String {
    format!("{} ({})", session.peer, session.remote)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one finding")]
fn finding(
    code: &'static Code,
    message: &str,
    help: &str,
    subjects: Vec<String>,
    expected: String,
    observed: String,
    span: Option<Span>,
) -> Finding {
    let diagnostic = Diagnostic::error(code, message).help(help).label(span.map(first), "");
    Finding { diagnostic, subjects, expected, observed }
}

/// Parameters that the node did not have as this input has them.
fn differing(session: &Session, peer: &Peer) -> Vec<(&'static str, String, String)> {
    let rows = PARAMETERS.iter().filter_map(|row| {
        let here = (row.show)(&session.parameters);
        // What an older line does not say is no difference.
        let there = peer.parameters.get(row.name)?;
        (*there != here).then(|| (row.name, here, there.clone()))
    });
    rows.collect()
}

fn of_session(
    node: &str,
    session: &Session,
    found: Option<&(&Peer, Span)>,
    others: bool,
) -> (SessionResult, String, Option<Finding>) {
    let about = |code, help: &str, what: &str, expected: String, observed: String, span| {
        let message = format!("{what} {}", name(session));
        finding(code, &message, help, vec![node.to_owned()], expected, observed, span)
    };
    let Some((peer, span)) = found else {
        // A Node of which nothing was observed is named once.
        let one = others.then(|| {
            about(
                codes::SESSION_NOT_OBSERVED,
                "run live peer on the Node, without --peer",
                "was not observed to open the session with",
                "the session".to_owned(),
                "other sessions only".to_owned(),
                None,
            )
        });
        return (SessionResult::NotObserved, String::new(), one);
    };
    let differing = differing(session, peer);
    if !differing.is_empty() {
        let said = |pick: fn(&(&'static str, String, String)) -> String| {
            differing.iter().map(pick).collect::<Vec<_>>().join(", ")
        };
        let observed = said(|(name, _, there)| format!("{name} {there}"));
        let one = about(
            codes::OTHER_CONFIGURATION,
            "give verify the input and options that the node had, or observe again",
            "had another configuration for",
            said(|(name, here, _)| format!("{name} {here}")),
            observed.clone(),
            Some(*span),
        );
        return (SessionResult::OtherConfiguration, observed, Some(one));
    }
    of_outcome(session, peer, |code, help, what, expected, observed| {
        about(code, help, what, expected, observed, Some(*span))
    })
}

fn of_outcome(
    session: &Session,
    peer: &Peer,
    about: impl Fn(&'static Code, &str, &str, String, String) -> Finding,
) -> (SessionResult, String, Option<Finding>) {
    let reason = peer.reason.clone().unwrap_or_else(|| "no reason was given".to_owned());
    let not_observed = |why: String, help: &str| {
        let what = "did not look at the session with";
        let one =
            about(codes::SESSION_NOT_OBSERVED, help, what, "the session".to_owned(), why.clone());
        (SessionResult::NotObserved, why, Some(one))
    };
    match peer.outcome {
        Outcome::AsConfigured | Outcome::Different => {
            let bad: Vec<_> = peer.negotiated.iter().filter(|row| !row.good).collect();
            let all = peer.negotiated.iter().map(|row| format!("{} {}", row.name, row.found));
            let all = all.collect::<Vec<_>>().join("; ");
            if peer.negotiated.is_empty() {
                return not_observed("nothing of what was agreed on".to_owned(), "observe again");
            }
            if bad.is_empty() {
                return (SessionResult::AsConfigured, all, None);
            }
            let said = |pick: fn(&super::record::Negotiated) -> String| {
                bad.iter().map(|row| pick(row)).collect::<Vec<_>>().join(", ")
            };
            let one = about(
                codes::NEGOTIATED_OTHERWISE,
                "change the router's side or the configuration",
                "agreed on other values with",
                said(|row| format!("{} {}", row.name, row.expected)),
                said(|row| format!("{} {}", row.name, row.found)),
            );
            (SessionResult::Different, all, Some(one))
        }
        Outcome::NotUp | Outcome::Lost => {
            let reason = match peer.outcome {
                Outcome::Lost => format!("it came up, and was lost: {reason}"),
                _ => reason,
            };
            let one = about(
                codes::SESSION_NOT_UP,
                "look at the router's side: this Node's address, AS number and password",
                "has no session with",
                "a session".to_owned(),
                reason.clone(),
            );
            (SessionResult::NotUp, reason, Some(one))
        }
        Outcome::Skipped if matches!(session.remote, Remote::Interface(_)) => {
            not_observed(reason, "look at the router's own view of the session")
        }
        Outcome::Skipped => not_observed(reason, "mend what the reason names, and observe again"),
        Outcome::Interrupted => not_observed("interrupted by a signal".to_owned(), "observe again"),
    }
}
