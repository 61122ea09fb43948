//! The input as ConfigMaps and Secrets, byte for byte.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::manifest::Manifests;
use crate::secret::Hidden;

/// How many bytes of data one object takes; the API's bound is 1 MiB.
pub(super) const MAX_DATA: usize = 1_000_000;
/// The longest part of a file's own name that is kept.
const MAX_STEM: usize = 60;

/// A text of the input.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, for people.
    pub name: String,
    /// How its name in the Pod ends: `yaml` for what is read as a manifest.
    pub extension: &'static str,
    /// What it holds.
    pub text: String,
    /// Whether it holds a secret.
    pub secret: bool,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Hidden(&self.text);
        f.debug_struct("File")
            .field("name", &self.name)
            .field("text", &text)
            .finish_non_exhaustive()
    }
}

/// One ConfigMap or Secret.
pub(super) struct Volume<'f> {
    pub(super) secret: bool,
    pub(super) entries: Vec<(String, &'f str)>,
    pub(super) size: usize,
}

impl File {
    /// Its name in the Pod: its place in the input comes first, since a directory is
    /// read in the order of names.
    pub fn key(&self, number: usize) -> String {
        self.part_key(number, None)
    }

    fn part_key(&self, number: usize, part: Option<usize>) -> String {
        let base = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let stem: String = stem.chars().map(plain).take(MAX_STEM).collect();
        let stem = stem.trim_matches('-');
        let stem = if stem.is_empty() { "input" } else { stem };
        let part = part.map(|part| format!(".{part:04}")).unwrap_or_default();
        format!("{number:04}-{stem}{part}.{}", self.extension)
    }
}

/// The files spread over as few objects as hold them, in their order.
pub(super) fn volumes(files: &[File]) -> Result<Vec<Volume<'_>>, Box<Diagnostic>> {
    let mut volumes: Vec<Volume<'_>> = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let parts = parts(file)?;
        let whole = parts.len() == 1;
        for (index, part) in parts.into_iter().enumerate() {
            let key = file.part_key(number, (!whole).then_some(index));
            let size = key.len() + part.len();
            let fits =
                |one: &&mut Volume<'_>| one.secret == file.secret && one.size + size <= MAX_DATA;
            match volumes.iter_mut().find(fits) {
                Some(volume) => {
                    volume.entries.push((key, part));
                    volume.size += size;
                }
                None => {
                    volumes.push(Volume { secret: file.secret, entries: vec![(key, part)], size });
                }
            }
        }
    }
    Ok(volumes)
}

/// The file whole, or cut between its documents where it is too large.
fn parts(file: &File) -> Result<Vec<&str>, Box<Diagnostic>> {
    // Room for the longest key.
    let room = MAX_DATA - MAX_STEM - 32;
    if file.text.len() <= room {
        return Ok(vec![&file.text]);
    }
    let too_large = || {
        let message = format!(
            "{} has {} bytes, and no cut between its documents gives parts that fit into a \
             ConfigMap of {MAX_DATA} bytes",
            file.name,
            file.text.len()
        );
        Box::new(Diagnostic::error(codes::INPUT_TOO_LARGE, message).help(
            "print the items of a List one by one: kubectl get … -o json | jq -c '.items[]'; leave \
             out what the command does not need",
        ))
    };
    let parts = cut(&file.text, room).ok_or_else(too_large)?;
    // What stands between two documents depends on neither, or it is not cut.
    let read = |text: &str| {
        let read = Manifests::from_text("part", text);
        (read.objects.len() + read.untyped.len(), read.diagnostics.len())
    };
    let (objects, problems) =
        parts.iter().map(|part| read(part)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if (objects, problems) == read(&file.text) { Ok(parts) } else { Err(too_large()) }
}

/// Parts of at most so many bytes, each of whole documents.
fn cut(text: &str, room: usize) -> Option<Vec<&str>> {
    let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let begins = |line: &str| {
        let marker = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        marker || json && line.starts_with('{')
    };
    let (mut parts, mut start, mut last, mut offset) = (Vec::new(), 0, 0, 0);
    for line in text.split_inclusive('\n') {
        if begins(line) && offset > last {
            if offset - start > room {
                parts.push(text.get(start..last)?);
                start = last;
            }
            last = offset;
        }
        offset += line.len();
    }
    if text.len() - start > room {
        parts.push(text.get(start..last)?);
        start = last;
    }
    parts.push(text.get(start..)?);
    parts.iter().all(|part| !part.is_empty() && part.len() <= room).then_some(parts)
}

impl Volume<'_> {
    /// The object, which nobody changes while Pods read it.
    pub(super) fn object(&self, metadata: Value) -> Value {
        let kind = if self.secret { "Secret" } else { "ConfigMap" };
        let mut object = json!({
            "apiVersion": "v1", "kind": kind, "metadata": metadata, "immutable": true,
        });
        let (mut data, mut binary) = (Map::new(), Map::new());
        for (key, text) in &self.entries {
            if self.secret {
                data.insert(key.clone(), BASE64.encode(text).into());
            } else if text.chars().all(is_plain) {
                data.insert(key.clone(), (*text).into());
            } else {
                binary.insert(key.clone(), BASE64.encode(text).into());
            }
        }
        if self.secret {
            object["type"] = "Opaque".into();
        }
        for (field, map) in [("data", data), ("binaryData", binary)] {
            if !map.is_empty() {
                object[field] = Value::Object(map);
            }
        }
        object
    }
}

/// Whether every reader of YAML takes the character in a block of text for itself:
/// neither a control character nor one of the line breaks of YAML 1.1.
fn is_plain(character: char) -> bool {
    character == '\n'
        || !(character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}
