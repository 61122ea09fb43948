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
}

#[test]
fn from_1_20_on_a_start_keeps_every_shared_address() {
    let services = [sharing(80, &[0, 1]), sharing(81, &[0, 1])];
    let every: BTreeSet<Vec<Vec<u8>>> = BTreeSet::from([vec![vec![0, 1], vec![0, 1]]]);
    let lossy = BTreeSet::from([vec![vec![0, 1], vec![0]], vec![vec![0], vec![0, 1]]]);
    assert_eq!(computed("1.20", &[pool(0, 3)], &services), Some(every));
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
