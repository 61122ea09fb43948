//! What either side tells a peer of some Services, and where the two differ.

use std::collections::BTreeSet;

use super::diagram::{Diagram, NEVER, Spent};
use super::domain::Logic;
use crate::manifest::Span;

/// What one side tells a peer of some Services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) services: Diagram,
    pub(super) length: u8,
    pub(super) communities: BTreeSet<String>,
    pub(super) local_preference: Option<u32>,
    /// The object that says it.
    pub(super) object: usize,
    pub(super) place: Option<Span>,
}

/// The Services of which the two sides tell a peer something else.
pub(super) fn differing(
    logic: &mut Logic<'_>,
    before: &[Statement],
    after: &[Statement],
    universe: Diagram,
    internal: bool,
) -> Result<Diagram, Spent> {
    let mut different = NEVER;
    let lengths: BTreeSet<u8> = before.iter().chain(after).map(|one| one.length).collect();
    for length in lengths {
        let of = |all: &[Statement]| -> Vec<Statement> {
            all.iter().filter(|one| one.length == length).cloned().collect()
        };
        let (was, is) = (of(before), of(after));
        let communities: BTreeSet<&String> =
            was.iter().chain(&is).flat_map(|one| &one.communities).collect();
        let mut tests: Vec<(Diagram, Diagram)> =
            vec![(told(logic, &was, |_| true)?, told(logic, &is, |_| true)?)];
        for community in communities {
            let with = |one: &Statement| one.communities.contains(community);
            tests.push((told(logic, &was, with)?, told(logic, &is, with)?));
        }
        if internal {
            let values: BTreeSet<u32> =
                was.iter().chain(&is).filter_map(|one| one.local_preference).collect();
            for value in values {
                // The highest counts; where MetalLB has two, it announces nothing.
                let set = |one: &Statement| one.local_preference == Some(value);
                let above = |one: &Statement| one.local_preference > Some(value);
                let (one, higher) = (told(logic, &is, set)?, told(logic, &is, above)?);
                tests.push((told(logic, &was, set)?, logic.store.without(one, higher)?));
            }
        }
        for (was, is) in tests {
            for (one, other) in [(was, is), (is, was)] {
                let only = logic.store.without(one, other)?;
                let only = logic.store.and(only, universe)?;
                different = logic.store.or(different, only)?;
            }
        }
    }
    Ok(different)
}

fn told(
    logic: &mut Logic<'_>,
    all: &[Statement],
    counts: impl Fn(&Statement) -> bool,
) -> Result<Diagram, Spent> {
    logic.store.any(all.iter().filter(|one| counts(one)).map(|one| one.services))
}

/// Leaves each Service to the last statement of an object about it: where advertisements
/// are not merged, an entry takes the place of those before it.
pub(super) fn keep_last(logic: &mut Logic<'_>, after: &mut [Statement]) -> Result<(), Spent> {
    let mut rest = after;
    while let Some((one, later)) = rest.split_first_mut() {
        for other in later.iter().filter(|other| other.object == one.object) {
            one.services = logic.store.without(one.services, other.services)?;
        }
        rest = later;
    }
    Ok(())
}

/// The Services of which only one of several advertisements decides, by chance.
pub(super) fn not_merged(
    logic: &mut Logic<'_>,
    after: &[Statement],
    universe: Diagram,
    internal: bool,
) -> Result<Diagram, Spent> {
    let mut unsure = NEVER;
    for (index, one) in after.iter().enumerate() {
        for other in &after[..index] {
            let says = |one: &Statement| {
                let local_preference = one.local_preference.filter(|_| internal);
                (one.length, one.communities.clone(), local_preference)
            };
            if one.object != other.object && says(one) != says(other) {
                let both = logic.store.and(one.services, other.services)?;
                let both = logic.store.and(both, universe)?;
                unsure = logic.store.or(unsure, both)?;
            }
        }
    }
    Ok(unsure)
}

pub(super) fn places(
    before: &[Statement],
    after: &[Statement],
) -> Vec<(Option<Span>, &'static str)> {
    let was = before.iter().map(|one| (one.place, "announced by MetalLB"));
    was.chain(after.iter().map(|one| (one.place, "announced by Cilium"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::proof::diagram::ALWAYS;

    fn statement(object: usize, local_preference: u32) -> Statement {
        Statement {
            services: ALWAYS,
            length: 32,
            communities: BTreeSet::new(),
            local_preference: Some(local_preference),
            object,
            place: None,
        }
    }

    #[test]
    fn of_several_local_preferences_of_ciliums_the_highest_counts() {
        let mut logic = Logic::new(&|| false);
        let is = [statement(0, 100), statement(1, 200)];
        for (was, same) in [(100, false), (200, true), (300, false)] {
            let was = [statement(0, was)];
            let found = differing(&mut logic, &was, &is, ALWAYS, true).unwrap();
            assert_eq!(found == NEVER, same, "{was:?}");
        }
    }

    #[test]
    fn only_two_objects_that_say_something_else_leave_it_to_chance() {
        let mut logic = Logic::new(&|| false);
        for (one, other, unsure) in
            [((0, 100), (1, 200), true), ((0, 100), (0, 200), false), ((0, 100), (1, 100), false)]
        {
            let said = [one, other].map(|(object, preference)| statement(object, preference));
            let found = not_merged(&mut logic, &said, ALWAYS, true).unwrap();
            assert_eq!(found != NEVER, unsure, "{said:?}");
            // An external peer is told no preference.
            assert_eq!(not_merged(&mut logic, &said, ALWAYS, false).unwrap(), NEVER);
        }
    }
}
