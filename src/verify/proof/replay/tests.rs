use super::super::addresses::{given_out, regions};
use super::super::lb_ipam::usable;
use super::*;
use crate::simulate::cilium::PoolAddresses;
use crate::verify::testing::{Both, pool};

/// Ways of having an address of these pools on either side.
fn ways(was: &[&str], is: &[&str], complete: [bool; 2]) -> Ways {
    let of = |pools: &[&str]| -> BTreeSet<Serving> {
        let of_pool = |name: &&str| Some((*name).to_owned());
        let pools = pools.iter().map(of_pool);
        pools.map(|pool| Serving { pool, count: 1, ..Serving::default() }).collect()
    };
    Ways { was: of(was), is: of(is), complete, is_taken: true }
}

#[test]
fn only_what_differs_in_that_aspect_is_confirmed() {
    for (was, is, differ) in
        [(&["a"][..], &["a"][..], false), (&["a"], &["b"], true), (&["a", "b"], &["a"], true)]
    {
        let ways = ways(was, is, [true, true]);
        assert_eq!(ways.differ(Aspect::Pool), differ, "{was:?} {is:?}");
        assert!(!ways.differ(Aspect::Answerers) && !ways.differ(Aspect::Routes));
        assert!(!Ways { is_taken: false, ..ways }.differ(Aspect::Pool));
    }
}

#[test]
fn more_outcomes_are_looked_at_where_those_that_are_known_show_nothing_for_sure() {
    let (one, both) = (&["a"][..], &["a", "b"][..]);
    for (was, is, complete, is_plain) in [
        (one, one, [true, true], true),
        (one, both, [true, true], true),
        // The side of which all is known never does what the other one may do.
        (one, both, [true, false], true),
        (both, one, [true, false], false),
        (both, one, [false, true], true),
        (one, both, [false, true], false),
        (one, both, [false, false], false),
    ] {
        let found = ways(was, is, complete).is_plain(Aspect::Pool);
        assert_eq!(found, is_plain, "{was:?} {is:?} {complete:?}");
    }
}

#[test]
fn of_several_ways_of_announcing_that_is_told_which_the_other_side_does_not_have() {
    let sent = |communities: &[&str]| {
        let routes = communities.iter().map(|community| Route {
            node: "n".to_owned(),
            peer: "tor".to_owned(),
            family: Family::V4,
            length: 32,
            local_pref: None,
            communities: vec![(*community).to_owned()],
        });
        Serving { bgp: routes.collect(), ..Serving::default() }
    };
    let told = |was: &[&[&str]], is: &[&[&str]]| {
        let of = |ways: &[&[&str]]| ways.iter().map(|one| sent(one)).collect();
        let ways = Ways { was: of(was), is: of(is), complete: [true; 2], is_taken: true };
        ways.told(Aspect::Routes)
    };
    let (one, other) = ("n to tor: IPv4 /32 communities 1", "n to tor: IPv4 /32 communities 2");
    let nothing = "no other route";
    for (was, is, expected) in [
        (&[&["1"][..]][..], &[&["2"][..]][..], (one, other)),
        (&[&["1"]], &[&["1"], &["2"]], (one, other)),
        (&[&["2"]], &[&["1"], &["2"]], (other, one)),
        (&[&["1"], &["2"]], &[&["1"]], (other, one)),
        (&[&["1"]], &[&["1"], &["1", "2"]], (nothing, other)),
    ] {
        let found = told(was, is);
        assert_eq!((&*found.0, &*found.1), expected, "{was:?} {is:?}");
    }
}

#[test]
fn a_pool_that_is_shown_full_has_the_same_address_left_on_both_sides() {
    let other = pool("b", "addresses: [10.1.0.0/28]");
    let mut both =
        Both::of(&(pool("a", "addresses: [10.0.0.0/28, 10.2.0.0/28, 'fd00::/124']") + &other));
    // Cilium has its second range in a pool of its own.
    let mut part = both.written.pools[0].clone();
    both.written.pools[0].spec.blocks.remove(1);
    part.spec.blocks.drain(2..);
    part.spec.blocks.remove(0);
    both.written.pools.push(part);
    let addresses: Vec<_> = both.config.pools.iter().map(given_out).collect();
    let all = regions(&addresses, &usable(&both.problem()).unwrap());
    for (family, only, left) in [
        (Family::V4, "10.0.0.0", ["10.0.0.0-10.0.0.0 fd00::-fd00::f", ""]),
        (Family::V6, "fd00::", ["10.0.0.0-10.0.0.15 fd00::-fd00::", "10.2.0.0-10.2.0.15"]),
    ] {
        let (mut config, mut written) = (both.config.clone(), both.written.clone());
        let found = shrink(&mut config, &mut written, &all, 0, family);
        assert_eq!(found.map(|address| address.to_string()).as_deref(), Some(only));
        let own = config.pools[0].ranges().filter(|range| range.family() == family);
        let own: Vec<_> = own.map(|range| (range.first(), range.last())).collect();
        assert_eq!(own, [(found.unwrap(), found.unwrap())]);
        let has = |at: usize| {
            let blocks = PoolAddresses::of(&written.pools[at]).blocks;
            let mut texts: Vec<String> =
                blocks.iter().map(|range| format!("{}-{}", range.first(), range.last())).collect();
            texts.sort();
            texts.join(" ")
        };
        assert_eq!([has(0), has(2)], left);
        assert_eq!(has(1), "10.1.0.0-10.1.0.15");
    }
}
