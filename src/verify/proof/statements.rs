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

/// The Services of which only one of several advertisements decides, by chance.
pub(super) fn not_merged(
    logic: &mut Logic<'_>,
    after: &[Statement],
    universe: Diagram,
) -> Result<Diagram, Spent> {
    let mut unsure = NEVER;
    for (index, one) in after.iter().enumerate() {
        for other in &after[..index] {
            let says =
                |one: &Statement| (one.length, one.communities.clone(), one.local_preference);
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
