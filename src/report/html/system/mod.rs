//! Pools, Services, and who answers for them or is told of them: on one side, or before
//! and after.
//!
//! In: a [`System`]. Out: its picture, the list of its Services, and the data by which
//! the script of the page follows, searches and filters.

mod boxes;
mod data;
mod draw;
mod list;
mod ways;

pub(in crate::report) use ways::{Answer, Sent, Ways, route};

use std::collections::BTreeSet;

use super::Page;
use boxes::Boxes;

/// What a page shows of a system.
#[derive(Debug, Default)]
pub(in crate::report) struct System<'r> {
    /// What each side is called; there are one or two.
    pub(in crate::report) titles: Vec<&'r str>,
    /// Services that are served alike, those that differ first, then the largest.
    pub(in crate::report) groups: Vec<Group<'r>>,
    /// What the cells of a Service are called; the first is its name, then comes its
    /// address on each side, and the last is its result in a word.
    pub(in crate::report) heads: Vec<&'r str>,
    /// Every Service.
    pub(in crate::report) services: Vec<Service<'r>>,
    /// By which words of which cells Services are filtered.
    pub(in crate::report) filters: Vec<(usize, Vec<&'static str>)>,
    /// What the picture says of it, as markup.
    pub(in crate::report) about: &'static str,
    /// The peers of which a BGP session is not the same on both sides.
    pub(in crate::report) sessions: BTreeSet<&'r str>,
}

/// Services that are served alike.
#[derive(Debug)]
pub(in crate::report) struct Group<'r> {
    /// How they may be served on each side.
    pub(in crate::report) sides: Vec<Ways<'r>>,
    /// Their places in [`System::services`].
    pub(in crate::report) services: Vec<usize>,
    /// Whether the traffic of one of them is touched by a difference.
    pub(in crate::report) differs: bool,
}

/// What is said of one Service.
#[derive(Debug)]
pub(in crate::report) struct Service<'r> {
    /// A text below each head.
    pub(in crate::report) cells: Vec<std::borrow::Cow<'r, str>>,
    /// Its place in [`System::groups`].
    pub(in crate::report) group: usize,
    /// The differences on the page that are about it.
    pub(in crate::report) findings: Vec<usize>,
}

impl System<'_> {
    /// Adds the picture and the data to a page.
    pub(in crate::report) fn picture(&self, page: &mut Page) {
        if self.groups.is_empty() {
            return;
        }
        let boxes = Boxes::new(self);
        let heading = match self.titles.len() {
            1 => "Picture",
            _ => "Before and after",
        };
        page.section("picture", heading, draw::figures(self, &boxes));
        page.data = Some(data::json(self, &boxes));
    }

    /// Adds the list of Services to a page.
    pub(in crate::report) fn list(&self, page: &mut Page) {
        if !self.services.is_empty() {
            page.section("services", "Services", list::section(self));
        }
    }

    /// A cell of the first Service of a group: its name, then its address on each side.
    fn first(&self, group: usize, cell: usize) -> &str {
        let group = self.groups.get(group);
        let first = group.and_then(|group| group.services.first());
        let service = first.and_then(|first| self.services.get(*first));
        service.and_then(|service| service.cells.get(cell)).map_or("", |text| text)
    }
}
