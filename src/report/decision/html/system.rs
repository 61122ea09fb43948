//! A decision as a system: its Services, and who answers for them or is told of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::super::super::html::system::{Answer, Group, Sent, Service, System, Ways, route};
use crate::ip::Family;
use crate::simulate::decision::{BgpRoute, Decision, L2Announcement, Outcome};

const ABOUT: &str = "Services that are served alike are one box. Choose a box to follow it.";

/// What becomes of a Service.
const SERVED: &str = "served";
const UNSERVED: &str = "no address";
const CHANCE: &str = "by chance";

const HEADS: [&str; 6] = ["Service", "Addresses", "Pool", "L2 leader", "Reason", "Result"];
/// What stands where there is nothing to say.
const NOTHING: &str = "–";

/// The Services of all outcomes.
pub(super) fn system(decision: &Decision) -> System<'_> {
    let outcomes: Vec<Indexed<'_>> = decision.outcomes.iter().map(Indexed::new).collect();
    let names: BTreeSet<&str> = decision
        .outcomes
        .iter()
        .flat_map(|outcome| outcome.services.keys().map(String::as_str))
        .collect();
    let mut alike: BTreeMap<Ways<'_>, Vec<usize>> = BTreeMap::new();
    let mut services = Vec::with_capacity(names.len());
    for name in names {
        let all: BTreeSet<Ways<'_>> = outcomes.iter().map(|outcome| outcome.ways(name)).collect();
        let mut ways = Ways::default();
        for way in all {
            ways.merge(way);
        }
        alike.entry(ways).or_default().push(services.len());
        let cells = cells(name, &outcomes).map(Into::into).to_vec();
        services.push(Service { cells, group: 0, findings: vec![] });
    }
    let heads = without_empty(&mut services);
    let mut alike: Vec<_> = alike.into_iter().collect();
    alike.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let mut groups = Vec::with_capacity(alike.len());
    for (ways, members) in alike {
        for member in &members {
            if let Some(service) = services.get_mut(*member) {
                service.group = groups.len();
            }
        }
        groups.push(Group { sides: vec![ways], services: members, differs: false });
    }
    System {
        titles: vec![match decision.engine {
            crate::simulate::decision::Engine::Metallb => "MetalLB",
            crate::simulate::decision::Engine::Cilium => "Cilium",
        }],
        groups,
        filters: vec![(heads.len().saturating_sub(1), vec![SERVED, UNSERVED, CHANCE])],
        heads,
        services,
        about: ABOUT,
        sessions: BTreeSet::new(),
    }
}

/// The heads of the columns; those in which nothing stands are taken out.
fn without_empty(services: &mut [Service<'_>]) -> Vec<&'static str> {
    let said = |column: usize| {
        services.iter().any(|one| one.cells.get(column).is_some_and(|cell| cell != NOTHING))
    };
    let kept: Vec<bool> = (0..HEADS.len()).map(said).collect();
    for service in services {
        let mut kept = kept.iter();
        service.cells.retain(|_| kept.next() == Some(&true));
    }
    HEADS.into_iter().zip(kept).filter_map(|(head, kept)| kept.then_some(head)).collect()
}

/// An outcome in which what belongs to a Service is found at once.
struct Indexed<'d> {
    outcome: &'d Outcome,
    l2: HashMap<&'d str, Vec<&'d L2Announcement>>,
    routes: HashMap<IpNet, Vec<&'d BgpRoute>>,
    lengths: BTreeSet<u8>,
}

impl<'d> Indexed<'d> {
    fn new(outcome: &'d Outcome) -> Self {
        let mut l2: HashMap<_, Vec<_>> = HashMap::new();
        for entry in &outcome.l2 {
            l2.entry(entry.service.as_str()).or_default().push(entry);
        }
        let (mut routes, mut lengths): (HashMap<_, Vec<_>>, _) = (HashMap::new(), BTreeSet::new());
        for route in &outcome.bgp {
            if let Ok(prefix) = route.prefix.parse::<IpNet>() {
                routes.entry(prefix).or_default().push(route);
                lengths.insert(prefix.prefix_len());
            }
        }
        Self { outcome, l2, routes, lengths }
    }

    fn ips(&self, service: &str) -> &'d [IpAddr] {
        self.outcome.services.get(service).map_or(&[], |given| given.ips.as_slice())
    }

    /// How a Service is served. A route belongs to every Service with an address in it.
    fn ways(&self, service: &str) -> Ways<'d> {
        let given = self.outcome.services.get(service);
        let pool = given.and_then(|given| given.pool.as_deref());
        let mut ways = Ways {
            count: 1,
            pools: pool.into_iter().flat_map(|pool| pool.split(',')).collect(),
            ..Ways::default()
        };
        for entry in self.l2.get(service).into_iter().flatten() {
            ways.answers.extend(entry.candidates.iter().map(|node| Answer {
                node,
                family: Family::of(entry.ip),
                interfaces: entry.interfaces.get(node).map_or(String::new(), |all| all.join(" ")),
            }));
        }
        for ip in self.ips(service) {
            for length in &self.lengths {
                let Ok(prefix) = IpNet::new(*ip, *length).map(|prefix| prefix.trunc()) else {
                    continue;
                };
                let sent = self.routes.get(&prefix).into_iter().flatten();
                ways.routes.extend(sent.map(|sent| Sent {
                    node: &sent.node,
                    peer: &sent.peer,
                    what: route(Family::of(*ip), *length, sent.local_pref, &sent.communities),
                }));
            }
        }
        ways
    }
}

/// What stands below each head, over all outcomes.
fn cells(service: &str, outcomes: &[Indexed<'_>]) -> [String; 6] {
    let given = || outcomes.iter().filter_map(|one| one.outcome.services.get(service));
    let leaders = outcomes.iter().map(|one| {
        let entries = one.l2.get(service).into_iter().flatten();
        let leaders: BTreeSet<&str> = entries.filter_map(|entry| entry.leader.as_deref()).collect();
        leaders.into_iter().collect::<Vec<_>>().join(" ")
    });
    let addresses = possible(outcomes.iter().map(|one| {
        let ips = one.ips(service).iter().map(ToString::to_string);
        ips.collect::<Vec<_>>().join(" ")
    }));
    let pool = possible(given().map(|one| one.pool.clone().unwrap_or_default()));
    let reason = possible(given().map(|one| one.reason.clone().unwrap_or_default()));
    let certain = outcomes.windows(2).all(|two| match two {
        [one, other] => one.ips(service) == other.ips(service),
        _ => true,
    });
    let result = match (certain, outcomes.first().is_none_or(|one| one.ips(service).is_empty())) {
        (false, _) => CHANCE,
        (true, true) => UNSERVED,
        (true, false) => SERVED,
    };
    [service.to_owned(), addresses, pool, possible(leaders), reason, result.to_owned()]
}

/// Every value that there may be; nothing where there is none.
fn possible(values: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let values: BTreeSet<String> = values.collect();
    if values.iter().all(String::is_empty) {
        return NOTHING.to_owned();
    }
    let named = values.iter().map(|one| if one.is_empty() { "none" } else { one });
    let mut shown: Vec<&str> = named.take(SHOWN).collect();
    let more = format!("{} more", values.len().saturating_sub(SHOWN));
    if values.len() > SHOWN {
        shown.push(&more);
    }
    shown.join(" or ")
}
