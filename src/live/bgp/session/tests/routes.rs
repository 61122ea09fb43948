//! Routes on their way: sent, sent again, taken back.

use super::super::super::routes::{Route, Shared};
use super::*;

fn with_routes() -> Wanted {
    let route = |text: &str| Route { prefix: text.parse().unwrap(), shared: Shared::default() };
    let routes = ["203.0.113.1/32", "203.0.113.2/32", "2001:db8::1/128"].map(route).to_vec();
    Wanted { routes, ..wanted() }
}

/// The bodies of what is sent of the routes now.
fn sent(session: &mut Session) -> (Vec<Vec<u8>>, Vec<Action>) {
    let mut out = Vec::new();
    let actions = session.fill(&mut out, usize::MAX);
    let (mut stream, mut bodies) = (Stream::default(), Vec::new());
    stream.extend(&out);
    while let Some(message) = stream.next_message().unwrap() {
        let Message::Update(body) = message else { panic!("{message:?}") };
        bodies.push(body);
    }
    (bodies, actions)
}

#[test]
fn nobody_keeps_routes_of_a_program_that_does_not_come_back() {
    let restart = open(&with_routes()).capabilities.graceful_restart.unwrap();
    assert_eq!((restart.time, restart.families.len()), (120, 0));
    assert!(!restart.restarting, "nor of one that has come back");
    let none = Parameters { graceful_restart: None, ..parameters() };
    let open = open(&Wanted { parameters: none, ..with_routes() });
    assert_eq!(open.capabilities.graceful_restart, None);
}

#[test]
fn routes_are_sent_once_it_is_up_and_taken_back_before_it_is_left() {
    type Leave = fn(&mut Session, Instant) -> (Vec<Action>, End);
    let ways: [Leave; 2] = [
        |session, now| (session.tick(now + seconds(3)), End::Left),
        |session, now| (session.interrupted(now), End::Interrupted),
    ];
    for leave in ways {
        let now = Instant::now();
        let mut session = session_of(with_routes(), State::Established, now);
        assert!(session.has_more());
        // The peer carries IPv4 only: both routes in one message, and their end.
        let (bodies, actions) = sent(&mut session);
        assert_eq!((bodies.len(), actions.len()), (2, 0));
        assert_eq!(bodies[1], [0; 4]);
        assert_eq!(session.told().count(), 2);
        let (left, end) = leave(&mut session, now);
        assert_eq!(left, [], "first the routes");
        let (bodies, actions) = sent(&mut session);
        assert_eq!(bodies, [[0, 10, 32, 203, 0, 113, 1, 32, 203, 0, 113, 2, 0, 0]]);
        assert_eq!(outcome(&actions), (Some(Reason::SHUTDOWN), end));
        assert_eq!(session.told().count(), 2, "they are still counted");
        assert_eq!(session.taken_back().count(), 2);
        assert_eq!(session.interrupted(now), []);
        assert_eq!(sent(&mut session), (vec![], vec![]));
    }
}

#[test]
fn routes_are_sent_again_where_the_peer_asks() {
    let now = Instant::now();
    let mut session = session_of(with_routes(), State::Established, now);
    let (first, _) = sent(&mut session);
    for (message, again) in [
        (refresh(1, 0, 1), true),
        // Of no family that was agreed on, of another kind.
        (refresh(2, 0, 1), false),
        (refresh(1, 0, 128), false),
        (refresh(1, 1, 1), false),
    ] {
        assert_eq!(session.received(message.clone(), now), []);
        let (bodies, _) = sent(&mut session);
        assert_eq!(bodies == first, again, "{message:?}");
        assert_eq!(bodies.is_empty(), !again, "{message:?}");
    }
    assert_eq!(session.refreshes(), (1, 1));
    session.tick(now + seconds(3));
    session.received(refresh(1, 0, 1), now);
    assert_eq!(session.refreshes(), (2, 1));
    let (bodies, actions) = sent(&mut session);
    assert_eq!((bodies.len(), outcome(&actions).1), (1, End::Left), "it is leaving");
}

#[test]
fn a_peer_that_does_not_read_is_left_in_the_end() {
    let now = Instant::now();
    let mut session = session_of(with_routes(), State::Established, now);
    sent(&mut session);
    assert_eq!(session.tick(now + seconds(3)), []);
    session.silent_at = None;
    session.keepalive_at = None;
    assert_eq!(session.next_due(), Some(now + seconds(33)));
    assert_eq!(session.tick(now + seconds(32)), []);
    let actions = session.tick(now + seconds(33));
    assert_eq!(outcome(&actions), (Some(Reason::SHUTDOWN), End::Left));
}

#[test]
fn without_a_route_nothing_is_sent_of_the_routes() {
    let mut session = session_in(State::Established, Instant::now());
    assert_eq!(sent(&mut session), (vec![], vec![]));
    assert!(!session.has_more());
}
