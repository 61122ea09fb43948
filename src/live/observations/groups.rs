//! What is the same of several addresses, Nodes or sessions is said once.

use std::collections::BTreeMap;

use super::report::Finding;

/// Places that one finding points at.
const MAX_PLACES: usize = 12;

type Key = (&'static str, String, String, String);

/// Findings, those that say the same taken together, in the order of their codes.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<Key, Finding>);

impl Groups {
    pub(super) fn add(&mut self, finding: Finding) {
        let key = (
            finding.diagnostic.code.id,
            finding.diagnostic.message.clone(),
            finding.expected.clone(),
            finding.observed.clone(),
        );
        match self.0.get_mut(&key) {
            None => {
                self.0.insert(key, finding);
            }
            Some(group) => {
                for subject in finding.subjects {
                    if !group.subjects.contains(&subject) {
                        group.subjects.push(subject);
                    }
                }
                for label in finding.diagnostic.labels {
                    let labels = &mut group.diagnostic.labels;
                    if labels.len() < MAX_PLACES && !labels.contains(&label) {
                        labels.push(label);
                    }
                }
            }
        }
    }

    pub(super) fn finish(self) -> impl Iterator<Item = Finding> {
        self.0.into_values()
    }
}
