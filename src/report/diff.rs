//! What a conversion would change, in each of its formats.

use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use super::{Style, escape, paint, verify};
use crate::diff::{Change, ObjectChange};
use crate::manifest::Sources;
use crate::verify::{Report, Verdict};

mod markdown;
mod pipelines;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// A format of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people and for `patch`.
    Text(Style),
    /// One JSON object.
    Json,
    /// Markdown, for a comment on a change.
    Markdown,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// What would change.
#[derive(Debug, Clone, Copy)]
pub struct Differences<'d> {
    /// The objects.
    pub changes: &'d [ObjectChange],
    /// What that means.
    pub meaning: &'d Report,
    /// Whether only what changes in meaning counts.
    pub semantic: bool,
}

impl Differences<'_> {
    /// Whether something changes that counts: what makes the exit status 1.
    pub fn count(&self) -> bool {
        self.meaning.verdict != Verdict::Equivalent || !self.semantic && !self.changes.is_empty()
    }

    /// How many objects change, in a sentence.
    fn counted(&self) -> String {
        let count = |change| self.changes.iter().filter(|one| one.change == change).count();
        let [added, changed, removed] =
            [Change::Added, Change::Changed, Change::Removed].map(count);
        if self.changes.is_empty() {
            "No object changes.".to_owned()
        } else {
            format!("Objects: {added} added, {changed} changed, {removed} removed.")
        }
    }
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
pub fn render(differences: Differences<'_>, sources: &Sources, format: Format) -> String {
    let meaning = verify::redacted(differences.meaning, sources);
    let differences = Differences { meaning: &meaning, ..differences };
    match format {
        Format::Text(style) => escape::without_commands(text(&differences, sources, &style)),
        Format::Json => json(&differences, sources),
        Format::Markdown => escape::without_commands(markdown::render(&differences, sources)),
        Format::Sarif => pipelines::sarif(&differences, sources),
        Format::Junit => pipelines::junit(&differences, sources),
        Format::Github => pipelines::github(&differences, sources),
    }
}

fn json(differences: &Differences<'_>, sources: &Sources) -> String {
    let Differences { changes, meaning, .. } = *differences;
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

fn text(differences: &Differences<'_>, sources: &Sources, style: &Style) -> String {
    let Differences { changes, meaning, .. } = *differences;
    let mut text = differences.counted() + "\n";
    if changes.iter().any(|one| one.change == Change::Removed) {
        text.push_str(
            "Removed are objects that the conversion does not have; kubectl apply alone\n\
             leaves them where they are.\n",
        );
    }
    let (verdict, details) = verify::differences(meaning, sources, style);
    text.push_str(&verdict);
    if !changes.is_empty() {
        text.push('\n');
    }
    for change in changes {
        for line in unified(change).lines() {
            let line = escape::visible(line, style.unicode);
            text.push_str(&paint::diff_line(&line, style));
            text.push('\n');
        }
    }
    text.push_str(&details);
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
