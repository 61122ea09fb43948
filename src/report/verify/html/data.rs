//! The Services as data within the page: the script shows, searches and filters them.

use std::collections::HashMap;

use serde::Serialize;

use super::super::super::escape;
use super::super::addresses;
use super::groups::{Group, Row, Ways};
use super::picture::SHOWN;
use crate::verify::Report;

#[derive(Serialize)]
struct Data<'a> {
    /// What the two sides are called.
    titles: [&'a str; 2],
    /// Every line of text once; the groups name them by number.
    lines: Vec<String>,
    groups: Vec<[Side; 2]>,
    /// From which group on the picture has one box for all.
    boxes: usize,
    /// Name, state, fate, addresses before and after, group, differences.
    services: Vec<Service<'a>>,
}

type Service<'a> = (&'a str, &'a str, &'a str, String, String, usize, &'a [usize]);

#[derive(Serialize)]
struct Side {
    /// In how many ways the Service may be served.
    ways: usize,
    /// Headings with their lines.
    parts: Vec<(&'static str, Vec<usize>)>,
}

/// JSON that can stand within a script element.
pub(super) fn json(report: &Report, groups: &[Group<'_>], rows: &[Row<'_>]) -> String {
    let mut lines = Lines::default();
    let groups =
        groups.iter().map(|group| [lines.side(&group.before), lines.side(&group.after)]).collect();
    let services = rows.iter().map(|row| {
        (
            row.row.service.as_str(),
            row.state.word(),
            row.fate,
            addresses(&row.row.addresses_before),
            addresses(&row.row.addresses_after),
            row.group,
            row.findings.as_slice(),
        )
    });
    let data = Data {
        titles: [report.before, report.after],
        groups,
        boxes: SHOWN,
        services: services.collect(),
        lines: lines.all,
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
    fn side(&mut self, ways: &Ways<'_>) -> Side {
        let parts = ways.lines().into_iter().map(|(heading, lines)| {
            (heading, lines.into_iter().map(|line| self.number(line)).collect())
        });
        Side { ways: ways.count, parts: parts.collect() }
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
