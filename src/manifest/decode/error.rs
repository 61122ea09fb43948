//! serde's errors, with the place where they arose.

use std::fmt;

use serde::de;

use super::super::{Node, Span};
use super::context::{Path, named};
use super::{Problem, ProblemKind};

/// An error on its way up through serde.
#[derive(Debug)]
pub(super) struct Error {
    kind: ProblemKind,
    message: String,
    /// The field that it is about, as far as the way up has told.
    place: Option<(String, Span)>,
}

impl Error {
    /// Says where the error arose, unless that was said closer to it.
    pub(super) fn within(mut self, path: &Path<'_>, span: Span) -> Self {
        self.place.get_or_insert_with(|| (path.to_string(), span));
        self
    }

    pub(super) fn into_problem(self, node: &Node, base_path: &str) -> Problem {
        let (path, span) = self.place.unwrap_or_else(|| (base_path.to_owned(), node.span));
        let (path, message) = match self.kind {
            ProblemKind::MissingField => {
                let path =
                    if path.is_empty() { self.message } else { format!("{path}.{}", self.message) };
                let message = format!("{path} is required");
                (path, message)
            }
            _ => {
                let message = format!("{}: {}", named(&path), self.message);
                (path, message)
            }
        };
        Problem { path, span, kind: self.kind, message, help: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { kind: ProblemKind::Invalid, message: message.to_string(), place: None }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { kind: ProblemKind::MissingField, message: field.to_owned(), place: None }
    }
}
