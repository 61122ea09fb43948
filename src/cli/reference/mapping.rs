//! What becomes of each field.

use super::diagnostics::link;
use super::markdown::{GENERATED, table};
use crate::convert::mapping::MAPPINGS;

const INTRODUCTION: &str = "\
# What maps to what

Every field of MetalLB's API, and what it reads of a Service. *The same* means that no Service \
and no Node could tell the difference, but for the choice of the L2 leader and the time of a \
fail-over. Where it is not always so, the codes say when. Each example was converted on its own, \
and what is said here is what was said of it.

An annotation `metallb.io/…` of a Service has an older name, `metallb.universe.tf/…`. MetalLB reads \
both, and so does everything here: what stands below of the one is true of the other.

";

pub(super) fn page() -> String {
    let mut text = format!("{GENERATED}{INTRODUCTION}");
    let mut kinds: Vec<&str> = MAPPINGS.iter().map(|row| row.kind).collect();
    kinds.dedup();
    for kind in kinds {
        let rows = MAPPINGS.iter().filter(|row| row.kind == kind).map(|row| {
            let codes: Vec<String> = row.codes.iter().map(|code| link(code)).collect();
            [
                format!("`{}`", row.field),
                format!("`{}`", row.example),
                row.cilium.to_owned(),
                row.same.words().to_owned(),
                codes.join(", "),
            ]
        });
        let table = table(["field", "example", "Cilium", "the same?", "see"], rows);
        text.push_str(&format!("## {kind}\n\n{table}\n"));
    }
    text.trim_end().to_owned() + "\n"
}
