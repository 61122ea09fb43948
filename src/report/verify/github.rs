//! A verdict as workflow commands of GitHub Actions: an annotation for the verdict, and one
//! for each difference at its line.

use super::super::github;
use super::{results, verdict};
use crate::manifest::Sources;
use crate::verify::{Report, Verdict};

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let name = match report.verdict {
        Verdict::Equivalent => "notice",
        Verdict::Different | Verdict::Undecided => "error",
    };
    github::whole(name, "metallb2cilium verify", &verdict(report))
        + &github::render(&results::all(report), sources)
}
