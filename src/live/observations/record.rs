//! The form of an observation: one JSON object a line, written by `live probe`, `watch`
//! and `peer` with `-o json`, and read back here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::Mac;

/// The name and version of the form.
pub const SCHEMA: &str = "metallb2cilium.io/observation/v1";

/// What saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `live probe`.
    Probe,
    /// `live watch`.
    Watch,
    /// `live peer`.
    Peer,
}

impl Kind {
    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Watch => "watch",
            Self::Peer => "peer",
        }
    }
}

/// What every observation begins with; `rest` is a JSON object.
pub fn head(kind: Kind, observer: Option<&str>, rest: Value) -> Value {
    let head = json!({"schema": SCHEMA, "observation": kind.name(), "observer": observer});
    let (Value::Object(mut head), Value::Object(rest)) = (head, rest) else {
        return Value::Object(Map::new());
    };
    head.extend(rest);
    Value::Object(head)
}

/// A line, as far as it is judged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "observation", rename_all = "camelCase")]
pub(super) enum Record {
    Probe(Probe),
    Watch(Watch),
    Peer(Peer),
}

/// Who answered for an address in a round of questions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Probe {
    /// The Node that asked, where it was one.
    pub(super) observer: Option<String>,
    /// Its own link-layer addresses.
    #[serde(default)]
    pub(super) observer_macs: Vec<Mac>,
    /// Whose Decision it was asked for.
    pub(super) engine: String,
    pub(super) interface: String,
    pub(super) time: String,
    pub(super) ip: IpAddr,
    pub(super) answers: Vec<Answer>,
    /// Where the observer answers for the address itself.
    #[serde(default)]
    pub(super) own: Option<Own>,
    /// What the observer made of it.
    #[serde(default)]
    pub(super) verdict: String,
}

impl Probe {
    /// Whether the address was asked for at all: one that is on none of the observer's
    /// links was not.
    pub(super) fn was_asked(&self) -> bool {
        self.verdict != "notAsked"
    }

    /// The link-layer addresses of those who have it, as far as it was heard of others:
    /// the observer is one of them where it has it, too.
    pub(super) fn holders(&self) -> BTreeSet<Mac> {
        let mut macs: BTreeSet<Mac> = self.answers.iter().map(|one| one.mac).collect();
        let others = macs.iter().any(|mac| !self.observer_macs.contains(mac));
        macs.extend(self.own.as_ref().filter(|_| others).map(|own| own.mac));
        macs
    }
}

/// The observer's own hold of an address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Own {
    pub(super) mac: Mac,
}

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Answer {
    pub(super) mac: Mac,
    /// The Node, where the observer knew.
    pub(super) node: Option<String>,
}

/// What was overheard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Watch {
    pub(super) observer: Option<String>,
    #[serde(default)]
    pub(super) observer_macs: Vec<Mac>,
    pub(super) interface: String,
    pub(super) time: String,
    pub(super) ip: IpAddr,
    /// The answers to a question.
    #[serde(default)]
    pub(super) answers: Vec<Answer>,
    /// Who announced it or answered somebody else.
    pub(super) mac: Option<Mac>,
    /// That one's Node.
    pub(super) node: Option<String>,
}

impl Watch {
    /// Who claimed the address.
    pub(super) fn claims(&self) -> Vec<Answer> {
        let told = self.mac.map(|mac| Answer { mac, node: self.node.clone() });
        self.answers.iter().cloned().chain(told).collect()
    }
}

/// How a session went.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Peer {
    pub(super) observer: Option<String>,
    pub(super) engine: String,
    pub(super) time: String,
    pub(super) peer: String,
    pub(super) remote: String,
    pub(super) port: u16,
    /// Whether the address was found on the node: no input has it.
    #[serde(default)]
    pub(super) discovered: bool,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
    /// What the node's configuration says of the session.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) negotiated: Vec<Negotiated>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    AsConfigured,
    Different,
    NotUp,
    Lost,
    Skipped,
    Interrupted,
}

/// One thing that was agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Negotiated {
    pub(super) name: String,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) good: bool,
}

impl Record {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Probe(_) => Kind::Probe,
            Self::Watch(_) => Kind::Watch,
            Self::Peer(_) => Kind::Peer,
        }
    }

    pub(super) fn observer(&self) -> Option<&str> {
        match self {
            Self::Probe(Probe { observer, .. })
            | Self::Watch(Watch { observer, .. })
            | Self::Peer(Peer { observer, .. }) => observer.as_deref(),
        }
    }

    /// Whose Decision it was made for, where it was for one only.
    pub(super) fn engine(&self) -> Option<&str> {
        match self {
            Self::Probe(Probe { engine, .. }) | Self::Peer(Peer { engine, .. }) => Some(engine),
            Self::Watch(_) => None,
        }
    }
}
