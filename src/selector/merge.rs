//! Cheap ways to fewer cubes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cube::{Cube, Key};
use super::values::ValueSet;

/// Merges cubes that differ in what they allow at one key only, until there are
/// none, and sorts. Disjoint cubes stay disjoint.
pub(super) fn merge(mut cubes: Vec<Cube>) -> Vec<Cube> {
    loop {
        let before = cubes.len();
        cubes.sort_unstable();
        cubes.dedup();
        let keys: BTreeSet<Key> = cubes.iter().flat_map(Cube::keys).map(Arc::clone).collect();
        for key in keys {
            cubes = merge_at(&key, cubes);
        }
        if cubes.len() == before {
            cubes.sort_unstable();
            return cubes;
        }
    }
}

/// Merges those that differ at this key only.
fn merge_at(key: &Key, cubes: Vec<Cube>) -> Vec<Cube> {
    let (alike, mut merged): (Vec<Cube>, Vec<Cube>) =
        cubes.into_iter().partition(|cube| cube.get(key).is_some());
    if alike.len() < 2 {
        merged.extend(alike);
        return merged;
    }
    let mut groups: BTreeMap<Cube, Vec<ValueSet>> = BTreeMap::new();
    for cube in alike {
        let values = cube.values(key);
        groups.entry(cube.freed(key)).or_default().push(values);
    }
    merged.extend(
        groups.into_iter().map(|(rest, values)| rest.replaced(key, ValueSet::union_all(&values))),
    );
    merged
}

/// Leaves out each cube that lies within another, and sorts.
pub(super) fn absorb(mut cubes: Vec<Cube>) -> Vec<Cube> {
    cubes.sort_unstable_by(Cube::large_first);
    cubes.dedup();
    let mut kept: Vec<Cube> = Vec::with_capacity(cubes.len());
    for cube in cubes {
        // A cube with fewer constraints lies within none with more; of those
        // with as many, either may lie within the other.
        if !kept.iter().any(|larger| cube.is_subset(larger)) {
            let width = cube.width();
            kept.retain(|other| other.width() < width || !other.is_subset(&cube));
            kept.push(cube);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::super::testing::cubes;
    use super::*;

    #[test]
    fn of_as_wide_cubes_the_smaller_is_absorbed_whichever_comes_first() {
        for (small, large) in [("a in x", "a in x y"), ("a in y", "a in x y")] {
            let mut expected = cubes(&[large, "b=1; c=1"]);
            expected.sort_unstable();
            assert_eq!(absorb(cubes(&[small, large, "b=1; c=1"])), expected);
        }
    }

    #[test]
    fn a_cube_with_more_constraints_is_absorbed() {
        assert_eq!(absorb(cubes(&["a=x; b=y", "a=x"])), cubes(&["a=x"]));
    }
}
