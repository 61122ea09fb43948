//! Cluster objects from manifests.
//!
//! These objects may be newer than we are: unknown fields are passed over. A
//! field that is needed and has the wrong type is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{
    Cluster, Endpoint, INTERFACES_ANNOTATION, IpFamilyPolicy, Namespace, Node, Secret, SecretValue,
    Service, ServiceKey, ServicePort, ServiceType, TrafficPolicy,
};
use crate::diagnostic::Diagnostic;
use crate::ip::{self, Family};
use crate::manifest::{self, Mode, Object, Origin};

/// The label by which an EndpointSlice names its Service.
const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";

impl Cluster {
    /// Takes what the controllers look at from the objects; other kinds are
    /// passed over.
    pub fn read(objects: &[Object]) -> (Self, Vec<Diagnostic>) {
        let mut cluster = Self::default();
        let mut found = Vec::new();
        for object in objects {
            if !is_looked_at(object) || !has_metadata(object, &mut found) {
                continue;
            }
            match (object.api_version.as_str(), object.kind.as_str()) {
                ("v1", "Service") => cluster.services.extend(service(object, &mut found)),
                ("v1", "Node") => cluster.nodes.extend(node(object, &mut found)),
                ("v1", "Namespace") => cluster.namespaces.push(namespace(object)),
                ("discovery.k8s.io/v1" | "discovery.k8s.io/v1beta1", "EndpointSlice") => {
                    cluster.endpoint_slice(object, &mut found);
                }
                ("v1", "Secret") => {
                    if let Some(secret) = secret(object, &mut found) {
                        let key = (object.meta.namespace.clone(), object.meta.name.clone());
                        cluster.secrets.insert(key, secret);
                    }
                }
                _ => {}
            }
        }
        (cluster, found)
    }

    fn endpoint_slice(&mut self, object: &Object, found: &mut Vec<Diagnostic>) {
        let Some(name) = object.meta.labels.get(SERVICE_NAME_LABEL) else { return };
        let Some(slice) = decode::<RawSlice>(object, found) else { return };
        let key = ServiceKey {
            namespace: namespace_or_default(&object.meta.namespace),
            name: name.clone(),
        };
        let endpoints = slice.endpoints.unwrap_or_default().into_iter().map(|raw| Endpoint {
            addresses: raw.addresses.unwrap_or_default(),
            ready: raw.conditions.ready,
            serving: raw.conditions.serving,
            terminating: raw.conditions.terminating,
            node_name: raw.node_name,
        });
        self.endpoints.entry(key).or_default().extend(endpoints);
    }
}

fn is_looked_at(object: &Object) -> bool {
    matches!(object.kind.as_str(), "Service" | "Node" | "Namespace" | "EndpointSlice" | "Secret")
}

/// Whether `metadata` is as the API server takes it: a namespace that YAML reads
/// as a boolean must not put a Service into another one.
fn has_metadata(object: &Object, found: &mut Vec<Diagnostic>) -> bool {
    let mut problems = Vec::new();
    let checked = manifest::check_metadata(object, Mode::Lenient, &mut problems);
    found.extend(
        problems.into_iter().map(|problem| problem.into_diagnostic(Some(object.reference()))),
    );
    checked.is_some()
}

fn decode<T: DeserializeOwned>(object: &Object, found: &mut Vec<Diagnostic>) -> Option<T> {
    let mut problems = Vec::new();
    let decoded = manifest::decode(&object.node, "", Mode::Lenient, &mut problems);
    found.extend(
        problems.into_iter().map(|problem| problem.into_diagnostic(Some(object.reference()))),
    );
    decoded
}

fn namespace_or_default(namespace: &str) -> String {
    if namespace.is_empty() { "default".to_owned() } else { namespace.to_owned() }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawService {
    spec: RawServiceSpec,
    status: RawServiceStatus,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawServiceSpec {
    r#type: Option<ServiceType>,
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<String>,
    #[serde(rename = "clusterIPs")]
    cluster_ips: Option<Vec<String>>,
    ip_families: Option<Vec<RawFamily>>,
    ip_family_policy: Option<IpFamilyPolicy>,
    external_traffic_policy: Option<TrafficPolicy>,
    internal_traffic_policy: Option<TrafficPolicy>,
    #[serde(rename = "loadBalancerIP")]
    load_balancer_ip: Option<String>,
    load_balancer_class: Option<String>,
    #[serde(rename = "externalIPs")]
    external_ips: Option<Vec<String>>,
    selector: Option<BTreeMap<String, String>>,
    ports: Option<Vec<RawPort>>,
}

#[derive(Clone, Copy, Deserialize)]
enum RawFamily {
    IPv4,
    IPv6,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPort {
    protocol: Option<String>,
    port: u16,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawServiceStatus {
    load_balancer: RawLoadBalancer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawLoadBalancer {
    ingress: Option<Vec<RawIngress>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawIngress {
    ip: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawSlice {
    endpoints: Option<Vec<RawEndpoint>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawEndpoint {
    addresses: Option<Vec<String>>,
    conditions: RawConditions,
    node_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawConditions {
    ready: Option<bool>,
    serving: Option<bool>,
    terminating: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNode {
    status: RawNodeStatus,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNodeStatus {
    conditions: Option<Vec<RawCondition>>,
    addresses: Option<Vec<RawAddress>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawCondition {
    r#type: String,
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawAddress {
    r#type: String,
    address: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSecret {
    r#type: Option<String>,
    data: Option<BTreeMap<String, String>>,
    string_data: Option<BTreeMap<String, String>>,
}

fn service(object: &Object, found: &mut Vec<Diagnostic>) -> Option<Service> {
    let RawService { spec, status } = decode(object, found)?;
    let cluster_ips = match spec.cluster_ips {
        Some(ips) if !ips.is_empty() => ips,
        _ => spec.cluster_ip.into_iter().filter(|ip| !ip.is_empty()).collect(),
    };
    let families = spec.ip_families.unwrap_or_default().into_iter().map(|family| match family {
        RawFamily::IPv4 => Family::V4,
        RawFamily::IPv6 => Family::V6,
    });
    let ports = spec.ports.unwrap_or_default().into_iter().map(|raw| ServicePort {
        protocol: raw.protocol.unwrap_or_else(|| "TCP".to_owned()),
        port: raw.port,
    });
    let ingress = status.load_balancer.ingress.unwrap_or_default();
    Some(Service {
        key: ServiceKey {
            namespace: namespace_or_default(&object.meta.namespace),
            name: object.meta.name.clone(),
        },
        labels: object.meta.labels.clone(),
        annotations: object.meta.annotations.clone(),
        service_type: spec.r#type.unwrap_or_default(),
        cluster_ips,
        has_cluster_ips_to_come: false,
        ip_families: families.collect(),
        ip_family_policy: spec.ip_family_policy,
        external_traffic_policy: spec.external_traffic_policy.unwrap_or_default(),
        internal_traffic_policy: spec.internal_traffic_policy.unwrap_or_default(),
        load_balancer_ip: spec.load_balancer_ip.filter(|ip| !ip.is_empty()),
        load_balancer_class: spec.load_balancer_class,
        external_ips: spec.external_ips.unwrap_or_default(),
        selector: spec.selector.unwrap_or_default(),
        ports: ports.collect(),
        ingress: ingress.into_iter().filter_map(|ingress| ingress.ip).collect(),
        origin: Origin::new(object.node.clone()),
    })
}

fn node(object: &Object, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let status = decode::<RawNode>(object, found)?.status;
    let conditions = status.conditions.unwrap_or_default();
    let condition = |name: &str| {
        conditions.iter().find(|condition| condition.r#type == name).map(|c| c.status == "True")
    };
    let interfaces = object.meta.annotations.get(INTERFACES_ANNOTATION);
    let names = interfaces.map(String::as_str).unwrap_or_default().split(',').map(str::trim);
    let internal =
        status.addresses.iter().flatten().filter(|address| address.r#type == "InternalIP");
    Some(Node {
        name: object.meta.name.clone(),
        labels: object.meta.labels.clone(),
        annotations: object.meta.annotations.clone(),
        interfaces: names.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        network_unavailable: condition("NetworkUnavailable").unwrap_or(false),
        ready: condition("Ready"),
        internal_ips: internal.filter_map(|a| ip::parse_addr(&a.address).ok()).collect(),
        origin: Origin::new(object.node.clone()),
    })
}

/// The API server labels every Namespace with its name, whatever its manifest says.
fn namespace(object: &Object) -> Namespace {
    let name = object.meta.name.clone();
    let mut labels = object.meta.labels.clone();
    labels.insert("kubernetes.io/metadata.name".to_owned(), name.clone());
    Namespace { name, labels, origin: Origin::new(object.node.clone()) }
}

fn secret(object: &Object, found: &mut Vec<Diagnostic>) -> Option<Secret> {
    let raw: RawSecret = decode(object, found)?;
    let decoded = raw.data.unwrap_or_default().into_iter();
    let clear = raw.string_data.unwrap_or_default().into_iter();
    Some(Secret {
        secret_type: raw.r#type.unwrap_or_default(),
        data: decoded
            .map(|(key, value)| (key, SecretValue::from_base64(&value)))
            .chain(clear.map(|(key, value)| (key, SecretValue::from_clear(value))))
            .collect(),
        origin: Origin::new(object.node.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    fn read(metadata: &str) -> (usize, Vec<String>) {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{type: LoadBalancer}}\n"
        );
        let manifests = Manifests::from_text("test.yaml", text.as_str());
        let (cluster, found) = Cluster::read(&manifests.objects);
        (cluster.services.len(), found.into_iter().map(|one| one.message).collect())
    }

    #[test]
    fn metadata_that_the_api_server_refuses_is_refused() {
        let boolean = "metadata.namespace must be a string, it is a boolean";
        assert_eq!(read("{name: a, namespace: n}"), (0, vec![boolean.to_owned()]));
        let integer = "metadata.labels.a must be a string, it is an integer";
        assert_eq!(read("{name: a, labels: {a: 1}}"), (0, vec![integer.to_owned()]));
        assert_eq!(read("{namespace: a}"), (0, vec!["metadata.name is required".to_owned()]));
        assert_eq!(read("{name: a, namespace: \"n\", uid: x}"), (1, Vec::new()));
    }
}
