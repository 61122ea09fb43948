//! A BGP speaker that opens a session, looks, and leaves (RFC 4271).
//!
//! ```text
//! sockets ─► message ─► session ─► what to send, what was found ─► judgement
//! (dial)     (frames)   (pure)                                     (expected or not)
//! ```
//!
//! The session is a pure state machine: events and time in, actions out. It sends no
//! route unless it is given some, and takes them back before it leaves; it takes none
//! in: what the peer sends is counted and let go.

pub mod dial;
pub mod judgement;
pub mod message;
pub mod routes;
pub mod session;
pub mod table;
