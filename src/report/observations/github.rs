//! A verdict on observations as workflow commands of GitHub Actions: an annotation for
//! the verdict, and one for each finding at its line.

use super::super::github;
use super::{results, verdict};
use crate::live::observations::Report;
use crate::manifest::Sources;

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let name = if report.is_good() { "notice" } else { "error" };
    github::whole(name, "metallb2cilium verify", &verdict(report))
        + &github::render(&results(report), sources)
}
