//! `live peer` in a host, and what it observes.

use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::router::Router;
use super::support::net::{Finished, Host, Running, wait_until};
use super::support::reader::files;

/// No password, but what stands in its place here; it must be in no output.
pub(crate) const PASSWORD: &str = "not-a-real-password";

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");

/// Runs `live peer` in the host, for two seconds once the session is up.
pub(crate) fn peer(host: &Host, yaml: &str, args: &[&str]) -> Finished {
    let (running, _dir) = start(host, yaml, &[&["--for", "2s"], args].concat());
    running.finish(Duration::from_secs(60))
}

/// Starts `live peer` in the host.
pub(crate) fn start(host: &Host, yaml: &str, args: &[&str]) -> (Running, TempDir) {
    let dir = files(&[("all.yaml", yaml)]);
    let file = dir.path().join("all.yaml");
    let fixed = ["live", "peer", "--node", "node-a", "-f", file.to_str().unwrap()];
    let json = if args.contains(&"-o") { &[][..] } else { &["-o", "json"] };
    let patience = ["--connect-timeout", "5s"];
    let patience = if args.contains(&patience[0]) { &[][..] } else { &patience[..] };
    (host.start(BINARY, fixed.iter().chain(json).chain(patience).chain(args)), dir)
}

/// The one observation, and the exit status.
pub(crate) fn observed(finished: &Finished) -> (Option<i32>, Value) {
    assert_eq!(finished.stdout.lines().count(), 1, "{finished:?}");
    assert!(!format!("{finished:?}").contains(PASSWORD), "{finished:?}");
    (finished.status, serde_json::from_str(&finished.stdout).unwrap())
}

/// What was agreed on.
pub(crate) fn found<'a>(observed: &'a Value, name: &str) -> &'a str {
    let rows = observed["negotiated"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("{name}: {observed}"))["found"].as_str().unwrap()
}

/// Whether the router did not take the connection yet: some rest for a moment after
/// they start, or after a session.
fn rests(observed: &Value) -> bool {
    let reason = observed["reason"].as_str().unwrap_or_default();
    reason.contains("still rest") || reason.contains("connection rejected")
}

/// What `live peer` observes, once the router rests no more.
pub(crate) fn settled(host: &Host, yaml: &str, args: &[&str]) -> (Option<i32>, Value) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let seen = observed(&peer(host, yaml, args));
        if !rests(&seen.1) || Instant::now() > deadline {
            return seen;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// `live peer` with its routes in the router's table: so many of them.
pub(crate) fn advertising(
    host: &Host,
    yaml: &str,
    args: &[&str],
    router: &Router<'_>,
    routes: usize,
) -> (Running, TempDir) {
    let args = [&["--really-advertise", "--for", "120s"], args].concat();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (running, dir) = start(host, yaml, &args);
        let there = || router.table().len() == routes;
        let done = wait_until(Duration::from_secs(30), || running.is_over() || there());
        if done && !running.is_over() {
            return (running, dir);
        }
        assert!(
            running.is_over() && Instant::now() < deadline,
            "{}\n{:?}\n{}",
            running.said(),
            router.table(),
            router.said()
        );
        let seen = observed(&running.finish(Duration::from_secs(10))).1;
        assert!(rests(&seen), "{seen}\n{}", router.said());
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Ends it by a signal: it has sent its routes, and takes them back.
pub(crate) fn interrupt(running: Running) {
    running.signal("-TERM");
    let (status, seen) = observed(&running.finish(Duration::from_secs(20)));
    assert_eq!((status, &seen["outcome"]), (Some(0), &"interrupted".into()), "{seen}");
    assert_eq!((seen["good"].as_bool(), seen["reason"].as_str()), (Some(true), None), "{seen}");
    assert!(seen["sent"].as_array().is_some_and(|sent| !sent.is_empty()), "{seen}");
    assert_eq!(seen["withdrawn"], seen["sent"]);
}
