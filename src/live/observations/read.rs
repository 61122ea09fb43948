//! Lines in, observations with their places out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::codes;
use super::record::{Kind, Record, SCHEMA};
use crate::diagnostic::Diagnostic;
use crate::manifest::{SourceId, Sources, Span};
use crate::simulate::decision::Engine;

/// So many lines that are none are told one by one.
const MAX_TOLD: usize = 10;

/// The observations of many nodes, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Observations {
    pub(super) lines: Vec<Line>,
    pub(super) refusals: Vec<Refusal>,
}

/// An observation, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) span: Span,
    pub(super) record: Record,
}

/// A diagnostic that ended a command on a node.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) span: Span,
    pub(super) code: String,
    pub(super) message: String,
}

/// What a line is.
enum Content {
    Observation(Box<Record>),
    Refusal {
        code: String,
        message: String,
    },
    /// A note of a node, or nothing.
    Passed,
}

/// Reads the texts; what is no observation is told.
pub fn read(
    sources: &Sources,
    texts: impl IntoIterator<Item = SourceId>,
) -> Result<Observations, Vec<Diagnostic>> {
    let (mut read, mut problems, mut more) = (Observations::default(), Vec::new(), 0_usize);
    for source in texts {
        let text = &sources.get(source).text;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_start_matches('\u{feff}');
            let start = offset + line.len() - content.len();
            offset += line.len();
            let content = content.trim_end_matches(['\n', '\r']);
            let span = Span { source, start: start as u32, end: (start + content.len()) as u32 };
            match classify(content) {
                Ok(Content::Passed) => {}
                Ok(Content::Observation(record)) => {
                    read.lines.push(Line { span, record: *record });
                }
                Ok(Content::Refusal { code, message }) => {
                    read.refusals.push(Refusal { span, code, message });
                }
                Err(_) if problems.len() == MAX_TOLD => more += 1,
                Err(problem) => problems.push(problem.told(sources, span)),
            }
        }
    }
    if more > 0 {
        let message = format!("and {more} more lines that are no observations");
        problems.push(Diagnostic::error(codes::NOT_AN_OBSERVATION, message));
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// Why a line is no observation, and what may help.
struct Problem {
    reason: String,
    help: &'static str,
}

impl Problem {
    fn new(reason: impl Into<String>, help: &'static str) -> Self {
        Self { reason: reason.into(), help }
    }

    fn told(self, sources: &Sources, span: Span) -> Diagnostic {
        let place = format!("{}:{}", sources.get(span.source).name, sources.start(span).line);
        let message = format!("{place} is no observation: {}", self.reason);
        Diagnostic::error(codes::NOT_AN_OBSERVATION, message)
            .help(self.help)
            .label(Some(first_character(sources, span)), "")
    }
}

const COLLECT: &str = "give just what `live probe`, `watch` or `peer` print with -o json";
const NO_PREFIX: &str = "collect it without prefixes: kubectl logs without --prefix and \
                         --timestamps";

fn classify(line: &str) -> Result<Content, Problem> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Content::Passed);
    }
    if !line.starts_with('{') {
        return Err(match line.find("{\"schema\"") {
            Some(_) => Problem::new("something stands before its JSON object", NO_PREFIX),
            None => Problem::new("it is no JSON object", COLLECT),
        });
    }
    let value: Value = serde_json::from_str(line).map_err(|error| {
        if error.is_eof() {
            Problem::new("it is cut off", "collect it again when the Pod has ended")
        } else {
            Problem::new(format!("it is broken JSON at column {}", error.column()), COLLECT)
        }
    })?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match text("schema").as_deref() {
        Some(SCHEMA) => {}
        Some(other) => {
            return Err(Problem::new(
                format!("its schema is {other:?}, not {SCHEMA}"),
                "observe and verify with the same version of this program",
            ));
        }
        None => {
            // A diagnostic of a node, which `kubectl logs` mixes in.
            let (Some(code), Some(severity), Some(message)) =
                (text("code"), text("severity"), text("message"))
            else {
                return Err(Problem::new("it has no schema", COLLECT));
            };
            return Ok(match severity.as_str() {
                "error" => Content::Refusal { code, message },
                _ => Content::Passed,
            });
        }
    }
    let record =
        serde_json::from_value(value).map_err(|error| Problem::new(error.to_string(), COLLECT))?;
    Ok(Content::Observation(Box::new(record)))
}

impl Observations {
    /// Whether there is none, and no word of why.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.refusals.is_empty()
    }

    /// The engine that they were made for, where they say so.
    ///
    /// # Errors
    /// Where they were made for both.
    pub fn engine(&self) -> Result<Option<Engine>, Box<Diagnostic>> {
        let mut found: BTreeMap<&str, Span> = BTreeMap::new();
        for line in &self.lines {
            if let Some(engine) = line.record.engine() {
                found.entry(engine).or_insert(line.span);
            }
        }
        let mut engines = found.iter();
        match (engines.next(), engines.next()) {
            (None, _) => Ok(None),
            (Some((&"metallb", _)), None) => Ok(Some(Engine::Metallb)),
            (Some((&"cilium", _)), None) => Ok(Some(Engine::Cilium)),
            (Some((name, span)), None) => {
                let message = format!("there is no engine {name}");
                Err(Box::new(
                    Diagnostic::error(codes::NOT_AN_OBSERVATION, message).label(Some(*span), ""),
                ))
            }
            (Some(one), Some(other)) => {
                let message = "the observations were made for both engines";
                Err(Box::new(
                    Diagnostic::error(codes::TWO_ENGINES, message)
                        .help("say which Decision counts: --engine metallb or --engine cilium")
                        .label(Some(first(*one.1)), format!("for {}", one.0))
                        .label(Some(first(*other.1)), format!("for {}", other.0)),
                ))
            }
        }
    }

    /// How many observations of each kind an observer made.
    pub(super) fn counts(&self) -> BTreeMap<Option<&str>, BTreeMap<Kind, usize>> {
        let mut counts: BTreeMap<Option<&str>, BTreeMap<Kind, usize>> = BTreeMap::new();
        for line in &self.lines {
            let of = counts.entry(line.record.observer()).or_default();
            *of.entry(line.record.kind()).or_default() += 1;
        }
        counts
    }
}

/// A place, not the whole of a long line, which may be of any text.
fn first_character(sources: &Sources, span: Span) -> Span {
    let text = &sources.get(span.source).text[span.start as usize..span.end as usize];
    let width = text.chars().next().map_or(0, char::len_utf8);
    Span { end: span.start + width as u32, ..span }
}

/// The start of a line that was read: of JSON, so that its first character is one byte.
pub(super) fn first(span: Span) -> Span {
    Span { end: span.end.min(span.start.saturating_add(1)), ..span }
}
