//! The verdict in formats for other programs: a page for browsers (which tests/browser
//! opens in one), SARIF, JUnit, annotations.

use serde_json::{Value, json};

use crate::resources::{NODES, bgp, cilium_pool, l2, metallb, policy, service};
use crate::support::reader::{Output, files};
use crate::verify;

/// Two Services of which one loses its address, names that would be markup, and a
/// password.
fn different(format: &str) -> Output {
    let hostile = "\"</script><b a='\\\"'>&\\e[31m\"";
    let input = NODES.to_owned()
        + &bgp(", password: hunter2-secret", "")
        + &metallb("L2Advertisement", "l2", "interfaces: [eth0]")
        + &service("kept", "", "", &["10.0.0.7"])
        + &service("web", "", "", &["10.0.0.200"])
            .replace("name: web,", &format!("name: {hostile},"));
    let there = cilium_pool("a", "{cidr: 10.0.0.0/25}", "")
        + &policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let there = files(&[("cilium.yaml", &there)]);
    verify(&["--against", there.path().to_str().unwrap(), "-o", format], &input)
}

fn same(format: &str) -> Output {
    let input = NODES.to_owned() + &l2() + &service("web", "", "", &["10.0.0.7"]);
    verify(&["-o", format], &input)
}

#[test]
fn a_log_has_a_result_for_each_difference() {
    let parsed = |output: &Output| -> Value { serde_json::from_str(&output.stdout).unwrap() };
    let value = parsed(&different("json"));
    let log = parsed(&different("sarif"));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told = |list: &Value, key: &str| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|one| one[key].clone()).collect()
    };
    let codes: Vec<Value> = results.iter().map(|result| result["ruleId"].clone()).collect();
    assert_eq!(codes, told(&value["differences"], "code"));
    assert!(results.iter().all(|one| one["level"] == "error"), "{results:#?}");
    assert!(results.iter().all(|one| !one["locations"].as_array().unwrap().is_empty()));
    assert_eq!(log["runs"][0]["properties"]["verdict"], "different");
    let log = parsed(&same("sarif"));
    assert_eq!(log["runs"][0]["properties"]["verdict"], "equivalent");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|one| one["level"] == "note"), "{results:#?}");
}

/// A workflow shows the verdict, and each difference at its line.
#[test]
fn each_difference_is_an_annotation_with_file_and_line() {
    let value: Value = serde_json::from_str(&different("json").stdout).unwrap();
    let output = different("github");
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert!(lines[0].starts_with("::error title=metallb2cilium verify::different: "), "{lines:#?}");
    let errors: Vec<&&str> =
        lines.iter().skip(1).filter(|line| line.starts_with("::error ")).collect();
    let differences = value["differences"].as_array().unwrap();
    assert_eq!(errors.len(), differences.len(), "{lines:#?}");
    for (line, difference) in errors.iter().zip(differences) {
        let place = &difference["places"][0];
        let file = place["file"].as_str().unwrap().replace(':', "%3A");
        let start = format!("::error file={file},line={},", place["line"]);
        assert!(line.starts_with(&start), "{line}: {start}");
        assert!(line.contains(&format!("title={}::", difference["code"].as_str().unwrap())));
    }
    let output = same("github").stdout;
    assert!(output.starts_with("::notice title=metallb2cilium verify::equivalent: "), "{output}");
    assert!(output.lines().all(|line| line.starts_with("::notice ")), "{output}");
}

/// The attributes of every element of that name. The parser takes well-formed XML
/// only, and knows nothing but elements and their attributes.
fn elements(xml: &str, name: &str) -> Vec<Vec<(String, String)>> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let (_, mut rest) = xml.split_once("?>").unwrap();
    while let Some((text, behind)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        for reference in text.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|r| reference.starts_with(r))
            );
        }
        let (tag, behind) = behind.split_once('>').unwrap();
        rest = behind;
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed.to_owned()));
            continue;
        }
        let single = tag.ends_with('/');
        let (element, attributes) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
        let parts: Vec<&str> = attributes.split('"').collect();
        let pairs = parts
            .chunks_exact(2)
            .map(|pair| (pair[0].trim().strip_suffix('=').unwrap().to_owned(), pair[1].to_owned()));
        let pairs = pairs.collect();
        if element == name {
            found.push(pairs);
        }
        if !single {
            open.push(element.to_owned());
        }
    }
    assert_eq!(open, [""; 0]);
    found
}

fn attribute<'e>(element: &'e [(String, String)], name: &str) -> &'e str {
    element.iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap()
}

#[test]
fn each_service_and_each_session_is_a_test_case() {
    let output = different("junit");
    assert_eq!(output.status, 1);
    let cases = elements(&output.stdout, "testcase");
    let of = |suite: &str| -> Vec<&str> {
        let cases = cases.iter().filter(|case| attribute(case, "classname") == suite);
        cases.map(|case| attribute(case, "name")).collect()
    };
    let hostile = "shop/&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;␛[31m";
    assert_eq!(of("Services"), [hostile, "shop/kept"]);
    assert_eq!(of("BGP sessions"), ["tor (192.0.2.1)"]);
    assert_eq!(of("Completeness").len(), 1);
    let suites = elements(&output.stdout, "testsuite");
    let failures: Vec<&str> = suites.iter().map(|suite| attribute(suite, "failures")).collect();
    assert_eq!(failures, ["2", "1", "1", "0"], "{}", output.stdout);
    let whole = &elements(&output.stdout, "testsuites")[0];
    assert_eq!((attribute(whole, "tests"), attribute(whole, "failures")), ("5", "4"));
    assert_eq!(elements(&output.stdout, "failure").len(), 4);
    let output = same("junit");
    let whole = &elements(&output.stdout, "testsuites")[0];
    assert_eq!((output.status, attribute(whole, "failures")), (0, "0"));
}

/// The failures and the exit status agree, whatever is different.
#[test]
fn a_loss_that_does_not_show_and_outcomes_that_are_too_many_fail_too() {
    let pinned = "addresses: [10.1.0.0/24], serviceAllocation: {namespaces: [other]}";
    let lossy = NODES.to_owned()
        + &l2()
        + &metallb("IPAddressPool", "b", pinned)
        + &service("web", "", "", &["10.0.0.7"]);
    let output = verify(&["-o", "junit"], &lossy);
    let whole = &elements(&output.stdout, "testsuites")[0];
    assert_eq!((output.status, attribute(whole, "failures")), (1, "2"), "{}", output.stdout);
}

#[test]
fn the_page_needs_nothing_else_and_takes_nothing_of_the_input_for_markup() {
    let output = different("html");
    assert_eq!(output.status, 1);
    let page = &output.stdout;
    for never in ["http:", "https:", "src=", "@import", "url(", "<b a=", "\u{1b}", "hunter2"] {
        assert!(!page.contains(never), "{never}");
    }
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let states: Vec<(&Value, &Value)> =
        data["services"].as_array().unwrap().iter().map(|row| (&row[0][4], &row[0][3])).collect();
    assert_eq!(json!(states), json!([["differs", "lost"], ["differs", "kept"]]));
    for word in
        ["<h1>Different</h1>", "loses its address", "ot equivalent for every Service and Node"]
    {
        assert!(page.contains(word), "{word}");
    }
    assert!(same("html").stdout.contains("<h1>Equivalent</h1>"));
}
