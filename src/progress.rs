//! How far long work has come, for whoever watches it from another thread.
//!
//! The work tells it; telling costs next to nothing, and nothing is printed here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far the work has come. A clone tells of the same work.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    step: Mutex<Option<Step>>,
    done: AtomicU64,
}

#[derive(Debug, Clone)]
struct Step {
    what: String,
    amount: Amount,
    begun: Instant,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Nobody knows, and nothing is counted.
    Unknown,
    /// Bytes, of so many where that is known.
    Bytes(Option<u64>),
    /// Objects, of nobody knows how many.
    Objects,
}

/// What is being done at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What is being done, in words.
    pub what: String,
    /// How much of it there is.
    pub amount: Amount,
    /// How much of it is done.
    pub done: u64,
    /// For how long it has been going on.
    pub elapsed: Duration,
}

impl Progress {
    /// Something else is begun now.
    pub fn begin(&self, what: impl Into<String>, amount: Amount) {
        let step = Step { what: what.into(), amount, begun: Instant::now() };
        self.0.done.store(0, Ordering::Relaxed);
        *self.0.step.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
    }

    /// Something of which nobody can say how much there is is begun now.
    pub fn doing(&self, what: &str) {
        self.begin(what, Amount::Unknown);
    }

    /// So much of it is done.
    pub fn reached(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
    }

    /// What is being done now; `None` where nothing was begun.
    pub fn now(&self) -> Option<Moment> {
        let step = self.0.step.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let done = self.0.done.load(Ordering::Relaxed);
        let elapsed = step.begun.elapsed();
        Some(Moment { what: step.what, amount: step.amount, done, elapsed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_sees_what_is_told_and_a_new_step_counts_anew() {
        let progress = Progress::default();
        let watcher = progress.clone();
        assert_eq!(watcher.now(), None);
        progress.begin("reading", Amount::Bytes(Some(10)));
        progress.reached(4);
        let seen = watcher.now().unwrap();
        assert_eq!(
            (seen.what.as_str(), seen.amount, seen.done),
            ("reading", Amount::Bytes(Some(10)), 4)
        );
        progress.begin("converting", Amount::Unknown);
        let seen = watcher.now().unwrap();
        assert_eq!(
            (seen.what.as_str(), seen.amount, seen.done),
            ("converting", Amount::Unknown, 0)
        );
    }
}
