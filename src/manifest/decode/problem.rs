//! What is wrong with a value.

use super::super::{Span, codes};
use crate::diagnostic::{Code, Diagnostic, ObjectRef};

/// What is wrong with a field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field: `spec.addresses[2]`.
    pub path: String,
    /// Where it stands: the key of an unknown field, else the value.
    pub span: Span,
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The kinds of problems with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The API does not have the field.
    UnknownField,
    /// The API has another type there.
    WrongType,
    /// A number that does not fit the field's type.
    OutOfRange,
    /// A field that the API requires.
    MissingField,
    /// A text that is none of those the API allows.
    UnknownVariant,
    /// A placeholder or a template expression stands where a value must be.
    Unfilled,
    /// The value of a placeholder does not fit where it would go.
    Substitution,
    /// Anything else that the type refuses.
    Invalid,
}

impl ProblemKind {
    /// The diagnostic code that stands for it.
    pub fn code(self) -> &'static Code {
        match self {
            Self::UnknownField => codes::UNKNOWN_FIELD,
            Self::WrongType => codes::WRONG_TYPE,
            Self::OutOfRange => codes::OUT_OF_RANGE,
            Self::MissingField => codes::MISSING_FIELD,
            Self::UnknownVariant => codes::UNKNOWN_VARIANT,
            Self::Unfilled => codes::UNFILLED,
            Self::Substitution => codes::SUBSTITUTION,
            Self::Invalid => codes::INVALID_VALUE,
        }
    }
}

impl Problem {
    /// The refusal that it leads to.
    pub fn into_diagnostic(self, object: Option<ObjectRef>) -> Diagnostic {
        let label = match self.kind {
            ProblemKind::UnknownField => "unknown field",
            ProblemKind::WrongType => "wrong type",
            ProblemKind::OutOfRange => "out of range",
            ProblemKind::MissingField => "a field is missing here",
            ProblemKind::UnknownVariant => "unknown value",
            ProblemKind::Unfilled => "not filled in",
            ProblemKind::Substitution => "filled in here",
            ProblemKind::Invalid => "invalid",
        };
        let mut diagnostic =
            Diagnostic::error(self.kind.code(), self.message).label(Some(self.span), label);
        diagnostic.help = self.help;
        diagnostic.object = object;
        diagnostic
    }
}

/// The candidate that was most likely meant by `given`: the same in another
/// case, or one that reads much like it.
pub fn closest<'a>(given: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let folded = given.to_lowercase();
    if let Some(same) = candidates.iter().find(|candidate| candidate.to_lowercase() == folded) {
        return Some(same);
    }
    candidates
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&folded, &candidate.to_lowercase()), *candidate))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, candidate)| candidate)
}
