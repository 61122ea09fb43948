//! Sets of Services and Nodes as reduced ordered decision diagrams over variables
//! with many values.
//!
//! A diagram asks one variable after the other, in one fixed order, and ends in
//! "in the set" or "not in it". Every value of a variable that no branch names goes
//! the way of [`OTHER`]. Diagrams are reduced and stored once, so that two of them
//! are the same set just if they are the same number: that comparison is the proof.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

/// A variable: lower ones are asked first.
pub(super) type Var = u32;
/// A value of a variable.
pub(super) type Slot = u32;

/// The value that stands for all those that nothing mentions.
pub(super) const OTHER: Slot = 0;
/// The value of a label that is not there.
pub(super) const ABSENT: Slot = 1;

/// A set, as a place in a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Diagram(u32);

/// The empty set.
pub(super) const NEVER: Diagram = Diagram(0);
/// Everything.
pub(super) const ALWAYS: Diagram = Diagram(1);

/// Time or memory is used up: nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

/// What an operation on diagrams gives.
pub(super) type Made = Result<Diagram, Spent>;

/// Nodes beyond which a proof is given up: about 1 GiB.
const MAX_NODES: usize = 6_000_000;
/// Edges beyond which a proof is given up, for the same reason.
const MAX_EDGES: usize = 30_000_000;
/// Steps between two looks at the clock.
const PATIENCE: u32 = 1 << 12;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Node {
    var: Var,
    /// Where the values go that are not listed.
    other: Diagram,
    /// Where some values go instead, ascending; never where the others go.
    values: Arc<[(Slot, Diagram)]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    And,
    Or,
    Without,
}

/// All diagrams of one proof.
pub(super) struct Store<'b> {
    nodes: Vec<Node>,
    places: HashMap<Node, Diagram>,
    done: HashMap<(Operation, Diagram, Diagram), Diagram>,
    edges: usize,
    steps: u32,
    expired: &'b dyn Fn() -> bool,
}

impl<'b> Store<'b> {
    /// An empty store; `expired` says when to give up.
    pub(super) fn new(expired: &'b dyn Fn() -> bool) -> Self {
        let leaf = Node { var: Var::MAX, other: NEVER, values: Arc::from([]) };
        Self {
            nodes: vec![leaf.clone(), leaf],
            places: HashMap::new(),
            done: HashMap::new(),
            edges: 0,
            steps: 0,
            expired,
        }
    }

    fn node(&self, diagram: Diagram) -> &Node {
        &self.nodes[diagram.0 as usize]
    }

    fn make(&mut self, var: Var, other: Diagram, mut values: Vec<(Slot, Diagram)>) -> Made {
        values.retain(|(_, to)| *to != other);
        if values.is_empty() {
            return Ok(other);
        }
        let node = Node { var, other, values: values.into() };
        if let Some(known) = self.places.get(&node) {
            return Ok(*known);
        }
        self.edges += node.values.len();
        let place = u32::try_from(self.nodes.len()).map_err(|_| Spent)?;
        if self.nodes.len() >= MAX_NODES || self.edges >= MAX_EDGES {
            return Err(Spent);
        }
        self.nodes.push(node.clone());
        self.places.insert(node, Diagram(place));
        Ok(Diagram(place))
    }

    /// Where the variable has one of these values.
    pub(super) fn one_of(&mut self, var: Var, values: impl IntoIterator<Item = Slot>) -> Made {
        let values = listed(values);
        if values.contains(&OTHER) {
            return Err(Spent);
        }
        self.make(var, NEVER, values.into_iter().map(|value| (value, ALWAYS)).collect())
    }

    /// Where the variable has none of these values.
    pub(super) fn none_of(&mut self, var: Var, values: impl IntoIterator<Item = Slot>) -> Made {
        let values = listed(values);
        self.make(var, ALWAYS, values.into_iter().map(|value| (value, NEVER)).collect())
    }

    /// What is in both.
    pub(super) fn and(&mut self, a: Diagram, b: Diagram) -> Made {
        self.apply(Operation::And, a, b)
    }

    /// What is in either.
    pub(super) fn or(&mut self, a: Diagram, b: Diagram) -> Made {
        self.apply(Operation::Or, a, b)
    }

    /// What is in `a` and not in `b`.
    pub(super) fn without(&mut self, a: Diagram, b: Diagram) -> Made {
        self.apply(Operation::Without, a, b)
    }

    /// What is in any of them.
    pub(super) fn any(&mut self, all: impl IntoIterator<Item = Diagram>) -> Made {
        // In pairs, so that no large one is walked again and again.
        let mut row: Vec<Diagram> = all.into_iter().collect();
        while row.len() > 1 {
            let mut next = Vec::with_capacity(row.len().div_ceil(2));
            for pair in row.chunks(2) {
                next.push(match pair {
                    [a, b] => self.or(*a, *b)?,
                    [a, ..] => *a,
                    [] => NEVER,
                });
            }
            row = next;
        }
        Ok(row.first().copied().unwrap_or(NEVER))
    }

    fn apply(&mut self, operation: Operation, a: Diagram, b: Diagram) -> Made {
        use Operation::{And, Or, Without};
        let (a, b) = match operation {
            And | Or if b < a => (b, a),
            _ => (a, b),
        };
        match (operation, a, b) {
            (And, NEVER, _) | (Without, NEVER, _) | (Without, _, ALWAYS) => return Ok(NEVER),
            (And, ALWAYS, x) | (Or, NEVER, x) | (Without, x, NEVER) => return Ok(x),
            (Or, ALWAYS, _) => return Ok(ALWAYS),
            _ if a == b => return Ok(if operation == Without { NEVER } else { a }),
            _ => {}
        }
        if let Some(known) = self.done.get(&(operation, a, b)) {
            return Ok(*known);
        }
        self.look_at_the_clock()?;
        let (left, right) = (self.node(a).clone(), self.node(b).clone());
        let var = left.var.min(right.var);
        let (none, left_values): (_, Arc<[_]>) = (Arc::from([]), Arc::clone(&left.values));
        let (left_other, left_values) =
            if left.var == var { (left.other, left_values) } else { (a, Arc::clone(&none)) };
        let (right_other, right_values) =
            if right.var == var { (right.other, right.values) } else { (b, none) };
        let other = self.apply(operation, left_other, right_other)?;
        // Where nothing follows but what one side lists, the other side's list is not walked.
        let left_decides = left_other == NEVER && operation != Or;
        let right_decides = right_other == NEVER && operation == And;
        let walked = match (left_decides, right_decides) {
            (true, true) if right_values.len() < left_values.len() => named(&right_values),
            (true, _) => named(&left_values),
            (false, true) => named(&right_values),
            (false, false) => merged(&left_values, &right_values),
        };
        let mut values = Vec::with_capacity(walked.len());
        for value in walked {
            let to = follow(&left_values, left_other, value);
            let there = follow(&right_values, right_other, value);
            values.push((value, self.apply(operation, to, there)?));
        }
        let made = self.make(var, other, values)?;
        self.done.insert((operation, a, b), made);
        Ok(made)
    }

    fn look_at_the_clock(&mut self) -> Result<(), Spent> {
        self.steps += 1;
        if self.steps.is_multiple_of(PATIENCE) && (self.expired)() {
            return Err(Spent);
        }
        Ok(())
    }

    /// Whether the time is up.
    pub(super) fn is_expired(&self) -> bool {
        (self.expired)()
    }

    /// It with the first variable of all set to a value.
    pub(super) fn with_first(&self, diagram: Diagram, var: Var, value: Slot) -> Diagram {
        let node = self.node(diagram);
        if node.var == var { follow(&node.values, node.other, value) } else { diagram }
    }

    /// Where the values of the first variable of all go: the listed ones, and the others.
    pub(super) fn branches(&self, diagram: Diagram, var: Var) -> (Vec<(Slot, Diagram)>, Diagram) {
        let node = self.node(diagram);
        if node.var == var { (node.values.to_vec(), node.other) } else { (vec![], diagram) }
    }

    /// Whether these values are in the set.
    pub(super) fn contains(&self, diagram: Diagram, value_of: &dyn Fn(Var) -> Slot) -> bool {
        let mut at = diagram;
        while at != NEVER && at != ALWAYS {
            let node = self.node(at);
            at = follow(&node.values, node.other, value_of(node.var));
        }
        at == ALWAYS
    }

    /// One member of the set, the one that costs least: the values of the variables
    /// that matter, in order. `None` where the set is empty.
    pub(super) fn cheapest(
        &self,
        diagram: Diagram,
        cost: &dyn Fn(Var, Slot) -> u32,
    ) -> Option<Vec<(Var, Slot)>> {
        let mut known: HashMap<Diagram, (u32, Slot)> = HashMap::new();
        self.cheapest_cost(diagram, cost, &mut known)?;
        let mut at = diagram;
        let mut chosen = Vec::new();
        while at != ALWAYS {
            let (_, value) = known.get(&at)?;
            let node = self.node(at);
            chosen.push((node.var, *value));
            at = follow(&node.values, node.other, *value);
        }
        Some(chosen)
    }

    fn cheapest_cost(
        &self,
        diagram: Diagram,
        cost: &dyn Fn(Var, Slot) -> u32,
        known: &mut HashMap<Diagram, (u32, Slot)>,
    ) -> Option<u32> {
        match diagram {
            NEVER => return None,
            ALWAYS => return Some(0),
            _ => {}
        }
        if let Some((cost, _)) = known.get(&diagram) {
            return Some(*cost);
        }
        let node = self.node(diagram).clone();
        let mut ways: Vec<(Slot, Diagram)> = vec![(OTHER, node.other)];
        ways.extend(node.values.iter().copied());
        // What costs nothing and goes nowhere else is not listed.
        if follow(&node.values, node.other, ABSENT) == node.other && node.other != NEVER {
            ways.push((ABSENT, node.other));
        }
        let costs = ways.into_iter().filter_map(|(value, to)| {
            let here = cost(node.var, value);
            (here < IMPOSSIBLE).then_some(())?;
            Some((here.saturating_add(self.cheapest_cost(to, cost, known)?), value))
        });
        let best = costs.min()?;
        known.insert(diagram, best);
        Some(best.0)
    }
}

/// What a value costs that a variable cannot have.
pub(super) const IMPOSSIBLE: u32 = u32::MAX;

fn listed(values: impl IntoIterator<Item = Slot>) -> Vec<Slot> {
    let mut values: Vec<Slot> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn follow(values: &[(Slot, Diagram)], other: Diagram, value: Slot) -> Diagram {
    values
        .binary_search_by_key(&value, |(listed, _)| *listed)
        .ok()
        .and_then(|at| values.get(at))
        .map_or(other, |(_, to)| *to)
}

/// The values that one lists.
fn named(values: &[(Slot, Diagram)]) -> Vec<Slot> {
    values.iter().map(|(value, _)| *value).collect()
}

/// The values that either lists.
fn merged(a: &[(Slot, Diagram)], b: &[(Slot, Diagram)]) -> Vec<Slot> {
    listed(a.iter().chain(b).map(|(value, _)| *value))
}
