//! Runs the built binary and reads what it wrote.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use serde::Deserialize as _;
use serde_json::Value;
use tempfile::TempDir;

/// A run that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit status; a run that a signal ended fails the test.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the binary with that text on its standard input.
pub(crate) fn run(args: impl IntoIterator<Item = impl AsRef<OsStr>>, stdin: &str) -> Output {
    run_command(Command::cargo_bin(env!("CARGO_PKG_NAME")).unwrap().args(args), stdin)
}

/// Runs the binary in that directory.
pub(crate) fn run_in(
    dir: impl AsRef<Path>,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stdin: &str,
) -> Output {
    let mut command = Command::cargo_bin(env!("CARGO_PKG_NAME")).unwrap();
    run_command(command.current_dir(dir.as_ref()).args(args), stdin)
}

/// Runs the binary with those variables in its environment.
pub(crate) fn run_with(
    environment: &[(&str, &str)],
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stdin: &str,
) -> Output {
    let mut command = Command::cargo_bin(env!("CARGO_PKG_NAME")).unwrap();
    run_command(command.envs(environment.iter().copied()).args(args), stdin)
}

fn run_command(command: &mut Command, stdin: &str) -> Output {
    // What a developer has set must not change what the tests see.
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "KUBECONFIG", "NO_COLOR", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    let output = command.timeout(TIME_LIMIT).write_stdin(stdin).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let status = output.status.code().unwrap_or_else(|| panic!("{}: {stderr}", output.status));
    Output { status, stdout, stderr }
}

/// A temporary directory with those files, each a relative path and its text.
pub(crate) fn files(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The documents of a YAML stream, but for the empty ones.
pub(crate) fn documents(yaml: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(yaml)
        .map(|document| Value::deserialize(document).unwrap_or_else(|error| panic!("{error}")))
        .filter(|document| !document.is_null())
        .collect()
}
