//! The verdict in formats for other programs: a page for browsers, SARIF, JUnit.

use std::process::Command;

use serde_json::{Value, json};

use crate::resources::{NODES, bgp, cilium_pool, l2, metallb, policy, service};
use crate::support::reader::{Output, files};
use crate::support::{schema::faults, skipped};
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
fn a_log_has_a_result_for_each_difference_and_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("sarif.json")).unwrap();
    let parsed = |output: &Output| -> Value { serde_json::from_str(&output.stdout).unwrap() };
    let value = parsed(&different("json"));
    let log = parsed(&different("sarif"));
    assert_eq!(faults(&schema, &log), [""; 0]);
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
    assert_eq!(faults(&schema, &log), [""; 0]);
    assert_eq!(log["runs"][0]["properties"]["verdict"], "equivalent");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|one| one["level"] == "note"), "{results:#?}");
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
        data["services"].as_array().unwrap().iter().map(|row| (&row[1], &row[2])).collect();
    assert_eq!(json!(states), json!([["differs", "lost"], ["differs", "kept"]]));
    for word in
        ["<h1>Different</h1>", "loses its address", "ot equivalent for every Service and Node"]
    {
        assert!(page.contains(word), "{word}");
    }
    assert!(same("html").stdout.contains("<h1>Equivalent</h1>"));
}

/// What a script finds on the page in a browser, by its last line.
fn in_browser(page: &str, script: &str) -> Option<Value> {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok())?;
    // The page lets no other script run.
    let (head, rest) = page.split_once("<meta http-equiv").unwrap();
    let (_, rest) = rest.split_once(">\n").unwrap();
    let test = format!(
        "<script>window.onerror = (text) => document.title = `error: ${{text}}`;</script>{head}{rest}\
         <script>document.title = JSON.stringify((() => {{{script}}})());</script>"
    );
    let folder = files(&[("page.html", &test)]);
    let path = folder.path().join("page.html");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(["--dump-dom", &format!("file://{}", path.display())])
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    // Pictures have titles, too.
    let (_, title) = dom
        .split_once("<title>")
        .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let title = title.split("</title>").next().unwrap();
    let title = title
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    Some(serde_json::from_str(&title).unwrap_or_else(|_| panic!("{title}")))
}

#[test]
fn search_filter_and_detail_work_in_a_browser() {
    let script = "
        const rows = () => [...document.querySelectorAll('#list tbody tr')].map((r) => r.textContent);
        const search = (text) => {
            const input = document.getElementById('search');
            input.value = text;
            input.dispatchEvent(new Event('input'));
            return rows().length;
        };
        const found = { all: search(''), name: search('KEPT'), nothing: search('nowhere'), pool: search('node-a eth0') };
        search('');
        const state = document.getElementById('state');
        state.value = 'lost';
        state.dispatchEvent(new Event('change'));
        found.lost = rows().length;
        document.querySelector('#list button').click();
        found.detail = rows()[1].includes('gone a');
        found.marked = document.querySelectorAll('.box.on').length;
        document.querySelector('#list button').click();
        found.closed = rows().length;
        found.markup = document.querySelectorAll('main b').length;
        return found;";
    let Some(found) = in_browser(&different("html").stdout, script) else {
        skipped("no browser is at hand");
        return;
    };
    let expected = json!({
        "all": 2, "name": 1, "nothing": 0, "pool": 1, "lost": 1, "detail": true, "marked": 2,
        "closed": 1, "markup": 0,
    });
    assert_eq!(found, expected);
}

/// Ten thousand Services: the page as it is, with its data multiplied.
#[test]
fn ten_thousand_services_are_searched_at_once() {
    let page = same("html").stdout;
    let (head, data) = page.split_once("id=\"data\">").unwrap();
    let (data, tail) = data.split_once("</script>").unwrap();
    let mut data: Value = serde_json::from_str(data).unwrap();
    let row = data["services"][0].clone();
    let rows = (0..10_000).map(|number| {
        let mut row = row.clone();
        row[0] = format!("shop/web-{number}").into();
        row
    });
    data["services"] = rows.collect();
    let page = format!("{head}id=\"data\">{data}</script>{tail}");
    let script = "
        const input = document.getElementById('search');
        const start = performance.now();
        for (const text of ['w', 'we', 'web', 'web-9', 'web-99', 'web-999']) {
            input.value = text;
            input.dispatchEvent(new Event('input'));
        }
        const each = (performance.now() - start) / 6;
        return { each, rows: document.querySelectorAll('#list tbody tr').length };";
    let Some(found) = in_browser(&page, script) else {
        skipped("no browser is at hand");
        return;
    };
    assert_eq!(found["rows"], 11);
    // Far above what was measured: only a search that grew slow by magnitudes fails.
    assert!(found["each"].as_f64().unwrap() < 250.0, "{found}");
}
