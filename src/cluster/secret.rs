//! Secrets: values that must never reach a log, a diagnostic or a report.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::manifest::{Origin, Span};
use crate::secret::SecretString;

/// A value of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretValue {
    /// A text that can be used.
    Text(SecretString),
    /// What stands under `data` is no base64: the API server refuses the Secret.
    NotBase64,
    /// Bytes that are not UTF-8, as keys and archives are.
    Binary,
    /// A tool for secrets in a repository has encrypted it (SOPS: `ENC[…]`).
    Encrypted,
}

impl SecretValue {
    /// A value of `stringData`.
    pub fn from_clear(text: String) -> Self {
        if text.starts_with("ENC[") && text.ends_with(']') {
            Self::Encrypted
        } else {
            Self::Text(SecretString::new(text))
        }
    }

    /// A value of `data`; Kubernetes takes base64 with line breaks in it.
    pub fn from_base64(text: &str) -> Self {
        if let encrypted @ Self::Encrypted = Self::from_clear(text.to_owned()) {
            return encrypted;
        }
        let compact: String = text.split_ascii_whitespace().collect();
        match BASE64.decode(compact).map(String::from_utf8) {
            Ok(Ok(text)) => Self::Text(SecretString::new(text)),
            Ok(Err(_)) => Self::Binary,
            Err(_) => Self::NotBase64,
        }
    }
}

/// A Kubernetes Secret as far as BGP passwords need it.
#[derive(Debug, Clone, Default)]
pub struct Secret {
    /// `type`, such as `kubernetes.io/basic-auth`; empty where absent.
    pub secret_type: String,
    /// `data` and `stringData`, which wins.
    pub data: BTreeMap<String, SecretValue>,
    /// Where it stands.
    pub origin: Origin,
}

impl Secret {
    /// The text under a key; `None` where there is none that can be used.
    pub fn text(&self, key: &str) -> Option<&SecretString> {
        match self.data.get(key)? {
            SecretValue::Text(text) => Some(text),
            SecretValue::NotBase64 | SecretValue::Binary | SecretValue::Encrypted => None,
        }
    }

    /// Where the value of a key stands.
    pub fn span(&self, key: &str) -> Option<Span> {
        let span = |map: &str| self.origin.span(&format!("{map}[\"{key}\"]"));
        // Where it is not, the nearest is more than the value.
        ["data", "stringData"].into_iter().filter_map(span).min_by_key(|s| s.end - s.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_as_the_api_server_takes_them() {
        let text = |text: &str| SecretValue::Text(SecretString::new(text));
        for (written, value) in [
            ("c2VjcmV0", text("secret")),
            ("c2Vj\ncmV0\n", text("secret")),
            ("", text("")),
            ("c2VjcmV0!", SecretValue::NotBase64),
            ("${PASSWORD}", SecretValue::NotBase64),
            ("/w==", SecretValue::Binary),
            ("ENC[AES256_GCM,data:x,type:str]", SecretValue::Encrypted),
        ] {
            assert_eq!(SecretValue::from_base64(written), value, "{written}");
        }
        assert_eq!(SecretValue::from_clear("c2Vj!".to_owned()), text("c2Vj!"));
        let sops = "ENC[AES256_GCM,data:x,type:str]".to_owned();
        assert_eq!(SecretValue::from_clear(sops), SecretValue::Encrypted);
    }
}
