//! A verdict as JSON.

use serde::Serialize;
use serde_json::Value;

use super::super::escape;
use super::super::json::{Place, places};
use crate::diagnostic::{Impact, Severity};
use crate::manifest::Sources;
use crate::verify::{
    Counts, NOT_COMPARED, Outcome, Proof, Report, ServiceRow, SessionRow, Verdict,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    verdict: Verdict,
    before: &'a str,
    after: &'a str,
    scope: String,
    proof: Option<Proven<'a>>,
    compared: Counts,
    differences: Vec<Difference<'a>>,
    services: &'a [ServiceRow],
    sessions: &'a [SessionRow],
    assumptions: &'a [String],
    notes: Vec<Note<'a>>,
    not_compared: &'a [&'a str],
}

/// The proof.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proven<'a> {
    outcome: Outcome,
    services: &'a str,
    nodes: &'a str,
    left_out: Vec<LeftOut<'a>>,
    assumed: &'a [String],
    not_proved: &'a [String],
}

#[derive(Serialize)]
struct LeftOut<'a> {
    code: &'a str,
    who: &'a str,
}

fn proven(proof: &Proof) -> Proven<'_> {
    let left_out = proof.apart.iter().map(|one| LeftOut { code: one.code.id, who: one.who });
    Proven {
        outcome: proof.outcome,
        services: &proof.classes.services,
        nodes: &proof.classes.nodes,
        left_out: left_out.collect(),
        assumed: &proof.assumed,
        not_proved: &proof.unproved,
    }
}

#[derive(Serialize)]
struct Difference<'a> {
    code: &'a str,
    impact: &'a str,
    seen: bool,
    message: &'a str,
    object: Option<String>,
    services: &'a [String],
    before: &'a str,
    after: &'a str,
    remedy: Option<&'a str>,
    example: Option<&'a str>,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Note<'a> {
    code: &'a str,
    message: &'a str,
    places: Vec<Place<'a>>,
}

pub(super) fn render(report: &Report, sources: &Sources) -> String {
    // Texts, numbers and lists always serialize.
    let text = serde_json::to_string_pretty(&value(report, sources)).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}

/// The report as a JSON value.
pub(in crate::report) fn value(report: &Report, sources: &Sources) -> Value {
    let differences = report.findings.iter().map(|finding| Difference {
        code: finding.diagnostic.code.id,
        impact: match finding.diagnostic.severity {
            Severity::Lossy(Impact::None) => "none",
            _ => "traffic",
        },
        seen: finding.seen,
        message: &finding.diagnostic.message,
        object: finding.diagnostic.object.as_ref().map(ToString::to_string),
        services: &finding.subjects,
        before: &finding.before,
        after: &finding.after,
        remedy: finding.diagnostic.help.as_deref(),
        example: finding.example.as_deref(),
        places: places(&finding.diagnostic, sources),
    });
    let notes = report.notes.iter().map(|note| Note {
        code: note.code.id,
        message: &note.message,
        places: places(note, sources),
    });
    let shown = Shown {
        verdict: report.verdict,
        before: report.before,
        after: report.after,
        scope: super::scope(report),
        proof: report.proof.as_ref().map(proven),
        compared: report.counts,
        differences: differences.collect(),
        services: &report.services,
        sessions: &report.sessions,
        assumptions: &report.assumptions,
        notes: notes.collect(),
        not_compared: NOT_COMPARED,
    };
    serde_json::to_value(&shown).unwrap_or_default()
}
