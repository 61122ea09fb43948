//! IPAddressPools: addresses, names, allocation, overlaps.

use std::collections::{BTreeSet, HashMap};

use super::lists::{self, Subject};
use crate::diagnostic::Diagnostic;
use crate::ip::{self, IpRange};
use crate::manifest::Resource;
use crate::metallb::api::{self, IpAddressPoolSpec};
use crate::metallb::{AddressEntry, Pool, ServiceAllocation, codes};

const KIND: &str = "IPAddressPool";

pub(super) fn pools(
    resources: &[Resource<IpAddressPoolSpec>],
    found: &mut Vec<Diagnostic>,
) -> Vec<Pool> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, resource) in resources.iter().enumerate() {
        if let Some(first) = by_name.insert(&resource.meta.name, index) {
            found.push(duplicate(&resources[first], resource));
        }
    }
    resources.iter().map(|resource| pool(resource, found)).collect()
}

fn duplicate(
    first: &Resource<IpAddressPoolSpec>,
    second: &Resource<IpAddressPoolSpec>,
) -> Diagnostic {
    Subject::of(KIND, second)
        .error(
            codes::DUPLICATE_POOL,
            "metadata.name",
            format_args!("there is another pool of the name `{}`", second.meta.name),
            "defined again here",
        )
        .label(first.origin.span("metadata.name"), "first defined here")
        .help("pool names are unique over all namespaces: rename one, or take one out")
}

fn pool(resource: &Resource<IpAddressPoolSpec>, found: &mut Vec<Diagnostic>) -> Pool {
    let subject = Subject::of(KIND, resource);
    let spec = &resource.spec;
    if spec.addresses.is_empty() {
        found.push(
            subject
                .error(
                    codes::EMPTY_POOL,
                    "spec.addresses",
                    "the pool has no addresses",
                    "spec.addresses is empty or missing",
                )
                .help("add at least one CIDR or range to spec.addresses"),
        );
    }
    let entries = spec.addresses.iter().enumerate();
    Pool {
        meta: resource.meta.clone(),
        addresses: entries.filter_map(|(i, text)| entry(&subject, i, text, found)).collect(),
        auto_assign: spec.auto_assign.unwrap_or(true),
        avoid_buggy_ips: spec.avoid_buggy_ips.unwrap_or(false),
        allocation: spec
            .service_allocation
            .as_ref()
            .map(|allocation| service_allocation(&subject, allocation, found)),
        origin: resource.origin.clone(),
    }
}

fn entry(
    subject: &Subject<'_>,
    index: usize,
    text: &str,
    found: &mut Vec<Diagnostic>,
) -> Option<AddressEntry> {
    let refuse = |code, message: String, help: String| {
        subject
            .error(code, &format!("spec.addresses[{index}]"), message.clone(), message)
            .help(help)
    };
    let Some((first, last)) = text.split_once('-') else {
        return match ip::parse_cidr(text) {
            Ok(cidr) => Some(AddressEntry {
                text: text.to_owned(),
                range: Some(IpRange::from_cidr(cidr.network)),
                is_cidr: true,
            }),
            Err(error) => {
                let help = if ip::parse_addr(text).is_ok() {
                    let length = if text.contains(':') { 128 } else { 32 };
                    format!("a single address is written `{text}/{length}`")
                } else {
                    "write a CIDR (10.0.0.0/24) or a range (10.0.0.1-10.0.0.9)".to_owned()
                };
                found.push(refuse(
                    codes::BAD_ADDRESSES,
                    format!("`{text}` is no CIDR: {error}"),
                    help,
                ));
                None
            }
        };
    };
    let mut end = |which: &str, text: &str| match ip::parse_addr(text.trim()) {
        Ok(addr) => Some(addr),
        Err(error) => {
            found.push(refuse(
                codes::BAD_ADDRESSES,
                format!("the {which} address `{}` of the range is none: {error}", text.trim()),
                "a range is two addresses with a dash between: 10.0.0.1-10.0.0.9".to_owned(),
            ));
            None
        }
    };
    let (first, last) = (end("first", first), end("last", last));
    let (first, last) = (first?, last?);
    if first.is_ipv4() == last.is_ipv4() && first > last {
        found.push(refuse(
            codes::REVERSED_RANGE,
            format!("the range `{text}` ends before it starts"),
            format!("did you mean `{last}-{first}`?"),
        ));
        return None;
    }
    // MetalLB compares the two as 16 bytes, IPv4 as ::ffff:a.b.c.d: from IPv6
    // to IPv4 is reversed or not by that order, and holds nothing either way.
    if first.is_ipv4() != last.is_ipv4() && as_v6(first) > as_v6(last) {
        found.push(refuse(
            codes::REVERSED_RANGE,
            format!("the range `{text}` goes from one family to the other, and backwards"),
            "both ends of a range must be of one family".to_owned(),
        ));
        return None;
    }
    Some(AddressEntry {
        text: text.to_owned(),
        range: IpRange::new(first, last),
        is_cidr: false,
    })
}

fn as_v6(addr: std::net::IpAddr) -> std::net::Ipv6Addr {
    match addr {
        std::net::IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        std::net::IpAddr::V6(v6) => v6,
    }
}

fn service_allocation(
    subject: &Subject<'_>,
    allocation: &api::ServiceAllocation,
    found: &mut Vec<Diagnostic>,
) -> ServiceAllocation {
    const PATH: &str = "spec.serviceAllocation";
    lists::no_duplicates(subject, &format!("{PATH}.namespaces"), &allocation.namespaces, found);
    lists::selectors(
        subject,
        &format!("{PATH}.namespaceSelectors"),
        &allocation.namespace_selectors,
        found,
    );
    lists::selectors(
        subject,
        &format!("{PATH}.serviceSelectors"),
        &allocation.service_selectors,
        found,
    );
    ServiceAllocation {
        priority: allocation.priority,
        namespaces: allocation.namespaces.iter().cloned().collect::<BTreeSet<_>>(),
        namespace_selectors: allocation.namespace_selectors.clone(),
        service_selectors: allocation.service_selectors.clone(),
    }
}

/// Refuses addresses that two entries hold, of one pool or of two.
pub(super) fn overlaps(pools: &[Pool], found: &mut Vec<Diagnostic>) {
    let ranges = pools.iter().enumerate().flat_map(|(pool, p)| {
        let entries = p.addresses.iter().enumerate();
        entries.filter_map(move |(entry, e)| e.range.map(|range| (range, (pool, entry))))
    });
    for (a, b) in ip::overlapping_pairs(ranges) {
        let ((pool_a, entry_a), (pool_b, entry_b)) = if a.1 <= b.1 { (a.1, b.1) } else { (b.1, a.1) };
        let (pool_a, pool_b) = (&pools[pool_a], &pools[pool_b]);
        let text = |pool: &Pool, entry: usize| pool.addresses[entry].text.clone();
        let place = |pool: &Pool, entry: usize| pool.origin.span(&format!("spec.addresses[{entry}]"));
        let (text_a, text_b) = (text(pool_a, entry_a), text(pool_b, entry_b));
        let message = if pool_a.name() == pool_b.name() {
            format!("pool {}: `{text_b}` overlaps with `{text_a}`", pool_a.name())
        } else {
            format!(
                "`{text_b}` of pool {} overlaps with `{text_a}` of pool {}",
                pool_b.name(),
                pool_a.name()
            )
        };
        found.push(
            Diagnostic::error(codes::OVERLAP, message)
                .object(pool_b.meta.reference(KIND))
                .label(place(pool_b, entry_b), "overlaps")
                .label(place(pool_a, entry_a), "with this")
                .help("give each address to one pool only"),
        );
    }
}
