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
//! claim by somebody else. Who asks whether an address is free is a rival as long as it
//! is asked here, too; later he is told that it is not.

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
    /// How long it announces and answers.
    lasting: Duration,
    /// When that is over, once it has begun.
    until: Option<Instant>,
    told: BTreeSet<(usize, IpAddr, Mac)>,
}

/// So many askers are told of; beyond, they are answered in silence.
const MAX_TOLD: usize = 65_536;

impl Announcer {
    /// Begins now by asking whether somebody else has an address, and announces and
    /// answers for so long after that; with `take_over` at once.
    pub fn new(posts: Vec<Post>, take_over: bool, now: Instant, lasting: Duration) -> Self {
        let index = posts.iter().enumerate().map(|(at, post)| ((post.link, post.ip), at)).collect();
        let (phase, until) = if take_over {
            (Phase::Announcing { sent: 0 }, Some(now + lasting))
        } else {
            (Phase::Probing { sent: 0 }, None)
        };
        let told = BTreeSet::new();
        Self { posts, index, phase, turn: 0, next: now, lasting, until, told }
    }

    /// Whether it has fallen silent.
    pub fn is_silent(&self) -> bool {
        self.phase == Phase::Silent
    }

    /// When there is something to do next.
    pub fn next_due(&self) -> Instant {
        let until = self.until.unwrap_or(self.next);
        match self.phase {
            Phase::Probing { .. } | Phase::Announcing { .. } => self.next.min(until),
            Phase::Answering | Phase::Silent => until,
        }
    }

    /// What is to be done at this time.
    pub fn tick(&mut self, now: Instant) -> Vec<Action> {
        if self.is_silent() {
            return Vec::new();
        }
        if self.until.is_some_and(|until| now >= until) {
            return self.stop(Reason::Over);
        }
        let mut actions = Vec::new();
        while self.next <= now {
            match self.phase {
                Phase::Probing { sent } if sent < PROBES => self.probe(sent, &mut actions),
                Phase::Probing { .. } => {
                    self.phase = Phase::Announcing { sent: 0 };
                    self.turn = 0;
                    self.until = Some(now + self.lasting);
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
            let reason =
                if self.is_probing() { Reason::Taken(ip, by) } else { Reason::Conflict(ip, by) };
            return self.stop(reason);
        }
        if self.is_probing() || !heard.for_us {
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

    fn is_probing(&self) -> bool {
        matches!(self.phase, Phase::Probing { .. })
    }

    /// The address that somebody else claims by a packet, or asks for while this host does.
    fn claimed(&self, link: usize, heard: &Heard) -> Option<(IpAddr, Mac)> {
        let about = heard.packet.addresses();
        about.into_iter().find_map(|ip| {
            let post = self.index.get(&(link, ip)).and_then(|at| self.posts.get(*at))?;
            let (packet, from, mac) = (&heard.packet, heard.from, post.sender.mac);
            let rival = || packet.probes(from, ip, mac).filter(|_| self.is_probing());
            packet.claims(from, ip, mac).or_else(rival).map(|by| (ip, by))
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
mod tests;
