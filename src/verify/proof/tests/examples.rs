//! The examples of what differs, and what is said where there are none.

use std::cell::Cell;

use super::*;

/// Pools of one family that any Service may have an address of.
fn open(count: usize) -> String {
    let one = |at| pool(&format!("p{at:02}"), &format!("addresses: [10.0.{at}.0/28]"));
    (0..count).map(one).collect()
}

/// Leaves one of Cilium's pools to the Services of namespace shop.
fn close(mut both: Both, at: usize) -> Both {
    let selector = both.written.pools[at].spec.service_selector.get_or_insert_default();
    let namespace = ("io.kubernetes.service.namespace".to_owned(), "shop".to_owned());
    selector.match_labels.extend([namespace]);
    both
}

#[test]
fn one_pool_of_many_that_is_closed_is_shown_whichever_it_is() {
    for at in [0, 10, 19] {
        let both = close(Both::of(&open(20)), at);
        let who = "an IPv4 one in namespace default".to_owned();
        assert_eq!(found(&both), [(Aspect::Lost, who)].into(), "{at}");
    }
}

#[test]
fn an_example_asks_for_nothing_where_that_shows_the_difference() {
    let proof = close(Both::of(&open(1)), 0).proof();
    let asks_for_nothing = |one: &&ClassDifference| one.example.contains("  annotations: {}\n");
    assert_eq!(proof.differences.iter().filter(asks_for_nothing).count(), 1);
}

#[test]
fn an_example_is_of_the_family_that_differs() {
    let both = close(Both::of(&pool("a", "addresses: ['fd00::/124']")), 0);
    let who = "an IPv6 one in namespace default".to_owned();
    assert_eq!(found(&both), [(Aspect::Lost, who)].into());
}

#[test]
fn a_refuted_proof_says_how_many_differences_there_are_beyond_those_shown() {
    let mut proof = close(Both::of(&open(1)), 0).proof();
    let over = "over 18 classes of Services and 2 of Nodes";
    let not = "not equivalent for every Service and Node";
    assert_eq!(proof.sentence(), format!("{not}, {over}"));
    proof.more = 3;
    let more = "with 3 differences beyond those that are shown";
    assert_eq!(proof.sentence(), format!("{not}, {more}, {over}"));
}

#[test]
fn whenever_the_time_is_up_nothing_is_said_to_be_proved() {
    for both in [Both::of(&open(3)), close(Both::of(&open(3)), 1)] {
        let whole = both.proof();
        assert_eq!(whole.unproved, Vec::<String>::new());
        for patience in 0_usize.. {
            let asked = Cell::new(0);
            let proof = prove(&both.problem(), &|| {
                asked.set(asked.get() + 1);
                asked.get() > patience
            });
            if asked.get() <= patience {
                assert!(patience > 1, "the clock was looked at on the way");
                assert_eq!(proof.outcome, whole.outcome);
                break;
            }
            assert_eq!(proof.unproved, ["the time or the memory for it was used up"]);
            assert_ne!(proof.outcome, Outcome::Proved);
        }
    }
}

#[test]
fn a_selector_of_metallbs_on_the_label_of_pools_is_out_of_reach() {
    let label = POOL_LABEL;
    for (selector, reached) in [
        (format!("matchLabels: {{{label}: x}}"), false),
        (format!("matchExpressions: [{{key: {label}, operator: Exists}}]"), false),
        (format!("matchLabels: {{{label}s: x}}"), true),
    ] {
        let selectors = format!("serviceSelectors: [{{{selector}}}]");
        let (all, addresses) = (open(1), "addresses: [10.0.9.0/28]");
        for text in [
            pool("a", &format!("{addresses}, serviceAllocation: {{{selectors}}}")),
            all.clone() + &metallb("L2Advertisement", "l2", &selectors),
            all.clone() + &metallb("BGPAdvertisement", "bgp", &selectors),
        ] {
            let reasons = Both::of(&text).proof().unproved;
            let said = "a selector of MetalLB's speaks of the label metallb2cilium.io/pool, which \
                        the conversion sets";
            assert_eq!(reasons.iter().any(|reason| reason == said), !reached, "{text}");
        }
    }
}
