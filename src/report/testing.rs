//! What the tests of the formats share.

use crate::diagnostic::{Code, Diagnostic, ObjectRef};
use crate::manifest::{SourceId, Sources, Span};

pub(super) static BROKEN: Code =
    Code { id: "M2C201", title: "Not an address range", explain: "What it is.\n\nWhat to do." };
pub(super) static LOSS: Code =
    Code { id: "M2C310", title: "Nodes differ", explain: "Why they differ." };
pub(super) static NOTE: Code =
    Code { id: "M2C390", title: "Shared addresses", explain: "An assumption." };

/// The first place of a text in a source.
pub(super) fn span_of(sources: &Sources, source: SourceId, text: &str) -> Span {
    let start = sources.get(source).text.find(text).unwrap();
    Span { source, start: start as u32, end: (start + text.len()) as u32 }
}

/// A pool with a bad entry, seen as each severity.
pub(super) fn sample() -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let pool = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata:\n  name: web\n\
                spec:\n  addresses:\n  - 10.0.0.9-10.0.0.1\n  - 10.0.1.0/24\n";
    let pools = sources.add("metallb/pools.yaml", pool);
    let other = sources.add("metallb/l2, all.yaml", "kind: L2Advertisement\n# ü: interfaces\n");
    let object = |kind: &str, name: &str| ObjectRef {
        kind: kind.into(),
        namespace: "metallb-system".into(),
        name: name.into(),
    };
    let diagnostics = vec![
        Diagnostic::note(&NOTE, "an address that Services share is answered by one node")
            .label(Some(span_of(&sources, other, "interfaces")), "announced here"),
        Diagnostic::error(&BROKEN, "the range 10.0.0.9-10.0.0.1 ends before it starts")
            .object(object("IPAddressPool", "web"))
            .label(Some(span_of(&sources, pools, "10.0.0.9-10.0.0.1")), "100% reversed")
            .help("write it as 10.0.0.1-10.0.0.9"),
        Diagnostic::lossy(&LOSS, "Cilium answers from other nodes")
            .object(object("L2Advertisement", "all"))
            .label(Some(span_of(&sources, other, "L2Advertisement")), "this one")
            .label(Some(span_of(&sources, pools, "web")), "announces this pool"),
        Diagnostic::lossy_without_impact(&LOSS, "nobody is served either way"),
    ];
    (diagnostics, sources)
}
