//! Addresses as numbers within their family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Family {
    /// IPv4.
    #[serde(rename = "IPv4")]
    V4,
    /// IPv6.
    #[serde(rename = "IPv6")]
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }

    /// How many bits an address has: 32 or 128.
    pub fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The number of the last address.
    pub fn max_number(self) -> u128 {
        match self {
            Self::V4 => u128::from(u32::MAX),
            Self::V6 => u128::MAX,
        }
    }
}

/// The number of an address within its family; `0.0.0.0` and `::` are 0.
pub fn to_number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The address of that number; `None` where the family has none so large.
pub fn from_number(family: Family, number: u128) -> Option<IpAddr> {
    match family {
        Family::V4 => u32::try_from(number).ok().map(|n| IpAddr::V4(Ipv4Addr::from_bits(n))),
        Family::V6 => Some(IpAddr::V6(Ipv6Addr::from_bits(number))),
    }
}

/// The address of a number that is known to lie within the family: the bits
/// above an IPv4 address are dropped.
pub(super) fn from_number_within(family: Family, number: u128) -> IpAddr {
    debug_assert!(number <= family.max_number());
    match family {
        Family::V4 => {
            let [.., a, b, c, d] = number.to_be_bytes();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(number)),
    }
}

/// The next address of the family; `None` after the last.
pub fn successor(addr: IpAddr) -> Option<IpAddr> {
    from_number(Family::of(addr), to_number(addr).checked_add(1)?)
}

/// The address before; `None` before the first.
pub fn predecessor(addr: IpAddr) -> Option<IpAddr> {
    from_number(Family::of(addr), to_number(addr).checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_go_both_ways() {
        for (text, number) in [
            ("0.0.0.0", 0),
            ("0.0.1.0", 256),
            ("255.255.255.255", u128::from(u32::MAX)),
            ("::", 0),
            ("::1:0", 0x1_0000),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", u128::MAX),
        ] {
            let family = Family::of(addr(text));
            assert_eq!(to_number(addr(text)), number, "{text}");
            assert_eq!(from_number(family, number), Some(addr(text)), "{text}");
            assert_eq!(from_number_within(family, number), addr(text), "{text}");
        }
    }

    #[test]
    fn ipv4_has_no_number_above_32_bits() {
        assert_eq!(from_number(Family::V4, 1 << 32), None);
        assert_eq!(from_number(Family::V4, u128::MAX), None);
    }

    #[test]
    fn neighbours_stop_at_both_ends_of_the_family() {
        assert_eq!(successor(addr("10.0.0.255")), Some(addr("10.0.1.0")));
        assert_eq!(predecessor(addr("10.0.1.0")), Some(addr("10.0.0.255")));
        assert_eq!(successor(addr("255.255.255.255")), None);
        assert_eq!(predecessor(addr("0.0.0.0")), None);
        assert_eq!(successor(addr("::ffff")), Some(addr("::1:0")));
        assert_eq!(successor(addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), None);
        assert_eq!(predecessor(addr("::")), None);
    }
}
