//! What happens to a cluster after a controller's start, step by step.
//!
//! In: a file of events ([`read`], in the form of `schemas/events.json`), the objects
//! at the start, and a [`Controller`]. Out: the [`Decision`] after each step, or why a
//! step is refused. The controllers carry their state on themselves; [`replay`] knows
//! which objects are there, and tells a controller what changes.
//!
//! Within a step this order holds, whatever the order of its keys:
//! 1. Namespaces, Nodes, EndpointSlices and Secrets that are applied;
//! 2. the controller's own resources, those applied and those deleted all at once;
//! 3. Services that are applied, in the order listed;
//! 4. Services, Namespaces, Nodes, EndpointSlices and Secrets that are deleted;
//! 5. nodes that fail, then nodes that return.

mod cilium;
mod file;
mod kind;
mod metallb;
mod replay;
mod store;

pub use cilium::Cilium;
pub use file::{Reference, Step, read};
pub use kind::Kind;
pub use metallb::MetalLb;
pub use replay::replay;

use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::manifest::Object;
use crate::simulate::change::{Change, ChangeError};
use crate::simulate::decision::Decision;

/// A controller with its state.
pub trait Controller {
    /// Lets something happen, and the controller come to rest.
    ///
    /// # Errors
    /// What is wrong, where it cannot happen.
    fn change(&mut self, change: Change) -> Result<(), ChangeError>;

    /// Reads the configuration from the objects that are there now. It is taken over
    /// where `is_changed`; otherwise it is only seen whether the controller still
    /// accepts it on this cluster. What it refuses is among the diagnostics.
    fn configure(
        &mut self,
        objects: &[Object],
        cluster: &Cluster,
        is_changed: bool,
    ) -> Vec<Diagnostic>;

    /// What the controller decides now.
    fn decision(&self) -> Decision;
}
