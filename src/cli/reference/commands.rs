//! Every command with its options, as the command line defines them.

use clap::builder::StyledStr;
use clap::{Arg, Command};

use super::markdown::{GENERATED, prose};
use crate::report::wrap;

/// How wide the text after the options is.
const WIDTH: usize = 80;

const INTRODUCTION: &str = "\
# Commands

What `metallb2cilium COMMAND --help` says. As `kubectl-metallb2cilium` on the `PATH` the program \
is a kubectl plugin. The exit status is 0 when all is done, 1 when something was found that was \
asked to be told, and 2 when the work is refused: then nothing is on standard output.

";

const EVERYWHERE: &str = "\
## Options of every command

But for `explain` and `version`, which read no input.

";

pub(super) fn page(command: &Command) -> String {
    let mut text = format!("{GENERATED}{INTRODUCTION}");
    for subcommand in shown(command) {
        section(subcommand, 2, &mut text);
    }
    // They are listed once; any command that takes input has them all.
    let global: Vec<&Arg> = shown(command)
        .find(|one| one.get_name() == "convert")
        .into_iter()
        .flat_map(Command::get_arguments)
        .filter(|arg| arg.is_global_set() && !arg.is_hide_set())
        .collect();
    text.push_str(EVERYWHERE);
    options(&global, &mut text);
    text.trim_end().to_owned() + "\n"
}

/// The subcommands that are shown.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    let is_help = |one: &Command| one.get_name() == "help";
    command.get_subcommands().filter(move |one| !one.is_hide_set() && !is_help(one))
}

fn section(command: &Command, level: usize, text: &mut String) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let name = name.trim_start_matches("metallb2cilium ");
    text.push_str(&format!("{} {name}\n\n", "#".repeat(level)));
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        text.push_str(&format!("{}\n\n", prose(&about.to_string())));
    }
    text.push_str(&format!("```text\n{usage}\n```\n\n"));
    let is_help = |arg: &&Arg| arg.get_id() == "help" || arg.get_id() == "version";
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !arg.is_global_set() && !arg.is_hide_set() && !is_help(arg))
        .collect();
    options(&own, text);
    if let Some(after) = command.get_after_help() {
        let after = after.to_string();
        let lines = after.trim_end().lines().map(|line| {
            if line.starts_with(' ') { line.to_owned() } else { wrap::indented(line, WIDTH, "") }
        });
        let lines: Vec<String> = lines.collect();
        text.push_str(&format!("```text\n{}\n```\n\n", lines.join("\n")));
    }
    for subcommand in shown(command) {
        section(subcommand, level + 1, text);
    }
}

/// Options under their headings.
fn options(args: &[&Arg], text: &mut String) {
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in args {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    for heading in headings {
        if let Some(heading) = heading {
            text.push_str(&format!("{heading}:\n\n"));
        }
        for arg in args.iter().filter(|arg| arg.get_help_heading() == heading) {
            option(arg, text);
        }
        text.push('\n');
    }
}

fn option(arg: &Arg, text: &mut String) {
    let words = |help: &StyledStr| prose(&help.to_string().replace('\n', " "));
    let help = arg.get_help().map(words).unwrap_or_default();
    text.push_str(&format!("- `{}`: {help}", called(arg)));
    if !arg.get_action().takes_values() {
        text.push('\n');
        return;
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.display().to_string()).collect();
    if !defaults.is_empty() && !arg.is_hide_default_value_set() {
        text.push_str(&format!(". Default: `{}`", defaults.join(",")));
    }
    text.push('\n');
    for value in arg.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
        let help = value.get_help().map(|help| format!(": {}", words(help))).unwrap_or_default();
        text.push_str(&format!("  - `{}`{help}\n", value.get_name()));
    }
}

/// An option as it is written: `-f, --filename <PATH>`.
fn called(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let values: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    let values = values.join(" ");
    if arg.is_positional() {
        return values;
    }
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let names = names.join(", ");
    if arg.get_action().takes_values() { format!("{names} {values}") } else { names }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_option_is_there() {
        let page = super::page(&crate::cli::command());
        for text in [
            "## convert\n",
            "### live probe\n",
            "- `-f, --filename <PATH>`: ",
            "- `--strict`: ",
            "  - `sarif`: ",
            "Default: `yaml`",
        ] {
            assert!(page.contains(text), "{text}");
        }
        assert_eq!(page.matches("- `-f, --filename <PATH>`: ").count(), 1);
        assert!(!page.contains("## generate"));
    }
}
