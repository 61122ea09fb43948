use super::*;
use crate::simulate::change::{Change, ChangeError};

fn pool(first: u8, last: u8) -> SmallPool {
    SmallPool {
        blocks: vec![SmallBlock { first, last, is_cidr: false }],
        selects: None,
        disabled: false,
        no_ends: false,
    }
}

fn plain() -> SmallService {
    SmallService { label: 0, key: None, port: 80, local: false, asks: vec![], holds: vec![] }
}

fn sharing(port: u16) -> SmallService {
    SmallService { key: Some(1), port, ..plain() }
}

fn given(engine: &Engine) -> BTreeSet<Vec<(String, Vec<u8>)>> {
    let decision = engine.decision();
    let pairs = |outcome: &Outcome| {
        let services = outcome.services.iter();
        services
            .map(|(name, given)| (name.clone(), given.ips.iter().map(octet).collect()))
            .collect()
    };
    decision.outcomes.iter().map(pairs).collect()
}

#[track_caller]
fn has(engine: &Engine, expected: &[(usize, &[u8])]) {
    let expected: Vec<(String, Vec<u8>)> = expected
        .iter()
        .map(|(index, octets)| (format!("default/s{index}"), octets.to_vec()))
        .collect();
    assert_eq!(given(engine), BTreeSet::from([expected]));
}

fn apply(engine: &mut Engine, index: usize, service: &SmallService) {
    let service = Box::new(service_object(index, service));
    engine.apply(Change::ServiceApplied(service)).unwrap();
}

fn delete(engine: &mut Engine, index: usize) {
    let key = ServiceKey { namespace: "default".into(), name: format!("s{index}") };
    engine.apply(Change::ServiceDeleted(key)).unwrap();
}

fn asking(octet: u8) -> SmallService {
    SmallService { asks: vec![octet], ..plain() }
}

/// The first Service, when it asks for another controller.
fn of_another_class(service: &SmallService) -> Change {
    let mut other = service_object(0, service);
    other.load_balancer_class = Some("example.com/other".into());
    Change::ServiceApplied(Box::new(other))
}

fn engine(pools: &[SmallPool], services: &[SmallService]) -> Engine {
    engine_of("1.19", pools, services)
}

fn engine_of(version: &str, pools: &[SmallPool], services: &[SmallService]) -> Engine {
    let (config, cluster) = world(version, pools, services);
    Engine::new(&config, &cluster, &Options::default())
}

fn change_pools(engine: &mut Engine, pools: &[SmallPool]) {
    let (config, _) = world("1.19", pools, &[]);
    engine.reconfigure(config);
}

#[test]
fn an_address_that_is_given_back_goes_to_who_waits() {
    let mut engine = engine(&[pool(1, 2)], &[plain(), plain(), plain()]);
    has(&engine, &[(0, &[1]), (1, &[2]), (2, &[])]);
    let key = ServiceKey { namespace: "default".into(), name: "s0".into() };
    engine.apply(Change::ServiceDeleted(key.clone())).unwrap();
    has(&engine, &[(1, &[2]), (2, &[1])]);
    assert_eq!(
        engine.apply(Change::ServiceDeleted(key.clone())),
        Err(ChangeError::UnknownService(key))
    );
}

#[test]
fn the_smaller_free_block_is_used_first_after_a_service_went() {
    let mut engine = engine(&[pool(0, 9)], &vec![plain(); 5]);
    delete(&mut engine, 1);
    apply(&mut engine, 7, &plain());
    has(&engine, &[(0, &[0]), (2, &[2]), (3, &[3]), (4, &[4]), (7, &[1])]);
}

#[test]
fn a_service_that_asks_for_another_address_gets_it_instead() {
    let mut engine = engine(&[pool(0, 9)], &[plain(), plain()]);
    apply(&mut engine, 0, &SmallService { asks: vec![5], ..plain() });
    has(&engine, &[(0, &[5]), (1, &[1])]);
    apply(&mut engine, 0, &SmallService { asks: vec![1], ..plain() });
    has(&engine, &[(0, &[]), (1, &[1])]);
    apply(&mut engine, 0, &plain());
    assert_eq!(given(&engine).len(), 1);
}

#[test]
fn a_service_that_changes_its_port_may_lose_its_shared_address() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(81)]);
    has(&engine, &[(0, &[0]), (1, &[0])]);
    apply(&mut engine, 1, &sharing(80));
    has(&engine, &[(0, &[0]), (1, &[1])]);
}

#[test]
fn who_holds_an_address_keeps_it_though_another_would_be_given_first() {
    let mut engine = engine(&[pool(0, 9)], &vec![plain(); 5]);
    delete(&mut engine, 1);
    apply(&mut engine, 3, &SmallService { label: 1, ..plain() });
    has(&engine, &[(0, &[0]), (2, &[2]), (3, &[3]), (4, &[4])]);
}

#[test]
fn a_service_whose_labels_change_moves_to_the_pool_that_selects_it() {
    let mut engine = engine(
        &[
            SmallPool { selects: Some(0), ..pool(0, 3) },
            SmallPool { selects: Some(1), ..pool(8, 9) },
        ],
        &[plain()],
    );
    apply(&mut engine, 0, &SmallService { label: 1, ..plain() });
    has(&engine, &[(0, &[8])]);
}

#[test]
fn who_shares_an_address_keeps_it_though_an_earlier_one_could_be_joined_again() {
    let services = [sharing(80), sharing(80), sharing(81), sharing(81)];
    let mut engine = engine(&[pool(0, 9)], &services);
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0]), (3, &[1])]);
    apply(&mut engine, 2, &sharing(82));
    apply(&mut engine, 3, &SmallService { label: 1, ..sharing(81) });
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0]), (3, &[1])]);
}

#[test]
fn a_port_that_is_given_up_lets_another_service_join() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(80)]);
    apply(&mut engine, 0, &sharing(81));
    apply(&mut engine, 2, &sharing(80));
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[0])]);
}

#[test]
fn a_service_of_another_class_is_stripped() {
    let mut engine = engine(&[pool(0, 0)], &[plain(), plain()]);
    engine.apply(of_another_class(&plain())).unwrap();
    has(&engine, &[(0, &[]), (1, &[0])]);
}

#[test]
fn a_pool_that_shrinks_takes_addresses_away_and_one_that_comes_gives_some() {
    let mut engine = engine(&[pool(0, 3)], &[plain(), plain()]);
    change_pools(&mut engine, &[pool(1, 3)]);
    // The range is another one now, but who holds an address of it keeps it; in which
    // order they are looked at is left to chance, and s0 may take what s1 holds.
    for outcome in given(&engine) {
        assert!(outcome.iter().all(|(_, octets)| octets.len() == 1 && octets[0] > 0));
        assert_ne!(outcome[0].1, outcome[1].1);
    }
}

#[test]
fn the_last_pool_takes_every_address_with_it() {
    let holding = SmallService { holds: vec![2], ..plain() };
    let mut engine = engine(&[pool(0, 3)], &[holding, plain()]);
    has(&engine, &[(0, &[2]), (1, &[3])]);
    change_pools(&mut engine, &[]);
    has(&engine, &[(0, &[]), (1, &[])]);
    change_pools(&mut engine, &[pool(0, 3)]);
    has(&engine, &[(0, &[0]), (1, &[1])]);
}

#[test]
fn a_status_that_is_not_lb_ipam_s_stays_when_a_service_changes() {
    let holding = SmallService { holds: vec![9], ..plain() };
    let mut asleep = engine(&[], std::slice::from_ref(&holding));
    apply(&mut asleep, 0, &SmallService { label: 1, ..plain() });
    has(&asleep, &[(0, &[9])]);
    let mut leaving = asleep.clone();
    leaving.apply(of_another_class(&plain())).unwrap();
    has(&leaving, &[(0, &[9])]);
    change_pools(&mut asleep, &[pool(0, 9)]);
    has(&asleep, &[(0, &[9])]);

    let (config, mut cluster) = world("1.19", &[pool(0, 3)], &[holding]);
    cluster.services[0].load_balancer_class = Some("example.com/other".into());
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.apply(of_another_class(&plain())).unwrap();
    has(&engine, &[(0, &[9])]);
}

#[test]
fn a_pool_that_comes_is_settled_before_it_gives_anything() {
    let old = SmallPool { selects: Some(1), ..pool(0, 3) };
    let mut engine = engine(std::slice::from_ref(&old), &[plain()]);
    has(&engine, &[(0, &[])]);
    let (mut config, _) = world("1.19", &[old, pool(2, 5)], &[]);
    config.pools[1].meta.creation_timestamp = Some("2026-01-01T00:00:00Z".to_owned());
    engine.reconfigure(config);
    has(&engine, &[(0, &[])]);
}

#[test]
fn the_first_pool_wakes_it() {
    let mut engine = engine(&[], &[plain()]);
    has(&engine, &[(0, &[])]);
    change_pools(&mut engine, &[pool(4, 5)]);
    has(&engine, &[(0, &[4])]);
}

#[test]
fn a_later_pool_goes_last() {
    let mut engine = engine(&[pool(0, 0)], &[plain()]);
    change_pools(&mut engine, &[pool(0, 0), pool(8, 8)]);
    change_pools(&mut engine, &[pool(0, 0), pool(8, 8), pool(4, 5)]);
    apply(&mut engine, 1, &plain());
    apply(&mut engine, 2, &plain());
    has(&engine, &[(0, &[0]), (1, &[8]), (2, &[4])]);
}

/// A pool's new range goes behind all that are there, those of other pools too.
#[test]
fn pools_and_ranges_are_used_in_the_order_in_which_they_came() {
    let mut engine = engine(&[pool(0, 1)], &[plain()]);
    change_pools(&mut engine, &[pool(0, 1), pool(8, 9)]);
    apply(&mut engine, 1, &plain());
    let mut wider = pool(0, 1);
    wider.blocks.push(SmallBlock { first: 2, last: 3, is_cidr: false });
    change_pools(&mut engine, &[wider.clone(), pool(8, 9)]);
    apply(&mut engine, 2, &plain());
    change_pools(&mut engine, &[wider, pool(8, 9), pool(4, 5)]);
    apply(&mut engine, 3, &plain());
    apply(&mut engine, 4, &plain());
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[8]), (3, &[9]), (4, &[2])]);
}

/// Who waits is looked at together with those who lost what they had.
#[test]
fn who_waits_and_who_lost_an_address_want_the_same_one() {
    let blocks = [0, 1].map(|first| SmallBlock { first, last: first, is_cidr: false }).to_vec();
    let both = SmallPool { blocks, ..pool(0, 0) };
    let other = SmallService { label: 1, ..plain() };
    let mut engine = engine(&[both], &[plain(), other, plain()]);
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[])]);
    change_pools(&mut engine, &[SmallPool { selects: Some(0), ..pool(1, 1) }]);
    let given: BTreeSet<Vec<Vec<u8>>> = given(&engine)
        .into_iter()
        .map(|outcome| outcome.into_iter().map(|(_, octets)| octets).collect())
        .collect();
    let (first, third) = (vec![vec![1], vec![], vec![]], vec![vec![], vec![], vec![1]]);
    assert_eq!(given, BTreeSet::from([first, third]));
}

/// Whoever loses an address that the pool still has lets those who wait compete with
/// those who lost theirs, whichever of them is looked at first.
#[test]
fn who_is_not_selected_any_more_gives_up_an_address_for_all_others() {
    let blocks = [0, 1].map(|first| SmallBlock { first, last: first, is_cidr: false }).to_vec();
    let both = SmallPool { blocks, ..pool(0, 0) };
    let other = SmallService { label: 1, ..plain() };
    let mut engine = engine(&[both], &[other, plain(), plain()]);
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[])]);
    change_pools(&mut engine, &[SmallPool { selects: Some(0), ..pool(0, 0) }]);
    let given: BTreeSet<Vec<Vec<u8>>> = given(&engine)
        .into_iter()
        .map(|outcome| outcome.into_iter().map(|(_, octets)| octets).collect())
        .collect();
    let (second, third) = (vec![vec![], vec![0], vec![]], vec![vec![], vec![], vec![0]]);
    assert_eq!(given, BTreeSet::from([second, third]));
}

/// An address stands under a key until it is given up under that key, whatever became
/// of it since. It is joined where somebody of the key has it, and by nobody else.
#[test]
fn an_address_that_was_given_up_under_another_key_can_be_joined_again() {
    let of_zero = SmallPool { selects: Some(0), ..pool(0, 0) };
    let mut engine = engine(&[of_zero], &[sharing(80)]);
    apply(&mut engine, 0, &SmallService { key: Some(2), ..sharing(80) });
    apply(&mut engine, 1, &SmallService { label: 1, ..sharing(81) });
    has(&engine, &[(0, &[0]), (1, &[])]);
    delete(&mut engine, 0);
    has(&engine, &[(1, &[])]);
    apply(&mut engine, 2, &sharing(80));
    has(&engine, &[(1, &[0]), (2, &[0])]);
}

#[test]
fn version_and_settings_stay_when_the_resources_change() {
    let (mut config, cluster) = world("1.18", &[pool(0, 9)], &[plain()]);
    config.settings.lb_ipam = false;
    let mut engine = Engine::new(&config, &cluster, &Options::default());
    engine.reconfigure(world("1.19", &[pool(0, 5)], &[]).0);
    let decision = engine.decision();
    assert!(decision.version.starts_with("1.18"), "{}", decision.version);
    let reason = decision.outcomes[0].services["default/s0"].reason.clone();
    assert_eq!(reason, Some(Refusal::Off.to_string()));
}

#[test]
fn a_service_that_comes_with_an_address_keeps_it() {
    let mut engine = engine(&[pool(0, 9)], &[plain()]);
    apply(&mut engine, 1, &SmallService { holds: vec![5], ..plain() });
    has(&engine, &[(0, &[0]), (1, &[5])]);
}

#[test]
fn who_asked_for_an_address_gets_it_when_it_is_given_up() {
    let mut engine = engine(&[pool(0, 9)], &[asking(3), asking(3)]);
    has(&engine, &[(0, &[3]), (1, &[])]);
    delete(&mut engine, 0);
    has(&engine, &[(1, &[3])]);
    let both = SmallService { asks: vec![2, 3], ..plain() };
    apply(&mut engine, 2, &both);
    has(&engine, &[(1, &[3]), (2, &[2])]);
    delete(&mut engine, 1);
    has(&engine, &[(2, &[2, 3])]);
}

/// It goes to the end of its key's addresses when it is given out again.
#[test]
fn an_address_that_nobody_has_any_more_is_forgotten_under_its_key() {
    let mut engine = engine(&[pool(0, 9)], &[sharing(80), sharing(80)]);
    delete(&mut engine, 0);
    apply(&mut engine, 2, &sharing(80));
    apply(&mut engine, 3, &sharing(81));
    has(&engine, &[(1, &[1]), (2, &[0]), (3, &[1])]);
}

/// From 1.20 on, which lets both take it in at the start.
#[test]
fn an_address_that_two_hold_is_free_when_both_are_gone() {
    let holding = |port| SmallService { holds: vec![0], ..sharing(port) };
    let mut engine = engine_of("1.20", &[pool(0, 9)], &[holding(80), holding(81)]);
    has(&engine, &[(0, &[0]), (1, &[0])]);
    delete(&mut engine, 0);
    apply(&mut engine, 2, &plain());
    has(&engine, &[(1, &[0]), (2, &[1])]);
    delete(&mut engine, 1);
    apply(&mut engine, 3, &plain());
    has(&engine, &[(2, &[1]), (3, &[0])]);
}

#[test]
fn of_a_new_pool_with_a_bad_block_the_blocks_before_it_are_used_until_1_20() {
    for (version, given) in [("1.19", &[4_u8][..]), ("1.20", &[])] {
        let mut engine = engine_of(version, &[pool(0, 0)], &[plain()]);
        let (mut config, _) = world(version, &[pool(0, 0), pool(4, 4), pool(8, 8)], &[]);
        let good = config.pools.pop();
        let bad = PoolBlock { start: Some("x".to_owned()), ..PoolBlock::default() };
        config.pools[1].spec.blocks.push(bad);
        engine.reconfigure(config.clone());
        apply(&mut engine, 1, &plain());
        has(&engine, &[(0, &[0]), (1, given)]);
        config.pools.extend(good);
        engine.reconfigure(config);
        apply(&mut engine, 2, &plain());
        let (first, second) =
            if given.is_empty() { (&[8][..], &[][..]) } else { (given, &[8][..]) };
        has(&engine, &[(0, &[0]), (1, first), (2, second)]);
    }
}

/// What a Service has when the ends are reserved stays its own; when they are allowed
/// again they are free, whoever has them (`handlePoolModified`).
#[test]
fn the_ends_of_a_block_are_reserved_and_freed_while_it_runs() {
    let open =
        SmallPool { blocks: vec![SmallBlock { first: 0, last: 3, is_cidr: true }], ..pool(0, 3) };
    let reserving = SmallPool { no_ends: true, ..open.clone() };
    let mut engine = engine(std::slice::from_ref(&open), &[plain()]);
    change_pools(&mut engine, std::slice::from_ref(&reserving));
    for index in 1..4 {
        apply(&mut engine, index, &plain());
    }
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[2]), (3, &[])]);
    change_pools(&mut engine, &[open]);
    has(&engine, &[(0, &[0]), (1, &[1]), (2, &[2]), (3, &[0])]);
}

/// What is changed to a block that cannot be read ends in an error before anything of
/// it is done.
#[test]
fn a_change_with_a_bad_block_leaves_ranges_and_services_as_they_are() {
    let mut engine = engine(&[pool(0, 3)], &[plain()]);
    let (mut config, _) = world("1.19", &[SmallPool { selects: Some(1), ..pool(8, 9) }], &[]);
    let bad = PoolBlock { start: Some("x".to_owned()), ..PoolBlock::default() };
    config.pools[0].spec.blocks.push(bad);
    engine.reconfigure(config);
    apply(&mut engine, 1, &SmallService { label: 1, ..plain() });
    has(&engine, &[(0, &[0]), (1, &[1])]);
}

#[test]
fn nodes_go_and_come_back() {
    let mut engine = engine(&[pool(0, 9)], &[plain()]);
    let node = crate::cluster::Node { name: "a".into(), ..crate::cluster::Node::default() };
    engine.apply(Change::NodeApplied(Box::new(node))).unwrap();
    engine.apply(Change::NodeFailed("a".into())).unwrap();
    assert_eq!(
        engine.apply(Change::NodeFailed("a".into())),
        Err(ChangeError::UnknownNode("a".into()))
    );
    engine.apply(Change::NodeReturned("a".into())).unwrap();
    engine.apply(Change::NodeDeleted("a".into())).unwrap();
}
