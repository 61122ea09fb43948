//! One Service and one Node of a set, with the fewest things said of them, as objects
//! and as YAML.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use super::Problem;
use super::diagram::{ABSENT, Diagram, IMPOSSIBLE, OTHER, Slot, Var};
use super::domain::{Attribute, Domain, Logic};
use super::raw::{Raw, Wish};
use crate::cluster::{
    Cluster, Endpoint, INTERFACES_ANNOTATION, IpFamilyPolicy, NAMESPACE_NAME, Namespace, Node,
    Service, ServiceKey, ServicePort, ServiceType,
};
use crate::convert::POOL_LABEL;
use crate::ip::Family;

/// The namespace of examples, where it does not matter.
const DEFAULT_NAMESPACE: &str = "default";
/// The interface of a Node, where it does not matter.
const INTERFACE: &str = "eth0";
const NODE: &str = "example-node";
const NAME: &str = "example";
const ADDRESSES: &str = "lbipam.cilium.io/ips";

/// A Service and a Node, as MetalLB finds them and as Cilium does.
#[derive(Debug, Clone)]
pub(super) struct Example {
    /// With what MetalLB sees.
    pub(super) before: Cluster,
    /// With what the conversion sets on the Service.
    pub(super) after: Cluster,
    /// `namespace/name` of the Service.
    pub(super) service: ServiceKey,
}

/// What the members of a set have in common with the cheapest of them.
struct Chosen<'d> {
    domain: &'d Domain,
    values: Vec<(Var, Slot)>,
}

impl<'d> Chosen<'d> {
    fn of(logic: &'d Logic<'_>, members: Diagram) -> Self {
        let cost = |var: Var, slot: Slot| cost(&logic.domain, var, slot);
        let values = logic.store.cheapest(members, &cost).unwrap_or_default();
        Self { domain: &logic.domain, values }
    }

    /// The text of a value; `None` where it is absent.
    fn text(&self, var: Var, slot: Slot) -> Option<String> {
        let attribute = self.domain.attribute(var)?;
        match slot {
            OTHER => Some(another(self.domain, attribute)),
            _ => self.domain.text(var, slot).map(str::to_owned),
        }
    }

    fn find(&self, wanted: &Attribute) -> Option<String> {
        let is = |(var, _): &&(Var, Slot)| self.domain.attribute(*var) == Some(wanted);
        let (var, slot) = self.values.iter().find(is)?;
        self.text(*var, *slot)
    }

    /// Every variable's value: what is free is as in the example.
    fn value(&self, var: Var) -> Slot {
        if let Some((_, slot)) = self.values.iter().find(|(known, _)| *known == var) {
            return *slot;
        }
        match self.domain.attribute(var) {
            Some(Attribute::Namespace) => self.domain.known_slot(var, DEFAULT_NAMESPACE),
            Some(Attribute::Name) => self.domain.known_slot(var, NAME),
            _ => ABSENT,
        }
    }

    fn labels(&self, key: impl Fn(&Attribute) -> Option<&String>) -> BTreeMap<String, String> {
        let labels = self.values.iter().filter_map(|(var, slot)| {
            let key = key(self.domain.attribute(*var)?)?;
            Some((key.clone(), self.text(*var, *slot)?))
        });
        labels.collect()
    }
}

/// A value that nothing mentions.
fn another(domain: &Domain, attribute: &Attribute) -> String {
    let wanted = match attribute {
        Attribute::Namespace => DEFAULT_NAMESPACE,
        Attribute::Name => NAME,
        _ => "other",
    };
    let mut text = wanted.to_owned();
    while domain.mentions(attribute, &text) {
        text.push_str("-x");
    }
    text
}

/// What is said of an object costs; the smallest example says least.
fn cost(domain: &Domain, var: Var, slot: Slot) -> u32 {
    let Some(attribute) = domain.attribute(var) else { return IMPOSSIBLE };
    match (attribute, slot) {
        (Attribute::Pool | Attribute::Interface, OTHER)
        | (Attribute::Namespace | Attribute::Name, ABSENT) => IMPOSSIBLE,
        (Attribute::Name, OTHER) => 0,
        (Attribute::Namespace, _) => {
            u32::from(domain.text(var, slot).is_some_and(|name| name != DEFAULT_NAMESPACE))
        }
        (_, ABSENT) => 0,
        (_, OTHER) => 2,
        _ => 1,
    }
}

/// A Node of a set.
pub(super) fn node(logic: &Logic<'_>, members: Diagram, name: &str) -> Node {
    let chosen = Chosen::of(logic, members);
    let labels = chosen.labels(|attribute| match attribute {
        Attribute::NodeLabel(key) => Some(key),
        _ => None,
    });
    let interface = chosen.find(&Attribute::Interface).unwrap_or_else(|| INTERFACE.to_owned());
    Node {
        name: name.to_owned(),
        labels,
        annotations: [(INTERFACES_ANNOTATION.to_owned(), interface.clone())].into(),
        interfaces: vec![interface],
        ..Node::default()
    }
}

/// The example of a difference.
pub(super) fn of(logic: &Logic<'_>, problem: &Problem<'_>, raw: &Raw) -> Example {
    let chosen = Chosen::of(logic, raw.members);
    let namespace =
        chosen.find(&Attribute::Namespace).unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
    let name = chosen.find(&Attribute::Name).unwrap_or_else(|| NAME.to_owned());
    let mut service = service(ServiceKey { namespace, name }, raw.family, problem.lb_class);
    service.labels = chosen.labels(|attribute| match attribute {
        Attribute::Label(key) => Some(key),
        _ => None,
    });
    let node = raw.node.clone().unwrap_or_else(|| node(logic, raw.members, NODE));
    let pool_label = chosen.find(&Attribute::Pool);
    let needs_label =
        |unless: &Diagram| !logic.store.contains(*unless, &|var: Var| chosen.value(var));
    let mut translated = service.clone();
    wish(problem, raw.wish, pool_label.as_deref(), &mut service, &mut translated);
    if let Some((label, unless)) = &raw.label
        && needs_label(unless)
    {
        translated.labels.insert(POOL_LABEL.to_owned(), label.clone());
    }
    let known = problem.cluster.namespaces.iter();
    let mut namespaces: Vec<Namespace> = known.cloned().collect();
    if namespaces.iter().all(|known| known.name != service.key.namespace) {
        let mut labels = chosen.labels(|attribute| match attribute {
            Attribute::NamespaceLabel(key) => Some(key),
            _ => None,
        });
        labels.insert(NAMESPACE_NAME.to_owned(), service.key.namespace.clone());
        let name = service.key.namespace.clone();
        namespaces.push(Namespace { name, labels, ..Namespace::default() });
    }
    let endpoint = |address: &str| Endpoint {
        addresses: vec![address.to_owned()],
        ready: Some(raw.endpoints),
        node_name: Some(node.name.clone()),
        ..Endpoint::default()
    };
    // Documentation addresses (RFC 5737, RFC 3849).
    let endpoints = vec![endpoint("192.0.2.1"), endpoint("2001:db8::1")];
    let cluster = |service: Service| Cluster {
        endpoints: [(service.key.clone(), endpoints.clone())].into(),
        services: vec![service],
        nodes: vec![node.clone()],
        namespaces: namespaces.clone(),
        secrets: problem.applied.secrets.clone(),
    };
    Example { service: service.key.clone(), before: cluster(service), after: cluster(translated) }
}

/// Writes down how a Service comes to its address, for each controller.
fn wish(
    problem: &Problem<'_>,
    wish: Wish,
    pool_label: Option<&str>,
    service: &mut Service,
    translated: &mut Service,
) {
    let asks = |service: &mut Service, what: &str, value: String| {
        service.annotations.insert(what.to_owned(), value);
    };
    let both = |service: &mut Service, translated: &mut Service, address: IpAddr| {
        asks(service, "metallb.io/loadBalancerIPs", address.to_string());
        asks(translated, "metallb.io/loadBalancerIPs", address.to_string());
        asks(translated, ADDRESSES, address.to_string());
    };
    let name = |pool: usize| problem.config.pools.get(pool).map_or("", crate::metallb::Pool::name);
    match wish {
        Wish::Nothing => {}
        Wish::Address(address) | Wish::OfBoth(address) => both(service, translated, address),
        Wish::OfCilium(address) => asks(translated, ADDRESSES, address.to_string()),
        Wish::Pool(pool) => {
            asks(service, "metallb.io/address-pool", name(pool).to_owned());
            asks(translated, "metallb.io/address-pool", name(pool).to_owned());
        }
        Wish::Held(pool, address) => match pool_label {
            Some(label) => {
                asks(service, "metallb.io/address-pool", name(pool).to_owned());
                asks(translated, "metallb.io/address-pool", name(pool).to_owned());
                translated.labels.insert(POOL_LABEL.to_owned(), label.to_owned());
            }
            None => both(service, translated, address),
        },
    }
}

fn service(key: ServiceKey, family: Family, class: Option<&str>) -> Service {
    let cluster_ip = match family {
        Family::V4 => "10.96.0.10",
        Family::V6 => "fd00:10:96::a",
    };
    Service {
        key,
        service_type: ServiceType::LoadBalancer,
        cluster_ips: vec![cluster_ip.to_owned()],
        ip_families: vec![family],
        ip_family_policy: Some(IpFamilyPolicy::SingleStack),
        load_balancer_class: class.map(str::to_owned),
        selector: [("app".to_owned(), "example".to_owned())].into(),
        ports: vec![ServicePort { protocol: "TCP".to_owned(), port: 80 }],
        ..Service::default()
    }
}

/// The Service of the example, in words: `an IPv6 one in namespace shop`.
pub(super) fn who(example: &Example) -> String {
    let service = example.before.service(&example.service);
    let labels = service.map(|service| &service.labels).into_iter().flatten();
    let labels: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
    let families = match service.and_then(|service| service.ip_families.first()) {
        Some(Family::V6) => "an IPv6 one",
        _ => "an IPv4 one",
    };
    let mut text = format!("{families} in namespace {}", example.service.namespace);
    if !labels.is_empty() {
        text.push_str(&format!(" with {}", labels.join(", ")));
    }
    text
}

/// The example as objects that `simulate` takes. What the conversion sets on the
/// Service is there too: MetalLB does not look at it.
pub(super) fn yaml(example: &Example) -> String {
    let mut text = String::new();
    let own = |namespace: &&Namespace| namespace.name == example.service.namespace;
    for namespace in example.after.namespaces.iter().filter(own) {
        let _ = write!(
            text,
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {}\n  labels: {}\n---\n",
            quoted(&namespace.name),
            map(&namespace.labels)
        );
    }
    for service in &example.after.services {
        service_yaml(&mut text, service);
    }
    for (key, endpoints) in &example.after.endpoints {
        endpoints_yaml(&mut text, key, endpoints);
    }
    for node in &example.after.nodes {
        text.push_str(&node_yaml(node));
    }
    text
}

/// A Node as YAML.
pub(super) fn node_yaml(node: &Node) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: {}\n  labels: {}\n  annotations: {}\n",
        quoted(&node.name),
        map(&node.labels),
        map(&node.annotations)
    )
}

fn service_yaml(text: &mut String, service: &Service) {
    let family = match service.ip_families.first() {
        Some(Family::V6) => "IPv6",
        _ => "IPv4",
    };
    let class = service.load_balancer_class.as_deref();
    let class = class.map(|class| format!("  loadBalancerClass: {}\n", quoted(class)));
    let _ = write!(
        text,
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {}\n  namespace: {}\n  labels: {}\n  \
         annotations: {}\nspec:\n  type: LoadBalancer\n{}  clusterIPs: [{}]\n  ipFamilies: \
         [{family}]\n  ipFamilyPolicy: SingleStack\n  selector: {}\n  ports: [{{protocol: TCP, \
         port: 80}}]\n",
        quoted(&service.key.name),
        quoted(&service.key.namespace),
        map(&service.labels),
        map(&service.annotations),
        class.unwrap_or_default(),
        service.cluster_ips.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "),
        map(&service.selector),
    );
    if !service.ingress.is_empty() {
        let held: Vec<String> =
            service.ingress.iter().map(|ip| format!("{{ip: {}}}", quoted(ip))).collect();
        let _ = writeln!(text, "status: {{loadBalancer: {{ingress: [{}]}}}}", held.join(", "));
    }
    text.push_str("---\n");
}

fn endpoints_yaml(text: &mut String, key: &ServiceKey, endpoints: &[Endpoint]) {
    for (index, endpoint) in endpoints.iter().enumerate() {
        let address = endpoint.addresses.first().map_or("", String::as_str);
        let address_type = if address.contains(':') { "IPv6" } else { "IPv4" };
        let _ = write!(
            text,
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: {}\n  \
             namespace: {}\n  labels: {{kubernetes.io/service-name: {}}}\naddressType: \
             {address_type}\nendpoints: [{{addresses: [{}], conditions: {{ready: {}}}, nodeName: \
             {}}}]\n---\n",
            quoted(&format!("{}-{index}", key.name)),
            quoted(&key.namespace),
            quoted(&key.name),
            quoted(address),
            endpoint.is_ready(),
            quoted(endpoint.node_name.as_deref().unwrap_or_default()),
        );
    }
}

/// A text as YAML reads it, whatever stands in it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn map(entries: &BTreeMap<String, String>) -> String {
    let entries: Vec<String> =
        entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), quoted(value))).collect();
    format!("{{{}}}", entries.join(", "))
}
