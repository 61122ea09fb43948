//! `--accept`: losses that are known and wanted.

use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::closest;
use crate::plan::codes::UNKNOWN_ACCEPTED;

/// The codes that `--accept` names; `None` where one is none.
pub(super) fn codes(names: &[String], found: &mut Vec<Diagnostic>) -> Option<Vec<&'static Code>> {
    let codes = super::codes::all_codes();
    let mut accepted = Vec::new();
    for name in names {
        match codes.iter().find(|code| code.id.eq_ignore_ascii_case(name)) {
            Some(code) => accepted.push(*code),
            None => {
                let ids: Vec<&str> = codes.iter().map(|code| code.id).collect();
                let help = match closest(name, &ids) {
                    Some(id) => format!("did you mean {id}?"),
                    None => "`metallb2cilium explain --list` lists every code".to_owned(),
                };
                let message = format!("--accept names no code: `{name}`");
                found.push(Diagnostic::error(UNKNOWN_ACCEPTED, message).help(help));
                return None;
            }
        }
    }
    Some(accepted)
}
