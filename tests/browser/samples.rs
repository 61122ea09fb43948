//! Pages of each kind, as the program writes them.

use crate::support::reader::{Output, files, run};

/// Four nodes in two racks, a pool that is told to two peers and one that is announced on
/// a link, and a password.
pub(crate) fn cluster() -> String {
    let mut text = METALLB.to_owned();
    for (number, name) in ["node-a", "node-b", "node-c", "node-d"].into_iter().enumerate() {
        text.push_str(&node(name, number / 2));
    }
    for (number, name) in ["web", "api", "auth"].into_iter().enumerate() {
        text.push_str(&service(name, number, &format!("203.0.113.{}", 10 + 70 * number), ""));
    }
    for (number, name) in ["mail", "\"<b>\\\"'&\\e[31m\\u202e</script>\""].into_iter().enumerate() {
        let address = format!("10.20.0.{}", number + 1);
        text.push_str(&service(name, number + 3, &address, INTERNAL));
    }
    text
}

const INTERNAL: &str = "annotations: {metallb.universe.tf/address-pool: internal}";

const METALLB: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: public, namespace: metallb-system}
spec: {addresses: [203.0.113.0/24, 198.18.0.0/16]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: internal, namespace: metallb-system}
spec: {addresses: [10.20.0.0/16], autoAssign: false}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: internal, namespace: metallb-system}
spec: {ipAddressPools: [internal], interfaces: [eth1]}
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: {name: public, namespace: metallb-system}
spec: {ipAddressPools: [public], communities: ['64512:100']}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor-1, namespace: metallb-system}
spec: {myASN: 64512, peerASN: 64512, peerAddress: 192.0.2.11, holdTime: 90s, password: hunter2-secret}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: tor-2, namespace: metallb-system}
spec: {myASN: 64512, peerASN: 64512, peerAddress: 192.0.2.12, holdTime: 90s}
";

fn node(name: &str, rack: usize) -> String {
    format!(
        "---
apiVersion: v1
kind: Node
metadata:
  name: {name}
  labels: {{kubernetes.io/hostname: {name}, rack: r{rack}}}
  annotations: {{metallb2cilium.io/interfaces: 'eth0,eth1'}}
"
    )
}

fn service(name: &str, number: usize, address: &str, metadata: &str) -> String {
    let cluster_ip =
        format!("10.{}.{}.{}", 96 + number / 62_500, number / 250 % 250, number % 250 + 1);
    let slice = format!("slice-{number}");
    format!(
        "---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop, {metadata}}}
spec: {{type: LoadBalancer, clusterIP: {cluster_ip}, ports: [{{port: 80}}]}}
status: {{loadBalancer: {{ingress: [{{ip: {address}}}]}}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {slice}, namespace: shop, labels: {{kubernetes.io/service-name: {name}}}}}
addressType: IPv4
endpoints: [{{addresses: [10.244.0.1], conditions: {{ready: true}}, nodeName: node-a}}]
"
    )
}

/// What the program writes; it must not be refused.
fn written(args: &[&str], input: &str) -> Output {
    let output = run(args, input);
    assert!(output.status < 2, "{args:?}: {}", output.stderr);
    output
}

/// Cilium's resources with four slips: an address range, a community, the nodes of a
/// policy, and a peer.
pub(crate) fn slips() -> String {
    let converted = written(&["convert", "-f", "-"], &cluster()).stdout;
    let mut text = converted;
    for (right, wrong) in [
        ("cidr: 203.0.113.0/24", "cidr: 203.0.113.0/25"),
        ("- 64512:100", "- 64512:200"),
        (
            "operator: DoesNotExist\n  interfaces",
            "operator: DoesNotExist\n    - {key: rack, operator: In, values: [r0]}\n  interfaces",
        ),
        (
            "    - name: tor-2\n      peerAddress: \"192.0.2.12\"\n      peerASN: 64512\n      \
             peerConfigRef:\n        name: tor-2\n",
            "",
        ),
    ] {
        assert!(text.contains(right), "{right} in {text}");
        text = text.replace(right, wrong);
    }
    text
}

/// The verdict on the slips.
pub(crate) fn different() -> String {
    let there = files(&[("cilium.yaml", &slips())]);
    let path = there.path().to_str().unwrap();
    written(&["verify", "-f", "-", "--against", path, "-o", "html"], &cluster()).stdout
}

/// A page of each kind with its name.
pub(crate) fn every_kind() -> Vec<(&'static str, String)> {
    let page = |args: &[&str]| written(&[args, &["-o", "html"]].concat(), &cluster()).stdout;
    let events = files(&[(
        "events.yaml",
        "steps:\n- {name: node-a fails, delete: [{kind: Node, name: node-a}]}\n",
    )]);
    let events = events.path().join("events.yaml");
    let scarce = cluster().replace("10.20.0.0/16", "10.20.0.1/32");
    let plan = ["plan", "-f", "testdata/cutover", "-o", "html"];
    vec![
        ("verify-different", different()),
        ("verify-same", page(&["verify", "-f", "-"])),
        ("plan", written(&plan, "").stdout),
        ("simulate-metallb", page(&["simulate", "metallb", "-f", "-"])),
        (
            "simulate-scarce",
            written(&["simulate", "metallb", "-f", "-", "-o", "html"], &scarce).stdout,
        ),
        (
            "simulate-events",
            page(&["simulate", "metallb", "-f", "-", "--events", events.to_str().unwrap()]),
        ),
        ("simulate-explain", page(&["simulate", "metallb", "-f", "-", "--explain", "shop/web"])),
    ]
}

/// The simulation of ten thousand Services.
pub(crate) fn large() -> String {
    let mut input = METALLB.to_owned();
    for number in 0..24 {
        input.push_str(&node(&format!("node-{number:02}"), number % 4));
    }
    input.push_str(&node("node-a", 0));
    for number in 0..10_000 {
        let name = format!("web-{number}");
        let (high, low) = (number / 250, number % 250 + 1);
        input.push_str(&if number < 6000 {
            service(&name, number, &format!("198.18.{high}.{low}"), "")
        } else {
            service(&name, number, &format!("10.20.{high}.{low}"), INTERNAL)
        });
    }
    written(&["simulate", "metallb", "-f", "-", "-o", "html"], &input).stdout
}

/// The verdict on so many Services that nobody answers for any more, each of them on
/// other interfaces before.
pub(crate) fn many(count: usize) -> String {
    let links = 0..11;
    let names: Vec<String> = links.clone().map(|link| format!("eth{link}")).collect();
    let node = node("node-a", 0);
    let (before, after) = node.split_once("metallb2cilium.io/interfaces: '").unwrap();
    let (_, after) = after.split_once('\'').unwrap();
    let mut input = format!("{before}metallb2cilium.io/interfaces: '{}'{after}", names.join(","));
    input.push_str(
        "---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: all, namespace: metallb-system}
spec: {addresses: [10.30.0.0/16]}
",
    );
    for (link, name) in links.clone().zip(&names) {
        input.push_str(&format!(
            "---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {{name: {name}, namespace: metallb-system}}
spec: {{interfaces: [{name}], serviceSelectors: [{{matchLabels: {{on-{link}: 'yes'}}}}]}}
"
        ));
    }
    for number in 0..count {
        let address = format!("10.30.{}.{}", number / 250, number % 250 + 1);
        let on = links.clone().filter(|link| (number + 1) >> link & 1 == 1);
        let labels: Vec<String> = on.map(|link| format!("on-{link}: 'yes'")).collect();
        let labels = format!("labels: {{{}}}", labels.join(", "));
        input.push_str(&service(&format!("web-{number}"), number, &address, &labels));
    }
    let there = files(&[("cilium.yaml", SILENT)]);
    let path = there.path().to_str().unwrap();
    written(&["verify", "-f", "-", "--against", path, "-o", "html"], &input).stdout
}

const SILENT: &str = "
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: all}
spec: {blocks: [{cidr: 10.30.0.0/16}]}
";
