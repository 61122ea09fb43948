//! Answering for addresses: a pure state machine.
//!
//! ```text
//!   ┌─────────┐ nobody claims one  ┌────────────┐ said twice  ┌───────────┐
//!   │ probing ├───────────────────►│ announcing ├────────────►│ answering │
//!   └────┬────┘   (or take over)   └─────┬──────┘             └─────┬─────┘
//!        └── a claim, a signal, a lost link, the time is over ──────┴──► silent
//! ```
//!
//! Nothing is announced or answered before every address has been probed for
//! (RFC 5227, section 2.1; RFC 4862, section 5.4), and nothing ever after the first
//! claim by somebody else.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::Mac;
use super::packet::{Frame, Heard, Origin, Says, Sender};

/// RFC 5227, section 1.1: PROBE_NUM, and PROBE_MIN for the time between.
const PROBES: u32 = 3;
const PROBE_INTERVAL: Duration = Duration::from_secs(1);
/// ANNOUNCE_WAIT: how long answers to the last probe are waited for.
const ANNOUNCE_WAIT: Duration = Duration::from_secs(2);
/// ANNOUNCE_NUM and ANNOUNCE_INTERVAL.
const ANNOUNCEMENTS: u32 = 2;
const ANNOUNCE_INTERVAL: Duration = Duration::from_secs(2);
/// Between one address and the next: 200 a second.
const PACE: Duration = Duration::from_millis(5);

/// An address on a link, with the addresses that its frames leave from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// The number of the link.
    pub link: usize,
    /// The address.
    pub ip: IpAddr,
    /// The link's own addresses.
    pub sender: Sender,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send a frame on a link.
    Send(usize, Frame),
    /// Tell people.
    Tell(Event),
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nobody else has these addresses: from now on they are answered for here.
    Began,
    /// An address was announced on a link for the first time.
    Announced(usize, IpAddr),
    /// The first question of an asker for an address was answered.
    Answered(usize, IpAddr, Mac),
    /// Nothing is sent any more.
    Silent(Reason),
}

/// Why nothing is sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The time is over.
    Over,
    /// A signal came.
    Asked,
    /// The link of that number is gone.
    LinkLost(usize),
    /// Somebody else has an address, as was found before it was answered for.
    Taken(IpAddr, Mac),
    /// Somebody else claimed an address while it was answered for.
    Conflict(IpAddr, Mac),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Probing { sent: u32 },
    Announcing { sent: u32 },
    Answering,
    Silent,
}

/// What is answered for, and how far it has come.
#[derive(Debug, Clone)]
pub struct Announcer {
    posts: Vec<Post>,
    index: BTreeMap<(usize, IpAddr), usize>,
    phase: Phase,
    /// The post whose turn it is in a round of probes or announcements.
    turn: usize,
    next: Instant,
    until: Instant,
    told: BTreeSet<(usize, IpAddr, Mac)>,
}

/// So many askers are told of; beyond, they are answered in silence.
const MAX_TOLD: usize = 65_536;

impl Announcer {
    /// Begins now, and ends at `until` at the latest. With `take_over` it is not asked
    /// first whether somebody else has an address.
    pub fn new(posts: Vec<Post>, take_over: bool, now: Instant, until: Instant) -> Self {
        let index = posts.iter().enumerate().map(|(at, post)| ((post.link, post.ip), at)).collect();
        let phase =
            if take_over { Phase::Announcing { sent: 0 } } else { Phase::Probing { sent: 0 } };
        Self { posts, index, phase, turn: 0, next: now, until, told: BTreeSet::new() }
    }

    /// Whether it has fallen silent.
    pub fn is_silent(&self) -> bool {
        self.phase == Phase::Silent
    }

    /// When there is something to do next.
    pub fn next_due(&self) -> Instant {
        match self.phase {
            Phase::Probing { .. } | Phase::Announcing { .. } => self.next.min(self.until),
            Phase::Answering | Phase::Silent => self.until,
        }
    }

    /// What is to be done at this time.
    pub fn tick(&mut self, now: Instant) -> Vec<Action> {
        if self.is_silent() {
            return Vec::new();
        }
        if now >= self.until {
            return self.stop(Reason::Over);
        }
        let mut actions = Vec::new();
        while self.next <= now {
            match self.phase {
                Phase::Probing { sent } if sent < PROBES => self.probe(sent, &mut actions),
                Phase::Probing { .. } => {
                    self.phase = Phase::Announcing { sent: 0 };
                    self.turn = 0;
                }
                Phase::Announcing { sent } if sent < ANNOUNCEMENTS => {
                    self.announce(sent, &mut actions);
                }
                Phase::Announcing { .. } => self.phase = Phase::Answering,
                Phase::Answering | Phase::Silent => break,
            }
        }
        actions
    }

    fn probe(&mut self, sent: u32, actions: &mut Vec<Action>) {
        let Some(post) = self.posts.get(self.turn) else {
            let last = sent + 1 == PROBES;
            self.phase = Phase::Probing { sent: sent + 1 };
            self.turn = 0;
            self.next += if last { ANNOUNCE_WAIT } else { PROBE_INTERVAL };
            return;
        };
        actions.extend(post.sender.question(post.ip).map(|frame| Action::Send(post.link, frame)));
        self.turn += 1;
        self.next += PACE;
    }

    fn announce(&mut self, sent: u32, actions: &mut Vec<Action>) {
        if sent == 0 && self.turn == 0 {
            actions.push(Action::Tell(Event::Began));
        }
        let Some(post) = self.posts.get(self.turn) else {
            self.phase = Phase::Announcing { sent: sent + 1 };
            self.turn = 0;
            self.next += ANNOUNCE_INTERVAL;
            return;
        };
        let frames = post.sender.announcements(post.ip).into_iter();
        actions.extend(frames.map(|frame| Action::Send(post.link, frame)));
        if sent == 0 {
            actions.push(Action::Tell(Event::Announced(post.link, post.ip)));
        }
        self.turn += 1;
        self.next += PACE;
    }

    /// Takes in what was heard on a link.
    pub fn heard(&mut self, link: usize, heard: &Heard) -> Vec<Action> {
        // What this host sends is no claim by somebody else, nor a question to it.
        if self.is_silent() || heard.origin == Origin::Own {
            return Vec::new();
        }
        if let Some((ip, by)) = self.claimed(link, heard) {
            let probing = matches!(self.phase, Phase::Probing { .. });
            let reason = if probing { Reason::Taken(ip, by) } else { Reason::Conflict(ip, by) };
            return self.stop(reason);
        }
        if matches!(self.phase, Phase::Probing { .. }) || !heard.for_us {
            return Vec::new();
        }
        let Says::Asks { ip, .. } = heard.packet.says(heard.from) else { return Vec::new() };
        let Some(post) = self.index.get(&(link, ip)).and_then(|at| self.posts.get(*at)) else {
            return Vec::new();
        };
        let Some(frame) = post.sender.answer(heard) else { return Vec::new() };
        let mut actions = vec![Action::Send(link, frame)];
        if self.told.len() < MAX_TOLD && self.told.insert((link, ip, heard.from)) {
            actions.push(Action::Tell(Event::Answered(link, ip, heard.from)));
        }
        actions
    }

    /// The address that a packet claims for somebody else.
    fn claimed(&self, link: usize, heard: &Heard) -> Option<(IpAddr, Mac)> {
        let about = heard.packet.addresses();
        about.into_iter().find_map(|ip| {
            let post = self.index.get(&(link, ip)).and_then(|at| self.posts.get(*at))?;
            heard.packet.claims(heard.from, ip, post.sender.mac).map(|by| (ip, by))
        })
    }

    /// A signal came.
    pub fn asked_to_stop(&mut self) -> Vec<Action> {
        self.stop(Reason::Asked)
    }

    /// A link is gone.
    pub fn link_lost(&mut self, link: usize) -> Vec<Action> {
        self.stop(Reason::LinkLost(link))
    }

    fn stop(&mut self, reason: Reason) -> Vec<Action> {
        if self.is_silent() {
            return Vec::new();
        }
        self.phase = Phase::Silent;
        vec![Action::Tell(Event::Silent(reason))]
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::super::arp::{ArpPacket, Operation};
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
        (Announcer::new(ips().map(post).to_vec(), take_over, now, now + secs(60)), now)
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
        let mut claims = vec![(v4, question(v4))];
        for ip in [v4, v6] {
            let asked = from(OURS, sender(OURS).question(ip).unwrap().packet, Origin::Link, true);
            let mut frames = sender(THEIRS).announcements(ip);
            frames.extend(sender(THEIRS).answer(&asked));
            claims.extend(
                frames
                    .into_iter()
                    .map(|frame| (ip, from(THEIRS, frame.packet, Origin::Link, true))),
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

    #[test]
    fn it_falls_silent_when_time_signal_or_link_say_so() {
        type Stop = fn(&mut Announcer, Instant) -> Vec<Action>;
        let stops: [(Stop, Reason); 3] = [
            (|announcer, start| announcer.tick(start + secs(60)), Reason::Over),
            (|announcer, _| announcer.asked_to_stop(), Reason::Asked),
            (|announcer, _| announcer.link_lost(0), Reason::LinkLost(0)),
        ];
        for (stop, reason) in stops {
            for at in [0, 3, 20] {
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
        announcer.until = start + secs(3700);
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
}
