//! The versions of Cilium, and what differs between them.

use super::markdown::{GENERATED, table};
use crate::cilium::CiliumVersion;
use crate::cilium::version::{FACTS, SUPPORTED};

const INTRODUCTION: &str = "\
# Supported versions

`--cilium-version` takes one of these, with a patch (`1.19.4`) or without (the lowest one is \
meant). What is said of a version is sure in one of three ways:

- *golden*: scenarios hold what that version's own code decided, and the simulation decides alike;
- *source*: it was read in that version's source or its CRDs;
- *reported*: an issue or a thread says so. A verdict that rests on such a row says `assumed`.

MetalLB is simulated as of 0.16.1; its resources are read in all versions back to the ConfigMap \
of 0.12.

";

const DIFFERENCES: &str = "
## What differs

Everything else is the same in all of them.

";

pub(super) fn page() -> String {
    let default = CiliumVersion::default().minor();
    let versions = SUPPORTED.iter().map(|known| {
        let minor = known.version.minor();
        let mark = if minor == default { " (default)" } else { "" };
        [format!("1.{minor}{mark}"), known.grade.to_string(), known.tested_against.to_owned()]
    });
    let facts = FACTS
        .iter()
        .map(|fact| [fact.since.to_string(), fact.what.trim().to_owned(), fact.grade.to_string()]);
    let versions = table(["version", "sure by", "tested against"], versions);
    let facts = table(["from", "what", "sure by"], facts);
    format!("{GENERATED}{INTRODUCTION}{versions}{DIFFERENCES}{facts}")
}
