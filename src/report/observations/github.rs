//! A verdict on observations as workflow commands of GitHub Actions: an annotation for
//! the verdict, and one for each finding at its line.

use super::super::github::{Level, Whole, annotations};
use super::{results, verdict};
use crate::live::observations::Report;
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let level = if report.is_good() { Level::Notice } else { Level::Error };
    let message = verdict(report);
    let whole = Whole { level, title: "metallb2cilium verify", message: &message };
    annotations(Some(whole), results(report).into_iter().map(|one| (one, 1)), sources)
}
