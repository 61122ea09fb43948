//! Conjunctions of constraints on labels.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::values::{Slot, ValueSet};
use super::{LabelSelector, Operator, Requirement};

/// A label's key.
pub(super) type Key = Arc<str>;

/// The label maps that meet a constraint on each of some keys; what the other
/// keys have is free. It is never empty, and keeps no constraint that everything
/// meets, so that equal sets are equal values.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cube {
    constraints: BTreeMap<Key, ValueSet>,
}

impl Cube {
    /// Every label map.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The label maps that the selector selects; `None` where none can be.
    pub fn from_selector(selector: &LabelSelector) -> Option<Self> {
        let mut cube = Self::everything();
        for (key, value) in &selector.match_labels {
            cube = cube.constrained(&Key::from(key.as_str()), &ValueSet::only([slot(value)]))?;
        }
        for requirement in &selector.match_expressions {
            let key = Key::from(requirement.key.as_str());
            cube = cube.constrained(&key, &values_of(requirement))?;
        }
        Some(cube)
    }

    /// Whether a label map is in it.
    pub fn contains(&self, labels: &BTreeMap<String, String>) -> bool {
        self.constraints
            .iter()
            .all(|(key, values)| values.contains(labels.get(&**key).map(String::as_str)))
    }

    /// The label maps in both; `None` where there are none.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let (mut both, small) = if self.constraints.len() >= other.constraints.len() {
            (self.clone(), other)
        } else {
            (other.clone(), self)
        };
        for (key, values) in &small.constraints {
            let values = both.get(key).map_or_else(|| values.clone(), |v| v.intersection(values));
            if values.is_empty() {
                return None;
            }
            both.constraints.insert(Arc::clone(key), values);
        }
        Some(both)
    }

    /// Whether each of its label maps is in the other too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.constraints.len() >= other.constraints.len()
            && other
                .constraints
                .iter()
                .all(|(key, theirs)| self.get(key).is_some_and(|ours| ours.is_subset(theirs)))
    }

    /// Whether no label map is in both.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        let (small, large) = if self.constraints.len() <= other.constraints.len() {
            (self, other)
        } else {
            (other, self)
        };
        small
            .constraints
            .iter()
            .any(|(key, values)| large.get(key).is_some_and(|more| values.is_disjoint(more)))
    }

    /// The label maps not in it, as disjoint cubes.
    pub fn complement(&self) -> Vec<Self> {
        Self::everything().difference(self)
    }

    /// The label maps in this and not in the other, as disjoint cubes.
    pub fn difference(&self, other: &Self) -> Vec<Self> {
        if self.is_disjoint(other) {
            return vec![self.clone()];
        }
        let mut pieces = Vec::new();
        let mut rest = self.clone();
        for (key, theirs) in &other.constraints {
            let ours = self.values(key);
            let outside = ours.difference(theirs);
            if !outside.is_empty() {
                pieces.push(rest.clone().replaced(key, outside));
                rest = rest.replaced(key, ours.intersection(theirs));
            }
        }
        pieces
    }

    /// In how many pieces [`difference`](Self::difference) leaves it, where the
    /// two are not disjoint.
    pub(super) fn count_pieces(&self, other: &Self) -> usize {
        let exceeds = |(key, theirs): &(&Key, &ValueSet)| {
            self.get(key).is_none_or(|ours| !ours.is_subset(theirs))
        };
        other.constraints.iter().filter(exceeds).count()
    }

    /// On how many keys it has a constraint.
    pub(super) fn width(&self) -> usize {
        self.constraints.len()
    }

    /// Orders cubes with few constraints, which are large, before those with many.
    pub(super) fn large_first(a: &Self, b: &Self) -> Ordering {
        (a.width(), a).cmp(&(b.width(), b))
    }

    /// The keys it constrains, ascending.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.constraints.keys()
    }

    /// Its constraint on a key, where it has one.
    pub(super) fn get(&self, key: &str) -> Option<&ValueSet> {
        self.constraints.get(key)
    }

    /// What it allows at a key.
    pub(super) fn values(&self, key: &str) -> ValueSet {
        self.get(key).cloned().unwrap_or_else(ValueSet::full)
    }

    /// It with the key free.
    pub(super) fn freed(mut self, key: &str) -> Self {
        self.constraints.remove(key);
        self
    }

    /// It with these values, which are some, at the key in place of its own.
    pub(super) fn replaced(mut self, key: &Key, values: ValueSet) -> Self {
        debug_assert!(!values.is_empty(), "a cube is never empty");
        if values.is_full() {
            self.constraints.remove(key);
        } else {
            self.constraints.insert(Arc::clone(key), values);
        }
        self
    }

    /// It with one more constraint; `None` where nothing meets it.
    fn constrained(self, key: &Key, values: &ValueSet) -> Option<Self> {
        let values = self.values(key).intersection(values);
        (!values.is_empty()).then(|| self.replaced(key, values))
    }

    /// Whether one selector can say it.
    pub fn is_writable(&self) -> bool {
        self.constraints.values().all(ValueSet::is_writable)
    }

    /// How many cubes [`split_writable`](Self::split_writable) gives, or
    /// `usize::MAX` where that is too many to say.
    pub(super) fn count_writable(&self) -> usize {
        let split = self.constraints.values().filter(|values| !values.is_writable()).count();
        u32::try_from(split).ok().and_then(|n| 2_usize.checked_pow(n)).unwrap_or(usize::MAX)
    }

    /// The selector that selects just these label maps, in canonical form: one
    /// value in `matchLabels`, everything else in `matchExpressions`, sorted.
    /// `None` where no selector can: "the label is absent or has one of these
    /// values" needs [two](Self::split_writable).
    pub fn to_selector(&self) -> Option<LabelSelector> {
        let mut selector = LabelSelector::default();
        for (key, values) in &self.constraints {
            write_constraint(key, values, &mut selector)?;
        }
        Some(selector)
    }

    /// Disjoint cubes that make it up, each of which one selector can say.
    pub fn split_writable(&self) -> Vec<Self> {
        let mut parts = vec![self.clone()];
        for (key, values) in &self.constraints {
            let alternatives = values.writable_parts();
            if alternatives.len() > 1 {
                parts = parts
                    .into_iter()
                    .flat_map(|cube| {
                        alternatives.iter().map(move |v| cube.clone().replaced(key, v.clone()))
                    })
                    .collect();
            }
        }
        parts
    }
}

fn slot(value: &str) -> Slot {
    Some(value.into())
}

/// What a requirement allows at its key.
fn values_of(requirement: &Requirement) -> ValueSet {
    let values = requirement.values.iter().map(|value| slot(value));
    match requirement.operator {
        Operator::In => ValueSet::only(values),
        Operator::NotIn => ValueSet::all_but(values),
        Operator::Exists => ValueSet::all_but([None]),
        Operator::DoesNotExist => ValueSet::only([None]),
    }
}

/// Adds the requirements that say the constraint; `None` where none can.
fn write_constraint(key: &str, values: &ValueSet, selector: &mut LabelSelector) -> Option<()> {
    let owned = |slots: &[Slot]| slots.iter().flatten().map(|v| v.to_string()).collect();
    let mut require = |operator, values: Vec<String>| {
        selector.match_expressions.push(Requirement { key: key.to_owned(), operator, values });
    };
    match values {
        ValueSet::Only(slots) => match &**slots {
            [None] => require(Operator::DoesNotExist, vec![]),
            [Some(value)] => {
                selector.match_labels.insert(key.to_owned(), value.to_string());
            }
            [] | [None, ..] => return None,
            slots => require(Operator::In, owned(slots)),
        },
        ValueSet::AllBut(slots) => {
            if let [None, ..] = **slots {
                require(Operator::Exists, vec![]);
            }
            let excluded: Vec<String> = owned(slots);
            if !excluded.is_empty() {
                require(Operator::NotIn, excluded);
            }
        }
    }
    Some(())
}
