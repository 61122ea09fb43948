//! The line that says what is being done: on a terminal only, from a second on, and gone
//! before anything else is there.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// Longer than nothing is said.
const SLOW: &str = "sleep 1.5; cat testdata/sample/metallb.yaml";

/// What is said while nothing has come.
const READING: &str = "reading standard input: 0.0 MiB, 1 s";

fn shell(command: &str) -> String {
    command.replace("m2c", assert_cmd::cargo::cargo_bin!("metallb2cilium").to_str().unwrap())
}

/// What a command line shows on a terminal of its own, whose keys are pressed later.
fn on_terminal(
    command: &str,
    variables: &[(&str, &str)],
    keys: Option<(Duration, &[u8])>,
) -> Output {
    // Of a test that runs in the background the interrupt may be ignored.
    let mut script = Command::new("env")
        .args(["--default-signal=INT", "script"])
        .args(["--quiet", "--return", "--command", &shell(command), "/dev/null"])
        .env_remove("NO_COLOR")
        .env_remove("LC_ALL")
        .envs([("TERM", "xterm"), ("LANG", "C.UTF-8"), ("SHELL", "/bin/sh")])
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some((after, keys)) = keys {
        thread::sleep(after);
        script.stdin.as_mut().unwrap().write_all(keys).unwrap();
    }
    // The terminal stays until the command ends.
    let stdin = script.stdin.take();
    let output = script.wait_with_output().unwrap();
    drop(stdin);
    output
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn what_is_awaited_is_said_after_a_second_and_is_gone_before_the_rest() {
    for (variables, wheel, ascii) in
        [(&[][..], "⠏", false), (&[("LANG", "C"), ("NO_COLOR", "1")], "|", true)]
    {
        let output = on_terminal(&format!("({SLOW}) | m2c convert"), variables, None);
        let shown = text(&output);
        assert!(output.status.success(), "{shown}");
        let (line, rest) = shown.rsplit_once("\r\x1b[K").unwrap();
        assert!(line.contains(READING) && line.contains("\x1b[K\r"), "{shown}");
        assert_eq!(shown.is_ascii(), ascii, "{shown}");
        assert!(ascii || line.chars().any(|c| ('⠀'..='⣿').contains(&c)), "{wheel}: {shown}");
        assert!(rest.starts_with("---\r\n") || rest.starts_with("apiVersion"), "{rest}");
        assert!(rest.contains("note[") || rest.contains("M2C"), "{rest}");
    }
}

#[test]
fn nothing_is_said_of_what_is_done_at_once_or_where_nobody_looks() {
    let fast = "cat testdata/sample/metallb.yaml | m2c convert".to_owned();
    let slow = |options: &str| format!("({SLOW}) | m2c convert {options}");
    let dumb = &[("TERM", "dumb")][..];
    for (command, variables) in [
        (fast, &[][..]),
        (slow("--quiet"), &[]),
        (slow("--error-format json"), &[]),
        (slow("2>/dev/null"), &[]),
        (slow(""), dumb),
    ] {
        let shown = text(&on_terminal(&command, variables, None));
        assert!(shown.contains("apiVersion"), "{command}: {shown}");
        assert!(!shown.contains("reading") && !shown.contains("\x1b[K"), "{command}: {shown}");
    }
    let piped = Command::new("sh")
        .args(["-c", &shell(&slow(""))])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(piped.stderr).unwrap();
    assert!(said.contains("M2C301") && !said.contains(['\r', '\x1b']), "{said}");
}

#[test]
fn an_interrupt_takes_the_line_along() {
    let keys = Some((Duration::from_millis(1800), &b"\x03"[..]));
    let output = on_terminal("sleep 20 | m2c convert", &[], keys);
    let shown = text(&output);
    assert!(shown.contains(READING), "{shown}");
    assert_eq!(shown.rsplit_once("\x1b[K").unwrap().1.trim(), "", "{shown}");
    assert_eq!(output.status.code(), Some(130), "{shown}");
}
