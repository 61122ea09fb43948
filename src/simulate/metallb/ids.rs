//! Small handles for what the engine counts in millions.

use std::net::IpAddr;

use crate::ip::Family;

/// A Service by its place in the cluster's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ServiceId(pub(super) u32);

/// A pool by its place in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PoolId(pub(super) u32);

/// A sharing key together with a backend key, interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct KeyId(pub(super) u32);

/// A set of ports, interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PortsId(pub(super) u32);

/// One protocol and port, interned: the protocol above, the port below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Port(pub(super) u32);

impl ServiceId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl PoolId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Up to two addresses, in the order of the Service's status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Addresses {
    #[default]
    None,
    One([IpAddr; 1]),
    Two([IpAddr; 2]),
}

impl Addresses {
    pub(super) fn one(address: IpAddr) -> Self {
        Self::One([address])
    }

    pub(super) fn two(first: IpAddr, second: IpAddr) -> Self {
        Self::Two([first, second])
    }

    /// One or two.
    pub(super) fn from_slice(addresses: &[IpAddr]) -> Option<Self> {
        match *addresses {
            [one] => Some(Self::one(one)),
            [first, second] => Some(Self::two(first, second)),
            _ => None,
        }
    }

    pub(super) fn as_slice(&self) -> &[IpAddr] {
        match self {
            Self::None => &[],
            Self::One(addresses) => addresses,
            Self::Two(addresses) => addresses,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// In the order of their text, as MetalLB's `isEqualIPs` leaves them.
    pub(super) fn in_text_order(self) -> Self {
        match self {
            Self::Two(mut both) => {
                both.sort_by_key(ToString::to_string);
                Self::Two(both)
            }
            other => other,
        }
    }

    /// `None` where there is no address, or two of one family.
    pub(super) fn families(&self) -> Option<Families> {
        match self {
            Self::None => None,
            Self::One([a]) => Some(Families::from(Family::of(*a))),
            Self::Two([a, b]) => (Family::of(*a) != Family::of(*b)).then_some(Families::Dual),
        }
    }
}

/// One family or both (MetalLB's `ipfamily.Family`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Families {
    V4,
    V6,
    Dual,
}

impl From<Family> for Families {
    fn from(family: Family) -> Self {
        match family {
            Family::V4 => Self::V4,
            Family::V6 => Self::V6,
        }
    }
}

/// The place of a family in a pair of things.
pub(super) fn family_index(family: Family) -> usize {
    match family {
        Family::V4 => 0,
        Family::V6 => 1,
    }
}
