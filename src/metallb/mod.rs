//! MetalLB's API in all its versions, the old ConfigMap, and its validation.
//!
//! In: [`crate::manifest::Object`]s of `metallb.io` and legacy configuration.
//! Out: [`Config`], which holds only what MetalLB itself would accept.

pub mod api;
mod chart;
pub mod codes;
mod community;
mod config;
mod deployment;
mod duration;
mod legacy;
mod namespaces;
mod resources;
#[cfg(test)]
mod tests;
mod validate;

pub use community::{Community, CommunityError};
pub use config::{
    AddressEntry, Addresses, BfdProfile, BgpAdvertisement, Config, Endpoint, L2Advertisement,
    Password, Peer, Pool, PoolSelection, PreferredNodes, RemoteAs, ServiceAllocation,
};
pub use deployment::{Deployment, Mode, interface_patterns};
pub use duration::parse as parse_duration;
pub use namespaces::selected_by_name;
pub use resources::{GROUP, Input, Resources};
pub use validate::{Options, validate};
