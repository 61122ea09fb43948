//! Which boxes the picture has, and what joins them. However large the cluster, a column
//! holds a handful of boxes: what is alike is one box, and what is beyond is "more".

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{System, Ways};

/// Boxes of Services; what is beyond is one box.
const SERVICES: usize = 10;
/// The same of each kind of what stands beside them.
const ENDS: usize = 8;

/// What a tie from a Service leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pool,
    Node,
    Peer,
}

impl Kind {
    pub(super) fn several(self) -> &'static str {
        match self {
            Self::Pool => "pools",
            Self::Node => "nodes",
            Self::Peer => "peers",
        }
    }

    pub(super) fn one(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Node => "node",
            Self::Peer => "peer",
        }
    }
}

/// A pool, node or peer.
pub(super) type End<'r> = (Kind, &'r str);

/// How something compares with the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Same,
    Changed,
    /// It is on this side only.
    Only,
}

/// A box of Services.
#[derive(Debug, Default)]
pub(super) struct ServiceBox {
    /// Its groups.
    pub(super) groups: Vec<usize>,
    /// How many Services they have.
    pub(super) services: usize,
    pub(super) differs: bool,
    /// Whether it stands for whatever found no box of its own.
    pub(super) rest: bool,
}

/// A box on the left or the right.
#[derive(Debug)]
pub(super) struct EndBox<'r> {
    pub(super) kind: Kind,
    /// Whom it stands for.
    pub(super) names: Vec<&'r str>,
    pub(super) rest: bool,
}

impl EndBox<'_> {
    /// Several in words: the same is said of all of them, or they are what is left.
    pub(super) fn counted(&self) -> String {
        let (count, what) = (self.names.len(), self.kind.several());
        if self.rest { format!("{count} other {what}") } else { format!("{count} {what} alike") }
    }
}

/// What one side says of a tie: by group and end, in words.
type Said<'r> = BTreeSet<(usize, End<'r>, String)>;

/// Everything that the picture shows.
#[derive(Debug)]
pub(super) struct Boxes<'r> {
    pub(super) services: Vec<ServiceBox>,
    pub(super) ends: Vec<EndBox<'r>>,
    /// For each side what joins a box of Services (by place) to another (by place).
    ties: Vec<BTreeMap<(usize, usize), Said<'r>>>,
    /// For each group its box.
    pub(super) of_group: Vec<usize>,
    of_end: BTreeMap<End<'r>, usize>,
    /// How many Services each group has.
    sizes: Vec<usize>,
}

impl<'r> Boxes<'r> {
    pub(super) fn new(system: &System<'r>) -> Self {
        let services = services(system);
        let mut of_group = vec![0; system.groups.len()];
        for (at, one) in services.iter().enumerate() {
            for group in &one.groups {
                if let Some(place) = of_group.get_mut(*group) {
                    *place = at;
                }
            }
        }
        let sides = system.titles.len();
        let said: Vec<Said<'r>> = (0..sides).map(|side| said(system, side)).collect();
        let ends = ends(&said, &of_group);
        let mut of_end = BTreeMap::new();
        for (at, one) in ends.iter().enumerate() {
            of_end.extend(one.names.iter().map(|name| ((one.kind, *name), at)));
        }
        let ties = said.into_iter().map(|said| {
            let mut ties: BTreeMap<(usize, usize), Said<'r>> = BTreeMap::new();
            for (group, end, what) in said {
                if let (Some(from), Some(to)) = (of_group.get(group), of_end.get(&end)) {
                    ties.entry((*from, *to)).or_default().insert((group, end, what));
                }
            }
            ties
        });
        let ties = ties.collect();
        let sizes = system.groups.iter().map(|group| group.services.len()).collect();
        Self { services, ends, ties, of_group, of_end, sizes }
    }

    /// How many Services of a side lead to a box.
    pub(super) fn served(&self, side: usize, end: usize) -> usize {
        let ties = self.ties.get(side).into_iter().flatten();
        let said = ties.filter(|((_, to), _)| *to == end).flat_map(|(_, said)| said);
        let groups: BTreeSet<usize> = said.map(|(group, ..)| *group).collect();
        groups.iter().filter_map(|group| self.sizes.get(*group)).sum()
    }

    /// The ties of a side, each with how it compares and what is said of it.
    pub(super) fn ties(
        &self,
        side: usize,
    ) -> impl Iterator<Item = ((usize, usize), Change, BTreeSet<&str>)> + '_ {
        let own = self.ties.get(side).into_iter().flatten();
        own.map(move |(between, said)| {
            let words = said.iter().map(|(.., what)| what.as_str());
            (*between, self.compared(side, *between, said), words.collect())
        })
    }

    fn compared(&self, side: usize, between: (usize, usize), own: &Said<'r>) -> Change {
        let mut others = self.ties.iter().enumerate().filter(|(at, _)| *at != side);
        match others.next().map(|(_, ties)| ties.get(&between)) {
            None => Change::Same,
            Some(Some(there)) if there == own => Change::Same,
            Some(Some(_)) => Change::Changed,
            Some(None) => Change::Only,
        }
    }

    /// The boxes beside the Services that a side has, each with how it compares and what
    /// is said of it there. One that is on both sides compares alike on both.
    pub(super) fn ends_of(&self, side: usize) -> BTreeMap<usize, (Change, BTreeSet<&str>)> {
        let others = (0..self.ties.len()).filter(|other| *other != side);
        let there: Vec<((usize, usize), Change)> = others
            .flat_map(|other| self.ties(other).map(|(between, change, _)| (between, change)))
            .collect();
        let mut ends: BTreeMap<usize, (Change, BTreeSet<&str>)> = BTreeMap::new();
        for ((_, end), change, words) in self.ties(side) {
            let (known, said) = ends.entry(end).or_insert((change, BTreeSet::new()));
            *known = (*known).max(change);
            said.extend(words);
        }
        for (end, (change, _)) in &mut ends {
            let mut known = there.iter().filter(|((_, other), _)| other == end).peekable();
            if known.peek().is_some() {
                let is_same = *change == Change::Same && known.all(|(_, one)| *one == Change::Same);
                *change = if is_same { Change::Same } else { Change::Changed };
            }
        }
        ends
    }

    /// The boxes that the ways of a group lead to.
    pub(super) fn of_ways(&self, ways: &Ways<'r>) -> BTreeSet<usize> {
        said_of(ways).filter_map(|(end, _)| self.of_end.get(&end).copied()).collect()
    }
}

/// Where each group has no box of its own, those from the same pools share one.
fn services(system: &System<'_>) -> Vec<ServiceBox> {
    let mut boxes: Vec<ServiceBox> = if system.groups.len() <= SERVICES {
        let all = system.groups.iter().enumerate();
        all.map(|(at, group)| ServiceBox {
            groups: vec![at],
            services: group.services.len(),
            differs: group.differs,
            rest: false,
        })
        .collect()
    } else {
        let mut shared: BTreeMap<_, ServiceBox> = BTreeMap::new();
        for (at, group) in system.groups.iter().enumerate() {
            let pools: Vec<_> = group.sides.iter().map(|ways| &ways.pools).collect();
            let one = shared.entry((group.differs, pools)).or_default();
            one.groups.push(at);
            one.services += group.services.len();
            one.differs = group.differs;
        }
        shared.into_values().collect()
    };
    boxes.sort_by_key(|one| (!one.differs, Reverse(one.services)));
    if boxes.len() > SERVICES {
        let mut rest = ServiceBox { rest: true, ..ServiceBox::default() };
        for one in boxes.drain(SERVICES - 1..) {
            rest.groups.extend(one.groups);
            rest.services += one.services;
            rest.differs |= one.differs;
        }
        boxes.push(rest);
    }
    boxes
}

fn said<'r>(system: &System<'r>, side: usize) -> Said<'r> {
    let mut all = Said::new();
    for (at, group) in system.groups.iter().enumerate() {
        let ways = group.sides.get(side).into_iter();
        all.extend(ways.flat_map(said_of).map(|(end, what)| (at, end, what)));
    }
    all
}

/// The ties of a way, each with what is said of it: the interfaces of a node, and by whom
/// and how a peer is told.
fn said_of<'w, 'r>(ways: &'w Ways<'r>) -> impl Iterator<Item = (End<'r>, String)> + use<'w, 'r> {
    let pools = ways.pools.iter().map(|pool| ((Kind::Pool, *pool), String::new()));
    let answers =
        ways.answers.iter().map(|answer| ((Kind::Node, answer.node), answer.on().to_owned()));
    let routes = ways
        .routes
        .iter()
        .map(|sent| ((Kind::Peer, sent.peer), format!("{}: {}", sent.node, sent.what)));
    pools.chain(answers).chain(routes)
}

/// What is said of an end on each side, by box of Services.
type Profile<'s> = BTreeSet<(usize, usize, &'s str)>;

/// The boxes beside the Services: those with a difference first. Where there are many,
/// those of which the same is said are one.
fn ends<'r>(said: &[Said<'r>], of_group: &[usize]) -> Vec<EndBox<'r>> {
    let mut profiles: BTreeMap<End<'r>, Profile<'_>> = BTreeMap::new();
    for (side, said) in said.iter().enumerate() {
        for (group, end, what) in said {
            let from = of_group.get(*group).copied().unwrap_or_default();
            profiles.entry(*end).or_default().insert((side, from, what));
        }
    }
    let mut boxes = Vec::new();
    for kind in [Kind::Pool, Kind::Node, Kind::Peer] {
        let own = profiles.iter().filter(|((of, _), _)| *of == kind);
        let mut classes: BTreeMap<(usize, &Profile<'_>), Vec<&'r str>> = BTreeMap::new();
        let many = own.clone().count() > ENDS;
        for (at, ((_, name), profile)) in own.enumerate() {
            classes.entry((if many { 0 } else { at }, profile)).or_default().push(*name);
        }
        let mut classes: Vec<_> = classes.into_iter().collect();
        classes.sort_by_key(|((at, profile), names)| {
            (!is_uneven(profile, said.len()), Reverse(names.len()), *at)
        });
        let has_rest = classes.len() > ENDS;
        let rest = if has_rest { classes.split_off(ENDS - 1) } else { vec![] };
        // Next to the Services that they serve, so that few ties cross.
        classes.sort_by_key(|((at, profile), _)| (middle(profile), *at));
        let shown = classes.into_iter().map(|(_, names)| names);
        boxes.extend(shown.map(|names| EndBox { kind, names, rest: false }));
        if has_rest {
            let names = rest.into_iter().flat_map(|(_, names)| names).collect();
            boxes.push(EndBox { kind, names, rest: true });
        }
    }
    boxes
}

/// Where in the column of Services those of a profile stand, times a thousand.
fn middle(profile: &Profile<'_>) -> usize {
    let boxes: BTreeSet<usize> = profile.iter().map(|(_, from, _)| *from).collect();
    boxes.iter().sum::<usize>() * 1000 / boxes.len().max(1)
}

/// Whether the sides do not say the same of it.
fn is_uneven(profile: &Profile<'_>, sides: usize) -> bool {
    profile.iter().any(|(side, from, what)| {
        (0..sides).any(|other| other != *side && !profile.contains(&(other, *from, *what)))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Group, Service};
    use super::*;
    use crate::ip::Family;

    fn answer(node: &'static str) -> Answer<'static> {
        Answer { node, family: Family::V4, interfaces: "eth0".to_owned() }
    }

    /// Groups, each by its pool and its nodes before and after.
    fn system(groups: &[(&'static str, &[&'static str], &[&'static str])]) -> System<'static> {
        let side = |pool: &'static str, nodes: &[&'static str]| Ways {
            count: 1,
            pools: [pool].into(),
            answers: nodes.iter().map(|node| answer(node)).collect(),
            ..Ways::default()
        };
        let service = |group| Service { cells: vec!["shop/web".into()], group, findings: vec![] };
        System {
            titles: vec!["before", "after"],
            groups: groups
                .iter()
                .enumerate()
                .map(|(at, (pool, before, after))| Group {
                    sides: vec![side(pool, before), side(pool, after)],
                    services: vec![at],
                    differs: before != after,
                })
                .collect(),
            services: (0..groups.len()).map(service).collect(),
            ..System::default()
        }
    }

    #[test]
    fn what_is_gone_is_said_of_its_tie_and_box() {
        let boxes = Boxes::new(&system(&[("a", &["x", "y"], &["x"]), ("a", &["x"], &["x"])]));
        let names: Vec<&str> = boxes.ends.iter().flat_map(|end| end.names.clone()).collect();
        assert_eq!(names, ["a", "y", "x"]);
        let changes: Vec<Change> = boxes.ties(0).map(|(_, change, _)| change).collect();
        assert_eq!(changes, [Change::Same, Change::Only, Change::Same, Change::Same, Change::Same]);
        assert_eq!(boxes.ends_of(0)[&1].0, Change::Only);
        assert!(!boxes.ends_of(1).contains_key(&1));
        // A tie of the pool's Services is gone, but none of the pool's own.
        assert_eq!(boxes.ends_of(0)[&0].0, Change::Same);
        assert_eq!((boxes.served(0, 0), boxes.served(0, 1)), (2, 1));
    }

    #[test]
    fn what_is_on_both_sides_and_not_alike_is_marked_on_both() {
        let boxes = Boxes::new(&system(&[("a", &["x", "y"], &["x"]), ("a", &["y"], &["y"])]));
        let y = boxes.ends.iter().position(|end| end.names == ["y"]).unwrap();
        let changes: Vec<Change> = (0..2).map(|side| boxes.ends_of(side)[&y].0).collect();
        assert_eq!(changes, [Change::Changed; 2]);
    }

    #[test]
    fn many_nodes_of_which_the_same_is_said_are_one_box() {
        let names: Vec<&'static str> = (0..500)
            .map(|number| &*Box::leak(format!("node-{number:03}").into_boxed_str()))
            .collect();
        let boxes = Boxes::new(&system(&[("a", &names, &names[..499])]));
        let sizes: Vec<usize> = boxes.ends.iter().map(|end| end.names.len()).collect();
        assert_eq!(sizes, [1, 1, 499]);
        assert_eq!(boxes.ends[1].names, ["node-499"]);
    }

    #[test]
    fn many_ways_of_being_served_share_a_box_by_their_pools() {
        let pools: Vec<&'static str> =
            (0..40).map(|number| &*Box::leak(format!("p{number}").into_boxed_str())).collect();
        let few: Vec<_> =
            (0..40).map(|number| (pools[number % 2], &["x"][..], &["x"][..])).collect();
        let boxes = Boxes::new(&system(&few));
        assert_eq!(boxes.services.iter().map(|one| one.services).collect::<Vec<_>>(), [20, 20]);
        let many: Vec<_> = pools.iter().map(|pool| (*pool, &["x"][..], &["x"][..])).collect();
        let boxes = Boxes::new(&system(&many));
        assert_eq!(boxes.services.len(), SERVICES);
        let rest = boxes.services.last().unwrap();
        assert_eq!((rest.rest, rest.services), (true, 31));
        assert_eq!(boxes.ends.iter().filter(|end| end.kind == Kind::Pool).count(), ENDS);
    }
}
