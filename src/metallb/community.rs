//! BGP communities as MetalLB writes them.

use std::fmt;

/// A BGP community: standard (RFC 1997) or large (RFC 8092).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Community {
    /// `a:b`, two 16-bit numbers.
    Standard(u16, u16),
    /// `large:a:b:c`, three 32-bit numbers.
    Large(u32, u32, u32),
}

/// Why a text is not a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommunityError {
    /// It has the form of a community, but a part is out of range.
    Value,
    /// It does not have the form of a community; it may be the name of an alias.
    Format,
}

impl fmt::Display for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(high, low) => write!(f, "{high}:{low}"),
            Self::Large(global, local1, local2) => write!(f, "large:{global}:{local1}:{local2}"),
        }
    }
}
