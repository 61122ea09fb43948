//! Addresses, prefixes, ranges and sets of them: what is read is printed and read the
//! same, and the algebra holds.

#![no_main]

use std::net::IpAddr;

use arbitrary::{Arbitrary, Unstructured};
use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use metallb2cilium::ip::{
    Family, IpRange, IpSet, from_number, is_buggy, overlaps, parse_addr, parse_addr_as_written,
    parse_cidr, parse_prefix, predecessor, successor, to_number, without_buggy,
};

fuzz_target!(|bytes: &[u8]| {
    if let Some((b'"', text)) = bytes.split_first() {
        if let Ok(text) = std::str::from_utf8(text) {
            texts(text);
        }
    } else {
        // What is left of the input when it is used up does not matter.
        let _ = sets(&mut Unstructured::new(bytes));
    }
});

fn texts(text: &str) {
    // The standard library agrees with Go on what an address is.
    let ours = parse_addr_as_written(text);
    assert_eq!(ours.clone().ok(), text.parse::<IpAddr>().ok(), "{text:?}");
    assert_eq!(parse_addr(text), ours.map(|addr| addr.to_canonical()), "{text:?}");
    if let Ok(prefix) = parse_prefix(text) {
        // The strict reader takes less, and means the same.
        let cidr = parse_cidr(text).expect("what is a prefix to netip is a CIDR to net");
        assert_eq!(text.parse::<IpNet>().map(|net| net.trunc()), Ok(prefix.net()), "{text:?}");
        if !matches!(prefix.addr(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()) {
            assert_eq!(cidr, prefix, "{text:?}");
        }
        let printed = prefix.net().to_string();
        assert_eq!(parse_prefix(&printed).map(|one| one.net()), Ok(prefix.net()));
    }
    if let Ok(cidr) = parse_cidr(text) {
        assert_eq!(cidr.net(), cidr.net().trunc());
        assert!(cidr.net().contains(&cidr.addr()) || is_mapped(cidr.net()), "{text:?}");
        range(IpRange::from_cidr(cidr.net()));
        assert_eq!(IpRange::from_cidr(cidr.net()).as_cidr(), Some(cidr.net()));
    }
    if let Some((first, last)) = text.split_once('-')
        && let (Ok(first), Ok(last)) = (parse_addr(first), parse_addr(last))
        && let Some(read) = IpRange::new(first, last)
    {
        range(read);
    }
}

fn is_mapped(net: IpNet) -> bool {
    matches!(net.network(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

/// What holds for one range.
fn range(range: IpRange) {
    let cidrs: Vec<IpNet> = range.cidrs().collect();
    assert!(cidrs.len() <= 2 * usize::from(range.family().bits()));
    assert_eq!(cidrs.first().map(IpNet::network), Some(range.first()));
    assert_eq!(cidrs.last().map(IpNet::broadcast), Some(range.last()));
    for pair in cidrs.windows(2) {
        assert_eq!(successor(pair[0].broadcast()), Some(pair[1].network()));
        assert_eq!(predecessor(pair[1].network()), Some(pair[0].broadcast()));
        // No two are the halves of one: there is no shorter list.
        let halves = pair[0].prefix_len() == pair[1].prefix_len()
            && pair[0].supernet().is_some()
            && pair[0].supernet() == pair[1].supernet();
        assert!(!halves, "{pair:?}");
    }
    let theirs: Vec<IpNet> = match (range.first(), range.last()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => ipnet::Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect(),
        (IpAddr::V6(a), IpAddr::V6(b)) => ipnet::Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect(),
        _ => panic!("{range} is of two families"),
    };
    assert_eq!(cidrs, theirs);
    let back: IpSet = cidrs.iter().map(|net| IpRange::from_cidr(*net)).collect();
    assert_eq!(back.ranges().collect::<Vec<_>>(), [range]);
    assert_eq!(back.len(), range.len());
    let printed = range.to_string();
    let (first, last) = printed.split_once('-').unwrap_or((&printed, &printed));
    let ends = (parse_addr_as_written(first), parse_addr_as_written(last));
    assert_eq!(ends, (Ok(range.first()), Ok(range.last())));
    if let Some(net) = range.interior_of() {
        let inside = IpRange::new(
            successor(net.network()).expect("it has more than two addresses"),
            predecessor(net.broadcast()).expect("it has more than two addresses"),
        );
        assert_eq!(inside, Some(range));
    }
    let mut last = None;
    for piece in without_buggy(range).take(100) {
        assert!(range.contains(piece.first()) && range.contains(piece.last()));
        assert!(!is_buggy(piece.first()) && !is_buggy(piece.last()));
        assert!(last < Some(piece.first()), "{piece}");
        last = Some(piece.last());
    }
}

/// Few numbers near to one another, and near to the ends of a family.
fn any_addr(input: &mut Unstructured<'_>) -> arbitrary::Result<IpAddr> {
    let family = if bool::arbitrary(input)? { Family::V4 } else { Family::V6 };
    let offset = u128::from(u16::arbitrary(input)?);
    let number = match input.int_in_range(0..=3)? {
        0 => offset,
        1 => family.max_number() - offset,
        2 => (u128::arbitrary(input)? & family.max_number()) ^ offset,
        _ => (1 << 31) + offset,
    };
    let addr = from_number(family, number).expect("it is within the family");
    assert_eq!((Family::of(addr), to_number(addr)), (family, number));
    Ok(addr)
}

fn any_ranges(input: &mut Unstructured<'_>) -> arbitrary::Result<Vec<IpRange>> {
    let mut ranges = Vec::new();
    for _ in 0..input.int_in_range(0..=6)? {
        let (a, b) = (any_addr(input)?, any_addr(input)?);
        let made = IpRange::new(a.min(b), a.max(b));
        assert_eq!(made.is_some(), a.is_ipv4() == b.is_ipv4());
        ranges.extend(made);
    }
    Ok(ranges)
}

/// Sets against membership, at every place where it can change.
fn sets(input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let (left, right) = (any_ranges(input)?, any_ranges(input)?);
    for one in &left {
        range(*one);
    }
    let a: IpSet = left.iter().copied().collect();
    let mut b = IpSet::new();
    right.iter().for_each(|range| b.insert(*range));
    assert_eq!(b, right.iter().copied().collect());
    let (union, both, only) = (a.union(&b), a.intersection(&b), a.difference(&b));
    assert_eq!(only.union(&both), a);
    assert!(only.is_disjoint(&both) && both.is_subset(&a) && a.is_subset(&union));
    assert_eq!(a.is_disjoint(&b), both.is_empty());
    assert_eq!(a.is_subset(&b), only.is_empty());
    let ends = left.iter().chain(&right).flat_map(|range| [range.first(), range.last()]);
    let near = ends.flat_map(|addr| [Some(addr), predecessor(addr), successor(addr)]);
    for addr in near.flatten() {
        let (in_a, in_b) = (
            left.iter().any(|range| range.contains(addr)),
            right.iter().any(|range| range.contains(addr)),
        );
        assert_eq!((a.contains(addr), b.contains(addr)), (in_a, in_b), "{addr}");
        assert_eq!(union.contains(addr), in_a || in_b, "{addr}");
        assert_eq!(both.contains(addr), in_a && in_b, "{addr}");
        assert_eq!(only.contains(addr), in_a && !in_b, "{addr}");
    }
    let cidrs: IpSet = union.cidrs().map(IpRange::from_cidr).collect();
    assert_eq!(cidrs, union);
    let found = overlaps(left.iter().copied().enumerate().map(|(index, range)| (range, index)));
    let overlap = |one: usize, two: usize| left[one].overlaps(&left[two]);
    let any = (0..left.len()).any(|one| (0..one).any(|two| overlap(one, two)));
    assert_eq!(!found.is_empty(), any);
    for one in found {
        assert_eq!(left[one.lower.1].intersection(&left[one.upper.1]), Some(one.shared));
    }
    Ok(())
}
