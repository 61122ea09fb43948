//! Prefixes on the wire (RFC 4271, section 4.3): a length in bits, then as many
//! octets as that takes.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::ip::Family;

/// Unicast (RFC 4760, section 6).
pub(super) const UNICAST: u8 = 1;

/// The number of the family (IANA's address family numbers).
pub(super) fn afi(family: Family) -> u16 {
    match family {
        Family::V4 => 1,
        Family::V6 => 2,
    }
}

/// The family of unicast routes that these numbers mean.
pub(super) fn family_of(afi: u16, safi: u8) -> Option<Family> {
    match (afi, safi) {
        (1, UNICAST) => Some(Family::V4),
        (2, UNICAST) => Some(Family::V6),
        _ => None,
    }
}

/// So many octets it takes.
pub(super) fn size(prefix: &IpNet) -> usize {
    1 + usize::from(prefix.prefix_len()).div_ceil(8)
}

/// Appends it.
pub(super) fn write(prefix: &IpNet, out: &mut Vec<u8>) {
    let octets = size(prefix) - 1;
    out.push(prefix.prefix_len());
    match prefix {
        IpNet::V4(net) => out.extend(net.network().octets().iter().take(octets)),
        IpNet::V6(net) => out.extend(net.network().octets().iter().take(octets)),
    }
}

/// All of them; `None` where one is too long for its family, or for what is left
/// (RFC 7606, section 5.3). Bits behind its length do not count.
pub(super) fn read(family: Family, mut bytes: &[u8]) -> Option<Vec<IpNet>> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let octets = usize::from(*length).div_ceil(8);
        found.push(prefix(family, *length, rest.get(..octets)?)?);
        bytes = rest.get(octets..)?;
    }
    Some(found)
}

fn prefix(family: Family, length: u8, octets: &[u8]) -> Option<IpNet> {
    fn padded<const N: usize>(octets: &[u8]) -> Option<[u8; N]> {
        let mut all = [0; N];
        all.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(all)
    }
    Some(match family {
        Family::V4 => {
            let address = Ipv4Addr::from(padded::<4>(octets)?);
            IpNet::V4(Ipv4Net::new(address, length).ok()?.trunc())
        }
        Family::V6 => {
            let address = Ipv6Addr::from(padded::<16>(octets)?);
            IpNet::V6(Ipv6Net::new(address, length).ok()?.trunc())
        }
    })
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any prefix of the family.
    pub(in crate::live::bgp) fn any_prefix(family: Family) -> BoxedStrategy<IpNet> {
        match family {
            Family::V4 => (any::<u32>(), 0u8..=32)
                .prop_map(|(bits, length)| {
                    IpNet::V4(Ipv4Net::new(bits.into(), length).unwrap().trunc())
                })
                .boxed(),
            Family::V6 => (any::<u128>(), 0u8..=128)
                .prop_map(|(bits, length)| {
                    IpNet::V6(Ipv6Net::new(bits.into(), length).unwrap().trunc())
                })
                .boxed(),
        }
    }

    #[test]
    fn prefixes_that_cannot_be_are_none() {
        for (family, bytes) in [
            (Family::V4, &[33, 1, 2, 3, 4, 5][..]),
            (Family::V4, &[24, 192, 0]),
            (Family::V4, &[32]),
            (Family::V4, &[0, 24]),
            (Family::V6, &[129; 18]),
            (Family::V6, &[64, 1]),
        ] {
            assert_eq!(read(family, bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn bits_behind_the_length_do_not_count() {
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        assert_eq!(read(Family::V4, &[20, 192, 0, 0xff]), Some(vec![net("192.0.240.0/20")]));
        assert_eq!(
            read(Family::V4, &[0, 32, 1, 2, 3, 4]).unwrap(),
            [net("0.0.0.0/0"), net("1.2.3.4/32")]
        );
        assert_eq!(read(Family::V6, &[]), Some(vec![]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            v4 in prop::collection::vec(any_prefix(Family::V4), 0..20),
            v6 in prop::collection::vec(any_prefix(Family::V6), 0..20),
        ) {
            for (family, all) in [(Family::V4, v4), (Family::V6, v6)] {
                let mut bytes = Vec::new();
                all.iter().for_each(|one| write(one, &mut bytes));
                prop_assert_eq!(bytes.len(), all.iter().map(size).sum::<usize>());
                prop_assert_eq!(read(family, &bytes), Some(all));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = (read(Family::V4, &bytes), read(Family::V6, &bytes));
        }
    }
}
