//! Trees into typed values, with every problem found on the way.
//!
//! In: a [`Node`]. Out: a value of any serde type, or the [`Problem`]s that
//! forbid it: each with its path and span. A wrong value does not stop the
//! reading, so that all problems of an object are told at once.

use serde::de::DeserializeOwned;

mod access;
mod context;
mod deserializer;
mod error;
mod object;
mod problem;

use super::Node;
use context::{Context, Path};
use deserializer::Deserializer;
pub use object::{check_metadata, decode_object};
pub use problem::{Problem, ProblemKind, closest};

/// How much of an object has to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Unknown fields are problems, as under the API server's strict decoding:
    /// for kinds whose every field is known here.
    Strict,
    /// Unknown fields are passed over: for objects that may be newer than this
    /// program. Wrong types are problems all the same.
    Lenient,
}

/// Reads `node` as a `T`; `base_path` (`spec`) goes before the paths of problems.
///
/// `None` if something makes the value unusable; then at least one problem was
/// added. In [`Mode::Strict`] unknown fields are added too, and the value is
/// given all the same: whether it is used is the caller's choice.
pub fn decode<T: DeserializeOwned>(
    node: &Node,
    base_path: &str,
    mode: Mode,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let context = Context::new(mode);
    let result = T::deserialize(Deserializer::new(node, Path::Root(base_path), &context));
    let mut found = context.into_problems();
    let fatal = found.iter().any(|problem| problem.kind != ProblemKind::UnknownField);
    let value = match result {
        Ok(value) if !fatal => Some(value),
        Ok(_) => None,
        Err(error) => {
            // After a wrong value was replaced, later errors may be about the
            // replacement: the first problem is the true one.
            if !fatal {
                found.push(error.into_problem(node, base_path));
            }
            None
        }
    };
    found.sort_by_key(|problem| problem.span);
    problems.append(&mut found);
    value
}

#[cfg(test)]
mod tests;
