//! Two thousand Services that lose their address for one reason.

use serde_json::Value;

use crate::resources::{NODES, cilium_pool, metallb, policy, pool, service};
use crate::support::reader::{Output, files, run};

const COUNT: usize = 2000;

fn input(count: usize) -> String {
    let mut text = NODES.to_owned();
    text.push_str(&pool("a", "10.0.0.0/16"));
    text.push_str(&metallb("L2Advertisement", "l2", "interfaces: [eth0]"));
    for number in 0..count {
        let address = format!("10.0.{}.{}", number / 250, number % 250 + 1);
        let cluster_ip = format!("10.96.{}.{}", number / 250, number % 250 + 1);
        let one = service(&format!("web-{number}"), "", "", &[&address]);
        let (before, after) = one.split_once("clusterIP: 10.96.0.").unwrap();
        let (_, after) = after.split_once(',').unwrap();
        text.push_str(&format!("{before}clusterIP: {cluster_ip},{after}"));
    }
    text
}

fn told(command: &str, format: &str, input: &str) -> Output {
    let there = cilium_pool("a", "{cidr: 10.99.0.0/16}", "")
        + &policy("interfaces: [^eth0$], loadBalancerIPs: true");
    let there = files(&[("cilium.yaml", &there)]);
    let against = ["--against", there.path().to_str().unwrap()];
    let output = run([command, "-f", "-", "-o", format].iter().chain(&against), input);
    assert_eq!(output.status, 1, "{}", output.stderr);
    output
}

/// How many differences the verdict counts.
fn counted(text: &str) -> usize {
    let (before, _) = text.split_once(" differences between").unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn what_two_thousand_services_lose_for_one_reason_is_said_once() {
    let input = input(COUNT);
    let text = told("verify", "text", &input).stdout;
    let all = counted(&text);
    assert!(all >= COUNT, "{text}");
    let line = "M2C592  2000 Services (shop/web-0, shop/web-1, shop/web-10 and 1997 more): each";
    assert!(text.contains(line), "{text}");
    assert!(text.lines().count() < 120, "{text}");
    // The example is for -v, and it is said so.
    assert!(!text.contains("kind: Service") && text.contains("-v shows an example"), "{text}");

    let html = told("verify", "html", &input).stdout;
    assert!(html.matches("class=\"difference ").count() < 20);
    assert!(html.contains("2000</dd></div>") && html.contains("that touch traffic at hand"));

    let annotations = told("verify", "github", &input).stdout;
    assert!(annotations.matches("::error ").count() <= 10, "{annotations}");
    assert!(annotations.matches("::notice ").count() <= 10, "{annotations}");

    // Programs have each of them.
    let sarif: Value = serde_json::from_str(&told("verify", "sarif", &input).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let at_hand = |one: &&Value| one["message"]["text"].as_str().unwrap().starts_with("shop/web-");
    assert_eq!(results.iter().filter(at_hand).count(), COUNT);
    let junit = told("verify", "junit", &input).stdout;
    assert!(junit.contains(&format!("tests=\"{COUNT}\" failures=\"{COUNT}\"")));
}

#[test]
fn a_comment_about_two_thousand_differences_finds_room_and_is_folded() {
    let input = input(COUNT);
    for command in ["verify", "diff"] {
        let text = told(command, "markdown", &input).stdout;
        assert!(text.len() < 65_536, "{command}: {}", text.len());
        let (open, closed) = ("<details>", "</details>");
        assert_eq!(text.matches(open).count(), text.matches(closed).count());
        assert!(counted(&text) >= COUNT);
        assert!(text.contains(" 2000 Services (shop/web-0, "), "{text}");
        // What to do is seen before anything is unfolded.
        let (before, _) = text.split_once("<summary>Services, ").unwrap();
        assert!(before.contains("- To mend it: "), "{text}");
    }
    let simulated = run(["simulate", "metallb", "-f", "-", "-o", "markdown"], &input).stdout;
    assert!(simulated.starts_with("## MetalLB ") && simulated.len() < 65_536);
    assert!(simulated.contains("<summary>2000 Services and what they get</summary>"));
    let rows = simulated.lines().filter(|line| line.starts_with("| shop/web-")).count();
    let more: usize = simulated
        .lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once(" more "))
        .map(|(count, _)| count.parse::<usize>().unwrap())
        .sum();
    // Once in the list of Services, once in that of addresses on L2.
    assert_eq!(rows + more, 2 * COUNT, "{simulated}");
}

#[test]
fn pools_that_all_lack_are_one_thing_to_read() {
    const POOLS: usize = 60;
    let mut input = NODES.to_owned();
    for number in 0..POOLS {
        input.push_str(&pool(&format!("p{number}"), &format!("10.{number}.0.0/24")));
        let wish = format!("annotations: {{metallb.io/address-pool: p{number}}}");
        let one = service(&format!("web-{number}"), &wish, "", &[&format!("10.{number}.0.1")]);
        input.push_str(&one.replace("clusterIP: 10.96.0.", &format!("clusterIP: 10.96.{number}.")));
    }
    let text = told("verify", "text", &input).stdout;
    assert!(text.lines().count() < 120, "{text}");
    let line =
        format!("M2C592  {POOLS} Services (shop/web-0, shop/web-1, shop/web-10 and 57 more):");
    assert!(text.contains(&line), "{text}");
    assert!(text.contains("with their own addresses and pools"), "{text}");
    let sarif: Value = serde_json::from_str(&told("verify", "sarif", &input).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let at_hand = |one: &&Value| one["message"]["text"].as_str().unwrap().starts_with("shop/web-");
    assert_eq!(results.iter().filter(at_hand).count(), POOLS);
}
