//! Versions of Kubernetes, as far as MutatingAdmissionPolicy goes.

use std::fmt;
use std::str::FromStr;

/// A version of Kubernetes, without its patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubernetesVersion {
    minor: u16,
}

/// How an API server has MutatingAdmissionPolicy (KEP-3962).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// From which minor version on.
    from: u16,
    /// `apiVersion` of the policy and its binding.
    pub api_version: &'static str,
    /// Whether it is there without being switched on.
    pub by_default: bool,
}

/// By minor version, the newest first.
const SERVED: [Served; 3] = [
    Served { from: 36, api_version: "admissionregistration.k8s.io/v1", by_default: true },
    Served { from: 34, api_version: "admissionregistration.k8s.io/v1beta1", by_default: false },
    Served { from: 32, api_version: "admissionregistration.k8s.io/v1alpha1", by_default: false },
];

impl KubernetesVersion {
    /// How it has MutatingAdmissionPolicy; `None` before the first version that does.
    pub fn served(self) -> Option<Served> {
        SERVED.into_iter().find(|served| served.from <= self.minor)
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// A text that is no version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoVersion(String);

impl fmt::Display for NoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no version of Kubernetes: write 1.34, or what `kubectl version` says",
            self.0
        )
    }
}

impl std::error::Error for NoVersion {}

impl FromStr for KubernetesVersion {
    type Err = NoVersion;

    /// Reads `1.34`, `v1.34.2` and what distributions append (`1.34.2+k3s1`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoVersion(text.to_owned());
        let rest = text.strip_prefix('v').unwrap_or(text);
        let rest = rest.strip_prefix("1.").ok_or_else(wrong)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (minor, behind) = rest.split_at(digits);
        let patch = behind.trim_start_matches(['.', '+', '-']);
        let complete = behind.is_empty()
            || behind.starts_with(['.', '+', '-'])
                && patch.starts_with(|c: char| c.is_ascii_alphanumeric());
        match minor.parse() {
            Ok(minor) if complete => Ok(Self { minor }),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_api_version() {
        for (text, api) in [
            ("1.31", None),
            ("1.32", Some(("v1alpha1", false))),
            ("v1.33.9", Some(("v1alpha1", false))),
            ("1.34.2+k3s1", Some(("v1beta1", false))),
            ("v1.35.1-gke.100", Some(("v1beta1", false))),
            ("1.36", Some(("v1", true))),
            ("1.40", Some(("v1", true))),
        ] {
            let version: KubernetesVersion = text.parse().unwrap();
            assert_eq!(version.to_string(), text.trim_start_matches('v')[..4]);
            let served = version.served();
            let served =
                served.map(|one| (one.api_version.rsplit_once('/').unwrap().1, one.by_default));
            assert_eq!(served, api, "{text}");
        }
        for text in ["", "1", "1.", "2.0", "1.x", "1.34x", "latest", "1.34.", "1.99999"] {
            let refused = text.parse::<KubernetesVersion>().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("`{text}` is no version of ")), "{refused}");
        }
    }
}
