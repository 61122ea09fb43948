//! Pages in a real browser: Chromium, driven by its chromedriver.
//!
//! Where neither is at hand the tests say that they did not run; under REQUIRE_BROWSER
//! they fail. With SCREENSHOTS=DIR every page is kept in DIR as a picture, in three sizes
//! and both themes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod driver;
mod follow;
mod look;
mod many;
mod samples;
mod search;

use driver::Browser;
use support::reader::files;
use tempfile::TempDir;

/// A page on the disk.
fn page(html: &str) -> (TempDir, std::path::PathBuf) {
    let folder = files(&[("page.html", html)]);
    let path = folder.path().join("page.html");
    (folder, path)
}

/// A browser that shows a page.
fn open(html: &str) -> Option<(Browser, TempDir)> {
    let browser = Browser::open()?;
    let (folder, path) = page(html);
    browser.resize(1440, 900);
    browser.visit(&path);
    Some((browser, folder))
}
