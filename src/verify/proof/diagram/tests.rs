use proptest::prelude::*;

use super::*;

/// What a diagram is made of, so that it can be evaluated without one.
#[derive(Debug, Clone)]
enum Formula {
    OneOf(Var, Vec<Slot>),
    NoneOf(Var, Vec<Slot>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
    Without(Box<Formula>, Box<Formula>),
}

impl Formula {
    fn build(&self, store: &mut Store<'_>) -> Diagram {
        match self {
            Self::OneOf(var, values) => store.one_of(*var, values.iter().copied()).unwrap(),
            Self::NoneOf(var, values) => store.none_of(*var, values.iter().copied()).unwrap(),
            Self::And(a, b) => {
                let (a, b) = (a.build(store), b.build(store));
                store.and(a, b).unwrap()
            }
            Self::Or(a, b) => {
                let (a, b) = (a.build(store), b.build(store));
                store.or(a, b).unwrap()
            }
            Self::Without(a, b) => {
                let (a, b) = (a.build(store), b.build(store));
                store.without(a, b).unwrap()
            }
        }
    }

    fn holds(&self, point: &[Slot]) -> bool {
        match self {
            Self::OneOf(var, values) => values.contains(&point[*var as usize]),
            Self::NoneOf(var, values) => !values.contains(&point[*var as usize]),
            Self::And(a, b) => a.holds(point) && b.holds(point),
            Self::Or(a, b) => a.holds(point) || b.holds(point),
            Self::Without(a, b) => a.holds(point) && !b.holds(point),
        }
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    let values = || proptest::collection::vec(1..4_u32, 0..3);
    let leaf = prop_oneof![
        (0..3_u32, values()).prop_map(|(var, values)| Formula::OneOf(var, values)),
        (0..3_u32, values()).prop_map(|(var, values)| Formula::NoneOf(var, values)),
    ];
    leaf.prop_recursive(5, 32, 2, |inner| {
        let two = || (inner.clone(), inner.clone());
        prop_oneof![
            two().prop_map(|(a, b)| Formula::And(Box::new(a), Box::new(b))),
            two().prop_map(|(a, b)| Formula::Or(Box::new(a), Box::new(b))),
            two().prop_map(|(a, b)| Formula::Without(Box::new(a), Box::new(b))),
        ]
    })
}

fn points() -> impl Iterator<Item = [Slot; 3]> {
    (0..64_u32).map(|n| [n % 4, n / 4 % 4, n / 16])
}

proptest! {
    #[test]
    fn diagrams_hold_just_the_points_of_their_formula(a in formula(), b in formula()) {
        let mut store = Store::new(&|| false);
        let (one, other) = (a.build(&mut store), b.build(&mut store));
        for point in points() {
            let held = store.contains(one, &|var| point[var as usize]);
            prop_assert_eq!(held, a.holds(&point));
        }
        let same = points().all(|point| a.holds(&point) == b.holds(&point));
        prop_assert_eq!(one == other, same);
    }

    #[test]
    fn the_cheapest_member_is_a_member_and_none_is_cheaper(a in formula()) {
        let mut store = Store::new(&|| false);
        let diagram = a.build(&mut store);
        let cost = |_: Var, value: Slot| u32::from(value != 1) * (value + 1);
        let full = |point: &[Slot; 3]| (0..3).map(|v| cost(v, point[v as usize])).sum::<u32>();
        let least = points().filter(|point| a.holds(point)).map(|point| full(&point)).min();
        let found = store.cheapest(diagram, &cost).map(|chosen| {
            let mut point = [1, 1, 1];
            chosen.into_iter().for_each(|(var, value)| point[var as usize] = value);
            point
        });
        prop_assert_eq!(found.map(|point| a.holds(&point)), least.map(|_| true));
        prop_assert_eq!(found.map(|point| full(&point)), least);
    }
}

#[test]
fn when_the_time_is_up_nothing_is_said() {
    let mut store = Store::new(&|| true);
    let mut all = ALWAYS;
    let mut result = Ok(ALWAYS);
    for var in 0..200 {
        let Ok(next) = store.one_of(var, [1]).and_then(|one| store.and(all, one)) else {
            result = Err(Spent);
            break;
        };
        all = next;
    }
    assert_eq!(result, Err(Spent));
}

#[test]
fn a_value_that_a_variable_cannot_have_is_in_no_member() {
    let mut store = Store::new(&|| false);
    let cost = |_: Var, value: Slot| if value == 2 { IMPOSSIBLE } else { value };
    for (values, member) in [(&[2][..], None), (&[2, 3], Some(3)), (&[3, 4], Some(3))] {
        let set = store.one_of(0, values.iter().copied()).unwrap();
        let found = store.cheapest(set, &cost);
        assert_eq!(found, member.map(|value| vec![(0, value)]), "{values:?}");
    }
}

#[test]
fn more_edges_than_there_may_be_are_given_up() {
    let mut store = Store::new(&|| false);
    store.edges = MAX_EDGES - 4;
    assert!(store.one_of(0, [2, 3]).is_ok());
    assert!(store.one_of(1, [2]).is_ok());
    assert_eq!(store.one_of(2, [2]), Err(Spent));
}

#[test]
fn as_long_as_there_is_time_much_can_be_worked_out() {
    let mut store = Store::new(&|| false);
    let one = store.one_of(0, [1]).unwrap();
    for value in 1..=2 * PATIENCE {
        let other = store.one_of(1, [value]).unwrap();
        assert!(store.and(one, other).is_ok());
    }
}
