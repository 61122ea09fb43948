//! What holds for every configuration and cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{generate, model};
use crate::cluster::{Cluster, IpFamilyPolicy, Service};
use crate::metallb::{Config, Pool};
use crate::simulate::decision::Outcome;
use crate::simulate::metallb::{Engine, Options, simulate, testing};

fn outcomes(config: &Config, cluster: &Cluster) -> Vec<Outcome> {
    simulate(config, cluster, &Options::default()).outcomes
}

fn sharing_key(service: &Service) -> Option<&String> {
    let annotations = &service.annotations;
    annotations.get("metallb.universe.tf/allow-shared-ip").filter(|key| !key.is_empty())
}

/// Gives each Service, at most one to an address, an address that it may hold.
fn hold(config: &Config, cluster: &mut Cluster, picks: &[Index]) {
    let mut free: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for pool in config.pools.iter().filter(|p| p.allocation.is_none() && !p.avoid_buggy_ips) {
        let addresses = model::addresses(std::slice::from_ref(pool));
        free.insert(pool.name().to_owned(), addresses);
    }
    let mut free: Vec<IpAddr> = free.into_values().flatten().collect();
    for (service, pick) in cluster.services.iter_mut().zip(picks) {
        service.ip_family_policy = Some(IpFamilyPolicy::SingleStack);
        service.cluster_ips.truncate(1);
        let v4 = !service.cluster_ips[0].contains(':');
        let fitting: Vec<IpAddr> = free.iter().copied().filter(|ip| ip.is_ipv4() == v4).collect();
        service.ingress.clear();
        if !fitting.is_empty() {
            let held = *pick.get(&fitting);
            free.retain(|ip| *ip != held);
            service.ingress.push(held.to_string());
        }
    }
}

proptest! {
    #[test]
    fn an_address_is_shared_only_under_one_key((config, cluster) in generate::scene(true)) {
        for outcome in outcomes(&config, &cluster) {
            let mut users: BTreeMap<IpAddr, Vec<&Service>> = BTreeMap::new();
            for service in &cluster.services {
                for ip in &outcome.services[&service.key.to_string()].ips {
                    users.entry(*ip).or_default().push(service);
                }
            }
            for (ip, users) in users {
                let keys: BTreeSet<_> = users.iter().map(|user| sharing_key(user)).collect();
                prop_assert!(users.len() == 1 || keys.len() == 1 && !keys.contains(&None), "{ip}");
                let ports: Vec<u16> = users.iter().flat_map(|u| &u.ports).map(|p| p.port).collect();
                let different: BTreeSet<&u16> = ports.iter().collect();
                prop_assert_eq!(ports.len(), different.len(), "{}", ip);
            }
        }
    }

    #[test]
    fn every_address_is_of_the_pool_that_is_named((config, cluster) in generate::scene(true)) {
        for outcome in outcomes(&config, &cluster) {
            for allocation in outcome.services.values() {
                let pool = config.pools.iter().find(|p| Some(p.name()) == allocation.pool.as_deref());
                prop_assert_eq!(pool.is_some(), !allocation.ips.is_empty());
                let all = pool.map(|pool| model::addresses(std::slice::from_ref(pool)));
                for ip in &allocation.ips {
                    prop_assert!(all.as_ref().is_some_and(|all| all.contains(ip)));
                }
                prop_assert_eq!(allocation.reason.is_some(), allocation.ips.is_empty());
            }
        }
    }

    #[test]
    fn what_is_held_and_still_allowed_is_kept(
        (config, mut cluster) in generate::scene(false),
        picks in prop::collection::vec(any::<Index>(), 6),
    ) {
        hold(&config, &mut cluster, &picks);
        for outcome in outcomes(&config, &cluster) {
            for service in cluster.services.iter().filter(|s| !s.ingress.is_empty()) {
                let ips = &outcome.services[&service.key.to_string()].ips;
                let texts: Vec<String> = ips.iter().map(IpAddr::to_string).collect();
                prop_assert_eq!(&texts, &service.ingress);
            }
        }
    }

    #[test]
    fn the_order_of_documents_other_than_services_does_not_matter(
        (config, cluster) in generate::scene(true),
        seed in any::<Index>(),
    ) {
        let mut turned = config.clone();
        let by = seed.index(turned.pools.len());
        turned.pools.rotate_left(by);
        let options = Options { max_outcomes: 5000, ..Options::default() };
        let decision = simulate(&config, &cluster, &options);
        if !decision.truncated {
            prop_assert_eq!(decision, simulate(&turned, &cluster, &options));
        }
    }

    #[test]
    fn adding_a_pool_takes_nothing_away((config, cluster) in generate::scene(true)) {
        let mut engine = Engine::new(&config, &cluster, &Options::default());
        let before = engine.decision();
        let added: Pool = testing::pool("p0-added", &["172.16.0.0-172.16.0.3", "fd01::-fd01::3"]);
        let mut config = config.clone();
        config.pools.push(added);
        engine.reconfigure(config);
        let kept = |before: &Outcome, after: &Outcome| {
            let mut had = before.services.iter().filter(|(_, had)| !had.ips.is_empty());
            had.all(|(key, had)| after.services[key].ips == had.ips)
        };
        for after in engine.decision().outcomes {
            prop_assert!(before.outcomes.iter().any(|before| kept(before, &after)));
        }
    }

    /// But for Services that still look for their other family: they come before
    /// others that hold as many addresses, and may take theirs.
    #[test]
    fn a_second_start_on_what_was_given_changes_nothing((config, cluster) in generate::scene(true)) {
        for outcome in outcomes(&config, &cluster) {
            let half_served = |service: &Service| {
                service.ip_family_policy == Some(IpFamilyPolicy::PreferDualStack)
                    && outcome.services[&service.key.to_string()].ips.len() == 1
            };
            if cluster.services.iter().any(half_served) {
                continue;
            }
            let mut again = cluster.clone();
            for service in &mut again.services {
                let ips = &outcome.services[&service.key.to_string()].ips;
                service.ingress = ips.iter().map(IpAddr::to_string).collect();
            }
            let after = outcomes(&config, &again);
            prop_assert_eq!(after.len(), 1);
            for (key, allocation) in &outcome.services {
                prop_assert_eq!(&after[0].services[key].ips, &allocation.ips);
            }
        }
    }

    #[test]
    fn the_same_input_gives_the_same_decision((config, cluster) in generate::scene(true)) {
        let decide = || simulate(&config, &cluster, &Options::default());
        prop_assert_eq!(decide(), decide());
    }
}
