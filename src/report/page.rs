//! A verdict as text for people, line by line.

use super::paint::{Tone, paint};
use super::{Style, escape, fold, wrap};

/// The widest a verdict gets.
const WIDTH: usize = 80;

/// A page that is filled line by line, each within the width and without control
/// characters of the input.
pub(super) struct Page<'s> {
    text: String,
    /// How it looks.
    pub(super) style: &'s Style,
}

impl<'s> Page<'s> {
    /// A page that begins with the verdict, whose first word says it all.
    pub(super) fn new(verdict: &str, word: &str, tone: Tone, style: &'s Style) -> Self {
        let mut page = Self { text: String::new(), style };
        page.line(verdict, "");
        if let Some(rest) = page.text.strip_prefix(word) {
            page.text = format!("{}{rest}", paint(word, tone, style));
        }
        page
    }

    /// A paragraph; `indent` stands before each of its lines but the first.
    pub(super) fn line(&mut self, line: &str, indent: &str) {
        let visible = escape::visible(line, self.style.unicode).replace('\n', " ");
        let width = self.style.width.clamp(40, WIDTH);
        self.text.push_str(&wrap::indented(&visible, width, indent));
        self.text.push('\n');
    }

    /// YAML, which is meant to be copied: only between the parts of a list or mapping on
    /// one line it may be broken.
    pub(super) fn yaml(&mut self, text: &str, indent: &str) {
        let width = self.style.width.clamp(40, WIDTH).saturating_sub(indent.len());
        for line in text.lines() {
            for part in fold::flow(line, width) {
                let visible = escape::visible(&part, self.style.unicode);
                self.text.push_str(&format!("{indent}{visible}\n"));
            }
        }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// What it says so far; it goes on empty.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The whole text.
    pub(super) fn text(self) -> String {
        self.text
    }
}
