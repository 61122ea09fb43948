//! The command line: arguments become a request, the request is done, and what
//! it found becomes output and an exit status.
//!
//! One file for each subcommand. Only here are streams written, is the
//! environment read and is the exit status decided.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use progress::Above;

mod accept;
mod assumed;
mod check;
mod cilium;
pub mod codes;
mod common;
mod configuration;
mod console;
mod convert;
mod core_files;
mod diff;
mod environment;
mod explain;
mod from_cluster;
mod generate;
mod input;
mod live;
mod metallb;
mod plan;
mod progress;
mod reference;
mod rewrite;
mod simulate;
mod size;
mod snapshot;
mod verify;
mod version;

pub use check::CheckArgs;
pub use cilium::{AgainstArgs, TranslationArgs};
pub use common::{ColorChoice, CommonArgs, ErrorFormat};
pub use console::Console;
pub use convert::ConvertArgs;
pub use diff::DiffArgs;
pub use environment::Environment;
pub use from_cluster::ClusterArgs;
pub use input::{InputArgs, Loaded, load};
pub use live::LiveArgs;
pub use metallb::MetallbArgs;
pub use plan::PlanArgs;
pub use progress::ProgressLine;
pub use rewrite::RewriteArgs;
pub use simulate::SimulateArgs;
pub use size::ByteSize;
pub use snapshot::SnapshotArgs;
pub use verify::VerifyArgs;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Status 0: done, and nothing to object.
    Done,
    /// Status 1: done, and something was found that the caller asked to be told.
    Findings,
    /// Status 2: refused; nothing was written to standard output.
    Refused,
}

impl Exit {
    /// The exit status of the process.
    pub const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Refused => 2,
        }
    }
}

/// Moves a cluster's load-balancer configuration from MetalLB to Cilium
///
/// Reads MetalLB's resources, writes the Cilium resources that decide the same,
/// and names everything that will not be the same at its line of the input.
#[derive(Debug, Parser)]
#[command(name = "metallb2cilium", version, max_term_width = 80, after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// Options about the input.
    #[command(flatten)]
    pub input: InputArgs,
    /// Options of every command.
    #[command(flatten)]
    pub common: CommonArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Convert a directory of manifests:
    metallb2cilium convert -f metallb/ > cilium.yaml
  Convert what runs in the cluster:
    kubectl get -A -o yaml ipaddresspools,l2advertisements,services |
      metallb2cilium convert
  Learn what a diagnostic means:
    metallb2cilium explain M2C203

Exit status: 0 done, 1 done with findings, 2 refused.";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the Cilium resources for a MetalLB configuration
    Convert(ConvertArgs),
    /// Show what a controller decides: addresses, announcements, routes
    Simulate(SimulateArgs),
    /// Compare what MetalLB and Cilium decide, at hand and for every Service and Node
    Verify(VerifyArgs),
    /// Show what applying the conversion would change, and what that means
    Diff(DiffArgs),
    /// Edit a tree of manifests in place so that it asks Cilium for addresses
    Rewrite(RewriteArgs),
    /// Look what is to be mended before the cut-over, or is left after it
    Check(CheckArgs),
    /// Write the runbook of the cut-over: steps, checks, scripts, the way back
    Plan(PlanArgs),
    /// Keep what a way back needs in one file
    Snapshot(SnapshotArgs),
    /// Look at the wire: who really answers for which address
    Live(LiveArgs),
    /// Explain a diagnostic code
    Explain(explain::ExplainArgs),
    /// Show the version, and which versions of Cilium are supported
    Version(version::VersionArgs),
    /// Write completions/, man/ and docs/src/reference/ into a directory
    #[command(hide = true)]
    Generate(generate::GenerateArgs),
}

/// Which subcommands take no manifests: nothing but their own options matters to
/// them, and their help lists nothing else.
const WITHOUT_INPUT: [&str; 3] = ["explain", "version", "generate"];

/// The whole command line, as help, completions and manual pages show it.
pub fn command() -> clap::Command {
    let mut command = Cli::command();
    // Global options reach the subcommands at this point, and can only then be
    // hidden there.
    command.build();
    command = unfolded(command);
    for name in WITHOUT_INPUT {
        command = command.mut_subcommand(name, |subcommand| {
            subcommand.mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg })
        });
    }
    // At the top they are for the subcommands; there they are listed.
    let input = InputArgs::augment_args(clap::Command::new("input"));
    let is_input = |arg: &clap::Arg| input.get_arguments().any(|a| a.get_id() == arg.get_id());
    command.mut_args(|arg| if is_input(&arg) { arg.hide(true) } else { arg })
}

/// The command and all below it, each paragraph after the options on one line: it is
/// wrapped where it is shown, and once.
fn unfolded(mut command: clap::Command) -> clap::Command {
    if let Some(after) = command.get_after_help().map(ToString::to_string) {
        let parts: Vec<String> = after.split("\n\n").map(joined).collect();
        command = command.after_help(parts.join("\n\n"));
    }
    let names: Vec<String> =
        command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, unfolded))
}

/// A paragraph on one line. Where a line ends a sentence although more would have fitted,
/// it ends a paragraph; what is indented stays as it is.
fn joined(part: &str) -> String {
    let lines: Vec<&str> = part.lines().collect();
    if lines.iter().any(|line| line.starts_with(' ')) {
        return part.to_owned();
    }
    let width = lines.iter().map(|line| line.len()).max().unwrap_or_default();
    let mut text = String::with_capacity(part.len());
    for (at, line) in lines.iter().enumerate() {
        text.push_str(line);
        if let Some(next) = lines.get(at + 1) {
            let word = next.split(' ').next().unwrap_or_default();
            let ends = line.ends_with('.') && line.len() + 1 + word.len() <= width;
            text.push(if ends { '\n' } else { ' ' });
        }
    }
    text
}

/// The process: arguments, environment and standard streams in, exit status out.
pub fn main() -> ExitCode {
    core_files::forbid();
    let stdin = io::stdin();
    let progress = ProgressLine::default();
    let stdout = Above { line: progress.clone(), stream: io::stdout() };
    let stderr = Above { line: progress.clone(), stream: io::stderr() };
    // Standard output is flushed in `run`, where a failure can still be told.
    let mut stdout = io::BufWriter::with_capacity(1 << 16, stdout);
    let mut stderr = io::BufWriter::new(stderr);
    let mut console = Console {
        stdin: &mut stdin.lock(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: Environment::detect(),
        common: CommonArgs::default(),
        progress,
    };
    ExitCode::from(run(std::env::args_os(), &mut console).status())
}

/// Runs a command line, whose first element is the program's own name.
pub fn run(args: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let result = dispatch(&args, console).and_then(|exit| {
        console.stdout.flush().context("cannot write to standard output")?;
        Ok(exit)
    });
    console.progress.hide();
    let exit = match result {
        Ok(exit) => exit,
        // Whoever read the output has seen enough.
        Err(error) if is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            // Nothing is left to be told where standard error fails, too.
            let _ = writeln!(console.stderr, "error: {error:#}");
            Exit::Refused
        }
    };
    match console.stderr.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Refused,
        _ => exit,
    }
}

fn dispatch(args: &[OsString], console: &mut Console<'_>) -> anyhow::Result<Exit> {
    let mut command = named(command(), args.first());
    let matches = match command.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, args, console),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage(&error.format(&mut command), args, console),
    };
    console.common = cli.common;
    // The line would stand in what somebody types.
    let typed = console.environment.stdin_is_terminal
        && cli.input.filename.iter().any(|path| path.as_os_str() == "-");
    // Of `live` it is shown while the input is read; then others have the word.
    if !typed && !matches!(cli.command, Command::Live(_)) {
        console.show_progress();
    }
    let result = match cli.command {
        Command::Convert(args) => convert::run(args, cli.input, console),
        Command::Simulate(args) => simulate::run(args, cli.input, console),
        Command::Diff(args) => diff::run(args, cli.input, console),
        Command::Verify(args) => verify::run(args, cli.input, console),
        Command::Rewrite(args) => rewrite::run(args, cli.input, console),
        Command::Check(args) => check::run(args, cli.input, console),
        Command::Plan(args) => plan::run(args, cli.input, console),
        Command::Snapshot(args) => snapshot::run(args, cli.input, console),
        Command::Live(args) => live::run(args, cli.input, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Version(args) => version::run(&args, console),
        Command::Generate(args) => generate::run(&args),
    };
    match result {
        // Arguments that each are good but do not go together.
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(error) => {
                let name = matches.subcommand_name().unwrap_or_default();
                let command = match command.find_subcommand_mut(name) {
                    Some(subcommand) => subcommand,
                    None => &mut command,
                };
                usage(&error.format(command), args, console)
            }
            Err(error) => Err(error),
        },
        exit => exit,
    }
}

/// The command as it was called: kubectl runs `kubectl-metallb2cilium` for
/// `kubectl metallb2cilium`.
fn named(command: clap::Command, program: Option<&OsString>) -> clap::Command {
    let stem = program.and_then(|path| Path::new(path).file_stem());
    if stem.is_some_and(|stem| stem == "kubectl-metallb2cilium") {
        // The subcommands' names were composed from the old one when built.
        let mut command = command.bin_name("kubectl metallb2cilium");
        let names: Vec<String> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        for name in names {
            let full = format!("kubectl metallb2cilium {name}");
            command = command.mut_subcommand(name, |sub| sub.bin_name(full));
        }
        command
    } else {
        command
    }
}

/// Prints what clap has to say: help and version to standard output, refused
/// arguments to standard error.
fn usage(
    error: &clap::Error,
    args: &[OsString],
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let choice = color_argument(args);
    let text = error.render();
    if error.use_stderr() {
        let color = console.environment.color(choice, console.environment.stderr_is_terminal);
        let text = if color { text.ansi().to_string() } else { text.to_string() };
        console.stderr.write_all(text.as_bytes())?;
        return Ok(Exit::Refused);
    }
    let color = console.environment.color(choice, console.environment.stdout_is_terminal);
    let text = if color { text.ansi().to_string() } else { text.to_string() };
    console.print(&text)?;
    Ok(Exit::Done)
}

/// `--color` of a command line that clap did not take.
fn color_argument(args: &[OsString]) -> ColorChoice {
    let mut args = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--color") {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('='),
            None => continue,
        };
        let parsed = value.and_then(|v| <ColorChoice as clap::ValueEnum>::from_str(v, true).ok());
        if let Some(choice) = parsed {
            return choice;
        }
    }
    ColorChoice::Auto
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No line but the last of a paragraph has room for the word that follows it.
    fn assert_wrapped(command: &mut clap::Command) {
        let help = command.render_long_help().to_string();
        let lines: Vec<&str> = help.lines().collect();
        for pair in lines.windows(2) {
            assert!(pair[0].len() <= 80 || !pair[0].starts_with(char::is_alphabetic), "{pair:?}");
            let is_prose = |line: &str| line.starts_with(char::is_alphabetic);
            let word = pair[1].split(' ').next().unwrap_or_default();
            let is_early = !pair[0].ends_with('.') && pair[0].len() + 1 + word.len() <= 80;
            assert!(!(is_prose(pair[0]) && is_prose(pair[1]) && is_early), "{pair:?}");
        }
        command.get_subcommands_mut().for_each(assert_wrapped);
    }

    #[test]
    fn paragraphs_of_the_help_are_wrapped_once() {
        assert_wrapped(&mut command());
    }

    #[test]
    fn a_short_line_that_ends_a_sentence_ends_a_paragraph() {
        let part = "one two three four\nfive.\nsix seven\neight";
        assert_eq!(joined(part), "one two three four five.\nsix seven eight");
        assert_eq!(joined("Examples:\n  one\n  two"), "Examples:\n  one\n  two");
    }
}
