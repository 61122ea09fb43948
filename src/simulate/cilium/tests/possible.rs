//! Single decisions about addresses, and how much is tried to find all of them.

use super::*;

fn pool(first: u8, last: u8) -> SmallPool {
    SmallPool {
        blocks: vec![SmallBlock { first, last, is_cidr: false }],
        selects: None,
        disabled: false,
        no_ends: false,
    }
}

fn holding(holds: &[u8]) -> SmallService {
    let holds = holds.to_vec();
    SmallService { label: 0, key: None, port: 80, local: false, asks: vec![], holds }
}

fn sharing(port: u16, holds: &[u8]) -> SmallService {
    SmallService { key: Some(0), port, ..holding(holds) }
}

/// Where nothing is left to chance, a default search comes to an end.
#[track_caller]
fn decides_at_once(services: &[SmallService]) {
    let (config, cluster) = world("1.19", &[pool(0, 200)], services);
    assert!(simulate(&config, &cluster, &Options::default()).deterministic);
}

#[test]
fn services_that_hold_their_own_are_taken_in_one_way() {
    decides_at_once(&(0..20).map(|i| holding(&[7 * i])).collect::<Vec<_>>());
    let keyed = |i| SmallService { key: Some(i), ..holding(&[7 * i]) };
    decides_at_once(&(0..20).map(keyed).collect::<Vec<_>>());
}

#[test]
fn ways_that_meet_are_followed_once() {
    decides_at_once(&(0..10).map(|i| sharing(80 + i, &[0])).collect::<Vec<_>>());
}

#[test]
fn who_can_gain_nothing_is_looked_at_in_one_way() {
    let (config, cluster) = world("1.19", &[pool(0, 0)], &vec![holding(&[0]); 14]);
    let decision = simulate(&config, &cluster, &Options::default());
    assert_eq!((decision.outcomes.len(), decision.truncated), (14, false));
}

#[test]
fn the_search_grows_with_services_and_outcomes() {
    let work = |max_outcomes, services| engine::bounds(&Options { max_outcomes }, services).work;
    assert_eq!(work(64, 9), 200_000);
    assert_eq!(work(64, 999), 16 * 1000 * 64);
}

/// Free blocks of one size are used in the order in which they came about.
#[test]
fn who_is_taken_in_first_decides_between_free_blocks_of_one_size() {
    let services = [holding(&[2]), holding(&[3]), holding(&[])];
    let expected = [[[2], [3], [0]], [[2], [3], [4]]];
    let expected = expected.iter().map(|outcome| outcome.iter().map(|a| a.to_vec()).collect());
    assert_eq!(computed("1.19", &[pool(0, 5)], &services), Some(expected.collect()));
    let services = [holding(&[1]), holding(&[3]), holding(&[])];
    let expected = [[[1], [3], [0]], [[1], [3], [4]]];
    let expected = expected.iter().map(|outcome| outcome.iter().map(|a| a.to_vec()).collect());
    assert_eq!(computed("1.19", &[pool(0, 4)], &services), Some(expected.collect()));
}

/// Blocks that differ come to be of one size when an address in one of them is asked for.
#[test]
fn who_is_taken_in_first_decides_where_an_address_is_asked_for_later() {
    let services = [holding(&[1]), holding(&[4]), asking(5, None), holding(&[]), holding(&[])];
    let expected = [[[1], [4], [5], [0], [2]], [[1], [4], [5], [0], [6]]];
    let expected = expected.iter().map(|outcome| outcome.iter().map(|a| a.to_vec()).collect());
    assert_eq!(computed("1.19", &[pool(0, 7)], &services), Some(expected.collect()));
}

#[test]
fn from_1_20_on_a_start_keeps_every_shared_address() {
    let services = [sharing(80, &[0, 1]), sharing(81, &[0, 1])];
    let every: BTreeSet<Vec<Vec<u8>>> = BTreeSet::from([vec![vec![0, 1], vec![0, 1]]]);
    let lossy = BTreeSet::from([vec![vec![0, 1], vec![0]], vec![vec![0], vec![0, 1]]]);
    assert_eq!(computed("1.20", &[pool(0, 3)], &services), Some(every));
    let rivals = [sharing(80, &[0]), sharing(80, &[0])];
    let either = BTreeSet::from([vec![vec![0], vec![1]], vec![vec![1], vec![0]]]);
    assert_eq!(computed("1.20", &[pool(0, 3)], &rivals), Some(either));
    assert_eq!(computed("1.19", &[pool(0, 3)], &services), Some(lossy));
}

#[test]
fn what_lb_ipam_leaves_alone_has_a_reason() {
    let reason = |pools: &[SmallPool], change: fn(&mut CiliumConfig, &mut Service)| {
        let (mut config, mut cluster) = world("1.19", pools, &[holding(&[])]);
        change(&mut config, &mut cluster.services[0]);
        let decision = simulate(&config, &cluster, &Options::default());
        decision.outcomes[0].services["default/s0"].reason.clone().unwrap()
    };
    let off = reason(&[pool(0, 3)], |config, _| config.settings.lb_ipam = false);
    assert_eq!(off, Refusal::Off.to_string());
    assert_eq!(reason(&[], |_, _| {}), Refusal::Asleep.to_string());
    let class = |_: &mut CiliumConfig, service: &mut Service| {
        service.load_balancer_class = Some("example.com/other".to_owned());
    };
    assert_eq!(reason(&[pool(0, 3)], class), Refusal::NotManaged.to_string());
}

#[test]
fn a_status_that_is_left_alone_is_told_once_and_ipv4_first() {
    let (config, mut cluster) = world("1.19", &[], &[holding(&[])]);
    let texts = ["fd00::1", "10.0.0.9", "fd00::1", "10.0.0.1"];
    cluster.services[0].ingress = texts.map(str::to_owned).to_vec();
    let decision = simulate(&config, &cluster, &Options::default());
    let ips = &decision.outcomes[0].services["default/s0"].ips;
    let told: Vec<String> = ips.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["10.0.0.1", "10.0.0.9", "fd00::1"]);
}

fn asking(octet: u8, key: Option<u8>) -> SmallService {
    SmallService { key, asks: vec![octet], ..holding(&[]) }
}

/// A selector that Cilium cannot compile, and the schema lets through.
fn bad_selector() -> LabelSelector {
    use crate::selector::{Operator, Requirement};
    let empty = Requirement { key: "a".to_owned(), operator: Operator::In, values: Vec::new() };
    LabelSelector { match_expressions: vec![empty], ..LabelSelector::default() }
}

#[test]
fn a_refusal_names_what_is_in_the_way() {
    let second = |bad: bool, services: &[SmallService]| {
        let (mut config, cluster) = world("1.19", &[pool(0, 3)], services);
        config.pools[0].spec.service_selector = bad.then(bad_selector);
        let decision = simulate(&config, &cluster, &Options::default());
        decision.outcomes[0].services["default/s1"].reason.clone().unwrap()
    };
    let shared = second(false, &[asking(3, Some(1)), asking(3, Some(1))]);
    assert_eq!(shared, "10.0.0.3 cannot be shared: they have a port in common");
    let keyless = second(false, &[asking(3, Some(1)), asking(3, None)]);
    assert_eq!(keyless, "10.0.0.3 is taken or reserved");
    let broken = second(true, &[asking(3, None), asking(3, None)]);
    assert_eq!(broken, "the selector of pool pool-0 cannot be compiled");
}

/// LB-IPAM starts over and over: it comes to no new Service, and leaves the status of
/// who holds an address of that pool as it is.
#[test]
fn whoever_holds_an_address_of_a_pool_with_a_bad_selector_stops_the_start() {
    let services = [holding(&[8]), holding(&[20]), holding(&[])];
    for version in ["1.18", "1.19", "1.20"] {
        let (mut config, cluster) = world(version, &[pool(8, 9), pool(0, 3)], &services);
        config.pools[0].spec.service_selector = Some(bad_selector());
        let decision = simulate(&config, &cluster, &Options::default());
        assert!(!decision.outcomes.is_empty());
        for outcome in &decision.outcomes {
            assert_eq!(outcome.services["default/s0"].ips, [address(8)], "{version}");
            assert!(outcome.services["default/s2"].ips.is_empty(), "{version}");
        }
    }
}

/// The same where somebody comes upon it who holds an address of no pool.
#[test]
fn who_comes_upon_a_bad_selector_at_the_start_stops_it() {
    let good = SmallPool { selects: Some(1), ..pool(0, 3) };
    let services = [holding(&[20]), SmallService { label: 1, ..holding(&[]) }];
    for version in ["1.18", "1.19", "1.20"] {
        let (mut config, cluster) = world(version, &[pool(8, 9), good.clone()], &services);
        config.pools[0].spec.service_selector = Some(bad_selector());
        let decision = simulate(&config, &cluster, &Options::default());
        for outcome in &decision.outcomes {
            assert!(outcome.services["default/s1"].ips.is_empty(), "{version} {outcome:?}");
        }
    }
}

/// The address that is taken in first is the first under the key.
#[test]
fn whose_address_is_joined_depends_on_who_is_taken_in_first() {
    let services = [sharing(80, &[0]), sharing(80, &[1]), sharing(81, &[])];
    let expected = [[[0], [1], [0]], [[0], [1], [1]]];
    let expected = expected.iter().map(|outcome| outcome.iter().map(|a| a.to_vec()).collect());
    assert_eq!(computed("1.19", &[pool(0, 3)], &services), Some(expected.collect()));
}

#[test]
fn room_in_the_other_family_makes_nobody_be_tried_again() {
    let (mut config, cluster) = world("1.19", &[pool(0, 0)], &vec![holding(&[100]); 12]);
    let mut six = config.pools[0].clone();
    six.meta.name = "six".to_owned();
    six.spec.blocks =
        vec![PoolBlock { cidr: Some("2001:db8::/64".into()), ..PoolBlock::default() }];
    config.pools.push(six);
    let decision = simulate(&config, &cluster, &Options::default());
    assert_eq!((decision.outcomes.len(), decision.truncated), (12, false));
}

/// Each pool that comes has its conflicts settled before the next one: two that overlap
/// are never both in use, whatever third one is switched off.
#[test]
fn of_two_pools_that_overlap_one_is_switched_off_whoever_comes_first() {
    let pools = [pool(3, 6), pool(1, 3), pool(0, 1), pool(6, 7)];
    let asks = [5, 2, 0, 7].map(|octet| asking(octet, None));
    let (mut config, cluster) = world("1.19", &pools, &asks);
    for (pool, second) in config.pools.iter_mut().zip([0, 0, 1, 1]) {
        pool.meta.creation_timestamp = Some(format!("2026-01-01T00:00:0{second}Z"));
    }
    let decision = simulate(&config, &cluster, &Options::default());
    let in_use: BTreeSet<Vec<bool>> = decision
        .outcomes
        .iter()
        .map(|outcome| outcome.services.values().map(|given| !given.ips.is_empty()).collect())
        .collect();
    let expected = [
        [true, false, false, false],
        [false, true, false, true],
        [true, false, true, false],
        [false, true, false, false],
    ];
    assert_eq!(in_use, expected.iter().map(|row| row.to_vec()).collect());
}

#[test]
fn more_ways_than_asked_for_are_cut_off() {
    let (config, cluster) = world("1.19", &[pool(0, 3), pool(8, 9)], &[holding(&[])]);
    for (max_outcomes, listed) in [(2, 2), (1, 1), (0, 1)] {
        let decision = simulate(&config, &cluster, &Options { max_outcomes });
        assert_eq!(decision.outcomes.len(), listed);
        assert_eq!((decision.truncated, decision.deterministic), (listed < 2, false));
    }
    let engine = Engine::new(&config, &cluster, &Options { max_outcomes: 1 });
    assert!(engine.decision().truncated);
    let empty = Cluster::default();
    let mut engine = Engine::new(&config, &empty, &Options { max_outcomes: 1 });
    assert!(engine.decision().deterministic);
    let service = Box::new(service_object(0, &holding(&[])));
    engine.apply(crate::simulate::change::Change::ServiceApplied(service)).unwrap();
    let decision = engine.decision();
    assert_eq!((decision.outcomes.len(), decision.truncated), (1, true));
    assert!(!decision.deterministic);
}

/// The second pool is switched off by the first, the first by the fourth: that takes the
/// fourth before the third, or else the third would be switched off. Others that overlap
/// elsewhere do not matter.
#[test]
fn the_order_that_settles_conflicts_is_the_order_in_which_pools_are_used() {
    let elsewhere = |first, last| SmallPool { selects: Some(1), ..pool(first, last) };
    let pools =
        [pool(2, 7), pool(0, 3), pool(3, 4), pool(7, 8), elsewhere(20, 22), elsewhere(22, 24)];
    let services = [asking(5, None), asking(0, None), holding(&[]), asking(4, None)];
    let (mut config, cluster) = world("1.19", &pools, &services);
    for (pool, second) in config.pools.iter_mut().zip([0, 0, 2, 0, 0, 0]) {
        pool.meta.creation_timestamp = Some(format!("2026-01-01T00:00:0{second}Z"));
    }
    let decision = simulate(&config, &cluster, &Options { max_outcomes: 999 });
    assert!(!decision.truncated);
    let given: BTreeSet<[Vec<IpAddr>; 2]> = decision
        .outcomes
        .iter()
        .filter(|outcome| {
            ["default/s0", "default/s1"].iter().all(|name| outcome.services[*name].ips.is_empty())
        })
        .map(|outcome| ["default/s2", "default/s3"].map(|name| outcome.services[name].ips.clone()))
        .collect();
    let fourth = vec![address(7)];
    assert_eq!(given, BTreeSet::from([[fourth.clone(), vec![]], [fourth, vec![address(4)]]]));
}

#[test]
fn a_family_that_is_missing_is_given_when_a_pool_of_it_comes() {
    let (mut config, mut cluster) = world("1.19", &[pool(0, 3)], &[holding(&[])]);
    cluster.services[0].ip_family_policy = Some(crate::cluster::IpFamilyPolicy::RequireDualStack);
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    let given = |engine: &Engine| engine.decision().outcomes[0].services["default/s0"].clone();
    let none = "no pool in use with IPv6 addresses selects the Service";
    assert_eq!(
        (given(&engine).ips, given(&engine).reason.as_deref()),
        (vec![address(0)], Some(none))
    );
    let mut six = config.pools[0].clone();
    six.meta.name = "six".to_owned();
    six.spec.blocks = vec![PoolBlock { start: Some("fd00::1".into()), ..PoolBlock::default() }];
    config.pools.push(six);
    engine.reconfigure(config);
    let both = vec![address(0), "fd00::1".parse().unwrap()];
    assert_eq!((given(&engine).ips, given(&engine).reason), (both, None));
}

#[test]
fn the_allocation_alone_is_one_course_of_it() {
    let services = [holding(&[2]), asking(9, None), holding(&[])];
    let (config, cluster) = world("1.19", &[pool(0, 3)], &services);
    let given = |config: &CiliumConfig| -> Vec<(String, Vec<(IpAddr, String)>)> {
        Allocations::new(config, &cluster)
            .iter()
            .map(|(key, held)| {
                (key.name.clone(), held.map(|(ip, pool)| (ip, pool.to_owned())).collect())
            })
            .collect()
    };
    let one = |name: &str, octet| (name.to_owned(), vec![(address(octet), "pool-0".to_owned())]);
    assert_eq!(given(&config), [one("s0", 2), one("s2", 3)]);
    assert_eq!(given(&CiliumConfig::default()), []);
}
