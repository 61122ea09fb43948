//! Addresses: families, inclusive ranges, ranges to CIDRs, sets of addresses.
//!
//! An address has a number within its family ([`to_number`]); ranges and sets
//! compute with these numbers and give addresses back. An IPv4 address never
//! equals an IPv6 one, and no range or CIDR holds both.

mod buggy;
mod cidr;
#[cfg(test)]
mod go;
mod interval;
mod number;
mod overlap;
mod parse;
mod range;
mod set;

pub use buggy::{is_buggy, without_buggy};
pub use cidr::{Cidr, CidrError, parse_cidr, parse_prefix};
pub use number::{Family, from_number, predecessor, successor, to_number};
pub use overlap::{Overlap, overlaps};
pub use parse::{AddrError, parse_addr, parse_addr_as_written};
pub use range::{IpRange, RangeCidrs};
pub use set::IpSet;
