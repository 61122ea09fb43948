//! What it means that a peer cannot be reached or says nothing. TCP MD5 (RFC 2385) has
//! no answer to a wrong signature but silence: what else was seen narrows it down, and
//! what cannot be told apart is said to be so.

use super::super::neighbours::Answers;
use super::evidence::{Counters, Evidence, Place, Unsigned};
use crate::verify::sessions::{Authentication, Parameters, Source};

/// Nobody answered in time.
pub(super) fn silent(parameters: &Parameters, evidence: &Evidence) -> String {
    let signed = parameters.authentication != Authentication::None;
    by_counters(parameters, signed, evidence)
        .or_else(|| by_place(parameters, evidence.place))
        .or_else(|| by_unsigned(parameters, evidence))
        .unwrap_or_else(|| what_is_left(parameters, signed, evidence))
}

/// What was dropped says who is at fault.
fn by_counters(parameters: &Parameters, signed: bool, evidence: &Evidence) -> Option<String> {
    let (dropped, look) = (evidence.dropped.unwrap_or_default(), evidence.unsigned);
    let counted = |name: &str, count: u64| format!("({name} rose by {count} on this host)");
    match dropped {
        Counters { wrong: count @ 1.., .. } if signed => Some(format!(
            "a wrong password: what answers is signed with another one than is configured {}",
            counted("TCPMD5Failure", count)
        )),
        Counters { unsigned: count @ 1.., .. } if signed => {
            let counted = counted("TCPMD5NotFound", count);
            Some(match look {
                Some(Unsigned::Refused) => refused(parameters) + ", and says so unsigned",
                Some(Unsigned::Taken) => expects_none(parameters, evidence),
                Some(Unsigned::Silent) | None => format!(
                    "it answers without the password: it expects none, or refuses {counted}"
                ),
            })
        }
        Counters { signed: count @ 1.., .. } if !signed => Some(format!(
            "the peer expects a password: what answers is signed, and none is configured {}",
            counted("TCPMD5Unexpected", count)
        )),
        _ => None,
    }
}

/// Where it is says whether it can be there at all.
fn by_place(parameters: &Parameters, place: Place) -> Option<String> {
    match place {
        Place::NoRoute => Some("unreachable: no route leads to it".to_owned()),
        Place::Link(Answers::No) => Some(
            "unreachable: it is to be on this host's link, and nobody there has the address \
             (no answer to ARP or NDP)"
                .to_owned(),
        ),
        Place::Behind(router, Answers::No) => Some(format!(
            "unreachable: the router {router} on the way to it does not answer ARP or NDP"
        )),
        Place::Behind(router, _) if parameters.ttl == Some(1) => Some(format!(
            "no answer: it is more than one hop away (TTL 1: no eBGP multihop), behind {router}"
        )),
        Place::Own | Place::Link(_) | Place::Behind(..) | Place::Unknown => None,
    }
}

/// What it does without a password.
fn by_unsigned(parameters: &Parameters, evidence: &Evidence) -> Option<String> {
    match evidence.unsigned? {
        Unsigned::Taken => Some(expects_none(parameters, evidence)),
        Unsigned::Refused => {
            Some(refused(parameters) + " (to a signed connection it says nothing)")
        }
        Unsigned::Silent => None,
    }
}

fn expects_none(parameters: &Parameters, evidence: &Evidence) -> String {
    let or = by_route(parameters, evidence).map_or(String::new(), |from| format!(", or {from}"));
    format!("the peer expects no password{or}: it takes a connection without one, and none with it")
}

/// The peer may know this host by another address, where none is configured: then its
/// password is for that one.
fn by_route(parameters: &Parameters, evidence: &Evidence) -> Option<String> {
    let local = evidence.local.filter(|_| parameters.source == Source::Routed)?;
    Some(format!("not from {local}"))
}

/// It is there and does not want to.
pub(super) fn refused(parameters: &Parameters) -> String {
    format!("refused: nobody listens on port {}, or not for this address", parameters.port)
}

/// What nothing tells apart.
fn what_is_left(parameters: &Parameters, signed: bool, evidence: &Evidence) -> String {
    let there = match evidence.place {
        Place::Link(Answers::Yes) => "the host is there (it answers ARP or NDP) and says nothing",
        Place::Own => "the address is this host's own, and nothing is said",
        _ => "no answer",
    };
    let mut causes = Vec::new();
    if !matches!(evidence.place, Place::Link(Answers::Yes) | Place::Own) {
        causes.push("unreachable");
        if parameters.ttl == Some(1) && evidence.place == Place::Unknown {
            causes.push("more than one hop away (TTL 1: no eBGP multihop)");
        }
    }
    causes.push("filtered");
    match (signed, evidence.unsigned) {
        (false, _) => causes.push("the peer expects a password"),
        (true, Some(_)) => causes.push("a wrong password"),
        (true, None) => causes.extend(["a wrong password", "the peer expects none"]),
    }
    let from = by_route(parameters, evidence);
    causes.extend(from.as_deref());
    let last = causes.pop().unwrap_or_default();
    let cannot = "these look alike from here, the router's log tells them apart";
    format!("{there}: {} or {last} ({cannot})", causes.join(", "))
}

/// The system said that there is no way.
pub(super) fn unreachable(parameters: &Parameters, evidence: &Evidence) -> String {
    by_place(parameters, evidence.place).unwrap_or_else(|| {
        let by = match evidence.place {
            Place::Behind(router, _) => format!(", behind {router}"),
            _ => String::new(),
        };
        format!("unreachable: a router on the way, or a rule of this host, says so{by}")
    })
}

/// What was dropped while a peer was waited for, in words; `None` where nothing was.
pub(super) fn dropped_while_waiting(
    parameters: &Parameters,
    evidence: &Evidence,
) -> Option<&'static str> {
    let signed = parameters.authentication != Authentication::None;
    let dropped = evidence.dropped?;
    match dropped {
        Counters { wrong: 1.., .. } if signed => {
            Some("somebody dialled with a wrong password (TCPMD5Failure rose)")
        }
        Counters { unsigned: 1.., .. } if signed => {
            Some("somebody dialled without a password (TCPMD5NotFound rose)")
        }
        Counters { signed: 1.., .. } if !signed => {
            Some("somebody dialled with a password, and none is configured (TCPMD5Unexpected rose)")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::session::tests::parameters;
    use super::*;
    use crate::cluster::SecretString;

    fn signed() -> Parameters {
        let password = Authentication::Password(Some(SecretString::new("hidden")));
        Parameters { authentication: password, ..parameters() }
    }

    fn place(place: Place) -> Evidence {
        Evidence { place, ..Evidence::default() }
    }

    fn dropped(unsigned: u64, signed: u64, wrong: u64) -> Evidence {
        let dropped = Some(Counters { unsigned, signed, wrong });
        Evidence { dropped, ..place(Place::Link(Answers::Yes)) }
    }

    #[test]
    fn whatever_was_seen_is_told_apart() {
        let router = [192, 0, 2, 1].into();
        let there = Place::Link(Answers::Yes);
        let looked = |unsigned| Evidence { unsigned: Some(unsigned), ..place(there) };
        let (plain, signed) = (parameters(), signed());
        let all = [
            (&signed, dropped(0, 0, 2), "a wrong password: what answers"),
            (&signed, dropped(1, 0, 0), "it answers without the password"),
            (&plain, dropped(0, 3, 0), "the peer expects a password: what answers"),
            (&signed, place(Place::NoRoute), "no route leads to it"),
            (&signed, place(Place::Link(Answers::No)), "nobody there has the address"),
            (&plain, place(Place::Behind(router, Answers::No)), "192.0.2.1 on the way"),
            (
                &plain,
                place(Place::Behind(router, Answers::Yes)),
                "(TTL 1: no eBGP multihop), behind 192.0.2.1",
            ),
            (&signed, looked(Unsigned::Taken), "the peer expects no password"),
            (&signed, looked(Unsigned::Refused), "nobody listens on port"),
            (&signed, looked(Unsigned::Silent), "says nothing: filtered or a wrong password"),
            (&signed, place(there), "a wrong password or the peer expects none"),
            (&plain, place(there), "says nothing: filtered or the peer expects a password"),
            (&plain, place(Place::Unknown), "unreachable, more than one hop away"),
            (&plain, place(Place::Own), "this host's own"),
        ];
        let texts: Vec<String> = all
            .iter()
            .map(|(parameters, evidence, says)| {
                let text = silent(parameters, evidence);
                assert!(text.contains(says), "{evidence:?}: {text}");
                text
            })
            .collect();
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), all.len(), "{texts:#?}");
        assert!(texts.iter().all(|text| !text.contains("hidden")));
    }

    #[test]
    fn what_others_counted_for_another_kind_of_session_says_nothing() {
        let text = silent(&parameters(), &dropped(5, 0, 5));
        assert!(text.contains("filtered or the peer expects a password"), "{text}");
        let text = silent(&signed(), &dropped(0, 5, 0));
        assert!(text.contains("a wrong password or the peer expects none"), "{text}");
    }

    #[test]
    fn an_address_that_nobody_has_configured_may_be_the_wrong_one() {
        let local = Some([192, 0, 2, 10].into());
        let looked = |unsigned| Evidence { unsigned, local, ..place(Place::Link(Answers::Yes)) };
        let configured = Source::Address("192.0.2.10".to_owned());
        for (evidence, says) in [
            (looked(Some(Unsigned::Taken)), "expects no password, or not from 192.0.2.10: it"),
            (looked(Some(Unsigned::Silent)), "a wrong password or not from 192.0.2.10 ("),
            (looked(None), "the peer expects none or not from 192.0.2.10 ("),
        ] {
            let text = silent(&Parameters { source: Source::Routed, ..signed() }, &evidence);
            assert!(text.contains(says), "{text}");
            let text = silent(&Parameters { source: configured.clone(), ..signed() }, &evidence);
            assert!(!text.contains("not from"), "{text}");
        }
    }

    #[test]
    fn a_peer_that_refuses_unsigned_is_not_one_with_another_password() {
        let unsigned = Some(Unsigned::Refused);
        let text = silent(&signed(), &Evidence { unsigned, ..dropped(2, 0, 0) });
        assert!(text.starts_with("refused: nobody listens"), "{text}");
    }

    #[test]
    fn who_dialled_in_vain_is_told() {
        for (parameters, seen, says) in [
            (signed(), dropped(0, 0, 1), Some("with a wrong password")),
            (signed(), dropped(1, 0, 0), Some("without a password")),
            (parameters(), dropped(0, 1, 0), Some("with a password, and none")),
            (parameters(), dropped(1, 0, 1), None),
            (signed(), dropped(0, 1, 0), None),
            (signed(), Evidence::default(), None),
        ] {
            let told = dropped_while_waiting(&parameters, &seen);
            assert_eq!(told.is_some(), says.is_some(), "{told:?}");
            assert!(told.unwrap_or_default().contains(says.unwrap_or_default()), "{told:?}");
        }
    }

    #[test]
    fn no_way_has_its_reason() {
        let words = |seen| unreachable(&parameters(), &place(seen));
        assert!(words(Place::NoRoute).contains("no route"));
        assert!(words(Place::Link(Answers::No)).contains("nobody there has the address"));
        let router = [192, 0, 2, 1].into();
        let far = Parameters { ttl: Some(64), ..parameters() };
        let text = unreachable(&far, &place(Place::Behind(router, Answers::Yes)));
        assert!(text.contains("says so, behind 192.0.2.1"), "{text}");
    }
}
