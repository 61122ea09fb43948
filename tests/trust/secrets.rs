//! No password of the input comes out where it must not: a marker stands in every place
//! where a password can, every command runs in every format, and all that comes out is
//! searched for it.

mod marker;
mod places;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::commands::{Allowed, COMMANDS, Run};
use crate::support::reader::{Output, run_in};
use marker::leaks;
pub(crate) use places::BASE;
use places::{PLACES, Place};

const ERROR_FORMATS: [&str; 4] = ["human", "json", "github", "sarif"];

fn planted(place: &Place, marker: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in place.files(marker) {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// What of a run leaks, each in a line.
fn judged(run: &Run, place: &Place, marker: &str, format: &str, dir: &Path) -> Vec<String> {
    let mut args: Vec<String> = run.args.iter().map(|arg| (*arg).to_owned()).collect();
    args.extend(["-f", "in", "-vvv", "--error-format", format].map(str::to_owned));
    args.extend(place.args.iter().map(|arg| marker::plant(arg, marker)));
    let Output { stdout, stderr, status } = run_in(dir, &args, "");
    let allowed = match run.allowed {
        Allowed::Nothing => stdout,
        Allowed::Secrets => marker::without_secrets(&stdout),
        Allowed::All => String::new(),
    };
    let mut found = Vec::new();
    for (name, text) in [("stdout", &allowed), ("stderr", &stderr)] {
        for line in text.lines().filter(|line| leaks(line, marker)) {
            found.push(format!("{}: {args:?} ({status}) {name}: {line}", place.name));
        }
        // What is broken over lines.
        let joined: String = text.split_whitespace().collect();
        if found.is_empty() && leaks(&joined, marker) {
            found.push(format!("{}: {args:?} ({status}) {name}, over lines", place.name));
        }
    }
    found.extend(written(dir, marker));
    found
}

/// Files with the marker that others may read.
fn written(dir: &Path, marker: &str) -> Vec<String> {
    let entries = fs::read_dir(dir.join("out")).into_iter().flatten();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if mode != 0o600 && leaks(&fs::read_to_string(&path).unwrap(), marker) {
            found.push(format!("{} has mode {mode:o}", path.display()));
        }
    }
    fs::remove_dir_all(dir.join("out")).ok();
    found
}

fn check(places: &[Place], runs: impl Fn(usize, &Place) -> Vec<(&'static Run, &'static str)>) {
    let mut found = Vec::new();
    for (index, place) in places.iter().enumerate() {
        for (turn, marker) in place.markers.iter().enumerate() {
            let dir = planted(place, marker);
            // Of another marker every third command: it differs in how it is escaped.
            for (run, format) in runs(index, place).into_iter().step_by(1 + 2 * turn) {
                found.extend(judged(run, place, marker, format, dir.path()));
            }
        }
    }
    assert!(found.is_empty(), "{} leaks:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_command_shows_a_password_of_what_it_takes() {
    let taken: Vec<Place> = PLACES.iter().filter(|place| place.is_taken).cloned().collect();
    // Every command in every format; the formats of diagnostics in turn.
    check(&taken, |index, _| {
        let formats = ERROR_FORMATS.iter().cycle().skip(index);
        COMMANDS.iter().zip(formats).map(|(run, format)| (run, *format)).collect()
    });
}

#[test]
fn no_command_shows_a_password_of_what_it_refuses() {
    let refused: Vec<Place> = PLACES.iter().filter(|place| !place.is_taken).cloned().collect();
    // What is refused is refused alike: one format of each command, by turns.
    check(&refused, |index, _| {
        let in_all = COMMANDS.iter().take(1).flat_map(|run| ERROR_FORMATS.map(|f| (run, f)));
        let formats = ERROR_FORMATS.iter().cycle().skip(index);
        let others = COMMANDS.iter().zip(formats).skip(1 + index % 3).step_by(3);
        in_all.chain(others.map(|(run, format)| (run, *format))).collect()
    });
}

#[test]
fn what_is_said_to_be_taken_is_taken() {
    for place in PLACES.iter().filter(|place| place.is_taken) {
        let dir = planted(place, place.markers[0]);
        let args = place.args.iter().map(|arg| marker::plant(arg, place.markers[0]));
        let fixed = ["convert", "-f", "in", "-q"].map(str::to_owned);
        let output = run_in(dir.path(), fixed.into_iter().chain(args), "");
        assert_eq!(output.status, 0, "{}: {}", place.name, output.stderr);
        // Else it would be shown that nothing comes out of nothing.
        let expected = place.is_converted;
        assert_eq!(leaks(&output.stdout, place.markers[0]), expected, "{}", place.name);
    }
}
