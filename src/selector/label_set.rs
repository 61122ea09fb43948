//! Sets of label maps.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::LabelSelector;
use super::cube::Cube;
use super::merge::{absorb, merge};
use super::simplify::{Form, simplify};
use super::subtract::{Collect, Work, is_covered, subtract, subtract_earlier};

/// How many cubes are compared with others before simplification takes what it
/// has.
const SIMPLIFY_WORK: usize = 1_000_000;

/// A set of label maps that finitely many selectors can describe: a union of
/// cubes, which may overlap. The same set can be held in more than one way:
/// compare with [`equals`](Self::equals).
///
/// Selectors of practice, even by the thousand, are quick to compute with; in
/// the worst case (many selectors, each on several keys of its own) complement
/// and containment grow exponentially. [`partition`](super::partition) is
/// bounded.
#[derive(Debug, Clone, Default)]
pub struct LabelSet {
    cubes: Vec<Cube>,
}

impl LabelSet {
    /// Every label map.
    pub fn everything() -> Self {
        Cube::everything().into()
    }

    /// No label map.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The label maps that any of the selectors selects: none for no selectors.
    pub fn any_of(selectors: &[LabelSelector]) -> Self {
        selectors.iter().filter_map(Cube::from_selector).collect()
    }

    /// The label maps that any of the selectors selects, every one for no
    /// selectors: how most lists of selectors in the APIs are meant.
    pub fn any_of_or_everything(selectors: &[LabelSelector]) -> Self {
        if selectors.is_empty() { Self::everything() } else { Self::any_of(selectors) }
    }

    /// The union of disjoint cubes, left as they are.
    pub(super) fn from_disjoint(mut cubes: Vec<Cube>) -> Self {
        cubes.sort_unstable();
        Self { cubes }
    }

    /// The cubes of which it is the union, sorted.
    pub fn cubes(&self) -> &[Cube] {
        &self.cubes
    }

    /// Whether a label map is in it.
    pub fn contains(&self, labels: &BTreeMap<String, String>) -> bool {
        self.cubes.iter().any(|cube| cube.contains(labels))
    }

    /// Whether it has no label map.
    pub fn is_empty(&self) -> bool {
        self.cubes.is_empty()
    }

    /// Whether it has every label map.
    pub fn is_everything(&self) -> bool {
        Self::everything().is_subset(self)
    }

    /// The label maps in either.
    pub fn union(&self, other: &Self) -> Self {
        self.cubes.iter().chain(&other.cubes).cloned().collect()
    }

    /// The label maps in both.
    pub fn intersection(&self, other: &Self) -> Self {
        self.cubes
            .iter()
            .flat_map(|a| other.cubes.iter().filter_map(|b| a.intersection(b)))
            .collect()
    }

    /// The label maps in this and not in the other.
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Collect::default();
        for cube in &self.cubes {
            let ControlFlow::Continue(()) = subtract(cube.clone(), &other.cubes, &mut left);
        }
        left.pieces.into_iter().collect()
    }

    /// The label maps not in it.
    pub fn complement(&self) -> Self {
        Self::everything().difference(self)
    }

    /// Whether each of its label maps is in the other too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.cubes.iter().all(|cube| is_covered(cube, &other.cubes, &mut Work::unlimited()))
    }

    /// Whether no label map is in both.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.cubes.iter().all(|a| other.cubes.iter().all(|b| a.is_disjoint(b)))
    }

    /// Whether both have the same label maps.
    pub fn equals(&self, other: &Self) -> bool {
        self.is_subset(other) && other.is_subset(self)
    }

    /// The same set as few large cubes, which may overlap.
    pub fn simplify(&self) -> Self {
        Self { cubes: self.simplified(&Self::nothing(), Form::Any) }
    }

    /// The same set as disjoint cubes.
    pub fn disjoint(&self) -> Self {
        Self::from_disjoint(self.disjoint_of(Form::Any))
    }

    /// Few selectors of which any selects just the label maps of the set; one
    /// label map may be selected by several. Everything is one empty selector,
    /// nothing is no selector.
    pub fn to_selectors(&self) -> Vec<LabelSelector> {
        self.to_selectors_with_dont_care(&Self::nothing())
    }

    /// Few selectors of which any selects every label map of the set, and none
    /// beyond them and those for which it does not matter.
    pub fn to_selectors_with_dont_care(&self, dont_care: &Self) -> Vec<LabelSelector> {
        // Those in both matter: the set comes first.
        selectors(&self.simplified(&dont_care.difference(self), Form::Writable))
    }

    /// Few selectors of which just one selects each label map of the set.
    pub fn to_disjoint_selectors(&self) -> Vec<LabelSelector> {
        [Form::Writable, Form::Any]
            .into_iter()
            .map(|form| selectors(&split(&self.disjoint_of(form))))
            .min_by_key(Vec::len)
            .unwrap_or_default()
    }

    fn simplified(&self, dont_care: &Self, form: Form) -> Vec<Cube> {
        // The set may have been built from large cubes that writing splits: they
        // are expanded once whole, then in writable form.
        let mut work = Work::limited(SIMPLIFY_WORK);
        let whole = simplify(&self.cubes, &dont_care.cubes, Form::Any, &mut work);
        match form {
            Form::Any => whole,
            Form::Writable => simplify(&whole, &dont_care.cubes, form, &mut work),
        }
    }

    fn disjoint_of(&self, form: Form) -> Vec<Cube> {
        let mut cubes = self.simplified(&Self::nothing(), form);
        // What is cut out of the later ones then leaves the fewest pieces.
        cubes.sort_unstable_by(Cube::large_first);
        let mut left = Collect::default();
        let ControlFlow::Continue(()) = subtract_earlier(&cubes, &mut left);
        merge(left.pieces)
    }
}

impl From<Cube> for LabelSet {
    fn from(cube: Cube) -> Self {
        Self { cubes: vec![cube] }
    }
}

/// The union.
impl FromIterator<Cube> for LabelSet {
    fn from_iter<I: IntoIterator<Item = Cube>>(cubes: I) -> Self {
        Self { cubes: absorb(merge(cubes.into_iter().collect())) }
    }
}

/// Cubes that make up the same set, each of which one selector can say.
pub(super) fn split(cubes: &[Cube]) -> Vec<Cube> {
    cubes.iter().flat_map(Cube::split_writable).collect()
}

/// The selectors of writable cubes, sorted.
pub(super) fn selectors(cubes: &[Cube]) -> Vec<LabelSelector> {
    debug_assert!(cubes.iter().all(Cube::is_writable));
    let mut selectors: Vec<LabelSelector> = cubes.iter().filter_map(Cube::to_selector).collect();
    selectors.sort_unstable();
    selectors
}

#[cfg(test)]
mod tests {
    use super::super::testing::set;
    use super::*;

    fn texts(selectors: &[LabelSelector]) -> Vec<String> {
        let mut texts: Vec<String> = selectors.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    }

    #[test]
    fn few_selectors_say_a_union() {
        for (union, expected) in [
            (&[][..], &[][..]),
            (&[""], &[""]),
            (&["a=x"], &["a=x"]),
            (&["a=x", "a notin x"], &[""]),
            (&["a", "!a"], &[""]),
            (&["a=x", "a=y"], &["a in (x,y)"]),
            (&["a=x", "b=y"], &["a=x", "b=y"]),
            (&["a=x", "a=x; b=y"], &["a=x"]),
            (&["a=x", "a notin x; b=y"], &["a=x", "b=y"]),
            (&["a=x; b=y", "a=z"], &["a=x,b=y", "a=z"]),
            (&["a=x; b=y", "a=x; b notin y"], &["a=x"]),
            (&["!a", "a=x"], &["!a", "a=x"]),
            (&["!a", "a notin x"], &["a notin (x)"]),
            (&["a notin x; b=y", "!a; b=y", "a=x; b=y"], &["b=y"]),
            (&["a; a notin x"], &["a,a notin (x)"]),
            (&["a=x; b=y", "a notin x; c=z", "b=y; c=z"], &["a notin (x),c=z", "a=x,b=y"]),
        ] {
            assert_eq!(texts(&set(union).to_selectors()), expected, "{union:?}");
        }
    }

    #[test]
    fn overlaps_are_cut_where_selectors_must_be_disjoint() {
        for (union, expected) in [
            (&["a=x", "b=y"][..], &["a notin (x),b=y", "a=x"][..]),
            (&["a=x", "a=y"], &["a in (x,y)"]),
            (&["a", "b"], &["!a,b", "a"]),
            (&["", "a"], &[""]),
        ] {
            assert_eq!(texts(&set(union).to_disjoint_selectors()), expected, "{union:?}");
        }
    }

    #[test]
    fn what_does_not_matter_makes_selectors_simpler() {
        let wanted = set(&["tier=web; zone=a", "tier=web; zone=b"]);
        let never = set(&["tier=web; zone notin a b"]);
        assert_eq!(texts(&wanted.to_selectors_with_dont_care(&never)), ["tier=web"]);
        assert_eq!(texts(&wanted.to_selectors()), ["tier=web,zone in (a,b)"]);
    }

    #[test]
    fn what_matters_and_does_not_is_selected() {
        assert_eq!(texts(&set(&["a=x"]).to_selectors_with_dont_care(&set(&["a=x"]))), ["a=x"]);
    }

    #[test]
    fn long_lists_of_values_are_quick() {
        let values = |prefix: &str| {
            let values: Vec<String> = (0..1_000).map(|i| format!("{prefix}{i}")).collect();
            set(&[&format!("host in {}", values.join(" "))])
        };
        let (a, b) = (values("a"), values("b"));
        assert!(a.is_disjoint(&b));
        let both = a.union(&b);
        assert_eq!(both.cubes().len(), 1);
        assert!(both.difference(&a).equals(&b));
        assert!(both.complement().union(&both).is_everything());
    }

    #[test]
    fn many_selectors_on_two_keys_are_quick() {
        let texts: Vec<String> = (0..300).map(|i| format!("host=h{i}; port=p{i}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let many = set(&texts);
        assert_eq!(many.to_selectors().len(), 300);
        assert_eq!(many.to_disjoint_selectors().len(), 300);
        assert!(many.complement().is_disjoint(&many));
    }
}
