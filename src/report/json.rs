//! Diagnostics as JSON, one object a line.

use serde::Serialize;
use serde_json::Value;

use super::escape;
use crate::diagnostic::{Diagnostic, Impact, Severity};
use crate::manifest::Sources;

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    severity: &'static str,
    impact: Option<&'static str>,
    message: &'a str,
    help: Option<&'a str>,
    object: Option<Object<'a>>,
    labels: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Object<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

/// A place in the input with what is to be said about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        // Structs of texts and numbers always serialize.
        let line = serde_json::to_string(&line(diagnostic, sources)).unwrap_or_default();
        text.push_str(&escape::json(&line));
        text.push('\n');
    }
    text
}

/// A diagnostic as a value.
pub(super) fn value(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    // Structs of texts and numbers always serialize.
    serde_json::to_value(line(diagnostic, sources)).unwrap_or_default()
}

fn line<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Line<'a> {
    let (severity, impact) = match diagnostic.severity {
        Severity::Error => ("error", None),
        Severity::Lossy(Impact::Traffic) => ("lossy", Some("traffic")),
        Severity::Lossy(Impact::None) => ("lossy", Some("none")),
        Severity::Note => ("note", None),
    };
    Line {
        code: diagnostic.code.id,
        severity,
        impact,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        object: diagnostic.object.as_ref().map(|object| Object {
            kind: &object.kind,
            namespace: &object.namespace,
            name: &object.name,
        }),
        labels: places(diagnostic, sources),
    }
}

/// The labels of a diagnostic.
pub(super) fn places<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Place<'a>> {
    let place = |label: &'a crate::diagnostic::Label| {
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        Place {
            file: &sources.get(label.span.source).name,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &label.text,
        }
    };
    diagnostic.labels.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::sample;
    use super::super::{Format, render};

    #[test]
    fn each_diagnostic_is_one_line_with_every_key() {
        let (diagnostics, sources) = sample();
        let text = render(&diagnostics, &sources, &Format::Json);
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            lines[0],
            json!({
                "code": "M2C201",
                "severity": "error",
                "impact": null,
                "message": "the range 10.0.0.9-10.0.0.1 ends before it starts",
                "help": "write it as 10.0.0.1-10.0.0.9",
                "object": {"kind": "IPAddressPool", "namespace": "metallb-system", "name": "web"},
                "labels": [{
                    "file": "metallb/pools.yaml", "line": 7, "column": 5,
                    "endLine": 7, "endColumn": 22, "text": "100% reversed",
                }],
            })
        );
        let severities: Vec<(&Value, &Value)> =
            lines.iter().map(|line| (&line["severity"], &line["impact"])).collect();
        assert_eq!(
            json!(severities),
            json!([["error", null], ["lossy", "traffic"], ["note", null], ["lossy", "none"]])
        );
        assert_eq!(lines[2]["labels"][0]["column"], 6, "columns count characters");
        assert_eq!(lines[3]["object"], Value::Null);
    }
}
