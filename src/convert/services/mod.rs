//! What Services need so that Cilium treats them as MetalLB does: their pool,
//! their addresses, their sharing keys.

mod patches;
mod pending;
mod requests;
mod targets;

/// The classes that Cilium serves beside no class at all.
pub(super) const CILIUM_CLASSES: [&str; 2] =
    ["io.cilium/bgp-control-plane", "io.cilium/l2-announcer"];

pub(super) use patches::convert;
pub(crate) use requests::{Request, request};
pub(super) use requests::{is_ours, sharing_key};
pub(crate) use targets::is_compatible;
pub(super) use targets::{Target, contested, targets};
