//! How observations are written: line by line.

use clap::ValueEnum;

use super::super::Console;

/// How observations are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LiveFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// A line of standard output that is seen at once.
///
/// # Errors
/// When standard output cannot be written to.
pub(super) fn line(console: &mut Console<'_>, text: &str) -> anyhow::Result<()> {
    console.print(&format!("{text}\n"))?;
    Ok(console.stdout.flush()?)
}
