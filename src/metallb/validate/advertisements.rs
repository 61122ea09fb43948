//! L2Advertisements and BGPAdvertisements, each by itself.

use std::collections::{BTreeSet, HashMap};

use super::lists::{self, Subject};
use crate::diagnostic::Diagnostic;
use crate::ip::{Family, IpRange};
use crate::manifest::{self, Resource};
use crate::metallb::api::{BgpAdvertisementSpec, L2AdvertisementSpec};
use crate::metallb::community::{Community, CommunityError};
use crate::metallb::resources::Resources;
use crate::metallb::{
    AddressEntry, BgpAdvertisement, Config, L2Advertisement, PoolSelection, PreferredNodes, codes,
};

pub(super) fn l2(
    resources: &[Resource<L2AdvertisementSpec>],
    found: &mut Vec<Diagnostic>,
) -> Vec<L2Advertisement> {
    resources.iter().map(|resource| l2_advertisement(resource, found)).collect()
}

fn l2_advertisement(
    resource: &Resource<L2AdvertisementSpec>,
    found: &mut Vec<Diagnostic>,
) -> L2Advertisement {
    let subject = Subject::of("L2Advertisement", resource);
    let spec = &resource.spec;
    lists::no_duplicates(&subject, "spec.ipAddressPools", &spec.ip_address_pools, found);
    let lists = [
        ("spec.ipAddressPoolSelectors", &spec.ip_address_pool_selectors),
        ("spec.nodeSelectors", &spec.node_selectors),
        ("spec.serviceSelectors", &spec.service_selectors),
    ];
    for (path, selectors) in lists {
        lists::selectors(&subject, path, selectors, found);
    }
    for (index, preferred) in spec.preferred_node_selectors.iter().enumerate() {
        let path = format!("spec.preferredNodeSelectors[{index}]");
        lists::one_selector(&subject, &format!("{path}.preference"), &preferred.preference, found);
        if !(1..=100).contains(&preferred.weight) {
            found.push(subject.error(
                codes::OUT_OF_BOUNDS,
                &format!("{path}.weight"),
                format_args!("{path}.weight is {}, it must be 1 to 100", preferred.weight),
                "must be 1 to 100",
            ));
        }
    }
    L2Advertisement {
        meta: resource.meta.clone(),
        pools: PoolSelection {
            names: spec.ip_address_pools.clone(),
            selectors: spec.ip_address_pool_selectors.clone(),
        },
        service_selectors: spec.service_selectors.clone(),
        node_selectors: spec.node_selectors.clone(),
        preferred_nodes: spec
            .preferred_node_selectors
            .iter()
            .map(|preferred| PreferredNodes {
                weight: preferred.weight,
                selector: preferred.preference.clone(),
            })
            .collect(),
        interfaces: spec.interfaces.clone(),
        origin: resource.origin.clone(),
    }
}

pub(super) fn bgp(resources: &Resources, found: &mut Vec<Diagnostic>) -> Vec<BgpAdvertisement> {
    let aliases = aliases(resources, found);
    let advertisements = &resources.bgp_advertisements;
    let mut by_name: HashMap<_, Vec<&Resource<BgpAdvertisementSpec>>> = HashMap::new();
    for resource in advertisements {
        let same_name = by_name.entry((&resource.meta.namespace, &resource.meta.name)).or_default();
        let equal = |first: &&&Resource<BgpAdvertisementSpec>| {
            first.meta == resource.meta && first.spec == resource.spec
        };
        if let Some(first) = same_name.iter().find(equal) {
            found.push(
                Subject::of("BGPAdvertisement", resource)
                    .error(
                        codes::DUPLICATE_ADVERTISEMENT,
                        "metadata.name",
                        "the same advertisement stands in the input twice",
                        "here again",
                    )
                    .label(first.origin.span("metadata.name"), "first here")
                    .help("take one of the two out"),
            );
        }
        same_name.push(resource);
    }
    advertisements.iter().map(|resource| bgp_advertisement(resource, &aliases, found)).collect()
}

/// Community aliases by name.
fn aliases(resources: &Resources, found: &mut Vec<Diagnostic>) -> HashMap<String, Community> {
    let mut aliases = HashMap::new();
    for resource in &resources.communities {
        let subject = Subject::of("Community", resource);
        for (index, alias) in resource.spec.communities.iter().enumerate() {
            let path = format!("spec.communities[{index}]");
            match alias.value.parse() {
                Err(_) => {
                    found.push(bad_community(&subject, &format!("{path}.value"), &alias.value))
                }
                Ok(value) => {
                    if aliases.insert(alias.name.clone(), value).is_some() {
                        found.push(subject.error(
                            codes::DUPLICATE_ALIAS,
                            &format!("{path}.name"),
                            format_args!("the alias `{}` is defined twice", alias.name),
                            "defined again here",
                        ));
                    }
                }
            }
        }
    }
    aliases
}

fn bad_community(subject: &Subject<'_>, path: &str, text: &str) -> Diagnostic {
    subject
        .error(
            codes::BAD_COMMUNITY,
            path,
            format_args!("`{text}` is no BGP community"),
            "not a community",
        )
        .help("write a:b with numbers up to 65535, or large:a:b:c")
}

fn bgp_advertisement(
    resource: &Resource<BgpAdvertisementSpec>,
    aliases: &HashMap<String, Community>,
    found: &mut Vec<Diagnostic>,
) -> BgpAdvertisement {
    let subject = Subject::of("BGPAdvertisement", resource);
    let spec = &resource.spec;
    let names = [
        ("spec.ipAddressPools", &spec.ip_address_pools),
        ("spec.communities", &spec.communities),
        ("spec.peers", &spec.peers),
    ];
    for (path, entries) in names {
        lists::no_duplicates(&subject, path, entries, found);
    }
    let selectors = [
        ("spec.ipAddressPoolSelectors", &spec.ip_address_pool_selectors),
        ("spec.nodeSelectors", &spec.node_selectors),
        ("spec.serviceSelectors", &spec.service_selectors),
    ];
    for (path, selectors) in selectors {
        lists::selectors(&subject, path, selectors, found);
    }
    BgpAdvertisement {
        meta: resource.meta.clone(),
        pools: PoolSelection {
            names: spec.ip_address_pools.clone(),
            selectors: spec.ip_address_pool_selectors.clone(),
        },
        service_selectors: spec.service_selectors.clone(),
        node_selectors: spec.node_selectors.clone(),
        peers: spec.peers.clone(),
        aggregation_length: aggregation(&subject, spec, Family::V4, found),
        aggregation_length_v6: aggregation(&subject, spec, Family::V6, found),
        local_pref: Some(spec.local_pref).filter(|value| *value != 0),
        communities: communities(&subject, spec, aliases, found),
        origin: resource.origin.clone(),
    }
}

/// What to write where no alias is meant.
fn unknown_community(text: &str) -> String {
    let value = match text {
        "no-export" => "65535:65281",
        "no-advertise" => "65535:65282",
        "no-export-subconfed" => "65535:65283",
        _ if text.split(':').count() == 3 => return format!("write `large:{text}`"),
        _ => {
            return "add the Community resource that defines it (bgp-communities in the old \
                    ConfigMap), or write the value"
                .to_owned();
        }
    };
    format!("MetalLB has no names of its own: write `{value}`")
}

fn communities(
    subject: &Subject<'_>,
    spec: &BgpAdvertisementSpec,
    aliases: &HashMap<String, Community>,
    found: &mut Vec<Diagnostic>,
) -> BTreeSet<Community> {
    let mut communities = BTreeSet::new();
    for (index, text) in spec.communities.iter().enumerate() {
        let path = format!("spec.communities[{index}]");
        match aliases.get(text).copied().map_or_else(|| text.parse(), Ok) {
            Ok(community) => {
                communities.insert(community);
            }
            Err(CommunityError::Value) => found.push(bad_community(subject, &path, text)),
            Err(CommunityError::Format) => {
                let known: Vec<&str> = aliases.keys().map(String::as_str).collect();
                let help = match manifest::closest(text, &known) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => unknown_community(text),
                };
                found.push(
                    subject
                        .error(
                            codes::UNKNOWN_COMMUNITY,
                            &path,
                            format_args!("`{text}` is neither a community nor a known alias"),
                            "not defined",
                        )
                        .help(help),
                );
            }
        }
    }
    communities
}

fn aggregation(
    subject: &Subject<'_>,
    spec: &BgpAdvertisementSpec,
    family: Family,
    found: &mut Vec<Diagnostic>,
) -> u8 {
    // The CRD has a minimum for IPv4 only.
    let (field, value, least, full) = match family {
        Family::V4 => ("aggregationLength", spec.aggregation_length, 1, 32),
        Family::V6 => ("aggregationLengthV6", spec.aggregation_length_v6, 0, 128),
    };
    let Some(value) = value else { return full };
    let path = format!("spec.{field}");
    match u8::try_from(value) {
        Ok(length) if (least..=full).contains(&length) => {
            if length != full && !spec.service_selectors.is_empty() {
                found.push(
                    subject
                        .error(
                            codes::BAD_AGGREGATION,
                            &path,
                            format_args!("{field} and serviceSelectors exclude each other"),
                            "not together with serviceSelectors",
                        )
                        .label(subject.origin.span("spec.serviceSelectors"), "set here")
                        .help(format!("take one of them out, or set {field} to {full}")),
                );
            }
            length
        }
        _ => {
            found.push(subject.error(
                codes::BAD_AGGREGATION,
                &path,
                format_args!("{field} is {value}, it must be {least} to {full}"),
                format!("must be {least} to {full}"),
            ));
            full
        }
    }
}

/// Refuses aggregates that are wider than the pool: of a range, than its
/// largest CIDR.
pub(super) fn aggregations(config: &Config, found: &mut Vec<Diagnostic>) {
    if config
        .bgp_advertisements
        .iter()
        .all(|ad| ad.aggregation_length == 32 && ad.aggregation_length_v6 == 128)
    {
        return;
    }
    for advertisement in &config.bgp_advertisements {
        let pools = config.pools.iter().filter(|pool| advertisement.pools.selects(&pool.meta));
        for pool in pools {
            for (index, entry) in pool.addresses.iter().enumerate() {
                let Some(range) = entry.range() else { continue };
                let (field, length) = match range.family() {
                    Family::V4 => ("aggregationLength", advertisement.aggregation_length),
                    Family::V6 => ("aggregationLengthV6", advertisement.aggregation_length_v6),
                };
                let shortest = shortest_prefix(range);
                if length < shortest {
                    found.push(too_wide(advertisement, field, entry, shortest).label(
                        pool.origin.span(&format!("spec.addresses[{index}]")),
                        format!("of pool {}", pool.name()),
                    ));
                }
            }
        }
    }
}

fn too_wide(
    advertisement: &BgpAdvertisement,
    field: &str,
    entry: &AddressEntry,
    shortest: u8,
) -> Diagnostic {
    let name = &advertisement.meta.name;
    Diagnostic::error(
        codes::BAD_AGGREGATION,
        format!(
            "BGPAdvertisement {name}: {field} is wider than `{}`, whose largest part is a \
             /{shortest}",
            entry.text
        ),
    )
    .object(advertisement.meta.reference("BGPAdvertisement"))
    .label(advertisement.origin.span(&format!("spec.{field}")), "wider than the pool")
    .help(format!("set {field} to {shortest} or more, or name other pools"))
}

/// The prefix length of the largest CIDR in a range.
fn shortest_prefix(range: IpRange) -> u8 {
    range.cidrs().map(|cidr| cidr.prefix_len()).min().unwrap_or(0)
}
