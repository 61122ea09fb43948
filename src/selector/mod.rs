//! Kubernetes label selectors: evaluate, combine, negate, print.
//!
//! A selector stands for the set of label maps that it selects. Such sets are
//! held symbolically, so that two lists of selectors can be compared, or the
//! Nodes and Services they select be divided, without knowing any object:
//!
//! - A label's slot holds a value or nothing. There are infinitely many values,
//!   so every set of slots that selectors can describe is finite or all but
//!   finite: `In` is a finite one, `NotIn`, `Exists` and no requirement at all
//!   are the others.
//! - A [`Cube`] constrains the slots of some keys, each on its own: what one
//!   selector says. One set only has no selector: "absent or one of these
//!   values", which is split in two where selectors are written.
//! - A [`LabelSet`] is a union of cubes: what a list of selectors says of which
//!   any may match. These sets are closed under union, intersection and
//!   complement.
//!
//! Nothing is assumed of labels but that a key has at most one value: that no
//! object may in fact have some combination is not known here.

mod api;
mod cube;
mod label_set;
mod merge;
mod parse;
mod partition;
mod simplify;
mod subtract;
mod validate;
mod values;

#[cfg(test)]
mod brute_force;
#[cfg(test)]
#[cfg(feature = "cluster")]
mod kube_core;
#[cfg(test)]
mod testing;

pub use api::{LabelSelector, Operator, Requirement};
pub use cube::Cube;
pub use label_set::LabelSet;
pub use parse::SelectorSyntax;
pub use partition::{Region, TooMany, partition, partition_around};
pub use validate::{SelectorError, is_label_key, is_label_value, is_subdomain, validate};
