//! A BGP speaker that opens a session, looks, and leaves (RFC 4271).
//!
//! ```text
//! sockets ─► message ─► session ─► what to send, what was found ─► judgement
//! (dial,     (frames)   │ (pure)                                   (expected or not)
//!  listen)              ├─ open, notification: how it begins and ends
//!                       ├─ update ─► received: what the peer sends
//!                       └─ outbox ◄─ pack ◄─ routes: what the peer is told
//! ```
//!
//! The session is a pure state machine: events and time in, actions out. It sends no
//! route unless it is given some, and takes them back before it leaves; what the peer
//! sends is checked, counted and let go.

pub mod dial;
pub mod evidence;
pub mod judgement;
pub mod listen;
pub mod message;
pub mod notification;
pub mod open;
pub mod outbox;
pub mod pack;
mod prefix;
pub mod received;
pub mod routes;
pub mod session;
mod silence;
pub mod table;
pub mod update;
