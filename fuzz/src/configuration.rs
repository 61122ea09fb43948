//! Small configurations of MetalLB's with Services and Nodes, as YAML: most of them such
//! as MetalLB accepts, since what it refuses is not converted.

use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};

const POOLS: [&str; 3] = ["a", "b", "c"];
const SELECTORS: &[&str] = &[
    "[{matchLabels: {app: x}}]",
    "[{matchLabels: {app: v}}, {matchLabels: {tier: z}}]",
    "[{matchExpressions: [{key: app, operator: NotIn, values: [x]}]}]",
    "[{matchExpressions: [{key: app, operator: Exists}]}]",
    "[{matchExpressions: [{key: tier, operator: DoesNotExist}]}]",
    "[{matchLabels: {app: x}, matchExpressions: [{key: app, operator: In, values: [x, v]}]}]",
    "[{}]",
];
const NODES: &[&str] = &[
    "[{matchLabels: {rack: a}}]",
    "[{matchLabels: {rack: b}}]",
    "[{matchLabels: {rack: a}}, {matchLabels: {rack: b}}]",
    "[{matchExpressions: [{key: rack, operator: Exists}]}]",
    "[{matchExpressions: [{key: rack, operator: NotIn, values: [a]}]}]",
    "[{matchLabels: {kubernetes.io/hostname: n1}}]",
];

/// A configuration.
#[derive(Debug, Default)]
pub struct Configuration {
    /// All objects.
    pub yaml: String,
    /// Whether every pool has room for all Services.
    pub has_room: bool,
}

/// Collects the fields of a flow mapping.
struct Fields<'u, 'a> {
    input: &'u mut Unstructured<'a>,
    text: String,
}

impl<'u, 'a> Fields<'u, 'a> {
    fn new(input: &'u mut Unstructured<'a>) -> Self {
        Self { input, text: String::new() }
    }

    fn add(&mut self, field: &str) {
        if !field.is_empty() {
            if !self.text.is_empty() {
                self.text += ", ";
            }
            self.text += field;
        }
    }

    /// One of these, or none of them; the more often the less there is to say.
    fn maybe(&mut self, fields: &[&str]) -> Result<()> {
        if self.input.ratio(1_u8, 3)? {
            let field = *self.input.choose(fields)?;
            self.add(field);
        }
        Ok(())
    }

    fn maybe_field(&mut self, name: &str, values: &[&str]) -> Result<()> {
        if self.input.ratio(1_u8, 3)? {
            let value = *self.input.choose(values)?;
            self.add(&format!("{name}: {value}"));
        }
        Ok(())
    }

    fn one(&mut self, fields: &[&str]) -> Result<()> {
        let field = *self.input.choose(fields)?;
        self.add(field);
        Ok(())
    }
}

/// A configuration out of what the fuzzer made up.
pub fn any(input: &mut Unstructured<'_>) -> Result<Configuration> {
    let mut all = Configuration { yaml: String::new(), has_room: true };
    pools(input, &mut all)?;
    if input.ratio(2, 3)? {
        l2(input, &mut all.yaml)?;
    }
    if input.ratio(2, 3)? {
        bgp(input, &mut all.yaml)?;
    }
    cluster(input, &mut all.yaml)?;
    Ok(all)
}

fn object(yaml: &mut String, kind: &str, version: &str, metadata: &str, spec: &str) {
    let _ = write!(
        yaml,
        "---\napiVersion: metallb.io/{version}\nkind: {kind}\nmetadata: {{{metadata}, namespace: \
         m}}\nspec: {{{spec}}}\n"
    );
}

fn pools(input: &mut Unstructured<'_>, all: &mut Configuration) -> Result<()> {
    for (index, name) in POOLS.iter().enumerate().take(input.int_in_range(1..=3)?) {
        let small = input.ratio(1, 8)?;
        all.has_room &= !small;
        let addresses = match (small, input.int_in_range(0..=4)?) {
            (true, 0) => format!("[10.{index}.0.5/32]"),
            (true, 1) => format!("[10.{index}.0.5-10.{index}.0.6]"),
            (true, _) => format!("[10.{index}.0.254-10.{index}.1.1, 'fd00:{index}::5/127']"),
            (_, 0) => format!("[10.{index}.0.0/26]"),
            (_, 1) => format!("[10.{index}.0.1-10.{index}.0.77]"),
            (_, 2) => format!("['fd00:{index}::/120']"),
            (_, 3) => format!("[10.{index}.0.0/24, 10.{index}.2.16-10.{index}.2.99]"),
            _ => format!("[10.{index}.0.1-10.{index}.1.77, 'fd00:{index}::1-fd00:{index}::ff']"),
        };
        let mut spec = Fields::new(input);
        spec.add(&format!("addresses: {addresses}"));
        spec.maybe(&["autoAssign: false"])?;
        spec.maybe(&["avoidBuggyIPs: true"])?;
        if spec.input.ratio(1, 2)? {
            let mut allocation = Fields::new(spec.input);
            allocation.maybe(&["priority: 1", "priority: 5", "priority: 0"])?;
            allocation.maybe_field("namespaces", &["[default]", "[other]", "[default, other]"])?;
            allocation.maybe_field(
                "namespaceSelectors",
                &[
                    "[{matchLabels: {team: t}}]",
                    "[{matchExpressions: [{key: team, operator: Exists}]}]",
                ],
            )?;
            allocation.maybe_field("serviceSelectors", SELECTORS)?;
            let allocation = allocation.text;
            spec.add(&format!("serviceAllocation: {{{allocation}}}"));
        }
        let spec = spec.text;
        let label = if input.ratio(1, 2)? { ", labels: {zone: a}" } else { "" };
        object(&mut all.yaml, "IPAddressPool", "v1beta1", &format!("name: {name}{label}"), &spec);
    }
    Ok(())
}

fn chosen_pools(spec: &mut Fields<'_, '_>) -> Result<()> {
    spec.maybe_field("ipAddressPools", &["[a]", "[b]", "[a, b]", "[c]", "[b, c]", "[nowhere]"])?;
    spec.maybe_field(
        "ipAddressPoolSelectors",
        &[
            "[{matchLabels: {zone: a}}]",
            "[{matchExpressions: [{key: zone, operator: DoesNotExist}]}]",
        ],
    )
}

fn l2(input: &mut Unstructured<'_>, yaml: &mut String) -> Result<()> {
    for index in 0..input.int_in_range(1..=3)? {
        let mut spec = Fields::new(input);
        chosen_pools(&mut spec)?;
        spec.maybe_field("nodeSelectors", NODES)?;
        spec.maybe_field("interfaces", &["[eth0]", "[eth1]", "[eth0, eth1]", "[bond0.100]"])?;
        spec.maybe_field("serviceSelectors", SELECTORS)?;
        if spec.input.ratio(1, 8)? {
            spec.add("preferredNodeSelectors: [{weight: 5, preference: {matchLabels: {rack: a}}}]");
        }
        let spec = spec.text;
        object(yaml, "L2Advertisement", "v1beta1", &format!("name: l{index}"), &spec);
    }
    Ok(())
}

fn bgp(input: &mut Unstructured<'_>, yaml: &mut String) -> Result<()> {
    for index in 0..input.int_in_range(1..=2)? {
        let mut spec = Fields::new(input);
        spec.one(&["myASN: 64512", "myASN: 64512", "myASN: 64513", "myASN: 4200000000"])?;
        spec.one(&[
            "peerASN: 64512",
            "peerASN: 64513",
            "dynamicASN: external",
            "dynamicASN: internal",
        ])?;
        let address = [
            format!("peerAddress: 192.0.2.{index}1"),
            format!("peerAddress: '2001:db8::{index}1'"),
        ];
        spec.one(&[&address[0], &address[0], &address[1]])?;
        spec.maybe_field("nodeSelectors", NODES)?;
        spec.maybe(&["holdTime: 30s", "holdTime: 0s", "holdTime: 90s"])?;
        spec.maybe(&["keepaliveTime: 10s"])?;
        spec.maybe(&["connectTime: 5s", "ebgpMultiHop: true", "enableGracefulRestart: true"])?;
        spec.maybe(&["peerPort: 1179", "routerID: 192.0.2.200", "sourceAddress: 192.0.2.7"])?;
        spec.maybe(&["password: hunter2", "bfdProfile: fast", "vrf: red", "disableMP: true"])?;
        let spec = spec.text;
        object(yaml, "BGPPeer", "v1beta2", &format!("name: p{index}"), &spec);
    }
    if input.ratio(1, 4)? {
        object(yaml, "BFDProfile", "v1beta1", "name: fast", "receiveInterval: 200");
    }
    if input.ratio(1, 4)? {
        object(
            yaml,
            "Community",
            "v1beta1",
            "name: all",
            "communities: [{name: one, value: '64512:7'}]",
        );
    }
    for index in 0..input.int_in_range(0..=3)? {
        let mut spec = Fields::new(input);
        chosen_pools(&mut spec)?;
        spec.maybe_field("nodeSelectors", NODES)?;
        spec.maybe_field("peers", &["[p0]", "[p1]", "[p0, p1]"])?;
        spec.maybe_field("communities", &["['64512:1']", "['large:1:2:3', '64512:9']", "[one]"])?;
        spec.maybe_field("serviceSelectors", SELECTORS)?;
        spec.maybe(&["localPref: 200", "localPref: 100"])?;
        spec.maybe(&[
            "aggregationLength: 26",
            "aggregationLength: 32",
            "aggregationLengthV6: 120",
        ])?;
        let spec = spec.text;
        object(yaml, "BGPAdvertisement", "v1beta1", &format!("name: b{index}"), &spec);
    }
    Ok(())
}

fn cluster(input: &mut Unstructured<'_>, yaml: &mut String) -> Result<()> {
    yaml.push_str(
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\napiVersion: v1\nkind: \
         Namespace\nmetadata: {name: other, labels: {team: t}}\n",
    );
    for (name, label) in [("n1", "rack: a"), ("n2", "rack: b"), ("n3", "")] {
        let mut labels = Fields::new(input);
        labels.add(&format!("kubernetes.io/hostname: {name}"));
        labels.add(label);
        if labels.input.ratio(1, 8)? {
            labels.add("node.kubernetes.io/exclude-from-external-load-balancers: ''");
        }
        let labels = labels.text;
        let interfaces = input.choose(&["eth0,eth1", "eth0", "eth0,bond0.100"])?;
        let status = match input.int_in_range(0..=7)? {
            0 => "status: {conditions: [{type: NetworkUnavailable, status: 'True'}]}\n",
            1 => "status: {conditions: [{type: Ready, status: 'False'}]}\n",
            _ => "",
        };
        let _ = write!(
            yaml,
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}, \
             annotations: {{metallb2cilium.io/interfaces: '{interfaces}'}}}}\n{status}"
        );
    }
    for index in 0..input.int_in_range(0..=3)? {
        service(input, index, yaml)?;
    }
    Ok(())
}

fn service(input: &mut Unstructured<'_>, index: usize, yaml: &mut String) -> Result<()> {
    let namespace = input.choose(&["default", "other"])?;
    let mut labels = Fields::new(input);
    labels.maybe(&["app: x", "app: v", "app: w"])?;
    labels.maybe(&["tier: z"])?;
    let labels = labels.text;
    let mut notes = Fields::new(input);
    notes.maybe(&[
        "metallb.io/address-pool: a",
        "metallb.io/address-pool: b",
        "metallb.universe.tf/address-pool: c",
        "metallb.io/loadBalancerIPs: 10.0.0.9",
        "metallb.io/loadBalancerIPs: '10.0.0.9,fd00:0::9'",
        "metallb.io/loadBalancerIPs: 10.1.0.5",
    ])?;
    notes.maybe(&["metallb.io/allow-shared-ip: k"])?;
    let notes = notes.text;
    let mut spec = Fields::new(input);
    spec.add("type: LoadBalancer");
    let (four, six) = (format!("10.96.0.{index}"), format!("'fd96::{index}'"));
    let families = [
        format!("clusterIPs: [{four}], ipFamilies: [IPv4]"),
        format!("clusterIPs: [{six}], ipFamilies: [IPv6]"),
        format!(
            "clusterIPs: [{four}, {six}], ipFamilies: [IPv4, IPv6], ipFamilyPolicy: PreferDualStack"
        ),
        format!(
            "clusterIPs: [{four}, {six}], ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack"
        ),
    ];
    spec.one(&[&families[0], &families[0], &families[1], &families[2], &families[3]])?;
    spec.maybe(&["externalTrafficPolicy: Local"])?;
    if spec.input.ratio(1, 8)? {
        spec.one(&[
            "loadBalancerIP: 10.0.0.7",
            "loadBalancerClass: other",
            "loadBalancerIP: 'fd00:1::7'",
        ])?;
    }
    let port = if spec.input.ratio(1, 2)? { 80 } else { 80 + index };
    spec.add(&format!("ports: [{{port: {port}}}], selector: {{a: s{index}}}"));
    let spec = spec.text;
    let status = match input.int_in_range(0..=5)? {
        0 => "status: {loadBalancer: {ingress: [{ip: 10.0.0.5}]}}\n",
        1 => "status: {loadBalancer: {ingress: [{ip: 10.1.0.6}]}}\n",
        2 => "status: {loadBalancer: {ingress: [{ip: 10.0.0.20}, {ip: 'fd00:0::20'}]}}\n",
        _ => "",
    };
    let _ = write!(
        yaml,
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{index}, namespace: {namespace}, labels: \
         {{{labels}}}, annotations: {{{notes}}}}}\nspec: {{{spec}}}\n{status}"
    );
    if input.ratio(7, 8)? {
        let endpoints = input.choose(&[
            "{addresses: [10.2.0.1], nodeName: n1}, {addresses: ['fd02::1'], nodeName: n1}",
            "{addresses: [10.2.0.1], nodeName: n1}, {addresses: [10.2.0.2], nodeName: n2}",
            "{addresses: [10.2.0.3, 'fd02::3'], nodeName: n3, conditions: {ready: false}}",
            "{addresses: ['fd02::4'], nodeName: n2, conditions: {ready: false, serving: true}}",
        ])?;
        let _ = write!(
            yaml,
            "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: e{index}, \
             namespace: {namespace}, labels: {{kubernetes.io/service-name: s{index}}}}}\nendpoints: \
             [{endpoints}]\n"
        );
    }
    Ok(())
}
