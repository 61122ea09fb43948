//! The options that every command has.

use clap::{Args, ValueEnum};

const HEADING: &str = "Output and diagnostics";

/// The options that every command has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CommonArgs {
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    #[arg(help_heading = HEADING)]
    pub color: ColorChoice,
    /// How diagnostics are written to standard error
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    #[arg(help_heading = HEADING)]
    pub error_format: ErrorFormat,
    /// Say more: each thing by itself and in full, what was passed over
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    #[arg(help_heading = HEADING)]
    pub verbose: u8,
    /// Say less: errors, losses, and what must not be missed; no notes, no summary, no
    /// progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    #[arg(help_heading = HEADING)]
    pub quiet: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On terminals, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Even into files and pipes
    Always,
    /// Not at all
    Never,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ErrorFormat {
    /// For people, with the places in the input
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// One SARIF 2.1.0 log
    Sarif,
}
