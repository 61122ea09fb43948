//! Addresses and prefixes against Go's standard library: `testdata/go` holds what it
//! says.

use std::net::IpAddr;

use serde::Deserialize;

use super::{
    Family, IpRange, from_number, parse_addr, parse_addr_as_written, parse_cidr, parse_prefix,
    predecessor, successor, to_number,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Addr {
    text: String,
    parse_addr: Option<String>,
    #[serde(rename = "parseIP")]
    parse_ip: Option<String>,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    prev: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Prefix {
    text: String,
    parse_prefix: Option<String>,
    #[serde(rename = "parseCIDR")]
    parse_cidr: Option<String>,
    contains: Vec<String>,
    overlaps: Vec<String>,
    apart: Vec<String>,
}

fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn addrs() -> Vec<Addr> {
    rows(include_str!("../../testdata/go/addrs.jsonl"))
}

fn addr(text: &str) -> IpAddr {
    parse_addr_as_written(text).unwrap()
}

fn range(text: &str) -> IpRange {
    IpRange::from_cidr(parse_prefix(text).unwrap().net())
}

#[test]
fn addresses_are_read_as_netip_and_net_read_them() {
    let rows = addrs();
    for row in &rows {
        // Zones are refused here.
        let expected = row.parse_addr.as_deref().filter(|text| !text.contains('%')).map(addr);
        assert_eq!(parse_addr_as_written(&row.text).ok(), expected, "netip on {:?}", row.text);
        let expected = row.parse_ip.as_deref().map(addr);
        assert_eq!(parse_addr(&row.text).ok(), expected, "net on {:?}", row.text);
    }
    assert!(rows.len() > 200, "{}", rows.len());
}

#[test]
fn neighbours_are_those_of_netip() {
    let mut found = 0;
    for row in addrs() {
        let Ok(read) = parse_addr_as_written(&row.text) else { continue };
        assert_eq!(successor(read), row.next.as_deref().map(addr), "{}", row.text);
        assert_eq!(predecessor(read), row.prev.as_deref().map(addr), "{}", row.text);
        assert_eq!(from_number(Family::of(read), to_number(read)), Some(read));
        found += 1;
    }
    assert!(found > 60, "{found}");
}

#[test]
fn addresses_are_ordered_as_in_netip() {
    for (less, more) in rows::<(String, String)>(include_str!("../../testdata/go/order.jsonl")) {
        assert!(addr(&less) < addr(&more), "{less} {more}");
    }
}

#[test]
fn prefixes_are_read_as_netip_and_net_read_them() {
    let rows: Vec<Prefix> = rows(include_str!("../../testdata/go/prefixes.jsonl"));
    let net = |text: &str| text.parse::<ipnet::IpNet>().unwrap();
    for row in &rows {
        let read = parse_prefix(&row.text).ok().map(|cidr| cidr.net());
        assert_eq!(read, row.parse_prefix.as_deref().map(net), "netip on {:?}", row.text);
        let read = parse_cidr(&row.text).ok().map(|cidr| cidr.net());
        assert_eq!(read, row.parse_cidr.as_deref().map(net), "net on {:?}", row.text);
    }
    assert!(rows.len() > 400, "{}", rows.len());
}

#[test]
fn what_a_prefix_contains_and_overlaps_is_what_netip_says() {
    // Every eighth address that is valid was asked for.
    let valid: Vec<IpAddr> =
        addrs().iter().filter_map(|row| parse_addr_as_written(&row.text).ok()).collect();
    let asked: Vec<IpAddr> = valid.into_iter().step_by(8).collect();
    let mut prefixes = 0;
    for row in rows::<Prefix>(include_str!("../../testdata/go/prefixes.jsonl")) {
        let Some(text) = &row.parse_prefix else { continue };
        let one = range(text);
        let inside: Vec<IpAddr> = row.contains.iter().map(|text| addr(text)).collect();
        for asked in &asked {
            assert_eq!(one.contains(*asked), inside.contains(asked), "{asked} in {text}");
        }
        for other in &row.overlaps {
            assert!(one.overlaps(&range(other)), "{text} {other}");
        }
        for other in &row.apart {
            assert!(!one.overlaps(&range(other)), "{text} {other}");
        }
        assert_eq!(one.as_cidr().map(|net| net.to_string()).as_ref(), Some(text));
        prefixes += 1;
    }
    assert!(prefixes > 100, "{prefixes}");
}
