//! What the annotations of a place ask of MetalLB, in Cilium's words.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::find::{Around, Site};
use super::layout::{Entry, Layout, Pair, Written};
use super::names::{
    ADDRESSES, IPS, POOL, PREFIXES, SHARING, SHARING_KEY, SHARING_NAMESPACES, annotation,
};
use super::written::quote_of;
use crate::convert::{Conversion, POOL_LABEL, pool_label};
use crate::ip::{self, IpRange};
use crate::manifest::{Node, Value};
use crate::metallb::Config;

/// What is known of the pools.
#[derive(Debug, Clone, Default)]
pub struct Pools {
    names: BTreeSet<String>,
    ranges: Vec<PoolRange>,
}

/// Addresses of a pool.
#[derive(Debug, Clone)]
struct PoolRange {
    range: IpRange,
    label: String,
    /// Whether nobody gets them without the label.
    by_label: bool,
}

/// A pool as the Services see it that ask for its addresses.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// The value of its label.
    pub(super) label: String,
    /// Whether nobody gets its addresses without the label.
    pub(super) by_label: bool,
}

impl Pools {
    /// The pools of a configuration and how they were converted.
    pub fn new(config: &Config, conversion: &Conversion) -> Self {
        let selectors =
            conversion.pools.iter().filter_map(|pool| pool.resource.spec.service_selector.as_ref());
        let labels: BTreeSet<&String> =
            selectors.filter_map(|selector| selector.match_labels.get(POOL_LABEL)).collect();
        let ranges = config.pools.iter().flat_map(|pool| {
            let label = pool_label(pool.name());
            let by_label = labels.contains(&label);
            pool.ranges().map(move |range| PoolRange { range, label: label.clone(), by_label })
        });
        Self {
            names: config.pools.iter().map(|pool| pool.name().to_owned()).collect(),
            ranges: ranges.collect(),
        }
    }

    /// Whether a pool of that name is known to be missing.
    fn lacks(&self, name: &str) -> bool {
        !self.names.is_empty() && !self.names.contains(name) && !is_open(name)
    }

    /// The pool of these addresses, as far as they are known.
    pub(super) fn home(&self, addresses: &str) -> Option<Home> {
        let addresses: Option<Vec<IpAddr>> =
            addresses.split(',').map(|text| ip::parse_addr(text.trim()).ok()).collect();
        let first = *addresses?.first()?;
        let found = self.ranges.iter().find(|one| one.range.contains(first))?;
        Some(Home { label: found.label.clone(), by_label: found.by_label })
    }
}

/// For each sharing key, where the Services live that have it.
#[derive(Debug, Clone, Default)]
pub(super) struct Sharing(BTreeMap<String, BTreeSet<String>>);

impl Sharing {
    /// Takes a place into account.
    pub(super) fn add(&mut self, file: &str, site: &Site) {
        if let Some(key) = chosen(&site.map, SHARING).and_then(|(_, value)| value.as_str()) {
            self.0.entry(key.to_owned()).or_default().extend(homes(file, &site.around));
        }
    }

    /// Whether Services of one namespace may be all that there are.
    fn stays_in_one_namespace(&self, key: &str) -> bool {
        self.0.get(key).is_none_or(|homes| homes.len() <= 1)
    }
}

/// The namespaces; where none is known, the document: what it makes lives together.
fn homes(file: &str, around: &Around) -> BTreeSet<String> {
    match &around.object {
        Some(object) if !object.namespaces.is_empty() => object.namespaces.clone(),
        _ => BTreeSet::from([format!("{file}#{}", around.document)]),
    }
}

/// The value of MetalLB's annotation: the newer prefix wins, even if empty.
fn chosen<'n>(map: &'n Node, name: &str) -> Option<(&'n str, &'n Node)> {
    let Value::Map(entries) = &map.value else { return None };
    PREFIXES.iter().find_map(|prefix| {
        let mut matching = entries
            .iter()
            .filter(|(key, ..)| key.strip_prefix(prefix).is_some_and(|rest| rest == name));
        matching.next().map(|(key, _, value)| (key.as_str(), value))
    })
}

/// An annotation of Cilium's to be set.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    /// The place of MetalLB's annotation in the layout.
    pub(super) from: usize,
    /// The annotation and its older name.
    pub(super) names: [&'static str; 2],
    /// What it says.
    pub(super) text: String,
    pub(super) pair: Pair,
}

/// The pool's label, and the place of the annotation that names the pool.
#[derive(Debug, Clone)]
pub(super) struct LabelWish {
    pub(super) from: Option<usize>,
    pub(super) value: String,
    quote: Option<char>,
    /// Whether it is sure: where addresses are asked for as well, their pool goes
    /// before the one that is named, and may not be known.
    pub(super) is_sure: bool,
}

impl LabelWish {
    /// A label that no annotation names.
    pub(super) fn of_address(value: String) -> Self {
        Self { from: None, value, quote: None, is_sure: true }
    }

    pub(super) fn pair(&self) -> Pair {
        Pair {
            key: POOL_LABEL.to_owned(),
            value: Written::Text { text: self.value.clone(), quote: self.quote },
        }
    }
}

/// Why an annotation stays as it is.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) from: usize,
    pub(super) why: String,
    /// Whether it is translated all the same.
    pub(super) translated: bool,
}

/// All that a place asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    pub(super) annotations: Vec<Wish>,
    pub(super) label: Option<LabelWish>,
    home: Option<Home>,
    pub(super) refused: Vec<Refused>,
}

/// Reads the annotations of a place.
pub(super) fn wishes(site: &Site, layout: &Layout<'_>, pools: &Pools, sharing: &Sharing) -> Wishes {
    let mut wishes = Wishes::default();
    addresses(site, layout, pools, &mut wishes);
    if let Some((from, entry, key)) = text_of(site, layout, SHARING, &mut wishes) {
        wishes.annotations.push(wish(layout, entry, from, SHARING_KEY, key));
        if !sharing.stays_in_one_namespace(key) {
            let pair = Pair {
                key: SHARING_NAMESPACES[0].to_owned(),
                value: Written::Text { text: "*".to_owned(), quote: None },
            };
            let text = "*".to_owned();
            wishes.annotations.push(Wish { from, names: SHARING_NAMESPACES, text, pair });
        }
    }
    if let Some((from, entry, name)) = text_of(site, layout, POOL, &mut wishes) {
        if pools.lacks(name) {
            let why = format!("there is no pool {name}: MetalLB gives no address");
            wishes.refused.push(Refused { from, why, translated: true });
        }
        let named = if is_open(name) { name.to_owned() } else { pool_label(name) };
        // An address that is asked for goes before the pool.
        let value = wishes.home.as_ref().map_or(named, |home| home.label.clone());
        let quote = quote_of(layout.written(entry));
        let is_sure =
            wishes.home.is_some() || wishes.annotations.iter().all(|one| one.names != IPS);
        wishes.label = Some(LabelWish { from: Some(from), value, quote, is_sure });
    } else if let Some(home) = wishes.home.as_ref().filter(|home| home.by_label) {
        wishes.label = Some(LabelWish::of_address(home.label.clone()));
    }
    wishes
}

fn addresses(site: &Site, layout: &Layout<'_>, pools: &Pools, wishes: &mut Wishes) {
    let Some((from, entry, text)) = text_of(site, layout, ADDRESSES, wishes) else { return };
    let list: Vec<&str> = text.split(',').map(str::trim).collect();
    let of_service = site.around.object.as_ref();
    let asks_twice = of_service.is_some_and(|object| object.load_balancer_ip.is_some());
    let why = if asks_twice {
        Some("the Service asks by spec.loadBalancerIP, too: MetalLB gives nothing".to_owned())
    } else {
        let bad = list.iter().find(|one| !is_open(one) && ip::parse_addr(one).is_err());
        bad.map(|bad| format!("`{bad}` is no address: MetalLB gives nothing"))
    };
    if let Some(why) = why {
        wishes.refused.push(Refused { from, why, translated: false });
        return;
    }
    let normal = list.join(",");
    wishes.home = pools.home(&normal);
    wishes.annotations.push(wish(layout, entry, from, IPS, &normal));
}

fn wish(
    layout: &Layout<'_>,
    entry: &Entry<'_>,
    from: usize,
    names: [&'static str; 2],
    text: &str,
) -> Wish {
    let raw = layout.written(entry);
    let is_scalar = !raw.contains('\n') && !raw.starts_with(['|', '>']);
    let value = if is_scalar && entry.value.as_str() == Some(text) {
        Written::Raw(raw.to_owned())
    } else {
        Written::Text { text: text.to_owned(), quote: quote_of(raw) }
    };
    let pair = Pair { key: names[0].to_owned(), value };
    Wish { from, names, text: text.to_owned(), pair }
}

/// An annotation of MetalLB's with its text; what is no text is refused by the API
/// server, and an empty one asks for nothing.
fn text_of<'l>(
    site: &'l Site,
    layout: &'l Layout<'_>,
    name: &str,
    wishes: &mut Wishes,
) -> Option<(usize, &'l Entry<'l>, &'l str)> {
    let (key, _) = chosen(&site.map, name)?;
    let from = layout.entries.iter().position(|entry| entry.key == key)?;
    let entry = &layout.entries[from];
    match &entry.value.value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some((from, entry, text)),
        Value::Null => None,
        _ => {
            let why = "its value is no text: no API server takes it".to_owned();
            wishes.refused.push(Refused { from, why, translated: false });
            None
        }
    }
}

/// Whether a text is still to be filled in by another tool.
pub(super) fn is_open(text: &str) -> bool {
    text.contains('$') || text.contains("{{") || text.contains("<<")
}

/// The places of MetalLB's annotations in a layout.
pub(super) fn old_entries(layout: &Layout<'_>) -> Vec<usize> {
    let entries = layout.entries.iter().enumerate();
    entries.filter(|(_, entry)| annotation(entry.key).is_some()).map(|(at, _)| at).collect()
}
