//! Which room of the crate uses which: the table in `docs/architecture.md` is what the
//! source does.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

type Rooms = BTreeMap<String, BTreeSet<String>>;

/// The rooms of the table in its order, and what each uses.
fn table() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string("docs/architecture.md").unwrap();
    let name = Regex::new("`([a-z]+)`").unwrap();
    let names = |cell: &str| name.captures_iter(cell).map(|one| one[1].to_owned()).collect();
    let rows: Vec<(String, BTreeSet<String>)> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let [_, room, _, uses, _] = cells.as_slice() else { panic!("{line}") };
            (room.trim().trim_matches('`').to_owned(), names(uses))
        })
        .collect();
    let all: BTreeSet<String> = rows.iter().map(|(room, _)| room.clone()).collect();
    rows.into_iter()
        .map(
            |(room, uses)| {
                if room == "cli" { (room, &all - &["cli".to_owned()].into()) } else { (room, uses) }
            },
        )
        .collect()
}

/// The Rust files below a directory, but for tests.
fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if stem == "tests" || stem == "testing" || stem.ends_with("_tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What each room uses.
fn used() -> Rooms {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let one = Regex::new(r"\bcrate::([a-z_0-9]+)").unwrap();
    let several = Regex::new(r"\bcrate::\{([^;]*)\};").unwrap();
    let first = Regex::new(r"(?:^|,)\s*([a-z_0-9]+)").unwrap();
    let nested = Regex::new(r"\{[^{}]*\}").unwrap();
    let mut rooms = Rooms::new();
    for path in files {
        let part = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
        let room = part.trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim().starts_with("//")).collect();
        let code = code.join("\n");
        let uses = rooms.entry(room.clone()).or_default();
        uses.extend(one.captures_iter(&code).map(|found| found[1].to_owned()));
        for list in several.captures_iter(&code) {
            let mut list = list[1].to_owned();
            while nested.is_match(&list) {
                list = nested.replace_all(&list, "").into_owned();
            }
            uses.extend(first.captures_iter(&list).map(|found| found[1].to_owned()));
        }
        uses.remove(&room);
    }
    rooms
}

#[test]
fn each_room_uses_what_the_architecture_says() {
    let table: Rooms = table().into_iter().collect();
    let mut used = used();
    // It may use all of them.
    used.insert("cli".to_owned(), table["cli"].clone());
    let rooms = |rooms: &Rooms| rooms.keys().cloned().collect::<Vec<_>>();
    assert_eq!(rooms(&used), rooms(&table));
    for (room, uses) in used {
        assert_eq!(uses, table[&room], "what {room} uses (left), and docs/architecture.md (right)");
    }
}

#[test]
fn no_room_uses_one_that_stands_below_it() {
    let table = table();
    for (index, (room, uses)) in table.iter().enumerate() {
        let above: BTreeSet<&String> = table[..index].iter().map(|(room, _)| room).collect();
        for other in uses {
            let one_layer =
                ["diagnostic", "secret"].contains(&room.as_str()) && other == "manifest";
            assert!(above.contains(other) || one_layer, "{room} uses {other}");
        }
    }
}
