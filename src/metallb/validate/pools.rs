//! IPAddressPools: addresses, names, allocation, overlaps.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};

use super::lists::{self, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::ip::{self, IpRange};
use crate::manifest::{self, Resource};
use crate::metallb::api::{self, IpAddressPoolSpec};
use crate::metallb::{AddressEntry, Addresses, Pool, ServiceAllocation, codes};

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
    let path = format!("spec.addresses[{index}]");
    let holds = if manifest::has_placeholder(text) { unfilled(text) } else { addresses(text) };
    match holds {
        Ok(holds) => Some(AddressEntry { text: text.to_owned(), holds }),
        Err(Refusal { code, message, help }) => {
            let is_unfilled = code == codes::UNFILLED_ADDRESSES;
            let label = if is_unfilled { "must be known" } else { "refused by MetalLB" };
            found.push(subject.error(code, &path, &message, label).help(help));
            None
        }
    }
}

struct Refusal {
    code: &'static Code,
    message: String,
    help: String,
}

/// Reads an entry as MetalLB does (`config.ParseCIDR`).
fn addresses(text: &str) -> Result<Addresses, Refusal> {
    match text.split_once('-') {
        None => cidr(text),
        Some((first, last)) => range(text, end("first", first)?, end("last", last)?),
    }
}

fn cidr(text: &str) -> Result<Addresses, Refusal> {
    match ip::parse_cidr(text) {
        Ok(cidr) => Ok(Addresses::Cidr {
            range: IpRange::from_cidr(cidr.net()),
            host_bits: cidr.has_host_bits(),
        }),
        Err(error) => Err(Refusal {
            code: codes::BAD_ADDRESSES,
            message: format!("`{text}` is not a CIDR: {error}"),
            help: if ip::parse_addr(text).is_ok() {
                let length = if text.contains(':') { 128 } else { 32 };
                format!("a single address is written `{text}/{length}`")
            } else {
                "write a CIDR (10.0.0.0/24) or a range (10.0.0.1-10.0.0.9)".to_owned()
            },
        }),
    }
}

fn end(which: &str, text: &str) -> Result<IpAddr, Refusal> {
    ip::parse_addr(text.trim()).map_err(|error| Refusal {
        code: codes::BAD_ADDRESSES,
        message: format!("the {which} address of the range, `{}`, is none: {error}", text.trim()),
        help: "a range is two addresses with a dash between: 10.0.0.1-10.0.0.9".to_owned(),
    })
}

fn range(text: &str, first: IpAddr, last: IpAddr) -> Result<Addresses, Refusal> {
    // MetalLB compares both ends as 16 bytes, an IPv4 one as ::ffff:a.b.c.d, so
    // a range from one family to the other can be reversed too.
    if as_v6(first) > as_v6(last) {
        return Err(Refusal {
            code: codes::REVERSED_RANGE,
            message: format!("the range `{text}` ends before it starts"),
            help: if first.is_ipv4() == last.is_ipv4() {
                format!("did you mean `{last}-{first}`?")
            } else {
                "both ends of a range must be of one family".to_owned()
            },
        });
    }
    Ok(IpRange::new(first, last).map_or(Addresses::Nothing, Addresses::Range))
}

/// An entry with a placeholder can be carried over where its form is known.
fn unfilled(text: &str) -> Result<Addresses, Refusal> {
    if let Some((first, last)) = text.split_once('-') {
        return Ok(Addresses::UnfilledRange(first.trim().to_owned(), last.trim().to_owned()));
    }
    if text.contains('/') {
        return Ok(Addresses::UnfilledCidr(text.to_owned()));
    }
    let sets = manifest::placeholder_names(text).map(|name| format!("--set {name}=VALUE"));
    let sets: Vec<String> = sets.collect();
    Err(Refusal {
        code: codes::UNFILLED_ADDRESSES,
        message: format!(
            "`{text}` is a placeholder: whether it stands for a CIDR or a range is not known"
        ),
        help: format!("fill it in with {} or --env-file FILE", sets.join(" ")),
    })
}

fn as_v6(addr: IpAddr) -> Ipv6Addr {
    match addr {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
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
        entries.filter_map(move |(entry, e)| e.range().map(|range| (range, (pool, entry))))
    });
    for overlap in ip::overlaps(ranges) {
        let (a, b) = (overlap.lower.1, overlap.upper.1);
        let ((pool_a, entry_a), (pool_b, entry_b)) = (a.min(b), a.max(b));
        let (pool_a, pool_b) = (&pools[pool_a], &pools[pool_b]);
        let text = |pool: &Pool, entry: usize| pool.addresses[entry].text.clone();
        let place =
            |pool: &Pool, entry: usize| pool.origin.span(&format!("spec.addresses[{entry}]"));
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
