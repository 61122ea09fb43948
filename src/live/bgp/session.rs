//! One session, from the connection to the Cease: a pure state machine.
//!
//! ```text
//!             OPEN sent          OPEN good, KEEPALIVE sent      KEEPALIVE
//! connected ───────────► OpenSent ──────────────► OpenConfirm ────────────► Established
//!                           │ a wrong OPEN, a NOTIFICATION, silence, an end │
//!                           └──────────────────► over ◄───────── Cease ─────┘
//! ```
//!
//! Only the initiator's half of RFC 4271, section 8: the connection is there when it
//! begins, and nothing is tried again. Routes are sent once it is up, and taken back
//! before it is left.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::notification::{
    BgpNotificationMessage, CeaseError, FiniteStateMachineError, HoldTimerExpiredError,
    OpenMessageError,
};
use netgauze_bgp_pkt::open::BgpOpenMessage;

use super::message::Message;
use super::routes::{Attributes, NextHops, Route, end_of_rib};
use crate::ip::Family;
use crate::verify::sessions::{Parameters, RemoteAsn};

mod open;

use open::{negotiated, open};

/// How long an OPEN and the KEEPALIVE after it are waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Who has a larger number says so in a capability (RFC 6793, section 4.2.3).
pub(super) const AS_TRANS: u16 = 23456;
/// The longest text that a Cease may carry (RFC 9003, section 2).
const MAX_FAREWELL: usize = 255;

/// What the session is to be like on this side.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The configuration's parameters.
    pub parameters: Parameters,
    /// The router ID of this side.
    pub router_id: Ipv4Addr,
    /// How long to stay once established.
    pub stay: Duration,
    /// What is said on leaving (RFC 9003).
    pub farewell: String,
    /// The routes to send, and the next hops that they have.
    pub routes: Vec<Route>,
    /// Where the routes lead.
    pub next_hops: NextHops,
}

/// What was agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// The peer's AS number.
    pub asn: u32,
    /// The peer's router ID.
    pub router_id: Ipv4Addr,
    /// The hold time that counts for both, in seconds; 0 is none.
    pub hold: u16,
    /// The families that both can carry.
    pub families: BTreeSet<Family>,
    /// The families that the peer can carry.
    pub offered: BTreeSet<Family>,
    /// Whether the peer can do AS numbers of four octets.
    pub four_octet_as: bool,
    /// Whether the peer can send its routes again (RFC 2918).
    pub route_refresh: bool,
    /// The peer's restart time, where it can restart gracefully (RFC 4724).
    pub graceful_restart: Option<u16>,
}

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
    Refused(State, BgpNotificationMessage),
    /// The peer closed the connection without a reason.
    Closed(State),
    /// The peer said nothing for too long.
    Silence(State),
    /// The peer said what makes no sense then.
    Unexpected(State),
    /// What the peer sent is no BGP.
    Garbled(State),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Send this.
    Send(BgpMessage),
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
    updates: u64,
    /// The routes that were sent.
    sent: Vec<Route>,
}

impl Session {
    /// Begins on a new connection: the first thing to do is to send the OPEN.
    pub fn new(wanted: Wanted, now: Instant) -> (Self, Action) {
        let open = Action::Send(BgpMessage::Open(open(&wanted)));
        let session = Self {
            wanted,
            state: State::OpenSent,
            over: false,
            negotiated: None,
            silent_at: Some(now + PATIENCE),
            keepalive_at: None,
            leave_at: None,
            updates: 0,
            sent: Vec::new(),
        };
        (session, open)
    }

    /// What was agreed on, once both OPENs are good.
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.negotiated.as_ref()
    }

    /// How many UPDATEs the peer has sent.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// When there is something to do next.
    pub fn next_due(&self) -> Option<Instant> {
        [self.silent_at, self.keepalive_at, self.leave_at].into_iter().flatten().min()
    }

    /// What is to be done at this time.
    pub fn tick(&mut self, now: Instant) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        if self.silent_at.is_some_and(|at| at <= now) {
            let expired = HoldTimerExpiredError::Unspecific { sub_code: 0, value: Box::default() };
            let told = BgpNotificationMessage::HoldTimerExpiredError(expired);
            return self.end(Some(told), End::Silence(self.state));
        }
        if self.leave_at.is_some_and(|at| at <= now) {
            return self.leave(End::Left);
        }
        if self.keepalive_at.is_some_and(|at| at <= now) {
            self.keepalive_at = self.keepalive_after(now);
            return vec![Action::Send(BgpMessage::KeepAlive)];
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
                self.advertise()
            }
            (State::Established, Message::KeepAlive | Message::Refresh) => {
                self.alive(now);
                Vec::new()
            }
            (State::Established, Message::Update) => {
                self.updates += 1;
                self.alive(now);
                Vec::new()
            }
            (state, _) => self.end(Some(unexpected(state)), End::Unexpected(state)),
        }
    }

    /// Takes in the peer's OPEN.
    fn opened(&mut self, open: &BgpOpenMessage, now: Instant) -> Vec<Action> {
        let own = &self.wanted.parameters;
        let asn = open.my_asn4();
        let wrong_as = match own.remote_asn {
            RemoteAsn::Number(expected) => asn != expected,
            RemoteAsn::Own => asn != own.local_asn,
            RemoteAsn::Other => asn == own.local_asn,
            RemoteAsn::Any => asn == 0,
        };
        let refuse = |error| Some(BgpNotificationMessage::OpenMessageError(error));
        let value = Box::default;
        if wrong_as {
            let told = refuse(OpenMessageError::BadPeerAs { value: value() });
            return self.end(told, End::WrongAs(asn));
        }
        if matches!(open.hold_time(), 1 | 2) {
            let told = refuse(OpenMessageError::UnacceptableHoldTime { value: value() });
            return self.end(told, End::Unacceptable("a hold time below 3 seconds"));
        }
        let same = asn == own.local_asn && open.bgp_id() == self.wanted.router_id;
        if open.bgp_id().is_unspecified() || same {
            let told = refuse(OpenMessageError::BadBgpIdentifier { value: value() });
            return self.end(told, End::Unacceptable("the router ID of this side, or none"));
        }
        let negotiated = negotiated(open, own);
        let hold = negotiated.hold;
        self.negotiated = Some(negotiated);
        self.state = State::OpenConfirm;
        self.silent_at = (hold > 0).then(|| now + Duration::from_secs(hold.into()).min(PATIENCE));
        self.keepalive_at = self.keepalive_after(now);
        vec![Action::Send(BgpMessage::KeepAlive)]
    }

    fn hold(&self) -> u16 {
        self.negotiated.as_ref().map_or(0, |negotiated| negotiated.hold)
    }

    /// A third of the hold time (RFC 4271, section 4.4).
    fn keepalive_after(&self, now: Instant) -> Option<Instant> {
        let hold = Duration::from_secs(self.hold().into());
        (!hold.is_zero()).then(|| now + hold / 3)
    }

    /// The peer is alive.
    fn alive(&mut self, now: Instant) {
        let hold = Duration::from_secs(self.hold().into());
        self.silent_at = (!hold.is_zero()).then(|| now + hold);
    }

    /// What came is no message; the peer is told so.
    pub fn garbled(&mut self, told: BgpNotificationMessage) -> Vec<Action> {
        self.end(Some(told), End::Garbled(self.state))
    }

    /// The peer has closed the connection, or it broke.
    pub fn closed(&mut self) -> Vec<Action> {
        self.end(None, End::Closed(self.state))
    }

    /// A signal came: leave at once.
    pub fn interrupted(&mut self) -> Vec<Action> {
        self.leave(End::Interrupted)
    }

    /// The routes, each family with its end; nothing where there are none to send.
    fn advertise(&mut self) -> Vec<Action> {
        let mut actions = vec![Action::Established];
        let Some(negotiated) = &self.negotiated else { return actions };
        if self.wanted.routes.is_empty() {
            return actions;
        }
        let attributes = Attributes {
            asn: self.wanted.parameters.local_asn,
            internal: negotiated.asn == self.wanted.parameters.local_asn,
            four_octet_as: negotiated.four_octet_as,
            next_hops: self.wanted.next_hops,
        };
        for family in &negotiated.families {
            for route in self.wanted.routes.iter().filter(|route| route.family() == *family) {
                if let Some(update) = route.announce(&attributes) {
                    actions.push(Action::Send(update));
                    self.sent.push(route.clone());
                }
            }
            actions.push(Action::Send(end_of_rib(*family)));
        }
        actions
    }

    /// The routes that were sent, the whole time.
    pub fn sent(&self) -> &[Route] {
        &self.sent
    }

    /// Takes every route back, and says goodbye.
    fn leave(&mut self, end: End) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        let mut actions: Vec<Action> =
            self.sent.iter().filter_map(Route::withdraw).map(Action::Send).collect();
        actions.extend(self.end(Some(self.cease()), end));
        actions
    }

    /// Administrative shutdown with a text (RFC 9003): its length, then UTF-8.
    fn cease(&self) -> BgpNotificationMessage {
        let mut end = self.wanted.farewell.len().min(MAX_FAREWELL);
        while !self.wanted.farewell.is_char_boundary(end) {
            end -= 1;
        }
        let text = self.wanted.farewell.get(..end).unwrap_or_default();
        let mut value = vec![u8::try_from(text.len()).unwrap_or(u8::MAX)];
        value.extend(text.bytes());
        BgpNotificationMessage::CeaseError(CeaseError::AdministrativeShutdown {
            value: value.into(),
        })
    }

    fn end(&mut self, told: Option<BgpNotificationMessage>, end: End) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        self.over = true;
        let told = told.map(|told| Action::Send(BgpMessage::Notification(told)));
        told.into_iter().chain([Action::Over(end)]).collect()
    }
}

/// RFC 6608.
fn unexpected(state: State) -> BgpNotificationMessage {
    let value = Box::default();
    BgpNotificationMessage::FiniteStateMachineError(match state {
        State::OpenSent => {
            FiniteStateMachineError::ReceiveUnexpectedMessageInOpenSentState { value }
        }
        State::OpenConfirm => {
            FiniteStateMachineError::ReceiveUnexpectedMessageInOpenConfirmState { value }
        }
        State::Established => {
            FiniteStateMachineError::ReceiveUnexpectedMessageInEstablishedState { value }
        }
    })
}

#[cfg(test)]
pub(super) mod tests;
