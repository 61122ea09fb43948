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
//! in `link`, `wires`, `neighbours`, `routers`, `bgp::dial` and `bgp::listen` only.
//! Nothing here sends what nobody asked for.
//!
//! For a whole cluster, `jobs` writes what Kubernetes runs on the nodes, and
//! `observations` merges what they saw and holds it against the Decision. Neither
//! needs a socket: they are there on every system, the rest on Linux.

#[cfg(target_os = "linux")]
pub mod announce;
#[cfg(target_os = "linux")]
pub mod arp;
#[cfg(target_os = "linux")]
pub mod bgp;
pub mod codes;
#[cfg(target_os = "linux")]
mod error;
pub mod expected;
pub mod identity;
pub mod jobs;
pub mod leases;
#[cfg(target_os = "linux")]
pub mod link;
mod mac;
#[cfg(target_os = "linux")]
pub mod ndp;
#[cfg(target_os = "linux")]
pub mod neighbours;
#[cfg(target_os = "linux")]
mod netlink;
pub mod observations;
#[cfg(target_os = "linux")]
pub mod own;
#[cfg(target_os = "linux")]
pub mod packet;
#[cfg(target_os = "linux")]
pub mod probe;
#[cfg(target_os = "linux")]
pub mod routers;
#[cfg(target_os = "linux")]
pub mod routing;
#[cfg(target_os = "linux")]
mod sys;
pub mod verdict;
#[cfg(target_os = "linux")]
pub mod watch;
#[cfg(target_os = "linux")]
pub mod wires;

#[cfg(target_os = "linux")]
pub use error::LiveError;
pub use mac::Mac;
