//! Everything that Cilium leaves to chance, tried out.
//!
//! The engine is written as if it ran once; where the controller's own course is not
//! determined it asks the [`Oracle`]. [`explore`] runs it again and again, each time
//! with the next sequence of answers, until every sequence was tried or a bound is
//! reached. A run that comes to a state at which another run has been is broken off:
//! what follows from there is known.

use std::collections::{BTreeSet, HashSet};

use super::digest::Digest;

/// Why a run ends before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Another run came to the same state before.
    Known,
    /// The controller itself ends, at every start again.
    Crash(String),
}

/// Answers what is left to chance.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// The answers of this run: which of how many.
    answers: Vec<(usize, usize)>,
    /// How many of them were asked for so far; the others repeat the last run.
    asked: usize,
    seen: HashSet<Digest>,
    work: u64,
}

impl Oracle {
    /// One of `count` alternatives.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        if count < 2 {
            return 0;
        }
        let answer = match self.answers.get(self.asked) {
            Some(&(answer, _)) => answer,
            None => {
                self.answers.push((0, count));
                0
            }
        };
        self.asked += 1;
        self.work += 1;
        answer
    }

    /// Whether this run has asked for anything.
    pub(super) fn was_asked(&self) -> bool {
        self.asked > 0
    }

    /// One of these.
    pub(super) fn pick_from<'a, T>(&mut self, alternatives: &'a [T]) -> Option<&'a T> {
        let index = self.pick(alternatives.len());
        alternatives.get(index)
    }

    /// Says that the run is in a state with that digest; an error if a run was there
    /// before. The digest is asked for only where it matters.
    pub(super) fn visit(&mut self, digest: impl FnOnce() -> Digest) -> Result<(), Stop> {
        self.work += 1;
        let on_new_ground = self.asked == self.answers.len();
        if !self.answers.is_empty() && on_new_ground && !self.seen.insert(digest()) {
            return Err(Stop::Known);
        }
        Ok(())
    }

    /// Prepares the next sequence of answers; `false` if there is none.
    fn advance(&mut self) -> bool {
        self.answers.truncate(self.asked);
        self.asked = 0;
        while let Some((answer, count)) = self.answers.pop() {
            if answer + 1 < count {
                self.answers.push((answer + 1, count));
                return true;
            }
        }
        false
    }
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How many different results are wanted at most.
    pub(super) results: usize,
    /// How many steps may be taken in all, once results are repeated.
    pub(super) work: u64,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found<T> {
    pub(super) results: Vec<T>,
    /// Whether there are, or may be, others.
    pub(super) truncated: bool,
    /// How the controller crashes, where it can.
    pub(super) crash: Option<String>,
}

/// Every result that `run` can have, each once by its key.
pub(super) fn explore<T, K: Ord>(
    bounds: Bounds,
    key: impl Fn(&T) -> K,
    mut run: impl FnMut(&mut Oracle) -> Result<T, Stop>,
) -> Found<T> {
    let mut oracle = Oracle::default();
    let mut keys = BTreeSet::new();
    let mut found = Found { results: Vec::new(), truncated: false, crash: None };
    loop {
        match run(&mut oracle) {
            Ok(result) => {
                if keys.insert(key(&result)) {
                    if found.results.len() >= bounds.results {
                        found.truncated = true;
                        return found;
                    }
                    found.results.push(result);
                }
            }
            Err(Stop::Known) => {}
            Err(Stop::Crash(how)) => {
                found.crash = Some(how);
                return found;
            }
        }
        if !oracle.advance() {
            return found;
        }
        if oracle.work > bounds.work {
            found.truncated = true;
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::cilium::digest::digest_of;

    const ALL: Bounds = Bounds { results: 1000, work: 1_000_000 };

    #[test]
    fn every_sequence_of_answers_is_tried() {
        let found = explore(ALL, Clone::clone, |oracle| {
            let first = oracle.pick(2);
            let second = if first == 0 { oracle.pick(3) } else { 9 };
            Ok((first, second))
        });
        assert_eq!(found.results, [(0, 0), (0, 1), (0, 2), (1, 9)]);
        assert!(!found.truncated);
    }

    #[test]
    fn a_state_is_entered_once() {
        let mut ends = 0;
        let found = explore(
            ALL,
            |sum: &usize| *sum,
            |oracle| {
                let mut sum = 0;
                for round in 0..10 {
                    sum += oracle.pick(2);
                    oracle.visit(|| digest_of(&(round, sum)))?;
                }
                ends += 1;
                Ok(sum)
            },
        );
        assert_eq!(found.results.len(), 11);
        assert_eq!(ends, 11);
    }

    #[test]
    fn each_step_of_a_run_is_work() {
        for (work, results) in [(205, vec![0, 1]), (206, vec![0, 1, 2])] {
            let found = explore(
                Bounds { work, ..ALL },
                |sum: &usize| *sum,
                |oracle| {
                    let sum = 4 * oracle.pick(2) + 2 * oracle.pick(2) + oracle.pick(2);
                    for step in 0..100 {
                        oracle.visit(|| digest_of(&(sum, step)))?;
                    }
                    Ok(sum)
                },
            );
            assert_eq!((found.results, found.truncated), (results, true));
        }
    }

    #[test]
    fn more_results_than_wanted_are_not_listed() {
        let bounds = Bounds { results: 3, ..ALL };
        let found = explore(bounds, |n: &usize| *n, |oracle| Ok(oracle.pick(5)));
        assert_eq!(found.results.len(), 3);
        assert!(found.truncated);
    }
}
