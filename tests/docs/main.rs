//! Every command that the book and the README show is run, and what they show of its
//! output is compared with what it prints.
//!
//! A block is fenced as `console`: lines that begin with `$ ` are commands (a line that
//! ends in `\`, `|` or `&&`, or begins with `> `, goes on), the lines below are what is
//! printed on both streams. `…` alone on a line stands for any lines, within a line for
//! anything. A command whose status is not 0 is followed by `$ echo $?`. The blocks of a page
//! run one after the other in one directory (see `cluster.rs` for what is in it), with
//! the variables and the working directory that the one before left.
//!
//! A comment above a block says what is special about it:
//! - `<!-- docs: on the link -->`: it runs on a host of a link (network namespaces), on
//!   which the sample's Nodes answer as MetalLB does and a router speaks BGP;
//! - `<!-- docs: a fresh cluster -->`: what was done to the cluster before is forgotten;
//! - `<!-- docs: from PATH -->`: it is no command, but part of that file, word by word;
//! - `<!-- test-command -->`: `.ci/run` runs it.
//!
//! Output that has fences itself stands in a block with more backticks.
//! `UPDATE_DOCS=1` writes what is printed into the pages instead of comparing it.

#![cfg(all(target_os = "linux", feature = "cluster"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that cannot do its work fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

mod cluster;
mod lines;
mod links;
mod page;
mod shell;

#[path = "../support/mod.rs"]
mod support;

use page::{Block, Kind, Page};

/// Pages that are generated; `tests/generated.rs` and `tests/mapping.rs` hold them.
const GENERATED: &str = "docs/src/reference/";

/// The README and every page of the book, by path.
fn pages() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md"), PathBuf::from("docs/architecture.md")];
    let mut open = vec![PathBuf::from("docs/src")];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    Page::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a page; in update mode it is written anew where it is not as it should be.
fn check(path: &Path) {
    let page = read(path);
    let outputs = shell::run(&page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let updated = page.updated(&outputs);
        if updated != page.text {
            fs::write(path, updated).unwrap();
        }
        return;
    }
    let wrong = page.differences(&outputs);
    assert!(
        wrong.is_empty(),
        "{}: not what is printed (UPDATE_DOCS=1 writes it; look at each line then):\n{}",
        path.display(),
        wrong.join("\n")
    );
}

#[test]
fn the_readme_shows_what_is_printed() {
    check(Path::new("README.md"));
}

#[test]
fn the_tutorial_shows_what_is_printed() {
    check(Path::new("docs/src/tutorial.md"));
}

#[test]
fn the_other_pages_show_what_is_printed() {
    for path in pages() {
        let name = path.to_str().unwrap();
        if name != "README.md" && name != "docs/src/tutorial.md" && !name.starts_with(GENERATED) {
            check(&path);
        }
    }
}

#[test]
fn no_command_is_shown_that_is_not_run() {
    let mut wrong = Vec::new();
    let is_run = |block: &Block| block.kind == Kind::Console || block.kind == Kind::TestCommand;
    for path in pages() {
        if path.to_str().unwrap().starts_with(GENERATED) {
            continue;
        }
        for block in read(&path).blocks {
            let place = format!("{}:{}", path.display(), block.line);
            match &block.kind {
                Kind::From(file) => {
                    let text = fs::read_to_string(file).unwrap_or_default();
                    if !text.contains(&block.body()) {
                        wrong.push(format!("{place}: this does not stand in {file}"));
                    }
                }
                _ if !is_run(&block) && block.lines.iter().any(|line| is_command(line)) => {
                    wrong.push(format!("{place}: shows a command, and is not run"));
                }
                _ => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Whether a line calls this program.
fn is_command(line: &str) -> bool {
    let words = line.split([' ', '|', ';', '&', '(', '`', '"', '\'']);
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name == "metallb2cilium" || name == "kubectl-metallb2cilium"
    })
}

#[test]
fn the_explanation_of_the_proof_lists_what_is_not_compared() {
    let text = fs::read_to_string("docs/src/explanation/equivalence.md").unwrap();
    let page = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for item in metallb2cilium::verify::NOT_COMPARED {
        assert!(page.contains(item), "not in the page: {item}");
    }
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for path in pages().into_iter().chain([PathBuf::from("schemas/README.md")]) {
        wrong.extend(links::broken(&path));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_summary_lists_every_page() {
    let summary = fs::read_to_string("docs/src/SUMMARY.md").unwrap();
    let listed: Vec<PathBuf> = links::targets(&summary)
        .into_iter()
        .map(|target| Path::new("docs/src").join(target))
        .collect();
    let mut sorted = listed.clone();
    sorted.sort();
    let mut book: Vec<PathBuf> =
        pages().into_iter().filter(|path| path.starts_with("docs/src")).collect();
    book.retain(|path| !path.ends_with("SUMMARY.md"));
    assert_eq!(sorted, book);
}
