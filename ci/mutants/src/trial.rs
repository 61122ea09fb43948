//! Switches mutants on, one after the other, and runs the tests that reach them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::mutant::{Mutant, Number};
use crate::suite::{Ending, Suites, Test};

/// The tests of one run take this long at first, and longer from run to run: most mutants
/// fail within the first.
const FIRST: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(6);
/// How many times longer than it takes a run may take, and how much more.
const FACTOR: u32 = 4;
const MARGIN: Duration = Duration::from_secs(5);
/// What a run of the binary costs beyond the test.
const OF_THE_BINARY: Duration = Duration::from_millis(150);

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A test failed.
    Caught,
    /// A test did not end.
    TooLong,
    /// Every test that reaches it passed.
    Missed,
    /// No test reaches it.
    Unreached,
}

/// The tests by what they reach.
pub struct Reach(BTreeMap<Number, Vec<Test>>);

impl Reach {
    /// Turns what each test reaches the other way round.
    pub fn new(tests: Vec<(Test, Vec<Number>)>) -> Self {
        let mut by_number: BTreeMap<Number, Vec<Test>> = BTreeMap::new();
        for (test, numbers) in tests {
            for number in numbers {
                by_number.entry(number).or_default().push(test.clone());
            }
        }
        Self(by_number)
    }

    /// The tests that reach a mutant, those first that are likely to fail soon.
    fn of(&self, number: Number, file: &Path) -> Vec<&Test> {
        let mut tests: Vec<&Test> = self.0.get(&number).into_iter().flatten().collect();
        tests.sort_by_cached_key(|test| {
            let near = steps_in_common(file, test);
            let more = if near == 0 { OF_THE_BINARY } else { Duration::ZERO };
            test.takes / (1 + 2 * near) + more
        });
        tests
    }
}

/// How many names of modules a file and a test have in common.
fn steps_in_common(file: &Path, test: &Test) -> u32 {
    let path = file.with_extension("");
    let modules = path.iter().skip(1).filter_map(|part| part.to_str());
    let same = modules.zip(test.name.split("::")).take_while(|(file, test)| file == test);
    u32::try_from(same.count()).unwrap_or(u32::MAX)
}

/// Tries one mutant.
///
/// # Errors
/// Where a test program cannot be run.
pub fn fate(suites: &Suites, reach: &Reach, number: Number, mutant: &Mutant) -> io::Result<Fate> {
    let tests = reach.of(number, &mutant.file);
    let mut left = tests.as_slice();
    let mut most = FIRST;
    let value = OsString::from(number.to_string());
    while let Some(first) = left.first() {
        let mut takes = Duration::ZERO;
        let fits = |test: &&&Test| {
            takes += test.takes;
            test.program == first.program && takes <= most
        };
        let count = left.iter().take_while(fits).count().max(1);
        let (now, later) = left.split_at(count);
        let takes: Duration = now.iter().map(|test| test.takes).sum();
        match suites.run(now, ("MUTANT", &value), takes * FACTOR + MARGIN)? {
            Ending::Passed => left = later,
            Ending::Failed => return Ok(Fate::Caught),
            Ending::TooLong => return Ok(Fate::TooLong),
        }
        most = LONGEST.min(most * 2);
    }
    Ok(if tests.is_empty() { Fate::Unreached } else { Fate::Missed })
}
