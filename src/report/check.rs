//! What a check found, in each of its formats.
//!
//! In: findings and the sources that they point into. Out: text, in which no secret and
//! no control character of the input is left.

mod markdown;

use serde_json::{Value, json};

use super::github::{Level, Whole, annotations};
use super::junit::{self, Case, Failure, Suite};
use super::{Redactor, Style, escape, order, sarif, verify, wrap};
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::manifest::Sources;
use crate::plan::Right;

/// A format of what a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Text {
        /// How it looks.
        style: Style,
        /// Whether notes are left out.
        quiet: bool,
    },
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

/// What a look at the cluster gives.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// What was found.
    pub found: Vec<Diagnostic>,
    /// What is looked at before the cut-over only.
    pub before: Option<Before>,
}

/// What is said of a look before the cut-over.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// What is not known, a line each.
    pub unknown: Vec<String>,
    /// The rights that the cut-over needs.
    pub rights: Vec<Right>,
    /// Whether the API server was asked for them.
    pub asked: bool,
}

impl Looked {
    /// Whether there is anything to object: what makes the exit status 1.
    pub fn objects(&self) -> bool {
        self.found.iter().any(|one| !one.is_note())
    }

    /// What there is to object, in a sentence.
    fn verdict(&self) -> String {
        let errors = self.found.iter().filter(|one| one.is_error()).count();
        let costs = |one: &&Diagnostic| one.severity == Severity::Lossy(Impact::Traffic);
        let losses = self.found.iter().filter(costs).count();
        let others = self.found.iter().filter(|one| one.is_lossy()).count() - losses;
        match (errors, losses, others) {
            (0, 0, 0) => "Nothing to object.".to_owned(),
            (_, _, 0) => format!("To be mended: {errors}; may cost traffic: {losses}."),
            _ => format!(
                "To be mended: {errors}; may cost traffic: {losses}; lost without cost: {others}."
            ),
        }
    }

    fn unknown(&self) -> &[String] {
        self.before.as_ref().map_or(&[], |before| &before.unknown)
    }
}

/// Writes what was found.
pub fn render(looked: &Looked, sources: &Sources, format: Format) -> String {
    let redactor = Redactor::new(sources);
    let found = looked.found.iter().map(|one| redactor.diagnostic(one, sources));
    let mut found: Vec<Diagnostic> = found.collect();
    order::sort(&mut found);
    match format {
        Format::Text { style, quiet } => text(looked, sources, &style, quiet),
        Format::Json => json(looked, &found, sources),
        Format::Markdown => escape::without_commands(markdown::render(looked, &found, sources)),
        Format::Sarif => {
            let properties = json!({"summary": looked.verdict(), "unknown": looked.unknown()});
            sarif::log(&found, sources, Some(properties))
        }
        Format::Junit => junit(looked, &found, sources),
        Format::Github => {
            let level = if looked.objects() { Level::Error } else { Level::Notice };
            let message = looked.verdict();
            let whole = Whole { level, title: "metallb2cilium check", message: &message };
            annotations(Some(whole), found.into_iter().map(|one| (one, 1)), sources)
        }
    }
}

fn json(looked: &Looked, found: &[Diagnostic], sources: &Sources) -> String {
    let findings: Vec<Value> = found.iter().map(|one| super::json::value(one, sources)).collect();
    let mut json = json!({"findings": findings});
    if let Some(before) = &looked.before {
        let commands: Vec<String> = before.rights.iter().map(Right::command).collect();
        json["unknown"] = json!(before.unknown);
        json["rights"] = json!({"asked": before.asked, "commands": commands});
    }
    super::json_text(&json)
}

/// A test case for each finding, and one for the whole.
fn junit(looked: &Looked, found: &[Diagnostic], sources: &Sources) -> String {
    let mut cases: Vec<Case> = found.iter().map(|one| case(one, sources)).collect();
    let lines =
        looked.unknown().iter().map(|line| format!("\nNot known, and not looked at: {line}"));
    let told = looked.verdict() + &lines.collect::<String>();
    cases.push(Case {
        name: "everything was looked at".to_owned(),
        failure: None,
        told: Some(told),
    });
    junit::render("check", &[Suite { name: "Findings", cases, told: None }])
}

fn case(finding: &Diagnostic, sources: &Sources) -> Case {
    let object = finding.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
    let mut lines = vec![format!("{} {object}{}", finding.code, finding.message)];
    for label in &finding.labels {
        let line = format!("  at {} {}", verify::place(label.span, sources), label.text);
        lines.push(line.trim_end().to_owned());
    }
    lines.extend(finding.help.iter().map(|help| format!("  to mend it: {help}")));
    let told = lines.join("\n");
    let name = format!("{object}{}", finding.message);
    if finding.severity == Severity::Note {
        return Case { name, failure: None, told: Some(told) };
    }
    let kind = finding.code.id.to_owned();
    let failure = Failure { kind, message: finding.message.clone(), text: told };
    Case { name, failure: Some(failure), told: None }
}

fn text(looked: &Looked, sources: &Sources, style: &Style, quiet: bool) -> String {
    let shown: Vec<Diagnostic> =
        looked.found.iter().filter(|one| !(quiet && one.is_note())).cloned().collect();
    let mut text = looked.verdict() + "\n";
    // What has to be mended comes first, wherever it stands.
    let gravest: [fn(&Diagnostic) -> bool; 3] =
        [Diagnostic::is_error, Diagnostic::is_lossy, Diagnostic::is_note];
    for belongs in gravest {
        let part: Vec<Diagnostic> = shown.iter().filter(|one| belongs(one)).cloned().collect();
        if !part.is_empty() {
            text.push('\n');
            let part = super::render(&part, sources, &super::Format::Human(*style));
            text.push_str(part.trim_end());
            text.push('\n');
        }
    }
    let Some(before) = &looked.before else { return text };
    if !before.unknown.is_empty() {
        text.push_str("\nNot known, and not looked at:\n");
        let wrapped =
            |line: &String| wrap::indented(&format!("- {line}"), style.width, "  ") + "\n";
        text.extend(before.unknown.iter().map(wrapped));
    }
    if before.asked {
        let count = before.rights.len();
        text.push_str(&format!("\nThe API server was asked for {count} rights.\n"));
    } else if !before.rights.is_empty() {
        text.push_str(&rights_not_asked(&before.rights, style));
    }
    text
}

/// Which commands ask for the rights: each of them under `-v`.
fn rights_not_asked(rights: &[Right], style: &Style) -> String {
    let mut line = format!(
        "Whether you have the {} rights that the cut-over needs was not asked: --ask-rights asks",
        rights.len()
    );
    line.push_str(if style.verbose {
        ". Each of these must say yes:"
    } else {
        ", and -v lists the `kubectl auth can-i` commands that do. The plan's first script runs \
         them all."
    });
    let mut text = format!("\n{}\n", wrap::indented(&line, style.width, ""));
    if style.verbose {
        text.extend(rights.iter().map(|right| format!("  {}\n", right.command())));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::testing::sample;
    use super::*;

    #[test]
    fn what_has_to_be_mended_comes_before_what_is_worth_knowing() {
        let (mut found, sources) = sample();
        // The note stands first in the input.
        found.swap(0, 1);
        let (error, note) = (found[0].labels.clone(), found[1].labels.clone());
        found[0].labels = note;
        found[1].labels = error;
        let looked = Looked { found, before: None };
        let style = Style { color: false, unicode: true, width: 80, verbose: false };
        for quiet in [false, true] {
            let text = render(&looked, &sources, Format::Text { style, quiet });
            let at = |word: &str| text.find(word);
            assert!(at("error[M2C201]") < at("lossy[M2C310]"), "{text}");
            assert_eq!(at("note[M2C390]").is_none(), quiet);
            assert!(quiet || at("lossy[M2C310]") < at("note[M2C390]"), "{text}");
        }
    }

    #[test]
    fn a_comment_has_room_for_what_is_found_and_counts_what_it_leaves_out() {
        let (found, sources) = sample();
        let many = |one: &Diagnostic, count: usize| -> Vec<Diagnostic> {
            let numbered = |number| Diagnostic { message: format!("x {number}"), ..one.clone() };
            (0..count).map(numbered).collect()
        };
        let mut all = many(&found[1], 2000);
        all.extend(many(&found[0], 2000));
        let looked = Looked { found: all, before: None };
        let text = render(&looked, &sources, Format::Markdown);
        assert!(text.len() < 65_536, "{}", text.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        let shown = text.lines().filter(|line| line.starts_with("### ")).count();
        let counts = text.lines().filter_map(|line| line.strip_prefix("**"));
        let left_out = counts.map(|line| line.split(' ').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(shown + left_out.sum::<usize>(), 4000);
        // So are those of which only the object differs.
        let all =
            (0..900).map(|number| {
                let name = format!("svc-{number}");
                let said = format!("shop/{name} is left alone");
                let (kind, namespace) = ("Service".to_owned(), "shop".to_owned());
                Diagnostic { message: said, ..found[0].clone() }
                    .object(crate::diagnostic::ObjectRef { kind, namespace, name })
            });
        let looked = Looked { found: all.collect(), before: None };
        let text = render(&looked, &sources, Format::Markdown);
        assert_eq!(text.matches("### ").count(), 1, "{text}");
        assert!(text.contains("900 Services (shop/svc-0, "), "{text}");
        let style = Style { color: false, unicode: true, width: 80, verbose: false };
        let text = render(&looked, &sources, Format::Text { style, quiet: false });
        assert!(text.lines().count() < 12, "{text}");
        // Those that say the same are one.
        let found = vec![found[1].clone(); 30];
        let text = render(&Looked { found, before: None }, &sources, Format::Markdown);
        assert_eq!(text.matches("### ").count(), 1);
        assert!(text.contains("<summary>Where it stands: 30 times</summary>"), "{text}");
    }
}
