//! How a session went, for people and for programs.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::context::LiveEngine;
use super::super::time::words;
use super::observe::{Ending, Observed, Up};
use crate::ip::Family;
use crate::live::bgp::judgement::family_name;
use crate::live::bgp::received::Count;
use crate::verify::sessions::{Remote, Session as Configured, Source};

impl Observed {
    /// Whether it went as configured. One that advertises may be told by a signal to
    /// leave, once all has been sent: whatever is to be seen has been seen by then.
    pub(super) fn is_good(&self) -> bool {
        let Self::Up(up) = self else { return false };
        let whole = match up.ending {
            Ending::Left => true,
            Ending::Interrupted => up.advertised,
            Ending::Lost(_) => false,
        };
        whole && up.compared.iter().all(|row| row.good)
    }

    /// Whether a signal ended it.
    pub(super) fn is_interrupted(&self) -> bool {
        match self {
            Self::Up(up) => matches!(up.ending, Ending::Interrupted),
            Self::Interrupted => true,
            Self::NotUp(_) | Self::Skipped(_) => false,
        }
    }
}

/// The address of this host that the session goes from, and how it comes to it.
pub(super) fn source(session: &Configured, local: IpAddr, passive: bool) -> String {
    let how = match session.parameters.source {
        Source::Routed if passive => "which the peer dialled",
        Source::Routed => "by route",
        Source::Address(_) | Source::Interface(_) => "as configured",
    };
    format!("source address {local} ({how})")
}

/// One line; `from` is the source.
pub(super) fn text(
    session: &Configured,
    observed: &Observed,
    discovered: bool,
    from: Option<&str>,
) -> String {
    let told = without_source(session, observed, discovered);
    from.map_or_else(|| told.clone(), |from| format!("{told}; {from}"))
}

fn without_source(session: &Configured, observed: &Observed, discovered: bool) -> String {
    let found = match session.remote {
        Remote::Address(_) if discovered => ", the default gateway",
        _ => "",
    };
    let port = session.parameters.port;
    let name = format!("{} ({} port {port}{found})", session.peer, session.remote);
    match observed {
        Observed::Up(up) => {
            let as_configured = up.compared.iter().all(|row| row.good);
            let verdict = match (&up.ending, as_configured) {
                (Ending::Lost(why), _) => format!("was up, and was lost: {why}"),
                (_, true) => "up, as configured".to_owned(),
                (_, false) => "up, not as configured".to_owned(),
            };
            format!("{name}: {verdict}: {}", up_words(up))
        }
        Observed::NotUp(why) => format!("{name}: not up: {why}"),
        Observed::Skipped(why) => format!("{name}: skipped: {why}"),
        Observed::Interrupted => format!("{name}: interrupted by a signal before it was up"),
    }
}

/// How long it was up, in whole seconds.
fn seconds(up: &Up) -> u64 {
    (up.lasted + Duration::from_millis(500)).as_secs()
}

fn up_words(up: &Up) -> String {
    let rows = up.compared.iter().map(|row| {
        let note = row.note.as_ref().map_or(String::new(), |note| format!(" ({note})"));
        if row.good {
            format!("{} {}{note}", row.name, row.found)
        } else {
            format!("{} {} instead of {}{note}", row.name, row.found, row.expected)
        }
    });
    let came = up
        .families
        .iter()
        .map(|family| came_of(*family, up.received.prefixes(*family), up.received.ended(*family)));
    let faults = up.received.faults();
    let faults = (!faults.is_empty()).then(|| format!("malformed: {}", faults.join(", ")));
    let (asked, answered) = up.refreshes;
    let refreshed =
        (asked > 0).then(|| format!("asked for its routes again {asked}, sent again {answered}"));
    let withdrawn =
        (!up.sent.is_empty()).then(|| format!("routes withdrawn {}", up.withdrawn.len()));
    let lasted = words(Duration::from_secs(seconds(up)));
    let left = match &up.ending {
        Ending::Left => format!("left after {lasted}"),
        Ending::Interrupted => format!("left at a signal after {lasted}"),
        Ending::Lost(_) => format!("lost after {lasted}"),
    };
    let all = rows.chain(came).chain(faults).chain(refreshed).chain(withdrawn).chain([left]);
    all.collect::<Vec<_>>().join("; ")
}

/// How many prefixes came, and whether these are all: the peer may be slow to send them,
/// and says when it has (End-of-RIB).
fn came_of(family: Family, count: Count, ended: bool) -> String {
    let name = family_name(family);
    let so_far = if ended { "" } else { " so far" };
    match count {
        Count::Exactly(count) => format!("received {name} prefixes {count}{so_far}"),
        Count::AtLeast(count) => format!("received {name} prefixes {count} or more{so_far}"),
    }
}

/// One object.
pub(super) fn to_json(
    engine: LiveEngine,
    session: &Configured,
    observed: &Observed,
    discovered: bool,
    local: Option<IpAddr>,
    time: &str,
) -> Value {
    let (outcome, reason) = match observed {
        Observed::Up(up) => match &up.ending {
            Ending::Lost(why) => ("lost", Some(why)),
            Ending::Interrupted => ("interrupted", None),
            Ending::Left if observed.is_good() => ("asConfigured", None),
            Ending::Left => ("different", None),
        },
        Observed::NotUp(why) => ("notUp", Some(why)),
        Observed::Skipped(why) => ("skipped", Some(why)),
        Observed::Interrupted => ("interrupted", None),
    };
    let up = match observed {
        Observed::Up(up) => Some(up),
        _ => None,
    };
    let rows = up.iter().flat_map(|up| &up.compared).map(|row| {
        json!({
            "name": row.name,
            "expected": row.expected,
            "found": row.found,
            "good": row.good,
            "note": row.note,
        })
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
    let withdrawn = up.iter().flat_map(|up| &up.withdrawn).map(ToString::to_string);
    let refreshes = up.map(|up| {
        let (asked, answered) = up.refreshes;
        json!({"received": asked, "answered": answered})
    });
    json!({
        "engine": engine.name(),
        "time": time,
        "peer": session.peer,
        "remote": session.remote,
        "port": session.parameters.port,
        "discovered": discovered,
        "localAddress": local,
        "parameters": session.parameters,
        "outcome": outcome,
        "good": observed.is_good(),
        "reason": reason,
        "negotiated": rows.collect::<Vec<Value>>(),
        "updates": up.map(|up| up.received.updates()),
        "received": received.collect::<Vec<Value>>(),
        "malformed": up.map(|up| up.received.faults()).unwrap_or_default(),
        "routeRefresh": refreshes,
        "sent": sent.collect::<Vec<String>>(),
        "withdrawn": withdrawn.collect::<Vec<String>>(),
        "seconds": up.map(|up| seconds(up)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_all_only_where_the_peer_says_so() {
        for (count, ended, says) in [
            (Count::Exactly(0), false, "received IPv6 prefixes 0 so far"),
            (Count::Exactly(2), true, "received IPv6 prefixes 2"),
            (Count::AtLeast(9), false, "received IPv6 prefixes 9 or more so far"),
            (Count::AtLeast(9), true, "received IPv6 prefixes 9 or more"),
        ] {
            assert_eq!(came_of(Family::V6, count, ended), says);
        }
    }
}
