//! Finds the mutants that compile.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::mutant::{Mutant, Number};
use crate::tree::Tree;

/// How often the compiler is asked: some errors are only found when others are gone.
const MOST_TURNS: u32 = 30;

/// A line that cargo writes with `--message-format=json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

/// What the compiler says.
#[derive(Deserialize)]
struct Message {
    level: String,
    rendered: Option<String>,
    spans: Vec<MessageSpan>,
    children: Vec<Message>,
}

#[derive(Deserialize)]
struct MessageSpan {
    file_name: String,
    byte_start: usize,
    line_start: usize,
    line_end: usize,
    is_primary: bool,
}

/// Lays the mutants in; gives those that compile.
///
/// # Errors
/// Where the compiler cannot be run, or it is not clear which mutant it refuses.
pub fn lay_what_compiles(
    tree: &Tree,
    mutants: &[(Number, Mutant)],
) -> Result<BTreeSet<Number>, String> {
    let mut refused = BTreeSet::new();
    for _ in 0..MOST_TURNS {
        let left: Vec<_> = mutants
            .iter()
            .filter(|(number, _)| !refused.contains(number))
            .map(|(number, mutant)| (*number, mutant))
            .collect();
        let laid = tree.lay(&left).map_err(|error| error.to_string())?;
        let errors = check(&tree.root)?;
        if errors.is_empty() {
            return Ok(laid);
        }
        let before = refused.len();
        for error in &errors {
            refused.extend(culprits(&tree.root, error));
        }
        if refused.len() == before {
            let texts = errors.into_iter().filter_map(|error| error.rendered);
            return Err(texts.collect());
        }
    }
    Err(format!("it does not compile after {MOST_TURNS} turns"))
}

/// What the compiler says against the library.
fn check(root: &Path) -> Result<Vec<Message>, String> {
    let output = Command::new("cargo")
        .args(["check", "--lib", "--locked", "--quiet", "--message-format=json"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let errors = lines
        .filter_map(|line| line.message)
        .filter(|message| message.level == "error" && !message.spans.is_empty());
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() && !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(errors)
}

/// The mutant within whose text an error lies, its own place before others; where it lies
/// in none, those on the lines that it or its help names: an iterator is of another type,
/// say, or an arm is missed.
fn culprits(root: &Path, error: &Message) -> Vec<Number> {
    // Of the standard library's files only the names are there.
    let text_of = |span: &MessageSpan| fs::read_to_string(root.join(&span.file_name)).ok();
    let (primary, others): (Vec<_>, Vec<_>) = error.spans.iter().partition(|span| span.is_primary);
    let places = primary.into_iter().chain(others);
    for span in places.clone() {
        if let Some(number) = text_of(span).and_then(|text| enclosing(&text, span.byte_start)) {
            return vec![number];
        }
    }
    let mut numbers = Vec::new();
    for span in places.clone().chain(error.children.iter().flat_map(|child| &child.spans)) {
        let Some(text) = text_of(span) else { continue };
        let count = span.line_end.saturating_sub(span.line_start) + 1;
        let lines = text.lines().skip(span.line_start.saturating_sub(1)).take(count);
        numbers.extend(lines.flat_map(begun));
    }
    if numbers.is_empty() {
        // The arms of a `match` stand below.
        let span = places.into_iter().next();
        let text = span.and_then(|span| Some((span, text_of(span)?)));
        let below = text.iter().flat_map(|(span, text)| text.lines().skip(span.line_start));
        let found = below.map(|line| begun(line).collect::<Vec<_>>()).find(|all| !all.is_empty());
        numbers.extend(found.into_iter().flatten());
    }
    numbers
}

/// The mutants whose marks begin on a line.
fn begun(line: &str) -> impl Iterator<Item = Number> {
    let marks = line.split("/*<").skip(1);
    marks.filter_map(|mark| mark.split_once("*/")?.0.parse().ok())
}

/// The mutant whose marks enclose a byte.
fn enclosing(text: &str, byte: usize) -> Option<Number> {
    let before = text.get(..byte)?;
    let from = before.rfind("/*<")?;
    let digits = before.get(from + 3..)?;
    let number: Number = digits.get(..digits.find("*/")?)?.parse().ok()?;
    (!before.contains(&format!("/*{number}>*/"))).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{begun, enclosing};

    #[test]
    fn an_error_belongs_to_the_mutant_that_encloses_it() {
        let text = "fn f() { /*<7*/if on(7) { X }/*7>*/ Y /*<8*/Z/*8>*/ }";
        let at = |what: &str| enclosing(text, text.find(what).expect("it is there"));
        assert_eq!([at("fn"), at("X"), at("Y"), at("Z")], [None, Some(7), None, Some(8)]);
        assert_eq!(begun(text).collect::<Vec<_>>(), [7, 8]);
    }
}
