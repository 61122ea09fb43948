//! Cilium's objects in the place of MetalLB's.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use super::builds::Builds;
use super::configuration::{Configuration, Form, Slot, Spent};
use super::edit::Edits;
use super::kustomization::take_out;
use super::tree::{Tree, TreeFile};
use super::values::{NewFile, Values};
use super::written::{NotExact, bytes, line_break, line_start};
use super::{codes, values};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Span, Value};

/// An object of Cilium's to be written into the tree.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// Where the object stands that it comes from.
    pub source: Option<Span>,
    /// As a YAML document, from `---` on.
    pub yaml: String,
    /// As JSON.
    pub object: serde_json::Value,
}

/// What the replacement does to a tree.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    /// By file.
    pub(super) edits: BTreeMap<usize, Edits>,
    /// Files of which nothing is left.
    pub(super) removed: BTreeSet<PathBuf>,
    /// New files.
    pub(super) created: Vec<NewFile>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where each object went, by the file.
    pub(super) homes: Vec<(PathBuf, usize)>,
}

impl Configuration {
    /// Puts Cilium's objects in the place of MetalLB's.
    pub(super) fn replace(&self, tree: &Tree, replacements: &[Replacement]) -> Replaced {
        let of_slot = self.by_slot(tree, replacements);
        let mut result = Replaced::default();
        let mut emptied: BTreeMap<usize, usize> = BTreeMap::new();
        let gone: BTreeSet<(usize, usize)> = (0..self.slots.len())
            .filter(|at| !of_slot.contains_key(at))
            .filter_map(|at| self.slots.get(at).map(|slot| (slot.file, slot.range.start)))
            .collect();
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(file) = tree.files.get(slot.file) else { continue };
            let numbers = of_slot.get(&at).map(Vec::as_slice).unwrap_or_default();
            let new: Vec<&Replacement> =
                numbers.iter().filter_map(|number| replacements.get(*number)).collect();
            let text = tree.text(file);
            match &slot.form {
                Form::Document { content, keeps_comments } => {
                    *emptied.entry(slot.file).or_default() += usize::from(new.is_empty());
                    let written = if is_json(file) {
                        json(text, slot, &new)
                    } else {
                        yaml(text, slot, *content, *keeps_comments, &new)
                    };
                    result.edit(slot.file).replace(slot.range.clone(), written);
                }
                Form::Item { items } => {
                    let is_gone = |range: &Range<usize>| gone.contains(&(slot.file, range.start));
                    match item(text, slot, items, &new, &is_gone) {
                        Ok((range, written)) => result.edit(slot.file).replace(range, written),
                        Err(problem) => result.not_exact(tree, slot, problem),
                    }
                }
                Form::Values { place, object } => {
                    let values = Values { tree, slot, place, object: object.as_ref(), new: &new };
                    match values::write(&values, &result.created) {
                        Ok(done) => result.of_values(done),
                        Err(problem) => result.not_exact(tree, slot, problem),
                    }
                }
            }
            result.homes.extend(numbers.iter().map(|number| (file.path.clone(), *number)));
        }
        self.spend(tree, &mut result);
        let is_removed = |file: &usize| {
            let of = tree.files.get(*file).and_then(|file| file.documents.as_ref());
            emptied.get(file) == Some(&of.map_or(0, Vec::len))
        };
        let removed: BTreeSet<usize> = result.edits.keys().copied().filter(is_removed).collect();
        result.edits.retain(|file, _| !removed.contains(file));
        let paths = removed.iter().filter_map(|file| tree.files.get(*file));
        result.removed.extend(paths.map(|file| file.path.clone()));
        result
    }

    /// The numbers of the objects that come into each place.
    fn by_slot(&self, tree: &Tree, replacements: &[Replacement]) -> BTreeMap<usize, Vec<usize>> {
        let mut of_slot: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, replacement) in replacements.iter().enumerate() {
            // What comes from elsewhere belongs there.
            let of_tree = |span: Span| tree.files.iter().any(|file| file.id == span.source);
            if replacement.source.is_some_and(|span| !of_tree(span)) {
                continue;
            }
            let home = replacement.source.and_then(|span| self.home(tree, span));
            of_slot.entry(home.unwrap_or(0)).or_default().push(number);
        }
        of_slot
    }

    fn home(&self, tree: &Tree, span: Span) -> Option<usize> {
        let holds = |slot: &Slot| {
            tree.files.get(slot.file).is_some_and(|file| file.id == span.source)
                && slot.range.contains(&(span.start as usize))
        };
        // An object may hold several places, such as values within a ConfigMap.
        let all = self.slots.iter().enumerate().filter(|(_, slot)| holds(slot));
        all.min_by_key(|(_, slot)| slot.range.len()).map(|(at, _)| at)
    }

    /// Takes the patches out that were done.
    fn spend(&self, tree: &Tree, result: &mut Replaced) {
        let mut lists: BTreeMap<(usize, u32, &str), Vec<&Spent>> = BTreeMap::new();
        for spent in &self.spent {
            lists.entry((spent.file, spent.node.span.start, spent.list)).or_default().push(spent);
        }
        for ((at, _, list), spent) in lists {
            let Some((file, first)) = tree.files.get(at).zip(spent.first()) else { continue };
            let items = first.node.get(list).map(|items| &items.value);
            let Some(Value::Seq(items)) = items else { continue };
            let gone: Vec<bool> =
                (0..items.len()).map(|at| spent.iter().any(|one| one.at == at)).collect();
            match take_out(tree.text(file), &first.node, list, items, &gone) {
                Ok(edits) => result.edit(at).append(edits),
                Err(problem) => result.diagnostics.push(not_exact(first.item, problem)),
            }
        }
        result.removed.extend(self.spent_files.iter().cloned());
    }
}

impl Replaced {
    pub(super) fn edit(&mut self, file: usize) -> &mut Edits {
        self.edits.entry(file).or_default()
    }

    fn of_values(&mut self, done: values::Done) {
        for (file, edits) in done.edits {
            self.edit(file).append(edits);
        }
        self.created.extend(done.created);
        self.diagnostics.extend(done.said);
    }

    fn not_exact(&mut self, tree: &Tree, slot: &Slot, problem: NotExact) {
        let Some(file) = tree.files.get(slot.file) else { return };
        let (start, end) = (slot.range.start as u32, slot.range.end as u32);
        self.diagnostics.push(not_exact(Span { source: file.id, start, end }, problem));
    }
}

/// Half a replacement is none: the tree is refused.
fn not_exact(place: Span, problem: NotExact) -> Diagnostic {
    Diagnostic::error(
        codes::NOT_REPLACED,
        format!("Cilium's resources cannot be put into the place of this: {}", problem.0),
    )
    .label(Some(place), "cannot be taken out")
    .help("write it as a document of its own, or leave the resources: --keep-resources")
}

pub(super) fn is_json(file: &TreeFile) -> bool {
    file.path.extension().is_some_and(|extension| extension == "json")
}

/// The document's text with new objects in it.
fn yaml(
    text: &str,
    slot: &Slot,
    content: usize,
    keeps_comments: bool,
    new: &[&Replacement],
) -> String {
    let head = &text[slot.range.start..content];
    let head: String = head
        .split_inclusive('\n')
        .filter(|line| !line.contains("yaml-language-server:"))
        .filter(|line| !new.is_empty() || line.trim_start().starts_with('#'))
        .collect();
    if new.is_empty() {
        return head;
    }
    let mut result = head;
    if keeps_comments {
        for comment in comments(&text[content..slot.range.end]) {
            result.push_str(comment);
            result.push('\n');
        }
    }
    for (at, one) in new.iter().enumerate() {
        let document = if at == 0 { one.yaml.strip_prefix("---\n") } else { None };
        result.push_str(document.unwrap_or(&one.yaml));
    }
    with_breaks_of(text, slot.range.start, result)
}

/// A text with the line breaks of the place that it comes to.
pub(super) fn with_breaks_of(text: &str, at: usize, new: String) -> String {
    if line_break(text, at) == "\r\n" {
        return new.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    new
}

/// The comments of a resource, which say why it is as it is.
pub(super) fn comments(body: &str) -> impl Iterator<Item = &str> {
    body.lines().filter_map(|line| {
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            return Some(trimmed);
        }
        // Quotes might hold what only looks like a comment.
        let plain = line.rfind(['"', '\'']).map_or(0, |quote| quote + 1);
        let at = plain + line[plain..].find(" #")?;
        Some(line[at + 1..].trim_end())
    })
}

fn json(text: &str, slot: &Slot, new: &[&Replacement]) -> String {
    let value = match new {
        [] => return String::new(),
        [one] => one.object.clone(),
        several => {
            let items: Vec<_> = several.iter().map(|one| one.object.clone()).collect();
            serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items})
        }
    };
    let written = format!("{value:#}");
    let end = if text[slot.range.clone()].ends_with('\n') { "\n" } else { "" };
    format!("{written}{end}")
}

/// What stands in the place of an item of a List then, and the bytes that it takes.
fn item(
    text: &str,
    slot: &Slot,
    items: &[Range<usize>],
    new: &[&Replacement],
    is_gone: &dyn Fn(&Range<usize>) -> bool,
) -> Result<(Range<usize>, String), NotExact> {
    let start = slot.range.start;
    let first = line_start(text, start);
    let before = &text[first..start];
    if before.trim() == "-" {
        return block_item(text, slot, before, new);
    }
    let at = items.iter().position(|range| *range == slot.range).unwrap_or(0);
    if !new.is_empty() {
        let depth = before.len() - before.trim_start().len();
        let indent = format!("\n{}", " ".repeat(depth));
        let written = new.iter().map(|one| format!("{:#}", one.object).replace('\n', &indent));
        let written = written.collect::<Vec<_>>().join(", ");
        return Ok((slot.range.clone(), with_breaks_of(text, start, written)));
    }
    // With the comma that stands behind it, or else before it.
    let later = items.get(at + 1..).unwrap_or_default();
    let earlier = at.checked_sub(1).and_then(|at| items.get(at));
    let range = match (later.first(), earlier) {
        (Some(next), _) if later.iter().any(|range| !is_gone(range)) => start..next.start,
        (_, Some(earlier)) => earlier.end..slot.range.end,
        _ => return Err(NotExact("it is the last one of its List")),
    };
    Ok((range, String::new()))
}

fn block_item(
    text: &str,
    slot: &Slot,
    before: &str,
    new: &[&Replacement],
) -> Result<(Range<usize>, String), NotExact> {
    let start = slot.range.start;
    let last = text[..slot.range.end].trim_end().len();
    let rest = &text[last..];
    let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let behind = rest[..line].trim();
    if !(behind.is_empty() || behind.starts_with('#')) {
        return Err(NotExact("something else stands on its line"));
    }
    if new.is_empty() {
        return Ok((line_start(text, start)..last + line, String::new()));
    }
    // A comment on its last line is its own, too.
    let end = last + rest[..line].trim_end().len();
    let mut written = String::new();
    for (at, one) in new.iter().enumerate() {
        let own: Vec<&str> = match at {
            0 => comments(&text[start..end]).collect(),
            _ => Vec::new(),
        };
        let lines = own.into_iter().chain(one.yaml.lines().filter(|line| *line != "---"));
        for (number, line) in lines.enumerate() {
            let head = match (at, number) {
                (0, 0) => String::new(),
                (_, 0) => format!("\n{before}"),
                _ if line.is_empty() => "\n".to_owned(),
                _ => format!("\n{}", " ".repeat(before.len())),
            };
            written.push_str(&head);
            written.push_str(line);
        }
    }
    Ok((start..end, with_breaks_of(text, start, written)))
}

/// The bytes of a node.
pub(super) fn place(node: &Node) -> Range<usize> {
    bytes(node.span)
}

/// Names Secrets that come to files whose kustomizations put them into another
/// namespace.
pub(super) fn moved_secrets(
    builds: &Builds<'_>,
    homes: &[(PathBuf, usize)],
    replacements: &[Replacement],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (path, number) in homes {
        let Some(one) = replacements.get(*number).filter(|one| one.object["kind"] == "Secret")
        else {
            continue;
        };
        let wanted = one.object["metadata"]["namespace"].as_str().unwrap_or_default();
        let namespaces = builds.namespaces(path);
        if let Some(other) = namespaces.iter().flatten().find(|other| *other != wanted) {
            let message = format!(
                "{} is built into the namespace {other}: Cilium looks for the Secret {wanted}/{} \
                 and opens the session without a password",
                path.display(),
                one.object["metadata"]["name"].as_str().unwrap_or_default(),
            );
            found.push(
                Diagnostic::lossy(codes::SECRET_MOVED, message)
                    .label(one.source, "its password goes with it")
                    .help("move the Secret to a file whose kustomization sets no namespace"),
            );
        }
    }
    found
}
