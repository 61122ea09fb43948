//! `snapshot`: what a way back needs, in one file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Console, Exit, InputArgs, load};
use crate::diagnostic::Diagnostic;
use crate::plan;
use crate::report::manifests;

/// The options of `snapshot`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = EXAMPLES)]
pub struct SnapshotArgs {
    /// Write it to FILE, which only its owner may read, and which must not be
    /// there yet
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output_file: Option<PathBuf>,
    /// Keep BGP passwords and the Secrets that hold them, too
    #[arg(long)]
    pub with_secrets: bool,
}

const EXAMPLES: &str = "\
Examples:
  Keep what runs in the cluster:
    metallb2cilium snapshot --from-cluster --output-file snapshot.yaml
  The way back from wherever the cluster stands later:
    metallb2cilium plan --from-cluster --rollback snapshot.yaml

A snapshot is a stream of manifests. It is never overwritten: the second one
would not show the start any more.

Exit status: 0 done; 2 refused.";

/// Takes the snapshot.
///
/// # Errors
/// A stream or a file that cannot be written to.
pub(super) fn run(
    args: SnapshotArgs,
    input: InputArgs,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Some(mut loaded) = load(&input, console)? else { return Ok(Exit::Refused) };
    let mut found = std::mem::take(&mut loaded.manifests.diagnostics);
    let documents = plan::snapshot(&loaded.manifests.objects, args.with_secrets);
    if documents.len() == 1 && !found.iter().any(Diagnostic::is_error) {
        found.push(
            Diagnostic::error(
                plan::codes::NOTHING_TO_KEEP,
                "nothing in the input belongs into a snapshot",
            )
            .help("give what runs in the cluster: kubectl get -A -o yaml services,…"),
        );
    }
    let refused = found.iter().any(Diagnostic::is_error);
    console.report(&found, &loaded.manifests.sources)?;
    if refused {
        return Ok(Exit::Refused);
    }
    let mut text = Vec::new();
    manifests::write_yaml(&documents, &mut text)?;
    match &args.output_file {
        Some(path) => {
            write_new(path, &text)?;
            let left_out =
                documents.first().and_then(|head| head.object["spec"]["leftOut"].as_array());
            for one in left_out.into_iter().flatten().filter_map(|one| one.as_str()) {
                console.say(&format!("left out: {one} (--with-secrets)"))?;
            }
        }
        None => console.stdout.write_all(&text).context("cannot write to standard output")?,
    }
    Ok(Exit::Done)
}

/// Writes a file that is not there yet, for its owner only: it appears whole or not
/// at all.
fn write_new(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let written = tempfile::Builder::new()
        .prefix(".metallb2cilium-")
        .tempfile_in(directory)
        .and_then(|mut file| {
            file.write_all(text)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(std::io::Error::from)
        });
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
