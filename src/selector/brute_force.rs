//! Every operation against a model: all label maps over three keys, each absent
//! or with one of two values that the selectors name or one that they do not,
//! as the 64 bits of a number.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::cube::Key;
use super::values::ValueSet;
use super::*;

const KEYS: [&str; 3] = ["a", "b", "c"];
const SLOTS: [Option<&str>; 4] = [None, Some("x"), Some("y"), Some("other")];

fn label_map(index: usize) -> BTreeMap<String, String> {
    KEYS.iter()
        .enumerate()
        .filter_map(|(place, key)| {
            let value = SLOTS[(index >> (2 * place)) & 3]?;
            Some(((*key).to_owned(), value.to_owned()))
        })
        .collect()
}

fn bits_of(contains: impl Fn(&BTreeMap<String, String>) -> bool) -> u64 {
    (0..64).fold(0, |bits, index| bits | (u64::from(contains(&label_map(index))) << index))
}

fn cube_bits(cube: &Cube) -> u64 {
    bits_of(|labels| cube.contains(labels))
}

fn set_bits(set: &LabelSet) -> u64 {
    bits_of(|labels| set.contains(labels))
}

fn selector_bits(selectors: &[LabelSelector]) -> u64 {
    bits_of(|labels| selectors.iter().any(|selector| selector.matches(labels)))
}

/// Any constraint of the model: bit i says whether slot i is allowed.
fn values(allowed: u8) -> ValueSet {
    let slots = |bit| {
        SLOTS
            .iter()
            .take(3)
            .enumerate()
            .filter(move |(place, _)| (allowed >> place) & 1 == bit)
            .map(|(_, slot)| slot.map(Into::into))
    };
    if allowed & 8 == 0 { ValueSet::only(slots(1)) } else { ValueSet::all_but(slots(0)) }
}

fn any_values() -> impl Strategy<Value = (u8, ValueSet)> {
    (0_u8..16).prop_map(|allowed| (allowed, values(allowed)))
}

fn any_cube() -> impl Strategy<Value = Cube> {
    let slot = prop_oneof![2 => Just(15_u8), 3 => 1_u8..15];
    [slot.clone(), slot.clone(), slot].prop_map(|allowed| {
        KEYS.iter().zip(allowed).fold(Cube::everything(), |cube, (key, allowed)| {
            cube.replaced(&Key::from(*key), values(allowed))
        })
    })
}

fn any_cubes() -> impl Strategy<Value = Vec<Cube>> {
    prop::collection::vec(any_cube(), 0..6)
}

fn any_set() -> impl Strategy<Value = LabelSet> {
    any_cubes().prop_map(|cubes| cubes.into_iter().collect())
}

fn any_selector() -> impl Strategy<Value = LabelSelector> {
    let value = prop::sample::select(vec!["x".to_owned(), "y".to_owned()]);
    let key = prop::sample::select(KEYS.map(str::to_owned).to_vec());
    let operator = prop::sample::select(vec![
        Operator::In,
        Operator::NotIn,
        Operator::Exists,
        Operator::DoesNotExist,
    ]);
    let requirement = (key.clone(), operator, prop::collection::vec(value.clone(), 0..3))
        .prop_map(|(key, operator, values)| Requirement { key, operator, values });
    (prop::collection::btree_map(key, value, 0..2), prop::collection::vec(requirement, 0..4))
        .prop_map(|(match_labels, match_expressions)| LabelSelector {
            match_labels,
            match_expressions,
        })
}

/// The bits of disjoint cubes; fails where two overlap.
fn disjoint_bits(cubes: &[Cube]) -> Result<u64, TestCaseError> {
    let mut all = 0;
    for cube in cubes {
        let bits = cube_bits(cube);
        prop_assert_ne!(bits, 0);
        prop_assert_eq!(all & bits, 0, "{:?}", cubes);
        all |= bits;
    }
    Ok(all)
}

proptest! {
    #[test]
    fn value_sets((m, a) in any_values(), (n, b) in any_values()) {
        let model = |set: &ValueSet| {
            SLOTS.iter().enumerate().fold(0_u8, |bits, (i, slot)| {
                bits | (u8::from(set.contains(*slot)) << i)
            })
        };
        prop_assert_eq!(model(&a), m);
        prop_assert_eq!(model(&a.complement()), !m & 15);
        prop_assert_eq!(model(&a.union(&b)), m | n);
        prop_assert_eq!(model(&ValueSet::union_all([&a, &b])), m | n);
        prop_assert_eq!(model(&a.intersection(&b)), m & n);
        prop_assert_eq!(model(&a.difference(&b)), m & !n);
        prop_assert_eq!(a.is_subset(&b), m & !n == 0);
        prop_assert_eq!(a.is_disjoint(&b), m & n == 0);
        prop_assert_eq!(a.is_empty(), m == 0);
        prop_assert_eq!(a.is_full(), m == 15);
        prop_assert_eq!(a == b, m == n);
        let parts = a.writable_parts();
        prop_assert_eq!(parts.iter().fold(0, |bits, part| bits | model(part)), m);
        prop_assert!(parts.iter().all(ValueSet::is_writable));
        prop_assert_eq!(parts.len() <= 1, a.is_writable());
    }

    #[test]
    fn cubes(a in any_cube(), b in any_cube()) {
        let (m, n) = (cube_bits(&a), cube_bits(&b));
        prop_assert_eq!(a.intersection(&b).map_or(0, |both| cube_bits(&both)), m & n);
        prop_assert_eq!(a.intersection(&b).is_none(), m & n == 0);
        prop_assert_eq!(a.is_subset(&b), m & !n == 0);
        prop_assert_eq!(a.is_disjoint(&b), m & n == 0);
        prop_assert_eq!(disjoint_bits(&a.complement())?, !m);
        prop_assert_eq!(disjoint_bits(&a.difference(&b))?, m & !n);
        prop_assert_eq!(a == b, m == n);
        if m & n != 0 {
            prop_assert_eq!(a.difference(&b).len(), a.count_pieces(&b));
        }
    }

    #[test]
    fn a_cube_is_written_as_one_selector_or_split(cube in any_cube()) {
        let bits = cube_bits(&cube);
        let selector = cube.to_selector();
        prop_assert_eq!(selector.is_some(), cube.is_writable());
        if let Some(selector) = selector {
            prop_assert_eq!(selector_bits(std::slice::from_ref(&selector)), bits);
            prop_assert_eq!(validate(&selector), []);
            prop_assert_eq!(Cube::from_selector(&selector), Some(cube.clone()));
        }
        let parts = cube.split_writable();
        prop_assert_eq!(disjoint_bits(&parts)?, bits);
        prop_assert_eq!(parts.len(), cube.count_writable());
        prop_assert!(parts.iter().all(Cube::is_writable));
    }

    #[test]
    fn a_selector_is_read_as_it_matches(selector in any_selector()) {
        let bits = selector_bits(std::slice::from_ref(&selector));
        let cube = Cube::from_selector(&selector);
        prop_assert_eq!(cube.is_none(), bits == 0);
        prop_assert_eq!(cube.map_or(0, |cube| cube_bits(&cube)), bits);
    }

    #[test]
    fn sets(a in any_set(), b in any_set()) {
        let (m, n) = (set_bits(&a), set_bits(&b));
        prop_assert_eq!(set_bits(&a.union(&b)), m | n);
        prop_assert_eq!(set_bits(&a.intersection(&b)), m & n);
        prop_assert_eq!(set_bits(&a.difference(&b)), m & !n);
        prop_assert_eq!(set_bits(&a.complement()), !m);
        prop_assert_eq!(a.is_subset(&b), m & !n == 0);
        prop_assert_eq!(a.is_disjoint(&b), m & n == 0);
        prop_assert_eq!(a.equals(&b), m == n);
        prop_assert_eq!(a.is_empty(), m == 0);
        prop_assert_eq!(a.is_everything(), m == u64::MAX);
    }

    #[test]
    fn any_of_is_any_of(selectors in prop::collection::vec(any_selector(), 0..4)) {
        let bits = selector_bits(&selectors);
        prop_assert_eq!(set_bits(&LabelSet::any_of(&selectors)), bits);
        let bits = if selectors.is_empty() { u64::MAX } else { bits };
        prop_assert_eq!(set_bits(&LabelSet::any_of_or_everything(&selectors)), bits);
    }

    #[test]
    fn rewriting_keeps_the_set(set in any_set()) {
        let bits = set_bits(&set);
        let simple = set.simplify();
        prop_assert_eq!(set_bits(&simple), bits);
        prop_assert!(simple.cubes().len() <= set.cubes().len());
        prop_assert_eq!(disjoint_bits(set.disjoint().cubes())?, bits);
        prop_assert_eq!(selector_bits(&set.to_selectors()), bits);
        for selector in set.to_selectors() {
            prop_assert_eq!(validate(&selector), []);
        }
        let disjoint: Vec<Cube> =
            set.to_disjoint_selectors().iter().filter_map(Cube::from_selector).collect();
        prop_assert_eq!(disjoint_bits(&disjoint)?, bits);
    }

    #[test]
    fn no_cube_of_a_simple_set_can_be_left_out(set in any_set()) {
        let simple = set.simplify();
        for index in 0..simple.cubes().len() {
            let mut fewer = simple.cubes().to_vec();
            fewer.remove(index);
            prop_assert_ne!(set_bits(&fewer.into_iter().collect()), set_bits(&set));
        }
    }

    #[test]
    fn what_does_not_matter_may_be_selected(set in any_set(), dont_care in any_set()) {
        let (must, may) = (set_bits(&set), set_bits(&dont_care));
        let selectors = set.to_selectors_with_dont_care(&dont_care);
        let bits = selector_bits(&selectors);
        prop_assert_eq!(must & !bits, 0);
        prop_assert_eq!(bits & !(must | may), 0);
    }

    #[test]
    fn the_order_of_cubes_does_not_matter(
        (cubes, shuffled) in any_cubes().prop_flat_map(|cubes| {
            (Just(cubes.clone()), Just(cubes).prop_shuffle())
        })
    ) {
        let set: LabelSet = cubes.into_iter().collect();
        let other: LabelSet = shuffled.into_iter().collect();
        prop_assert_eq!(set.cubes(), other.cubes());
        prop_assert_eq!(set.to_selectors(), other.to_selectors());
        prop_assert_eq!(set.to_disjoint_selectors(), other.to_disjoint_selectors());
    }

    #[test]
    fn regions_divide_the_universe(
        universe in any_set(), sets in prop::collection::vec(any_set(), 0..4),
    ) {
        let regions = partition(&universe, &sets, 10_000).unwrap();
        let mut all = 0;
        for region in &regions {
            let bits = disjoint_bits(region.cubes.cubes())?;
            prop_assert_ne!(bits, 0);
            prop_assert_eq!(all & bits, 0);
            all |= bits;
            for (index, set) in sets.iter().enumerate() {
                let within = if region.members.contains(&index) { bits } else { 0 };
                prop_assert_eq!(set_bits(set) & bits, within);
            }
            prop_assert_eq!(selector_bits(&region.selectors()), bits);
            prop_assert_eq!(region.selectors().len(), region.cubes.cubes().len());
        }
        prop_assert_eq!(all, set_bits(&universe));
        for pair in regions.windows(2) {
            prop_assert!(pair[0].members < pair[1].members);
        }
    }

    #[test]
    fn regions_around_label_maps_are_those_that_contain_one(
        universe in any_set(),
        sets in prop::collection::vec(any_set(), 0..4),
        indexes in prop::collection::vec(0_usize..64, 0..4),
    ) {
        let label_maps: Vec<_> = indexes.into_iter().map(label_map).collect();
        let around = partition_around(&universe, &sets, &label_maps, 10_000).unwrap();
        prop_assert!(around.len() <= label_maps.len());
        let all = partition(&universe, &sets, 10_000).unwrap();
        let expected: Vec<_> = all
            .iter()
            .filter(|region| label_maps.iter().any(|labels| region.cubes.contains(labels)))
            .map(|region| (region.members.clone(), set_bits(&region.cubes)))
            .collect();
        let found: Vec<_> = around
            .iter()
            .map(|region| (region.members.clone(), set_bits(&region.cubes)))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_small_limit_is_kept_or_reported(
        universe in any_set(), sets in prop::collection::vec(any_set(), 0..4), limit in 0_usize..6,
    ) {
        match partition(&universe, &sets, limit) {
            Ok(regions) => {
                let cubes: usize = regions.iter().map(|region| region.cubes.cubes().len()).sum();
                prop_assert!(cubes <= limit);
            }
            Err(error) => prop_assert_eq!(error, TooMany { limit }),
        }
    }
}
