//! How a session went, for people and for programs.

use serde_json::{Value, json};

use super::super::context::LiveEngine;
use super::super::time::words;
use super::PeerArgs;
use super::observe::{Observed, STAY, Up};
use crate::live::bgp::judgement::family_name;
use crate::live::bgp::received::Count;
use crate::verify::sessions::Session as Configured;

impl Observed {
    /// Whether it went as configured.
    pub(super) fn is_good(&self) -> bool {
        matches!(self, Self::Up(up) if up.compared.iter().all(|row| row.good))
    }
}

/// One line.
pub(super) fn text(args: &PeerArgs, session: &Configured, observed: &Observed) -> String {
    let name = format!("{} ({} port {})", session.peer, session.remote, session.parameters.port);
    match observed {
        Observed::Up(up) => {
            let verdict =
                if observed.is_good() { "up, as configured" } else { "up, not as configured" };
            format!("{name}: {verdict}: {}", up_words(args, up))
        }
        Observed::NotUp(why) => format!("{name}: not up: {why}"),
        Observed::Skipped(why) => format!("{name}: skipped: {why}"),
        Observed::Interrupted => format!("{name}: interrupted by a signal"),
    }
}

fn up_words(args: &PeerArgs, up: &Up) -> String {
    let rows = up.compared.iter().map(|row| {
        if row.good {
            format!("{} {}", row.name, row.found)
        } else {
            format!("{} {} instead of {}", row.name, row.found, row.expected)
        }
    });
    let came = up.families.iter().map(|family| {
        let name = family_name(*family);
        match up.received.prefixes(*family) {
            Count::Exactly(count) => format!("received {name} prefixes {count}"),
            Count::AtLeast(count) => format!("received {name} prefixes {count} or more"),
        }
    });
    let faults = up.received.faults();
    let faults = (!faults.is_empty()).then(|| format!("malformed: {}", faults.join(", ")));
    let left = format!("left after {}", words(args.for_.unwrap_or(STAY)));
    rows.chain(came).chain(faults).chain([left]).collect::<Vec<_>>().join("; ")
}

/// One object.
pub(super) fn to_json(
    engine: LiveEngine,
    session: &Configured,
    observed: &Observed,
    time: &str,
) -> Value {
    let (outcome, reason) = match observed {
        Observed::Up(_) if observed.is_good() => ("asConfigured", None),
        Observed::Up(_) => ("different", None),
        Observed::NotUp(why) => ("notUp", Some(why)),
        Observed::Skipped(why) => ("skipped", Some(why)),
        Observed::Interrupted => ("interrupted", None),
    };
    let up = match observed {
        Observed::Up(up) => Some(up),
        _ => None,
    };
    let rows = up.iter().flat_map(|up| &up.compared).map(|row| {
        json!({"name": row.name, "expected": row.expected, "found": row.found, "good": row.good})
    });
    let received = up.iter().flat_map(|up| {
        up.families.iter().map(|family| {
            let (prefixes, more) = match up.received.prefixes(*family) {
                Count::Exactly(count) => (count, false),
                Count::AtLeast(count) => (count, true),
            };
            json!({
                "family": family_name(*family),
                "prefixes": prefixes,
                "orMore": more,
                "endOfRib": up.received.ended(*family),
            })
        })
    });
    let sent = up.iter().flat_map(|up| &up.sent).map(ToString::to_string);
    json!({
        "engine": engine.name(),
        "time": time,
        "peer": session.peer,
        "remote": session.remote,
        "port": session.parameters.port,
        "parameters": session.parameters,
        "outcome": outcome,
        "good": outcome == "asConfigured",
        "reason": reason,
        "negotiated": rows.collect::<Vec<Value>>(),
        "updates": up.map(|up| up.received.updates()),
        "received": received.collect::<Vec<Value>>(),
        "malformed": up.map(|up| up.received.faults()).unwrap_or_default(),
        "sent": sent.collect::<Vec<String>>(),
    })
}
