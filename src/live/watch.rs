//! Listening to who asks for addresses and who answers: a pure state machine.
//!
//! In: what is heard, the time. Out: each question once the time for answers is over,
//! with what either controller would say on this Node and what was really answered;
//! announcements and answers to questions that were not seen, at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Mac;
use super::expected::Duty;
use super::packet::{Heard, Says};
use super::probe::{Answer, MAX_ANSWERS};
use crate::ip::IpSet;

/// How long answers to a question are waited for.
pub const WAIT: Duration = Duration::from_secs(1);
/// So many questions wait for answers at a time; of more, the oldest are told early.
const MAX_OPEN: usize = 4096;
/// So many addresses are remembered with those who claimed them: a pool of IPv6 has more
/// addresses than anybody's memory, and each can be claimed.
const MAX_CLAIMED: usize = 1 << 16;

/// What a controller does on this Node when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Would {
    /// It answers.
    Answer,
    /// It answers if it has won the lease.
    IfLeader,
    /// It is silent.
    BeSilent,
}

/// What a controller answers on this Node: the interfaces by address.
#[derive(Debug, Clone, Default)]
pub struct Duties(BTreeMap<IpAddr, Duty>);

impl Duties {
    /// Of these duties.
    pub fn new(duties: Vec<Duty>) -> Self {
        Self(duties.into_iter().map(|duty| (duty.ip, duty)).collect())
    }

    /// As the leases have it: who is known to hold one is sure to answer, and where all
    /// are known to be others' there is no duty. `holders` are those of some Services,
    /// `None` among them where one is not known.
    pub fn held<'a>(
        self,
        here: &str,
        holders: impl Fn(&BTreeSet<String>) -> BTreeSet<Option<&'a str>>,
    ) -> Self {
        let settled = self.0.into_iter().filter_map(|(ip, duty)| {
            let holders = if duty.sure { BTreeSet::new() } else { holders(&duty.services) };
            match (holders.contains(&Some(here)), holders.contains(&None)) {
                (true, _) => Some((ip, Duty { sure: true, ..duty })),
                (false, true) => Some((ip, duty)),
                (false, false) => (duty.sure || holders.is_empty()).then_some((ip, duty)),
            }
        });
        Self(settled.collect())
    }

    /// What is done when the address is asked for on that interface.
    pub fn when_asked(&self, ip: IpAddr, interface: &str) -> Would {
        match self.0.get(&ip).filter(|duty| duty.interfaces.contains(interface)) {
            Some(duty) if duty.sure => Would::Answer,
            Some(_) => Would::IfLeader,
            None => Would::BeSilent,
        }
    }
}

/// A question with its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// When it was asked.
    pub at: Instant,
    /// The number of the link.
    pub link: usize,
    /// The address in question.
    pub ip: IpAddr,
    /// Who asked.
    pub asker: Mac,
    /// The asker's own address; `None` in a probe.
    pub from: Option<IpAddr>,
    /// Who answered.
    pub answers: Vec<Answer>,
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A question.
    Question(Question),
    /// Said without a question that was seen.
    Told {
        /// When.
        at: Instant,
        /// The number of the link.
        link: usize,
        /// The address.
        ip: IpAddr,
        /// Where it is said to be.
        mac: Mac,
        /// Whether it is told to all, unasked.
        unasked: bool,
    },
}

/// What is open.
#[derive(Debug, Clone, Default)]
pub struct Watcher {
    addresses: IpSet,
    open: VecDeque<Question>,
    /// Who was seen to claim each address, each with the number of the link.
    claimants: BTreeMap<IpAddr, BTreeSet<(Mac, usize)>>,
    /// Whether more was claimed than is remembered.
    more_claimed: bool,
}

impl Watcher {
    /// Watches these addresses.
    pub fn new(addresses: IpSet) -> Self {
        Self { addresses, ..Self::default() }
    }

    /// Takes in what was heard on a link; what can be told at once.
    pub fn heard(&mut self, link: usize, heard: &Heard) -> Vec<Seen> {
        let says = heard.packet.says(heard.from);
        if !self.addresses.contains(says.ip()) {
            return Vec::new();
        }
        match says {
            Says::Asks { ip, from } => {
                let asker = heard.from;
                let answers = Vec::new();
                self.open.push_back(Question { at: heard.at, link, ip, asker, from, answers });
                let early = self.open.len().saturating_sub(MAX_OPEN);
                self.open.drain(..early).map(Seen::Question).collect()
            }
            Says::Tells { ip, mac, unasked } => {
                self.claimed(ip, (mac, link));
                let told = Seen::Told { at: heard.at, link, ip, mac, unasked };
                if unasked || !self.answer(link, ip, mac, heard.at) {
                    return vec![told];
                }
                Vec::new()
            }
        }
    }

    fn claimed(&mut self, ip: IpAddr, claimant: (Mac, usize)) {
        let room = self.claimants.len() < MAX_CLAIMED;
        let claimants = match self.claimants.get_mut(&ip) {
            Some(known) => known,
            None if room => self.claimants.entry(ip).or_default(),
            None => {
                self.more_claimed = true;
                return;
            }
        };
        if claimants.len() < MAX_ANSWERS {
            claimants.insert(claimant);
        } else if !claimants.contains(&claimant) {
            self.more_claimed = true;
        }
    }

    /// Notes an answer with the questions that it may belong to; whether there are any.
    fn answer(&mut self, link: usize, ip: IpAddr, mac: Mac, at: Instant) -> bool {
        let mut belongs = false;
        let asked = |one: &&mut Question| one.link == link && one.ip == ip && one.at + WAIT > at;
        for question in self.open.iter_mut().filter(asked) {
            belongs = true;
            let known = question.answers.iter().any(|answer| answer.mac == mac);
            if !known && question.answers.len() < MAX_ANSWERS {
                let after = at.saturating_duration_since(question.at);
                question.answers.push(Answer { mac, after });
            }
        }
        belongs
    }

    /// The questions whose time for answers is over.
    pub fn due(&mut self, now: Instant) -> Vec<Seen> {
        let count = self.open.iter().take_while(|question| question.at + WAIT <= now).count();
        self.open.drain(..count).map(Seen::Question).collect()
    }

    /// When the next question's time is over.
    pub fn next_due(&self) -> Option<Instant> {
        self.open.front().map(|question| question.at + WAIT)
    }

    /// All open questions, as they stand.
    pub fn finish(&mut self) -> Vec<Seen> {
        self.open.drain(..).map(Seen::Question).collect()
    }

    /// Whether more was claimed, or by more, than is remembered.
    pub fn had_more(&self) -> bool {
        self.more_claimed
    }

    /// Who was seen to claim each address, the whole time, each with the number of the link.
    pub fn claimants(&self) -> &BTreeMap<IpAddr, BTreeSet<(Mac, usize)>> {
        &self.claimants
    }
}

#[cfg(test)]
mod tests {
    use super::super::packet::{Origin, Packet, Sender};
    use super::*;
    use crate::ip::IpRange;

    const ASKER: Mac = Mac([2, 0, 0, 0, 0, 9]);
    const A: Mac = Mac([2, 0, 0, 0, 0, 0xa]);
    const B: Mac = Mac([2, 0, 0, 0, 0, 0xb]);

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn watcher() -> Watcher {
        Watcher::new(IpRange::new(ip(1), ip(9)).unwrap().into())
    }

    fn sender(mac: Mac) -> Sender {
        Sender { mac, link_local: None }
    }

    fn heard(at: Instant, from: Mac, packet: Packet, origin: Origin) -> Heard {
        Heard { at, from, origin, for_us: true, packet }
    }

    fn question(at: Instant, address: IpAddr) -> Heard {
        heard(at, ASKER, sender(ASKER).question(address).unwrap().packet, Origin::Link)
    }

    fn answer(at: Instant, to: &Heard, by: Mac) -> Heard {
        heard(at, by, sender(by).answer(to).unwrap().packet, Origin::Own)
    }

    #[test]
    fn who_holds_a_lease_answers_and_nobody_else() {
        let duty = |last: u8, sure| Duty {
            ip: ip(last),
            interfaces: ["eth0".to_owned()].into(),
            services: [format!("shop/s{last}")].into(),
            sure,
        };
        let duties =
            Duties::new(vec![duty(1, false), duty(2, false), duty(3, false), duty(4, true)]);
        let held = duties.held("a", |services| {
            let of = |service: &String| match service.as_str() {
                "shop/s1" => Some("a"),
                "shop/s2" | "shop/s4" => Some("b"),
                _ => None,
            };
            services.iter().map(of).collect()
        });
        let would = |last| held.when_asked(ip(last), "eth0");
        assert_eq!((would(1), would(2)), (Would::Answer, Would::BeSilent));
        // Not known, and not by a lease.
        assert_eq!((would(3), would(4)), (Would::IfLeader, Would::Answer));
    }

    #[test]
    fn a_question_is_told_with_its_answers_when_their_time_is_over() {
        let (mut watcher, start) = (watcher(), Instant::now());
        let asked = question(start, ip(1));
        assert_eq!(watcher.heard(0, &asked), []);
        for (after, by) in [(1, A), (2, A), (5, B)] {
            let at = start + Duration::from_millis(after);
            assert_eq!(watcher.heard(0, &answer(at, &asked, by)), []);
        }
        assert_eq!(watcher.next_due(), Some(start + WAIT));
        assert_eq!(watcher.due(start + WAIT / 2), []);
        let told = watcher.due(start + WAIT);
        let [Seen::Question(told)] = told.as_slice() else { panic!("{told:?}") };
        let macs: Vec<Mac> = told.answers.iter().map(|answer| answer.mac).collect();
        assert_eq!((told.ip, told.asker, macs), (ip(1), ASKER, vec![A, B]));
        assert_eq!(watcher.claimants()[&ip(1)].len(), 2);
        assert_eq!(watcher.next_due(), None);
    }

    #[test]
    fn announcements_and_late_answers_are_told_at_once() {
        let (mut watcher, start) = (watcher(), Instant::now());
        let announced = sender(A).announcements(ip(2)).remove(0).packet;
        let told = watcher.heard(1, &heard(start, A, announced, Origin::Link));
        let expected = Seen::Told { at: start, link: 1, ip: ip(2), mac: A, unasked: true };
        assert_eq!(told, [expected]);
        let asked = question(start, ip(1));
        let late = watcher.heard(0, &answer(start, &asked, A));
        assert!(matches!(late.as_slice(), [Seen::Told { unasked: false, .. }]), "{late:?}");
    }

    #[test]
    fn other_addresses_and_other_links_do_not_matter() {
        let (mut watcher, start) = (watcher(), Instant::now());
        let outside = question(start, ip(10));
        assert_eq!(watcher.heard(0, &outside), []);
        assert_eq!(watcher.next_due(), None);
        let asked = question(start, ip(1));
        watcher.heard(0, &asked);
        assert_eq!(watcher.heard(1, &answer(start, &asked, A)).len(), 1);
        let [Seen::Question(told)] = &watcher.finish()[..] else { panic!() };
        assert!(told.answers.is_empty());
    }

    #[test]
    fn a_flood_of_questions_takes_bounded_room() {
        let (mut watcher, start) = (watcher(), Instant::now());
        let asked = question(start, ip(1));
        let told: usize = (0..10_000).map(|_| watcher.heard(0, &asked).len()).sum();
        assert_eq!((told, watcher.open.len()), (10_000 - MAX_OPEN, MAX_OPEN));
        let asked = question(start, ip(2));
        watcher.heard(0, &asked);
        for last in 0..200 {
            watcher.heard(0, &answer(start, &asked, Mac([2, 0, 0, 0, 1, last])));
        }
        let Some(Seen::Question(last)) = watcher.finish().pop() else { panic!() };
        assert_eq!(last.answers.len(), MAX_ANSWERS);
    }

    #[test]
    fn what_a_controller_would_do_depends_on_interface_and_lease() {
        let duty = |last, sure| Duty {
            ip: ip(last),
            interfaces: BTreeSet::from(["eth0".to_owned()]),
            services: BTreeSet::new(),
            sure,
        };
        let duties = Duties::new(vec![duty(1, true), duty(2, false)]);
        assert_eq!(duties.when_asked(ip(1), "eth0"), Would::Answer);
        assert_eq!(duties.when_asked(ip(2), "eth0"), Would::IfLeader);
        assert_eq!(duties.when_asked(ip(1), "eth1"), Would::BeSilent);
        assert_eq!(duties.when_asked(ip(3), "eth0"), Would::BeSilent);
    }

    #[test]
    fn what_is_claimed_is_remembered_within_bounds() {
        let first = u128::from("2001:db8::".parse::<std::net::Ipv6Addr>().unwrap());
        let of = |n: usize| IpAddr::from(std::net::Ipv6Addr::from(first + n as u128));
        let mac = |n: usize| {
            let [.., a, b] = n.to_be_bytes();
            Mac([2, 0, 0, 0, a, b])
        };
        let mut watcher = watcher();
        for n in 0..MAX_ANSWERS {
            watcher.claimed(of(0), (mac(n), 0));
        }
        for n in 1..MAX_CLAIMED {
            watcher.claimed(of(n), (A, 0));
        }
        assert!(!watcher.had_more());
        watcher.claimed(of(0), (mac(0), 0));
        watcher.claimed(of(MAX_CLAIMED - 1), (A, 0));
        assert!(!watcher.had_more(), "they are known");
        let full = watcher.clone();
        watcher.claimed(of(0), (mac(MAX_ANSWERS), 0));
        assert!(watcher.had_more());
        let mut watcher = full;
        watcher.claimed(of(MAX_CLAIMED), (A, 0));
        assert!(watcher.had_more());
        let claimants = watcher.claimants();
        assert_eq!((claimants.len(), claimants[&of(0)].len()), (MAX_CLAIMED, MAX_ANSWERS));
    }
}
