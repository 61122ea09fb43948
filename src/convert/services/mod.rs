//! What Services need so that Cilium treats them as MetalLB does: their pool,
//! their addresses, their sharing keys.

mod patches;
mod requests;
mod targets;

pub(super) use patches::convert;
pub(super) use requests::{Request, is_ours, request, sharing_key};
pub(super) use targets::{Target, contested, targets};
