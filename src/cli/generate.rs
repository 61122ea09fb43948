//! `generate`: the files that follow from the code: completions and manual pages, and
//! the reference part of the book.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};
use clap_complete::Shell;

use super::Exit;

/// The options of `generate`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct GenerateArgs {
    /// The directory to write completions/, man/ and docs/src/reference/ into
    pub directory: PathBuf,
}

/// Writes the files.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Exit> {
    completions(&args.directory.join("completions"))?;
    manual(&args.directory.join("man"))?;
    reference(&args.directory.join("docs/src/reference"))?;
    Ok(Exit::Done)
}

fn completions(directory: &Path) -> anyhow::Result<()> {
    create(directory)?;
    let command = super::command();
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut command.clone(), "metallb2cilium", directory)
            .with_context(|| format!("cannot write into {}", directory.display()))?;
    }
    Ok(())
}

fn reference(directory: &Path) -> anyhow::Result<()> {
    create(directory)?;
    for (name, text) in super::reference::pages()? {
        let path = directory.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// One page for each command, as git has them.
fn manual(directory: &Path) -> anyhow::Result<()> {
    create(directory)?;
    let command = super::command();
    pages(&command, "metallb2cilium", directory)
}

/// The page of a command and those of its subcommands.
fn pages(command: &clap::Command, title: &str, directory: &Path) -> anyhow::Result<()> {
    page(command, title, directory)?;
    for subcommand in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        if subcommand.get_name() != "help" {
            pages(subcommand, &format!("{title}-{}", subcommand.get_name()), directory)?;
        }
    }
    Ok(())
}

fn page(command: &clap::Command, title: &str, directory: &Path) -> anyhow::Result<()> {
    let path = directory.join(format!("{title}.1"));
    let mut text = Vec::new();
    let command = command.clone().name(title.to_owned()).version(env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).manual("metallb2cilium").render(&mut text)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn create(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))
}
