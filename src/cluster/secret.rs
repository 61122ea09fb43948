//! Secrets: values that must never reach a log, a diagnostic or a report.

use std::collections::BTreeMap;
use std::fmt;

/// A text that is never shown: neither `Debug` nor `Display` reveals it.
#[derive(Clone, Default, PartialEq, Eq)]
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

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«redacted»")
    }
}

/// A Kubernetes Secret as far as BGP passwords need it.
#[derive(Debug, Clone, Default)]
pub struct Secret {
    /// `type`, such as `kubernetes.io/basic-auth`; empty where absent.
    pub secret_type: String,
    /// `data`, decoded, and `stringData`; values that are not UTF-8 are left out.
    pub data: BTreeMap<String, SecretString>,
}
