//! Whether Cilium decides what MetalLB decided.

mod at_hand;

pub use at_hand::{Difference, Serving, compare};
