//! What is removed of MetalLB, as data, and how it is removed by hand.

use super::installation::Installation;
use super::shell::quote;

/// MetalLB's resources, in the order in which they are deleted: what announces first.
pub(super) const RESOURCES: &[&str] = &[
    "bgpadvertisements",
    "l2advertisements",
    "bgppeers",
    "bfdprofiles",
    "communities",
    "ipaddresspools",
    "addresspools",
];

/// Kinds in MetalLB's namespace of which some are MetalLB's: API group and resource.
pub(super) const NAMESPACED: &[(&str, &str)] = &[
    ("apps", "deployments"),
    ("apps", "daemonsets"),
    ("", "services"),
    ("", "configmaps"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
];

/// The long way to type it; the script looks at what is there.
pub(super) fn commands(installation: &Names) -> Vec<String> {
    let namespace = quote(&installation.namespace);
    let mut commands = vec![
        "kubectl patch crd bgppeers.metallb.io --type=merge -p \
         '{\"spec\":{\"conversion\":{\"strategy\":\"None\",\"webhook\":null}}}'   # and addresspools, \
         if they are there"
            .to_owned(),
        "kubectl get validatingwebhookconfigurations -o name | grep metallb | xargs -r kubectl \
         delete"
            .to_owned(),
    ];
    if !installation.legacy {
        // Newer versions do not know AddressPools; they go with their definition.
        let known = RESOURCES.iter().filter(|resource| **resource != "addresspools");
        let resources: Vec<String> =
            known.map(|resource| format!("{resource}.metallb.io")).collect();
        commands.push(format!("kubectl delete -n {namespace} --all {}", resources.join(",")));
    }
    if let Some(release) = &installation.release {
        commands.push(format!(
            "helm uninstall {} -n {namespace} --wait   # if `helm get metadata` says CHART: metallb",
            quote(release)
        ));
    }
    commands.extend([
        format!(
            "kubectl delete -n {namespace} --ignore-not-found deployment/{} daemonset/{}",
            quote(&installation.controller),
            quote(&installation.speaker)
        ),
        format!(
            "kubectl get -n {namespace} -o name \
             services,configmaps,secrets,serviceaccounts,roles,rolebindings   # delete MetalLB's"
        ),
        "kubectl get clusterroles,clusterrolebindings -o name | grep -E '/metallb(-system)?[:-]' | \
         xargs -r kubectl delete"
            .to_owned(),
        "kubectl get crds -o name | grep '\\.metallb\\.io$' | xargs -r kubectl delete".to_owned(),
        format!("kubectl delete namespace {namespace}   # if nothing else is in it"),
    ]);
    commands
}

/// What MetalLB's objects are called.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Names {
    /// Its namespace.
    pub namespace: String,
    /// Its controller.
    pub controller: String,
    /// Its speakers.
    pub speaker: String,
    /// Helm's release, where Helm installed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Whether it is configured by its old ConfigMap alone.
    pub legacy: bool,
    /// Where frr-k8s runs; elsewhere it is not MetalLB's to take with it.
    #[serde(skip)]
    pub frr_namespace: String,
}

impl Names {
    pub(super) fn new(installation: &Installation, legacy: bool) -> Self {
        Self {
            namespace: installation.metallb_namespace.clone(),
            controller: installation.controller.name.clone(),
            speaker: installation.speaker.name.clone(),
            release: installation.release.clone(),
            legacy,
            frr_namespace: installation.frr_namespace.clone(),
        }
    }
}
