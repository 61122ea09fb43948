//! Sets of addresses against another implementation of prefix sets.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};
use iprange::IpRange as Prefixes;
use metallb2cilium::ip::{IpRange, IpSet};
use proptest::prelude::*;

/// CIDRs that meet often: in one /16, of every length from /16 on.
fn any_nets() -> impl Strategy<Value = Vec<Ipv4Net>> {
    let net = (any::<u16>(), 16u8..=32).prop_map(|(low, length)| {
        Ipv4Net::new(Ipv4Addr::from(0x0a00_0000 | u32::from(low)), length).unwrap().trunc()
    });
    proptest::collection::vec(net, 0..12)
}

fn set(nets: &[Ipv4Net]) -> IpSet {
    nets.iter().map(|net| IpRange::from_cidr(IpNet::V4(*net))).collect()
}

fn prefixes(nets: &[Ipv4Net]) -> Prefixes<Ipv4Net> {
    let mut prefixes: Prefixes<Ipv4Net> = nets.iter().copied().collect();
    prefixes.simplify();
    prefixes
}

/// The fewest CIDRs of a set, sorted.
fn cidrs_of_set(set: &IpSet) -> Vec<Ipv4Net> {
    let nets = set.cidrs().map(|net| match net {
        IpNet::V4(net) => net,
        IpNet::V6(net) => panic!("{net} is IPv6"),
    });
    nets.collect()
}

fn cidrs_of_prefixes(prefixes: &Prefixes<Ipv4Net>) -> Vec<Ipv4Net> {
    let mut prefixes = prefixes.clone();
    prefixes.simplify();
    let mut nets: Vec<Ipv4Net> = prefixes.iter().collect();
    nets.sort();
    nets
}

proptest! {
    #[test]
    fn set_operations_agree_with_prefix_sets(a in any_nets(), b in any_nets()) {
        let (set_a, set_b) = (set(&a), set(&b));
        let (of_a, of_b) = (prefixes(&a), prefixes(&b));
        let cases = [
            (set_a.clone(), of_a.clone()),
            (set_a.union(&set_b), of_a.merge(&of_b)),
            (set_a.intersection(&set_b), of_a.intersect(&of_b)),
            (set_a.difference(&set_b), of_a.exclude(&of_b)),
        ];
        for (ours, theirs) in cases {
            prop_assert_eq!(cidrs_of_set(&ours), cidrs_of_prefixes(&theirs));
        }
    }

    #[test]
    fn membership_agrees_with_prefix_sets(nets in any_nets(), low in any::<u16>()) {
        let addr = Ipv4Addr::from(0x0a00_0000 | u32::from(low));
        prop_assert_eq!(set(&nets).contains(addr.into()), prefixes(&nets).contains(&addr));
    }
}
