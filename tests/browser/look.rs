//! How every page opens: in three sizes, both themes, without its script, and on paper.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::{open, page, samples};

/// The narrowest that WCAG 2.2 asks for (criterion 1.4.10), a phone, a tablet, a desk.
const SIZES: &[(u32, u32)] = &[(320, 640), (360, 740), (820, 1100), (1440, 900)];

/// What is wrong with the page that is open, as far as a program sees it.
const FAULTS: &str = r#"
    const faults = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the screen");
    if (all("h1").length !== 1) faults.push("not one h1");
    let last = 0;
    for (const heading of all("h1, h2, h3, h4")) {
        const level = Number(heading.tagName[1]);
        if (level > last + 1) faults.push(`${heading.textContent} skips a level`);
        last = level;
    }
    const ids = all("[id]").map((one) => one.id);
    if (new Set(ids).size !== ids.length) faults.push("an id twice");
    for (const link of all("a[href^='#']")) {
        if (!document.getElementById(link.getAttribute("href").slice(1))) faults.push(link.outerHTML);
    }
    for (const table of all("table")) {
        if (!table.caption) faults.push("a table without a caption");
        for (const head of table.querySelectorAll("th")) {
            if (!head.scope) faults.push("a header without a scope");
        }
    }
    for (const one of all("[tabindex='0'], button, input, select, svg").filter((one) => one.checkVisibility())) {
        const name = one.getAttribute("aria-label") || one.textContent || one.closest("label")?.textContent;
        if (!name?.trim()) faults.push(`no name: ${one.outerHTML.slice(0, 200)}`);
    }
    for (const text of all("svg .label, svg .below")) {
        const box = text.parentElement.querySelector("rect").getBBox();
        const own = text.getBBox();
        if (own.x + own.width > box.x + box.width) faults.push(`out of its box: ${text.textContent}`);
    }
    const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    if (hidden.test(document.body.innerText)) faults.push("hidden characters");
    if (all("main b, main script").length) faults.push("markup of the input");
    return faults;
"#;

fn keep(browser: &Browser, name: &str) {
    if let Some(folder) = std::env::var_os("SCREENSHOTS") {
        let path = PathBuf::from(folder).join(format!("{name}.png"));
        fs::write(path, browser.screenshot()).unwrap();
    }
}

#[test]
fn every_page_opens_without_a_fault_in_every_size_and_theme() {
    let Some(browser) = Browser::open() else { return };
    for (name, html) in samples::every_kind() {
        assert!(!html.contains("hunter2"), "{name} shows a password");
        let (_folder, path) = page(&html);
        for dark in [false, true] {
            browser.dark(dark);
            for (width, height) in SIZES {
                browser.resize(*width, *height);
                browser.visit(&path);
                let theme = if dark { "dark" } else { "light" };
                assert_eq!(browser.console(), [""; 0], "{name}");
                assert_eq!(browser.run(FAULTS), json!([]), "{name} {width} {theme}");
                keep(&browser, &format!("{name}-{width}-{theme}"));
            }
        }
    }
}

#[test]
fn the_theme_follows_the_system() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    let background = || browser.run("return getComputedStyle(document.body).backgroundColor");
    browser.dark(false);
    assert_eq!(background(), "rgb(246, 247, 249)");
    browser.dark(true);
    assert_eq!(background(), "rgb(17, 20, 23)");
}

#[test]
fn without_its_script_a_page_shows_every_service_and_way() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&samples::different());
    browser.scripts(false);
    browser.visit(&path);
    let seen = browser.run(
        "const seen = (one) => one.checkVisibility();
         const tables = [...document.querySelectorAll('noscript table')].filter(seen);
         return {rows: tables.map((one) => one.tBodies[0].rows.length),
                 form: seen(document.getElementById('filter')), svg: document.querySelectorAll('svg').length,
                 buttons: [...document.querySelectorAll('button, [role=button]')].filter(seen).length};",
    );
    assert_eq!(seen, json!({"rows": [5, 3], "form": false, "svg": 2, "buttons": 0}));
}

#[test]
fn a_page_can_be_printed_with_everything_open() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    browser.run("document.querySelectorAll('details').forEach((one) => one.open = false)");
    let pdf = browser.print();
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000, "{} bytes", pdf.len());
    let open: Value =
        browser.run("return [...document.querySelectorAll('details')].every((one) => one.open)");
    assert_eq!(open, true);
    assert_eq!(browser.console(), [""; 0]);
}
