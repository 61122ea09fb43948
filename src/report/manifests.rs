//! Manifests on their way out: a YAML stream, a List in JSON, or a file for each
//! object.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use super::escape;
use crate::convert::Document;

const STDOUT: &str = "cannot write to standard output";

/// Writes a stream of YAML documents, each with its comments at its top.
///
/// # Errors
/// When the stream cannot be written to.
pub fn write_yaml(documents: &[Document], out: &mut dyn Write) -> anyhow::Result<()> {
    for document in documents {
        out.write_all(yaml(document)?.as_bytes()).context(STDOUT)?;
    }
    Ok(())
}

/// One YAML document with its comments at its top, from `---` on.
///
/// # Errors
/// Where the object cannot be written as YAML, which no conversion gives.
pub fn yaml(document: &Document) -> anyhow::Result<String> {
    let mut text = "---\n".to_owned();
    for line in document.comments.iter().flat_map(|comment| comment.lines()) {
        // No line break that only YAML knows may end the comment.
        let line = format!("# {}", escape::visible(line, true));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let object = serde_saphyr::to_string(&document.object)?;
    if escape::has_unsafe(&object) {
        // Every text in quotes, and what a terminal must not meet as escapes.
        text.push_str(&escape::yaml_flow(&serde_json::to_string_pretty(&document.object)?));
    } else {
        text.push_str(&object);
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Writes one `v1` List. JSON has no comments.
///
/// # Errors
/// When the stream cannot be written to.
pub fn write_json(documents: &[Document], out: &mut dyn Write) -> anyhow::Result<()> {
    let items: Vec<&Value> = documents.iter().map(|document| &document.object).collect();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
    let text = serde_json::to_string_pretty(&list)? + "\n";
    out.write_all(escape::json(&text).as_bytes()).context(STDOUT)
}

/// Writes a file for each object into a directory, which is created where it is
/// missing; returns the files in order.
///
/// The names are `NN-kind-name.yaml`, where NN is the kind's place in the order in
/// which they are to be applied. Each file appears whole or not at all; a link that stands in its place
/// is replaced, not followed. Files with Secrets are for their owner only. Other
/// files of the directory are left alone.
///
/// # Errors
/// A file or a directory that cannot be written; files written before stay.
pub fn write_directory(documents: &[Document], directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    // Everything is put into words before the first file is touched.
    let texts = documents.iter().map(yaml).collect::<Result<Vec<_>, _>>()?;
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create the directory {}", directory.display()))?;
    let paths: Vec<PathBuf> =
        file_names(documents).into_iter().map(|name| directory.join(name)).collect();
    for ((path, text), document) in paths.iter().zip(&texts).zip(documents) {
        let mode = if document.kind() == "Secret" { 0o600 } else { 0o666 };
        write_file(directory, path, text, mode)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(paths)
}

/// Writes files into a directory, each with its name, its text and its permissions,
/// as [`write_directory`] does.
///
/// # Errors
/// A file or a directory that cannot be written; files written before stay.
pub fn write_files(directory: &Path, files: &[(String, String, u32)]) -> anyhow::Result<()> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create the directory {}", directory.display()))?;
    for (name, text, mode) in files {
        let path = directory.join(name);
        write_file(directory, &path, text, *mode)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Manifests in a directory that are not among `written`: `kubectl apply -f` of
/// the directory would take them too.
pub fn left_over(directory: &Path, written: &[PathBuf]) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let is_manifest = |path: &PathBuf| {
        path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|e| end == *e))
    };
    let mut others: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_manifest(path) && !written.contains(path))
        .collect();
    others.sort();
    others
}

fn write_file(directory: &Path, path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".metallb2cilium-");
    // The umask applies as for every new file.
    #[cfg(unix)]
    builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(mode));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The kinds in the order in which they are to be applied.
const ORDER: [&str; 8] = [
    "Service",
    "Secret",
    "CiliumLoadBalancerIPPool",
    "CiliumBGPAdvertisement",
    "CiliumBGPPeerConfig",
    "CiliumBGPNodeConfigOverride",
    "CiliumL2AnnouncementPolicy",
    "CiliumBGPClusterConfig",
];

/// Names that say kind and name, so that an object keeps its file when others
/// come and go. They differ even where case does not count.
fn file_names(documents: &[Document]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    documents.iter().map(|document| file_name(document, &mut taken)).collect()
}

fn file_name(document: &Document, taken: &mut BTreeSet<String>) -> String {
    let kind = document.kind();
    let rank = ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len()) + 1;
    let namespace = document.object["metadata"]["namespace"].as_str().map(|text| safe(text) + "-");
    let (kind, namespace) = (safe(kind), namespace.unwrap_or_default());
    let stem = format!("{rank}0-{kind}-{namespace}{}", safe(document.name()));
    let names = std::iter::once(format!("{stem}.yaml"))
        .chain((2u64..).map(|number| format!("{stem}-{number}.yaml")));
    // The numbers do not end before a free name is found.
    names.into_iter().find(|name| taken.insert(name.clone())).unwrap_or_default()
}

/// What may be part of a file's name everywhere.
fn safe(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    // No file system takes names of more than 255 bytes; three such parts make one.
    let shortened = text.chars().take(70);
    shortened.map(|c| if is_safe(c) { c.to_ascii_lowercase() } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use proptest::prelude::*;
    use serde::Deserialize as _;
    use serde_json::json;

    use super::*;

    fn document(kind: &str, name: &str) -> Document {
        let object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}});
        Document { comments: vec![format!("from {name}")], object, source: None }
    }

    fn yaml(documents: &[Document]) -> anyhow::Result<String> {
        let mut text = Vec::new();
        write_yaml(documents, &mut text)?;
        Ok(String::from_utf8(text)?)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn hidden_characters_are_escapes_and_the_text_stays_the_same() {
        let hostile = "a\u{202e}b\u{9b}c\u{e0067}\nü";
        let text = yaml(&[document("Service", hostile)]).unwrap();
        assert!(!escape::has_unsafe(&text), "{text:?}");
        let read = serde_json::Value::deserialize(serde_yaml::Deserializer::from_str(&text));
        assert_eq!(read.unwrap()["metadata"]["name"], hostile, "{text}");
    }

    #[test]
    fn each_document_begins_with_its_comments() {
        let mut second = document("Secret", "b");
        second.comments = vec!["one\ntwo".into(), String::new(), "a\u{2028}b: c\u{85}d".into()];
        assert_eq!(
            yaml(&[document("Pod", "a"), second]).unwrap(),
            "---\n# from a\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n\
             ---\n# one\n# two\n# a\\u{2028}b: c\\u{85}d\n\
             apiVersion: v1\nkind: Secret\nmetadata:\n  name: b\n"
        );
        assert_eq!(yaml(&[]).unwrap(), "");
    }

    #[test]
    fn texts_that_look_like_other_types_are_quoted() {
        let texts = [
            "no",
            "Yes",
            "on",
            "y",
            "0755",
            "1_000",
            "0x1f",
            "1e3",
            "2024-01-01",
            "~",
            "",
            "null",
            "a: b",
            "# c",
            "- d",
            "*e",
            "&f",
            "!g",
            "%h",
            "@i",
            "`j",
            "1:20",
            ".5",
            "{k}",
            " l ",
            "m\nn",
            "---",
            "\u{85}",
            "\t",
            "=",
            "<<",
        ];
        let labels: serde_json::Map<String, Value> =
            texts.iter().enumerate().map(|(i, text)| (format!("k{i}"), json!(text))).collect();
        let object = json!({"kind": "Pod", "metadata": {"name": "a", "labels": labels}});
        let text =
            yaml(&[Document { comments: vec![], object: object.clone(), source: None }]).unwrap();
        // As kubectl reads it.
        let read = crate::manifest::Manifests::from_text(
            "out.yaml",
            text.replace("kind: Pod", "apiVersion: v1\nkind: Pod"),
        );
        let found = &read.objects[0].meta.labels;
        for (index, expected) in texts.iter().enumerate() {
            let key = format!("k{index}");
            assert_eq!(found.get(&key).map(String::as_str), Some(*expected), "{text}");
        }
        // As YAML 1.2 has it.
        let value = Value::deserialize(serde_yaml::Deserializer::from_str(&text)).unwrap();
        assert_eq!(value, object);
    }

    #[test]
    fn json_is_one_list() {
        let mut text = Vec::new();
        write_json(&[document("Pod", "a"), document("Pod", "b")], &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let list: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(list["kind"], "List");
        assert_eq!(list["items"][1]["metadata"]["name"], "b");
        assert!(text.starts_with("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\""));
    }

    #[test]
    fn a_directory_gets_a_file_for_each_object() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("new/deep");
        let documents = [document("Secret", "bgp"), document("CiliumLoadBalancerIPPool", "web")];
        let paths = write_directory(&documents, &target).unwrap();
        let names: Vec<_> =
            paths.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["20-secret-bgp.yaml", "30-ciliumloadbalancerippool-web.yaml"]);
        assert_eq!(fs::read_to_string(&paths[1]).unwrap(), yaml(&documents[1..]).unwrap());
        assert_eq!(mode(&paths[0]), 0o600);
        assert_eq!(fs::read_dir(&target).unwrap().count(), 2, "no temporary file is left");
        // Again: files are replaced, others stay.
        fs::write(target.join("README"), "mine").unwrap();
        fs::write(&paths[0], "old").unwrap();
        fs::set_permissions(&paths[0], Permissions::from_mode(0o644)).unwrap();
        write_directory(&documents, &target).unwrap();
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), yaml(&documents[..1]).unwrap());
        assert_eq!(mode(&paths[0]), 0o600);
        assert_eq!(fs::read_to_string(target.join("README")).unwrap(), "mine");
    }

    #[test]
    fn links_are_not_followed_out_of_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let (outside, target) = (dir.path().join("outside"), dir.path().join("target"));
        fs::write(&outside, "untouched").unwrap();
        fs::create_dir(&target).unwrap();
        symlink(&outside, target.join("20-secret-a.yaml")).unwrap();
        let paths = write_directory(&[document("Secret", "a")], &target).unwrap();
        assert_eq!(fs::read_to_string(&outside).unwrap(), "untouched");
        assert!(fs::symlink_metadata(&paths[0]).unwrap().is_file());
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write_directory(&[document("Pod", "a")], &file).unwrap_err();
        assert!(format!("{error:#}").contains(file.to_str().unwrap()), "{error}");
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_directory(names in prop::collection::vec("\\PC{0,9}|\\.\\./x|/a|\\.", 1..5)) {
            let documents: Vec<Document> = names.iter().map(|name| document(name, name)).collect();
            let files = file_names(&documents);
            let lower: BTreeSet<String> = files.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), names.len());
            for file in files {
                prop_assert!(!file.contains(['/', '\\', '\0', '\n']) && file.len() < 255);
                prop_assert!(!file.starts_with('.'));
            }
        }
    }
}
