//! Every transition of the session.

use netgauze_bgp_pkt::capabilities::{
    BgpCapability, FourOctetAsCapability, MultiProtocolExtensionsCapability,
};
use netgauze_bgp_pkt::open::BgpOpenMessageParameter;
use netgauze_iana::address_family::AddressType;

use super::*;
use crate::verify::sessions::{Authentication, Source};

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
    Wanted {
        parameters: parameters(),
        router_id: Ipv4Addr::new(192, 0, 2, 1),
        stay: Duration::from_secs(3),
        farewell: "only looked".to_owned(),
        routes: Vec::new(),
        next_hops: NextHops { v4: Some(Ipv4Addr::new(192, 0, 2, 1)), v6: None },
    }
}

fn peer_open(asn: u16, hold: u16, id: [u8; 4]) -> Message {
    let capabilities = vec![
        BgpCapability::MultiProtocolExtensions(MultiProtocolExtensionsCapability::new(
            AddressType::Ipv4Unicast,
        )),
        BgpCapability::FourOctetAs(FourOctetAsCapability::new(asn.into())),
    ];
    let parameters = vec![BgpOpenMessageParameter::new_capabilities(capabilities)];
    Message::Open(BgpOpenMessage::new(asn, hold, id.into(), parameters))
}

fn good() -> Message {
    peer_open(64512, 30, [192, 0, 2, 2])
}

/// A session in that state.
fn session_in(state: State, now: Instant) -> Session {
    let (mut session, _) = Session::new(wanted(), now);
    if state != State::OpenSent {
        assert_eq!(session.received(good(), now), [Action::Send(BgpMessage::KeepAlive)]);
    }
    if state == State::Established {
        assert_eq!(session.received(Message::KeepAlive, now), [Action::Established]);
    }
    assert_eq!(session.state, state);
    session
}

const STATES: [State; 3] = [State::OpenSent, State::OpenConfirm, State::Established];

/// What the peer is told (code and subcode), and how it ended.
fn outcome(actions: &[Action]) -> (Option<(u8, u8)>, End) {
    let code = |message: &BgpMessage| {
        let bytes = super::super::message::encode(message).unwrap();
        assert_eq!(bytes[18], 3, "{message:?}");
        (bytes[19], bytes[20])
    };
    match actions {
        [Action::Send(told), Action::Over(end)] => (Some(code(told)), end.clone()),
        [Action::Over(end)] => (None, end.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_open_says_what_the_configuration_says() {
    let (_, Action::Send(BgpMessage::Open(open))) = Session::new(wanted(), Instant::now()) else {
        panic!()
    };
    assert_eq!((open.my_as(), open.my_asn4(), open.hold_time()), (23456, 4_200_000_001, 90));
    assert_eq!(open.bgp_id(), Ipv4Addr::new(192, 0, 2, 1));
    let bytes = super::super::message::encode(&BgpMessage::Open(open)).unwrap();
    let mut stream = super::super::message::Stream::default();
    stream.extend(&bytes);
    let Ok(Some(Message::Open(read))) = stream.next_message() else { panic!() };
    let agreed = negotiated(&read, &parameters());
    assert_eq!(agreed.families, parameters().families);
    assert!(agreed.four_octet_as && agreed.route_refresh);
    assert_eq!(agreed.graceful_restart, Some(120));
}

#[test]
fn what_is_agreed_on_is_the_least_of_both() {
    let session = session_in(State::Established, Instant::now());
    let agreed = session.negotiated().unwrap();
    assert_eq!((agreed.asn, agreed.hold), (64512, 30));
    assert_eq!(agreed.families, [Family::V4].into());
    assert!(agreed.four_octet_as && !agreed.route_refresh && agreed.graceful_restart.is_none());
    let silent = BgpOpenMessage::new(64512, 90, [192, 0, 2, 2].into(), vec![]);
    assert_eq!(negotiated(&silent, &parameters()).offered, [Family::V4].into());
}

#[test]
fn it_stays_as_long_as_it_is_to_and_leaves_with_a_word() {
    let now = Instant::now();
    let mut session = session_in(State::Established, now);
    assert_eq!(session.tick(now + Duration::from_secs(2)), []);
    let actions = session.tick(now + Duration::from_secs(3));
    assert_eq!(outcome(&actions), (Some((6, 2)), End::Left));
    let Action::Send(message) = &actions[0] else { panic!() };
    let bytes = super::super::message::encode(message).unwrap();
    assert_eq!(&bytes[21..], b"\x0bonly looked");
    assert_eq!(session.tick(now + Duration::from_secs(100)), []);
    assert_eq!(session.received(Message::Update, now), []);
    assert_eq!(session.closed(), []);
}

#[test]
fn a_long_farewell_is_cut_between_characters() {
    let farewell = "ä".repeat(200);
    let (session, _) = Session::new(Wanted { farewell, ..wanted() }, Instant::now());
    let BgpNotificationMessage::CeaseError(CeaseError::AdministrativeShutdown { value }) =
        session.cease()
    else {
        panic!()
    };
    assert_eq!((value[0], value.len()), (254, 255));
    assert!(std::str::from_utf8(&value[1..]).is_ok());
}

#[test]
fn an_open_that_cannot_be_agreed_to_is_refused_with_its_code() {
    let now = Instant::now();
    for (open, told, end) in [
        (peer_open(64513, 90, [1, 1, 1, 1]), (2, 2), End::WrongAs(64513)),
        (
            peer_open(64512, 2, [1, 1, 1, 1]),
            (2, 6),
            End::Unacceptable("a hold time below 3 seconds"),
        ),
        (
            peer_open(64512, 90, [0, 0, 0, 0]),
            (2, 3),
            End::Unacceptable("the router ID of this side, or none"),
        ),
    ] {
        let mut session = session_in(State::OpenSent, now);
        assert_eq!(outcome(&session.received(open, now)), (Some(told), end));
    }
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
    ] {
        let own = Parameters { local_asn: 64512, remote_asn: expected, ..parameters() };
        let (mut session, _) = Session::new(Wanted { parameters: own, ..wanted() }, now);
        let actions = session.received(peer_open(asn, 90, [1, 1, 1, 1]), now);
        assert_eq!(actions.len() == 1, good, "{expected:?} {asn}: {actions:?}");
    }
}

#[test]
fn what_makes_no_sense_in_a_state_ends_it() {
    let now = Instant::now();
    for (state, messages, code) in [
        (State::OpenSent, vec![Message::KeepAlive, Message::Update, Message::Refresh], 1),
        (State::OpenConfirm, vec![good(), Message::Update, Message::Refresh], 2),
        (State::Established, vec![good()], 3),
    ] {
        for message in messages {
            let mut session = session_in(state, now);
            let actions = session.received(message, now);
            assert_eq!(outcome(&actions), (Some((5, code)), End::Unexpected(state)));
        }
    }
}

#[test]
fn an_end_by_the_peer_is_not_answered() {
    let now = Instant::now();
    let reason = BgpNotificationMessage::CeaseError(CeaseError::ConnectionRejected {
        value: Box::default(),
    });
    for state in STATES {
        let mut session = session_in(state, now);
        let actions = session.received(Message::Notification(reason.clone()), now);
        assert_eq!(outcome(&actions), (None, End::Refused(state, reason.clone())));
        let mut session = session_in(state, now);
        assert_eq!(outcome(&session.closed()), (None, End::Closed(state)));
    }
}

#[test]
fn silence_ends_it_in_every_state() {
    let now = Instant::now();
    for (state, after) in
        [(State::OpenSent, 20), (State::OpenConfirm, 20), (State::Established, 30)]
    {
        let mut session = session_in(state, now);
        session.leave_at = None;
        session.keepalive_at = None;
        assert_eq!(session.tick(now + Duration::from_secs(after - 1)), []);
        let actions = session.tick(now + Duration::from_secs(after));
        assert_eq!(outcome(&actions), (Some((4, 0)), End::Silence(state)));
    }
}

#[test]
fn signs_of_life_go_both_ways() {
    let now = Instant::now();
    let mut session = session_in(State::Established, now);
    session.leave_at = None;
    let third = now + Duration::from_secs(10);
    assert_eq!(session.next_due(), Some(third));
    assert_eq!(session.tick(third), [Action::Send(BgpMessage::KeepAlive)]);
    for message in [Message::KeepAlive, Message::Update, Message::Refresh] {
        assert_eq!(session.received(message, now + Duration::from_secs(29)), []);
    }
    session.keepalive_at = None;
    assert_eq!(session.tick(now + Duration::from_secs(58)), []);
    assert_eq!(session.updates(), 1);
}

#[test]
fn a_hold_time_of_zero_means_no_timers() {
    let now = Instant::now();
    let (mut session, _) = Session::new(wanted(), now);
    session.received(peer_open(64512, 0, [1, 1, 1, 1]), now);
    session.received(Message::KeepAlive, now);
    assert_eq!(session.next_due(), Some(now + Duration::from_secs(3)));
}

#[test]
fn garbage_and_signals_end_it_with_a_word() {
    let now = Instant::now();
    for state in STATES {
        let told = unexpected(state);
        let mut session = session_in(state, now);
        let (code, end) = outcome(&session.garbled(told));
        assert_eq!((code.map(|code| code.0), end), (Some(5), End::Garbled(state)));
        let mut session = session_in(state, now);
        assert_eq!(outcome(&session.interrupted()), (Some((6, 2)), End::Interrupted));
    }
}

#[test]
fn routes_are_sent_once_it_is_up_and_taken_back_before_it_is_left() {
    use super::super::routes::routes;
    use crate::simulate::decision::{BgpRoute, Decision, Engine, Outcome};
    let route = |prefix: &str| BgpRoute {
        node: "a".to_owned(),
        peer: "tor".to_owned(),
        prefix: prefix.to_owned(),
        local_pref: None,
        communities: vec![],
    };
    let bgp = ["203.0.113.1/32", "203.0.113.2/32", "2001:db8::1/128"].map(route).to_vec();
    let decision = Decision {
        engine: Engine::Metallb,
        version: String::new(),
        config_error: None,
        deterministic: true,
        truncated: false,
        outcomes: vec![Outcome { bgp, ..Outcome::default() }],
    };
    let wanted = Wanted { routes: routes(&decision, "a", "tor").unwrap(), ..wanted() };
    type Leave = fn(&mut Session, Instant) -> Vec<Action>;
    let ways: [Leave; 2] = [
        |session, now| session.tick(now + Duration::from_secs(3)),
        |session, _| session.interrupted(),
    ];
    for leave in ways {
        let now = Instant::now();
        let (mut session, first) = Session::new(wanted.clone(), now);
        let Action::Send(BgpMessage::Open(open)) = first else { panic!() };
        let restarts =
            |one: &&BgpCapability| matches!(one, BgpCapability::GracefulRestartCapability(_));
        assert!(!open.capabilities().iter().any(restarts), "nobody keeps these routes");
        session.received(good(), now);
        // The peer carries IPv4 only: two routes and their end.
        let up = session.received(Message::KeepAlive, now);
        assert_eq!((up.len(), session.sent().len()), (4, 2), "{up:?}");
        assert_eq!(up.last(), Some(&Action::Send(end_of_rib(Family::V4))));
        let left = leave(&mut session, now);
        let withdrawn: Vec<Action> =
            session.sent().iter().filter_map(Route::withdraw).map(Action::Send).collect();
        assert_eq!(left[..2], withdrawn);
        assert_eq!(outcome(&left[2..]).0, Some((6, 2)));
        assert_eq!(session.interrupted(), []);
    }
}
