//! What is really on the wire: who answers for addresses on the link, and which BGP
//! sessions come up.
//!
//! ```text
//! bytes ─► arp, ndp ─► packet ─► probe, watch, announce ─► what to send, what to tell
//!   ▲                                 ▲                         │
//!   └──── link (sockets) ◄── wires ───┴── time, signals         │
//!   └───────────────────────────────────────────────────────────┘
//! ```
//!
//! The state machines are pure: events and time in, actions out. Sockets are opened
//! in `link`, `wires`, `neighbours`, `routers`, `bgp::dial` and `bgp::listen` only. Nothing here sends what
//! nobody asked for.

pub mod announce;
pub mod arp;
pub mod bgp;
pub mod codes;
mod error;
pub mod expected;
pub mod identity;
pub mod link;
mod mac;
pub mod ndp;
pub mod neighbours;
pub mod packet;
pub mod probe;
pub mod routers;
mod sys;
pub mod verdict;
pub mod watch;
pub mod wires;

pub use error::LiveError;
pub use mac::Mac;
