//! What was agreed on held against what the configuration expects, and every way in
//! which a session can fail, in words.

use super::dial::DialError;
use super::notification::{Notification, Reason};
use super::session::{End, Negotiated, State};
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
}

/// Compares what was agreed on with the configuration. Whoever is `unnumbered` needs
/// IPv6 next hops for IPv4.
pub fn compare(expected: &Parameters, unnumbered: bool, found: &Negotiated) -> Vec<Compared> {
    let row =
        |name, expected: String, found: String, good| Compared { name, expected, found, good };
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
        row(
            "families",
            families(expected.families.iter()),
            families(found.families.iter()),
            found.families == expected.families,
        ),
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
pub fn no_connection(error: &DialError, parameters: &Parameters) -> String {
    let signed = parameters.authentication != Authentication::None;
    let far = |before: &str| match parameters.ttl {
        Some(1) => format!("{before} more than one hop away (TTL 1: no eBGP multihop)"),
        _ => String::new(),
    };
    match error {
        DialError::Timeout(_) if signed => format!(
            "no answer: unreachable{}, a wrong password (which shows as silence), or the peer \
             expects none",
            far(",")
        ),
        DialError::Timeout(_) => {
            let far = far(",");
            format!("no answer: unreachable{far}, filtered, or the peer expects a password")
        }
        DialError::Refused => {
            format!("refused: nobody listens on port {}, or not for this address", parameters.port)
        }
        DialError::Unreachable => format!("unreachable: no way to it from here{}", far(", or")),
        DialError::NotDialled { at, patience, strangers } => {
            let seconds = patience.as_secs();
            let why = if signed { ", has a wrong password" } else { ", expects a password" };
            let others = match strangers {
                0 => String::new(),
                1 => "; a connection of somebody else was closed".to_owned(),
                several => format!("; {several} connections of others were closed"),
            };
            format!(
                "it did not connect to {at} within {seconds} s: it waits itself, dials elsewhere\
                 {why}{}, or its time between attempts is longer{others}",
                far(", is")
            )
        }
        DialError::Taken(at) => {
            format!("somebody else listens on {at}: stop it, or name another with --listen")
        }
        DialError::Interrupted => "interrupted by a signal".to_owned(),
        DialError::Impossible(reason) => format!("cannot be opened as configured: {reason}"),
        DialError::System(error) => format!("the system refused: {error}"),
    }
}

/// How a session ended before it was to, and what to look at; `None` where it was left.
pub fn ended(end: &End, parameters: &Parameters) -> Option<String> {
    let local = parameters.local_asn;
    Some(match end {
        End::Left => return None,
        End::Interrupted => "interrupted by a signal".to_owned(),
        End::WrongAs(asn) => format!("wrong AS: the peer is AS {asn}"),
        End::Unacceptable(why) => format!("the peer shows {why}"),
        End::Refused(state, reason) => {
            format!("refused by the peer {}: {}", words(*state), refusal(reason, local))
        }
        End::Closed(State::OpenSent) => {
            "closed by the peer without a word: it may not know this address as a neighbour, \
             have a session with it already, or still rest after the last one"
                .to_owned()
        }
        End::Closed(state) => format!("closed by the peer {} without a word", words(*state)),
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

fn refusal(reason: &Notification, local: u32) -> String {
    let hard = reason.reason == Reason::HARD_RESET;
    let cause = reason.cause();
    let words = match cause.reason {
        Reason::BAD_PEER_AS => format!("it expects another AS number of this side than {local}"),
        Reason::UNSUPPORTED_CAPABILITY => "it does not support a family or capability".to_owned(),
        Reason::BAD_IDENTIFIER => "it does not take the router ID of this side".to_owned(),
        Reason::UNACCEPTABLE_HOLD_TIME => "it does not take the hold time".to_owned(),
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
    use std::time::Duration;

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
        let v4 = Negotiated { families: [Family::V4].into(), ..agreed() };
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
        let far = Parameters { ttl: Some(64), ..parameters() };
        let password = Authentication::Password(Some(SecretString::new("hidden")));
        let signed = Parameters { authentication: password, ..parameters() };
        let timeout = DialError::Timeout(Duration::from_secs(1));
        let mut all = vec![
            no_connection(&timeout, &plain),
            no_connection(&timeout, &signed),
            no_connection(&timeout, &far),
            no_connection(&DialError::Unreachable, &far),
            no_connection(&DialError::Refused, &plain),
            no_connection(&DialError::Unreachable, &plain),
        ];
        let patience = Duration::from_secs(60);
        let at = "192.0.2.1:179".parse().unwrap();
        all.push(no_connection(&DialError::NotDialled { at, patience, strangers: 2 }, &plain));
        all.push(no_connection(&DialError::Taken(at), &plain));
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
            End::Closed(State::OpenSent),
            End::Silence(State::OpenSent),
            End::Garbled(State::OpenSent, Reason::BAD_LENGTH),
            End::Malformed("something"),
        ];
        all.extend(ends.iter().chain(&others).filter_map(|end| ended(end, &plain)));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), 20, "{all:#?}");
        assert!(all.iter().all(|text| !text.contains("hidden") && !text.contains('\u{1b}')));
        assert_eq!(ended(&End::Left, &plain), None);
        for error in [&timeout, &DialError::Unreachable] {
            assert!(no_connection(error, &plain).contains("TTL 1"));
            assert!(!no_connection(error, &far).contains("TTL"));
        }
    }
}
