//! Sets of values that one label may have.

use std::cmp::Ordering;
use std::sync::Arc;

/// What an object has at a label's key: a value, or `None` where the label is
/// absent. Absence sorts first.
pub(super) type Slot = Option<Arc<str>>;

/// A set of [`Slot`]s: finite, or all but finitely many. There are infinitely
/// many values, so the second kind is never empty. Copies share the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ValueSet {
    /// Just these, sorted, each once.
    Only(Arc<[Slot]>),
    /// All but these, sorted, each once.
    AllBut(Arc<[Slot]>),
}

use ValueSet::{AllBut, Only};

impl ValueSet {
    /// Every value and absence.
    pub(super) fn full() -> Self {
        AllBut([].into())
    }

    /// Nothing at all.
    pub(super) fn empty() -> Self {
        Only([].into())
    }

    /// Just these.
    pub(super) fn only(slots: impl IntoIterator<Item = Slot>) -> Self {
        Only(sorted(slots))
    }

    /// All but these.
    pub(super) fn all_but(slots: impl IntoIterator<Item = Slot>) -> Self {
        AllBut(sorted(slots))
    }

    pub(super) fn is_full(&self) -> bool {
        matches!(self, AllBut(out) if out.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Only(slots) if slots.is_empty())
    }

    /// Whether a label with that value, or its absence, is in it.
    pub(super) fn contains(&self, value: Option<&str>) -> bool {
        match self {
            Only(slots) => find(slots, value),
            AllBut(out) => !find(out, value),
        }
    }

    pub(super) fn complement(&self) -> Self {
        match self {
            Only(slots) => AllBut(Arc::clone(slots)),
            AllBut(out) => Only(Arc::clone(out)),
        }
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Only(a), Only(b)) => Only(common(a, b)),
            (Only(a), AllBut(b)) | (AllBut(b), Only(a)) => Only(without(a, b)),
            (AllBut(a), AllBut(b)) => AllBut(merged(a, b)),
        }
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Only(a), Only(b)) => Only(merged(a, b)),
            (Only(a), AllBut(b)) | (AllBut(b), Only(a)) => AllBut(without(b, a)),
            (AllBut(a), AllBut(b)) => AllBut(common(a, b)),
        }
    }

    /// The union of many, which costs less than one after the other.
    pub(super) fn union_all<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut slots: Vec<Slot> = Vec::new();
        let mut rest = Self::empty();
        for set in sets {
            match set {
                Only(more) => slots.extend(more.iter().cloned()),
                AllBut(_) => rest = rest.union(set),
            }
        }
        rest.union(&Self::only(slots))
    }

    pub(super) fn difference(&self, other: &Self) -> Self {
        match (self, other) {
            (Only(a), Only(b)) => Only(without(a, b)),
            (Only(a), AllBut(b)) => Only(common(a, b)),
            (AllBut(a), Only(b)) => AllBut(merged(a, b)),
            (AllBut(a), AllBut(b)) => Only(without(b, a)),
        }
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        match (self, other) {
            (Only(a), Only(b)) => a.len() <= b.len() && a.iter().all(|slot| has(b, slot)),
            (Only(a), AllBut(b)) => !share(a, b),
            (AllBut(_), Only(_)) => false,
            (AllBut(a), AllBut(b)) => b.len() <= a.len() && b.iter().all(|slot| has(a, slot)),
        }
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        match (self, other) {
            (Only(a), Only(b)) => !share(a, b),
            (Only(a), AllBut(b)) | (AllBut(b), Only(a)) => {
                a.len() <= b.len() && a.iter().all(|slot| has(b, slot))
            }
            (AllBut(_), AllBut(_)) => false,
        }
    }

    /// Whether the requirements of one selector can say it, which they cannot
    /// where the label may be absent or have one of these values.
    pub(super) fn is_writable(&self) -> bool {
        !matches!(self, Only(slots) if matches!(**slots, [None, _, ..]))
    }

    /// The one or two sets that make it up without overlap and that the
    /// requirements of one selector can say.
    pub(super) fn writable_parts(&self) -> Vec<Self> {
        match self {
            Only(slots) if !self.is_writable() => {
                let values = slots.iter().filter(|slot| slot.is_some()).cloned().collect();
                vec![Self::only([None]), Only(values)]
            }
            _ => vec![self.clone()],
        }
    }
}

fn sorted(slots: impl IntoIterator<Item = Slot>) -> Arc<[Slot]> {
    let mut slots: Vec<Slot> = slots.into_iter().collect();
    slots.sort_unstable();
    slots.dedup();
    slots.into()
}

fn find(slots: &[Slot], value: Option<&str>) -> bool {
    slots.binary_search_by(|slot| slot.as_deref().cmp(&value)).is_ok()
}

fn has(slots: &[Slot], slot: &Slot) -> bool {
    slots.binary_search(slot).is_ok()
}

/// Whether the two have one in common.
fn share(a: &[Slot], b: &[Slot]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|slot| has(many, slot))
}

/// Those in both.
fn common(a: &Arc<[Slot]>, b: &Arc<[Slot]>) -> Arc<[Slot]> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|slot| has(many, slot)).cloned().collect()
}

/// Those in `a` alone.
fn without(a: &Arc<[Slot]>, b: &Arc<[Slot]>) -> Arc<[Slot]> {
    if !share(a, b) {
        return Arc::clone(a);
    }
    a.iter().filter(|slot| !has(b, slot)).cloned().collect()
}

/// Those in either.
fn merged(a: &Arc<[Slot]>, b: &Arc<[Slot]>) -> Arc<[Slot]> {
    if a.is_empty() {
        return Arc::clone(b);
    }
    if b.is_empty() {
        return Arc::clone(a);
    }
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        let order = x.cmp(y);
        let smaller = if order == Ordering::Greater { right.next() } else { left.next() };
        all.extend(smaller.cloned());
        if order == Ordering::Equal {
            right.next();
        }
    }
    all.extend(left.cloned());
    all.extend(right.cloned());
    all.into()
}
