//! Moves the load-balancer configuration of a Kubernetes cluster from MetalLB
//! to Cilium, and shows that nothing changed for the traffic.
//!
//! ```text
//!         files, stdin, cluster
//!                  │ bytes
//!             ┌────▼─────┐   every document keeps its source and its spans
//!             │ manifest │
//!             └────┬─────┘
//!       ┌──────────┼──────────────┐
//! ┌─────▼───┐ ┌────▼────┐ ┌───────▼──┐
//! │ metallb │ │ cluster │ │  cilium  │   API types, defaults, validation
//! └─────┬───┘ └────┬────┘ └───────▲──┘
//!       │          │              │ Cilium objects, per version
//!       ├──────────┼────►┌────────┴──┐
//!       │          │     │  convert  │   MetalLB + cluster → Cilium + diagnostics
//!       │          │     └────────┬──┘
//! ┌─────▼──────────▼──────────────▼──┐
//! │             simulate             │   what each controller decides: a Decision
//! └────────────────┬─────────────────┘
//!             ┌────▼────┐ ┌──────┐
//!             │ verify  │ │ diff │   whether it is the same; what would change
//!             └─────────┘ └──────┘
//!             ┌─────────┐
//!             │  live   │   what is really on the wire
//!             └─────────┘
//! ```
//!
//! Arrows point one way: `metallb`, `cilium` and `cluster` know nothing of each
//! other, and nothing below `cli` prints, reads the environment or exits.

pub mod cilium;
pub mod cli;
pub mod cluster;
pub mod convert;
pub mod diagnostic;
pub mod diff;
pub mod ip;
#[cfg(target_os = "linux")]
pub mod live;
pub mod manifest;
pub mod metallb;
pub mod report;
pub mod selector;
pub mod simulate;
pub mod verify;
