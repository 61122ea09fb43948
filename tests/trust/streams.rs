//! Standard output that takes nothing: every command, in every format.

use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::commands::{COMMANDS, Run};
use crate::secrets::BASE;

fn input() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in BASE {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The exit status and what is said.
fn run(dir: &TempDir, run: &Run, stdout: Stdio) -> (Option<i32>, String) {
    fs::remove_dir_all(dir.path().join("out")).ok();
    fs::remove_file(dir.path().join("out.yaml")).ok();
    let mut command = Command::new(env!("CARGO_BIN_EXE_metallb2cilium"));
    command.args(run.args).args(["-f", "in", "-q"]).current_dir(dir.path());
    let output = command.stdin(Stdio::null()).stdout(stdout).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The commands that print something.
fn printing(dir: &TempDir) -> Vec<&'static Run> {
    let prints = |one: &&Run| {
        let file = tempfile::NamedTempFile::new().unwrap();
        run(dir, one, file.reopen().unwrap().into());
        file.path().metadata().unwrap().len() > 0
    };
    let all: Vec<&Run> = COMMANDS.iter().filter(prints).collect();
    assert!(all.len() * 3 > COMMANDS.len() * 2, "{all:?}");
    all
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_device_is_an_error_of_every_command() {
    let dir = input();
    for one in printing(&dir) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (status, said) = run(&dir, one, full.into());
        assert_eq!(status, Some(2), "{:?}: {said}", one.args);
        assert!(said.contains("cannot write to standard output"), "{:?}: {said}", one.args);
    }
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let dir = input();
    for one in printing(&dir) {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let (status, said) = run(&dir, one, writer.into());
        assert!(matches!(status, Some(0 | 1)), "{:?}: {status:?} {said}", one.args);
        let loud =
            ["panicked", "roken pipe", "cannot write"].iter().any(|word| said.contains(word));
        assert!(!loud, "{:?}: {said}", one.args);
    }
}
