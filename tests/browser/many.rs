//! Two thousand differences of which no two are alike: a phone has little to lay out.

use serde_json::json;

use crate::{open, samples};

#[test]
fn a_page_with_two_thousand_differences_is_quick_and_all_of_them_are_found() {
    let Some((browser, _folder)) = open(&samples::many(2000)) else { return };
    browser.resize(360, 740);
    browser.run("location.reload()");
    let loaded = "const [page] = performance.getEntriesByType('navigation');
                  return document.readyState === 'complete' ? page.loadEventStart : 0;";
    let mut taken = 0.0;
    for _ in 0..200 {
        taken = browser.run(loaded).as_f64().unwrap();
        if taken > 0.0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // What a phone, which is slower by far, still does within a few seconds.
    assert!(taken > 0.0 && taken < 3000.0, "{taken} ms");
    let cards = browser.run(
        "const all = [...document.querySelectorAll('.difference')];
         return {open: all.filter((one) => one.tagName === 'ARTICLE').length,
                 closed: all.filter((one) => one.tagName === 'DETAILS' && !one.open).length > 1900};",
    );
    assert_eq!(cards, json!({"open": 50, "closed": true}));
    // A Service leads to its card, however far down, and opens it.
    let found = browser.run(
        "const search = document.getElementById('search');
         search.value = 'shop/web-1999';
         const begun = performance.now();
         search.dispatchEvent(new Event('input'));
         const taken = performance.now() - begun;
         document.querySelector('#list button.name').click();
         const link = [...document.querySelectorAll('.links a')].at(-1);
         link.click();
         const card = document.getElementById(link.getAttribute('href').slice(1));
         return {quick: taken < 200, open: card.open,
                 about: card.querySelector('h3').textContent.includes('shop/web-1999')};",
    );
    assert_eq!(found, json!({"quick": true, "open": true, "about": true}));
    assert_eq!(browser.console(), [""; 0]);
}
