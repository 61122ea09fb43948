//! What of the process others might look into: its core file and its memory.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
#[cfg(target_os = "linux")]
fn the_process_leaves_no_core_file() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_metallb2cilium"))
        .args(["convert", "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let is_set = || {
        let limits = fs::read_to_string(&path).unwrap_or_default();
        let line = limits.lines().find(|line| line.starts_with("Max core file size"));
        line.is_some_and(|line| line.split_whitespace().nth(4) == Some("0"))
            && line.is_some_and(|line| line.split_whitespace().nth(5) == Some("0"))
    };
    // It waits for its input; only then is everything set.
    let begun = Instant::now();
    let mut found = is_set();
    while !found && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
        found = is_set();
    }
    child.stdin.take().unwrap().write_all(b"kind: Pod\n").unwrap();
    child.wait().unwrap();
    assert!(found, "{path}");
}
