//! Inclusive ranges of addresses.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::number::from_number_within;
use super::{Family, predecessor, successor, to_number};

/// A range of addresses of one family, inclusive at both ends, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpRange {
    first: IpAddr,
    last: IpAddr,
}

impl IpRange {
    /// The range from `first` to `last`; `None` where they differ in family or
    /// `last` comes before `first`.
    pub fn new(first: IpAddr, last: IpAddr) -> Option<Self> {
        (Family::of(first) == Family::of(last) && first <= last).then_some(Self { first, last })
    }

    /// Every address of a network, its first and last too.
    pub fn from_cidr(net: IpNet) -> Self {
        Self { first: net.network(), last: net.broadcast() }
    }

    /// The range of these numbers, which the caller knows to be in order and
    /// within the family.
    pub(super) fn from_numbers(family: Family, (first, last): (u128, u128)) -> Self {
        debug_assert!(first <= last);
        Self { first: from_number_within(family, first), last: from_number_within(family, last) }
    }

    /// The numbers of the first and the last address.
    pub(super) fn numbers(&self) -> (u128, u128) {
        (to_number(self.first), to_number(self.last))
    }

    /// The first address.
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// The last address.
    pub fn last(&self) -> IpAddr {
        self.last
    }

    /// The family.
    pub fn family(&self) -> Family {
        Family::of(self.first)
    }

    /// Whether the address is in it.
    pub fn contains(&self, addr: IpAddr) -> bool {
        self.family() == Family::of(addr) && self.first <= addr && addr <= self.last
    }

    /// How many addresses it has. `::/0` has one more than a `u128` can say and
    /// gives `u128::MAX`.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub fn len(&self) -> u128 {
        let (first, last) = self.numbers();
        (last - first).saturating_add(1)
    }

    /// Whether the two have an address in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.intersection(other).is_some()
    }

    /// The addresses in both.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last))
    }

    /// The fewest CIDRs that hold just these addresses, in ascending order.
    pub fn cidrs(&self) -> RangeCidrs {
        RangeCidrs { family: self.family(), rest: Some(self.numbers()) }
    }

    /// The CIDR that is this range, where there is one.
    pub fn as_cidr(&self) -> Option<IpNet> {
        let mut cidrs = self.cidrs();
        cidrs.next().filter(|_| cidrs.rest.is_none())
    }

    /// The CIDR of which this is all but the first and the last address, such
    /// as `10.0.0.0/24` of `10.0.0.1-10.0.0.254`. It is at most a `/30` or a
    /// `/126`: a longer prefix has nothing between its ends.
    pub fn interior_of(&self) -> Option<IpNet> {
        Self::new(predecessor(self.first)?, successor(self.last)?)?.as_cidr()
    }
}

impl From<IpNet> for IpRange {
    fn from(net: IpNet) -> Self {
        Self::from_cidr(net)
    }
}

impl From<IpAddr> for IpRange {
    fn from(addr: IpAddr) -> Self {
        Self { first: addr, last: addr }
    }
}

/// `first-last`, or the one address.
impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// The CIDRs of a range, from [`IpRange::cidrs`]: each is the largest that
/// begins where the one before ended and does not reach beyond the range.
#[derive(Debug, Clone)]
pub struct RangeCidrs {
    family: Family,
    rest: Option<(u128, u128)>,
}

impl Iterator for RangeCidrs {
    type Item = IpNet;

    fn next(&mut self) -> Option<IpNet> {
        let (first, last) = self.rest?;
        let bits = u32::from(self.family.bits());
        let aligned = first.trailing_zeros().min(bits);
        let fits = (last - first).checked_add(1).map_or(bits, u128::ilog2);
        let host_bits = aligned.min(fits);
        let host_mask = 1_u128.checked_shl(host_bits).map_or(u128::MAX, |size| size - 1);
        let end = first | host_mask;
        self.rest = (end < last).then(|| (end + 1, last));
        let length = u8::try_from(bits - host_bits).ok()?;
        IpNet::new(from_number_within(self.family, first), length).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOP: &str = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    fn range(first: &str, last: &str) -> IpRange {
        IpRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    fn cidrs(first: &str, last: &str) -> Vec<String> {
        range(first, last).cidrs().map(|net| net.to_string()).collect()
    }

    #[test]
    fn a_range_is_never_empty_nor_mixed() {
        let addr = |text: &str| text.parse().unwrap();
        assert_eq!(IpRange::new(addr("10.0.0.2"), addr("10.0.0.1")), None);
        assert_eq!(IpRange::new(addr("10.0.0.2"), addr("::1")), None);
        assert_eq!(IpRange::new(addr("::"), addr("10.0.0.2")), None);
    }

    #[test]
    fn cidrs_of_known_ranges() {
        for (first, last, expected) in [
            ("10.0.0.0", "10.0.0.255", &["10.0.0.0/24"][..]),
            ("10.0.0.1", "10.0.0.6", &["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]),
            ("10.0.0.9", "10.0.0.9", &["10.0.0.9/32"]),
            ("0.0.0.0", "255.255.255.255", &["0.0.0.0/0"]),
            ("255.255.255.254", "255.255.255.255", &["255.255.255.254/31"]),
            ("255.255.255.255", "255.255.255.255", &["255.255.255.255/32"]),
            ("0.0.0.0", "0.0.0.2", &["0.0.0.0/31", "0.0.0.2/32"]),
            ("::", TOP, &["::/0"]),
            ("::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &["::/1"]),
            (TOP, TOP, &["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"]),
        ] {
            assert_eq!(cidrs(first, last), expected, "{first}-{last}");
        }
    }

    #[test]
    fn the_longest_lists_are_short() {
        assert_eq!(cidrs("0.0.0.1", "255.255.255.254").len(), 62);
        assert_eq!(range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe").cidrs().count(), 254);
    }

    #[test]
    fn length_saturates_for_the_whole_of_ipv6_only() {
        assert_eq!(range("10.0.0.0", "10.0.0.255").len(), 256);
        assert_eq!(range("0.0.0.0", "255.255.255.255").len(), 1 << 32);
        assert_eq!(range("::1", TOP).len(), u128::MAX);
        assert_eq!(range("::", TOP).len(), u128::MAX);
    }

    #[test]
    fn interiors_of_cidrs() {
        for (first, last, expected) in [
            ("10.0.0.1", "10.0.0.254", Some("10.0.0.0/24")),
            ("10.0.0.1", "10.0.0.2", Some("10.0.0.0/30")),
            ("0.0.0.1", "255.255.255.254", Some("0.0.0.0/0")),
            ("2001:db8::1", "2001:db8::fffe", Some("2001:db8::/112")),
            ("::1", "::2", Some("::/126")),
            ("10.0.0.1", "10.0.0.1", None),
            ("10.0.0.0", "10.0.0.255", None),
            ("10.0.0.1", "10.0.0.253", None),
            ("0.0.0.0", "0.0.0.254", None),
            ("255.255.255.1", "255.255.255.255", None),
            ("::", TOP, None),
        ] {
            let interior = range(first, last).interior_of();
            assert_eq!(interior, expected.map(|net| net.parse().unwrap()), "{first}-{last}");
        }
    }

    #[test]
    fn families_never_overlap() {
        assert!(!range("0.0.0.0", "255.255.255.255").overlaps(&range("::", TOP)));
        assert!(!range("::", TOP).contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn prints_as_metallb_writes_it() {
        assert_eq!(range("10.0.0.1", "10.0.0.9").to_string(), "10.0.0.1-10.0.0.9");
        assert_eq!(range("::1", "::1").to_string(), "::1");
    }

    /// Numbers with long runs of equal bits, so that boundaries are hit often.
    fn any_number() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0_u32..128, any::<bool>(), 0_u128..3).prop_map(|(n, keep, ones, off)| {
            let mask = u128::MAX >> keep;
            let edge = if ones { n | mask } else { n & !mask };
            if ones { edge.wrapping_add(off) } else { edge.wrapping_sub(off) }
        })
    }

    fn any_range() -> impl Strategy<Value = IpRange> {
        (any::<bool>(), any_number(), any_number()).prop_map(|(v4, a, b)| {
            let family = if v4 { Family::V4 } else { Family::V6 };
            let (a, b) = (a & family.max_number(), b & family.max_number());
            IpRange::from_numbers(family, (a.min(b), a.max(b)))
        })
    }

    /// Whether the two networks are the halves of one.
    fn are_halves(a: IpNet, b: IpNet) -> bool {
        a.prefix_len() == b.prefix_len() && a.supernet().is_some() && a.supernet() == b.supernet()
    }

    proptest! {
        #[test]
        fn cidrs_are_the_range_ascending_and_minimal(range in any_range()) {
            let cidrs: Vec<IpNet> = range.cidrs().collect();
            prop_assert_eq!(cidrs.first().map(IpNet::network), Some(range.first()));
            prop_assert_eq!(cidrs.last().map(IpNet::broadcast), Some(range.last()));
            for pair in cidrs.windows(2) {
                prop_assert_eq!(successor(pair[0].broadcast()), Some(pair[1].network()));
                prop_assert!(!are_halves(pair[0], pair[1]));
            }
            for net in &cidrs {
                prop_assert_eq!(net.network(), net.addr());
            }
            prop_assert_eq!(range.as_cidr().is_some(), cidrs.len() == 1);
        }

        #[test]
        fn cidrs_agree_with_ipnet(range in any_range()) {
            let theirs: Vec<IpNet> = match (range.first(), range.last()) {
                (IpAddr::V4(a), IpAddr::V4(b)) => ipnet::Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect(),
                (IpAddr::V6(a), IpAddr::V6(b)) => ipnet::Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect(),
                _ => vec![],
            };
            prop_assert_eq!(range.cidrs().collect::<Vec<_>>(), theirs);
        }

        #[test]
        fn a_cidr_is_its_range(number in any_number(), length in 0_u8..=128) {
            let net = IpNet::new(from_number_within(Family::V6, number), length).unwrap().trunc();
            prop_assert_eq!(IpRange::from_cidr(net).as_cidr(), Some(net));
        }

        #[test]
        fn intersection_is_membership_in_both(a in any_range(), b in any_range(), n in any_number()) {
            for family in [Family::V4, Family::V6] {
                let addr = from_number_within(family, n & family.max_number());
                let both = a.intersection(&b).is_some_and(|both| both.contains(addr));
                prop_assert_eq!(both, a.contains(addr) && b.contains(addr));
            }
        }
    }
}
