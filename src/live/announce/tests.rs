//! Tests of `announce`.

use std::net::Ipv6Addr;

use super::super::arp::{ArpPacket, Operation};
use super::super::ndp::NdpPacket;
use super::super::packet::Packet;
use super::*;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 1]);
const THEIRS: Mac = Mac([2, 0, 0, 0, 0, 2]);

fn ips() -> [IpAddr; 2] {
    ["192.0.2.1", "2001:db8::1"].map(|text| text.parse().unwrap())
}

fn sender(mac: Mac) -> Sender {
    Sender { mac, link_local: Some(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, mac.0[5].into())) }
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn announcer(take_over: bool) -> (Announcer, Instant) {
    let now = Instant::now();
    let post = |ip| Post { link: 0, ip, sender: sender(OURS) };
    (Announcer::new(ips().map(post).to_vec(), take_over, now, secs(60)), now)
}

/// Lets time pass until then; what was done, with its time in milliseconds.
fn pass(announcer: &mut Announcer, start: Instant, until: Instant) -> Vec<(u128, Action)> {
    let mut done = Vec::new();
    while announcer.next_due() <= until && !announcer.is_silent() {
        let now = announcer.next_due();
        let actions = announcer.tick(now).into_iter();
        done.extend(actions.map(|action| ((now - start).as_millis(), action)));
    }
    done
}

fn from(mac: Mac, packet: Packet, origin: Origin, for_us: bool) -> Heard {
    Heard { at: Instant::now(), from: mac, origin, for_us, packet }
}

fn question(ip: IpAddr) -> Heard {
    from(THEIRS, sender(THEIRS).question(ip).unwrap().packet, Origin::Link, true)
}

/// A request of a host that has an address itself: no probe.
fn request() -> Heard {
    let packet = ArpPacket {
        sender_ip: [192, 0, 2, 9].into(),
        ..ArpPacket::probe(THEIRS, [192, 0, 2, 1].into())
    };
    from(THEIRS, Packet::Arp(packet), Origin::Link, true)
}

fn sent(actions: &[(u128, Action)]) -> Vec<(u128, Says)> {
    let frames = actions.iter().filter_map(|(at, action)| match action {
        Action::Send(0, frame) => Some((*at, frame.packet.says(OURS))),
        _ => None,
    });
    frames.collect()
}

#[test]
fn addresses_are_probed_for_then_announced_then_answered_for() {
    let (mut announcer, start) = announcer(false);
    let probes = pass(&mut announcer, start, start + secs(4));
    let times: Vec<u128> = sent(&probes).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0, 5, 1010, 1015, 2020, 2025]);
    assert!(sent(&probes).iter().all(|(_, says)| matches!(says, Says::Asks { .. })));
    assert_eq!(announcer.heard(0, &request()), [], "nothing is answered yet");
    let rest = pass(&mut announcer, start, start + secs(30));
    let times: Vec<u128> = sent(&rest).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [4030, 4030, 4035, 6040, 6040, 6045]);
    assert!(sent(&rest).iter().all(|(_, says)| matches!(says, Says::Tells { .. })));
    let first = announcer.heard(0, &request());
    assert!(matches!(&first[..], [Action::Send(0, _), Action::Tell(Event::Answered(..))]));
    let [again] = &announcer.heard(0, &request())[..] else { panic!() };
    let Action::Send(0, frame) = again else { panic!("{again:?}") };
    assert_eq!(frame.to, THEIRS);
    let [Action::Send(0, frame), _] = &announcer.heard(0, &question(ips()[1]))[..] else {
        panic!()
    };
    let tells = Says::Tells { ip: ips()[1], mac: OURS, unasked: false };
    assert_eq!(frame.packet.says(OURS), tells);
}

#[test]
fn what_is_not_ours_is_not_answered() {
    let (mut announcer, start) = announcer(true);
    pass(&mut announcer, start, start + secs(10));
    let other = question("192.0.2.7".parse().unwrap());
    assert_eq!(announcer.heard(0, &other), []);
    assert_eq!(announcer.heard(1, &request()), [], "on another link");
    let to_another = Heard { for_us: false, ..request() };
    assert_eq!(announcer.heard(0, &to_another), []);
    let own = Heard { origin: Origin::Own, ..request() };
    assert_eq!(announcer.heard(0, &own), []);
}

#[test]
fn taking_over_announces_at_once() {
    let (mut announcer, start) = announcer(true);
    let first = pass(&mut announcer, start, start);
    assert!(matches!(first.first(), Some((0, Action::Tell(Event::Began)))), "{first:?}");
    assert_eq!(sent(&first).len(), 2);
}

/// Every way in which somebody else can claim an address.
fn claims() -> Vec<(IpAddr, Heard)> {
    let [v4, v6] = ips();
    let mut claims = Vec::new();
    for ip in [v4, v6] {
        let asked = from(OURS, sender(OURS).question(ip).unwrap().packet, Origin::Link, true);
        let mut frames = sender(THEIRS).announcements(ip);
        frames.extend(sender(THEIRS).answer(&asked));
        claims.extend(
            frames.into_iter().map(|frame| (ip, from(THEIRS, frame.packet, Origin::Link, true))),
        );
    }
    let IpAddr::V4(own) = v4 else { panic!() };
    let uses = ArpPacket { sender_ip: own, ..ArpPacket::probe(THEIRS, [192, 0, 2, 9].into()) };
    claims.push((v4, from(THEIRS, Packet::Arp(uses), Origin::Link, false)));
    claims
}

#[test]
fn a_claim_ends_it_in_every_phase() {
    for (ip, claim) in claims() {
        for (at, reason) in [
            (0, Reason::Taken(ip, THEIRS)),
            (3, Reason::Taken(ip, THEIRS)),
            (5, Reason::Conflict(ip, THEIRS)),
            (20, Reason::Conflict(ip, THEIRS)),
        ] {
            let (mut announcer, start) = announcer(false);
            pass(&mut announcer, start, start + secs(at));
            let told = announcer.heard(0, &claim);
            assert_eq!(told, [Action::Tell(Event::Silent(reason))], "{at}: {claim:?}");
            assert_eq!(announcer.heard(0, &request()), []);
            assert_eq!(announcer.tick(start + secs(59)), []);
            assert_eq!(announcer.asked_to_stop(), []);
        }
    }
}

/// Who looks whether an address is free before using it.
fn probes() -> Vec<(IpAddr, Heard)> {
    let [v4, v6] = ips();
    let IpAddr::V6(target) = v6 else { panic!() };
    let detection = NdpPacket {
        source: Ipv6Addr::UNSPECIFIED,
        ..NdpPacket::solicitation(THEIRS, Ipv6Addr::LOCALHOST, target)
    };
    let detection = from(THEIRS, Packet::Ndp(detection), Origin::Link, true);
    vec![(v4, question(v4)), (v6, detection)]
}

#[test]
fn who_looks_whether_an_address_is_free_is_a_rival_first_and_told_no_later() {
    for (ip, probe) in probes() {
        for at in [0, 3] {
            let (mut announcer, start) = announcer(false);
            pass(&mut announcer, start, start + secs(at));
            let silent = Event::Silent(Reason::Taken(ip, THEIRS));
            assert_eq!(announcer.heard(0, &probe), [Action::Tell(silent)]);
        }
        for at in [5, 20] {
            let (mut announcer, start) = announcer(false);
            pass(&mut announcer, start, start + secs(at));
            let told = announcer.heard(0, &probe);
            let [Action::Send(0, frame), Action::Tell(Event::Answered(..))] = &told[..] else {
                panic!("{told:?}")
            };
            let unasked = ip.is_ipv6();
            assert_eq!(frame.packet.says(OURS), Says::Tells { ip, mac: OURS, unasked });
            // The asker has no address that it could be told at (RFC 4861, section 7.2.4).
            assert_eq!(frame.to.is_unicast(), ip.is_ipv4());
            assert!(!announcer.is_silent());
        }
    }
}

#[test]
fn the_time_to_ask_is_not_of_the_time_to_answer() {
    let (mut announcer, start) = announcer(false);
    announcer.lasting = secs(1);
    let done = pass(&mut announcer, start, start + secs(30));
    let over = Action::Tell(Event::Silent(Reason::Over));
    assert_eq!(done.last(), Some(&(5030, over)));
    assert!(done.iter().any(|(_, action)| matches!(action, Action::Tell(Event::Announced(..)))));
}

#[test]
fn it_falls_silent_when_time_signal_or_link_say_so() {
    type Stop = fn(&mut Announcer, Instant) -> Vec<Action>;
    let stops: [(Stop, Reason, &[u64]); 3] = [
        (|announcer, start| announcer.tick(start + secs(65)), Reason::Over, &[5, 20]),
        (|announcer, _| announcer.asked_to_stop(), Reason::Asked, &[0, 3, 20]),
        (|announcer, _| announcer.link_lost(0), Reason::LinkLost(0), &[0, 3, 20]),
    ];
    for (stop, reason, times) in stops {
        for &at in times {
            let (mut announcer, start) = announcer(false);
            pass(&mut announcer, start, start + secs(at));
            let told = stop(&mut announcer, start);
            assert_eq!(told, [Action::Tell(Event::Silent(reason))]);
            assert!(announcer.is_silent() && announcer.heard(0, &request()).is_empty());
            assert_eq!(pass(&mut announcer, start, start + secs(120)), []);
        }
    }
}

/// A thousand questions a second for an hour, in simulated time.
#[test]
fn an_hour_of_questions_is_answered_in_bounded_room() {
    let (mut announcer, start) = announcer(true);
    announcer.until = Some(start + secs(3700));
    pass(&mut announcer, start, start + secs(10));
    let mut answered = 0;
    for n in 0..3_600_000_u32 {
        let [_, a, b, c] = n.to_be_bytes();
        let asker = Mac([2, 1, 0, a, b, c]);
        let packet = ArpPacket {
            operation: Operation::Request,
            sender_mac: asker,
            sender_ip: [192, 0, 2, 9].into(),
            target_mac: Mac::ZERO,
            target_ip: [192, 0, 2, 1].into(),
        };
        let heard = Heard {
            at: start + secs(10) + Duration::from_millis(n.into()),
            ..from(asker, Packet::Arp(packet), Origin::Link, true)
        };
        let actions = announcer.heard(0, &heard);
        answered += actions.iter().filter(|one| matches!(one, Action::Send(..))).count();
    }
    assert_eq!((answered, announcer.told.len()), (3_600_000, MAX_TOLD));
    assert!(!announcer.is_silent());
}

/// An hour of 1,000 requests a second, of a new asker each, as the wire has them.
#[test]
fn an_hour_of_requests_is_answered_in_bounded_memory() {
    const REQUESTS: u32 = 3_600_000;
    let start = Instant::now();
    let ip = IpAddr::from([192, 0, 2, 1]);
    let post = Post { link: 0, ip, sender: sender(OURS) };
    let mut announcer = Announcer::new(vec![post], true, start, secs(3600));
    let (mut answered, mut announced) = (0, 0);
    for number in 0..REQUESTS {
        let at = start + Duration::from_millis(number.into());
        if announcer.next_due() <= at {
            announced += announcer.tick(at).len();
        }
        let [a, b, c, d] = number.to_be_bytes();
        let asker = Mac([2, 1, a, b, c, d]);
        let asked = ArpPacket {
            sender_ip: [198, 18, c, d].into(),
            ..ArpPacket::probe(asker, [192, 0, 2, 1].into())
        };
        let packet = Packet::Arp(ArpPacket::parse(&asked.encode()).unwrap());
        let heard = Heard { at, from: asker, origin: Origin::Link, for_us: true, packet };
        let actions = announcer.heard(0, &heard);
        let Some(Action::Send(0, frame)) = actions.first() else { panic!("{number}: {actions:?}") };
        answered += u32::from(frame.to == asker && frame.packet == Packet::Arp(asked.answer(OURS)));
    }
    assert_eq!(answered, REQUESTS);
    // Each round: a gratuitous request and reply, told of once.
    assert_eq!(announced, 1 + 2 + 1 + 2);
    assert_eq!(announcer.told.len(), MAX_TOLD);
    let silent = [Action::Tell(Event::Silent(Reason::Over))];
    assert_eq!(announcer.tick(start + secs(3600)), silent);
}
