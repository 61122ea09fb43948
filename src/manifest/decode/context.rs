//! What the parts of one decoding share, and how they name places.

use std::cell::RefCell;
use std::fmt;

use super::super::node::path_segment;
use super::{Mode, Problem};

/// The way to a value, kept on the stack; a text is made of it only for problems.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root(&'a str),
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(base) => f.write_str(base),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Key(parent, key) => {
                let first = matches!(parent, Self::Root(""));
                write!(f, "{parent}{}", path_segment(key, first))
            }
        }
    }
}

/// What all parts of one decoding share.
pub(super) struct Context {
    pub(super) mode: Mode,
    problems: RefCell<Vec<Problem>>,
}

impl Context {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, problems: RefCell::new(Vec::new()) }
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    pub(super) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// A path for people; the root of a document has none.
pub(super) fn named(path: &str) -> &str {
    if path.is_empty() { "the document" } else { path }
}
