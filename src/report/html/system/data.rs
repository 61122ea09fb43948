//! The Services as data within the page: the script shows, follows, searches and filters
//! them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::super::super::{escape, named};
use super::boxes::{Boxes, Kind};
use super::{System, Ways};

/// What a box of several stands for by name, before the rest is counted.
const NAMED: usize = 50;

#[derive(Serialize)]
struct Data<'a> {
    /// What the sides are called.
    titles: &'a [&'a str],
    /// What the cells of a Service are called.
    heads: &'a [&'a str],
    /// Every line of text once; the groups name them by number.
    lines: Vec<String>,
    groups: Vec<Group>,
    /// What the boxes beside the Services stand for: the pools first.
    ends: Vec<String>,
    /// Whom those of several things stand for, in words; else nothing.
    within: Vec<String>,
    /// How many boxes are pools.
    pools: usize,
    /// Cells, group, differences.
    services: Vec<Service<'a>>,
}

/// A Service is a list: names of fields would be said ten thousand times.
type Service<'a> = (Vec<Cow<'a, str>>, usize, &'a [usize]);

#[derive(Serialize)]
struct Group {
    /// Its box in the picture.
    at: usize,
    sides: Vec<Side>,
}

#[derive(Serialize)]
struct Side {
    /// In how many ways the Service may be served.
    ways: usize,
    /// Headings with their lines.
    parts: Vec<(&'static str, Vec<usize>)>,
    /// The boxes beside the Services that they lead to.
    ends: BTreeSet<usize>,
}

/// JSON that can stand within a script element.
pub(super) fn json<'r>(system: &System<'r>, boxes: &Boxes<'r>) -> String {
    let mut lines = Lines::default();
    let groups = system.groups.iter().zip(&boxes.of_group).map(|(group, at)| Group {
        at: *at,
        sides: group.sides.iter().map(|ways| lines.side(ways, boxes)).collect(),
    });
    let groups = groups.collect();
    let ends = boxes.ends.iter().map(|end| match end.names.as_slice() {
        [one] => format!("{} {one}", end.kind.one()),
        _ => end.counted(),
    });
    let within = boxes.ends.iter().map(|end| match end.names.as_slice() {
        [_] => String::new(),
        several => {
            let names: Vec<String> = several.iter().map(|name| (*name).to_owned()).collect();
            named(&names, NAMED)
        }
    });
    // What is read must not be other than what is seen.
    let shown = |text: &str| escape::visible(text, true).into_owned();
    let services = system.services.iter().map(|service| {
        let cells = service.cells.iter().map(|cell| escape::visible(cell, true)).collect();
        (cells, service.group, service.findings.as_slice())
    });
    let data = Data {
        titles: &system.titles,
        heads: &system.heads,
        groups,
        ends: ends.map(|end| shown(&end)).collect(),
        within: within.map(|names| shown(&names)).collect(),
        pools: boxes.ends.iter().filter(|end| end.kind == Kind::Pool).count(),
        services: services.collect(),
        lines: lines.all.iter().map(|line| shown(line)).collect(),
    };
    // Texts and numbers always serialize.
    escape::json_in_html(&serde_json::to_string(&data).unwrap_or_default())
}

#[derive(Default)]
struct Lines {
    all: Vec<String>,
    known: HashMap<String, usize>,
}

impl Lines {
    fn side<'r>(&mut self, ways: &Ways<'r>, boxes: &Boxes<'r>) -> Side {
        let parts = ways.lines().into_iter().map(|(heading, lines)| {
            (heading, lines.into_iter().map(|line| self.number(line)).collect())
        });
        Side { ways: ways.count, parts: parts.collect(), ends: boxes.of_ways(ways) }
    }

    fn number(&mut self, line: String) -> usize {
        let next = self.all.len();
        let number = *self.known.entry(line.clone()).or_insert(next);
        if number == next {
            self.all.push(line);
        }
        number
    }
}
