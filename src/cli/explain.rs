//! `explain`: what a diagnostic code means.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Console, Exit};
use crate::diagnostic::Code;
use crate::manifest::closest;
use crate::report::wrap;

/// The options of `explain`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// The code, such as M2C203
    #[arg(required_unless_present = "list", value_name = "CODE")]
    pub code: Option<String>,
    /// List every code with its title
    #[arg(long, conflicts_with = "code")]
    pub list: bool,
    /// Format of the text
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: TextFormat,
}

const EXAMPLES: &str = "\
Examples:
  metallb2cilium explain M2C203
  metallb2cilium explain --list
  metallb2cilium explain --list -o json | jq -r '.[].code'

Exit status: 0 done, 2 unknown code.";

/// How a text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    /// For people
    #[default]
    Text,
    /// JSON
    Json,
}

/// Explains.
///
/// # Errors
/// A stream that cannot be written to.
pub(super) fn run(args: &ExplainArgs, console: &mut Console<'_>) -> anyhow::Result<Exit> {
    let codes = super::codes::all_codes();
    let Some(given) = &args.code else {
        let text = match args.output {
            TextFormat::Json => pretty(&codes.iter().map(|code| to_json(code)).collect())?,
            TextFormat::Text => {
                codes.iter().map(|code| format!("{}  {}\n", code.id, code.title)).collect()
            }
        };
        console.print(&text)?;
        return Ok(Exit::Done);
    };
    let Some(code) = codes.iter().find(|code| code.id.eq_ignore_ascii_case(given)) else {
        let ids: Vec<&str> = codes.iter().map(|code| code.id).collect();
        let hint = match closest(given, &ids) {
            Some(id) => format!("did you mean {id}?"),
            None => "`metallb2cilium explain --list` lists every code".to_owned(),
        };
        writeln!(console.stderr, "error: there is no code {given:?}; {hint}")?;
        return Ok(Exit::Refused);
    };
    let text = match args.output {
        TextFormat::Json => pretty(&to_json(code))?,
        TextFormat::Text => {
            let width = console.environment.width();
            let title = wrap::paragraphs(&format!("{}: {}", code.id, code.title), width);
            format!("{title}\n{}", wrap::paragraphs(code.explain, width))
        }
    };
    console.print(&text)?;
    Ok(Exit::Done)
}

fn to_json(code: &Code) -> serde_json::Value {
    json!({"code": code.id, "title": code.title, "explain": wrap::unwrapped(code.explain)})
}

fn pretty(value: &serde_json::Value) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
