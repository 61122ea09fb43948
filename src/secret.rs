//! Texts that must never reach a log, a diagnostic or a report, and how they are found.

pub(crate) mod keys;
mod kinds;
mod quotes;
pub(crate) mod scan;
mod words;

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroize as _;

/// A text that is never shown: neither `Debug` nor `Display` reveals it. Its memory is
/// overwritten when it is dropped.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct SecretString(String);

impl SecretString {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that must use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Drop for SecretString {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«redacted»")
    }
}

/// What `Debug` shows of a text that may hold secrets: its length.
pub(crate) struct Hidden<'a>(pub(crate) &'a str);

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "«{} bytes»", self.0.len())
    }
}

#[cfg(test)]
mod tests;
