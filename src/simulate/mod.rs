//! What each controller decides on a cluster: a [`decision::Decision`].

pub mod change;
pub mod cilium;
pub mod codes;
pub mod decision;
pub mod events;
pub mod metallb;
