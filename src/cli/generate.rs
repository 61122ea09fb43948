//! `generate`: the files that follow from the code: completions and manual pages, and
//! the reference part of the book.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};
use clap_complete::{Generator as _, Shell};

use super::Exit;
use crate::report::manifests::write_files;

const NAME: &str = "metallb2cilium";

/// The options of `generate`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct GenerateArgs {
    /// The directory to write completions/, man/ and docs/src/reference/ into
    pub directory: PathBuf,
}

/// A file's name, text and permissions.
type File = (String, String, u32);

/// Writes the files.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Exit> {
    write_files(&args.directory.join("completions"), &completions()?)?;
    let mut pages = Vec::new();
    manual(&super::command(), NAME, &mut pages)?;
    write_files(&args.directory.join("man"), &pages)?;
    write_files(&args.directory.join("docs/src/reference"), &reference()?)?;
    Ok(Exit::Done)
}

fn completions() -> anyhow::Result<Vec<File>> {
    let command = super::command();
    let file = |shell: &Shell| {
        let mut text = Vec::new();
        clap_complete::generate(*shell, &mut command.clone(), NAME, &mut text);
        file(shell.file_name(NAME), text)
    };
    Shell::value_variants().iter().map(file).collect()
}

fn reference() -> anyhow::Result<Vec<File>> {
    let pages = super::reference::pages()?;
    Ok(pages.into_iter().map(|(name, text)| (name.to_owned(), text, 0o666)).collect())
}

/// The page of a command and those of its subcommands, as git has them.
fn manual(command: &clap::Command, title: &str, pages: &mut Vec<File>) -> anyhow::Result<()> {
    pages.push(page(command, title)?);
    for subcommand in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        if subcommand.get_name() != "help" {
            manual(subcommand, &format!("{title}-{}", subcommand.get_name()), pages)?;
        }
    }
    Ok(())
}

fn page(command: &clap::Command, title: &str) -> anyhow::Result<File> {
    let mut text = Vec::new();
    let command = command.clone().name(title.to_owned()).version(env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).manual(NAME).render(&mut text)?;
    file(format!("{title}.1"), text)
}

fn file(name: String, text: Vec<u8>) -> anyhow::Result<File> {
    let text = String::from_utf8(text).with_context(|| format!("{name} is no text"))?;
    Ok((name, text, 0o666))
}
