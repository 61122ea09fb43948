//! A change of the code as cargo-mutants lists it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The number of a mutant: its place in the list, from 1.
pub type Number = u32;

/// What is changed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Genre {
    /// What a function returns.
    FnValue,
    /// An operator between two operands.
    BinaryOperator,
    /// An operator before one operand, which is left out.
    UnaryOperator,
    /// An arm of a `match`, which is left out.
    MatchArm,
    /// The guard of an arm, which is always true or never.
    MatchArmGuard,
    /// A field that the base of a struct expression gives as well, which is left out.
    StructField,
}

/// A place in a file; lines and columns count from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// What is replaced.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Span {
    /// Its first character.
    pub start: Place,
}

/// One change.
#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    /// The file, from the top of the tree.
    pub file: PathBuf,
    /// What kind of change it is.
    pub genre: Genre,
    /// File, place and change in words.
    pub name: String,
    /// What stands there instead.
    pub replacement: String,
    /// Where it is.
    pub span: Span,
}

/// The mutants of a list, each with its number.
///
/// # Errors
/// Where it cannot be read, or is not what `cargo mutants --list --json` writes.
pub fn read(list: &Path) -> Result<Vec<(Number, Mutant)>, String> {
    let text =
        std::fs::read(list).map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let mutants: Vec<Mutant> =
        serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", list.display()))?;
    Ok((1..).zip(mutants).collect())
}
