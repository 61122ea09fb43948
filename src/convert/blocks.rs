//! Ranges of addresses as blocks of a CiliumLoadBalancerIPPool: never one
//! address more, never one less.

use std::net::IpAddr;

use super::BlockForm;
use crate::cilium::{AllowFirstLastIps, PoolBlock};
use crate::ip::{self, IpRange, IpSet};
use crate::metallb::{Addresses, Pool};

/// The blocks of one pool, and what they say of first and last addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blocks {
    pub(super) blocks: Vec<PoolBlock>,
    pub(super) first_last: AllowFirstLastIps,
}

/// The blocks of a pool. `others` holds the addresses of all other pools.
pub(super) fn of_pool(pool: &Pool, form: BlockForm, others: &IpSet) -> Blocks {
    let reserve = form == BlockForm::Compact && can_reserve(pool, others);
    let mut blocks = Vec::new();
    for entry in &pool.addresses {
        match &entry.holds {
            Addresses::Nothing => {}
            Addresses::UnfilledCidr(text) => blocks.push(cidr_block(text.clone())),
            Addresses::UnfilledRange(first, last) => blocks.push(PoolBlock {
                start: Some(first.clone()),
                stop: Some(last.clone()),
                ..PoolBlock::default()
            }),
            Addresses::Cidr { range, .. } | Addresses::Range(range) => {
                for piece in pieces(pool, *range) {
                    blocks.extend(range_blocks(piece, form, reserve));
                }
            }
        }
    }
    let first_last = if reserve { AllowFirstLastIps::No } else { AllowFirstLastIps::Yes };
    Blocks { blocks, first_last }
}

/// A range without the addresses that `avoidBuggyIPs` leaves out.
fn pieces(pool: &Pool, range: IpRange) -> Box<dyn Iterator<Item = IpRange>> {
    if pool.avoid_buggy_ips {
        Box::new(ip::without_buggy(range))
    } else {
        Box::new(std::iter::once(range))
    }
}

/// How many pieces the pool's ranges fall into, counted no further than `most`:
/// `avoidBuggyIPs` makes sixteen million of the whole of IPv4.
pub(super) fn pieces_up_to(pool: &Pool, most: usize) -> usize {
    pool.ranges().flat_map(|range| pieces(pool, range)).take(most).count()
}

fn range_blocks(range: IpRange, form: BlockForm, reserve: bool) -> Vec<PoolBlock> {
    let whole = range.as_cidr();
    match form {
        BlockForm::Range => vec![range_block(range)],
        BlockForm::Auto => {
            vec![whole.map_or_else(|| range_block(range), |c| cidr_block(c.to_string()))]
        }
        BlockForm::Compact if reserve => match range.interior_of() {
            Some(cidr) => vec![cidr_block(cidr.to_string())],
            // Blocks by start and stop keep their first and last address.
            None => vec![range_block(range)],
        },
        BlockForm::Cidr | BlockForm::Compact => {
            range.cidrs().map(|cidr| cidr_block(cidr.to_string())).collect()
        }
    }
}

fn cidr_block(cidr: String) -> PoolBlock {
    PoolBlock { cidr: Some(cidr), ..PoolBlock::default() }
}

fn range_block(range: IpRange) -> PoolBlock {
    PoolBlock {
        start: Some(range.first().to_string()),
        stop: Some(range.last().to_string()),
        ..PoolBlock::default()
    }
}

/// Whether some range of the pool is the interior of a CIDR whose first and
/// last address belong to nobody else: a reserved address is still part of the
/// block, and blocks of two pools must not overlap.
fn can_reserve(pool: &Pool, others: &IpSet) -> bool {
    let pieces = || pool.ranges().flat_map(|range| pieces(pool, range));
    let own: IpSet = pieces().collect();
    let mut any = false;
    for piece in pieces() {
        if let Some(cidr) = piece.interior_of() {
            let ends: [IpAddr; 2] = [cidr.network(), cidr.broadcast()];
            if ends.iter().any(|end| others.contains(*end) || own.contains(*end)) {
                return false;
            }
            any = true;
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metallb::AddressEntry;

    const FORMS: [BlockForm; 4] =
        [BlockForm::Auto, BlockForm::Range, BlockForm::Cidr, BlockForm::Compact];

    fn pool(ranges: &[(&str, &str)], avoid_buggy_ips: bool) -> Pool {
        let entries = ranges.iter().map(|(first, last)| AddressEntry {
            text: format!("{first}-{last}"),
            holds: Addresses::Range(
                IpRange::new(first.parse().unwrap(), last.parse().unwrap()).unwrap(),
            ),
        });
        Pool {
            meta: Default::default(),
            addresses: entries.collect(),
            auto_assign: true,
            avoid_buggy_ips,
            allocation: None,
            origin: Default::default(),
        }
    }

    /// The addresses that Cilium would give out of the blocks.
    fn given_out(blocks: &Blocks) -> IpSet {
        let ranges = blocks.blocks.iter().map(|block| match (&block.cidr, &block.start) {
            (Some(cidr), _) => {
                let net = ip::parse_prefix(cidr).unwrap().net();
                let range = IpRange::from_cidr(net);
                let small = net.max_prefix_len() - net.prefix_len() < 2;
                if blocks.first_last == AllowFirstLastIps::No && !small {
                    let first = ip::successor(range.first()).unwrap();
                    IpRange::new(first, ip::predecessor(range.last()).unwrap()).unwrap()
                } else {
                    range
                }
            }
            (None, Some(start)) => {
                let stop = block.stop.as_ref().unwrap();
                IpRange::new(start.parse().unwrap(), stop.parse().unwrap()).unwrap()
            }
            (None, None) => panic!("a block holds something"),
        });
        ranges.collect()
    }

    #[test]
    fn the_fourteen_addresses_of_a_docker_network_are_fourteen_in_every_form() {
        let pool = pool(&[("172.18.255.193", "172.18.255.206")], false);
        let expected: IpSet = pool.ranges().collect();
        assert_eq!(expected.len(), 14);
        for form in FORMS {
            let blocks = of_pool(&pool, form, &IpSet::new());
            assert_eq!(given_out(&blocks), expected, "{form:?}");
        }
        let compact = of_pool(&pool, BlockForm::Compact, &IpSet::new());
        assert_eq!(compact.blocks, [cidr_block("172.18.255.192/28".to_owned())]);
        assert_eq!(compact.first_last, AllowFirstLastIps::No);
    }

    #[test]
    fn an_interior_is_not_widened_over_a_neighbour() {
        let pool = pool(&[("10.0.0.1", "10.0.0.14")], false);
        let neighbour: IpSet =
            [IpRange::new("10.0.0.15".parse().unwrap(), "10.0.0.15".parse().unwrap()).unwrap()]
                .into_iter()
                .collect();
        let blocks = of_pool(&pool, BlockForm::Compact, &neighbour);
        assert_eq!(blocks.first_last, AllowFirstLastIps::Yes);
        assert_eq!(given_out(&blocks), pool.ranges().collect());
    }

    #[test]
    fn addresses_that_confuse_old_firmware_are_left_out() {
        let pool = pool(&[("10.0.0.0", "10.0.1.255")], true);
        for form in FORMS {
            let given = given_out(&of_pool(&pool, form, &IpSet::new()));
            assert_eq!(given.len(), 508, "{form:?}");
            assert!(!given.ranges().any(|range| ip::is_buggy(range.first())), "{form:?}");
        }
    }

    #[test]
    fn what_is_not_filled_in_stays_as_it_stands() {
        let holds = [
            Addresses::UnfilledCidr("${NET}/24".to_owned()),
            Addresses::UnfilledRange("${FIRST}".to_owned(), "${LAST}".to_owned()),
        ];
        let entries = holds.map(|holds| AddressEntry { text: String::new(), holds });
        let pool = Pool { addresses: entries.into(), ..pool(&[], false) };
        for form in FORMS {
            let blocks = of_pool(&pool, form, &IpSet::new()).blocks;
            let texts = blocks.iter().map(|one| [&one.cidr, &one.start, &one.stop]);
            let texts: Vec<_> = texts.map(|one| one.map(|text| text.as_deref())).collect();
            let expected =
                [[Some("${NET}/24"), None, None], [None, Some("${FIRST}"), Some("${LAST}")]];
            assert_eq!(texts, expected, "{form:?}");
        }
    }

    proptest! {
        #[test]
        fn every_form_holds_exactly_the_same_addresses(
            first in 0u32..2000, len in 0u32..2000, avoid in any::<bool>(), form in 0usize..4,
        ) {
            let start = 0x0a00_0000 + first;
            let text = |n: u32| std::net::Ipv4Addr::from(n).to_string();
            let pool = pool(&[(&text(start), &text(start + len))], avoid);
            let expected: IpSet = pool.ranges().flat_map(|range| pieces(&pool, range)).collect();
            let blocks = of_pool(&pool, FORMS[form], &IpSet::new());
            prop_assert_eq!(given_out(&blocks), expected);
        }
    }
}
