//! Diagnostics as a SARIF 2.1.0 log (OASIS standard "Static Analysis Results
//! Interchange Format").

use std::collections::BTreeMap;

use serde::Serialize;

use super::{escape, wrap};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::manifest::{Sources, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    results: Vec<SarifResult<'a>>,
    /// A property bag: what is said of the run as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    short_description: Text<'a>,
    full_description: Text<'a>,
    help: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text<'static>>,
}

impl ArtifactLocation {
    /// Standard input is no file, but code scanning wants a place that looks like one.
    fn new(name: &str) -> Self {
        match name {
            "<stdin>" => Self {
                uri: "stdin".to_owned(),
                description: Some(Text { text: "Standard input, which is no file.".into() }),
            },
            path => Self { uri: uri(path), description: None },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    log(diagnostics, sources, None)
}

/// A log with a property bag of its run.
pub(super) fn log(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    properties: Option<serde_json::Value>,
) -> String {
    let codes: BTreeMap<&str, &Code> = diagnostics.iter().map(|d| (d.code.id, d.code)).collect();
    let results = diagnostics.iter().map(|diagnostic| {
        let rule_index = codes.keys().position(|id| *id == diagnostic.code.id).unwrap_or_default();
        result(diagnostic, rule_index, sources)
    });
    let results = results.collect();
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes.values().map(|code| rule(code)).collect(),
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        // Columns count characters, as everywhere here.
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results,
            properties,
        }],
    };
    // Structs of texts and numbers always serialize.
    let text = serde_json::to_string_pretty(&log).unwrap_or_default();
    escape::json(&text).into_owned() + "\n"
}

fn rule(code: &Code) -> Rule<'_> {
    let explained = wrap::unwrapped(code.explain);
    let first = explained.split("\n\n").next().unwrap_or_default().to_owned();
    Rule {
        id: code.id,
        name: pascal_case(code.title),
        short_description: Text { text: code.title.into() },
        full_description: Text { text: first.into() },
        help: Text { text: explained.into() },
    }
}

/// An identifier from a title, as SARIF recommends for the name of a rule.
fn pascal_case(title: &str) -> String {
    title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| {
            let first = word.chars().next()?.to_ascii_uppercase();
            Some(first.to_string() + word.get(1..)?)
        })
        .collect()
}

fn result<'a>(diagnostic: &'a Diagnostic, rule_index: usize, sources: &Sources) -> SarifResult<'a> {
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let mut locations: Vec<Location<'_>> = diagnostic
        .labels
        .iter()
        .map(|label| Location {
            physical_location: physical(label.span, sources),
            message: (!label.text.is_empty()).then(|| Text { text: label.text.as_str().into() }),
            logical_locations: vec![],
        })
        .collect();
    // Code scanning refuses a log in which a result stands nowhere.
    if let (true, Some(source)) = (locations.is_empty(), sources.ids().next()) {
        let physical_location = physical(Span { source, start: 0, end: 0 }, sources);
        locations.push(Location { physical_location, message: None, logical_locations: vec![] });
    }
    let related_locations = locations.split_off(locations.len().min(1));
    if let (Some(object), Some(first)) = (&diagnostic.object, locations.first_mut()) {
        let fully_qualified_name = object.to_string();
        first.logical_locations.push(LogicalLocation { fully_qualified_name, kind: "object" });
    }
    SarifResult {
        rule_id: diagnostic.code.id,
        rule_index,
        level: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Lossy(_) => "warning",
            Severity::Note => "note",
        },
        message: Text { text: message.into() },
        locations,
        related_locations,
    }
}

fn physical(span: Span, sources: &Sources) -> PhysicalLocation {
    let (start, end) = (sources.start(span), sources.end(span));
    PhysicalLocation {
        artifact_location: ArtifactLocation::new(&sources.get(span.source).name),
        region: Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        },
    }
}

/// A path as a URI reference (RFC 3986): everything but unreserved characters and
/// slashes is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{NOTE, sample, span_of};
    use super::super::{Format, render};
    use super::{pascal_case, uri};
    use crate::diagnostic::Diagnostic;
    use crate::manifest::Sources;

    #[test]
    fn the_log_has_rules_and_results() {
        let (diagnostics, sources) = sample();
        let log: Value =
            serde_json::from_str(&render(&diagnostics, &sources, &Format::Sarif)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(
            run["tool"]["driver"]["rules"][0],
            json!({
                "id": "M2C201",
                "name": "NotAnAddressRange",
                "shortDescription": {"text": "Not an address range"},
                "fullDescription": {"text": "What it is."},
                "help": {"text": "What it is.\n\nWhat to do."},
            })
        );
        let results = run["results"].as_array().unwrap();
        assert_eq!(
            results[0],
            json!({
                "ruleId": "M2C201",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": "the range 10.0.0.9-10.0.0.1 ends before it starts\n\
                                     help: write it as 10.0.0.1-10.0.0.9"},
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": {"uri": "metallb/pools.yaml"},
                        "region": {
                            "startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 22,
                        },
                    },
                    "message": {"text": "100% reversed"},
                    "logicalLocations": [{
                        "fullyQualifiedName": "IPAddressPool metallb-system/web",
                        "kind": "object",
                    }],
                }],
            })
        );
        assert_eq!(results[1]["relatedLocations"].as_array().unwrap().len(), 1);
        for result in results {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_run_without_diagnostics_is_a_log_too() {
        let text = render(&[], &Default::default(), &Format::Sarif);
        let log: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(log["runs"][0]["results"], json!([]));
    }

    #[test]
    fn standard_input_is_named_as_such() {
        let mut sources = Sources::default();
        let source = sources.add("<stdin>", "kind: X");
        let span = span_of(&sources, source, "kind");
        let said = Diagnostic::note(&NOTE, "x").label(Some(span), "");
        let text = render(&[said], &sources, &Format::Sarif);
        let log: Value = serde_json::from_str(&text).unwrap();
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "stdin");
        let said = "Standard input, which is no file.";
        assert_eq!(place["artifactLocation"]["description"]["text"], said);
        assert_eq!(place["region"]["startLine"], 1);
    }

    #[test]
    fn paths_become_uris_and_titles_names() {
        assert_eq!(uri("a b/ü.yaml"), "a%20b/%C3%BC.yaml");
        assert_eq!(uri("/tmp/a.yaml"), "file:///tmp/a.yaml");
        assert_eq!(pascal_case("a --set or a line of `x`"), "ASetOrALineOfX");
    }
}
