//! `live` on the link: in network namespaces, with the kernel's own stack, arping,
//! ndisc6 and tcpdump.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a helper that cannot do its work fails the test")]

use std::time::Duration;

use serde_json::Value;

mod support;

use support::net::{Finished, Host, Lan, Running, available, wait_until};
use support::reader::{files, run};

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
const TOOLS: [&str; 4] = ["ip", "arping", "ndisc6", "tcpdump"];
const V4: &str = "192.0.2.100";
const V6: &str = "2001:db8::100";

/// MetalLB with one pool of both families, announced from `node-a` alone.
const METALLB: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [192.0.2.100-192.0.2.103, '2001:db8::100-2001:db8::103']}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
spec: {nodeSelectors: [{matchLabels: {speaks: 'yes'}}]}
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
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  clusterIPs: [10.96.0.1, 'fd00::1']
  ipFamilies: [IPv4, IPv6]
  ipFamilyPolicy: RequireDualStack
  ports: [{port: 80}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.100}, {ip: '2001:db8::100'}]}}
";

/// The program in a host, with that input.
fn start(host: &Host, args: &[&str]) -> (Running, tempfile::TempDir) {
    let dir = files(&[("all.yaml", METALLB)]);
    let file = dir.path().join("all.yaml");
    let input = ["-f", file.to_str().unwrap()];
    (host.start(BINARY, ["live"].iter().chain(args).chain(&input)), dir)
}

fn live(host: &Host, args: &[&str]) -> Finished {
    let (running, _dir) = start(host, args);
    running.finish(Duration::from_secs(60))
}

/// Gives a host the Service's addresses, as somebody who answers for them.
fn answer_in(host: &Host) {
    host.ip(&format!("addr add {V4}/32 dev eth0"));
    host.ip(&format!("addr add {V6}/128 dev eth0 nodad"));
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn arping(host: &Host, args: &[&str]) -> Finished {
    host.run("arping", ["-I", "eth0"].iter().chain(args))
}

/// Whether the kernel's stack or a tool in the host is answered.
fn is_answered(host: &Host, ip: &str) -> bool {
    let finished = if ip.contains(':') {
        host.run("ndisc6", ["-1", "-q", "-r", "2", "-w", "500", ip, "eth0"])
    } else {
        arping(host, &["-c", "1", "-w", "1", ip])
    };
    finished.status == Some(0)
}

#[test]
fn a_probe_finds_who_answers_and_changes_nobodys_cache() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    let finished = live(lan.host(0), &["probe", "-o", "json"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let found = json_lines(&finished.stdout);
    let told: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| {
            let text = |value: &'static str| one[value].as_str().unwrap();
            (text("ip"), text("verdict"), one["answers"][0]["node"].as_str().unwrap())
        })
        .collect();
    assert_eq!(told, [(V4, "asExpected", "node-a"), (V6, "asExpected", "node-a")]);
    assert_eq!(found[0]["answers"][0]["mac"], lan.host(1).mac.as_str());
    assert!(found[0]["answers"][0]["milliseconds"].as_f64().unwrap() < 1000.0);
    assert_eq!(found[0]["leaders"], serde_json::json!(["node-a"]));
    let cache = lan.host(1).ip_says("-4 neigh show");
    assert!(!cache.contains("192.0.2.10 "), "the probe is in a cache: {cache}");
}

#[test]
fn a_probe_tells_conflicts_strangers_and_silence_apart() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(4);
    let verdicts = |args: &[&str]| {
        let args = [&["probe", "-o", "json", "--address", V4, "--attempts", "1"], args].concat();
        let finished = live(lan.host(0), &args);
        let found = json_lines(&finished.stdout);
        let verdict = found.first().map(|one| one["verdict"].as_str().unwrap().to_owned());
        (finished.status, verdict.unwrap_or(finished.stderr), found)
    };
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "nobodyAnswers"));
    let (status, verdict, _) = verdicts(&["--node", "node-a"]);
    assert_eq!((status, verdict.as_str()), (Some(0), "thisHost"));
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "wrongNode"));
    lan.host(1).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, found) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "conflict"));
    let mut nodes: Vec<&str> = found[0]["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["node"].as_str().unwrap())
        .collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["node-a", "node-b"]);
    for host in [1, 2] {
        lan.host(host).ip(&format!("addr del {V4}/32 dev eth0"));
    }
    lan.host(3).ip(&format!("addr add {V4}/32 dev eth0"));
    let (status, verdict, _) = verdicts(&[]);
    assert_eq!((status, verdict.as_str()), (Some(1), "stranger"));
    let mac = format!("node-a={}", lan.host(3).mac);
    let (status, verdict, _) = verdicts(&["--nodes-mac", &mac]);
    assert_eq!((status, verdict.as_str()), (Some(0), "asExpected"));
}

#[test]
fn a_probe_of_whole_pools_finds_what_is_given_to_no_service() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    lan.host(2).ip("addr add 192.0.2.103/32 dev eth0");
    let finished = live(lan.host(0), &["probe", "--all"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines.len(), 8, "{}", finished.stdout);
    assert!(lines[0].starts_with("192.0.2.100  as expected"), "{}", lines[0]);
    assert!(lines[0].contains("node-a, the leader") && lines[0].ends_with("shop/web"));
    assert!(lines[1].starts_with("192.0.2.101  nobody answers, as expected"), "{}", lines[1]);
    assert!(lines[3].starts_with("192.0.2.103  answered, but"), "{}", lines[3]);
    assert!(lines[3].contains("(node-b)"), "{}", lines[3]);
    assert!(finished.stderr.contains("8 addresses: "), "{}", finished.stderr);
}

#[test]
fn a_watching_probe_tells_what_changes() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    let args = ["probe", "--watch", "--interval", "1s", "--address", V4, "-o", "json"];
    let (running, _dir) = start(lan.host(0), &args);
    running.until_said("asExpected");
    lan.host(1).ip(&format!("addr del {V4}/32 dev eth0"));
    running.until_said("nobodyAnswers");
    lan.host(1).ip(&format!("addr add {V4}/32 dev eth0"));
    let twice = || running.said().matches("asExpected").count() == 2;
    assert!(wait_until(Duration::from_secs(30), twice), "{}", running.said());
    running.signal("-INT");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert_eq!(json_lines(&finished.stdout).len(), 3, "{}", finished.stdout);
}

/// Captures what leaves a host; how many frames there were.
struct Capture(Running);

impl Capture {
    fn start(host: &Host) -> Self {
        let args = ["-i", "eth0", "-Q", "out", "-n", "-l", "--immediate-mode"];
        let running = host.start("tcpdump", args);
        running.until_said("listening on");
        Self(running)
    }

    fn finish(self) -> String {
        std::thread::sleep(Duration::from_millis(300));
        self.0.signal("-INT");
        self.0.finish(Duration::from_secs(10)).stdout.trim().to_owned()
    }
}

/// Lets the reports of group memberships pass that every new interface sends.
fn settle() {
    std::thread::sleep(Duration::from_secs(3));
}

#[test]
fn a_watch_hears_questions_and_answers_and_sends_nothing() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    // The interface and the answering stack are those of node-a itself.
    lan.host(2).ip("link set eth0 allmulticast on");
    settle();
    let capture = Capture::start(lan.host(1));
    let (running, _dir) =
        start(lan.host(1), &["watch", "--node", "node-a", "--for", "8s", "-o", "json"]);
    running.until_said("listening on eth0");
    assert!(!is_answered(lan.host(0), V4) && !is_answered(lan.host(0), V6));
    // Somebody else says that it is there.
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    arping(lan.host(2), &["-U", "-c", "1", "-w", "1", "-s", V4, V4]);
    let finished = running.finish(Duration::from_secs(30));
    let sent = capture.finish();
    assert_eq!(sent, "", "a watch sends nothing");
    let seen = json_lines(&finished.stdout);
    let question = |ip: &str| seen.iter().find(|s| s["seen"] == "question" && s["ip"] == ip);
    for ip in [V4, V6] {
        let question = question(ip).unwrap_or_else(|| panic!("{ip}: {finished:?}"));
        assert_eq!(question["metallb"], "answer", "{question}");
        assert_eq!(question["cilium"], "answer", "{question}");
        assert_eq!(question["answers"], serde_json::json!([]));
        assert_eq!(question["asker"]["mac"], lan.host(0).mac.as_str());
    }
    let announced = seen.iter().find(|s| s["seen"] == "announcement").unwrap();
    assert_eq!(announced["mac"], lan.host(2).mac.as_str());
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("was claimed by"), "{}", finished.stderr);
}

#[test]
fn a_watch_hears_what_this_host_itself_answers() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    let (running, _dir) = start(lan.host(1), &["watch", "--node", "node-a"]);
    running.until_said("listening on eth0");
    assert!(is_answered(lan.host(0), V4) && is_answered(lan.host(0), V6));
    let both = || running.said().matches("heard: 02:00:00:00:00:01 (node-a)").count() >= 2;
    assert!(wait_until(Duration::from_secs(20), both), "{}", running.said());
    running.signal("-TERM");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("MetalLB would answer; Cilium would answer"));
}

const ANNOUNCE: [&str; 5] = ["announce", "--engine", "metallb", "--node", "node-a"];

fn really(more: &[&'static str]) -> Vec<&'static str> {
    [&ANNOUNCE[..], &["--really-answer", "--for", "40s"], more].concat()
}

#[test]
fn a_dry_announcement_says_what_it_would_send_and_sends_nothing() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    settle();
    let capture = Capture::start(lan.host(1));
    let finished = live(lan.host(1), &ANNOUNCE);
    assert_eq!(capture.finish(), "");
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let mac = &lan.host(1).mac;
    let expected = format!(
        "{V4} on eth0: would send gratuitous ARP and answer ARP requests with {mac} (shop/web)\n\
         {V6} on eth0: would send unsolicited neighbour advertisements and answer neighbour \
         solicitations with {mac} (shop/web)\n"
    );
    assert_eq!(finished.stdout, expected);
    assert!(finished.stderr.contains("nothing was sent"), "{}", finished.stderr);
}

#[test]
fn an_announcement_is_answered_for_until_a_signal_comes() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    // Entries that lead elsewhere are put right by what is announced.
    for ip in [V4, V6] {
        lan.host(2).ip(&format!("neigh replace {ip} lladdr 02:00:00:00:00:99 nud stale dev eth0"));
    }
    let (running, _dir) = start(lan.host(1), &really(&[]));
    running.until_said(&format!("announced {V6}"));
    assert!(is_answered(lan.host(0), V4), "{}", running.said());
    assert!(is_answered(lan.host(0), V6), "{}", running.said());
    // The kernel's own stack asks, too, before it sends anything there.
    for ip in [V4, V6] {
        lan.host(0).ip("neigh flush dev eth0");
        lan.host(0).run("bash", ["-c", &format!("echo > /dev/udp/{ip}/9")]);
        let resolved = format!("{ip} lladdr {}", lan.host(1).mac);
        let cache = || lan.host(0).ip_says("neigh show dev eth0").replace("dev eth0 ", "");
        let knows = || cache().contains(&resolved);
        assert!(wait_until(Duration::from_secs(10), knows), "{}", cache());
    }
    let cache = || lan.host(2).ip_says("neigh show dev eth0");
    let put_right = || cache().matches(lan.host(1).mac.as_str()).count() == 2;
    assert!(wait_until(Duration::from_secs(10), put_right), "{}", cache());
    running.signal("-TERM");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("silent: stopped by a signal"), "{}", finished.stdout);
    assert!(finished.stdout.contains(&format!("answered {} for {V4}", lan.host(0).mac)));
    assert!(!is_answered(lan.host(0), V4) && !is_answered(lan.host(0), V6));
}

#[test]
fn nothing_is_announced_where_somebody_else_has_an_address() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    for ip in [format!("{V4}/32"), format!("{V6}/128")] {
        lan.host(2).ip(&format!("addr add {ip} dev eth0"));
        std::thread::sleep(Duration::from_millis(200));
        let capture = Capture::start(lan.host(1));
        let finished = live(lan.host(1), &really(&["-o", "json"]));
        assert_eq!(finished.status, Some(1), "{finished:?}");
        let told = json_lines(&finished.stdout);
        assert_eq!(told.len(), 1, "{}", finished.stdout);
        assert_eq!((&told[0]["event"], &told[0]["reason"]), (&"silent".into(), &"taken".into()));
        assert_eq!(told[0]["by"], lan.host(2).mac.as_str());
        let sent = capture.finish();
        assert!(!sent.contains("advertisement") && !sent.contains("is-at"), "{sent}");
        lan.host(2).ip(&format!("addr del {ip} dev eth0"));
    }
}

#[test]
fn it_falls_silent_at_a_conflict_a_lost_link_and_when_time_is_over() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    let (running, _dir) = start(lan.host(1), &really(&["--take-over"]));
    running.until_said(&format!("announced {V4}"));
    lan.host(2).ip(&format!("addr add {V4}/32 dev eth0"));
    arping(lan.host(2), &["-U", "-c", "1", "-w", "1", "-s", V4, V4]);
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let claims = format!("silent: {} claims {V4}, too", lan.host(2).mac);
    assert!(finished.stdout.contains(&claims), "{}", finished.stdout);
    lan.host(2).ip(&format!("addr del {V4}/32 dev eth0"));

    let (running, _dir) = start(lan.host(1), &really(&["--take-over"]));
    running.until_said(&format!("announced {V4}"));
    lan.host(1).ip("link set eth0 down");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("the link of eth0 is lost"), "{}", finished.stdout);
    lan.host(1).ip("link set eth0 up");
    std::thread::sleep(Duration::from_millis(500));

    let short = [&ANNOUNCE[..], &["--really-answer", "--take-over", "--for", "2s"]].concat();
    let finished = live(lan.host(1), &[&short[..], &["--address", V4]].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("silent: the time is over"), "{}", finished.stdout);
    assert!(!finished.stdout.contains(V6), "{}", finished.stdout);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_remedy() {
    let dir = files(&[("all.yaml", METALLB)]);
    let file = dir.path().join("all.yaml");
    let input = ["-f", file.to_str().unwrap(), "--error-format", "json"];
    let refused = |args: &[&str]| {
        let output = run(["live"].iter().chain(args).chain(&input), "");
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        output.stderr
    };
    for (args, code, help) in [
        (&["probe", "--node", "node-c"][..], "M2C705", "did you mean node-b?"),
        (&["watch"], "M2C705", "name one with --node: node-a, node-b"),
        (&["probe", "--interface", "nowhere"], "M2C702", "the interfaces here are: "),
        (&["probe", "--address", "203.0.113.1"], "M2C702", "--interface"),
        (&["probe", "--nodes-mac", "node-c=02:00:00:00:00:01"], "M2C705", "node-b"),
        (&["announce", "--engine", "metallb", "--node", "node-b"], "M2C706", "simulate"),
    ] {
        let said = refused(args);
        assert!(said.contains(code) && said.contains(help), "{args:?}: {said}");
    }
    // Arguments that do not go together.
    for args in [
        &["announce", "--engine", "metallb", "--really-answer"][..],
        &["announce", "--engine", "metallb", "--take-over", "--for", "1s"],
        &["probe", "--all", "--address", V4],
        &["probe", "--rate", "0"],
    ] {
        let said = refused(args);
        assert!(said.contains("'--help'"), "{args:?}: {said}");
    }
}

#[test]
fn input_that_says_nothing_of_the_link_is_refused() {
    let pool = METALLB.split("---").next().unwrap();
    let args = ["live", "probe", "--error-format", "json"];
    let output = run(args, pool);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("M2C706"), "{}", output.stderr);
    let annotated = METALLB
        .replace("{name: node-a,", "{name: node-a, annotations: {metallb2cilium.io/macs: eth0},")
        + "\n";
    let output = run(args.iter().chain(&["--interface", "lo"]), &annotated);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("M2C707"), "{}", output.stderr);
}

#[test]
fn without_the_capability_one_line_says_so() {
    if !available(&["ip", "setpriv"]) {
        return;
    }
    let lan = Lan::new(1);
    let dir = files(&[("all.yaml", METALLB)]);
    let file = dir.path().join("all.yaml");
    let args = [
        "--bounding-set",
        "-net_raw",
        "--inh-caps",
        "-net_raw",
        BINARY,
        "live",
        "probe",
        "--error-format",
        "json",
    ];
    let finished = lan.host(0).run("setpriv", args.iter().chain(&["-f", file.to_str().unwrap()]));
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(2), ""), "{finished:?}");
    assert!(finished.stderr.contains("M2C701"), "{}", finished.stderr);
    assert!(finished.stderr.contains("setcap cap_net_raw+ep"), "{}", finished.stderr);
}
