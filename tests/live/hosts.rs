//! What the hosts of a test do: the program, tools and the kernel's stack in them, and
//! what leaves them.

use std::time::Duration;

use serde_json::Value;

use super::support::input::DUAL_STACK;
use super::support::net::{Finished, Host, Running};
use super::support::reader::files;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
pub(crate) const TOOLS: [&str; 4] = ["ip", "arping", "ndisc6", "tcpdump"];
pub(crate) const V4: &str = "192.0.2.100";
pub(crate) const V6: &str = "2001:db8::100";

const NODES: &str = "
---
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {speaks: 'yes'}}
status: {addresses: [{type: InternalIP, address: 192.0.2.11}]}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {speaks: 'no'}}
status: {addresses: [{type: InternalIP, address: 192.0.2.12}]}
";

/// MetalLB with one pool of both families, announced from `node-a` alone.
pub(crate) fn metallb() -> String {
    format!("{DUAL_STACK}{NODES}")
}

/// The program in a host, with that input.
pub(crate) fn start(host: &Host, args: &[&str]) -> (Running, tempfile::TempDir) {
    let dir = files(&[("all.yaml", &metallb())]);
    let file = dir.path().join("all.yaml");
    let input = ["-f", file.to_str().unwrap()];
    (host.start(BINARY, ["live"].iter().chain(args).chain(&input)), dir)
}

pub(crate) fn live(host: &Host, args: &[&str]) -> Finished {
    let (running, _dir) = start(host, args);
    running.finish(Duration::from_secs(60))
}

/// Gives a host the Service's addresses, as somebody who answers for them.
pub(crate) fn answer_in(host: &Host) {
    host.ip(&format!("addr add {V4}/32 dev eth0"));
    host.ip(&format!("addr add {V6}/128 dev eth0 nodad"));
}

pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn arping(host: &Host, args: &[&str]) -> Finished {
    host.run("arping", ["-I", "eth0"].iter().chain(args))
}

/// Whether the kernel's stack or a tool in the host is answered.
pub(crate) fn is_answered(host: &Host, ip: &str) -> bool {
    let finished = if ip.contains(':') {
        host.run("ndisc6", ["-1", "-q", "-r", "2", "-w", "500", ip, "eth0"])
    } else {
        arping(host, &["-c", "1", "-w", "1", ip])
    };
    finished.status == Some(0)
}

/// Captures what leaves a host; how many frames there were.
pub(crate) struct Capture(Running);

impl Capture {
    pub(crate) fn start(host: &Host) -> Self {
        let args = ["-i", "eth0", "-Q", "out", "-n", "-l", "--immediate-mode"];
        let running = host.start("tcpdump", args);
        running.until_said("listening on");
        Self(running)
    }

    pub(crate) fn finish(self) -> String {
        std::thread::sleep(Duration::from_millis(300));
        self.0.signal("-INT");
        self.0.finish(Duration::from_secs(10)).stdout.trim().to_owned()
    }
}

/// Lets the reports of group memberships pass that every new interface sends.
pub(crate) fn settle() {
    std::thread::sleep(Duration::from_secs(3));
}
