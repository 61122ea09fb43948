//! `version`: what this build is, and which versions of Cilium it knows.

use clap::Args;
use serde_json::json;

use super::explain::TextFormat;
use super::{Console, Exit};
use crate::cilium::version::SUPPORTED;

/// The options of `version`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = EXAMPLES)]
pub struct VersionArgs {
    /// Format of the text
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: TextFormat,
}

const EXAMPLES: &str = "\
A version of Cilium is tested by one of:
  golden  golden scenarios hold what its real code decided
  source  its source and its CRDs were read

Examples:
  metallb2cilium version
  metallb2cilium version -o json | jq -r .version";

/// The commit that was built, where the build knows it; `-dirty` behind it says that
/// something had been changed since.
const COMMIT: Option<&str> = option_env!("METALLB2CILIUM_COMMIT");

/// The platform that this was built for, in Rust's words.
const TARGET: &str = env!("METALLB2CILIUM_TARGET");

/// Shows the version.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(args: &VersionArgs, console: &mut Console<'_>) -> anyhow::Result<Exit> {
    let text = match args.output {
        TextFormat::Json => serde_json::to_string_pretty(&to_json())? + "\n",
        TextFormat::Text => to_text(),
    };
    console.print(&text)?;
    Ok(Exit::Done)
}

fn to_text() -> String {
    let mut text = format!("metallb2cilium {}", env!("CARGO_PKG_VERSION"));
    if let Some(commit) = COMMIT {
        text.push_str(&format!(" ({commit})"));
    }
    text.push_str(&format!("\nbuilt for {TARGET}, {}", reading()));
    text.push_str("\n\nSupported versions of Cilium, and how each is tested:\n");
    let default = crate::cilium::CiliumVersion::default().minor();
    for known in SUPPORTED {
        let mark = if known.version.minor() == default { " (default)" } else { "" };
        text.push_str(&format!(
            "  1.{}  {}: {}{mark}\n",
            known.version.minor(),
            known.grade,
            known.tested_against
        ));
    }
    text
}

fn to_json() -> serde_json::Value {
    let default = crate::cilium::CiliumVersion::default().minor();
    let cilium: Vec<serde_json::Value> = SUPPORTED
        .iter()
        .map(|known| {
            json!({
                "version": format!("1.{}", known.version.minor()),
                "grade": known.grade.to_string(),
                "testedAgainst": known.tested_against,
                "default": known.version.minor() == default,
            })
        })
        .collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": COMMIT,
        "target": TARGET,
        "fromCluster": cfg!(feature = "cluster"),
        "cilium": cilium,
    })
}

/// Whether `--from-cluster` is there.
fn reading() -> &'static str {
    if cfg!(feature = "cluster") { "with --from-cluster" } else { "without --from-cluster" }
}
