//! A verdict on observations as JSON.

use serde::Serialize;

use super::super::escape;
use super::super::json::{Place, places};
use super::{held_against, verdict};
use crate::live::observations::{
    AddressRow, Chosen, NOT_JUDGED, ObserverRow, Report, Scope, SessionRow,
};
use crate::manifest::Sources;
use crate::simulate::decision::Engine;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    verdict: &'static str,
    summary: String,
    engine: Engine,
    engine_chosen_by: Chosen,
    held_against: String,
    judged: &'static [&'static str],
    findings: Vec<Found<'a>>,
    observers: &'a [ObserverRow],
    addresses: &'a [AddressRow],
    sessions: &'a [SessionRow],
    assumptions: &'a [String],
    not_judged: &'a [&'a str],
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'a str,
    message: &'a str,
    subjects: &'a [String],
    expected: &'a str,
    observed: &'a str,
    remedy: Option<&'a str>,
    places: Vec<Place<'a>>,
}

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    let findings = report.findings.iter().map(|finding| Found {
        code: finding.diagnostic.code.id,
        message: &finding.diagnostic.message,
        subjects: &finding.subjects,
        expected: &finding.expected,
        observed: &finding.observed,
        remedy: finding.diagnostic.help.as_deref(),
        places: places(&finding.diagnostic, sources),
    });
    let shown = Shown {
        verdict: if report.is_good() { "asDecided" } else { "notAsDecided" },
        summary: verdict(report),
        engine: report.engine,
        engine_chosen_by: report.chosen,
        held_against: held_against(report),
        judged: match report.scope {
            Scope::All => &["addresses", "sessions"],
            Scope::Addresses => &["addresses"],
            Scope::Sessions => &["sessions"],
        },
        findings: findings.collect(),
        observers: &report.observers,
        addresses: &report.addresses,
        sessions: &report.sessions,
        assumptions: &report.assumptions,
        not_judged: NOT_JUDGED,
    };
    // Texts, numbers and lists always serialize.
    let text = serde_json::to_string_pretty(&shown).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}
