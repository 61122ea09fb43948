//! Where passwords can stand.

use super::marker::{NUMBER, ODD, PLAIN, plant};

/// A place, with the input around it. `@` stands for the marker, `%64%` for its base64.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// Path and text, beside the base.
    files: &'static [(&'static str, &'static str)],
    /// More arguments.
    pub(crate) args: &'static [&'static str],
    /// Whether `convert` takes the input.
    pub(crate) is_taken: bool,
    /// Whether the password is one of a session, which comes out as a Secret.
    pub(crate) is_converted: bool,
    pub(crate) markers: &'static [&'static str],
}

impl Place {
    const fn session(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Self {
        let markers = &[PLAIN, ODD];
        Self { name, files, args: &[], is_taken: true, is_converted: true, markers }
    }

    const fn aside(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Self {
        Self { is_converted: false, markers: &[PLAIN], ..Self::session(name, files) }
    }

    const fn refused(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Self {
        Self { is_taken: false, ..Self::aside(name, files) }
    }

    const fn with(self, args: &'static [&'static str]) -> Self {
        Self { args, ..self }
    }

    const fn marked(self, markers: &'static [&'static str]) -> Self {
        Self { markers, ..self }
    }

    /// Every file of the input.
    pub(crate) fn files(&self, marker: &str) -> Vec<(&'static str, String)> {
        let base = BASE.iter().filter(|(path, _)| !self.files.iter().any(|own| own.0 == *path));
        base.chain(self.files).map(|(path, text)| (*path, plant(text, marker))).collect()
    }
}

/// What every input has; a place may replace a file.
pub(crate) const BASE: &[(&str, &str)] = &[
    ("in/base.yaml", include_str!("base.yaml")),
    (
        "cilium/pool.yaml",
        "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\n\
        metadata: {name: pool}\nspec: {blocks: [{start: 192.0.2.100, stop: 192.0.2.102}]}\n",
    ),
    ("empty/none.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: none}\n"),
    (
        "tree/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n  \
        annotations:\n    metallb.io/loadBalancerIPs: 192.0.2.100\nspec:\n  type: LoadBalancer\n  \
        ports: [{port: 80}]\n",
    ),
    ("snapshot.yaml", include_str!("snapshot.yaml")),
    (
        "observed.jsonl",
        "{\"schema\":\"metallb2cilium.io/observation/v1\",\"observation\":\"probe\",\
        \"node\":\"node-a\"}\n",
    ),
    ("events.yaml", "[]\n"),
    ("values.yaml", "bgpControlPlane: {enabled: true}\n"),
];

macro_rules! peer {
    ($($more:literal),* $(,)?) => {
        concat!(
            "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\n",
            "metadata:\n  name: tor\n  namespace: metallb-system\n",
            "spec:\n  myASN: 65001\n  peerASN: 64512\n  peerAddress: 127.0.0.2\n",
            $($more),*
        )
    };
}

macro_rules! secret {
    ($($more:literal),* $(,)?) => {
        concat!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: metallb-system}\n",
            "type: kubernetes.io/basic-auth\n",
            $($more),*
        )
    };
}

const REFERENCE: &str = peer!("  passwordSecret: {name: key}\n");
const P: &str = "in/peer.yaml";
const S: &str = "in/secret.yaml";

pub(crate) const PLACES: &[Place] = &[
    Place::session("a peer's password", &[(P, peer!("  password: '@'\n"))]),
    Place::session("a number as a password", &[(P, peer!("  password: '@'\n"))]).marked(&[NUMBER]),
    Place::session("an escaped password", &[(P, peer!("  password: \"Zq7\\u006darker9Xw\"\n"))])
        .marked(&[PLAIN]),
    Place::session("a folded password", &[(P, peer!("  password: >-\n    @\n"))]),
    Place::session("data of a Secret", &[(P, REFERENCE), (S, secret!("data: {password: %64%}\n"))]),
    Place::session(
        "stringData of a Secret",
        &[(P, REFERENCE), (S, secret!("stringData: {password: '@', other: '@'}\n"))],
    ),
    Place::session(
        "both data and stringData",
        &[(P, REFERENCE), (S, secret!("data: {password: %64%}\nstringData: {password: '@'}\n"))],
    ),
    Place::session(
        "annotations of kubectl",
        &[
            (
                P,
                concat!(
                    "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata:\n  name: tor\n",
                    "  namespace: metallb-system\n  annotations:\n",
                    "    kubectl.kubernetes.io/last-applied-configuration: |\n",
                    "      {\"kind\":\"BGPPeer\",\"spec\":{\"password\":\"@\"}}\n",
                    "spec: {myASN: 65001, peerASN: 64512, peerAddress: 127.0.0.2, password: '@'}\n",
                ),
            ),
            (
                S,
                concat!(
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\n",
                    "  namespace: metallb-system\n  annotations: {",
                    "kubectl.kubernetes.io/last-applied-configuration: ",
                    "'{\"kind\":\"Secret\",\"data\":{\"password\":\"%64%\"}}'}\n",
                    "data: {password: %64%}\n",
                ),
            ),
        ],
    ),
    Place::session(
        "items of a List",
        &[(
            P,
            concat!(
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",",
                "\"kind\":\"Secret\",\"metadata\":{\"name\":\"key\",\"namespace\":\"metallb-system\"},",
                "\"type\":\"kubernetes.io/basic-auth\",\"data\":{\"password\":\"%64%\"}},",
                "{\"apiVersion\":\"metallb.io/v1beta2\",\"kind\":\"BGPPeer\",\"metadata\":{\"name\":\"tor\",",
                "\"namespace\":\"metallb-system\"},\"spec\":{\"myASN\":65001,\"peerASN\":64512,",
                "\"peerAddress\":\"127.0.0.2\",\"passwordSecret\":{\"name\":\"key\"}}}]}\n",
            ),
        )],
    ),
    Place::session("a value of --set", &[(P, peer!("  password: ${ROUTER_KEY}\n"))])
        .with(&["--set", "ROUTER_KEY=@"]),
    Place::session(
        "a value of --env-file",
        &[(P, peer!("  password: '${ROUTER_KEY}'\n")), ("env", "ROUTER_KEY='@'\n")],
    )
    .with(&["--env-file", "env"]),
    Place::session("a default of a placeholder", &[(P, peer!("  password: ${ROUTER_KEY:-@}\n"))])
        .marked(&[PLAIN]),
    Place::session(
        "base64 by --set",
        &[(P, REFERENCE), (S, secret!("data: {password: '${KEY64}'}\n"))],
    )
    .with(&["--set", "KEY64=%64%"]),
    Place::session(
        "the old ConfigMap",
        &[(
            "in/base.yaml",
            concat!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\n  namespace: metallb-system\n",
                "  labels: {app: metallb}\n",
                "data:\n  config: |\n    peers:\n    - peer-address: 127.0.0.2\n      peer-asn: 64512\n",
                "      my-asn: 65001\n      password: '@'\n    address-pools:\n    - name: pool\n",
                "      protocol: bgp\n      addresses: [192.0.2.100-192.0.2.103]\n",
            ),
        )],
    ),
    Place::session(
        "Helm values with configInline",
        &[(
            "in/base.yaml",
            concat!(
                "configInline:\n  peers:\n  - peer-address: 127.0.0.2\n    peer-asn: 64512\n    my-asn: 65001\n",
                "    password: '@'\n  address-pools:\n  - name: pool\n    protocol: bgp\n",
                "    addresses: [192.0.2.100-192.0.2.103]\n",
            ),
        )],
    ),
    Place::aside(
        "Secrets of Cilium and of others",
        &[
            (
                S,
                concat!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {name: bgp, namespace: kube-system}\n",
                    "data: {password: %64%}\n---\napiVersion: v1\nkind: Secret\n",
                    "metadata: {name: sh.helm.release.v1.metallb.v1, namespace: metallb-system}\n",
                    "type: helm.sh/release.v1\ndata: {release: %64%}\n",
                ),
            ),
            (
                "cilium/peer.yaml",
                concat!(
                    "apiVersion: cilium.io/v2\nkind: CiliumBGPPeerConfig\nmetadata: {name: tor}\n",
                    "spec: {authSecretRef: bgp}\n---\napiVersion: v1\nkind: Secret\n",
                    "metadata: {name: bgp, namespace: kube-system}\ndata: {password: %64%}\n",
                ),
            ),
        ],
    ),
    Place::aside(
        "FRR's own configuration",
        &[(
            P,
            concat!(
                "apiVersion: frrk8s.metallb.io/v1beta1\nkind: FRRConfiguration\n",
                "metadata: {name: own, namespace: metallb-system}\nspec:\n  bgp:\n    routers:\n",
                "    - asn: 65001\n      neighbors: [{address: 127.0.0.3, asn: 1, password: '@'}]\n",
                "  raw:\n    rawConfig: |\n      neighbor 127.0.0.3 password @\n---\n",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bgpextras, namespace: metallb-system,\n",
                "  labels: {app: metallb}}\ndata:\n  extras: |\n    neighbor 127.0.0.3 password @\n",
            ),
        )],
    ),
    Place::aside(
        "workloads of MetalLB",
        &[(
            P,
            concat!(
                "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: speaker, namespace: metallb-system,\n",
                "  labels: {app: metallb}}\nspec:\n  selector: {matchLabels: {app: metallb}}\n  template:\n",
                "    metadata: {labels: {app: metallb}}\n    spec:\n      containers:\n      - name: speaker\n",
                "        image: quay.io/metallb/speaker:v0.14.9\n        env:\n",
                "        - {name: METALLB_ML_SECRET_KEY, value: '@'}\n",
                "        - name: ROUTER_PASSWORD\n          value: '@'\n",
            ),
        )],
    ),
    Place::aside(
        "a snapshot",
        &[(
            "snapshot.yaml",
            concat!(
                "apiVersion: metallb2cilium.io/v1alpha1\nkind: Snapshot\nmetadata: {name: snapshot}\n",
                "spec: {version: 0.1.0, services: 0, leftOut: []}\n---\n",
                "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n",
                "metadata: {name: pool, namespace: metallb-system}\n",
                "spec: {addresses: [192.0.2.100-192.0.2.103]}\n---\n",
                "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\n",
                "metadata: {name: tor, namespace: metallb-system}\n",
                "spec: {myASN: 65001, peerASN: 64512, peerAddress: 127.0.0.2, password: '@'}\n---\n",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: metallb-system}\n",
                "data: {password: %64%}\n",
            ),
        )],
    ),
    Place::aside(
        "a tree of manifests",
        &[
            ("tree/peer.yaml", peer!("  password: '@'\n")),
            (
                "tree/values.yaml",
                concat!(
                    "routerPassword: '@'\nservice:\n  type: LoadBalancer\n  annotations:\n",
                    "    metallb.io/loadBalancerIPs: 192.0.2.100\n  adminPassword: '@'\n",
                ),
            ),
            (
                "tree/secret.yaml",
                concat!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {password: '@'}\n",
                    "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n",
                    "    metallb.io/address-pool: pool\nspec: {type: LoadBalancer}\n",
                ),
            ),
            ("tree/broken.yaml", "a: [\npassword: @\n"),
        ],
    ),
    Place::aside(
        "observations",
        &[(
            "observed.jsonl",
            concat!(
                "{\"schema\":\"metallb2cilium.io/observation/v1\",\"observation\":\"peer\",",
                "\"node\":\"node-a\",\"password\":\"@\"}\n",
                "{\"code\":\"M2C409\",\"severity\":\"error\",\"message\":\"password: @\"}\n",
                "password=@\n",
            ),
        )],
    ),
    Place::aside("events", &[("events.yaml", "- {at: 1s, set: {password: '@'}}\n")]),
    Place::aside("Cilium's values", &[("values.yaml", "etcd: {password: '@'}\nbgp: [\n")]),
    // What is refused.
    Place::refused("a list as a password", &[(P, peer!("  password: ['@']\n"))]),
    Place::refused("a mapping as a password", &[(P, peer!("  password: {'@': '@'}\n"))]),
    Place::refused("a number", &[(P, peer!("  password: @\n"))]).marked(&[NUMBER]),
    Place::refused("a number by --set", &[(P, peer!("  password: ${KEY}\n"))])
        .with(&["--set", "KEY=@"])
        .marked(&[NUMBER]),
    Place::refused("a text for the reference", &[(P, peer!("  passwordSecret: '@'\n"))]),
    Place::refused("a list for the reference", &[(P, peer!("  passwordSecret: ['@']\n"))]),
    Place::refused("a key of the reference", &[(P, peer!("  passwordSecret: {password: '@'}\n"))]),
    Place::refused("a misspelt field", &[(P, peer!("  pasword: '@'\n"))]),
    Place::refused("an unknown field of another name", &[(P, peer!("  md5Key: '@'\n"))]),
    Place::refused("an unknown field beside", &[(P, peer!("  password: '@'\n  colour: red\n"))]),
    Place::refused(
        "a field in the wrong object",
        &[(
            P,
            concat!(
                "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: b}\n",
                "spec: {addresses: [], password: '@'}\n",
            ),
        )],
    ),
    Place::refused("a password twice", &[(P, peer!("  password: '@'\n  password: '@x'\n"))]),
    Place::refused(
        "password and reference",
        &[(P, peer!("  password: '@'\n  passwordSecret: {name: key}\n"))],
    ),
    Place::refused("a wrong field beside", &[(P, peer!("  password: '@'\n  holdTime: '@'\n"))]),
    Place::refused(
        "a wrong place by --set",
        &[(P, peer!("  password: ${BGP_KEY}\n  peerPort: ${BGP_KEY}\n"))],
    )
    .with(&["--set", "BGP_KEY=@"]),
    Place::refused(
        "a wrong place by --env-file",
        &[(P, peer!("  password: ${BGP_KEY}\n  holdTime: ${BGP_KEY}\n")), ("env", "BGP_KEY=@\n")],
    )
    .with(&["--env-file", "env"]),
    Place::refused("--set by a name that says it", &[(P, peer!("  holdTime: ${BGP_PASSWORD}\n"))])
        .with(&["--set", "BGP_PASSWORD=@"]),
    Place::refused("--set without a name", &[]).with(&["--set", "=@"]),
    Place::refused("--set of a wrong name", &[]).with(&["--set", "1PASSWORD=@"]),
    Place::refused("--set without =", &[]).with(&["--set", "@"]),
    Place::refused("--env-file without =", &[("env", "export @\n@\nA=\"@\n")])
        .with(&["--env-file", "env"]),
    Place::refused("an option that is none", &[]).with(&["--password=@"]),
    Place::refused(
        "objects that differ",
        &[(P, peer!("  password: '@'\n")), ("in/peer2.yaml", peer!("  password: '@2'\n"))],
    ),
    Place::refused(
        "Secrets that differ",
        &[
            (S, secret!("data: {password: %64%}\n")),
            ("in/secret2.yaml", secret!("stringData: {password: '@'}\n")),
        ],
    ),
    Place::refused(
        "a Secret of another type",
        &[
            (P, REFERENCE),
            (
                S,
                concat!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: metallb-system}\n",
                    "type: Opaque\nstringData: {password: '@', '@': x}\n",
                ),
            ),
        ],
    ),
    Place::refused("a Secret with a list", &[(P, REFERENCE), (S, secret!("stringData: ['@']\n"))]),
    Place::refused(
        "a Secret with a mapping",
        &[(P, REFERENCE), (S, secret!("data: {password: {a: '@'}}\n"))],
    ),
    Place::refused(
        "clear text under data",
        &[(P, REFERENCE), (S, secret!("data: {password: '@!'}\n"))],
    ),
    Place::refused("a Secret whose data is a text", &[(P, REFERENCE), (S, secret!("data: '@'\n"))]),
    Place::refused("a flow that is not closed", &[(P, "spec: {password: @\n")]),
    Place::refused("a quote that is not closed", &[(P, peer!("  password: \"@\n  x: y\n"))]),
    Place::refused("wrong indentation", &[(P, peer!("   password: @\n password: @\n"))]),
    Place::refused("a tab", &[(P, peer!("\tpassword: @\n"))]),
    Place::refused("an unknown escape", &[(P, peer!("  password: \"@\\q\"\n"))]),
    Place::refused("an unknown alias", &[(P, peer!("  password: *@\n"))]),
    Place::refused("an unknown tag", &[(P, peer!("  password: !@ x\n"))]),
    Place::refused(
        "JSON that is cut off",
        &[(P, "{\"kind\":\"BGPPeer\",\"spec\":{\"password\":\"@")],
    ),
    Place::refused("a template", &[(P, peer!("  password: {{ \"@\" | quote }}\n"))]),
    Place::refused(
        "a broken old ConfigMap",
        &[(
            P,
            concat!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: metallb-system}\n",
                "data:\n  config: |\n    peers:\n    - password: '@'\n      my-asn: [\n",
            ),
        )],
    ),
    Place::refused(
        "an old ConfigMap with a wrong type",
        &[(
            P,
            concat!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: metallb-system}\n",
                "data:\n  config: |\n    peers:\n    - password: ['@']\n      my-asn: x\n      pasword: '@'\n",
            ),
        )],
    ),
    Place::refused(
        "an old ConfigMap in quotes",
        &[(
            P,
            concat!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: metallb-system}\n",
                "data: {config: \"peers:\\n- password: '@'\\n  my-asn: x\\n\"}\n",
            ),
        )],
    ),
    Place::refused("a byte that is no UTF-8 text", &[(P, peer!("  password: '@\u{0}'\n"))]),
];
