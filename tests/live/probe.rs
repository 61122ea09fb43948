//! `live probe`: who answers is found, and nobody is disturbed.

use std::time::Duration;

use super::hosts::{BINARY, TOOLS, V4, V6, answer_in, json_lines, live, metallb, start};
use super::support::net::{Lan, available, wait_until};
use super::support::reader::files;

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
    // Whose address is named is asked for others all the same.
    lan.host(3).ip(&format!("addr del {V4}/32 dev eth0"));
    lan.host(1).ip(&format!("addr add {V4}/32 dev eth0"));
    lan.host(0).ip("neigh flush all");
    let (status, verdict, _) = verdicts(&["--nodes-mac", "node-a=02:00:00:00:01:01"]);
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

#[test]
fn what_a_probe_has_found_is_told_when_it_is_ended() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    // Nobody answers for three of the four, and that takes minutes.
    let args = |format: &'static str| {
        ["probe", "--all", "--family", "ipv4", "--attempts", "100", "--rate", "20", "-o", format]
    };
    let found = || std::thread::sleep(Duration::from_secs(6));
    for (signal, format) in [("-TERM", "json"), ("-INT", "text"), ("-HUP", "json")] {
        let (running, _dir) = start(lan.host(0), &args(format));
        found();
        running.signal(signal);
        let finished = running.finish(Duration::from_secs(10));
        assert_eq!(finished.status, Some(1), "{finished:?}");
        assert_eq!(finished.stdout.lines().count(), 1, "{finished:?}");
        assert!(finished.stdout.contains(V4), "{finished:?}");
        let said = "interrupted in round 1 after 1 of 4 addresses";
        assert!(finished.stderr.contains(said), "{finished:?}");
    }
    let (running, _dir) = start(lan.host(0), &args("json"));
    found();
    lan.host(0).ip("link set eth0 down");
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_eq!(json_lines(&finished.stdout)[0]["verdict"], "asExpected");
    let said = "the link of eth0 is lost in round 1 after 1 of 4 addresses";
    assert!(finished.stderr.contains(said), "{finished:?}");
}

#[test]
fn each_address_is_asked_for_on_its_own_link() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    // A second link of the asking host, with another subnet of the pool.
    lan.host(0).ip("addr del 192.0.2.10/24 dev eth0");
    lan.host(0).ip("addr add 192.0.2.10/25 dev eth0");
    lan.host(0).ip("link add eth1 address 02:00:00:00:01:10 type veth peer name far");
    lan.host(0).ip("addr add 192.0.2.200/26 dev eth1");
    lan.host(0).ip("link set eth1 up");
    lan.host(0).ip("link set far up");
    let probe = |input: &str, args: &[&str]| {
        let dir = files(&[("all.yaml", input)]);
        let file = dir.path().join("all.yaml").display().to_string();
        let fixed = ["live", "probe", "--attempts", "1", "-f", &file];
        lan.host(0).run(BINARY, fixed.iter().chain(args))
    };
    let both = metallb().replace(
        "192.0.2.100-192.0.2.103",
        "192.0.2.100-192.0.2.101, 192.0.2.210/32, 203.0.113.1/32",
    );
    let v4 = ["--pool", "pool", "--family", "ipv4"];
    let finished = probe(&both, &[&v4[..], &["-o", "json"]].concat());
    let seen: Vec<(String, String, String)> = json_lines(&finished.stdout)
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            (text("ip"), text("interface"), text("verdict"))
        })
        .collect();
    let expected = [
        ("192.0.2.100", "eth0", "asExpected"),
        ("192.0.2.101", "eth0", "free"),
        ("192.0.2.210", "eth1", "free"),
        ("203.0.113.1", "eth0, eth1", "notAsked"),
    ];
    let expected = expected.map(|(ip, on, verdict)| (ip.into(), on.into(), verdict.into()));
    assert_eq!((finished.status, seen), (Some(0), expected.to_vec()), "{finished:?}");
    // On one of the two the others are not asked for, and not missed.
    let finished = probe(&both, &["--interface", "eth1", "--pool", "pool", "--family", "ipv4"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let not_asked = finished.stdout.matches("not asked: not on this link").count();
    assert_eq!((not_asked, finished.stdout.lines().count()), (3, 4), "{}", finished.stdout);
    // What this host has itself it cannot ask for.
    lan.host(0).ip("addr add 192.0.2.101/32 dev eth0");
    let finished = probe(&both, &["--address", "192.0.2.101"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("192.0.2.101  this host's own"), "{}", finished.stdout);
    assert!(finished.stderr.contains("1 address: "), "{}", finished.stderr);
}

#[test]
fn what_this_host_has_and_another_answers_for_is_a_conflict() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    answer_in(lan.host(0));
    let probe = |format: &str| live(lan.host(0), &["probe", "--attempts", "1", "-o", format]);
    let finished = probe("json");
    assert_eq!(finished.status, Some(1), "{finished:?}");
    for one in json_lines(&finished.stdout) {
        assert_eq!((&one["verdict"], &one["good"]), (&"conflict".into(), &false.into()), "{one}");
        assert_eq!(one["answers"][0]["node"], "node-a");
        let own = serde_json::json!({"interface": "eth0", "mac": lan.host(0).mac});
        assert_eq!(one["own"], own);
    }
    let text = probe("text").stdout;
    let both = format!("{} (this host: eth0 has it)", lan.host(0).mac);
    assert_eq!(text.matches(&both).count(), 2, "{text}");
    assert_eq!(text.matches("(node-a, the leader)").count(), 2, "{text}");
    // On another interface, where the kernel is told to be silent about it.
    lan.host(0).ip(&format!("addr del {V4}/32 dev eth0"));
    lan.host(0).ip(&format!("addr add {V4}/32 dev lo"));
    let verdict = || {
        let args = ["probe", "--attempts", "1", "-o", "json", "--address", V4];
        json_lines(&live(lan.host(0), &args).stdout)[0]["verdict"].clone()
    };
    assert_eq!(verdict(), "conflict");
    lan.host(0).run("sysctl", ["-qw", "net.ipv4.conf.all.arp_ignore=1"]);
    assert_eq!(verdict(), "asExpected");
}

#[test]
fn a_pool_that_is_too_large_does_not_keep_from_asking_for_the_others() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(2);
    answer_in(lan.host(1));
    let large = format!(
        "{}---\napiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n\
         metadata: {{name: large, namespace: metallb-system}}\n\
         spec: {{addresses: ['2001:db8:1::/64']}}\n",
        metallb()
    );
    let dir = files(&[("all.yaml", &large)]);
    let file = dir.path().join("all.yaml").display().to_string();
    let probe = |args: &[&str]| {
        let fixed = ["live", "probe", "--attempts", "1", "-f", &file];
        lan.host(0).run(BINARY, fixed.iter().chain(args))
    };
    let refused = probe(&["--all"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    for part in ["M2C706", "the pool large has 18446744073709551616", "--pool NAME", "--family"] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    for (args, lines) in [(&["--all", "--family", "ipv4"][..], 4), (&["--pool", "pool"], 8)] {
        let finished = probe(args);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        assert_eq!(finished.stdout.lines().count(), lines, "{}", finished.stdout);
    }
    let refused = probe(&["--pool", "largo"]);
    assert!(refused.stderr.contains("did you mean large?"), "{}", refused.stderr);
}

#[test]
fn a_candidate_that_answers_for_the_leader_is_told_with_it() {
    if !available(&TOOLS) {
        return;
    }
    let lan = Lan::new(3);
    let input = metallb().replace("speaks: 'no'", "speaks: 'yes'");
    let dir = files(&[("all.yaml", &input)]);
    let file = dir.path().join("all.yaml").display().to_string();
    let probe = || {
        let args = ["live", "probe", "--attempts", "1", "--family", "ipv4", "-f", &file];
        lan.host(0).run(BINARY, args).stdout
    };
    let mut told = Vec::new();
    for host in [1, 2] {
        lan.host(host).ip(&format!("addr add {V4}/32 dev eth0"));
        told.push(probe());
        lan.host(host).ip(&format!("addr del {V4}/32 dev eth0"));
    }
    told.sort();
    let leads = told.iter().position(|text| text.contains(", the leader)")).unwrap();
    let leader = if told[leads].contains("(node-a") { "node-a" } else { "node-b" };
    let other = &told[1 - leads];
    assert!(other.contains(&format!(", not the leader: that is {leader})")), "{told:?}");
}

#[test]
fn what_is_told_on_a_terminal_stays_within_it() {
    if !available(&[&TOOLS[..], &["script", "stty"]].concat()) {
        return;
    }
    let lan = Lan::new(3);
    answer_in(lan.host(1));
    let input = files(&[("all.yaml", &metallb())]);
    let file = input.path().join("all.yaml");
    let command = |output: &str| {
        let file = file.display();
        format!("stty cols 80; {BINARY} live probe -q --address {V6} -f {file} -o {output}")
    };
    let lines = |output: &str| -> Vec<String> {
        let shown = lan.host(0).run("script", ["-qec", &command(output), "/dev/null"]);
        assert_eq!(shown.status, Some(0), "{shown:?}");
        shown.stdout.lines().map(str::to_owned).collect()
    };
    let text = lines("text");
    assert!(text.len() > 1, "it is longer than 80 columns: {text:?}");
    assert!(text.iter().all(|line| line.chars().count() <= 80), "{text:?}");
    assert!(text[1].starts_with("  "), "{text:?}");
    assert_eq!(lines("json").len(), 1, "for programs it stays one line");
}
