//! How observations are written: line by line.

use clap::ValueEnum;

use super::super::Console;
use crate::report::wrap;

/// How observations are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LiveFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// A line of standard output that is seen at once; for people on a terminal it is folded
/// at its width.
///
/// # Errors
/// When standard output cannot be written to.
pub(super) fn line(
    console: &mut Console<'_>,
    format: LiveFormat,
    text: &str,
) -> anyhow::Result<()> {
    let folded = match format {
        LiveFormat::Text if console.environment.stdout_is_terminal => {
            wrap::indented(text, console.output_style().width, "  ")
        }
        LiveFormat::Text | LiveFormat::Json => text.to_owned(),
    };
    console.print(&format!("{folded}\n"))?;
    Ok(console.stdout.flush()?)
}
