use super::*;
use crate::manifest::Manifests;
use crate::simulate::change::ChangeError;
use crate::simulate::decision::Engine;
use crate::simulate::events::read;

/// A controller that writes down what it is told. It refuses to go without a Secret.
#[derive(Default)]
struct Recorder(Vec<String>);

impl Controller for Recorder {
    fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        self.0.push(match change {
            Change::NodeApplied(node) => format!("Node {}", node.name),
            Change::NodeDeleted(name) => format!("Node {name} deleted"),
            Change::NodeFailed(name) => format!("Node {name} failed"),
            Change::NodeReturned(name) => format!("Node {name} returned"),
            Change::ServiceApplied(service) => format!("Service {}", service.key),
            Change::ServiceDeleted(key) => format!("Service {key} deleted"),
            Change::EndpointsChanged { service, endpoints } => {
                let addresses = endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
                let addresses: Vec<&str> = addresses.map(String::as_str).collect();
                format!("endpoints of {service}: {}", addresses.join(" "))
            }
            other => format!("{other:?}"),
        });
        Ok(())
    }

    fn configure(&mut self, _: &[Object], cluster: &Cluster, changed: bool) -> Vec<Diagnostic> {
        let nodes: Vec<&str> = cluster.nodes.iter().map(|node| node.name.as_str()).collect();
        let kind = if changed { "changed" } else { "judged" };
        self.0.push(format!("{kind} on {}", nodes.join(" ")));
        let missing = cluster.secrets.is_empty();
        let refused = || Diagnostic::error(codes::NOT_THERE, "no Secret".to_owned());
        missing.then(refused).into_iter().collect()
    }

    fn decision(&self) -> Decision {
        Decision {
            engine: Engine::Metallb,
            version: String::new(),
            config_error: None,
            deterministic: true,
            truncated: false,
            outcomes: Vec::new(),
        }
    }
}

const NODE: &str = "{apiVersion: v1, kind: Node, metadata: {name: node-a}}";
const SECRET: &str = "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: ns}}";

/// What the controller is told in these steps, and why the last one is refused.
fn told(steps: &[String]) -> (Vec<String>, Option<String>) {
    told_on(&Cluster::default(), steps)
}

fn told_on(cluster: &Cluster, steps: &[String]) -> (Vec<String>, Option<String>) {
    let file = Manifests::from_text("e.yaml", format!("steps: [{}]", steps.join(", ")));
    let mut found = Vec::new();
    let steps = read(&file.untyped[0].node, &mut found).unwrap();
    let mut recorder = Recorder::default();
    let result = replay(&[], cluster, &mut recorder, &steps, |_, _, _| {});
    (recorder.0, result.err().map(|refused| refused[0].message.clone()))
}

#[test]
fn nodes_are_told_of_and_judged_by() {
    let steps = [
        format!("{{apply: [{SECRET}, {NODE}]}}"),
        "{fail: [node-a, node-a]}".to_owned(),
        format!("{{apply: [{NODE}]}}"),
        format!("{{apply: [{}]}}", NODE.replace("node-a", "node-b")),
        "{return: [node-a], delete: [{kind: Node, name: node-b}]}".to_owned(),
        "{fail: [node-a]}".to_owned(),
        "{delete: [{kind: Node, name: node-a}]}".to_owned(),
        format!("{{apply: [{NODE}]}}"),
    ];
    let expected = [
        "Node node-a",
        "judged on node-a",
        "Node node-a failed",
        // It changes while it is away.
        "Node node-a returned",
        "Node node-a",
        "Node node-a failed",
        "judged on node-a",
        "Node node-b",
        "judged on node-a node-b",
        "Node node-b deleted",
        "judged on node-a",
        "Node node-a returned",
        "Node node-a failed",
        "Node node-a deleted",
        "judged on ",
        // It is made anew, and not away.
        "Node node-a",
        "judged on node-a",
    ];
    assert_eq!(told(&steps), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn a_secret_counts_from_when_it_comes_until_it_goes() {
    let peer = "{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: p}}";
    let come = format!("{{apply: [{SECRET}, {peer}]}}");
    let go = "{delete: [{kind: Secret, namespace: ns, name: s}]}".to_owned();
    let calls = ["changed on ", "judged on "].map(str::to_owned);
    assert_eq!(told(&[come, go]), (calls.to_vec(), Some("no Secret".to_owned())));
    let alone = told(&[format!("{{apply: [{peer}]}}")]);
    assert_eq!(alone, (calls[..1].to_vec(), Some("no Secret".to_owned())));
}

#[test]
fn the_slices_of_a_service_add_up_and_go_with_it() {
    let service = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns}}";
    let slice = |name: &str, address: &str| {
        format!(
            "{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: {name}, \
             namespace: ns, labels: {{kubernetes.io/service-name: s}}}}, addressType: IPv4, \
             endpoints: [{{addresses: [{address}]}}]}}"
        )
    };
    let (one, two) = (slice("s-1", "10.244.0.1"), slice("s-2", "10.244.0.2"));
    let steps = [
        format!("{{apply: [{service}, {one}, {two}]}}"),
        "{delete: [{kind: Service, namespace: ns, name: s}]}".to_owned(),
        format!("{{apply: [{service}, {two}]}}"),
    ];
    let expected = [
        "endpoints of ns/s: 10.244.0.1",
        "endpoints of ns/s: 10.244.0.1 10.244.0.2",
        "Service ns/s",
        "Service ns/s deleted",
        "endpoints of ns/s: 10.244.0.2",
        "Service ns/s",
    ];
    assert_eq!(told(&steps), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn only_nodes_that_are_there_fail() {
    let refused = Some("there is no Node node-a at this time".to_owned());
    assert_eq!(told(&["{fail: [node-a]}".to_owned()]), (Vec::new(), refused));
}

#[test]
fn a_configuration_is_judged_by_the_nodes_that_were_there_before() {
    let node = crate::cluster::Node { name: "old".to_owned(), ..Default::default() };
    let (secrets, _) = Cluster::read(&Manifests::from_text("s.yaml", SECRET).objects);
    let cluster = Cluster { nodes: vec![node], ..secrets };
    let steps = [format!("{{apply: [{NODE}]}}")];
    let expected = ["Node node-a", "judged on old node-a"].map(str::to_owned).to_vec();
    assert_eq!(told_on(&cluster, &steps), (expected, None));
}

#[test]
fn a_node_is_known_by_its_name_whatever_namespace_is_written() {
    let node = NODE.replace("name: node-a", "name: node-a, namespace: ns");
    let steps = [
        format!("{{apply: [{SECRET}, {node}]}}"),
        "{fail: [node-a]}".to_owned(),
        format!("{{apply: [{NODE}]}}"),
        "{delete: [{kind: Node, name: node-a}]}".to_owned(),
    ];
    assert_eq!(told(&steps).1, None);
}

#[test]
fn a_service_without_a_namespace_is_one_of_the_default_namespace() {
    let steps = [
        "{apply: [{apiVersion: v1, kind: Service, metadata: {name: s}}]}".to_owned(),
        "{delete: [{kind: Service, name: s}]}".to_owned(),
    ];
    let expected = ["Service default/s", "Service default/s deleted"].map(str::to_owned).to_vec();
    assert_eq!(told(&steps), (expected, None));
}

#[test]
fn a_namespace_that_comes_or_goes_is_told_of() {
    let steps = [
        "{apply: [{apiVersion: v1, kind: Namespace, metadata: {name: ns}}]}".to_owned(),
        "{delete: [{kind: Namespace, name: ns}]}".to_owned(),
    ];
    let (calls, refused) = told(&steps);
    assert!(calls[0].starts_with("NamespaceApplied("), "{calls:?}");
    assert_eq!(calls[1..], ["NamespaceDeleted(\"ns\")".to_owned()]);
    assert_eq!(refused, None);
}

#[test]
fn what_is_not_there_is_named() {
    let key = ServiceKey { namespace: "ns".to_owned(), name: "s".to_owned() };
    for (error, text) in [
        (ChangeError::UnknownService(key), "there is no Service ns/s"),
        (ChangeError::UnknownNode("n".to_owned()), "there is no Node n"),
        (ChangeError::UnknownNamespace("n".to_owned()), "there is no Namespace n"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
