//! Links: each leads to a file, and to a place in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The targets of a page's links, those of pictures too; not what stands in code.
pub(crate) fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in outside_of_fences(text) {
        let line = without_code(line);
        let mut rest = line.as_str();
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let Some(end) = rest.find(')') else { break };
            found.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
    }
    found
}

fn outside_of_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        if fence {
            inside = !inside;
        }
        !inside && !fence
    })
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The names that a link can end in: those of headings, as mdBook and GitHub make them,
/// and those that are given.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in outside_of_fences(text) {
        let title = line.trim_start_matches('#');
        if title.len() < line.len() && title.starts_with(' ') {
            let name: String = title
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            found.insert(name);
        }
        let mut rest = line;
        while let Some(at) = rest.find("<a id=\"") {
            rest = &rest[at + 7..];
            found.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    found
}

/// The links of a page that lead nowhere.
pub(crate) fn broken(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for target in targets(&text) {
        if target.starts_with("https://") || target.starts_with("http://") {
            continue;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let to = if file.is_empty() { path.to_owned() } else { join(path.parent().unwrap(), file) };
        let place = format!("{}: {target}", path.display());
        // A built book holds its pages only.
        let book = Path::new("docs/src");
        if path.starts_with(book) && !to.starts_with(book) {
            wrong.push(format!("{place} leads out of the book"));
        } else if !to.exists() {
            wrong.push(format!("{place} is not there"));
        } else if !anchor.is_empty() {
            let there = fs::read_to_string(&to).unwrap_or_default();
            if !anchors(&there).contains(anchor) {
                wrong.push(format!("{place}: no such place in {}", to.display()));
            }
        }
    }
    wrong
}

/// A path within the repository, without `..`.
fn join(dir: &Path, target: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in dir.join(target).components() {
        match part {
            Component::ParentDir => {
                joined.pop();
            }
            Component::CurDir => {}
            part => joined.push(part),
        }
    }
    joined
}

#[test]
fn links_and_anchors_are_found() {
    let text = "# A `b` c: d\n[x](a.md#b) `[no](no)` ![y](y.svg)\n```\n[no](no)\n```\n<a id=\"M2C1\"></a>\n";
    assert_eq!(targets(text), ["a.md#b", "y.svg"]);
    let expected: BTreeSet<String> = ["a-b-c-d", "M2C1"].map(str::to_owned).into();
    assert_eq!(anchors(text), expected);
    assert_eq!(
        join(Path::new("docs/src/how-to"), "../tutorial.md"),
        Path::new("docs/src/tutorial.md")
    );
}
