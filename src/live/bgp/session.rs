//! One session, from the connection to the Cease: a pure state machine.
//!
//! ```text
//!             OPEN sent          OPEN good, KEEPALIVE sent      KEEPALIVE
//! connected ───────────► OpenSent ──────────────► OpenConfirm ────────────► Established
//!                           │ a wrong OPEN, a NOTIFICATION, silence, an end │
//!                           └──────────────────► over ◄───────── Cease ─────┘
//! ```
//!
//! RFC 4271, section 8, from the connection on, whichever side opened it: Idle, Connect
//! and Active are `dial` and `listen`, and nothing is tried again. There is one
//! connection at a time, so that there is no collision to resolve (section 6.8).
//! Routes are sent once it is up, and taken back before it is left.

use std::time::{Duration, Instant};

use ipnet::IpNet;

use super::message::{Message, Outgoing, Refresh};
use super::notification::{Notification, Reason};
use super::open::Open;
use super::outbox::Outbox;
use super::pack::Attributes;
use super::prefix::family_of;
use super::received::Received;
use super::update::{Agreed, decode};
use crate::ip::Family;

mod negotiation;

pub use negotiation::{Negotiated, Wanted};
use negotiation::{negotiated, open, refusal};

/// How long an OPEN and the KEEPALIVE after it are waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the peer may take to read that its routes are taken back.
const FAREWELL: Duration = Duration::from_secs(30);

/// In which state something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The OPEN is sent, none has come.
    OpenSent,
    /// Both OPENs are good.
    OpenConfirm,
    /// It is up.
    Established,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was up as long as it was to be, and was left with a Cease.
    Left,
    /// Left by a signal.
    Interrupted,
    /// The peer has another AS number than it is to have.
    WrongAs(u32),
    /// The peer's OPEN cannot be agreed to.
    Unacceptable(&'static str),
    /// The peer ended it, with its reason.
    Refused(State, Notification),
    /// The connection ended without a reason.
    Closed(State, Closing),
    /// The peer said nothing for too long.
    Silence(State),
    /// The peer said what makes no sense then.
    Unexpected(State),
    /// What the peer sent is no BGP; this is what it was told.
    Garbled(State, Reason),
    /// An UPDATE of the peer cannot be borne (RFC 7606).
    Malformed(&'static str),
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The peer closed it.
    Orderly,
    /// The peer reset it.
    Reset,
    /// It broke on the way.
    Broken,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Send this.
    Send(Outgoing),
    /// It is up: this was agreed on.
    Established,
    /// It is over.
    Over(End),
}

/// A session.
#[derive(Debug)]
pub struct Session {
    wanted: Wanted,
    state: State,
    over: bool,
    negotiated: Option<Negotiated>,
    /// When the peer has been silent for too long.
    silent_at: Option<Instant>,
    /// When the next KEEPALIVE is due.
    keepalive_at: Option<Instant>,
    leave_at: Option<Instant>,
    received: Received,
    /// How often the peer has asked for the routes again.
    refreshes: u64,
    outbox: Option<Outbox>,
    /// How it ends once the routes are taken back, and when at the latest.
    leaving: Option<(End, Instant)>,
}

impl Session {
    /// Begins on a new connection: the first thing to do is to send the OPEN.
    pub fn new(wanted: Wanted, now: Instant) -> (Self, Action) {
        let open = Action::Send(Outgoing::Open(open(&wanted)));
        let session = Self {
            wanted,
            state: State::OpenSent,
            over: false,
            negotiated: None,
            silent_at: Some(now + PATIENCE),
            keepalive_at: None,
            leave_at: None,
            received: Received::default(),
            refreshes: 0,
            outbox: None,
            leaving: None,
        };
        (session, open)
    }

    /// What was agreed on, once both OPENs are good.
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.negotiated.as_ref()
    }

    /// What the peer has sent.
    pub fn what_came(&self) -> &Received {
        &self.received
    }

    /// The prefixes that the peer was told of, the whole time.
    pub fn told(&self) -> impl Iterator<Item = &IpNet> {
        self.outbox.iter().flat_map(Outbox::told)
    }

    /// Those of them that were taken back.
    pub fn taken_back(&self) -> impl Iterator<Item = &IpNet> {
        self.outbox.iter().flat_map(Outbox::taken_back)
    }

    /// How often the peer asked for the routes of a family again (RFC 2918), and how
    /// often they went. Who asks twice before they go gets them once.
    pub fn refreshes(&self) -> (u64, u64) {
        (self.refreshes, self.outbox.as_ref().map_or(0, Outbox::repeated))
    }

    /// When there is something to do next.
    pub fn next_due(&self) -> Option<Instant> {
        let leaving = self.leaving.as_ref().map(|(_, at)| *at);
        let all = [self.silent_at, self.keepalive_at, self.leave_at, leaving];
        all.into_iter().flatten().min()
    }

    /// What is to be done at this time.
    pub fn tick(&mut self, now: Instant) -> Vec<Action> {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if self.over {
            return Vec::new();
        }
        if due(self.silent_at) {
            let told = Notification::new(Reason::HOLD_TIMER_EXPIRED, &[]);
            return self.end(Some(told), End::Silence(self.state));
        }
        if due(self.leaving.as_ref().map(|(_, at)| *at)) {
            // The routes go with the connection.
            return self.goodbye();
        }
        if due(self.leave_at) {
            return self.leave(End::Left, now);
        }
        if due(self.keepalive_at) {
            self.keepalive_at = self.keepalive_after(now);
            return vec![Action::Send(Outgoing::KeepAlive)];
        }
        Vec::new()
    }

    /// Takes in a message.
    pub fn received(&mut self, message: Message, now: Instant) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        if let Message::Notification(reason) = message {
            return self.end(None, End::Refused(self.state, reason));
        }
        match (self.state, message) {
            (State::OpenSent, Message::Open(open)) => self.opened(&open, now),
            (State::OpenConfirm, Message::KeepAlive) => {
                self.state = State::Established;
                self.alive(now);
                self.leave_at = Some(now + self.wanted.stay);
                self.advertise();
                vec![Action::Established]
            }
            (State::Established, Message::KeepAlive) => {
                self.alive(now);
                Vec::new()
            }
            (State::Established, Message::Refresh(refresh)) => {
                self.alive(now);
                self.refresh(refresh);
                Vec::new()
            }
            (State::Established, Message::Update(body)) => {
                self.alive(now);
                self.update(&body)
            }
            (state, _) => {
                let told = Notification::new(unexpected(state), &[]);
                self.end(Some(told), End::Unexpected(state))
            }
        }
    }

    /// Takes in the peer's OPEN.
    fn opened(&mut self, open: &Open, now: Instant) -> Vec<Action> {
        if let Some((reason, end)) = refusal(open, &self.wanted) {
            return self.end(Some(Notification::new(reason, &[])), end);
        }
        let negotiated = negotiated(open, &self.wanted);
        let hold = Duration::from_secs(negotiated.hold.into());
        self.negotiated = Some(negotiated);
        self.state = State::OpenConfirm;
        let patience = if hold.is_zero() { PATIENCE } else { hold.min(PATIENCE) };
        self.silent_at = Some(now + patience);
        self.keepalive_at = self.keepalive_after(now);
        vec![Action::Send(Outgoing::KeepAlive)]
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(self.negotiated.as_ref().map_or(0, |agreed| agreed.hold).into())
    }

    /// As often as configured, but at least three times in the hold time that was
    /// agreed on (RFC 4271, section 4.4).
    fn keepalive_after(&self, now: Instant) -> Option<Instant> {
        let hold = self.hold();
        let third = hold / 3;
        let own = Duration::from_secs(self.wanted.parameters.keepalive);
        let pause = if own.is_zero() { third } else { own.min(third) };
        (!hold.is_zero()).then(|| now + pause)
    }

    /// The peer is alive.
    fn alive(&mut self, now: Instant) {
        let hold = self.hold();
        self.silent_at = (!hold.is_zero()).then(|| now + hold);
    }

    fn internal(&self, negotiated: &Negotiated) -> bool {
        negotiated.asn == self.wanted.parameters.local_asn
    }

    /// Takes in routes.
    fn update(&mut self, body: &[u8]) -> Vec<Action> {
        let Some(negotiated) = &self.negotiated else { return Vec::new() };
        let agreed = Agreed {
            internal: self.internal(negotiated),
            four_octet_as: negotiated.four_octet_as,
            extended_next_hop: negotiated.extended_next_hop,
            families: negotiated.families.clone(),
        };
        match decode(body, &agreed) {
            Ok(update) => {
                self.received.take(update);
                Vec::new()
            }
            Err(fatal) => self.end(Some(fatal.told), End::Malformed(fatal.what)),
        }
    }

    /// The peer asks for the routes again. Another family than was agreed on, and
    /// other kinds of this message, are passed over (RFC 2918, section 4; RFC 7313).
    fn refresh(&mut self, refresh: Refresh) {
        let agreed = |family: &Family| {
            let negotiated = self.negotiated.as_ref();
            refresh.subtype == 0 && negotiated.is_some_and(|all| all.families.contains(family))
        };
        let family = family_of(refresh.afi, refresh.safi).filter(agreed);
        self.refreshes = self.refreshes.saturating_add(u64::from(family.is_some()));
        if let (Some(family), Some(outbox), None) = (family, &mut self.outbox, &self.leaving) {
            outbox.again(family);
        }
    }

    /// What came is no message; the peer is told so.
    pub fn garbled(&mut self, told: Notification) -> Vec<Action> {
        let reason = told.reason;
        self.end(Some(told), End::Garbled(self.state, reason))
    }

    /// The peer has closed the connection, or it broke.
    pub fn closed(&mut self, how: Closing) -> Vec<Action> {
        self.end(None, End::Closed(self.state, how))
    }

    /// A signal came: leave at once.
    pub fn interrupted(&mut self, now: Instant) -> Vec<Action> {
        self.leave(End::Interrupted, now)
    }

    /// The routes, each family with its end; nothing where there are none to send.
    fn advertise(&mut self) {
        let Some(negotiated) = &self.negotiated else { return };
        if self.wanted.routes.is_empty() {
            return;
        }
        let attributes = Attributes {
            asn: self.wanted.parameters.local_asn,
            internal: self.internal(negotiated),
            four_octet_as: negotiated.four_octet_as,
            extended_next_hop: negotiated.extended_next_hop || self.wanted.next_hops.v4_by_v6,
            next_hops: self.wanted.next_hops,
        };
        self.outbox = Some(Outbox::new(&self.wanted.routes, &negotiated.families, attributes));
    }

    /// Appends what is to be sent of the routes, as long as fewer octets than that are
    /// waiting. Once all are taken back, this ends the session.
    pub fn fill(&mut self, out: &mut Vec<u8>, room: usize) -> Vec<Action> {
        let Some(outbox) = self.outbox.as_mut().filter(|_| !self.over) else { return Vec::new() };
        outbox.fill(out, room);
        let done = outbox.is_empty();
        if done && self.leaving.is_some() { self.goodbye() } else { Vec::new() }
    }

    /// Whether there are routes to send yet.
    pub fn has_more(&self) -> bool {
        !self.over && self.outbox.as_ref().is_some_and(|outbox| !outbox.is_empty())
    }

    /// Takes every route back, and says goodbye then.
    fn leave(&mut self, end: End, now: Instant) -> Vec<Action> {
        if self.over || self.leaving.is_some() {
            return Vec::new();
        }
        self.leave_at = None;
        self.leaving = Some((end, now + FAREWELL));
        match &mut self.outbox {
            Some(outbox) => {
                outbox.take_back();
                if outbox.is_empty() { self.goodbye() } else { Vec::new() }
            }
            None => self.goodbye(),
        }
    }

    fn goodbye(&mut self) -> Vec<Action> {
        let Some((end, _)) = self.leaving.take() else { return Vec::new() };
        let told = Notification::shutdown(&self.wanted.farewell);
        self.end(Some(told), end)
    }

    fn end(&mut self, told: Option<Notification>, end: End) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        self.over = true;
        let told = told.map(|told| Action::Send(Outgoing::Notification(told)));
        told.into_iter().chain([Action::Over(end)]).collect()
    }
}

/// RFC 6608.
fn unexpected(state: State) -> Reason {
    match state {
        State::OpenSent => Reason::UNEXPECTED_IN_OPEN_SENT,
        State::OpenConfirm => Reason::UNEXPECTED_IN_OPEN_CONFIRM,
        State::Established => Reason::UNEXPECTED_IN_ESTABLISHED,
    }
}

#[cfg(test)]
pub(super) mod tests;
