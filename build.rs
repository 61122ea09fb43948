//! Tells the program which commit and which target it was built from.
//!
//! The commit is, of these, the first that there is: `METALLB2CILIUM_COMMIT` of the
//! environment; git's, where this directory is the top of a work tree; the one that
//! `git archive` wrote into `.commit`. Where there is none, `version` names none.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const OVERRIDE: &str = "METALLB2CILIUM_COMMIT";

/// What the program is made of: a change there, not yet committed, is said.
const COMPILED: [&str; 4] = ["Cargo.lock", "Cargo.toml", "build.rs", "src"];

/// The file that `git archive` fills in.
const ARCHIVED: &str = ".commit";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={OVERRIDE}");
    println!("cargo::rerun-if-changed={ARCHIVED}");
    for path in COMPILED {
        println!("cargo::rerun-if-changed={path}");
    }
    let target = env::var("TARGET").map_err(|error| format!("TARGET: {error}"))?;
    println!("cargo::rustc-env=METALLB2CILIUM_TARGET={target}");
    if let Some(commit) = commit()? {
        println!("cargo::rustc-env={OVERRIDE}={commit}");
    }
    Ok(())
}

fn commit() -> Result<Option<String>, String> {
    match env::var(OVERRIDE) {
        Ok(commit) if commit.chars().all(|one| one.is_ascii_graphic()) => {
            return Ok((!commit.is_empty()).then_some(commit));
        }
        Ok(_) => return Err(format!("{OVERRIDE} is no name of a commit")),
        Err(env::VarError::NotPresent) => {}
        Err(error) => return Err(format!("{OVERRIDE}: {error}")),
    }
    Ok(of_work_tree().or_else(of_archive))
}

/// The commit that is checked out, `-dirty` where what is compiled is not it.
fn of_work_tree() -> Option<String> {
    let top = fs::canonicalize(git(&["rev-parse", "--show-toplevel"])?).ok()?;
    if top != fs::canonicalize(env::var_os("CARGO_MANIFEST_DIR")?).ok()? {
        return None;
    }
    let commit = git(&["rev-parse", "--verify", "HEAD"])?;
    // Written at every commit and checkout. A path that is not there would let
    // Cargo run this every time.
    for path in ["HEAD", "logs/HEAD"] {
        let path = PathBuf::from(git(&["rev-parse", "--git-path", path])?);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    let status: Vec<&str> = ["--no-optional-locks", "status", "--porcelain", "--"]
        .into_iter()
        .chain(COMPILED)
        .collect();
    let changed = !git(&status)?.is_empty();
    Some(if changed { commit + "-dirty" } else { commit })
}

fn of_archive() -> Option<String> {
    let text = fs::read_to_string(Path::new(ARCHIVED)).ok()?;
    let commit = text.trim();
    let filled_in = commit.len() >= 40 && commit.chars().all(|one| one.is_ascii_hexdigit());
    filled_in.then(|| commit.to_owned())
}

/// What git prints; nothing where it is missing or refuses.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8(output.stdout).ok()?.trim_end().to_owned())
}
