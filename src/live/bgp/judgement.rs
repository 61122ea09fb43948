//! What was agreed on held against what the configuration expects, and every way in
//! which a session can fail, in words.

use netgauze_bgp_pkt::notification::{BgpNotificationMessage, CeaseError, OpenMessageError};

use super::dial::DialError;
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

/// Compares what was agreed on with the configuration.
pub fn compare(expected: &Parameters, found: &Negotiated) -> Vec<Compared> {
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
    vec![
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
    ]
}

fn families<'a>(families: impl Iterator<Item = &'a Family>) -> String {
    let names: Vec<&str> = families
        .map(|family| match family {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Why there is no connection, and what to look at.
pub fn no_connection(error: &DialError, parameters: &Parameters) -> String {
    let signed = parameters.authentication != Authentication::None;
    match error {
        DialError::Timeout(_) if signed => {
            "no answer: unreachable, a wrong password (which shows as silence), or the peer \
             expects none"
                .to_owned()
        }
        DialError::Timeout(_) => {
            let hops =
                if parameters.ttl == Some(1) { " or more than one hop away (TTL 1)" } else { "" };
            format!("no answer: unreachable{hops}, filtered, or the peer expects a password")
        }
        DialError::Refused => {
            format!("refused: nobody listens on port {}, or not for this address", parameters.port)
        }
        DialError::Unreachable => "unreachable: there is no way to it from here".to_owned(),
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
        End::Garbled(state) => format!("what the peer sent {} is no BGP", words(*state)),
    })
}

fn words(state: State) -> &'static str {
    match state {
        State::OpenSent => "before its OPEN",
        State::OpenConfirm => "after its OPEN",
        State::Established => "while the session was up",
    }
}

fn refusal(reason: &BgpNotificationMessage, local: u32) -> String {
    match reason {
        BgpNotificationMessage::OpenMessageError(OpenMessageError::BadPeerAs { .. }) => {
            format!("it expects another AS number of this side than {local}")
        }
        BgpNotificationMessage::OpenMessageError(OpenMessageError::UnsupportedCapability {
            ..
        }) => "it does not support a family or capability".to_owned(),
        BgpNotificationMessage::OpenMessageError(OpenMessageError::BadBgpIdentifier { .. }) => {
            "it does not take the router ID of this side".to_owned()
        }
        BgpNotificationMessage::OpenMessageError(OpenMessageError::UnacceptableHoldTime {
            ..
        }) => "it does not take the hold time".to_owned(),
        BgpNotificationMessage::OpenMessageError(_) => "it does not take the OPEN".to_owned(),
        BgpNotificationMessage::CeaseError(cease) => ceased(cease),
        BgpNotificationMessage::HoldTimerExpiredError(_) => "its hold timer expired".to_owned(),
        BgpNotificationMessage::MessageHeaderError(_)
        | BgpNotificationMessage::UpdateMessageError(_)
        | BgpNotificationMessage::RouteRefreshError(_) => {
            "it takes a message of this side for malformed".to_owned()
        }
        BgpNotificationMessage::FiniteStateMachineError(_) => {
            "it did not expect a message of this side".to_owned()
        }
    }
}

fn ceased(cease: &CeaseError) -> String {
    let (text, value) = match cease {
        CeaseError::MaximumNumberOfPrefixesReached { .. } => ("too many prefixes", None),
        CeaseError::AdministrativeShutdown { value } => ("administrative shutdown", Some(value)),
        CeaseError::PeerDeConfigured { .. } => ("this neighbour was taken away", None),
        CeaseError::AdministrativeReset { value } => ("administrative reset", Some(value)),
        CeaseError::ConnectionRejected { .. } => ("connection rejected", None),
        CeaseError::OtherConfigurationChange { .. } => ("its configuration was changed", None),
        CeaseError::ConnectionCollisionResolution { .. } => {
            ("it has another session with this side, which goes on", None)
        }
        CeaseError::OutOfResources { .. } => ("it is out of resources", None),
        CeaseError::HardReset { .. } => ("hard reset", None),
        CeaseError::BfdDown { .. } => ("BFD is down", None),
    };
    match value.and_then(|value| communication(value)) {
        Some(said) => format!("{text}: {said:?}"),
        None => text.to_owned(),
    }
}

/// The text of a shutdown (RFC 9003): its length, then UTF-8; shown with escapes.
fn communication(value: &[u8]) -> Option<String> {
    let (length, rest) = value.split_first()?;
    let text = rest.get(..usize::from(*length)).filter(|text| !text.is_empty())?;
    Some(String::from_utf8_lossy(text).into_owned())
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
            graceful_restart: Some(60),
        }
    }

    #[test]
    fn what_differs_is_found() {
        let differs = |found: &Negotiated| {
            let rows = compare(&parameters(), found).into_iter().filter(|row| !row.good);
            rows.map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(differs(&agreed()), [""; 0]);
        assert_eq!(differs(&Negotiated { hold: 30, ..agreed() }), ["hold time"]);
        let v4 = Negotiated { families: [Family::V4].into(), ..agreed() };
        assert_eq!(differs(&v4), ["families"]);
        let old = Negotiated { four_octet_as: false, graceful_restart: None, ..agreed() };
        assert_eq!(differs(&old), ["4-octet AS", "graceful restart"]);
    }

    #[test]
    fn each_failure_has_its_own_words() {
        let plain = parameters();
        let password = Authentication::Password(Some(SecretString::new("hidden")));
        let signed = Parameters { authentication: password, ..parameters() };
        let timeout = DialError::Timeout(Duration::from_secs(1));
        let mut all = vec![
            no_connection(&timeout, &plain),
            no_connection(&timeout, &signed),
            no_connection(&DialError::Refused, &plain),
            no_connection(&DialError::Unreachable, &plain),
        ];
        let value = Box::<[u8]>::default;
        let refused = [
            BgpNotificationMessage::OpenMessageError(OpenMessageError::BadPeerAs {
                value: value(),
            }),
            BgpNotificationMessage::OpenMessageError(OpenMessageError::UnsupportedCapability {
                value: value(),
            }),
            BgpNotificationMessage::CeaseError(CeaseError::ConnectionCollisionResolution {
                value: value(),
            }),
            BgpNotificationMessage::CeaseError(CeaseError::AdministrativeShutdown {
                value: b"\x04\x1bnow".as_slice().into(),
            }),
        ];
        let ends = refused.map(|reason| End::Refused(State::OpenSent, reason));
        let others = [End::WrongAs(1), End::Closed(State::OpenSent), End::Silence(State::OpenSent)];
        all.extend(ends.iter().chain(&others).filter_map(|end| ended(end, &plain)));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), 11, "{all:#?}");
        assert!(all.iter().all(|text| !text.contains("hidden") && !text.contains('\u{1b}')));
        assert_eq!(ended(&End::Left, &plain), None);
    }
}
