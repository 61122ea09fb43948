//! The routes that go to a peer, and how far they have gone. UPDATEs are made when
//! there is room for them, so that signs of life do not wait behind all routes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ipnet::IpNet;

use super::pack::{Attributes, Template, end_of_rib, withdraw};
use super::routes::{Route, Shared};
use crate::ip::Family;

/// The routes of a family, those with the same attributes side by side.
#[derive(Debug)]
struct Lane {
    family: Family,
    prefixes: Vec<IpNet>,
    /// Up to which prefix each attributes reach.
    groups: Vec<(usize, Template)>,
    /// How many prefixes the peer was told of.
    told: usize,
    /// How many of them were taken back.
    taken_back: usize,
    /// How often the family went as a whole.
    rounds: u64,
}

/// What is to be sent of a lane, from which prefix on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Announce { lane: usize, at: usize },
    Withdraw { lane: usize, at: usize },
}

/// The routes on their way.
#[derive(Debug)]
pub struct Outbox {
    attributes: Attributes,
    lanes: Vec<Lane>,
    jobs: VecDeque<Job>,
}

impl Outbox {
    /// All routes of these families, to be announced. Those that have no next hop, or
    /// attributes that fill a message, are left out.
    pub fn new(routes: &[Route], families: &BTreeSet<Family>, attributes: Attributes) -> Self {
        let mut grouped: BTreeMap<(Family, &Shared), Vec<IpNet>> = BTreeMap::new();
        for route in routes.iter().filter(|route| families.contains(&route.family())) {
            grouped.entry((route.family(), &route.shared)).or_default().push(route.prefix);
        }
        let mut lanes: Vec<Lane> = families
            .iter()
            .map(|family| Lane {
                family: *family,
                prefixes: vec![],
                groups: vec![],
                told: 0,
                taken_back: 0,
                rounds: 0,
            })
            .collect();
        for ((family, shared), prefixes) in grouped {
            let lane = lanes.iter_mut().find(|lane| lane.family == family);
            if let (Some(lane), Some(template)) = (lane, Template::new(family, shared, &attributes))
            {
                lane.prefixes.extend(prefixes);
                lane.groups.push((lane.prefixes.len(), template));
            }
        }
        let jobs = (0..lanes.len()).map(|lane| Job::Announce { lane, at: 0 }).collect();
        Self { attributes, lanes, jobs }
    }

    /// Whether there is nothing to be sent.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The peer wants the routes of a family again (RFC 2918). What has not begun yet
    /// is not begun twice.
    pub fn again(&mut self, family: Family) {
        let Some(lane) = self.lanes.iter().position(|lane| lane.family == family) else { return };
        let job = Job::Announce { lane, at: 0 };
        if !self.jobs.contains(&job) {
            self.jobs.push_back(job);
        }
    }

    /// Takes back what the peer was told of, and tells nothing more.
    pub fn take_back(&mut self) {
        let told = self.lanes.iter().enumerate().filter(|(_, lane)| lane.told > 0);
        self.jobs = told.map(|(lane, _)| Job::Withdraw { lane, at: 0 }).collect();
    }

    /// Appends UPDATEs until there is nothing more or so many octets are waiting.
    pub fn fill(&mut self, out: &mut Vec<u8>, room: usize) {
        while out.len() < room {
            let Some(job) = self.jobs.pop_front() else { return };
            if let Some(next) = self.step(job, out) {
                self.jobs.push_front(next);
            }
        }
    }

    /// Appends one UPDATE; what is left of the job.
    fn step(&mut self, job: Job, out: &mut Vec<u8>) -> Option<Job> {
        match job {
            Job::Announce { lane, at } => {
                let all = self.lanes.get_mut(lane)?;
                let group = all.groups.partition_point(|(end, _)| *end <= at);
                let Some((end, template)) = all.groups.get(group) else {
                    end_of_rib(all.family, out);
                    all.rounds += 1;
                    return None;
                };
                let at = at + template.announce(all.prefixes.get(at..*end)?, out);
                all.told = all.told.max(at);
                Some(Job::Announce { lane, at })
            }
            Job::Withdraw { lane, at } => {
                let all = self.lanes.get_mut(lane)?;
                let rest = all.prefixes.get(at..all.told).filter(|rest| !rest.is_empty())?;
                let at = at + withdraw(all.family, &self.attributes, rest, out);
                all.taken_back = at;
                (at < all.told).then_some(Job::Withdraw { lane, at })
            }
        }
    }

    /// The prefixes that the peer was told of.
    pub fn told(&self) -> impl Iterator<Item = &IpNet> {
        self.lanes.iter().flat_map(|lane| lane.prefixes.get(..lane.told).unwrap_or_default())
    }

    /// Those of them that were taken back.
    pub fn taken_back(&self) -> impl Iterator<Item = &IpNet> {
        self.lanes.iter().flat_map(|lane| lane.prefixes.get(..lane.taken_back).unwrap_or_default())
    }

    /// How often a family went again, as a whole, after the first time.
    pub fn repeated(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.rounds.saturating_sub(1)).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::super::message::{Message, Stream};
    use super::super::routes::NextHops;
    use super::super::update::{Agreed, Update, decode};
    use super::*;

    const BOTH: [Family; 2] = [Family::V4, Family::V6];

    fn attributes() -> Attributes {
        let next_hops = NextHops {
            v4: Some([192, 0, 2, 1].into()),
            v6: Some("2001:db8::1".parse().unwrap()),
            ..NextHops::default()
        };
        Attributes {
            asn: 64512,
            internal: true,
            four_octet_as: true,
            extended_next_hop: false,
            next_hops,
        }
    }

    fn route(prefix: IpNet, local_pref: u32) -> Route {
        let shared = Shared { local_pref: Some(local_pref), ..Shared::default() };
        Route { prefix, shared }
    }

    /// So many routes of both families, with three kinds of attributes.
    fn routes(count: u32) -> Vec<Route> {
        let v4 = (0..count).map(|n| (IpAddr::from(Ipv4Addr::from(n)), n));
        let v6 = (0..count).map(|n| (IpAddr::from(std::net::Ipv6Addr::from(u128::from(n))), n));
        v4.chain(v6).map(|(ip, n)| route(ip.into(), n % 3)).collect()
    }

    fn read(bytes: &[u8]) -> Vec<Update> {
        let agreed = Agreed {
            internal: true,
            four_octet_as: true,
            extended_next_hop: false,
            families: BOTH.into(),
        };
        let (mut stream, mut found) = (Stream::default(), Vec::new());
        stream.extend(bytes);
        while let Some(message) = stream.next_message().unwrap() {
            let Message::Update(body) = message else { panic!("{message:?}") };
            found.push(decode(&body, &agreed).unwrap());
        }
        found
    }

    fn all(outbox: &mut Outbox) -> Vec<Update> {
        let mut out = Vec::new();
        outbox.fill(&mut out, usize::MAX);
        assert!(outbox.is_empty());
        read(&out)
    }

    #[test]
    fn every_route_goes_once_and_each_family_ends() {
        let routes = routes(5000);
        let mut outbox = Outbox::new(&routes, &BOTH.into(), attributes());
        let updates = all(&mut outbox);
        let announced: Vec<IpNet> = updates.iter().flat_map(|one| one.announced.clone()).collect();
        let told: Vec<IpNet> = outbox.told().copied().collect();
        assert_eq!((announced.len(), &announced), (10_000, &told));
        let different: BTreeSet<&IpNet> = told.iter().collect();
        assert_eq!(different.len(), 10_000);
        let ends: Vec<Family> = updates.iter().filter_map(|one| one.end_of_rib).collect();
        assert_eq!(ends, BOTH);
        assert_eq!((outbox.taken_back().count(), outbox.repeated()), (0, 0));
        outbox.take_back();
        let updates = all(&mut outbox);
        let withdrawn: Vec<IpNet> = updates.iter().flat_map(|one| one.withdrawn.clone()).collect();
        assert_eq!(withdrawn, told);
        assert_eq!(outbox.taken_back().copied().collect::<Vec<_>>(), told);
        assert!(updates.len() < 40, "{}", updates.len());
    }

    #[test]
    fn only_what_the_peer_was_told_of_is_taken_back() {
        let mut outbox = Outbox::new(&routes(5000), &BOTH.into(), attributes());
        let mut out = Vec::new();
        outbox.fill(&mut out, 1);
        let first = read(&out);
        assert_eq!(first.len(), 1);
        outbox.take_back();
        let updates = all(&mut outbox);
        let withdrawn: Vec<IpNet> = updates.iter().flat_map(|one| one.withdrawn.clone()).collect();
        assert_eq!(withdrawn, first[0].announced);
        let mut outbox = Outbox::new(&routes(10), &BOTH.into(), attributes());
        outbox.take_back();
        assert!(outbox.is_empty());
    }

    #[test]
    fn routes_are_sent_again_but_not_without_end() {
        let mut outbox = Outbox::new(&routes(10), &BOTH.into(), attributes());
        // All of it is still to be sent.
        outbox.again(Family::V4);
        assert_eq!(outbox.jobs.len(), 2);
        let mut out = Vec::new();
        outbox.fill(&mut out, 1);
        for _ in 0..100 {
            outbox.again(Family::V4);
            outbox.again(Family::V6);
        }
        assert_eq!(outbox.jobs.len(), 3);
        let rest = all(&mut outbox);
        let ends: Vec<Family> = rest.iter().filter_map(|one| one.end_of_rib).collect();
        assert_eq!(ends, [Family::V4, Family::V6, Family::V4]);
        assert_eq!(outbox.repeated(), 1);
        assert_eq!(outbox.told().count(), 20);
        let mut v4 = Outbox::new(&routes(10), &[Family::V4].into(), attributes());
        all(&mut v4);
        v4.again(Family::V6);
        assert!(v4.is_empty());
    }

    #[test]
    fn what_cannot_be_sent_is_left_out() {
        let next_hops = NextHops { v6: None, ..attributes().next_hops };
        let mut outbox =
            Outbox::new(&routes(10), &BOTH.into(), Attributes { next_hops, ..attributes() });
        assert_eq!(all(&mut outbox).len(), 5);
        assert!(outbox.told().all(|net| net.addr().is_ipv4()));
        assert_eq!(outbox.told().count(), 10);
    }
}
