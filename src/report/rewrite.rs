//! The changes of a tree, as a unified diff and as JSON.

use std::ops::Range;

use serde_json::{Value, json};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff, capture_diff_slices, group_diff_ops};

use super::{Redactor, Style, escape, paint};
use crate::manifest::Sources;
use crate::rewrite::{Change, What, shown};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// A format of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A unified diff for people, `patch -p1` and `git apply`.
    Diff {
        /// How it looks.
        style: Style,
        /// Whether it goes to a terminal, which control characters must not reach.
        terminal: bool,
    },
    /// One JSON object; `written` says whether the files were changed.
    Json {
        /// Whether they were.
        written: bool,
    },
}

/// The changes in a format.
pub fn render(changes: &[Change], format: Format) -> String {
    match format {
        Format::Diff { style, terminal } => changes
            .iter()
            .map(|change| {
                let diff = unified(change);
                let diff = if terminal { visible(&diff, style.unicode) } else { diff };
                coloured(&diff, &style)
            })
            .collect(),
        Format::Json { written } => {
            let files: Vec<Value> = changes
                .iter()
                .map(|change| {
                    let what = match change.what {
                        What::Created { .. } => "created",
                        What::Changed { .. } => "changed",
                        What::Removed { .. } => "removed",
                    };
                    json!({
                        "path": change.path.display().to_string(),
                        "change": what,
                        "diff": unified(change),
                    })
                })
                .collect();
            format!("{:#}\n", json!({"written": written, "files": files}))
        }
    }
}

/// Whether something of the changes is not shown because it is secret: then the diff
/// is for reading only.
pub fn hides_secrets(changes: &[Change]) -> bool {
    changes.iter().any(|change| {
        let (before, after) = masked(change);
        before != change.before() || after != change.after()
    })
}

/// Both texts with `*` for each byte of a secret.
fn masked(change: &Change) -> (String, String) {
    let mut sources = Sources::default();
    let before = sources.add("before", change.before());
    let after = sources.add("after", change.after());
    let redactor = Redactor::new(&sources);
    (redactor.text(before, &sources), redactor.text(after, &sources))
}

fn unified(change: &Change) -> String {
    let path = shown(&change.path);
    const NOTHING: &str = "/dev/null";
    let (old, new) = (format!("a/{path}"), format!("b/{path}"));
    let (mode, old, new) = match &change.what {
        What::Created { .. } => ("new file mode 100644\n", NOTHING, new.as_str()),
        What::Changed { .. } => ("", old.as_str(), new.as_str()),
        What::Removed { .. } => ("deleted file mode 100644\n", old.as_str(), NOTHING),
    };
    let (before, after) = masked(change);
    let (old_lines, new_lines) = (Lines::new(change.before()), Lines::new(change.after()));
    let mut body = format!("--- {old}\n+++ {new}\n");
    for hunk in group_diff_ops(differences(&old_lines.lines, &new_lines.lines), CONTEXT) {
        body.push_str(&header(&hunk));
        for op in &hunk {
            let (is_old, is_new) = (op.tag() != DiffTag::Insert, op.tag() != DiffTag::Delete);
            let mark = if op.tag() == DiffTag::Equal { ' ' } else { '-' };
            for line in op.old_range().filter(|_| is_old) {
                push_line(&mut body, mark, old_lines.shown(&before, line));
            }
            for line in op.new_range().filter(|_| is_new && mark == '-') {
                push_line(&mut body, '+', new_lines.shown(&after, line));
            }
        }
    }
    format!("diff --git a/{path} b/{path}\n{mode}{body}")
}

fn push_line(body: &mut String, mark: char, line: &str) {
    body.push(mark);
    body.push_str(line);
    if !line.ends_with('\n') {
        body.push_str("\n\\ No newline at end of file\n");
    }
}

fn header(hunk: &[DiffOp]) -> String {
    let range = |range: fn(&DiffOp) -> Range<usize>| {
        let start = hunk.first().map_or(0, |op| range(op).start);
        let length = hunk.last().map_or(0, |op| range(op).end) - start;
        match length {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            _ => format!("{},{length}", start + 1),
        }
    };
    format!("@@ -{} +{} @@\n", range(DiffOp::old_range), range(DiffOp::new_range))
}

/// What differs. Where both texts have as many documents these are compared one by
/// one: thousands of them with a change each would take very long together.
fn differences(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let starts = |lines: &[&str]| -> Vec<usize> {
        let markers = lines.iter().enumerate().filter(|(_, line)| line.starts_with("---"));
        std::iter::once(0).chain(markers.map(|(at, _)| at)).chain([lines.len()]).collect()
    };
    let (of_old, of_new) = (starts(old), starts(new));
    if of_old.len() != of_new.len() {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let mut all: Vec<DiffOp> = Vec::new();
    for (one, two) in of_old.windows(2).zip(of_new.windows(2)) {
        let (&[from, to], &[new_from, new_to]) = (one, two) else { continue };
        for op in capture_diff(Algorithm::Myers, old, from..to, new, new_from..new_to) {
            match (all.last_mut(), op) {
                // What is the same on both sides of a marker is one piece.
                (Some(DiffOp::Equal { len, .. }), DiffOp::Equal { len: more, .. }) => *len += more,
                _ => all.push(op),
            }
        }
    }
    all
}

/// A text by lines.
struct Lines<'t> {
    lines: Vec<&'t str>,
    /// Where each starts, and where the last one ends.
    offsets: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let ends = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        let offsets = std::iter::once(0).chain(ends).collect();
        Self { lines, offsets }
    }

    /// A line of the text as it is shown, which has the same offsets.
    fn shown<'s>(&self, text: &'s str, line: usize) -> &'s str {
        let range = self.offsets.get(line).zip(self.offsets.get(line + 1));
        range.and_then(|(from, to)| text.get(*from..*to)).unwrap_or_default()
    }
}

fn visible(diff: &str, unicode: bool) -> String {
    diff.lines().map(|line| format!("{}\n", escape::visible(line, unicode))).collect()
}

/// Line by line; a carriage return before a line's end stays where it is.
fn coloured(diff: &str, style: &Style) -> String {
    let line = |line: &str| {
        let text = line.strip_suffix('\n').unwrap_or(line);
        paint::diff_line(text, style).into_owned() + &line[text.len()..]
    };
    diff.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn style(color: bool) -> Style {
        Style { color, unicode: true, width: 80, verbose: false }
    }

    #[test]
    fn no_password_is_shown() {
        let peer = "kind: BGPPeer\nspec:\n  myASN: 1\n  password: hunter2\n";
        let change = Change {
            path: PathBuf::from("/a.yaml"),
            what: What::Changed {
                before: peer.to_owned(),
                after: peer.replace("myASN: 1", "myASN: 2").replace("hunter2", "hunter3"),
            },
        };
        assert!(hides_secrets(std::slice::from_ref(&change)));
        for format in
            [Format::Json { written: false }, Format::Diff { style: style(false), terminal: false }]
        {
            let text = render(std::slice::from_ref(&change), format);
            assert!(text.contains("+  myASN: 2") && text.contains("*******"), "{text}");
            assert!(!text.contains("hunter"), "{text}");
        }
    }

    #[test]
    fn no_control_character_reaches_a_terminal() {
        let change = Change {
            path: PathBuf::from("/a.yaml"),
            what: What::Changed {
                before: "a: \u{1b}[2J\nb: 1\n".to_owned(),
                after: "a: \u{1b}[2J\nb: 2\n".to_owned(),
            },
        };
        let shown = |terminal| {
            render(std::slice::from_ref(&change), Format::Diff { style: style(false), terminal })
        };
        assert!(!shown(true).contains('\u{1b}'), "{}", shown(true));
        assert!(shown(false).contains("a: \u{1b}[2J\n"), "a pipe gets what git applies");
        assert!(
            shown(false).starts_with("diff --git a/a.yaml b/a.yaml\n--- a/a.yaml\n+++ b/a.yaml\n")
        );
        let format = Format::Diff { style: style(true), terminal: true };
        assert!(render(&[change], format).contains("\u{1b}[32m+b: 2\u{1b}[0m\n"));
    }
}
