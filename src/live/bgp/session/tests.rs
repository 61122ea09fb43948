//! Every transition of the session (RFC 4271, section 8.2.2).

use std::net::Ipv4Addr;

use super::super::message::Stream;
use super::super::open::{Capabilities, GracefulRestart};
use super::super::routes::NextHops;
use super::*;
use crate::ip::Family;
use crate::verify::sessions::{Authentication, Parameters, RemoteAsn, Source};

mod routes;

pub(in crate::live::bgp) fn parameters() -> Parameters {
    Parameters {
        local_asn: 4_200_000_001,
        remote_asn: RemoteAsn::Number(64512),
        port: 179,
        hold: 90,
        keepalive: 30,
        connect_retry: 120,
        families: [Family::V4, Family::V6].into(),
        authentication: Authentication::None,
        ttl: Some(1),
        graceful_restart: Some(120),
        bfd: false,
        vrf: None,
        router_id: None,
        source: Source::Routed,
    }
}

fn wanted() -> Wanted {
    let next_hops = NextHops { v4: Some(Ipv4Addr::new(192, 0, 2, 1)), ..NextHops::default() };
    Wanted {
        parameters: parameters(),
        unnumbered: false,
        router_id: Ipv4Addr::new(192, 0, 2, 1),
        stay: Duration::from_secs(3),
        farewell: "only looked".to_owned(),
        routes: Vec::new(),
        next_hops,
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn peer(asn: u32, hold: u16, id: [u8; 4]) -> Open {
    let capabilities = Capabilities {
        families: Some([Family::V4].into()),
        four_octet_as: true,
        ..Capabilities::default()
    };
    Open { asn, hold, router_id: id.into(), capabilities }
}

fn peer_open(asn: u32, hold: u16, id: [u8; 4]) -> Message {
    Message::Open(peer(asn, hold, id))
}

fn good() -> Message {
    peer_open(64512, 30, [192, 0, 2, 2])
}

/// The end of the routes of IPv4, which is the shortest UPDATE.
fn update() -> Message {
    Message::Update(vec![0; 4])
}

fn refresh(afi: u16, subtype: u8, safi: u8) -> Message {
    Message::Refresh(Refresh { afi, subtype, safi })
}

/// A session in that state.
fn session_in(state: State, now: Instant) -> Session {
    session_of(wanted(), state, now)
}

fn session_of(wanted: Wanted, state: State, now: Instant) -> Session {
    let (mut session, _) = Session::new(wanted, now);
    if state != State::OpenSent {
        assert_eq!(session.received(good(), now), [Action::Send(Outgoing::KeepAlive)]);
    }
    if state == State::Established {
        assert_eq!(session.received(Message::KeepAlive, now), [Action::Established]);
    }
    assert_eq!(session.state, state);
    session
}

const STATES: [State; 3] = [State::OpenSent, State::OpenConfirm, State::Established];

/// What the peer is told, and how it ended.
fn outcome(actions: &[Action]) -> (Option<Reason>, End) {
    match actions {
        [Action::Send(Outgoing::Notification(told)), Action::Over(end)] => {
            (Some(told.reason), end.clone())
        }
        [Action::Over(end)] => (None, end.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_open_says_what_the_configuration_says() {
    let (_, Action::Send(Outgoing::Open(open))) = Session::new(wanted(), Instant::now()) else {
        panic!()
    };
    let bytes = Outgoing::Open(open.clone()).encode();
    // AS_TRANS, the hold time, the router ID.
    assert_eq!(bytes[20..28], [0x5b, 0xa0, 0, 90, 192, 0, 2, 1]);
    let mut stream = Stream::default();
    stream.extend(&bytes);
    assert_eq!(stream.next_message(), Ok(Some(Message::Open(open.clone()))));
    assert_eq!(open.asn, 4_200_000_001);
    let agreed = negotiated(&open, &wanted());
    assert_eq!(agreed.families, parameters().families);
    assert!(agreed.four_octet_as && agreed.route_refresh && !agreed.extended_next_hop);
    assert_eq!(agreed.graceful_restart, Some(120));
    let restart = open.capabilities.graceful_restart.unwrap();
    assert_eq!(restart.families, [(Family::V4, false), (Family::V6, false)].into());
}

#[test]
fn what_is_agreed_on_is_the_least_of_both() {
    let session = session_in(State::Established, Instant::now());
    let agreed = session.negotiated().unwrap();
    assert_eq!((agreed.asn, agreed.hold), (64512, 30));
    assert_eq!(agreed.families, [Family::V4].into());
    assert!(agreed.four_octet_as && !agreed.route_refresh && agreed.graceful_restart.is_none());
    let silent = Open { capabilities: Capabilities::default(), ..peer(64512, 90, [1; 4]) };
    assert_eq!(negotiated(&silent, &wanted()).offered, [Family::V4].into());
}

#[test]
fn ipv6_next_hops_for_ipv4_need_both_sides_and_an_unnumbered_peer() {
    for (unnumbered, offered) in [(false, false), (false, true), (true, false), (true, true)] {
        let capabilities = Capabilities {
            extended_next_hop: offered,
            graceful_restart: Some(GracefulRestart { time: 60, ..GracefulRestart::default() }),
            ..Capabilities::default()
        };
        let theirs = Open { capabilities, ..peer(64512, 90, [1; 4]) };
        let own = Wanted { unnumbered, ..wanted() };
        assert_eq!(open(&own).capabilities.extended_next_hop, unnumbered);
        let agreed = negotiated(&theirs, &own);
        assert_eq!(agreed.extended_next_hop, unnumbered && offered);
        assert_eq!(agreed.graceful_restart, Some(60));
    }
}

#[test]
fn it_stays_as_long_as_it_is_to_and_leaves_with_a_word() {
    let now = Instant::now();
    let mut session = session_in(State::Established, now);
    assert_eq!(session.tick(now + seconds(2)), []);
    let actions = session.tick(now + seconds(3));
    let told = Notification::shutdown("only looked");
    assert_eq!(actions, [Action::Send(Outgoing::Notification(told)), Action::Over(End::Left)]);
    // Nothing happens any more.
    assert_eq!(session.tick(now + seconds(100)), []);
    assert_eq!(session.received(update(), now), []);
    assert_eq!(session.interrupted(now), []);
    assert_eq!(session.closed(Closing::Orderly), []);
}

#[test]
fn an_open_that_cannot_be_agreed_to_is_refused_with_its_code() {
    let now = Instant::now();
    let ids = "the router ID of this side, or none";
    let times = "a hold time below 3 seconds";
    for (open, told, end) in [
        (peer_open(64513, 90, [1; 4]), Reason::BAD_PEER_AS, End::WrongAs(64513)),
        (peer_open(64512, 1, [1; 4]), Reason::UNACCEPTABLE_HOLD_TIME, End::Unacceptable(times)),
        (peer_open(64512, 2, [1; 4]), Reason::UNACCEPTABLE_HOLD_TIME, End::Unacceptable(times)),
        (peer_open(64512, 90, [0; 4]), Reason::BAD_IDENTIFIER, End::Unacceptable(ids)),
    ] {
        let mut session = session_in(State::OpenSent, now);
        assert_eq!(outcome(&session.received(open, now)), (Some(told), end));
    }
    // Only within one AS are router IDs different (RFC 6286).
    let own_id = [192, 0, 2, 1];
    let mut session = session_in(State::OpenSent, now);
    assert_eq!(session.received(peer_open(64512, 90, own_id), now).len(), 1);
    let internal = Parameters { local_asn: 64512, remote_asn: RemoteAsn::Own, ..parameters() };
    let (mut session, _) = Session::new(Wanted { parameters: internal, ..wanted() }, now);
    let actions = session.received(peer_open(64512, 90, own_id), now);
    assert_eq!(outcome(&actions), (Some(Reason::BAD_IDENTIFIER), End::Unacceptable(ids)));
}

#[test]
fn the_peers_as_number_is_held_against_what_is_expected() {
    let now = Instant::now();
    for (expected, asn, good) in [
        (RemoteAsn::Own, 64512, true),
        (RemoteAsn::Own, 64513, false),
        (RemoteAsn::Other, 64512, false),
        (RemoteAsn::Other, 64513, true),
        (RemoteAsn::Any, 64513, true),
        (RemoteAsn::Number(64513), 64513, true),
        (RemoteAsn::Number(64513), 4_200_000_000, false),
    ] {
        let own = Parameters { local_asn: 64512, remote_asn: expected, ..parameters() };
        let (mut session, _) = Session::new(Wanted { parameters: own, ..wanted() }, now);
        let actions = session.received(peer_open(asn, 90, [1; 4]), now);
        assert_eq!(actions.len() == 1, good, "{expected:?} {asn}: {actions:?}");
    }
}

#[test]
fn what_makes_no_sense_in_a_state_ends_it() {
    let now = Instant::now();
    for (state, messages, told) in [
        (
            State::OpenSent,
            vec![Message::KeepAlive, update(), refresh(1, 0, 1)],
            Reason::UNEXPECTED_IN_OPEN_SENT,
        ),
        (
            State::OpenConfirm,
            vec![good(), update(), refresh(1, 0, 1)],
            Reason::UNEXPECTED_IN_OPEN_CONFIRM,
        ),
        (State::Established, vec![good()], Reason::UNEXPECTED_IN_ESTABLISHED),
    ] {
        for message in messages {
            let mut session = session_in(state, now);
            let actions = session.received(message, now);
            assert_eq!(outcome(&actions), (Some(told), End::Unexpected(state)));
        }
    }
}

#[test]
fn an_end_by_the_peer_is_not_answered() {
    let now = Instant::now();
    for reason in [Reason(6, 5), Reason(0, 0), Reason(200, 200)] {
        let reason = Notification::new(reason, &[]);
        for state in STATES {
            let mut session = session_in(state, now);
            let actions = session.received(Message::Notification(reason.clone()), now);
            assert_eq!(outcome(&actions), (None, End::Refused(state, reason.clone())));
            let mut session = session_in(state, now);
            assert_eq!(
                outcome(&session.closed(Closing::Reset)),
                (None, End::Closed(state, Closing::Reset))
            );
        }
    }
}

#[test]
fn silence_ends_it_in_every_state() {
    let now = Instant::now();
    for (state, hold, after) in [
        (State::OpenSent, 30, 20),
        (State::OpenConfirm, 30, 20),
        (State::OpenConfirm, 9, 9),
        // Without a hold time the KEEPALIVE must come all the same.
        (State::OpenConfirm, 0, 20),
        (State::Established, 30, 30),
    ] {
        let (mut session, _) = Session::new(wanted(), now);
        if state != State::OpenSent {
            session.received(peer_open(64512, hold, [1; 4]), now);
        }
        if state == State::Established {
            session.received(Message::KeepAlive, now);
        }
        session.leave_at = None;
        session.keepalive_at = None;
        assert_eq!(session.tick(now + seconds(after - 1)), []);
        let actions = session.tick(now + seconds(after));
        assert_eq!(outcome(&actions), (Some(Reason::HOLD_TIMER_EXPIRED), End::Silence(state)));
    }
}

#[test]
fn signs_of_life_go_both_ways() {
    let now = Instant::now();
    let mut session = session_in(State::Established, now);
    session.leave_at = None;
    let third = now + seconds(10);
    assert_eq!(session.next_due(), Some(third));
    assert_eq!(session.tick(third), [Action::Send(Outgoing::KeepAlive)]);
    assert_eq!(session.next_due(), Some(third + seconds(10)));
    for message in [Message::KeepAlive, update(), refresh(1, 0, 1)] {
        assert_eq!(session.received(message, now + seconds(29)), []);
    }
    session.keepalive_at = None;
    assert_eq!(session.tick(now + seconds(58)), []);
    assert_eq!(session.tick(now + seconds(59)).len(), 2);
    assert_eq!(session.what_came().updates(), 1);
}

#[test]
fn keepalives_are_as_often_as_configured_or_as_the_hold_time_needs() {
    let now = Instant::now();
    for (keepalive, hold, expected) in [(30, 90, 30), (5, 90, 5), (30, 30, 10), (0, 90, 30)] {
        let own = Parameters { keepalive, ..parameters() };
        let (mut session, _) = Session::new(Wanted { parameters: own, ..wanted() }, now);
        session.received(peer_open(64512, hold, [1; 4]), now);
        assert_eq!(session.keepalive_at, Some(now + seconds(expected)), "{keepalive} {hold}");
    }
}

#[test]
fn a_hold_time_of_zero_means_no_timers() {
    let now = Instant::now();
    let (mut session, _) = Session::new(wanted(), now);
    session.received(peer_open(64512, 0, [1; 4]), now);
    session.received(Message::KeepAlive, now);
    assert_eq!(session.next_due(), Some(now + seconds(3)));
}

#[test]
fn garbage_and_signals_end_it_with_a_word() {
    let now = Instant::now();
    for state in STATES {
        let told = Notification::new(Reason::BAD_TYPE, &[9]);
        let mut session = session_in(state, now);
        let expected = (Some(Reason::BAD_TYPE), End::Garbled(state, Reason::BAD_TYPE));
        assert_eq!(outcome(&session.garbled(told)), expected);
        let mut session = session_in(state, now);
        let expected = (Some(Reason::SHUTDOWN), End::Interrupted);
        assert_eq!(outcome(&session.interrupted(now)), expected);
    }
}

#[test]
fn an_update_that_cannot_be_borne_ends_it_and_others_do_not() {
    let now = Instant::now();
    let mut session = session_in(State::Established, now);
    // LOCAL_PREF from an external peer, and an ORIGIN that is none.
    let borne = [
        &[0, 0, 0, 31, 0x40, 1, 1, 3, 0x40, 2, 6, 2, 1, 0, 0, 0xfc, 0][..],
        &[0x40, 3, 4, 192, 0, 2, 2, 0x40, 5, 4, 0, 0, 0, 1, 24, 203, 0, 113],
    ];
    let mut borne = borne.concat();
    borne[3] = u8::try_from(borne.len() - 8).unwrap();
    assert_eq!(session.received(Message::Update(borne), now), []);
    assert_eq!(session.what_came().faults().len(), 2);
    let actions = session.received(Message::Update(vec![0, 9, 0, 0]), now);
    let (told, end) = outcome(&actions);
    assert_eq!(told, Some(Reason::MALFORMED_ATTRIBUTES));
    assert!(matches!(end, End::Malformed(_)));
}
