//! What is left of a cube when others are taken away: the one search on which
//! difference, containment and simplification rest.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::cube::{Cube, Key};
use super::values::ValueSet;

/// How much may still be done. Containment of selectors is NP-hard in general;
/// where an answer is only nice to have, the search for it is cut off.
#[derive(Debug)]
pub(super) struct Work {
    comparisons: usize,
}

impl Work {
    pub(super) fn limited(comparisons: usize) -> Self {
        Self { comparisons }
    }

    pub(super) fn unlimited() -> Self {
        Self { comparisons: usize::MAX }
    }

    /// Takes so many comparisons away; breaks where there are none left.
    pub(super) fn spend(&mut self, comparisons: usize) -> ControlFlow<()> {
        self.comparisons = self.comparisons.saturating_sub(comparisons);
        if self.comparisons == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Who receives the pieces that are left.
pub(super) trait Visitor {
    /// Why the search is broken off.
    type Stop;

    /// Another piece is left; it is disjoint from those before.
    fn piece(&mut self, cube: Cube) -> ControlFlow<Self::Stop>;

    /// So many cubes were compared.
    fn work(&mut self, _comparisons: usize) -> ControlFlow<Self::Stop> {
        ControlFlow::Continue(())
    }

    /// Whether no piece of this cube can be of interest.
    fn skips(&self, _cube: &Cube) -> bool {
        false
    }
}

/// Hands the visitor disjoint pieces that make up what is in the cube and in
/// none of the cover.
pub(super) fn subtract<'a, V: Visitor>(
    cube: Cube,
    cover: impl IntoIterator<Item = &'a Cube>,
    visitor: &mut V,
) -> ControlFlow<V::Stop> {
    let cover: Rc<[&Cube]> = cover.into_iter().collect();
    let mut stack = vec![(cube, cover)];
    while let Some((cube, cover)) = stack.pop() {
        visitor.work(cover.len() + 1)?;
        if visitor.skips(&cube) {
            continue;
        }
        let meeting: Rc<[&Cube]> =
            cover.iter().copied().filter(|other| !other.is_disjoint(&cube)).collect();
        // The cube that leaves the fewest pieces; none where it covers all.
        match meeting.iter().min_by_key(|other| cube.count_pieces(other)) {
            None => visitor.piece(cube)?,
            Some(other) => {
                let pieces = cube.difference(other).into_iter().rev();
                stack.extend(pieces.map(|piece| (piece, Rc::clone(&meeting))));
            }
        }
    }
    ControlFlow::Continue(())
}

/// Hands the visitor disjoint pieces that make up the union of the cubes: of
/// each what is in none before it.
pub(super) fn subtract_earlier<V: Visitor>(
    cubes: &[Cube],
    visitor: &mut V,
) -> ControlFlow<V::Stop> {
    let mut earlier: Vec<&Cube> = Vec::with_capacity(cubes.len());
    for cube in cubes {
        subtract(cube.clone(), earlier.iter().copied(), visitor)?;
        earlier.push(cube);
    }
    ControlFlow::Continue(())
}

/// Keeps every piece.
#[derive(Debug, Default)]
pub(super) struct Collect {
    pub(super) pieces: Vec<Cube>,
}

impl Visitor for Collect {
    type Stop = Infallible;

    fn piece(&mut self, cube: Cube) -> ControlFlow<Infallible> {
        self.pieces.push(cube);
        ControlFlow::Continue(())
    }
}

/// Stops at the first piece, or when the work is done up.
struct Probe<'a> {
    work: &'a mut Work,
}

impl Visitor for Probe<'_> {
    type Stop = ();

    fn piece(&mut self, _cube: Cube) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn work(&mut self, comparisons: usize) -> ControlFlow<()> {
        self.work.spend(comparisons)
    }
}

/// Whether the cover is known to hold the whole cube; with unlimited work,
/// whether it does.
pub(super) fn is_covered<'a>(
    cube: &Cube,
    cover: impl IntoIterator<Item = &'a Cube>,
    work: &mut Work,
) -> bool {
    subtract(cube.clone(), cover, &mut Probe { work }).is_continue()
}

/// Gathers what the pieces have at one key.
struct Slots<'a> {
    key: &'a Key,
    found: ValueSet,
    work: &'a mut Work,
}

impl Visitor for Slots<'_> {
    type Stop = ();

    fn piece(&mut self, cube: Cube) -> ControlFlow<()> {
        self.found = self.found.union(&cube.values(self.key));
        ControlFlow::Continue(())
    }

    fn work(&mut self, comparisons: usize) -> ControlFlow<()> {
        self.work.spend(comparisons)
    }

    fn skips(&self, cube: &Cube) -> bool {
        match cube.get(self.key) {
            Some(values) => values.is_subset(&self.found),
            None => self.found.is_full(),
        }
    }
}

/// What the label maps in the cube and in none of the cover have at a key;
/// `None` when the work is done up before that is known.
pub(super) fn uncovered_values<'a>(
    cube: Cube,
    key: &Key,
    cover: impl IntoIterator<Item = &'a Cube>,
    work: &mut Work,
) -> Option<ValueSet> {
    let mut slots = Slots { key, found: ValueSet::empty(), work };
    subtract(cube, cover, &mut slots).is_continue().then_some(slots.found)
}
