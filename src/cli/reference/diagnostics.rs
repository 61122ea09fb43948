//! Every diagnostic with what `explain` says of it.

use super::super::codes::all_codes;
use super::markdown::{GENERATED, paragraphs, prose};
use crate::diagnostic::Code;
use crate::report::wrap;

const INTRODUCTION: &str = "\
# Diagnostics

What `metallb2cilium explain CODE` says. A code never changes its meaning. Severities are \
`error` (the input is refused), `lossy` (Cilium decides otherwise than MetalLB; `--strict` counts \
those that touch traffic) and `note` (the same, but worth knowing; or an assumption).

";

/// What the first digit of a code stands for.
const ROOMS: [(char, &str); 7] = [
    ('1', "Input"),
    ('2', "Pools and addresses"),
    ('3', "L2"),
    ('4', "BGP"),
    ('5', "Services, trees of manifests, and differences"),
    ('6', "Nodes, settings and the cut-over"),
    ('7', "The wire"),
];

/// A link to what is said of a code.
pub(super) fn link(code: &Code) -> String {
    format!("[{0}](diagnostics.md#{0})", code.id)
}

pub(super) fn page() -> String {
    let mut text = format!("{GENERATED}{INTRODUCTION}");
    for (digit, room) in ROOMS {
        text.push_str(&format!("## {room}\n\n"));
        let of_room =
            |code: &&&Code| code.id.strip_prefix("M2C").is_some_and(|id| id.starts_with(digit));
        for code in all_codes().iter().filter(of_room) {
            let explained = paragraphs(&wrap::unwrapped(code.explain));
            let title = prose(code.title);
            text.push_str(&format!(
                "<a id=\"{0}\"></a>\n### {0}: {title}\n\n{explained}\n",
                code.id
            ));
        }
    }
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_a_room() {
        let page = page();
        for code in all_codes() {
            assert!(page.contains(&format!("<a id=\"{}\"></a>", code.id)), "{}", code.id);
        }
    }
}
