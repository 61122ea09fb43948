//! Whether Cilium decides what MetalLB decided.

mod at_hand;
pub mod codes;
mod named;
mod translation;

pub use at_hand::{Comparison, Difference, Route, Serving, compare};
pub use named::unnamed;
pub use translation::{applied, with_endpoints, with_source_pools};
