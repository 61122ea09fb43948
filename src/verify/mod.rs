//! Whether Cilium decides what MetalLB decided.

mod at_hand;
mod translation;

pub use at_hand::{Comparison, Difference, Serving, compare};
pub use translation::applied;
