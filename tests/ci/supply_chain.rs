//! Dependencies have a reason; `unsafe` has one place.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::text;

#[test]
fn every_dependency_is_in_order_and_has_its_reason_in_one_line() {
    let manifests = [text("Cargo.toml"), text("fuzz/Cargo.toml")];
    let (mut found, mut problems) = (0, Vec::new());
    for section in manifests.iter().flat_map(|one| one.split("\n[")).filter(|section| {
        let header = section.split(']').next().unwrap_or_default();
        header.ends_with("dependencies")
    }) {
        let lines: Vec<&str> =
            section.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        let mut names = Vec::new();
        for pair in lines.chunks(2) {
            let [reason, dependency] = pair else { panic!("{pair:?} of {section}") };
            if !reason.starts_with("# ") || !reason.ends_with('.') || dependency.starts_with('#') {
                problems.push((*dependency).to_owned());
            }
            names.push(dependency.split(" = ").next().unwrap());
        }
        assert!(names.is_sorted(), "{names:?}");
        found += names.len();
    }
    assert_eq!(problems, [""; 0]);
    assert!(found > 30, "{found}");
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn unsafe_is_allowed_in_one_module_only() {
    // That each block has its reason is seen to by clippy.
    for lint in ["unsafe_code = \"deny\"", "undocumented_unsafe_blocks = \"warn\""] {
        assert!(text("Cargo.toml").lines().any(|line| line == lint), "{lint}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.retain(|path| fs::read_to_string(path).unwrap().contains("(unsafe_code"));
    assert_eq!(files, [root.join("src/live/sys.rs")]);
}
