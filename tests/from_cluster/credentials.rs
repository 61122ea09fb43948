//! TLS, client certificates, tokens in files and credential plugins.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::api_server::Server;
use super::support::reader::Output;

/// What no output may show.
const TOKEN: &str = "not-a-real-token-of-the-plugin";

/// A certificate authority of the test's own.
struct Authority {
    pem: String,
    der: rustls::pki_types::CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Self { pem, der, issuer: Issuer::new(params, key) }
    }

    /// A certificate and its key.
    fn sign(
        &self,
        purpose: ExtendedKeyUsagePurpose,
        expired: bool,
    ) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        if expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server with such a certificate, which asks for a client's where `mutual` says so.
    fn server(&self, expired: bool, mutual: bool) -> Arc<ServerConfig> {
        let (certificate, key) = self.sign(ExtendedKeyUsagePurpose::ServerAuth, expired);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if mutual {
            let mut roots = RootCertStore::empty();
            roots.add(self.der.clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }
}

fn file(directory: &TempDir, name: &str, text: &str) -> String {
    let path = directory.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn program(directory: &TempDir, text: &str) -> String {
    let path = file(directory, "plugin", text);
    fs::set_permissions(Path::new(&path), fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A server that asks for a token, over TLS.
fn with_user(user: &Value) -> Server {
    let authority = Authority::new("one");
    let directory = tempfile::tempdir().unwrap();
    let ca = file(&directory, "ca.pem", &authority.pem);
    let cluster = json!({"certificate-authority": ca});
    let tls = Some(authority.server(false, false));
    let server = Server::with_tls(Server::sample_objects(), tls, &cluster, user);
    server.state.lock().unwrap().token = Some(TOKEN.to_owned());
    // The kubeconfig names the file.
    std::mem::forget(directory);
    server
}

fn refused(output: &Output, words: &[&str]) {
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{}", output.stderr);
    assert_eq!(output.stderr.matches("M2C133").count(), 1, "{}", output.stderr);
    let said = output.stderr.split_whitespace().filter(|word| *word != "│");
    let said = said.collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(TOKEN), "{said}");
    assert!(said.len() < 600, "{said}");
}

#[test]
fn a_server_and_its_client_know_each_other_by_certificates() {
    let authority = Authority::new("one");
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = authority.sign(ExtendedKeyUsagePurpose::ClientAuth, false);
    let cluster = json!({"certificate-authority": file(&directory, "ca.pem", &authority.pem)});
    let user = json!({
        "client-certificate": file(&directory, "me.pem", &certificate.pem()),
        "client-key": file(&directory, "me.key", &key.serialize_pem()),
    });
    let tls = Some(authority.server(false, true));
    let server = Server::with_tls(Server::sample_objects(), tls.clone(), &cluster, &user);
    let output = server.run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(output.stdout, Server::sample().run(&["convert"]).stdout);
    // Nobody.
    let server = Server::with_tls(Server::sample_objects(), tls.clone(), &cluster, &json!({}));
    refused(&server.run(&["convert"]), &["services"]);
    // Somebody whose certificate has expired.
    let (certificate, key) = authority.sign(ExtendedKeyUsagePurpose::ClientAuth, true);
    let user = json!({
        "client-certificate": file(&directory, "old.pem", &certificate.pem()),
        "client-key": file(&directory, "old.key", &key.serialize_pem()),
    });
    let server = Server::with_tls(Server::sample_objects(), tls, &cluster, &user);
    refused(&server.run(&["convert"]), &["services"]);
}

#[test]
fn a_server_that_is_not_known_is_not_spoken_with() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let directory = tempfile::tempdir().unwrap();
    let own = json!({"certificate-authority": file(&directory, "ca.pem", &authority.pem)});
    let others = json!({"certificate-authority": file(&directory, "other.pem", &other.pem)});
    for (cluster, expired, reason) in
        [(&others, false, "no authority that the kubeconfig names"), (&own, true, "has expired")]
    {
        let tls = Some(authority.server(expired, false));
        let user = json!({"token": TOKEN});
        let server = Server::with_tls(Server::sample_objects(), tls, cluster, &user);
        refused(&server.run(&["convert"]), &["certificate", reason]);
    }
}

#[test]
fn a_token_comes_from_a_file_or_a_plugin() {
    let directory = tempfile::tempdir().unwrap();
    let user = json!({"tokenFile": file(&directory, "token", TOKEN)});
    let output = with_user(&user).run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let answer = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": TOKEN},
    });
    let plugin = |text: &str| {
        json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": program(&directory, text), "interactiveMode": "Never",
        }})
    };
    let output = with_user(&plugin(&format!("#!/bin/sh\necho '{answer}'\n"))).run(&["convert"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    // One that fails, or prints something else, may have printed the token.
    for (text, word) in [
        (format!("#!/bin/sh\necho '{TOKEN}'\necho '{TOKEN}' >&2\nexit 3\n"), "status: 3"),
        (format!("#!/bin/sh\necho 'token {TOKEN}: ['\n"), "no ExecCredential"),
        ("#!/no/such/interpreter\n".to_owned(), "cannot be run"),
    ] {
        refused(&with_user(&plugin(&text)).run(&["convert"]), &["credential plugin", word]);
    }
}

#[test]
fn a_token_that_is_wrong_is_not_shown() {
    let server = with_user(&json!({"token": "another"}));
    let output = server.run(&["convert"]);
    refused(&output, &["does not know you"]);
    assert!(!output.stderr.contains("another"), "{}", output.stderr);
}

#[test]
fn a_kubeconfig_that_cannot_be_read_is_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "config", &format!("users: [{{token: {TOKEN}\n  x: }}: ]\n"));
    let args = ["convert", "--from-cluster", "--kubeconfig", &path];
    refused(&super::support::reader::run(args, ""), &["kubeconfig"]);
}
