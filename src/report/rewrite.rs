//! The changes of a tree, as a unified diff and as JSON.

use serde_json::{Value, json};
use similar::TextDiff;

use super::{Redactor, Style, escape};
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
                if style.color { coloured(&diff) } else { diff }
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
    let (before_shown, after_shown) = masked(change);
    let diff = TextDiff::from_lines(change.before(), change.after());
    let offsets = (offsets(|line| diff.old_slice(line)), offsets(|line| diff.new_slice(line)));
    // What is shown has the same offsets.
    let shown_line = |text: &str, offsets: &[usize], index: usize| {
        let range = offsets.get(index).zip(offsets.get(index + 1));
        range.and_then(|(from, to)| text.get(*from..*to)).unwrap_or_default().to_owned()
    };
    let mut body = format!("--- {old}\n+++ {new}\n");
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        body.push_str(&format!("{}\n", hunk.header()));
        for line in hunk.iter_changes() {
            let text = match (line.old_index(), line.new_index()) {
                (Some(index), _) => shown_line(&before_shown, &offsets.0, index),
                (None, Some(index)) => shown_line(&after_shown, &offsets.1, index),
                (None, None) => String::new(),
            };
            body.push_str(&format!("{}{text}", line.tag()));
            if line.missing_newline() {
                body.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    format!("diff --git a/{path} b/{path}\n{mode}{body}")
}

/// Where each line starts, and where the last one ends.
fn offsets<'t>(line: impl Fn(usize) -> Option<&'t str>) -> Vec<usize> {
    let ends = (0..).map_while(line).scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

fn visible(diff: &str, unicode: bool) -> String {
    diff.lines().map(|line| format!("{}\n", escape::visible(line, unicode))).collect()
}

fn coloured(diff: &str) -> String {
    let mut text = String::new();
    for line in diff.split_inclusive('\n') {
        let color = match line.as_bytes().first() {
            Some(b'+') => "\u{1b}[32m",
            Some(b'-') => "\u{1b}[31m",
            Some(b'@') => "\u{1b}[36m",
            _ => {
                text.push_str(line);
                continue;
            }
        };
        text.push_str(color);
        text.push_str(line.trim_end_matches('\n'));
        text.push_str("\u{1b}[0m\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn style(color: bool) -> Style {
        Style { color, unicode: true, width: 80, verbose: false, notes: true }
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
