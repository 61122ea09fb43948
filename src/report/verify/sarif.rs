//! A verdict as a SARIF 2.1.0 log: a result for each difference.

use serde_json::{Value, json};

use super::super::sarif;
use super::{compared, left_out, results, scope, verdict};
use crate::manifest::Sources;
use crate::verify::{NOT_COMPARED, Report};

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    sarif::log(&results::all(report), sources, Some(properties(report)))
}

/// What is said of the run as a whole.
pub(in super::super) fn properties(report: &Report) -> Value {
    let (apart, unproved) = left_out(report);
    json!({
        "verdict": report.verdict,
        "summary": verdict(report),
        "compared": compared(report),
        "scope": scope(report),
        "leftOutOfTheProof": apart,
        "notProved": unproved,
        "assumptions": report.assumptions,
        "notCompared": NOT_COMPARED,
    })
}
