//! Names, labels and annotations of the input are text in every format of every command:
//! they drive no terminal, become no markup, and start no workflow command.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use serde_json::Value;
use support::reader::{documents, files, run};

/// What somebody might call a thing, as double-quoted YAML takes it.
const NAMES: &[&str] = &[
    r"\e[31m\e]0;owned\a\u202egnp\u009b2J\x00\x7f",
    r"<img src=x onerror=alert(1)></script><script>alert(2)</script>]]>--><!--&lt;",
    r"'&quot;\x22 onmouseover=\x22alert(3)",
    r"a|b `code` [link](javascript:alert) ![pic](https://evil.example/x.png) #1 <u>",
    r"@octocat https://evil.example/",
    r"\n::error file=x::owned%0A::stop-commands::t\r\n::set-output name=a::b",
    r"\n```\n# heading\n- [ ] item\n| a | b |\n",
    r"$(touch owned) `touch owned` ; touch owned # '",
];

/// A Service, a Node, a pool and an advertisement with that name wherever a text may
/// stand, and a slip of Cilium's, so that there is something to say.
fn input(name: &str) -> String {
    format!(
        "apiVersion: v1
kind: Node
metadata:
  name: \"n{name}\"
  labels: {{\"l\": \"{name}\"}}
  annotations: {{metallb2cilium.io/interfaces: \"eth0,{name}\"}}
---
apiVersion: v1
kind: Node
metadata: {{name: node-b, annotations: {{metallb2cilium.io/interfaces: eth0}}}}
---
apiVersion: v1
kind: Service
metadata:
  name: \"s{name}\"
  namespace: \"x{name}\"
  labels: {{\"l\": \"{name}\"}}
  annotations: {{\"a\": \"{name}\", metallb.io/allow-shared-ip: \"{name}\"}}
spec: {{type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{{port: 80, name: \"p{name}\"}}]}}
status: {{loadBalancer: {{ingress: [{{ip: 10.0.0.200}}]}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: second, namespace: \"x{name}\", annotations: {{metallb.universe.tf/address-pool: \"{name}\"}}}}
spec: {{type: LoadBalancer, clusterIP: 10.96.0.2, ports: [{{port: 80}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: e, namespace: \"x{name}\", labels: {{kubernetes.io/service-name: \"s{name}\"}}}}
addressType: IPv4
endpoints: [{{addresses: [10.244.0.1], conditions: {{ready: true}}, nodeName: \"n{name}\"}}]
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {{name: \"{POOL}\", namespace: m}}
spec: {{addresses: [10.0.0.0/24], serviceAllocation: {{priority: 7, namespaces: [\"x{name}\"]}}}}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {{name: l2, namespace: m}}
spec: {{interfaces: [eth0]}}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {{name: bgp, namespace: m}}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {{name: tor, namespace: m}}
spec: {{myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, password: hunter2-secret}}
"
    )
}

const POOL: &str = "pool";

/// What is wrong with a text in a format.
type Fault = fn(&str) -> Option<String>;

/// What drives a terminal, or hides what stands around it.
fn unsafe_characters(text: &str) -> Option<String> {
    let hidden = ['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}'];
    text.chars()
        .find(|c| *c != '\n' && (c.is_control() || hidden.contains(c)))
        .map(|c| format!("{c:?}"))
}

/// A line that a runner of GitHub's would take for a command.
fn workflow_commands(text: &str) -> Option<String> {
    text.lines().find(|line| line.trim_start().starts_with("::")).map(str::to_owned)
}

fn plain(text: &str) -> Option<String> {
    workflow_commands(text)
}

fn yaml(text: &str) -> Option<String> {
    documents(text);
    workflow_commands(text)
}

fn json(text: &str) -> Option<String> {
    let bad = |line: &str| serde_json::from_str::<Value>(line).is_err();
    if bad(text) && text.lines().any(bad) {
        return Some("no JSON".to_owned());
    }
    workflow_commands(text)
}

fn github(text: &str) -> Option<String> {
    let own = ["::error ", "::warning ", "::notice "];
    let is_own = |line: &&str| own.iter().any(|start| line.starts_with(start));
    let fault = text.lines().find(|line| {
        // Whatever ends the properties early would be taken for a message.
        let properties = line.split("::").nth(1).unwrap_or_default();
        !is_own(line)
            || !(properties.contains("title=M2C") || properties.contains("title=metallb2cilium"))
    });
    fault.map(str::to_owned)
}

fn html(text: &str) -> Option<String> {
    let page = ["<img", "onerror=alert(1)>", "<u>", "<!--", "href=\"java"];
    let found = page.iter().find(|one| text.contains(**one));
    let scripts = text.matches("<script").count();
    // `</script>` ends a script wherever it stands.
    let even = scripts == text.matches("</script").count() && matches!(scripts, 0 | 2);
    // Within the data of the script the quote has its backslash.
    let text = text.replace("\\\" onmouseover", "");
    let quoted = text.contains("\" onmouseover").then_some(&"an attribute");
    found.or(quoted).map(ToString::to_string).or((!even).then(|| "a script".to_owned()))
}

/// Outside blocks of code, which show what they hold as it is.
fn markdown(text: &str) -> Option<String> {
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let start = line.trim_start();
        let ticks: String = start.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if start == open => fence = None,
            Some(_) => continue,
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                let never = [
                    "<img", "<script", "<u>", "@octocat", "://evil", "[link](", "![pic]", " `code`",
                ];
                if let Some(found) = never.iter().find(|one| line.contains(**one)) {
                    return Some(format!("{found}: {line}"));
                }
                if start == "# heading" || start.starts_with("- [ ] item") {
                    return Some(line.to_owned());
                }
            }
        }
    }
    fence.map(|_| "a block that does not end".to_owned()).or_else(|| workflow_commands(text))
}

fn xml(text: &str) -> Option<String> {
    let never = ["<img", "<script", "<u>", "]]>", "<!--"];
    never.iter().find(|one| text.contains(**one)).map(ToString::to_string)
}

/// Every format of every command, and how it is looked at.
const OUTPUTS: &[(&[&str], Fault)] = &[
    (&["convert"], yaml),
    (&["convert", "-o", "json"], json),
    (&["convert", "--emit", "services"], yaml),
    (&["convert", "--emit", "admission-policy", "--kubernetes-version", "1.34"], yaml),
    (&["simulate", "metallb"], plain),
    (&["simulate", "metallb", "-o", "json"], json),
    (&["simulate", "metallb", "-o", "yaml"], yaml),
    (&["simulate", "metallb", "-o", "html"], html),
    (&["simulate", "metallb", "-o", "markdown"], markdown),
    (&["verify"], plain),
    (&["verify", "-o", "json"], json),
    (&["verify", "-o", "markdown"], markdown),
    (&["verify", "-o", "html"], html),
    (&["verify", "-o", "sarif"], json),
    (&["verify", "-o", "junit"], xml),
    (&["verify", "-o", "github"], github),
    (&["diff"], plain),
    (&["diff", "-o", "json"], json),
    (&["diff", "-o", "markdown"], markdown),
    (&["diff", "-o", "sarif"], json),
    (&["diff", "-o", "junit"], xml),
    (&["diff", "-o", "github"], github),
    (&["check"], plain),
    (&["check", "-o", "json"], json),
    (&["check", "-o", "markdown"], markdown),
    (&["check", "-o", "sarif"], json),
    (&["check", "-o", "junit"], xml),
    (&["check", "-o", "github"], github),
    (&["plan"], markdown),
    (&["plan", "-o", "json"], json),
    (&["plan", "-o", "html"], html),
    (&["snapshot"], yaml),
];

const ERRORS: &[(&str, Fault)] =
    &[("human", plain), ("json", json), ("github", github), ("sarif", json)];

#[test]
fn names_of_the_input_are_text_in_every_format_of_every_command() {
    let slip = files(&[(
        "cilium.yaml",
        "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: a}\nspec: \
         {blocks: [{cidr: 10.0.0.0/25}], allowFirstLastIPs: \"Yes\"}\n",
    )]);
    let slip = slip.path().to_str().unwrap();
    let (mut faults, mut written) = (Vec::new(), std::collections::BTreeSet::new());
    for (number, name) in NAMES.iter().enumerate() {
        let file = format!("{number}::error,x%0A.yaml");
        let folder = files(&[(&file, &input(name))]);
        let path = folder.path().join(&file);
        for (at, (command, of_output)) in OUTPUTS.iter().enumerate() {
            // Every format of what is said, in turn.
            let (format, of_errors) = ERRORS[at % ERRORS.len()];
            let mut args = command.to_vec();
            args.extend(["-f", path.to_str().unwrap(), "--error-format", format]);
            if matches!(command[0], "verify" | "diff") {
                args.extend(["--against", slip]);
            }
            if command[0] == "plan" {
                args.extend(["--accept", "M2C502", "--accept", "M2C592"]);
            }
            let output = run(&args, "");
            if !output.stdout.is_empty() {
                written.insert((number, at));
            }
            for (stream, text, fault) in
                [("stdout", &output.stdout, of_output), ("stderr", &output.stderr, &of_errors)]
            {
                let found =
                    unsafe_characters(text).or_else(|| fault(text).filter(|_| !text.is_empty()));
                if let Some(fault) = found {
                    faults.push(format!("{command:?} {format} {stream} {name:?}: {fault}"));
                }
                // A conversion writes the Secret, but in base64; nobody else says it.
                if text.contains("hunter2") {
                    faults.push(format!("{command:?} {stream}: a password"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(written.len(), NAMES.len() * OUTPUTS.len(), "some wrote nothing: {written:?}");
}
