//! Addresses: families, inclusive ranges, ranges to CIDRs, sets of addresses.

mod range;

pub use range::{Family, IpRange};
