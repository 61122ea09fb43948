//! The streams of the process, and how diagnostics reach people.

use std::io::{self, Read, Write};

use anyhow::Context as _;

use super::{CommonArgs, Environment, ErrorFormat, ProgressLine};
use crate::diagnostic::Diagnostic;
use crate::manifest::Sources;
use crate::report::{self, Format, Style, wrap};

/// The streams of the process, with what decides how they are written to.
pub struct Console<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output: results only.
    pub stdout: &'a mut dyn Write,
    /// Standard error: diagnostics and everything else that is said.
    pub stderr: &'a mut dyn Write,
    /// What the process found around it.
    pub environment: Environment,
    /// The options that every command has.
    pub common: CommonArgs,
    /// What is being done, for people who wait.
    pub progress: ProgressLine,
}

impl Console<'_> {
    /// Writes a result to standard output.
    ///
    /// # Errors
    /// When standard output cannot be written to.
    pub fn print(&mut self, text: &str) -> anyhow::Result<()> {
        self.stdout.write_all(text.as_bytes()).context("cannot write to standard output")
    }

    /// Whether somebody watches: on a terminal only, and not under `-q` or in a format
    /// for machines.
    pub(super) fn is_watched(&self) -> bool {
        let environment = &self.environment;
        environment.stderr_is_terminal
            && !environment.dumb
            && !self.common.quiet
            && self.common.error_format == ErrorFormat::Human
    }

    /// Shows what is being done from a second on, where somebody watches.
    pub(super) fn show_progress(&self) {
        if self.is_watched() {
            self.progress.show(self.environment.unicode);
        }
    }

    /// Writes diagnostics to standard error in the format that was asked for; under `-q`
    /// no notes.
    ///
    /// To be called once in a run: a SARIF log is one document.
    ///
    /// # Errors
    /// When standard error cannot be written to.
    pub fn report(&mut self, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
        let format = match self.common.error_format {
            ErrorFormat::Human => Format::Human(self.style()),
            ErrorFormat::Json => Format::Json,
            ErrorFormat::Github => Format::Github,
            ErrorFormat::Sarif => Format::Sarif,
        };
        let text = if self.common.quiet {
            let told = diagnostics.iter().filter(|one| !one.is_note()).cloned();
            report::render(&told.collect::<Vec<_>>(), sources, &format)
        } else {
            report::render(diagnostics, sources, &format)
        };
        self.stderr.write_all(text.as_bytes())
    }

    /// Says something to people: nothing under `-q` or in a format for machines.
    ///
    /// # Errors
    /// When standard error cannot be written to.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        if self.common.quiet || self.common.error_format != ErrorFormat::Human {
            return Ok(());
        }
        if self.environment.stderr_is_terminal {
            return writeln!(self.stderr, "{}", wrap::indented(line, self.style().width, ""));
        }
        writeln!(self.stderr, "{line}")
    }

    /// How text for people on standard output looks.
    pub(super) fn output_style(&self) -> Style {
        self.style_on(self.environment.stdout_is_terminal)
    }

    /// Says something that people must not miss: even under `-q`.
    ///
    /// # Errors
    /// When standard error cannot be written to.
    pub fn remind(&mut self, line: &str) -> io::Result<()> {
        if self.common.error_format != ErrorFormat::Human {
            return Ok(());
        }
        writeln!(self.stderr, "{line}")
    }

    /// How text for people on standard error looks.
    fn style(&self) -> Style {
        self.style_on(self.environment.stderr_is_terminal)
    }

    fn style_on(&self, is_terminal: bool) -> Style {
        Style {
            color: self.environment.color(self.common.color, is_terminal),
            unicode: self.environment.unicode,
            width: self.environment.width(),
            verbose: self.common.verbose > 0,
        }
    }
}
