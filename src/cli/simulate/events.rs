//! `--events`: the file, and what comes of it.

use std::path::Path;

use super::super::{InputArgs, Loaded};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::report::decision::{Format, History};
use crate::simulate::codes;
use crate::simulate::events::{self, Controller, Step};

/// Reads the file; `None` where it is refused, for one of the reasons in `found`.
pub(super) fn read(
    path: &Path,
    input: &InputArgs,
    loaded: &mut Loaded,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<Step>> {
    let aside = loaded.read_aside(path, input.max_input, found);
    if aside.failed {
        return None;
    }
    let ([file], []) = (aside.untyped.as_slice(), aside.objects.as_slice()) else {
        let message = format!("{} is not a file of events", path.display());
        let other = aside.objects.first().map(|object| object.node.span);
        let second = aside.untyped.get(1).map(|document| document.node.span);
        found.push(
            Diagnostic::error(codes::NOT_EVENTS, message)
                .label(other.or(second), "expected one mapping with the key `steps`")
                .help("schemas/events.json says what it holds"),
        );
        return None;
    };
    let mut steps = events::read(&file.node, found)?;
    for step in &mut steps {
        for (_, object) in &mut step.apply {
            loaded.fill(object, found);
        }
    }
    (!found.iter().any(Diagnostic::is_error)).then_some(steps)
}

/// The decisions after the start and after each step; `None` where a step is
/// refused, for one of the reasons in `found`.
pub(super) fn replay(
    loaded: &Loaded,
    cluster: &Cluster,
    mut controller: impl Controller,
    steps: &[Step],
    format: Format,
    found: &mut Vec<Diagnostic>,
) -> Option<String> {
    let mut history = History::new(format);
    let objects = &loaded.manifests.objects;
    let result =
        events::replay(objects, cluster, &mut controller, steps, |step, name, decision| {
            history.add(step, name, &decision);
        });
    match result {
        Ok(()) => Some(history.finish()),
        Err(refused) => {
            found.extend(refused);
            None
        }
    }
}
