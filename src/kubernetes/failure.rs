//! What went wrong between here and the API server, in words that show no secret.

use std::error::Error;

use kube::client::AuthError;
use kube::config::KubeconfigError;

/// An error with its causes. What a credential plugin printed, and what a kubeconfig
/// holds, is left out: both may be a token.
pub fn words(error: &(dyn Error + 'static)) -> String {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(words) = withheld(error) {
            return words;
        }
        cause = error.source();
    }
    chain(error)
}

/// The words for an error whose own may hold a secret.
fn withheld(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<AuthError>() {
        return Some(match error {
            AuthError::AuthExecRun { out, .. } => format!(
                "the credential plugin of the kubeconfig failed ({}); what it printed is not \
                 shown, since it may hold a token",
                out.status
            ),
            AuthError::AuthExecParse(_) => {
                "the credential plugin of the kubeconfig printed no ExecCredential".to_owned()
            }
            AuthError::AuthExecStart(reason) => {
                format!("the credential plugin of the kubeconfig cannot be run: {reason}")
            }
            AuthError::ParseTokenKey(_) => {
                "the credential plugin of the kubeconfig printed no token".to_owned()
            }
            _ => return None,
        });
    }
    match error.downcast_ref::<KubeconfigError>() {
        Some(KubeconfigError::Parse(_)) => {
            Some("the kubeconfig cannot be parsed: `kubectl config view` says where".to_owned())
        }
        _ => None,
    }
}

/// What the TLS library says, and what that means here.
const CERTIFICATES: [(&str, &str); 3] = [
    (
        "UnknownIssuer",
        "the certificate of the API server is signed by no authority that the kubeconfig names \
         (certificate-authority)",
    ),
    ("certificate expired", "the certificate of the API server has expired"),
    (
        "certificate not valid for name",
        "the certificate of the API server is for another name than that of the kubeconfig",
    ),
];

fn chain(error: &(dyn Error + 'static)) -> String {
    let text = texts(error);
    let known = CERTIFICATES.iter().find(|(said, _)| text.contains(said));
    known.map_or(text, |(_, words)| (*words).to_owned())
}

fn texts(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}
