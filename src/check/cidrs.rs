//! The addresses inside the cluster: from which prefixes Pods and Services get theirs,
//! by whatever of the input says so.

use crate::manifest::{Node, Object, Value};

/// A prefix of addresses inside the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inside {
    /// The prefix as it is written.
    pub(super) cidr: String,
    /// Who gets addresses from it.
    pub(super) whose: Whose,
    /// Who says so.
    pub(super) by: String,
}

/// Who gets addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// Pods.
    Pods,
    /// Services: their clusterIPs.
    Services,
}

impl Whose {
    /// In the plural.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Pods => "Pods",
            Self::Services => "Services",
        }
    }
}

/// Flags of the control plane's programs, and K3s' of the same meaning.
const FLAGS: [(&str, Whose); 4] = [
    ("--service-cluster-ip-range", Whose::Services),
    ("--service-cidr", Whose::Services),
    ("--cluster-cidr", Whose::Pods),
    ("--cluster-cidrs", Whose::Pods),
];

/// Keys of the ConfigMap cilium-config.
const CILIUM_CONFIG: [(&str, Whose); 4] = [
    ("cluster-pool-ipv4-cidr", Whose::Pods),
    ("cluster-pool-ipv6-cidr", Whose::Pods),
    ("ipv4-service-range", Whose::Services),
    ("ipv6-service-range", Whose::Services),
];

/// Keys below `networking` of kubeadm's ClusterConfiguration.
const KUBEADM: [(&str, Whose); 2] =
    [("serviceSubnet", Whose::Services), ("podSubnet", Whose::Pods)];

/// Where a kind has its prefixes.
struct Place {
    group: &'static str,
    kind: &'static str,
    paths: &'static [&'static str],
    whose: Whose,
}

const PLACES: &[Place] = &[
    Place {
        group: "",
        kind: "Node",
        paths: &["spec.podCIDRs", "spec.podCIDR"],
        whose: Whose::Pods,
    },
    Place {
        group: "cilium.io",
        kind: "CiliumNode",
        paths: &["spec.ipam.podCIDRs"],
        whose: Whose::Pods,
    },
    Place {
        group: "cilium.io",
        kind: "CiliumPodIPPool",
        paths: &["spec.ipv4.cidrs", "spec.ipv6.cidrs"],
        whose: Whose::Pods,
    },
    Place {
        group: "networking.k8s.io",
        kind: "ServiceCIDR",
        paths: &["spec.cidrs"],
        whose: Whose::Services,
    },
];

/// The annotation in which K3s and RKE2 keep the arguments of a node's program.
const NODE_ARGUMENTS: [&str; 2] = ["k3s.io/node-args", "rke2.io/node-args"];

/// Every prefix that the objects name, each once.
pub(super) fn inside(objects: &[Object]) -> Vec<Inside> {
    let mut found: Vec<Inside> = objects.iter().flat_map(of_object).collect();
    found.sort();
    found.dedup_by(|one, other| one.cidr == other.cidr && one.whose == other.whose);
    found
}

fn of_object(object: &Object) -> Vec<Inside> {
    let mut all: Vec<(String, Whose)> = Vec::new();
    let group = object.group();
    let kind = object.kind.as_str();
    for place in PLACES.iter().filter(|place| place.group == group && place.kind == kind) {
        let paths = place.paths.iter().filter_map(|path| at(&object.node, path));
        all.extend(paths.flat_map(texts).map(|cidr| (cidr, place.whose)));
    }
    match (group, kind, object.meta.name.as_str()) {
        ("", "ConfigMap", "cilium-config") => {
            for (key, whose) in CILIUM_CONFIG {
                let text = at(&object.node, &format!("data.{key}")).map(texts);
                all.extend(text.into_iter().flatten().map(|cidr| (cidr, whose)));
            }
        }
        ("", "ConfigMap", "kubeadm-config") => all.extend(kubeadm(object)),
        ("", "Pod", _) => all.extend(flags(&arguments(object))),
        ("", "Node", _) => {
            for name in NODE_ARGUMENTS {
                let Some(text) = object.meta.annotations.get(name) else { continue };
                // What is no list of texts says nothing.
                let words: Vec<String> = serde_json::from_str(text).unwrap_or_default();
                all.extend(flags(&words));
            }
        }
        _ => {}
    }
    let by = object.reference().to_string();
    all.into_iter()
        .flat_map(|(text, whose)| {
            let by = by.clone();
            let parts: Vec<String> = text
                .split([' ', ','])
                .filter(|part| part.contains('/'))
                .map(str::to_owned)
                .collect();
            parts.into_iter().map(move |cidr| Inside { cidr, whose, by: by.clone() })
        })
        .collect()
}

/// A field by its path; keys without dots.
fn at<'a>(node: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(node, |node, key| node.get(key))
}

fn texts(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Seq(items) => items.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        _ => vec![],
    }
}

/// kubeadm's ClusterConfiguration is YAML in a text; its two lines are enough.
fn kubeadm(object: &Object) -> Vec<(String, Whose)> {
    let text = at(&object.node, "data.ClusterConfiguration").and_then(Node::as_str);
    let lines = text.unwrap_or_default().lines().filter_map(|line| line.trim().split_once(':'));
    lines
        .filter_map(|(key, value)| {
            let (_, whose) = KUBEADM.iter().find(|(name, _)| *name == key)?;
            Some((value.trim().trim_matches(['"', '\'']).to_owned(), *whose))
        })
        .collect()
}

/// `command` and `args` of all containers.
fn arguments(object: &Object) -> Vec<String> {
    let Some(Node { value: Value::Seq(containers), .. }) = at(&object.node, "spec.containers")
    else {
        return vec![];
    };
    let lists = containers
        .iter()
        .flat_map(|one| ["command", "args"].into_iter().filter_map(|k| one.get(k)));
    lists.flat_map(texts).collect()
}

/// `--flag=VALUE` and `--flag VALUE`.
fn flags(words: &[String]) -> Vec<(String, Whose)> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), words.get(index + 1).cloned()),
        };
        let flag = FLAGS.iter().find(|(flag, _)| *flag == name);
        found.extend(flag.zip(value).map(|((_, whose), value)| (value, *whose)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    #[test]
    fn prefixes_are_read_wherever_they_stand() {
        use Whose::{Pods, Services};

        for (text, expected) in [
            (
                "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {podCIDRs: [10.1.0.0/24, \
              'fd01::/64']}\n",
                vec![("10.1.0.0/24", Pods), ("fd01::/64", Pods)],
            ),
            (
                "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: kubernetes}\n\
              spec: {cidrs: [10.96.0.0/12]}\n",
                vec![("10.96.0.0/12", Services)],
            ),
            (
                "apiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: a}\nspec: {ipam: \
              {podCIDRs: [10.2.0.0/24]}}\n",
                vec![("10.2.0.0/24", Pods)],
            ),
            (
                "apiVersion: cilium.io/v2alpha1\nkind: CiliumPodIPPool\nmetadata: {name: a}\nspec: \
              {ipv4: {cidrs: [10.3.0.0/16], maskSize: 24}}\n",
                vec![("10.3.0.0/16", Pods)],
            ),
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubeadm-config}\ndata:\n  \
              ClusterConfiguration: |\n    networking:\n      podSubnet: 10.4.0.0/16,fd04::/56\n      \
              serviceSubnet: \"10.96.0.0/12\"\n",
                vec![("10.4.0.0/16", Pods), ("10.96.0.0/12", Services), ("fd04::/56", Pods)],
            ),
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config}\ndata: \
              {cluster-pool-ipv4-cidr: 10.5.0.0/16 10.6.0.0/16, ipv4-service-range: auto}\n",
                vec![("10.5.0.0/16", Pods), ("10.6.0.0/16", Pods)],
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a}\nspec: {containers: \
              [{command: [kube-apiserver, --service-cluster-ip-range=10.97.0.0/16]}]}\n",
                vec![("10.97.0.0/16", Services)],
            ),
            (
                "apiVersion: v1\nkind: Node\nmetadata: {name: a, annotations: {k3s.io/node-args: \
              '[\"server\",\"--cluster-cidr\",\"10.42.0.0/16\"]'}}\n",
                vec![("10.42.0.0/16", Pods)],
            ),
        ] {
            let objects = Manifests::from_text("t", text).objects;
            let found = inside(&objects);
            let found: Vec<(&str, Whose)> =
                found.iter().map(|one| (one.cidr.as_str(), one.whose)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
