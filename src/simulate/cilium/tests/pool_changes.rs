//! Pools that come, change and go while LB-IPAM runs.

use super::events::{apply, change_pools, engine, engine_of, given, has, plain, pool};
use super::*;

/// An outcome with one address for each of the first two Services.
fn both(first: u8, second: u8) -> Vec<(String, Vec<u8>)> {
    vec![("default/s0".to_owned(), vec![first]), ("default/s1".to_owned(), vec![second])]
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
    assert_eq!(given(&engine), BTreeSet::from([both(0, 1), both(1, 0)]));
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

/// It finds them all at once, and looks at them in Go's map order (`revalidateAllServices`).
#[test]
fn who_waited_for_the_first_pool_is_served_in_any_order() {
    let mut engine = engine(&[], &[plain(), plain()]);
    change_pools(&mut engine, &[pool(4, 5)]);
    assert_eq!(given(&engine), BTreeSet::from([both(4, 5), both(5, 4)]));
    // Who holds an address keeps it.
    let holding = SmallService { holds: vec![4], ..plain() };
    let mut engine = super::events::engine(&[], &[plain(), holding]);
    change_pools(&mut engine, &[pool(4, 5)]);
    has(&engine, &[(0, &[5]), (1, &[4])]);
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
