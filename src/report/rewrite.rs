//! The changes of a tree, as a unified diff and as JSON.

use serde_json::{Value, json};
use similar::TextDiff;

use super::{Redactor, Style, escape, paint};
use crate::manifest::Sources;
use crate::rewrite::{Change, shown};

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
                    let what = if change.after.is_some() { "changed" } else { "removed" };
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
        before != change.before || after != change.after.as_deref().unwrap_or_default()
    })
}

/// Both texts with `*` for each byte of a secret.
fn masked(change: &Change) -> (String, String) {
    let mut sources = Sources::default();
    let before = sources.add("before", change.before.as_str());
    let after = sources.add("after", change.after.as_deref().unwrap_or_default());
    let redactor = Redactor::new(&sources);
    (redactor.text(before, &sources), redactor.text(after, &sources))
}

fn unified(change: &Change) -> String {
    let path = shown(&change.path);
    let (after, name) = match &change.after {
        Some(text) => (text.as_str(), format!("b/{path}")),
        None => ("", "/dev/null".to_owned()),
    };
    let (before_shown, after_shown) = masked(change);
    let diff = TextDiff::from_lines(change.before.as_str(), after);
    let offsets = (offsets(|line| diff.old_slice(line)), offsets(|line| diff.new_slice(line)));
    // What is shown has the same offsets.
    let shown_line = |text: &str, offsets: &[usize], index: usize| {
        let range = offsets.get(index).zip(offsets.get(index + 1));
        range.and_then(|(from, to)| text.get(*from..*to)).unwrap_or_default().to_owned()
    };
    let mut body = format!("--- a/{path}\n+++ {name}\n");
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
    format!(
        "diff --git a/{path} b/{path}\n{}{body}",
        match change.after {
            Some(_) => "",
            None => "deleted file mode 100644\n",
        }
    )
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
        Style { color, unicode: true, width: 80, verbose: false, notes: true }
    }

    #[test]
    fn no_password_is_shown() {
        let peer = "kind: BGPPeer\nspec:\n  myASN: 1\n  password: hunter2\n";
        let change = Change {
            path: PathBuf::from("/a.yaml"),
            before: peer.to_owned(),
            after: Some(peer.replace("myASN: 1", "myASN: 2").replace("hunter2", "hunter3")),
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
            before: "a: \u{1b}[2J\nb: 1\n".to_owned(),
            after: Some("a: \u{1b}[2J\nb: 2\n".to_owned()),
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
