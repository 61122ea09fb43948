//! A verdict as workflow commands of GitHub Actions: an annotation for the verdict, and one
//! for each difference at its line; those that are alike are one.

use super::super::github::{Level, Whole, annotations};
use super::{results, verdict};
use crate::manifest::Sources;
use crate::verify::{Report, Verdict};

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let level = match report.verdict {
        Verdict::Equivalent => Level::Notice,
        Verdict::Different | Verdict::Undecided => Level::Error,
    };
    let message = verdict(report);
    let whole = Whole { level, title: "metallb2cilium verify", message: &message };
    annotations(Some(whole), results::grouped(report), sources)
}
