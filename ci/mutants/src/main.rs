//! Tries every mutant that cargo-mutants lists in one build: each stands behind a switch,
//! so that nothing is compiled again from one to the next, and only the tests that reach
//! it are run.
//!
//! `mutants-at-once LIST TREE OUT SELECTION…`: LIST is what `cargo mutants --list --json`
//! writes, TREE a copy of the repository that is changed, OUT gets what was not noticed,
//! SELECTION is what `cargo test` builds. Ends with 2 where something was not noticed, and
//! with 1 where it could not be tried.

mod compile;
mod lay;
#[cfg(test)]
mod lay_tests;
mod mutant;
mod suite;
mod tree;
mod trial;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use mutant::{Mutant, Number};
use suite::Suites;
use tree::Tree;
use trial::{Fate, Reach};

/// Beside one that waits for a file another can compute.
const AT_ONCE: usize = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [list, tree, out, selection @ ..] = arguments.as_slice() else {
        eprintln!("usage: mutants-at-once LIST TREE OUT SELECTION…");
        return ExitCode::FAILURE;
    };
    match run(Path::new(list), PathBuf::from(tree), Path::new(out), selection) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every mutant that compiles was noticed.
fn run(list: &Path, root: PathBuf, out: &Path, selection: &[String]) -> Result<bool, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut mutants = mutant::read(list)?;
    let listed = mutants.len();
    let tree = Tree::prepare(root, &mutants).map_err(text)?;
    let laid = compile::lay_what_compiles(&tree, &mutants)?;
    mutants.retain(|(number, _)| laid.contains(number));
    eprintln!("{} of {listed} mutants compile", mutants.len());
    let suites = Suites::build(&tree.root, selection)?;
    let reach = Reach::new(suites.reached().map_err(text)?);
    let fates = try_all(&suites, &reach, &mutants)?;
    let mut missed = String::new();
    let mut counts: BTreeMap<Fate, usize> = BTreeMap::new();
    for ((_, mutant), fate) in mutants.iter().zip(fates) {
        *counts.entry(fate).or_default() += 1;
        match fate {
            Fate::Missed => missed += &format!("missed     {}\n", mutant.name),
            Fate::Unreached => missed += &format!("unreached  {}\n", mutant.name),
            Fate::Caught | Fate::TooLong => {}
        }
    }
    fs::write(out, &missed).map_err(text)?;
    let count = |fate| counts.get(&fate).copied().unwrap_or_default();
    println!("| caught | ended by a time limit | not noticed | reached by none of the tests |");
    println!("| --- | --- | --- | --- |");
    println!(
        "| {} | {} | {} | {} |",
        count(Fate::Caught),
        count(Fate::TooLong),
        count(Fate::Missed),
        count(Fate::Unreached),
    );
    Ok(missed.is_empty())
}

/// What becomes of each mutant, in their order.
fn try_all(
    suites: &Suites,
    reach: &Reach,
    mutants: &[(Number, Mutant)],
) -> Result<Vec<Fate>, String> {
    let next = AtomicUsize::new(0);
    let fates = Mutex::new(BTreeMap::new());
    let work = || -> Result<(), String> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((number, mutant)) = mutants.get(index) else { return Ok(()) };
            let fate = trial::fate(suites, reach, *number, mutant).map_err(|e| e.to_string())?;
            if fate == Fate::Missed || fate == Fate::Unreached {
                eprintln!("{fate:?}: {}", mutant.name);
            }
            fates.lock().map_err(|error| error.to_string())?.insert(index, fate);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err("a worker panicked".into()))
        })
    })?;
    let fates = fates.into_inner().map_err(|error| error.to_string())?;
    Ok(fates.into_values().collect())
}
