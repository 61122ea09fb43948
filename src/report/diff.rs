//! What a conversion would change, as a unified diff and as JSON.

use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use super::{Style, escape, paint, verify};
use crate::diff::{Change, ObjectChange};
use crate::manifest::Sources;
use crate::verify::{Report, Verdict};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// A format of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people and for `patch`.
    Text(Style),
    /// One JSON object.
    Json,
}

#[derive(Serialize)]
struct Shown<'a> {
    same: bool,
    objects: Vec<Object<'a>>,
    meaning: Value,
}

#[derive(Serialize)]
struct Object<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    change: Change,
    diff: String,
}

/// Differences and what they change in meaning.
pub fn render(
    changes: &[ObjectChange],
    meaning: &Report,
    sources: &Sources,
    format: Format,
) -> String {
    let meaning = verify::redacted(meaning, sources);
    match format {
        Format::Text(style) => escape::without_commands(text(changes, &meaning, sources, &style)),
        Format::Json => json(changes, &meaning, sources),
    }
}

fn json(changes: &[ObjectChange], meaning: &Report, sources: &Sources) -> String {
    let objects = changes.iter().map(|one| Object {
        kind: &one.kind,
        namespace: &one.namespace,
        name: &one.name,
        change: one.change,
        diff: unified(one),
    });
    let shown = Shown {
        same: changes.is_empty(),
        objects: objects.collect(),
        meaning: verify::value(meaning, sources),
    };
    // Texts, numbers and lists always serialize.
    let text = serde_json::to_string_pretty(&shown).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}

fn text(changes: &[ObjectChange], meaning: &Report, sources: &Sources, style: &Style) -> String {
    let mut text = String::new();
    for change in changes {
        for line in unified(change).lines() {
            let line = escape::visible(line, style.unicode);
            text.push_str(&paint::diff_line(&line, style));
            text.push('\n');
        }
    }
    if !changes.is_empty() {
        text.push('\n');
    }
    let count = |change| changes.iter().filter(|one| one.change == change).count();
    let (added, removed) = (count(Change::Added), count(Change::Removed));
    let changed = count(Change::Changed);
    if changes.is_empty() {
        text.push_str("No object changes.\n");
    } else {
        text.push_str(&format!("Objects: {added} added, {changed} changed, {removed} removed.\n"));
    }
    if removed > 0 {
        text.push_str(
            "Removed are objects that the conversion does not have; kubectl apply alone\n\
             leaves them where they are.\n",
        );
    }
    text.push('\n');
    if meaning.verdict == Verdict::Equivalent {
        text.push_str("In meaning nothing changes for the Services and Nodes at hand.\n\n");
    } else {
        text.push_str("In meaning, for the Services and Nodes at hand:\n\n");
    }
    text.push_str(&verify::differences(meaning, sources, style));
    text
}

/// The diff of one object; an object that is not there is `/dev/null`, as diff and
/// git call it.
fn unified(change: &ObjectChange) -> String {
    let yaml = |object: &Option<Value>| {
        let object = object.as_ref();
        object.map(|object| serde_saphyr::to_string(object).unwrap_or_default()).unwrap_or_default()
    };
    let place = |side: &str, there: bool| {
        if !there {
            return "/dev/null".to_owned();
        }
        let name = match change.namespace.as_str() {
            "" => change.name.clone(),
            namespace => format!("{namespace}/{}", change.name),
        };
        // A line break in a name must not end the header.
        format!("{side}/{}/{}", change.kind, name.replace(['\n', '\r'], "?"))
    };
    let (before, after) = (yaml(&change.before), yaml(&change.after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(
            &place("there", change.before.is_some()),
            &place("conversion", change.after.is_some()),
        )
        .to_string()
}
