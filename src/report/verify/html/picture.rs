//! The system as a picture: pools, Services, and who answers for them or is told of
//! them, before and after side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::escape::markup;
use super::groups::{Group, Ways};
use crate::verify::Report;

/// Boxes of one kind; what is beyond is one box.
pub(super) const SHOWN: usize = 10;
/// Characters of a box.
const LETTERS: usize = 21;
const ROW: usize = 40;
const TOP: usize = 26;
const BOX: usize = 30;
const WIDTH: usize = 160;
const COLUMNS: [usize; 3] = [4, 224, 444];
const WHOLE: usize = 608;

/// What the boxes of a side are joined by: from a group to what stands on the left or
/// the right of it, and what the tie is like.
type Ties = BTreeMap<(usize, Ends), BTreeSet<String>>;

/// The other end of a tie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Ends {
    Pool(String),
    Node(String),
    Peer(String),
}

impl Ends {
    fn label(&self) -> String {
        match self {
            Self::Pool(name) => name.clone(),
            Self::Node(name) => format!("node {name}"),
            Self::Peer(name) => format!("peer {name}"),
        }
    }
}

/// How a tie compares with the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Same,
    Changed,
    /// It is on this side only.
    Only,
}

impl Change {
    fn class(self, after: bool) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Only if after => "new",
            Self::Only => "gone",
        }
    }
}

/// The figure; empty where there is no Service.
pub(super) fn figure(report: &Report, groups: &[Group<'_>]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let before = ties(groups, |group| &group.before);
    let after = ties(groups, |group| &group.after);
    // One order of boxes for both sides, so that the eye can compare.
    let ends: BTreeSet<&Ends> = before.keys().chain(after.keys()).map(|(_, end)| end).collect();
    let mut columns = Columns { left: Boxes::default(), right: Boxes::default(), groups, report };
    for end in order(ends, &before, &after) {
        match end {
            Ends::Pool(_) => columns.left.pools.push(end),
            Ends::Node(_) => columns.right.nodes.push(end),
            Ends::Peer(_) => columns.right.peers.push(end),
        }
    }
    let mut text = String::from("<div class=\"panels\">\n");
    for (title, own, other, is_after) in
        [(report.before, &before, &after, false), (report.after, &after, &before, true)]
    {
        text.push_str(&columns.side(title, own, other, is_after));
    }
    text.push_str("</div>\n");
    text
}

fn ties<'g>(groups: &'g [Group<'g>], side: impl Fn(&'g Group<'g>) -> &'g Ways<'g>) -> Ties {
    let mut ties = Ties::new();
    for (index, group) in groups.iter().enumerate() {
        let index = index.min(SHOWN);
        let ways = side(group);
        let mut tie = |end: Ends, what: String| {
            ties.entry((index, end)).or_default().insert(what);
        };
        for pool in &ways.pools {
            tie(Ends::Pool((*pool).to_owned()), String::new());
        }
        for (node, on) in &ways.answers {
            tie(Ends::Node((*node).to_owned()), on.clone());
        }
        for (node, peer, what) in &ways.routes {
            tie(Ends::Peer((*peer).to_owned()), format!("from {node}: {what}"));
        }
    }
    ties
}

/// Those with a difference first, so that none is hidden in "more".
fn order<'e>(ends: BTreeSet<&'e Ends>, before: &Ties, after: &Ties) -> Vec<&'e Ends> {
    fn of(ties: &Ties) -> BTreeMap<&Ends, Vec<(usize, &BTreeSet<String>)>> {
        let mut by_end: BTreeMap<&Ends, Vec<_>> = BTreeMap::new();
        for ((group, end), what) in ties {
            by_end.entry(end).or_default().push((*group, what));
        }
        by_end
    }
    let (before, after) = (of(before), of(after));
    let mut ordered: Vec<&Ends> = ends.into_iter().collect();
    ordered.sort_by_key(|end| before.get(end) == after.get(end));
    ordered
}

/// The boxes of a column, one kind below the other.
#[derive(Default)]
struct Boxes<'a> {
    pools: Vec<&'a Ends>,
    nodes: Vec<&'a Ends>,
    peers: Vec<&'a Ends>,
}

impl<'a> Boxes<'a> {
    fn kinds(&self) -> [(&'static str, &[&'a Ends]); 3] {
        [("pools", &self.pools), ("nodes", &self.nodes), ("peers", &self.peers)]
    }

    /// How many rows they take.
    fn rows(&self) -> usize {
        self.kinds().iter().map(|(_, ends)| ends.len().min(SHOWN + 1)).sum()
    }

    /// The row of each box, and those that stand for several.
    fn places(&self) -> (BTreeMap<&'a Ends, usize>, Vec<(usize, String)>) {
        let (mut places, mut more, mut first) = (BTreeMap::new(), Vec::new(), 0);
        for (kind, ends) in self.kinds() {
            places.extend(ends.iter().enumerate().map(|(at, end)| (*end, first + at.min(SHOWN))));
            if ends.len() > SHOWN {
                more.push((first + SHOWN, format!("{} more {kind}", ends.len() - SHOWN)));
            }
            first += ends.len().min(SHOWN + 1);
        }
        (places, more)
    }
}

struct Columns<'a> {
    groups: &'a [Group<'a>],
    left: Boxes<'a>,
    right: Boxes<'a>,
    report: &'a Report,
}

impl Columns<'_> {
    fn side(&self, title: &str, own: &Ties, other: &Ties, after: bool) -> String {
        let services = self.groups.len().min(SHOWN + 1);
        let rows = self.left.rows().max(services).max(self.right.rows());
        let sides = [(0, self.left.places()), (2, self.right.places())];
        let height = TOP + rows * ROW + 4;
        let mut text = format!(
            "<figure><figcaption>{title}</figcaption><div class=\"scroll\" tabindex=\"0\" \
             role=\"region\" aria-label=\"Picture: {title}\"><svg viewBox=\"0 0 {WHOLE} {height}\" \
             role=\"group\" aria-label=\"Pools, Services, and the nodes and peers of {title}\">\n",
            title = markup(title)
        );
        for (x, heading) in
            COLUMNS.into_iter().zip(["Pools", "Services", "Nodes (L2), peers (BGP)"])
        {
            text.push_str(&format!("<text class=\"head\" x=\"{x}\" y=\"14\">{heading}</text>\n"));
        }
        let changes = changes(own, other);
        for ((group, end), change) in &changes {
            let what = own.get(&(*group, (*end).clone()));
            for (column, (places, _)) in &sides {
                if let (Some(row), Some(what)) = (places.get(end), what) {
                    let (from, to) = ends_of(*column, *row, *group);
                    text.push_str(&tie(*group, end, what, change.class(after), from, to));
                }
            }
        }
        let of_boxes = of_boxes(&changes, other);
        for (column, (places, more)) in sides {
            // What is not on this side leaves its place empty.
            let several: BTreeSet<usize> = more.iter().map(|(row, _)| *row).collect();
            for (end, row) in places.iter().filter(|(_, row)| !several.contains(row)) {
                if let Some(change) = of_boxes.get(end) {
                    let class = change.class(after);
                    let word = if *change == Change::Same { "" } else { class };
                    text.push_str(&boxed(column, *row, &end.label(), word, class, ""));
                }
            }
            for (row, label) in more {
                text.push_str(&boxed(column, row, &label, "", "same", ""));
            }
        }
        text.push_str(&self.services());
        text.push_str("</svg></div></figure>\n");
        text
    }

    /// The column in the middle, in which people choose what they follow.
    fn services(&self) -> String {
        let mut text = String::new();
        let mut add = |at: usize, label: &str, differs: bool| {
            let (word, class) = if differs { ("differs", "differs") } else { ("", "same") };
            let data = format!(" data-group=\"{at}\" tabindex=\"0\" role=\"button\"");
            text.push_str(&boxed(1, at, label, word, class, &data));
        };
        for (at, group) in self.groups.iter().take(SHOWN).enumerate() {
            add(at, &self.label(group), group.differs);
        }
        let more = self.groups.get(SHOWN..).unwrap_or_default();
        if !more.is_empty() {
            let services: usize = more.iter().map(|group| group.services.len()).sum();
            add(SHOWN, &format!("{services} more"), more.iter().any(|group| group.differs));
        }
        text
    }

    fn label(&self, group: &Group<'_>) -> String {
        let first = group.services.first().and_then(|first| self.report.services.get(*first));
        let name = first.map_or("", |row| row.service.as_str());
        match group.services.len() {
            0 | 1 => name.to_owned(),
            count => format!("{count}: {name}, …"),
        }
    }
}

/// How each tie of a side compares with the other side's.
fn changes<'t>(own: &'t Ties, other: &Ties) -> BTreeMap<(usize, &'t Ends), Change> {
    let change = |key: &(usize, Ends), what: &BTreeSet<String>| match other.get(key) {
        None => Change::Only,
        Some(there) if there == what => Change::Same,
        Some(_) => Change::Changed,
    };
    own.iter().map(|(key, what)| ((key.0, &key.1), change(key, what))).collect()
}

/// The same for boxes: one is gone where nothing of it is left on the other side.
fn of_boxes<'t>(
    changes: &BTreeMap<(usize, &'t Ends), Change>,
    other: &Ties,
) -> BTreeMap<&'t Ends, Change> {
    let there: BTreeSet<&Ends> = other.keys().map(|(_, end)| end).collect();
    let mut of_boxes: BTreeMap<&Ends, Change> = BTreeMap::new();
    for ((_, end), change) in changes {
        let change = match change {
            Change::Only if there.contains(end) => Change::Changed,
            change => *change,
        };
        let known = of_boxes.entry(end).or_insert(change);
        *known = (*known).max(change);
    }
    of_boxes
}

/// Where a tie between a group and a box of another column begins and ends.
fn ends_of(column: usize, row: usize, group: usize) -> ((usize, usize), (usize, usize)) {
    let y = |row: usize| TOP + row * ROW + BOX / 2;
    let [left, middle, right] = COLUMNS;
    if column == 0 {
        ((left + WIDTH, y(row)), (middle, y(group)))
    } else {
        ((middle + WIDTH, y(group)), (right, y(row)))
    }
}

fn tie(
    group: usize,
    end: &Ends,
    what: &BTreeSet<String>,
    class: &str,
    from: (usize, usize),
    to: (usize, usize),
) -> String {
    const TOLD: usize = 6;
    let told: Vec<&str> =
        what.iter().filter(|one| !one.is_empty()).take(TOLD).map(String::as_str).collect();
    let title = markup(&format!("{}, {class}: {}", end.label(), told.join("; ")));
    let ((x1, y1), (x2, y2)) = (from, to);
    let middle = (x1 + x2) / 2;
    format!(
        "<path class=\"tie {class}\" data-of=\"{group}\" d=\"M{x1} {y1} C{middle} {y1} {middle} {y2} \
         {x2} {y2}\"><title>{title}</title></path>\n"
    )
}

/// A box with its label, and a word where something is to be said.
fn boxed(column: usize, row: usize, label: &str, word: &str, class: &str, data: &str) -> String {
    let (x, y) = (COLUMNS.get(column).copied().unwrap_or_default(), TOP + row * ROW);
    let room = if word.is_empty() { LETTERS } else { LETTERS - word.len() - 1 };
    let title = markup(label);
    let shown = markup(&shortened(label, room));
    let word = if word.is_empty() {
        String::new()
    } else {
        format!("<tspan class=\"word\" dx=\"6\">{word}</tspan>")
    };
    format!(
        "<g class=\"box {class}\"{data}><title>{title}</title><rect x=\"{x}\" y=\"{y}\" rx=\"4\" \
         width=\"{WIDTH}\" height=\"{BOX}\"/><text x=\"{}\" y=\"{}\">{shown}{word}</text></g>\n",
        x + 8,
        y + 20
    )
}

fn shortened(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
