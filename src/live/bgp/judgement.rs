//! What was agreed on held against what the configuration expects, and every way in
//! which a session can fail, in words.

use std::net::SocketAddr;
use std::time::Duration;

use super::dial::DialError;
use super::evidence::Evidence;
use super::notification::{Notification, Reason};
use super::session::{Closing, End, Negotiated, State};
use super::silence::{dropped_while_waiting, refused, silent, unreachable};
use crate::ip::Family;
use crate::verify::sessions::{Authentication, Parameters, RemoteAsn};

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What.
    pub name: &'static str,
    /// What the configuration expects.
    pub expected: String,
    /// What was agreed on.
    pub found: String,
    /// Whether it is as expected.
    pub good: bool,
    /// Why it is not, where that is known.
    pub note: Option<String>,
}

/// Compares what was agreed on with the configuration. Whoever is `unnumbered` needs
/// IPv6 next hops for IPv4.
pub fn compare(expected: &Parameters, unnumbered: bool, found: &Negotiated) -> Vec<Compared> {
    let row = |name, expected: String, found: String, good| Compared {
        name,
        expected,
        found,
        good,
        note: None,
    };
    let asn = match expected.remote_asn {
        RemoteAsn::Number(asn) => asn.to_string(),
        RemoteAsn::Own => "its own".to_owned(),
        RemoteAsn::Other => "another than its own".to_owned(),
        RemoteAsn::Any => "any".to_owned(),
    };
    let restart = |time: Option<u16>| time.map_or("off".to_owned(), |time| format!("{time} s"));
    let large = expected.local_asn > u32::from(u16::MAX);
    let mut rows = vec![
        // Another one is refused before this.
        row("peer AS", asn, found.asn.to_string(), true),
        row(
            "hold time",
            format!("{} s", expected.hold),
            format!("{} s", found.hold),
            u64::from(found.hold) == expected.hold,
        ),
        Compared {
            note: not_offered(expected, found),
            ..row(
                "families",
                families(expected.families.iter()),
                families(found.families.iter()),
                found.families == expected.families,
            )
        },
        row(
            "4-octet AS",
            if large { "needed" } else { "not needed" }.to_owned(),
            if found.four_octet_as { "yes" } else { "no" }.to_owned(),
            found.four_octet_as || !large,
        ),
        row(
            "graceful restart",
            restart(expected.graceful_restart),
            restart(found.graceful_restart),
            expected.graceful_restart.is_none() || found.graceful_restart.is_some(),
        ),
        row(
            "TCP MD5",
            if expected.authentication == Authentication::None { "off" } else { "on" }.to_owned(),
            // Without the same on both sides there would be no connection.
            if expected.authentication == Authentication::None { "off" } else { "on" }.to_owned(),
            true,
        ),
    ];
    rows.push(row(
        "route refresh",
        "not needed".to_owned(),
        if found.route_refresh { "yes" } else { "no" }.to_owned(),
        true,
    ));
    if unnumbered && expected.families.contains(&Family::V4) {
        rows.push(row(
            "extended next hop",
            "yes".to_owned(),
            if found.extended_next_hop { "yes" } else { "no" }.to_owned(),
            found.extended_next_hop,
        ));
    }
    rows
}

/// The families that the peer does not carry.
fn not_offered(expected: &Parameters, found: &Negotiated) -> Option<String> {
    let missing = expected.families.difference(&found.offered);
    let missing = families(missing);
    let offered = families(found.offered.iter());
    (found.families != expected.families)
        .then(|| format!("unsupported family: the peer offers {offered}, not {missing}"))
}

fn families<'a>(families: impl Iterator<Item = &'a Family>) -> String {
    let names: Vec<&str> = families.copied().map(family_name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The name of a family.
pub fn family_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

/// Why there is no connection, and what to look at.
pub fn no_connection(error: &DialError, parameters: &Parameters, evidence: &Evidence) -> String {
    match error {
        DialError::Timeout(_) => silent(parameters, evidence),
        DialError::Refused => refused(parameters),
        DialError::Unreachable => unreachable(parameters, evidence),
        DialError::Forbidden => {
            "a route or rule of this host itself forbids to connect to it (prohibit)".to_owned()
        }
        DialError::NotDialled { at, patience, strangers } => {
            not_dialled(*at, *patience, *strangers, parameters, evidence)
        }
        DialError::Taken(at) => {
            format!("somebody else listens on {at}: stop it, or name another with --listen")
        }
        DialError::Interrupted => "interrupted by a signal".to_owned(),
        DialError::Impossible(reason) => format!("cannot be opened as configured: {reason}"),
        DialError::System(error) => format!("the system refused: {error}"),
    }
}

fn not_dialled(
    at: SocketAddr,
    patience: Duration,
    strangers: u64,
    parameters: &Parameters,
    evidence: &Evidence,
) -> String {
    let seconds = patience.as_secs();
    let others = match strangers {
        0 => String::new(),
        1 => "; a connection of somebody else was closed".to_owned(),
        several => format!("; {several} connections of others were closed"),
    };
    let not = format!("it did not connect to {at} within {seconds} s");
    if let Some(dropped) = dropped_while_waiting(parameters, evidence) {
        return format!("{not}: {dropped}{others}");
    }
    let signed = parameters.authentication != Authentication::None;
    // What is dropped for its signature is counted, where the kernel counts.
    let why = match (evidence.dropped, signed) {
        (Some(_), _) => "",
        (None, true) => ", has a wrong password",
        (None, false) => ", expects a password",
    };
    let far = match parameters.ttl {
        Some(1) => ", is more than one hop away (TTL 1: no eBGP multihop)",
        _ => "",
    };
    format!(
        "{not}: it waits itself, dials elsewhere{why}{far}, or its time between attempts is \
         longer{others}"
    )
}

/// How a session ended before it was to, and what to look at; `None` where it was left.
pub fn ended(end: &End, parameters: &Parameters) -> Option<String> {
    Some(match end {
        End::Left => return None,
        End::Interrupted => "interrupted by a signal".to_owned(),
        End::WrongAs(asn) => {
            format!("wrong AS: the peer is AS {asn}, and is to be {}", expected_as(parameters))
        }
        End::Unacceptable(why) => format!("the peer shows {why}"),
        End::Refused(state, reason) => {
            format!("refused by the peer {}: {}", words(*state), refusal(reason, parameters))
        }
        End::Closed(State::OpenSent, Closing::Orderly | Closing::Reset) => {
            "closed by the peer without a word: it may not know this address as a neighbour, \
             have a session with it already, or still rest after the last one"
                .to_owned()
        }
        End::Closed(state, Closing::Orderly) => {
            format!("closed by the peer {} without a word", words(*state))
        }
        End::Closed(state, Closing::Reset) => {
            format!("reset by the peer {} without a word (TCP RST)", words(*state))
        }
        End::Closed(state, Closing::Broken) => {
            format!("the connection broke {}: the peer is no longer reached", words(*state))
        }
        End::Silence(State::Established) => {
            "the peer fell silent while the session was up: the hold time went by".to_owned()
        }
        End::Silence(state) => format!("the peer fell silent {}", words(*state)),
        End::Unexpected(state) => {
            format!("the peer sent a message that makes no sense {}", words(*state))
        }
        End::Garbled(state, reason) => {
            format!("what the peer sent {} is no BGP ({reason})", words(*state))
        }
        End::Malformed(what) => format!("the peer sent an UPDATE that cannot be borne: {what}"),
    })
}

fn words(state: State) -> &'static str {
    match state {
        State::OpenSent => "before its OPEN",
        State::OpenConfirm => "after its OPEN",
        State::Established => "while the session was up",
    }
}

fn expected_as(parameters: &Parameters) -> String {
    let local = parameters.local_asn;
    match parameters.remote_asn {
        RemoteAsn::Number(asn) => format!("AS {asn}"),
        RemoteAsn::Own => format!("of this side's own, AS {local}"),
        RemoteAsn::Other => format!("of another than this side's, AS {local}"),
        RemoteAsn::Any => "any".to_owned(),
    }
}

fn refusal(reason: &Notification, parameters: &Parameters) -> String {
    let local = parameters.local_asn;
    let hard = reason.reason == Reason::HARD_RESET;
    let cause = reason.cause();
    let words = match cause.reason {
        Reason::BAD_PEER_AS => format!("it expects another AS number of this side than {local}"),
        Reason::UNSUPPORTED_CAPABILITY => format!(
            "it does not support a family or capability of this side (families: {})",
            families(parameters.families.iter())
        ),
        Reason::BAD_IDENTIFIER => "it does not take the router ID of this side".to_owned(),
        Reason::UNACCEPTABLE_HOLD_TIME => {
            format!("it does not take the hold time of {} s of this side", parameters.hold)
        }
        Reason::COLLISION => "it has another session with this side, which goes on".to_owned(),
        other => match other.0 {
            1 | 3 | 7 => format!("it takes a message of this side for malformed ({other})"),
            2 => format!("it does not take the OPEN ({other})"),
            4 => "its hold timer expired".to_owned(),
            5 => format!("it did not expect a message of this side ({other})"),
            6 => ceased(other),
            8 => "it could not send for too long".to_owned(),
            _ => format!("with a reason that is not known ({other})"),
        },
    };
    let hard = if hard { " (hard reset)" } else { "" };
    match cause.communication() {
        Some(said) => format!("{words}{hard}: {said:?}"),
        None => format!("{words}{hard}"),
    }
}

/// The subcodes of a Cease (RFC 4486, RFC 9384) in words.
fn ceased(reason: Reason) -> String {
    let words = match reason.1 {
        1 => "too many prefixes",
        2 => "administrative shutdown",
        3 => "this neighbour was taken away",
        4 => "administrative reset",
        5 => "connection rejected",
        6 => "its configuration was changed",
        8 => "it is out of resources",
        9 => "hard reset",
        10 => "BFD is down",
        _ => return format!("it ended the session ({reason})"),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::evidence::Counters;
    use super::super::session::tests::parameters;
    use super::*;
    use crate::cluster::SecretString;

    fn agreed() -> Negotiated {
        Negotiated {
            asn: 64512,
            router_id: [1, 1, 1, 1].into(),
            hold: 90,
            families: [Family::V4, Family::V6].into(),
            offered: [Family::V4, Family::V6].into(),
            four_octet_as: true,
            route_refresh: true,
            extended_next_hop: false,
            graceful_restart: Some(60),
        }
    }

    #[test]
    fn what_differs_is_found() {
        let differs = |found: &Negotiated| {
            let rows = compare(&parameters(), false, found).into_iter().filter(|row| !row.good);
            rows.map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(differs(&agreed()), [""; 0]);
        assert_eq!(differs(&Negotiated { hold: 30, ..agreed() }), ["hold time"]);
        let only: BTreeSet<Family> = [Family::V4].into();
        let v4 = Negotiated { families: only.clone(), offered: only, ..agreed() };
        let rows = compare(&parameters(), false, &v4);
        let note = rows.iter().find_map(|row| row.note.as_deref());
        assert_eq!(note, Some("unsupported family: the peer offers IPv4, not IPv6"));
        assert_eq!(differs(&v4), ["families"]);
        let old = Negotiated { four_octet_as: false, graceful_restart: None, ..agreed() };
        assert_eq!(differs(&old), ["4-octet AS", "graceful restart"]);
        let unnumbered = compare(&parameters(), true, &agreed());
        let row = unnumbered.iter().find(|row| !row.good).unwrap();
        assert_eq!((row.name, row.found.as_str()), ("extended next hop", "no"));
        let found = Negotiated { extended_next_hop: true, ..agreed() };
        assert!(compare(&parameters(), true, &found).iter().all(|row| row.good));
    }

    #[test]
    fn each_failure_has_its_own_words() {
        let plain = parameters();
        let none = Evidence::default();
        let words = |error: &DialError| no_connection(error, &plain, &none);
        let patience = Duration::from_secs(60);
        let at = "192.0.2.1:179".parse().unwrap();
        let mut all = vec![
            words(&DialError::Timeout(Duration::from_secs(1))),
            words(&DialError::Unreachable),
            words(&DialError::Refused),
            words(&DialError::Forbidden),
            words(&DialError::NotDialled { at, patience, strangers: 2 }),
            words(&DialError::Taken(at)),
        ];
        let told = Notification::new;
        let refused = [
            told(Reason::BAD_PEER_AS, &[]),
            told(Reason::UNSUPPORTED_CAPABILITY, &[]),
            told(Reason::COLLISION, &[]),
            told(Reason::SHUTDOWN, b"\x04\x1bnow"),
            told(Reason::HARD_RESET, b"\x06\x02\x04\x1bnow"),
            told(Reason(6, 99), &[]),
            told(Reason(99, 99), &[]),
        ];
        let ends = refused.map(|reason| End::Refused(State::OpenSent, reason));
        let others = [
            End::WrongAs(1),
            End::Closed(State::OpenSent, Closing::Orderly),
            End::Closed(State::Established, Closing::Orderly),
            End::Closed(State::Established, Closing::Reset),
            End::Closed(State::Established, Closing::Broken),
            End::Silence(State::Established),
            End::Silence(State::OpenSent),
            End::Garbled(State::OpenSent, Reason::BAD_LENGTH),
            End::Malformed("something"),
        ];
        all.extend(ends.iter().chain(&others).filter_map(|end| ended(end, &plain)));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:#?}");
        assert!(all.iter().all(|text| !text.contains('\u{1b}')));
        assert_eq!(ended(&End::Left, &plain), None);
    }

    #[test]
    fn what_was_dropped_while_waiting_is_the_reason() {
        let at = "192.0.2.1:179".parse().unwrap();
        let patience = Duration::from_secs(60);
        let error = DialError::NotDialled { at, patience, strangers: 0 };
        let secret = Authentication::Password(Some(SecretString::new("hidden")));
        let signed = Parameters { authentication: secret, ..parameters() };
        let dropped = |wrong| Some(Counters { wrong, ..Counters::default() });
        for (dropped, says, not) in [
            (dropped(1), "with a wrong password", "waits itself"),
            (dropped(0), "it waits itself", "password"),
            (None, "has a wrong password", "dialled with"),
        ] {
            let text = no_connection(&error, &signed, &Evidence { dropped, ..Evidence::default() });
            assert!(text.contains(says) && !text.contains(not), "{text}");
            assert!(!text.contains("hidden"));
        }
    }
}
