//! Asking who answers for addresses: a pure state machine.
//!
//! In: the addresses, what is heard, the time. Out: whom to ask when, and at the end
//! who answered for each, how fast. Every address is asked up to [`Settings::attempts`]
//! times, with [`Settings::wait`] for answers after each; who answered is not asked
//! again. No more than [`Settings::rate`] questions go out in a second.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::Mac;
use super::packet::{Heard, Origin, Says};

/// How questions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Questions a second, at most.
    pub rate: u32,
    /// How often an address is asked that nobody answers for.
    pub attempts: u32,
    /// How long answers are waited for.
    pub wait: Duration,
}

/// RFC 5227, section 1.1: three probes, a second or more apart.
impl Default for Settings {
    fn default() -> Self {
        Self { rate: 200, attempts: 3, wait: Duration::from_secs(1) }
    }
}

/// One who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Who.
    pub mac: Mac,
    /// How long after the question.
    pub after: Duration,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask for this address, now.
    Ask(IpAddr),
    /// Wait, but no longer than until then.
    Wait(Instant),
    /// Every address has been asked for.
    Done,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    asked: u32,
    last: Option<Instant>,
    answers: Vec<Answer>,
    /// Whether more answered than are kept.
    more: bool,
}

/// Who answers for an address beyond these is not kept: on a link one is enough, and
/// whoever invents link-layer addresses can invent without end.
pub const MAX_ANSWERS: usize = 16;

/// A round of questions.
#[derive(Debug, Clone)]
pub struct Prober {
    settings: Settings,
    slots: BTreeMap<IpAddr, Slot>,
    /// Whom to look at when, earliest first.
    agenda: VecDeque<(Instant, IpAddr)>,
    next_question: Instant,
    /// Questions that were sent, or need not be any more.
    past: usize,
}

impl Prober {
    /// A round over these addresses, that begins now.
    pub fn new(ips: impl IntoIterator<Item = IpAddr>, settings: Settings, now: Instant) -> Self {
        let slots: BTreeMap<IpAddr, Slot> =
            ips.into_iter().map(|ip| (ip, Slot::default())).collect();
        let agenda = slots.keys().map(|ip| (now, *ip)).collect();
        Self { settings, slots, agenda, next_question: now, past: 0 }
    }

    /// How many questions are behind, of how many at most: sent, or not needed since
    /// somebody has answered.
    pub fn progress(&self) -> (usize, usize) {
        let attempts = usize::try_from(self.settings.attempts).unwrap_or(usize::MAX);
        (self.past, self.slots.len().saturating_mul(attempts))
    }

    /// What is to be done at this time; to be called until it says to wait.
    pub fn next(&mut self, now: Instant) -> Next {
        while let Some(&(due, ip)) = self.agenda.front() {
            if due > now {
                return Next::Wait(due);
            }
            let slot = self.slots.entry(ip).or_default();
            if !slot.answers.is_empty() || slot.asked >= self.settings.attempts {
                let saved = self.settings.attempts.saturating_sub(slot.asked);
                self.past += usize::try_from(saved).unwrap_or_default();
                self.agenda.pop_front();
                continue;
            }
            if self.next_question > now {
                return Next::Wait(self.next_question);
            }
            self.agenda.pop_front();
            self.agenda.push_back((now + self.settings.wait, ip));
            slot.asked += 1;
            self.past += 1;
            slot.last = Some(now);
            self.next_question = now + Duration::from_secs(1) / self.settings.rate.max(1);
            return Next::Ask(ip);
        }
        Next::Done
    }

    /// Takes in what was heard.
    pub fn heard(&mut self, heard: &Heard) {
        self.heard_where(heard, |_| true);
    }

    /// Takes in what was heard of addresses that count.
    pub fn heard_where(&mut self, heard: &Heard, counts: impl Fn(IpAddr) -> bool) {
        let Says::Tells { ip, mac, .. } = heard.packet.says(heard.from) else { return };
        if heard.origin == Origin::Own || !counts(ip) {
            return;
        }
        let Some(slot) = self.slots.get_mut(&ip) else { return };
        let Some(asked) = slot.last else { return };
        // One who answers everybody again and again is still one.
        if slot.answers.iter().any(|answer| answer.mac == mac) {
            return;
        }
        if slot.answers.len() >= MAX_ANSWERS {
            slot.more = true;
        } else {
            let after = heard.at.saturating_duration_since(asked);
            slot.answers.push(Answer { mac, after });
        }
    }

    /// Of which addresses it is known by now how they are: somebody has answered, or the
    /// time for answers is over.
    pub fn settled(&self) -> BTreeSet<IpAddr> {
        let open: BTreeSet<IpAddr> = self.agenda.iter().map(|(_, ip)| *ip).collect();
        let settled = self.slots.iter();
        let settled = settled.filter(|(ip, one)| !one.answers.is_empty() || !open.contains(ip));
        settled.map(|(ip, _)| *ip).collect()
    }

    /// Whether more answered for the address than are kept.
    pub fn had_more(&self, ip: IpAddr) -> bool {
        self.slots.get(&ip).is_some_and(|slot| slot.more)
    }

    /// Who answered for each address, in the order in which they did.
    pub fn answers(&self) -> impl Iterator<Item = (IpAddr, &[Answer])> {
        self.slots.iter().map(|(ip, slot)| (*ip, slot.answers.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::arp::{ArpPacket, Operation};
    use super::super::packet::Packet;
    use super::*;

    const A: Mac = Mac([2, 0, 0, 0, 0, 0xa]);
    const B: Mac = Mac([2, 0, 0, 0, 0, 0xb]);

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn reply(at: Instant, address: IpAddr, mac: Mac, origin: Origin) -> Heard {
        let IpAddr::V4(v4) = address else { panic!("{address}") };
        let answer = ArpPacket {
            operation: Operation::Reply,
            sender_mac: mac,
            sender_ip: v4,
            target_mac: A,
            target_ip: [0, 0, 0, 0].into(),
        };
        Heard { at, from: mac, origin, for_us: true, packet: Packet::Arp(answer) }
    }

    /// Runs to the end; who answers is asked of `answer`. The questions with their
    /// times in milliseconds.
    fn run(
        prober: &mut Prober,
        start: Instant,
        answer: impl Fn(IpAddr, u32) -> Vec<(u64, Mac)>,
    ) -> Vec<(u128, IpAddr)> {
        let (mut now, mut asked) = (start, Vec::new());
        let mut on_the_way: BTreeMap<Instant, Vec<Heard>> = BTreeMap::new();
        loop {
            while let Some(entry) = on_the_way.first_entry().filter(|entry| *entry.key() <= now) {
                entry.remove().iter().for_each(|heard| prober.heard(heard));
            }
            match prober.next(now) {
                Next::Ask(address) => {
                    asked.push(((now - start).as_millis(), address));
                    let times = asked.iter().filter(|(_, other)| *other == address).count();
                    for (after, mac) in answer(address, u32::try_from(times).unwrap()) {
                        let at = now + ms(after);
                        let heard = reply(at, address, mac, Origin::Link);
                        on_the_way.entry(at).or_default().push(heard);
                    }
                }
                Next::Wait(until) => {
                    let next = on_the_way.keys().next().copied().unwrap_or(until);
                    now = until.min(next);
                }
                Next::Done => return asked,
            }
        }
    }

    #[test]
    fn who_answers_is_asked_once_and_who_does_not_three_times() {
        let start = Instant::now();
        let mut prober = Prober::new([ip(1), ip(2)], Settings::default(), start);
        let asked = run(
            &mut prober,
            start,
            |address, _| {
                if address == ip(1) { vec![(2, A)] } else { vec![] }
            },
        );
        let expected = [(0, ip(1)), (5, ip(2)), (1005, ip(2)), (2005, ip(2))];
        assert_eq!(asked, expected);
        let answers: Vec<_> = prober.answers().map(|(_, answers)| answers.to_vec()).collect();
        assert_eq!(answers, [vec![Answer { mac: A, after: ms(2) }], vec![]]);
        assert_eq!(prober.progress(), (6, 6));
    }

    #[test]
    fn all_who_answer_one_question_are_heard() {
        let start = Instant::now();
        let mut prober = Prober::new([ip(1)], Settings::default(), start);
        let asked = run(&mut prober, start, |_, _| vec![(1, A), (1, A), (900, B), (1500, B)]);
        assert_eq!(asked.len(), 1);
        let (_, answers) = prober.answers().next().unwrap();
        assert_eq!(answers.iter().map(|answer| answer.mac).collect::<Vec<_>>(), [A, B]);
    }

    #[test]
    fn the_rate_is_kept_over_whole_pools() {
        let start = Instant::now();
        let settings = Settings { rate: 100, attempts: 1, wait: ms(50) };
        let mut prober = Prober::new((0..200).map(ip), settings, start);
        let asked = run(&mut prober, start, |_, _| vec![]);
        assert_eq!(asked.len(), 200);
        assert!(asked.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 10), "{asked:?}");
        assert_eq!(asked.last().unwrap().0, 1990);
    }

    #[test]
    fn what_nobody_asked_for_does_not_count() {
        let now = Instant::now();
        let mut prober = Prober::new([ip(1)], Settings::default(), now);
        prober.heard(&reply(now, ip(1), A, Origin::Link));
        assert_eq!(prober.next(now), Next::Ask(ip(1)));
        prober.heard(&reply(now, ip(1), A, Origin::Own));
        prober.heard(&reply(now, ip(7), A, Origin::Link));
        assert!(prober.answers().all(|(_, answers)| answers.is_empty()));
    }

    #[test]
    fn the_rate_is_kept_for_minutes() {
        let start = Instant::now();
        let settings = Settings { rate: 1000, attempts: 1, wait: ms(10) };
        let ips = (0..300_000_u32).map(|n| IpAddr::V4(n.into()));
        let mut prober = Prober::new(ips, settings, start);
        let (mut now, mut questions) = (start, 0_u32);
        loop {
            match prober.next(now) {
                Next::Ask(_) => questions += 1,
                Next::Wait(until) => now = until,
                Next::Done => break,
            }
        }
        assert_eq!(questions, 300_000);
        assert!(now - start > Duration::from_secs(299) && now - start < Duration::from_secs(301));
    }

    #[test]
    fn who_answers_with_many_addresses_is_kept_within_bounds() {
        let now = Instant::now();
        let mut prober = Prober::new([ip(1)], Settings::default(), now);
        assert_eq!(prober.next(now), Next::Ask(ip(1)));
        let answer = |prober: &mut Prober, n: usize| {
            let mac = Mac([2, 0, 0, 0, 0, u8::try_from(n).unwrap()]);
            prober.heard(&reply(now, ip(1), mac, Origin::Link));
        };
        (0..MAX_ANSWERS).for_each(|n| answer(&mut prober, n));
        answer(&mut prober, 0);
        assert!(!prober.had_more(ip(1)));
        answer(&mut prober, MAX_ANSWERS);
        assert!(prober.had_more(ip(1)) && !prober.had_more(ip(2)));
        assert_eq!(prober.answers().map(|(_, all)| all.len()).sum::<usize>(), MAX_ANSWERS);
    }

    #[test]
    fn what_has_answered_or_had_its_time_is_settled() {
        let start = Instant::now();
        let settings = Settings { attempts: 1, ..Settings::default() };
        let mut prober = Prober::new([ip(1), ip(2), ip(3)], settings, start);
        assert_eq!(prober.settled(), [].into());
        assert_eq!(prober.next(start), Next::Ask(ip(1)));
        assert_eq!(prober.next(start + ms(5)), Next::Ask(ip(2)));
        prober.heard(&reply(start + ms(6), ip(2), A, Origin::Link));
        assert_eq!(prober.settled(), [ip(2)].into());
        assert_eq!(prober.next(start + ms(1001)), Next::Ask(ip(3)));
        assert_eq!(prober.next(start + ms(1001)), Next::Wait(start + ms(1005)));
        assert_eq!(prober.settled(), [ip(1), ip(2)].into());
    }

    #[test]
    fn progress_counts_questions_and_those_that_are_saved() {
        let start = Instant::now();
        let mut prober = Prober::new([ip(1), ip(2)], Settings::default(), start);
        assert_eq!(prober.progress(), (0, 6));
        assert_eq!(prober.next(start), Next::Ask(ip(1)));
        prober.heard_where(&reply(start, ip(1), A, Origin::Link), |_| false);
        assert_eq!(prober.progress(), (1, 6));
        assert_eq!(prober.next(start + ms(5)), Next::Ask(ip(2)));
        prober.heard(&reply(start + ms(6), ip(1), A, Origin::Link));
        assert_eq!(prober.progress(), (2, 6));
        // The first needs two questions less.
        assert_eq!(prober.next(start + ms(1001)), Next::Wait(start + ms(1005)));
        assert_eq!(prober.progress(), (4, 6));
    }
}
