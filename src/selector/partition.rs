//! Dividing a set by which of several others it lies within.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use super::cube::Cube;
use super::label_set::{selectors, split};
use super::merge::merge;
use super::simplify::{Form, simplify};
use super::subtract::{Visitor, Work, subtract, subtract_earlier};
use super::{LabelSelector, LabelSet};

/// How many comparisons each cube of the limit stands for.
const WORK_FOR_EACH_CUBE: usize = 1_000;
/// How many comparisons there are at least.
const LEAST_WORK: usize = 10_000_000;
/// How many cubes are compared before a region is taken as it is.
const SIMPLIFY_WORK: usize = 100_000;

/// The label maps of the universe that lie within just these of the sets.
#[derive(Debug, Clone)]
pub struct Region {
    /// The indexes of the sets that contain it, ascending; all others are
    /// disjoint from it.
    pub members: Vec<usize>,
    /// Its label maps, as disjoint cubes that a selector each can say.
    pub cubes: LabelSet,
}

impl Region {
    /// Selectors of which just one selects each label map of the region.
    pub fn selectors(&self) -> Vec<LabelSelector> {
        selectors(self.cubes.cubes())
    }
}

/// More cubes than wanted, or more work than they are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// The limit that was given.
    pub limit: usize,
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the selectors cut each other into more than {} pieces", self.limit)
    }
}

impl std::error::Error for TooMany {}

/// Divides the universe into regions by which of the sets contain them. The
/// regions are disjoint, make up the universe, and have different members; one
/// may have none. They are sorted by members.
///
/// At most `limit` cubes are held in all regions together, and the work is
/// bounded in proportion.
pub fn partition(
    universe: &LabelSet,
    sets: &[LabelSet],
    limit: usize,
) -> Result<Vec<Region>, TooMany> {
    divide(universe, sets, None, limit)
}

/// The regions of [`partition`] that contain one of the label maps: those of the
/// objects at hand. There are no more of them than label maps, however the sets
/// cut each other.
pub fn partition_around(
    universe: &LabelSet,
    sets: &[LabelSet],
    label_maps: &[BTreeMap<String, String>],
    limit: usize,
) -> Result<Vec<Region>, TooMany> {
    let witnesses = label_maps.iter().filter(|labels| universe.contains(labels)).collect();
    divide(universe, sets, Some(witnesses), limit)
}

/// A region as far as it is divided.
#[derive(Debug, Clone)]
struct Part<'a> {
    members: Vec<usize>,
    cubes: Vec<Cube>,
    /// The label maps in it for which it is kept; `None` where all are kept.
    witnesses: Option<Vec<&'a BTreeMap<String, String>>>,
}

impl Part<'_> {
    fn is_wanted(&self) -> bool {
        !self.cubes.is_empty() && self.witnesses.as_ref().is_none_or(|some| !some.is_empty())
    }
}

fn divide<'a>(
    universe: &LabelSet,
    sets: &'a [LabelSet],
    witnesses: Option<Vec<&'a BTreeMap<String, String>>>,
    limit: usize,
) -> Result<Vec<Region>, TooMany> {
    let mut bound = Bound::new(limit);
    let mut whole = few(universe);
    whole.sort_unstable_by(Cube::large_first);
    let cubes = bound.collect(|pieces| subtract_earlier(&whole, pieces))?;
    let mut parts = vec![Part { members: vec![], cubes: merge(cubes), witnesses }];
    parts.retain(Part::is_wanted);
    for (index, set) in sets.iter().enumerate() {
        let mut cover = few(set);
        cover.sort_unstable_by(Cube::large_first);
        let mut next = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            cut(part, index, set, &cover, &mut bound, &mut next)?;
        }
        bound.check(next.iter().map(|part| part.cubes.len()).sum())?;
        parts = next;
    }
    finish(parts, &mut bound)
}

fn few(set: &LabelSet) -> Vec<Cube> {
    simplify(set.cubes(), &[], Form::Any, &mut Work::limited(SIMPLIFY_WORK))
}

/// Cuts a part in what lies within the set, which the cover makes up, and what
/// does not, and adds those of them that are wanted.
fn cut<'a>(
    mut part: Part<'a>,
    index: usize,
    set: &LabelSet,
    cover: &[Cube],
    bound: &mut Bound,
    next: &mut Vec<Part<'a>>,
) -> Result<(), TooMany> {
    bound.spend(part.cubes.len() * cover.len())?;
    if part.cubes.iter().all(|cube| cover.iter().all(|other| other.is_disjoint(cube))) {
        next.push(part);
        return Ok(());
    }
    let (within, beyond) = match &part.witnesses {
        None => (None, None),
        Some(witnesses) => {
            let (within, beyond): (Vec<_>, Vec<_>) =
                witnesses.iter().partition(|labels| set.contains(labels));
            (Some(within), Some(beyond))
        }
    };
    let mut inside = Part { members: part.members.clone(), cubes: vec![], witnesses: within };
    inside.members.push(index);
    if inside.witnesses.as_ref().is_none_or(|some| !some.is_empty()) {
        inside.cubes = merge(bound.collect(|pieces| common(&part.cubes, cover, pieces))?);
    }
    part.witnesses = beyond;
    part.cubes = if part.witnesses.as_ref().is_none_or(|some| !some.is_empty()) {
        merge(bound.collect(|pieces| {
            part.cubes.iter().try_for_each(|cube| subtract(cube.clone(), cover, pieces))
        })?)
    } else {
        vec![]
    };
    next.extend([part, inside].into_iter().filter(Part::is_wanted));
    Ok(())
}

/// Hands over disjoint pieces that make up what the disjoint cubes have in
/// common with the cover.
fn common<V: Visitor>(cubes: &[Cube], cover: &[Cube], pieces: &mut V) -> ControlFlow<V::Stop> {
    for cube in cubes {
        for (index, other) in cover.iter().enumerate() {
            if let Some(both) = cube.intersection(other) {
                subtract(both, cover.iter().take(index), pieces)?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// Makes each part as few writable disjoint cubes as are found.
fn finish(parts: Vec<Part<'_>>, bound: &mut Bound) -> Result<Vec<Region>, TooMany> {
    let mut total = 0_usize;
    let mut regions = Vec::with_capacity(parts.len());
    for part in parts {
        let cubes = fewest_disjoint(part.cubes, bound.limit);
        total = cubes.iter().fold(total, |sum, cube| sum.saturating_add(cube.count_writable()));
        bound.check(total)?;
        let cubes = LabelSet::from_disjoint(split(&cubes));
        regions.push(Region { members: part.members, cubes });
    }
    regions.sort_by(|a, b| a.members.cmp(&b.members));
    Ok(regions)
}

/// The disjoint cubes, or others that make up the same set where those are fewer
/// when written.
fn fewest_disjoint(cubes: Vec<Cube>, limit: usize) -> Vec<Cube> {
    let count = |cubes: &[Cube]| {
        cubes.iter().fold(0_usize, |sum, cube| sum.saturating_add(cube.count_writable()))
    };
    let mut best = cubes;
    for form in [Form::Any, Form::Writable] {
        if count(&best) < 2 || (form == Form::Writable && count(&best) > limit) {
            break;
        }
        let mut work = Work::limited(SIMPLIFY_WORK);
        let mut simple = simplify(&best, &[], form, &mut work);
        simple.sort_unstable_by(Cube::large_first);
        // Worth while only where fewer come out.
        let mut fewer = Bound::new(count(&best));
        if let Ok(pieces) = fewer.collect(|pieces| subtract_earlier(&simple, pieces)) {
            let pieces = merge(pieces);
            if count(&pieces) < count(&best) {
                best = pieces;
            }
        }
    }
    best
}

/// What bounds a division.
#[derive(Debug)]
struct Bound {
    limit: usize,
    work: Work,
}

impl Bound {
    fn new(limit: usize) -> Self {
        let work = limit.saturating_mul(WORK_FOR_EACH_CUBE).max(LEAST_WORK);
        Self { limit, work: Work::limited(work) }
    }

    fn check(&self, cubes: usize) -> Result<(), TooMany> {
        if cubes > self.limit { Err(TooMany { limit: self.limit }) } else { Ok(()) }
    }

    fn spend(&mut self, comparisons: usize) -> Result<(), TooMany> {
        match self.work.spend(comparisons) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(TooMany { limit: self.limit }),
        }
    }

    /// The pieces that are handed to the collector, unless they exceed the bound.
    fn collect(
        &mut self,
        search: impl FnOnce(&mut Bounded<'_>) -> ControlFlow<()>,
    ) -> Result<Vec<Cube>, TooMany> {
        let mut bounded = Bounded { pieces: vec![], limit: self.limit, work: &mut self.work };
        match search(&mut bounded) {
            ControlFlow::Continue(()) => Ok(bounded.pieces),
            ControlFlow::Break(()) => Err(TooMany { limit: self.limit }),
        }
    }
}

/// Keeps every piece, within a bound.
#[derive(Debug)]
struct Bounded<'a> {
    pieces: Vec<Cube>,
    limit: usize,
    work: &'a mut Work,
}

impl Visitor for Bounded<'_> {
    type Stop = ();

    fn piece(&mut self, cube: Cube) -> ControlFlow<()> {
        if self.pieces.len() >= self.limit {
            return ControlFlow::Break(());
        }
        self.pieces.push(cube);
        ControlFlow::Continue(())
    }

    fn work(&mut self, comparisons: usize) -> ControlFlow<()> {
        self.work.spend(comparisons)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{cubes, label_map, set};
    use super::*;

    fn said(regions: &[Region]) -> Vec<(Vec<usize>, Vec<String>)> {
        regions
            .iter()
            .map(|region| {
                let selectors = region.selectors();
                (region.members.clone(), selectors.iter().map(ToString::to_string).collect())
            })
            .collect()
    }

    fn texts(members: &[usize], selectors: &[&str]) -> (Vec<usize>, Vec<String>) {
        (members.to_vec(), selectors.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn two_overlapping_sets_make_four_regions() {
        let sets = [set(&["rack=1"]), set(&["zone=a"])];
        let regions = partition(&LabelSet::everything(), &sets, 100).unwrap();
        assert_eq!(
            said(&regions),
            [
                texts(&[], &["rack notin (1),zone notin (a)"]),
                texts(&[0], &["rack=1,zone notin (a)"]),
                texts(&[0, 1], &["rack=1,zone=a"]),
                texts(&[1], &["rack notin (1),zone=a"]),
            ]
        );
    }

    #[test]
    fn equal_sets_and_empty_ones_make_no_regions_of_their_own() {
        let sets = [set(&["a=x"]), set(&[""]), set(&["a=x"]), set(&[])];
        let regions = partition(&LabelSet::everything(), &sets, 100).unwrap();
        assert_eq!(said(&regions), [texts(&[0, 1, 2], &["a=x"]), texts(&[1], &["a notin (x)"])]);
    }

    #[test]
    fn no_set_leaves_the_universe() {
        let regions = partition(&set(&["a=x", "a=y"]), &[], 100).unwrap();
        assert_eq!(said(&regions), [texts(&[], &["a in (x,y)"])]);
        assert_eq!(said(&partition(&LabelSet::nothing(), &[set(&["a=x"])], 100).unwrap()), []);
    }

    #[test]
    fn regions_can_be_only_those_of_the_nodes_at_hand() {
        let sets = [set(&["rack=1"]), set(&["zone=a"])];
        let nodes = [label_map("rack=1"), label_map("rack=1; other=x"), label_map("zone=b")];
        let regions = partition_around(&LabelSet::everything(), &sets, &nodes, 100).unwrap();
        assert_eq!(
            said(&regions),
            [
                texts(&[], &["rack notin (1),zone notin (a)"]),
                texts(&[0], &["rack=1,zone notin (a)"]),
            ]
        );
    }

    #[test]
    fn a_selector_for_each_of_a_thousand_nodes_is_quick() {
        let sets: Vec<LabelSet> =
            (0..1_000).map(|i| set(&[&format!("kubernetes.io/hostname=node-{i}")])).collect();
        let regions = partition(&LabelSet::everything(), &sets, 2_000).unwrap();
        assert_eq!(regions.len(), 1_001);
        assert!(regions.iter().all(|region| region.cubes.cubes().len() == 1));
    }

    #[test]
    fn sets_that_cut_each_other_to_pieces_end_at_the_limit() {
        let sets: Vec<LabelSet> = (0..200).map(|i| set(&[&format!("key-{i}=x")])).collect();
        let result = partition(&LabelSet::everything(), &sets, 5_000);
        assert_eq!(result.map(|regions| regions.len()), Err(TooMany { limit: 5_000 }));
    }

    #[test]
    fn a_set_that_takes_too_long_to_cut_out_ends_at_the_limit() {
        let many: Vec<String> = (0..60).map(|i| format!("a{i}=x; b{i}=y; c{i}=z")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let result = partition(&LabelSet::everything(), &[set(&many)], 1_000);
        assert_eq!(result.map(|regions| regions.len()), Err(TooMany { limit: 1_000 }));
    }

    #[test]
    fn nodes_at_hand_keep_the_regions_few_however_the_sets_cut_each_other() {
        let sets: Vec<LabelSet> = (0..200).map(|i| set(&[&format!("key-{i}=x")])).collect();
        let nodes: Vec<_> = (0..20).map(|i| label_map(&format!("key-{i}=x; key-7=x"))).collect();
        let regions = partition_around(&LabelSet::everything(), &sets, &nodes, 1_000).unwrap();
        assert_eq!(regions.len(), 20);
    }

    #[test]
    fn cubes_of_which_no_two_merge_may_still_be_fewer() {
        // A pinwheel: four arms around a middle, which make up everything.
        let pinwheel = [
            "a=1; b in 1 2",
            "a in 1 2; b notin 1 2",
            "a notin 1 2; b notin 1",
            "a notin 1; b=1",
            "a=2; b=2",
        ];
        assert_eq!(merge(cubes(&pinwheel)).len(), 5);
        assert_eq!(fewest_disjoint(cubes(&pinwheel), 100), [Cube::everything()]);
    }

    #[test]
    fn the_limit_may_be_reached_but_not_exceeded() {
        let sets = [set(&["rack=1"]), set(&["zone=a"])];
        let divide = |limit| partition(&LabelSet::everything(), &sets, limit);
        assert_eq!(divide(4).map(|regions| regions.len()), Ok(4));
        let error = divide(3).unwrap_err();
        assert_eq!(error, TooMany { limit: 3 });
        assert_eq!(error.to_string(), "the selectors cut each other into more than 3 pieces");
    }

    #[test]
    fn work_is_bounded() {
        let mut bound = Bound::new(1);
        assert_eq!(bound.spend(usize::MAX), Err(TooMany { limit: 1 }));
    }
}
