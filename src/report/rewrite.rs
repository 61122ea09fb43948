//! The changes of a tree, as a unified diff and as JSON.

use serde_json::{Value, json};
use similar::TextDiff;

use super::{Style, escape};
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
                if style.color { coloured(&diff) } else { diff }
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

fn unified(change: &Change) -> String {
    let path = shown(&change.path);
    let (after, name) = match &change.after {
        Some(text) => (text.as_str(), format!("b/{path}")),
        None => ("", "/dev/null".to_owned()),
    };
    let diff = TextDiff::from_lines(change.before.as_str(), after);
    let mut unified = diff.unified_diff();
    let body = unified.context_radius(CONTEXT).header(&format!("a/{path}"), &name).to_string();
    format!(
        "diff --git a/{path} b/{path}\n{}{body}",
        match change.after {
            Some(_) => "",
            None => "deleted file mode 100644\n",
        }
    )
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
