//! Which addresses are asked for, and each on which links.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::ask::AskArgs;
use super::super::context::{Context, LiveEngine};
use super::ProbeArgs;
use crate::diagnostic::Diagnostic;
use crate::ip::{Family, IpRange, IpSet, from_number, to_number};
use crate::live::expected::Expected;
use crate::live::identity::Identities;
use crate::live::link::{Interface, Link, Reception};
use crate::live::own::{self, Own};
use crate::live::wires::Wires;
use crate::live::{LiveError, Mac, codes};
use crate::manifest::closest;

/// More addresses than these take longer than anybody waits.
const MAX_ADDRESSES: u128 = 1 << 20;

/// The addresses, each with the numbers of the links that it is asked for on.
pub(super) type Asked = BTreeMap<IpAddr, Vec<usize>>;

/// What is asked, and what is expected.
pub(super) struct Question {
    pub(super) asked: Asked,
    /// Addresses that are on none of the links.
    pub(super) elsewhere: BTreeSet<IpAddr>,
    pub(super) expected: BTreeMap<IpAddr, Expected>,
    pub(super) known: Identities,
    pub(super) here: Option<String>,
    /// For those who merge what many hosts saw.
    pub(super) engine: LiveEngine,
    /// The names of the links, by number.
    pub(super) interfaces: Vec<String>,
    /// The numbers of their interfaces, by number of the link.
    pub(super) indices: Vec<u32>,
    /// The addresses that this host itself has.
    pub(super) own: BTreeSet<IpAddr>,
    /// Those of them that this host answers for on a link.
    pub(super) answered_here: BTreeMap<IpAddr, Own>,
    pub(super) own_macs: Vec<Mac>,
    /// The link-layer addresses of this host, Node or not.
    pub(super) host_macs: BTreeSet<Mac>,
}

impl Question {
    /// The numbers of the interfaces that an address is asked for on.
    pub(super) fn indices_of(&self, ip: IpAddr) -> Vec<u32> {
        let links = self.asked.get(&ip).into_iter().flatten();
        links.filter_map(|link| self.indices.get(*link).copied()).collect()
    }

    /// The interfaces that an address is asked for on; where on none, those of all.
    pub(super) fn interfaces_of(&self, ip: IpAddr) -> String {
        match self.asked.get(&ip) {
            Some(links) => {
                let names = links.iter().filter_map(|link| self.interfaces.get(*link));
                names.map(String::as_str).collect::<Vec<_>>().join(", ")
            }
            None => self.interfaces.join(", "),
        }
    }
}

/// What is asked, with its links opened.
pub(super) fn prepare(
    args: &ProbeArgs,
    context: &Context,
) -> Result<(Question, Wires), Box<Diagnostic>> {
    let decision = context.decides(args.ask.engine)?;
    let expected = context.expected(&decision);
    let ips = addresses(&args.ask, context, &expected)?;
    let interfaces = context.interfaces(&args.ask.interface, &ips)?;
    let known = context.identities(&args.identity)?;
    // Who names an address means it, whatever the subnets.
    let (asked, elsewhere) = assign(&ips, &interfaces, !args.ask.address.is_empty());
    if asked.is_empty() {
        return Err(nothing_here(&interfaces));
    }
    let links: Result<Vec<Link>, LiveError> =
        interfaces.into_iter().map(|one| Link::open(one, Reception::Ours)).collect();
    let links = links.map_err(|error| Box::new(error.diagnostic()))?;
    able(&links, &asked).map_err(|error| Box::new(error.diagnostic()))?;
    let answered_here = answered_here(&asked, &links, &context.interfaces);
    let addresses = context.interfaces.iter().flat_map(|one| &one.addresses);
    let question = Question {
        asked,
        elsewhere,
        expected,
        known,
        here: context.here.clone(),
        engine: args.ask.engine,
        interfaces: links.iter().map(|link| link.interface().name.clone()).collect(),
        indices: links.iter().map(|link| link.interface().index).collect(),
        own: addresses.map(ipnet::IpNet::addr).collect(),
        answered_here,
        host_macs: context.interfaces.iter().filter_map(|one| one.mac).collect(),
        own_macs: context.own_macs(links.iter().map(Link::interface)),
    };
    let wires = Wires::new(links).map_err(|error| Box::new(error.diagnostic()))?;
    Ok((question, wires))
}

/// What this host itself answers for, of what is asked.
fn answered_here(asked: &Asked, links: &[Link], all: &[Interface]) -> BTreeMap<IpAddr, Own> {
    let on = |number: &usize| links.get(*number).map(Link::interface);
    let here = asked.iter().filter_map(|(ip, numbers)| {
        let mut links = numbers.iter().filter_map(on);
        links.find_map(|link| own::answered(*ip, link, all)).map(|own| (*ip, own))
    });
    here.collect()
}

/// The addresses that are meant.
fn addresses(
    args: &AskArgs,
    context: &Context,
    expected: &BTreeMap<IpAddr, Expected>,
) -> Result<Vec<IpAddr>, Box<Diagnostic>> {
    let family = args.family.map(super::super::ask::FamilyName::family);
    let mut ips = if args.all || !args.pool.is_empty() {
        whole(&chosen(context.named_pools(), &args.pool)?, family)?
    } else if args.address.is_empty() {
        expected.keys().copied().collect()
    } else {
        args.address.clone()
    };
    ips.retain(|ip| family.is_none_or(|family| Family::of(*ip) == family));
    if ips.is_empty() {
        let message = match args.family {
            Some(family) => {
                format!("there is no address of the family {} to ask for", family.name())
            }
            None => "no Service in the input has an address".to_owned(),
        };
        return Err(Box::new(Diagnostic::error(codes::NO_ADDRESSES, message).help(
            "add the Services (kubectl get -A -o yaml services), or name --address, --pool or \
             --all",
        )));
    }
    Ok(ips)
}

/// The pools of these names; all where there is none.
fn chosen(
    pools: BTreeMap<String, IpSet>,
    names: &[String],
) -> Result<BTreeMap<String, IpSet>, Box<Diagnostic>> {
    if let Some(name) = names.iter().find(|name| !pools.contains_key(*name)) {
        let known: Vec<&str> = pools.keys().map(String::as_str).collect();
        let help = match closest(name, &known) {
            Some(close) => format!("did you mean {close}?"),
            None => format!("the pools are: {}", known.join(", ")),
        };
        let message = format!("there is no pool {name} in the input");
        return Err(Box::new(Diagnostic::error(codes::NO_ADDRESSES, message).help(help)));
    }
    let named = |name: &String| names.is_empty() || names.contains(name);
    Ok(pools.into_iter().filter(|(name, _)| named(name)).collect())
}

/// Every address of these pools, where that is not too many.
fn whole(
    pools: &BTreeMap<String, IpSet>,
    family: Option<Family>,
) -> Result<Vec<IpAddr>, Box<Diagnostic>> {
    let fits = |range: &IpRange| family.is_none_or(|family| range.family() == family);
    let of_family = |set: &IpSet| -> IpSet { set.ranges().filter(|range| fits(range)).collect() };
    let sets: Vec<(&str, IpSet)> =
        pools.iter().map(|(name, set)| (name.as_str(), of_family(set))).collect();
    let all: IpSet = sets.iter().flat_map(|(_, set)| set.ranges()).collect();
    if all.len() > MAX_ADDRESSES {
        return Err(too_many(&sets, all.len()));
    }
    let of_range = |range: IpRange| {
        let (first, last) = (to_number(range.first()), to_number(range.last()));
        (first..=last).filter_map(move |number| from_number(range.family(), number))
    };
    Ok(all.ranges().flat_map(of_range).collect())
}

fn too_many(sets: &[(&str, IpSet)], all: u128) -> Box<Diagnostic> {
    let large: Vec<String> = sets
        .iter()
        .filter(|(_, set)| set.len() > MAX_ADDRESSES)
        .map(|(name, set)| format!("the pool {name} has {} addresses", set.len()))
        .collect();
    let names: Vec<&str> = sets.iter().map(|(name, _)| *name).collect();
    let message = match large.is_empty() {
        true => format!("the pools {} have {all} addresses together", names.join(", ")),
        false => large.join(", "),
    };
    Box::new(Diagnostic::error(codes::NO_ADDRESSES, message).help(format!(
        "at most {MAX_ADDRESSES} are asked for: --pool NAME asks for the others, --family ipv4 \
         or ipv6 for one family, --address for single ones"
    )))
}

/// Each address on the links that have it in a subnet, and those that none has; all on
/// all, where they are `meant`.
fn assign(ips: &[IpAddr], interfaces: &[Interface], meant: bool) -> (Asked, BTreeSet<IpAddr>) {
    let (mut asked, mut elsewhere) = (Asked::new(), BTreeSet::new());
    for ip in ips {
        let all = interfaces.iter().enumerate();
        let links: Vec<usize> =
            all.filter(|(_, one)| one.reaches(*ip)).map(|(number, _)| number).collect();
        match (links.is_empty(), meant) {
            (false, _) => drop(asked.insert(*ip, links)),
            (true, true) => drop(asked.insert(*ip, (0..interfaces.len()).collect())),
            (true, false) => drop(elsewhere.insert(*ip)),
        }
    }
    (asked, elsewhere)
}

fn nothing_here(interfaces: &[Interface]) -> Box<Diagnostic> {
    let names: Vec<&str> = interfaces.iter().map(|one| one.name.as_str()).collect();
    let message = format!("none of the addresses is in a subnet of {}", names.join(", "));
    Box::new(
        Diagnostic::error(codes::NO_ADDRESSES, message)
            .help("--address asks for an address all the same"),
    )
}

/// Whether each link can ask for what is asked there.
fn able(links: &[Link], asked: &Asked) -> Result<(), LiveError> {
    for (number, link) in links.iter().enumerate() {
        let mut v6 = asked.iter().filter(|(ip, on)| ip.is_ipv6() && on.contains(&number));
        if link.sender().link_local.is_none() && v6.next().is_some() {
            return Err(LiveError::Unusable {
                name: link.interface().name.clone(),
                reason: "has no link-local address to ask for IPv6 addresses from",
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn interface(name: &str, addresses: &[&str]) -> Interface {
        Interface {
            name: name.to_owned(),
            index: 1,
            mac: None,
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            running: true,
            loopback: false,
        }
    }

    fn pools() -> BTreeMap<String, IpSet> {
        let set = |text: &str| IpSet::from(IpRange::from_cidr(text.parse().unwrap()));
        let all = [("lab", "192.0.2.0/30"), ("big", "2001:db8::/64"), ("wide", "10.0.0.0/12")];
        all.into_iter().map(|(name, text)| (name.to_owned(), set(text))).collect()
    }

    #[test]
    fn each_address_is_asked_for_on_the_links_that_have_it() {
        let on = [
            interface("eth0", &["192.0.2.10/24"]),
            interface("eth1", &["198.51.100.1/24", "192.0.2.11/24"]),
        ];
        let ips = ["192.0.2.5", "198.51.100.5", "203.0.113.5"].map(ip);
        let (asked, elsewhere) = assign(&ips, &on, false);
        assert_eq!(asked, [(ips[0], vec![0, 1]), (ips[1], vec![1])].into());
        assert_eq!(elsewhere, [ips[2]].into());
        let (asked, elsewhere) = assign(&ips, &on, true);
        assert_eq!((asked.get(&ips[2]), elsewhere.len()), (Some(&vec![0, 1]), 0));
    }

    #[test]
    fn pools_are_chosen_by_name_and_family() {
        let count = |names: &[&str], family| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            whole(&chosen(pools(), &names)?, family).map(|ips| ips.len())
        };
        assert_eq!(count(&["lab"], None).unwrap(), 4);
        assert_eq!(count(&["lab", "wide"], None).unwrap_err().code.id, "M2C706");
        assert_eq!(count(&["big"], Some(Family::V4)).unwrap(), 0);
        let error = count(&[], None).unwrap_err();
        assert_eq!(error.message, "the pool big has 18446744073709551616 addresses");
        assert!(error.help.unwrap().contains("--pool NAME"));
        let error = count(&[], Some(Family::V4)).unwrap_err();
        assert_eq!(error.message, "the pools big, lab, wide have 1048580 addresses together");
        let error = count(&["labb"], None).unwrap_err();
        assert_eq!(error.help.as_deref(), Some("did you mean lab?"));
    }
}
