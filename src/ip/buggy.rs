//! Addresses that some old customer equipment refuses
//! (`spec.avoidBuggyIPs` of an IPAddressPool).

use std::iter;
use std::net::IpAddr;

use super::{Family, IpRange};

/// Whether MetalLB leaves the address out under `avoidBuggyIPs`: an IPv4
/// address ending in .0 or .255, whatever the prefix.
pub fn is_buggy(addr: IpAddr) -> bool {
    match addr {
        IpAddr::V4(v4) => matches!(v4.octets(), [.., 0 | 255]),
        IpAddr::V6(_) => false,
    }
}

/// The range without its [buggy](is_buggy) addresses, in ascending order: one
/// piece for each 256 addresses of IPv4, IPv6 as it is.
pub fn without_buggy(range: IpRange) -> impl Iterator<Item = IpRange> {
    let (first, last) = range.numbers();
    let mut next = Some(first);
    iter::from_fn(move || {
        let start = next?;
        if range.family() == Family::V6 {
            next = None;
            return Some(range);
        }
        let start = match start & 0xff {
            0 => start + 1,
            0xff => start + 2,
            _ => start,
        };
        // The next piece begins at .1 of the next 256 addresses.
        next = Some((start | 0xff) + 2).filter(|start| *start <= last);
        let end = ((start | 0xff) - 1).min(last);
        (start <= end).then(|| IpRange::from_numbers(Family::V4, (start, end)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ip::{from_number, to_number};

    fn pieces(first: &str, last: &str) -> Vec<String> {
        let range = IpRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
        without_buggy(range).map(|piece| piece.to_string()).collect()
    }

    #[test]
    fn every_24_loses_its_ends() {
        for (first, last, expected) in [
            ("10.0.0.0", "10.0.0.255", &["10.0.0.1-10.0.0.254"][..]),
            ("10.0.0.0", "10.0.1.255", &["10.0.0.1-10.0.0.254", "10.0.1.1-10.0.1.254"]),
            ("10.0.0.250", "10.0.1.2", &["10.0.0.250-10.0.0.254", "10.0.1.1-10.0.1.2"]),
            ("10.0.0.10", "10.0.0.20", &["10.0.0.10-10.0.0.20"]),
            ("10.0.0.255", "10.0.1.0", &[]),
            ("10.0.0.255", "10.0.1.1", &["10.0.1.1"]),
            ("10.0.0.0", "10.0.0.0", &[]),
            ("10.0.0.255", "10.0.0.255", &[]),
            ("255.255.255.254", "255.255.255.255", &["255.255.255.254"]),
            ("255.255.255.255", "255.255.255.255", &[]),
            ("0.0.0.0", "0.0.0.1", &["0.0.0.1"]),
            ("2001:db8::", "2001:db8::ff", &["2001:db8::-2001:db8::ff"]),
        ] {
            assert_eq!(pieces(first, last), expected, "{first}-{last}");
        }
    }

    #[test]
    fn a_slash_8_has_a_piece_for_each_24() {
        let range = IpRange::from_cidr("10.0.0.0/8".parse().unwrap());
        assert_eq!(without_buggy(range).count(), 65_536);
        assert_eq!(without_buggy(range).map(|piece| piece.len()).sum::<u128>(), 65_536 * 254);
    }

    #[test]
    fn the_whole_of_ipv4_is_walked_lazily() {
        let range = IpRange::from_cidr("0.0.0.0/0".parse().unwrap());
        assert_eq!(without_buggy(range).take(2).last().unwrap().first().to_string(), "0.0.1.1");
    }

    proptest! {
        #[test]
        fn pieces_hold_just_the_other_addresses(start in 0_u128..1 << 32, length in 0_u128..1_000) {
            let last = (start + length).min(u128::from(u32::MAX));
            let range = IpRange::from_numbers(Family::V4, (start, last));
            let pieces: Vec<u128> = without_buggy(range)
                .flat_map(|piece| to_number(piece.first())..=to_number(piece.last()))
                .collect();
            let expected: Vec<u128> = (start..=last)
                .filter(|n| !is_buggy(from_number(Family::V4, *n).unwrap()))
                .collect();
            prop_assert_eq!(pieces, expected);
        }
    }
}
