//! A directory with MetalLB's and Cilium's configuration, and what runs a script there.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::reader::{documents, run};

const METALLB: &str = include_str!("../../testdata/sample/metallb.yaml");

/// `metallb/` and `cilium/` as a repository has them, and `bin/` for the `PATH`.
pub(crate) struct Workspace {
    dir: TempDir,
}

/// What a script left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// Cilium's side is the conversion of MetalLB's.
    pub(crate) fn same() -> Self {
        let converted = run(["convert", "--quiet"], METALLB);
        assert_eq!(converted.status, 0, "{converted:?}");
        let workspace = Self { dir: tempfile::tempdir().unwrap() };
        workspace.write("metallb/metallb.yaml", METALLB);
        workspace.write("cilium/cilium.yaml", &converted.stdout);
        fs::create_dir(workspace.path("bin")).unwrap();
        symlink(cargo_bin("metallb2cilium"), workspace.path("bin/metallb2cilium")).unwrap();
        workspace
    }

    /// One address more on Cilium's side.
    pub(crate) fn different() -> Self {
        let workspace = Self::same();
        let path = workspace.path("cilium/cilium.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("172.18.255.206"), "{text}");
        fs::write(&path, text.replace("172.18.255.206", "172.18.255.207")).unwrap();
        workspace
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A program on the `PATH` that notes its arguments in a file of its name.
    pub(crate) fn stub(&self, name: &str) {
        let path = self.path(&format!("bin/{name}"));
        let log = self.path(&format!("{name}.log"));
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{}'\n", log.display());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a program here, with nothing in its environment but this.
    pub(crate) fn run<'a>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = &'a str>,
        environment: &BTreeMap<String, String>,
    ) -> Run {
        let output = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .envs(environment)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Puts the binary where a script looks for it by another path than `PATH`.
    pub(crate) fn binary_at(&self, relative: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(cargo_bin("metallb2cilium"), path).unwrap();
    }
}

/// The YAML documents of a file of the repository.
pub(crate) fn yaml(relative: &str) -> Vec<Value> {
    documents(&text(relative))
}

/// The text of a file of the repository.
pub(crate) fn text(relative: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(relative);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
