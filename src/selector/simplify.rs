//! Fewer and larger cubes for the same set.
//!
//! After the fashion of two-level logic minimizers: each cube is expanded as far
//! as the set allows, those that the others cover are left out, and what
//! expansion has added to lists of values for nothing is taken back.

use super::cube::{Cube, Key};
use super::merge::{absorb, merge};
use super::subtract::{Work, is_covered, uncovered_values};
use super::values::ValueSet;

/// Which cubes may come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Any.
    Any,
    /// Those that one selector can say.
    Writable,
}

/// Cubes that hold all of `cubes` and nothing beyond them and `dont_care`: few,
/// though not always the fewest, and fewer still may be found with more work.
pub(super) fn simplify(
    cubes: &[Cube],
    dont_care: &[Cube],
    form: Form,
    work: &mut Work,
) -> Vec<Cube> {
    let mut start = absorb(merge(cubes.to_vec()));
    if form == Form::Writable {
        start = start.iter().flat_map(Cube::split_writable).collect();
    }
    if start.len() < 2 && dont_care.is_empty() {
        return start;
    }
    let mut allowed = start.clone();
    allowed.extend_from_slice(dont_care);
    let allowed = absorb(merge(allowed));

    let expanded = expand_all(start, &allowed, form, work);
    let mut few = fewest_needed(expanded, dont_care, work);
    tighten(&mut few, dont_care, work);
    few.sort_unstable();
    few
}

/// Expands each cube that does not lie within one expanded before it, the large
/// ones first.
fn expand_all(mut cubes: Vec<Cube>, allowed: &[Cube], form: Form, work: &mut Work) -> Vec<Cube> {
    cubes.sort_unstable_by(Cube::large_first);
    let mut expanded: Vec<Cube> = Vec::new();
    for cube in &cubes {
        if !expanded.iter().any(|larger| cube.is_subset(larger)) {
            expanded.push(expand(cube.clone(), &cubes, allowed, form, work));
        }
    }
    absorb(expanded)
}

/// Frees one key after the other as far as the allowed set reaches; of several,
/// first the one with which the most other cubes come to lie within.
fn expand(mut cube: Cube, others: &[Cube], allowed: &[Cube], form: Form, work: &mut Work) -> Cube {
    let mut keys: Vec<Key> = cube.keys().cloned().collect();
    loop {
        let mut best: Option<((usize, bool), Cube)> = None;
        // What cannot grow now cannot after another key has grown.
        keys.retain(|key| {
            let Some(larger) = raised(&cube, key, allowed, form, work) else { return false };
            let within = others.iter().filter(|other| other.is_subset(&larger)).count();
            let score = (within, larger.get(key).is_none());
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, larger));
            }
            true
        });
        match best {
            Some((_, larger)) => cube = larger,
            None => return cube,
        }
    }
}

/// The cube with as much at the key as the allowed set has there whatever the
/// rest of the cube; `None` where that is no more than it has.
fn raised(cube: &Cube, key: &Key, allowed: &[Cube], form: Form, work: &mut Work) -> Option<Cube> {
    let ours = cube.values(key);
    let outside = uncovered_values(cube.clone().freed(key), key, allowed, work)?;
    let mut values = outside.complement();
    if form == Form::Writable {
        values = values.writable_parts().into_iter().find(|part| ours.is_subset(part))?;
    }
    (values != ours && ours.is_subset(&values)).then(|| cube.clone().replaced(key, values))
}

/// Leaves out cubes that the others cover; tries it from both ends.
fn fewest_needed(cubes: Vec<Cube>, dont_care: &[Cube], work: &mut Work) -> Vec<Cube> {
    let mut large_first = cubes;
    large_first.sort_unstable_by(Cube::large_first);
    let small_first = large_first.iter().rev().cloned().collect();
    let one = needed(small_first, dont_care, work);
    let other = needed(large_first, dont_care, work);
    if other.len() < one.len() { other } else { one }
}

/// Leaves out cubes that the others cover, in the order given.
fn needed(mut cubes: Vec<Cube>, dont_care: &[Cube], work: &mut Work) -> Vec<Cube> {
    let mut index = 0;
    while index < cubes.len() {
        let cube = cubes.remove(index);
        if !is_covered(&cube, cubes.iter().chain(dont_care), work) {
            cubes.insert(index, cube);
            index += 1;
        }
    }
    cubes
}

/// Takes out of each list of values those that only label maps have which other
/// cubes cover too.
fn tighten(cubes: &mut [Cube], dont_care: &[Cube], work: &mut Work) {
    for index in 0..cubes.len() {
        let Some(mut cube) = cubes.get(index).cloned() else { continue };
        let keys: Vec<Key> = cube.keys().cloned().collect();
        for key in keys {
            if !matches!(cube.get(&key), Some(ValueSet::Only(slots)) if slots.len() > 1) {
                continue;
            }
            let others =
                cubes.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, other)| other);
            let values = uncovered_values(cube.clone(), &key, others.chain(dont_care), work);
            if let Some(values) = values.filter(|values| !values.is_empty()) {
                cube = cube.replaced(&key, values);
            }
        }
        if let Some(place) = cubes.get_mut(index) {
            *place = cube;
        }
    }
}
