//! A verdict on observations as a SARIF 2.1.0 log: a result for each finding, at the
//! lines of the observations.

use serde_json::json;

use super::super::sarif;
use super::{held_against, observers, results, verdict};
use crate::live::observations::{NOT_JUDGED, Report};
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let properties = json!({
        "verdict": if report.is_good() { "asDecided" } else { "notAsDecided" },
        "summary": verdict(report),
        "heldAgainst": held_against(report),
        "observers": observers(report),
        "assumptions": report.assumptions,
        "notJudged": NOT_JUDGED,
    });
    sarif::log(&results(report), sources, Some(properties))
}
