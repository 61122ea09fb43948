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
//! `rewrite` puts a conversion into a tree of files, edited span by span; `check`
//! looks whether a cluster is ready for the cut-over, and `plan` writes its steps, with
//! their scripts and the way back; `kubernetes` reads from the API server.
//!
//! `secret` holds what is never shown.
//!
//! Arrows point one way: `metallb` and `cilium` know nothing of each other, and nothing
//! below `cli` prints, reads the environment or exits. `docs/architecture.md` is the map.

pub mod check;
pub mod cilium;
pub mod cli;
pub mod cluster;
pub mod convert;
pub mod diagnostic;
pub mod diff;
pub mod ip;
#[cfg(feature = "cluster")]
pub mod kubernetes;
pub mod live;
pub mod manifest;
pub mod metallb;
pub mod plan;
pub mod progress;
pub mod report;
pub mod rewrite;
pub mod secret;
pub mod selector;
pub mod simulate;
pub mod verify;
