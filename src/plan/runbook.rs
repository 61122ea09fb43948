//! The value that every format of a runbook is made of.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::{Check, Task};
use crate::convert::Document;
use crate::diagnostic::Diagnostic;

/// A runbook.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it is called.
    pub title: &'static str,
    /// What it does, in numbers.
    pub summary: Vec<String>,
    /// What has to be so before the first step.
    pub before: Vec<String>,
    /// The losses that were accepted.
    pub accepted: Vec<Diagnostic>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// The files that the steps use, by name.
    pub files: BTreeMap<String, FileContent>,
    /// Cilium's namespace.
    pub cilium_namespace: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum FileContent {
    /// Manifests.
    Manifests(Vec<Document>),
    /// Anything else.
    Text(String),
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its number and a word: `05-pools`, the name of its script.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Why it is done so, a paragraph each.
    pub why: Vec<String>,
    /// What is asked before it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// What is done.
    pub tasks: Vec<Task>,
    /// What must hold before the next step.
    pub checks: Vec<Check>,
    /// How long it takes.
    pub takes: String,
    /// What it interrupts.
    pub interrupts: String,
    /// The way back.
    pub back: WayBack,
}

/// How a step is taken back, once those after it are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WayBack {
    /// What is to be said about it.
    pub note: String,
    /// What is done; nothing where nothing has to be.
    pub tasks: Vec<Task>,
    /// What must hold afterwards.
    pub checks: Vec<Check>,
}

/// The settings that a list of tasks and checks speaks of.
pub(super) fn all_checks<'a>(tasks: &'a [Task], checks: &'a [Check]) -> Vec<Check> {
    let awaited = tasks.iter().filter_map(|task| match task {
        Task::Await(check) => Some(check.clone()),
        Task::Do(_) => None,
    });
    awaited.chain(checks.iter().cloned()).collect()
}
