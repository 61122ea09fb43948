//! What `ci/package` reads: the image, krew's manifest, the Debian package.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::reader::documents;
use crate::workspace::text;

/// The names in a directory of the repository.
fn names(directory: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(path).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_image_holds_the_binary_alone_and_runs_without_rights() {
    let dockerfile = text("ci/container/Dockerfile").replace("\\\n", "");
    let mut instructions = Vec::new();
    for line in dockerfile.lines().filter(|line| !line.starts_with('#')) {
        let (instruction, rest) = line.split_once(' ').unwrap();
        if instruction != "LABEL" {
            instructions.push((instruction, rest));
        }
    }
    let expected = [
        ("FROM", "scratch"),
        ("COPY", "--chmod=0555 metallb2cilium /metallb2cilium"),
        ("USER", "65532:65532"),
        ("ENTRYPOINT", "[\"/metallb2cilium\"]"),
    ];
    assert_eq!(instructions, expected);
}

/// What krew itself asks of a manifest.
fn krew_takes(manifest: &Value, name: &str) -> Result<(), String> {
    let check = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    check(manifest["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2", "apiVersion")?;
    check(manifest["kind"] == "Plugin" && manifest["metadata"]["name"] == name, "name")?;
    let spec = &manifest["spec"];
    let version = said(&spec["version"]);
    let version: Vec<&str> =
        version.strip_prefix('v').ok_or("a version without v")?.split('.').collect();
    check(version.len() == 3 && version.iter().all(|one| one.parse::<u32>().is_ok()), "version")?;
    let summary = said(&spec["shortDescription"]);
    check(!summary.is_empty() && summary.len() <= 50 && !summary.ends_with('.'), "summary")?;
    check(!summary.contains('\n') && !said(&spec["description"]).is_empty(), "description")?;
    let platforms = spec["platforms"].as_array().ok_or("no platforms")?;
    check(!platforms.is_empty(), "no platforms")?;
    for platform in platforms {
        let labels = platform["selector"]["matchLabels"].as_object().ok_or("no selector")?;
        check(!labels.is_empty() && labels.keys().all(|key| key == "os" || key == "arch"), "key")?;
        let hash = said(&platform["sha256"]);
        let is_hash = hash.len() == 64
            && hash.chars().all(|one| one.is_ascii_digit() || ('a'..='f').contains(&one));
        check(is_hash, "sha256")?;
        check(said(&platform["uri"]).starts_with("https://"), "uri")?;
        check(!said(&platform["bin"]).is_empty(), "bin")?;
        let files = platform["files"].as_array().ok_or("no files")?;
        check(!files.is_empty(), "no files")?;
        for file in files {
            check(!said(&file["from"]).is_empty() && !said(&file["to"]).is_empty(), "files")?;
        }
    }
    Ok(())
}

#[test]
fn krew_takes_the_manifest_once_it_is_filled_in() {
    let template = text("ci/krew/metallb2cilium.yaml");
    let filled_in = template
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@NAME@", "metallb2cilium-0.1.0-x86_64-unknown-linux-musl")
        .replace("@RELEASE_URL@", "https://release.example/v0.1.0")
        .replace("@SHA256@", &"0123456789abcdef".repeat(4));
    assert!(!filled_in.contains('@'), "{filled_in}");
    let manifest = documents(&filled_in).remove(0);
    assert_eq!(krew_takes(&manifest, "metallb2cilium"), Ok(()));
    // As it stands it cannot be published by mistake.
    let manifest = documents(&template.replace('@', "X")).remove(0);
    assert!(krew_takes(&manifest, "metallb2cilium").is_err());
}

#[test]
fn every_manual_page_and_completion_is_in_the_debian_package() {
    let manifest = text("Cargo.toml");
    assert!(manifest.contains("[\"man/*.1\", \"usr/share/man/man1/\", \"644\"]"));
    assert!(names("man").iter().all(|name| name.ends_with(".1")));
    for name in names("completions") {
        assert!(manifest.contains(&format!("[\"completions/{name}\", ")), "{name}");
    }
}
