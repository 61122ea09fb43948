//! A Service is followed through both halves of the picture.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::{open, samples};

/// What is marked on each side: boxes by their first line.
fn marked(browser: &Browser) -> Value {
    browser.run(
        "return [...document.querySelectorAll('svg')].map((svg) => [
            svg.classList.contains('following'),
            [...svg.querySelectorAll('.box.on .label')].map((one) => one.textContent).sort(),
            svg.querySelectorAll('.tie.on').length]);",
    )
}

fn nothing() -> Value {
    json!([[false, [], 0], [false, [], 0]])
}

/// The two Services of the public pool that keep their address: two peers before, one after.
fn public() -> Value {
    json!([
        [true, ["2 Services", "peer tor-1", "peer tor-2", "public"], 3],
        [true, ["2 Services", "peer tor-1", "public"], 2],
    ])
}

#[test]
fn tapping_a_service_follows_it_and_tapping_again_ends_that() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    assert_eq!(marked(&browser), nothing());
    browser.click("svg [data-box='1']");
    assert_eq!(marked(&browser), public());
    let told = browser.run("return document.getElementById('followed').innerText");
    let told = told.as_str().unwrap();
    assert!(told.contains("Cilium: pool public, peer tor-1"), "{told}");
    browser.click("svg [data-box='1']");
    browser.run("document.querySelector('h1').dispatchEvent(new MouseEvent('mouseenter'))");
    assert_eq!(browser.run("return document.getElementById('followed').innerText"), "");
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn pointing_at_a_service_and_the_keyboard_follow_it_too() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    let send = |kind: &str| {
        browser.run(&format!(
            "document.querySelector(\"svg [data-box='1']\").dispatchEvent(new MouseEvent('{kind}'))"
        ));
    };
    send("mouseenter");
    assert_eq!(marked(&browser), public());
    send("mouseleave");
    assert_eq!(marked(&browser), nothing());
    browser.run("document.querySelector(\"svg [data-box='1']\").focus()");
    assert_eq!(marked(&browser), public());
    browser.press("\u{e007}");
    browser.run("document.activeElement.blur()");
    assert_eq!(marked(&browser), public(), "it stays");
    let pressed =
        "return document.querySelector(\"svg [data-box='1']\").getAttribute('aria-pressed')";
    assert_eq!(browser.run(pressed), "true");
}

#[test]
fn a_pool_or_a_peer_is_followed_to_what_is_tied_to_it() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    // The boxes are found by what they are called for who does not see them.
    let chosen = |name: &str| {
        browser.run(&format!(
            "document.querySelector(\"svg [data-end][aria-label='Follow {name}']\")
                 .setAttribute('id', 'chosen')"
        ));
    };
    chosen("peer tor-2");
    browser.click("#chosen");
    // After the conversion nobody leads to it.
    let followed = marked(&browser);
    let boxes = followed[0][1].as_array().unwrap();
    assert!(boxes.contains(&json!("peer tor-2")) && boxes.contains(&json!("public")), "{followed}");
    assert!(!boxes.contains(&json!("peer tor-1")), "{followed}");
    assert_eq!(followed[1], json!([true, [], 0]));
    let told = browser.run("return document.getElementById('followed').innerText");
    let told = told.as_str().unwrap();
    assert!(told.starts_with("peer tor-2") && told.contains("Cilium: nothing"), "{told}");
    let pressed = "return document.getElementById('chosen').getAttribute('aria-pressed')";
    assert_eq!(browser.run(pressed), "true");

    // Who ends that is where they were.
    browser.run("[...document.querySelectorAll('#followed button')].at(-1).focus()");
    browser.press("\u{e007}");
    assert_eq!(browser.run("return document.activeElement.id"), "chosen");
    assert_eq!(marked(&browser), nothing());
    assert_eq!(browser.run(pressed), "false");

    // By the keyboard, too.
    browser.press("\u{e007}");
    assert_eq!(marked(&browser), followed);
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn the_keyboard_reaches_everything() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    browser.press("\u{e004}");
    assert_eq!(browser.run("return document.activeElement.className"), "skip");
    browser.press("\u{e007}");
    assert_eq!(browser.run("return document.activeElement.id"), "main");
    let mut met = std::collections::BTreeSet::new();
    for _ in 0..120 {
        browser.press("\u{e004}");
        let now = browser.run(
            "const one = document.activeElement;
             return one.dataset.box ? 'box' : one.dataset.end ? 'end' : one.id || one.className.baseVal || one.className || one.tagName",
        );
        met.insert(now.as_str().unwrap().to_owned());
    }
    for wanted in ["box", "end", "scroll", "search", "only", "name", "SUMMARY", "excerpt"] {
        assert!(met.contains(wanted), "{wanted} in {met:?}");
    }
}

#[test]
fn a_service_of_the_list_says_how_it_is_served_and_is_followed() {
    let Some((browser, _folder)) = open(&samples::different()) else { return };
    browser.type_into("#search", "shop/web");
    browser.click("#list button");
    let detail = browser.run("return document.querySelector('#list .detail-row').innerText");
    for said in ["gone\u{20}node-a to tor-2: IPv4 /32", "M2C594"] {
        assert!(detail.as_str().unwrap().contains(said), "{said} in {detail}");
    }
    assert_eq!(marked(&browser), public());
    browser.click("#list button");
    assert_eq!(browser.run("return document.querySelectorAll('.detail-row').length"), 0);
    browser.run("document.querySelector(\"svg [data-box='1']\").scrollIntoView()");
    browser.click("svg [data-box='1']");
    browser.click("#followed button");
    assert_eq!(
        browser.run("return document.getElementById('boxed').innerText"),
        "Only 2 Services: shop/api, …"
    );
}
