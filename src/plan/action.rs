//! What a step does, one command each: everything can be done again and does no harm.

use serde::Serialize;
use serde_json::Value;

use super::installation::Workload;
use super::removal::Names;

/// The field manager of everything that is applied to Services.
pub const FIELD_MANAGER: &str = "metallb2cilium";

/// Values of [`ANNOUNCER_LABEL`](crate::convert::ANNOUNCER_LABEL).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Announcer {
    /// MetalLB's speaker runs.
    Metallb,
    /// Neither: between the two, so that never both speak.
    Nobody,
    /// Cilium announces.
    Cilium,
}

impl Announcer {
    /// As the label's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metallb => "metallb",
            Self::Nobody => "nobody",
            Self::Cilium => "cilium",
        }
    }
}

/// An object by its kind and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Target {
    /// As kubectl takes it: `l2advertisements.metallb.io`.
    pub resource: String,
    /// `kind`.
    pub kind: String,
    /// Empty for cluster-wide objects.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "action")]
pub enum Action {
    /// Keeps what a way back needs in a file.
    Snapshot {
        /// The file.
        file: String,
    },
    /// Notes which addresses answer and where speakers run, to compare with.
    Baseline {
        /// The speakers.
        speaker: Workload,
    },
    /// Gives Cilium its settings, unless it has them.
    HelmUpgrade {
        /// Cilium's namespace.
        namespace: String,
        /// The file of Helm values.
        file: String,
    },
    /// Applies the objects of a file.
    Apply {
        /// The file.
        file: String,
    },
    /// Applies labels and annotations, and takes back those that it set before and
    /// that are not there any more.
    ApplyOwned {
        /// The file.
        file: String,
    },
    /// Deletes the objects of a file.
    Delete {
        /// The file.
        file: String,
    },
    /// Sets or removes the announcer label of every Service in a file.
    LabelServices {
        /// The file.
        file: String,
        /// The value; none removes it.
        announcer: Option<Announcer>,
    },
    /// Sets or removes the announcer label of Nodes.
    LabelNodes {
        /// Which.
        nodes: Vec<String>,
        /// The value; none removes it.
        announcer: Option<Announcer>,
    },
    /// Sets the number of replicas, and waits until it is so.
    Scale {
        /// Of what.
        workload: Workload,
        /// How many.
        replicas: u32,
    },
    /// A JSON merge patch (RFC 7386).
    Patch {
        /// Of what.
        target: Target,
        /// The patch.
        patch: Value,
    },
    /// Keeps an object in a file, and deletes it.
    SaveAndDelete {
        /// Which.
        target: Target,
    },
    /// Applies what was kept.
    Restore {
        /// Which.
        target: Target,
    },
    /// Deletes objects, those that are there, of a kind that may not be there.
    DeleteObjects {
        /// Which.
        targets: Vec<Target>,
    },
    /// Takes MetalLB out, in an order that leaves no webhook or finalizer behind.
    RemoveMetallb {
        /// What is called how.
        #[serde(flatten)]
        names: Names,
    },
}

/// What must hold before the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "check")]
pub enum Check {
    /// The person who runs the scripts has every right that they need.
    Rights,
    /// The addresses are those that the plan was made for.
    PlanIsFresh,
    /// Every Service has the addresses that it had at the start.
    Addresses,
    /// The Services that answered at the start still do.
    Probes,
    /// Cilium's ConfigMap says so.
    Settings {
        /// Cilium's namespace.
        namespace: String,
        /// Keys and values of `cilium-config`.
        expected: Vec<(String, String)>,
    },
    /// No Pod of it is left, on a Node or at all.
    Stopped {
        /// Of what.
        workload: Workload,
        /// On which Nodes only.
        nodes: Option<Vec<String>>,
    },
    /// As many Pods are ready as there should be.
    Ready {
        /// Of what.
        workload: Workload,
    },
    /// Its Pods on those Nodes are ready.
    ReadyOn {
        /// Of what.
        workload: Workload,
        /// Which Nodes.
        nodes: Vec<String>,
    },
    /// Controllers have seen what was labelled or applied last: they watch each kind by
    /// itself, in no common order.
    Seen {
        /// Nodes whose label must have reached their CiliumNodes.
        nodes: Vec<String>,
    },
    /// No pool of Cilium's overlaps with another one.
    PoolsWithoutConflict,
    /// MetalLB answers on L2 for none of the Services in a file.
    SilentOnL2 {
        /// The file.
        file: String,
    },
    /// A node holds Cilium's lease of each Service in a file.
    Leases {
        /// Cilium's namespace.
        namespace: String,
        /// The file.
        file: String,
        /// How many Services there are in it.
        services: usize,
    },
    /// No node holds Cilium's lease of any Service in a file.
    NoLeases {
        /// Cilium's namespace.
        namespace: String,
        /// The file.
        file: String,
    },
    /// Cilium's BGP sessions of the Node are established.
    Sessions {
        /// Which Node.
        node: String,
        /// How many.
        count: usize,
    },
    /// Cilium has no BGP session on the Node.
    NoSessions {
        /// Which Node.
        node: String,
    },
    /// Objects that something else needs are there.
    Exist {
        /// Which.
        targets: Vec<Target>,
    },
    /// Nothing of MetalLB is left.
    MetallbGone {
        /// Its speakers.
        speaker: Workload,
    },
}

/// One thing after the other: something is done, or waited for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Task {
    /// A command.
    Do(Action),
    /// What must hold before the next command.
    Await(Check),
}
