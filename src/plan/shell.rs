//! Actions and checks as commands: for people, who read them one by one, and for
//! the scripts, which share a library.

use std::fmt::Write as _;

use super::action::{Action, Announcer, Check, FIELD_MANAGER, Target};
use super::installation::{Workload, WorkloadKind};
use crate::convert::ANNOUNCER_LABEL;

/// What the scripts have in common.
pub(super) const LIBRARY: &str =
    concat!(include_str!("lib.sh"), include_str!("workloads.sh"), include_str!("removal.sh"));

/// A word as the shell takes it literally.
pub(super) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn namespace(workload: &Workload) -> String {
    format!("-n {}", quote(&workload.namespace))
}

impl Workload {
    /// As kubectl takes it: `deployment/controller -n metallb-system`.
    pub(super) fn argument(&self) -> String {
        format!("{}/{} {}", self.kind.resource(), quote(&self.name), namespace(self))
    }

    /// As the library's functions take it.
    fn words(&self) -> String {
        format!("{} {} {}", self.kind.resource(), quote(&self.namespace), quote(&self.name))
    }
}

impl Target {
    fn argument(&self) -> String {
        let (resource, name) = (quote(&self.resource), quote(&self.name));
        if self.namespace.is_empty() {
            format!("{resource} {name}")
        } else {
            format!("{resource} -n {} {name}", quote(&self.namespace))
        }
    }

    fn words(&self) -> String {
        let namespace =
            if self.namespace.is_empty() { "''".to_owned() } else { quote(&self.namespace) };
        format!("{} {namespace} {}", quote(&self.resource), quote(&self.name))
    }
}

fn label(announcer: Option<Announcer>) -> String {
    match announcer {
        Some(announcer) => format!("{ANNOUNCER_LABEL}={}", announcer.as_str()),
        None => format!("{ANNOUNCER_LABEL}-"),
    }
}

/// The file in which an object is kept.
fn kept(target: &Target) -> String {
    quote(&format!("state/{}.yaml", target.name))
}

/// How the snapshot is taken.
fn snapshot(file: &str) -> String {
    format!("metallb2cilium snapshot --from-cluster --output-file {}", quote(file))
}

impl Action {
    /// The commands to type.
    pub fn commands(&self) -> Vec<String> {
        match self {
            Self::Snapshot { file } => vec![snapshot(file)],
            Self::Baseline { .. } => vec![ADDRESSES.to_owned()],
            Self::HelmUpgrade { namespace, file } => {
                let namespace = quote(namespace);
                vec![
                    format!(
                        "helm upgrade cilium cilium --repo https://helm.cilium.io -n {namespace} \
                         --version \"$VERSION_THAT_RUNS\" --reuse-values -f {} --wait",
                        quote(file)
                    ),
                    format!(
                        "kubectl rollout restart -n {namespace} daemonset/cilium \
                         deployment/cilium-operator"
                    ),
                ]
            }
            Self::SaveAndDelete { target } => vec![
                // What belongs to its former life would keep it from being made again.
                format!(
                    "mkdir -p state && kubectl get {} -o yaml | \
                     sed -E '/^  (resourceVersion|uid|creationTimestamp|generation):/d' > {}",
                    target.argument(),
                    kept(target)
                ),
                format!("kubectl delete {} --ignore-not-found", target.argument()),
            ],
            Self::Restore { target } => {
                vec![format!("kubectl apply -f {}", kept(target))]
            }
            Self::DeleteObjects { targets } => {
                let command = |target: &Target| {
                    format!("kubectl delete {} --ignore-not-found", target.argument())
                };
                targets.iter().map(command).collect()
            }
            Self::RemoveMetallb { names } => super::removal::commands(names),
            other => other.plain(),
        }
    }

    /// The lines of the script.
    pub fn script(&self) -> Vec<String> {
        match self {
            Self::Snapshot { file } => {
                vec![format!("[ -e {} ] || run {}", quote(file), snapshot(file))]
            }
            Self::Baseline { speaker } => vec![format!("baseline {}", speaker.words())],
            Self::HelmUpgrade { file, .. } => {
                vec![format!("settings_hold \"${{SETTINGS[@]}}\" || helm_upgrade {}", quote(file))]
            }
            Self::SaveAndDelete { target } => vec![format!("save_and_delete {}", target.words())],
            Self::Restore { target } => vec![format!("restore {}", target.words())],
            Self::DeleteObjects { targets } => {
                let command = |target: &Target| format!("delete_known {}", target.words());
                targets.iter().map(command).collect()
            }
            Self::RemoveMetallb { names } => vec![format!(
                "remove_metallb {} {} {} {} {}",
                quote(&names.namespace),
                quote(&names.controller),
                quote(&names.speaker),
                quote(names.release.as_deref().unwrap_or_default()),
                quote(&names.frr_namespace)
            )],
            other => other.plain().into_iter().map(|command| format!("run {command}")).collect(),
        }
    }

    /// What is one command of kubectl's, in both.
    fn plain(&self) -> Vec<String> {
        match self {
            Self::Apply { file } => vec![format!("kubectl apply -f {}", quote(file))],
            Self::ApplyOwned { file } => vec![format!(
                "kubectl apply --server-side --field-manager={FIELD_MANAGER} -f {}",
                quote(file)
            )],
            Self::Delete { file } => {
                vec![format!("kubectl delete --ignore-not-found -f {}", quote(file))]
            }
            Self::LabelServices { file, announcer } => {
                vec![format!("kubectl label --overwrite -f {} {}", quote(file), label(*announcer))]
            }
            Self::LabelNodes { nodes, announcer } => {
                // Command lines have an end.
                let chunks = nodes.chunks(50).map(|nodes| {
                    let names: Vec<String> = nodes.iter().map(|node| quote(node)).collect();
                    format!(
                        "kubectl label --overwrite node {} {}",
                        names.join(" "),
                        label(*announcer)
                    )
                });
                chunks.collect()
            }
            Self::Scale { workload, replicas } => {
                vec![format!("kubectl scale {} --replicas={replicas}", workload.argument())]
            }
            Self::Patch { target, patch } => vec![format!(
                "kubectl patch {} --type=merge -p {}",
                target.argument(),
                quote(&patch.to_string())
            )],
            _ => vec![],
        }
    }
}

/// How each Service's addresses are looked at.
const ADDRESSES: &str =
    "kubectl get services --all-namespaces   # EXTERNAL-IP is as in addresses.tsv";

/// Names in a sentence, of which there may be many.
fn list(nodes: &[String]) -> String {
    const MOST: usize = 5;
    match nodes.get(MOST..).map_or(0, <[_]>::len) {
        0 => nodes.join(", "),
        more => format!("{} and {more} more", nodes.get(..MOST).unwrap_or_default().join(", ")),
    }
}

/// Names as the library's functions take them, a space before each.
fn words<'a>(nodes: impl IntoIterator<Item = &'a String>) -> String {
    nodes.into_iter().map(|node| format!(" {}", quote(node))).collect()
}

impl Check {
    /// What must hold, as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Rights => {
                "You have every right that the steps need (rights.txt): each answer is yes."
                    .to_owned()
            }
            Self::PlanIsFresh => {
                "The Services' addresses are still those that this plan was made for.".to_owned()
            }
            Self::Addresses => "Every Service has the address that it had at the start.".to_owned(),
            Self::Probes => "Every address that answered at the start still answers.".to_owned(),
            Self::Settings { expected, .. } => {
                let all: Vec<String> =
                    expected.iter().map(|(key, value)| format!("{key}={value}")).collect();
                format!("The ConfigMap cilium-config says {}.", all.join(", "))
            }
            Self::Stopped { workload, nodes: Some(nodes) } => {
                format!("No Pod of {} is left on {}.", workload.name, list(nodes))
            }
            Self::Stopped { workload, nodes: None } => {
                format!("No Pod of {} is left.", workload.name)
            }
            Self::Ready { workload } if workload.kind == WorkloadKind::Deployment => {
                format!("A Pod of {} is ready.", workload.name)
            }
            Self::Ready { workload } => format!("All Pods of {} are ready.", workload.name),
            Self::ReadyOn { workload, nodes } => {
                format!("A Pod of {} is ready on {}.", workload.name, list(nodes))
            }
            Self::Seen { .. } => "Whoever watches has seen what was changed last.".to_owned(),
            Self::PoolsWithoutConflict => "No two pools of Cilium's overlap.".to_owned(),
            Self::SilentOnL2 { .. } => {
                "MetalLB answers for none of the Services of this wave.".to_owned()
            }
            Self::Leases { services, .. } => {
                format!("A node holds the lease of each Service that is announced ({services}).")
            }
            Self::NoLeases { .. } => "No node holds a lease of this wave any more.".to_owned(),
            Self::Sessions { node, count } => {
                format!("Cilium's BGP sessions of {node} are established ({count}).")
            }
            Self::NoSessions { node } => format!("Cilium has no BGP session on {node}."),
            Self::Exist { targets } => {
                let all: Vec<String> = targets
                    .iter()
                    .map(|one| format!("{} {}/{}", one.kind, one.namespace, one.name))
                    .collect();
                format!("What the workloads need is there: {}.", all.join(", "))
            }
            Self::MetallbGone { .. } => {
                "No CRD, webhook, role or speaker of MetalLB's is left.".to_owned()
            }
        }
    }

    /// What to type to look at it.
    pub fn command(&self) -> Option<String> {
        Some(match self {
            Self::Rights => "while read -r right; do kubectl auth can-i $right </dev/null; done \
                             <rights.txt"
                .to_owned(),
            Self::PlanIsFresh | Self::Addresses => ADDRESSES.to_owned(),
            Self::Probes => return None,
            Self::Seen { nodes } if nodes.is_empty() => return None,
            Self::Seen { .. } => format!(
                "kubectl get ciliumnodes.cilium.io -l {ANNOUNCER_LABEL}={}",
                Announcer::Cilium.as_str()
            ),
            Self::Settings { namespace, .. } => {
                format!("kubectl get configmap cilium-config -n {} -o yaml", quote(namespace))
            }
            Self::Stopped { workload, .. } | Self::ReadyOn { workload, .. } => {
                format!("kubectl get pods {} -o wide", namespace(workload))
            }
            Self::Ready { workload } => format!("kubectl get {} -o wide", workload.argument()),
            Self::PoolsWithoutConflict => {
                "kubectl get ciliumloadbalancerippools.cilium.io   # CONFLICTING is False"
                    .to_owned()
            }
            Self::SilentOnL2 { .. } => {
                "kubectl get servicel2statuses.metallb.io --all-namespaces".to_owned()
            }
            Self::Leases { namespace, .. } | Self::NoLeases { namespace, .. } => {
                format!("kubectl get leases -n {} | grep cilium-l2announce-", quote(namespace))
            }
            Self::Sessions { node, .. } | Self::NoSessions { node } => {
                format!("kubectl get ciliumbgpnodeconfigs.cilium.io {} -o yaml", quote(node))
            }
            Self::Exist { targets } => {
                let all: Vec<String> = targets
                    .iter()
                    .map(|target| format!("kubectl get {}", target.argument()))
                    .collect();
                all.join("; ")
            }
            Self::MetallbGone { .. } => {
                "kubectl get crds,validatingwebhookconfigurations,clusterroles,clusterrolebindings -o \
                 name | grep metallb"
                    .to_owned()
            }
        })
    }

    /// The line of the script.
    pub fn script(&self) -> String {
        match self {
            Self::Rights => "check_rights".to_owned(),
            Self::PlanIsFresh => "check_plan_is_fresh".to_owned(),
            Self::Addresses => "check_addresses".to_owned(),
            Self::Probes => "check_probes".to_owned(),
            Self::Settings { .. } => "check_settings \"${SETTINGS[@]}\"".to_owned(),
            Self::Stopped { workload, nodes } => {
                format!("check_stopped {}{}", workload.words(), words(nodes.iter().flatten()))
            }
            Self::Ready { workload } => format!("check_ready {}", workload.words()),
            Self::ReadyOn { workload, nodes } => {
                format!("check_ready_on {}{}", workload.words(), words(nodes))
            }
            Self::Seen { nodes } => format!("check_seen {}{}", nodes.len(), words(nodes)),
            Self::PoolsWithoutConflict => "check_pools_without_conflict".to_owned(),
            Self::SilentOnL2 { file } => format!("check_silent_on_l2 {}", quote(file)),
            Self::Leases { file, .. } => format!("check_leases {}", quote(file)),
            Self::NoLeases { file, .. } => format!("check_no_leases {}", quote(file)),
            Self::Sessions { node, count } => format!("check_sessions {} {count}", quote(node)),
            Self::NoSessions { node } => format!("check_no_sessions {}", quote(node)),
            Self::Exist { targets } => {
                let all: Vec<String> = targets.iter().map(Target::words).collect();
                format!("check_exist {}", all.join(" "))
            }
            Self::MetallbGone { speaker } => {
                format!("check_metallb_gone {} {}", quote(&speaker.namespace), quote(&speaker.name))
            }
        }
    }
}

/// `SETTINGS=(…)` where a check or an action needs it.
pub(super) fn settings(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        if let Check::Settings { expected, .. } = check {
            let words: Vec<String> =
                expected.iter().map(|(key, value)| quote(&format!("{key}={value}"))).collect();
            let _ = writeln!(text, "SETTINGS=({})", words.join(" "));
        }
    }
    text
}

impl Workload {
    /// A Deployment or DaemonSet by name.
    pub fn new(kind: WorkloadKind, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        for (word, quoted) in [
            ("a-b.c/d=e", "a-b.c/d=e"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)", "'$(x)'"),
            ("it's", r"'it'\''s'"),
            ("{\"a\":1}", "'{\"a\":1}'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    #[test]
    fn what_is_kept_by_hand_can_be_made_again() {
        let target = Target {
            resource: "validatingwebhookconfiguration".to_owned(),
            kind: "ValidatingWebhookConfiguration".to_owned(),
            namespace: String::new(),
            name: "m".to_owned(),
        };
        let save = Action::SaveAndDelete { target }.commands().remove(0);
        assert!(save.contains("resourceVersion|uid") && save.ends_with("> state/m.yaml"), "{save}");
    }
}
