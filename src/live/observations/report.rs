//! The value that every format of a verdict on observations is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use super::super::Mac;
use super::Scope;
use super::codes;
use super::groups::Groups;
use super::read::{Observations, first};
use super::record::Kind;
use crate::diagnostic::Diagnostic;
use crate::simulate::decision::Engine;

/// What no observation can say.
pub const NOT_JUDGED: &[&str] = &[
    "whether packets reach the Service behind an address that is answered for",
    "links on which nobody observed, and what was on the wire at other times",
    "which of the candidate nodes answers",
    "routes: the dry runs send and keep none",
];

/// Who said which Decision counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Chosen {
    /// An option.
    Option,
    /// The observations, each of which says what it was made for.
    Observations,
    /// Nobody: MetalLB's is the default.
    Default,
}

/// Something that is not as decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code, what is wrong, the lines of the observations, and what would mend it.
    pub diagnostic: Diagnostic,
    /// The addresses, Nodes or sessions that it is about.
    pub subjects: Vec<String>,
    /// What is decided.
    pub expected: String,
    /// What was observed.
    pub observed: String,
}

/// Who observed, and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObserverRow {
    /// The Node; `None` for hosts that are none.
    pub node: Option<String>,
    /// Lines of `live probe`.
    pub probes: usize,
    /// Lines of `live watch`.
    pub overheard: usize,
    /// Lines of `live peer`.
    pub sessions: usize,
}

/// What was found of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AddressResult {
    /// One candidate answers, and nobody else.
    AsDecided,
    /// Nobody is to answer, and nobody was heard to.
    Free,
    /// More than one answers.
    Conflict,
    /// One answers who may not.
    NoCandidate,
    /// One answers, and it is not known who.
    Unknown,
    /// Nobody answers.
    NotAnswered,
    /// Nobody asked.
    NotProbed,
    /// Somebody answers, and nobody is to.
    Occupied,
}

impl AddressResult {
    /// Whether it is as decided.
    pub fn is_good(self) -> bool {
        matches!(self, Self::AsDecided | Self::Free)
    }
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressRow {
    /// The address.
    pub ip: IpAddr,
    /// The Services that have it.
    pub services: BTreeSet<String>,
    /// The Nodes that may answer.
    pub candidates: BTreeSet<String>,
    /// Who answered: link-layer addresses, with their Nodes where these are known.
    pub answered: BTreeMap<Mac, BTreeSet<String>>,
    /// Who asked or listened.
    pub observers: BTreeSet<String>,
    /// What was found.
    pub result: AddressResult,
}

/// What was found of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionResult {
    /// It came up, with the values that are configured.
    AsConfigured,
    /// It came up with other values.
    Different,
    /// It did not come up.
    NotUp,
    /// Nobody looked.
    NotObserved,
    /// It was opened with other parameters than this input has.
    OtherConfiguration,
    /// It is not in this input.
    NotConfigured,
}

impl SessionResult {
    /// Whether it is as configured.
    pub fn is_good(self) -> bool {
        self == Self::AsConfigured
    }
}

/// A session of a Node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SessionRow {
    /// The Node.
    pub node: String,
    /// The peer's name.
    pub peer: String,
    /// Its address.
    pub remote: String,
    /// What was found.
    pub result: SessionResult,
    /// What was agreed on, by name; or why there is nothing.
    pub observed: String,
}

/// A verdict on observations with everything that it rests on.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whose Decision they are held against.
    pub engine: Engine,
    /// Who said so.
    pub chosen: Chosen,
    /// What was judged.
    pub scope: Scope,
    /// What is not as decided.
    pub findings: Vec<Finding>,
    /// Who observed.
    pub observers: Vec<ObserverRow>,
    /// Every address that is to be answered for, or was.
    pub addresses: Vec<AddressRow>,
    /// Every session that is configured, or was observed.
    pub sessions: Vec<SessionRow>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
}

impl Report {
    pub(super) fn new(
        engine: Engine,
        chosen: Chosen,
        scope: Scope,
        observations: &Observations,
    ) -> Self {
        let counts = observations.counts().into_iter();
        let observers = counts.map(|(node, counts)| {
            let of = |kind| counts.get(&kind).copied().unwrap_or_default();
            ObserverRow {
                node: node.map(str::to_owned),
                probes: of(Kind::Probe),
                overheard: of(Kind::Watch),
                sessions: of(Kind::Peer),
            }
        });
        Self {
            engine,
            chosen,
            scope,
            findings: Vec::new(),
            observers: observers.collect(),
            addresses: Vec::new(),
            sessions: Vec::new(),
            assumptions: Vec::new(),
        }
    }

    /// Whether everything is as decided.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether there was nothing to judge at all.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.addresses.is_empty() && self.sessions.is_empty()
    }

    /// What the engine is called.
    pub fn title(&self) -> &'static str {
        match self.engine {
            Engine::Metallb => "MetalLB",
            Engine::Cilium => "Cilium",
        }
    }

    /// The Nodes that refused to look.
    pub(super) fn refusals(&mut self, observations: &Observations) {
        let mut groups = Groups::default();
        for refusal in &observations.refusals {
            let mut letters = refusal.code.chars();
            let code = letters.by_ref().take(16).filter(|c| !c.is_control()).collect::<String>();
            groups.add(Finding {
                diagnostic: Diagnostic::error(
                    codes::NODE_REFUSED,
                    format!("a command on a node was refused ({code})"),
                )
                .help(format!("metallb2cilium explain {code}"))
                .label(Some(first(refusal.span)), ""),
                subjects: vec![],
                expected: "an observation".to_owned(),
                observed: refusal.message.clone(),
            });
        }
        self.findings.extend(groups.finish());
    }
}
