//! Label selectors: every operation against all label maps of a small world, and what
//! is printed is read the same.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use metallb2cilium::selector::{
    LabelSelector, LabelSet, Operator, Requirement, partition, partition_around, validate,
};

const KEYS: [&str; 3] = ["a", "b", "k8s.io/c"];
/// What a label can have: nothing, a value that selectors name, and one that none names.
const SLOTS: [Option<&str>; 5] = [None, Some(""), Some("x"), Some("y"), Some("other")];
const WORLD: usize = SLOTS.len() * SLOTS.len() * SLOTS.len();

type Labels = BTreeMap<String, String>;
type Bits = [bool; WORLD];

static LABELS: LazyLock<Vec<Labels>> = LazyLock::new(|| {
    let label = |place: u32, index: usize| {
        let value = SLOTS[index / SLOTS.len().pow(place) % SLOTS.len()]?;
        Some((KEYS[place as usize].to_owned(), value.to_owned()))
    };
    (0..WORLD).map(|index| (0..3).filter_map(|place| label(place, index)).collect()).collect()
});

fuzz_target!(|bytes: &[u8]| {
    if let Some((b'"', text)) = bytes.split_first() {
        if let Ok(text) = std::str::from_utf8(text)
            && let Ok(selector) = text.parse::<LabelSelector>()
        {
            assert_eq!(validate(&selector), []);
            printed(&selector);
        }
    } else {
        // What is left of the input when it is used up does not matter.
        let _ = sets(&mut Unstructured::new(bytes));
    }
});

/// Two selectors that mean the same, one printed and read.
fn printed(selector: &LabelSelector) {
    let text = selector.to_string();
    let read: LabelSelector = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let (one, two) = (from(std::slice::from_ref(selector)), from(std::slice::from_ref(&read)));
    assert!(one.equals(&two), "{selector:?} is printed as {text:?}");
    assert_eq!(selected(selector), selected(&read), "{text:?}");
    assert_eq!(read.to_string(), text.parse::<LabelSelector>().expect("read").to_string());
}

fn from(selectors: &[LabelSelector]) -> LabelSet {
    LabelSet::any_of(selectors)
}

fn world(contains: impl Fn(&Labels) -> bool) -> Bits {
    std::array::from_fn(|index| contains(&LABELS[index]))
}

fn selected(selector: &LabelSelector) -> Bits {
    world(|labels| selector.matches(labels))
}

fn bits(set: &LabelSet) -> Bits {
    world(|labels| set.contains(labels))
}

fn any_selector(input: &mut Unstructured<'_>) -> arbitrary::Result<LabelSelector> {
    let mut selector = LabelSelector::default();
    let value = |input: &mut Unstructured<'_>| -> arbitrary::Result<String> {
        Ok((*input.choose(&["", "x", "y"])?).to_owned())
    };
    for _ in 0..input.int_in_range(0..=4)? {
        let key = (*input.choose(&KEYS)?).to_owned();
        let operator = match input.int_in_range(0..=4)? {
            0 => {
                selector.match_labels.insert(key, value(input)?);
                continue;
            }
            1 => Operator::In,
            2 => Operator::NotIn,
            3 => Operator::Exists,
            _ => Operator::DoesNotExist,
        };
        let values = if matches!(operator, Operator::In | Operator::NotIn) {
            (0..input.int_in_range(1..=3)?).map(|_| value(input)).collect::<Result<_, _>>()?
        } else {
            vec![]
        };
        selector.match_expressions.push(Requirement { key, operator, values });
    }
    Ok(selector)
}

fn any_selectors(input: &mut Unstructured<'_>) -> arbitrary::Result<Vec<LabelSelector>> {
    (0..input.int_in_range(0..=4)?).map(|_| any_selector(input)).collect()
}

fn any(selectors: &[LabelSelector]) -> Bits {
    world(|labels| selectors.iter().any(|selector| selector.matches(labels)))
}

fn both(a: Bits, b: Bits, holds: impl Fn(bool, bool) -> bool) -> Bits {
    std::array::from_fn(|index| holds(a[index], b[index]))
}

fn sets(input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let (left, right) = (any_selectors(input)?, any_selectors(input)?);
    for selector in left.iter().chain(&right) {
        assert_eq!(validate(selector), []);
        printed(selector);
    }
    let (a, b) = (from(&left), from(&right));
    let (in_a, in_b) = (any(&left), any(&right));
    assert_eq!((bits(&a), bits(&b)), (in_a, in_b));
    assert_eq!(bits(&a.union(&b)), both(in_a, in_b, |a, b| a || b));
    assert_eq!(bits(&a.intersection(&b)), both(in_a, in_b, |a, b| a && b));
    assert_eq!(bits(&a.difference(&b)), both(in_a, in_b, |a, b| a && !b));
    assert_eq!(bits(&a.complement()), both(in_a, in_b, |a, _| !a));
    assert!(a.complement().complement().equals(&a));
    assert_eq!(a.is_subset(&b), both(in_a, in_b, |a, b| a && !b) == [false; WORLD]);
    assert_eq!(a.is_disjoint(&b), both(in_a, in_b, |a, b| a && b) == [false; WORLD]);
    assert_eq!((a.is_empty(), a.is_everything()), (in_a == [false; WORLD], in_a == [true; WORLD]));
    assert_eq!(a.equals(&b), in_a == in_b);
    assert_eq!((bits(&a.simplify()), bits(&a.disjoint())), (in_a, in_a));
    let written = a.to_selectors();
    assert_eq!(any(&written), in_a);
    let disjoint = a.to_disjoint_selectors();
    assert!(LABELS.iter().enumerate().all(|(index, labels)| {
        disjoint.iter().filter(|selector| selector.matches(labels)).count()
            == usize::from(in_a[index])
    }));
    for selector in written.iter().chain(&disjoint) {
        assert_eq!(validate(selector), [], "{selector:?}");
        printed(selector);
    }
    let careless = any(&a.to_selectors_with_dont_care(&b));
    assert!((0..WORLD).all(|index| in_b[index] && !in_a[index] || careless[index] == in_a[index]));
    let third = from(&any_selectors(input)?);
    regions(input, &a, &[b, third])
}

/// The regions of a partition are disjoint, make up the universe, and are where they
/// say that they are.
fn regions(
    input: &mut Unstructured<'_>,
    universe: &LabelSet,
    sets: &[LabelSet],
) -> arbitrary::Result<()> {
    let limit = usize::from(u8::arbitrary(input)?);
    let Ok(regions) = partition(universe, sets, limit) else { return Ok(()) };
    let hold = |labels: &Labels, all: bool, regions: &[metallb2cilium::selector::Region]| {
        let here: Vec<_> = regions.iter().filter(|one| one.cubes.contains(labels)).collect();
        assert_eq!(here.len(), usize::from(all && universe.contains(labels)), "{labels:?}");
        for region in here {
            let members: Vec<usize> =
                (0..sets.len()).filter(|index| sets[*index].contains(labels)).collect();
            assert_eq!(region.members, members, "{labels:?}");
        }
    };
    LABELS.iter().for_each(|labels| hold(labels, true, &regions));
    let witness = &LABELS[usize::from(u8::arbitrary(input)?) % WORLD];
    let around = partition_around(universe, sets, std::slice::from_ref(witness), limit);
    if let Ok(around) = around {
        assert!(around.len() <= 1);
        hold(witness, true, &around);
    }
    Ok(())
}
