//! In which respects a Service is served otherwise.

use serde::Serialize;

use super::at_hand::{Difference, Serving};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Aspect {
    /// It loses its address.
    Lost,
    /// It gains an address.
    Gained,
    /// The address that it holds.
    Address,
    /// The pool.
    Pool,
    /// The families.
    Families,
    /// Who answers on the link, and on which interfaces.
    Answerers,
    /// Two nodes may answer at once.
    AnsweredTwice,
    /// The routes.
    Routes,
    /// Each thing for itself may be so, but not all of them together.
    Combination,
}

impl Aspect {
    /// What happens to the Service.
    pub fn what(self) -> &'static str {
        match self {
            Self::Lost => "loses its address",
            Self::Gained => "gains an address",
            Self::Address => "changes its address",
            Self::Pool => "changes its pool",
            Self::Families => "has other address families",
            Self::Answerers => "is answered for by other nodes",
            Self::AnsweredTwice => "may be answered for by two nodes at once",
            Self::Routes => "has other routes",
            Self::Combination => "is served otherwise",
        }
    }
}

impl Difference {
    /// What differs first, in the order in which it matters.
    pub fn aspect(&self) -> Aspect {
        self.aspects().first().copied().unwrap_or(Aspect::Combination)
    }

    /// All that differs, in the order in which it matters. Who has no address, or
    /// should have none, is not asked about announcements.
    pub fn aspects(&self) -> Vec<Aspect> {
        let after = &self.after;
        let alike = |same: &dyn Fn(&Serving) -> bool| self.before.iter().any(same);
        if !alike(&|before| (before.count == 0) == (after.count == 0)) {
            return vec![if after.count == 0 { Aspect::Lost } else { Aspect::Gained }];
        }
        let mut found = Vec::new();
        if !alike(&|before| before.addresses == after.addresses) {
            found.push(Aspect::Address);
        } else if !alike(&|before| before.pool == after.pool) {
            found.push(Aspect::Pool);
        } else if !alike(&|before| {
            (&before.families, before.count) == (&after.families, after.count)
        }) {
            found.push(Aspect::Families);
        }
        if !alike(&|before| before.l2 == after.l2) {
            found.push(Aspect::Answerers);
        }
        if !alike(&|before| before.answered_twice == after.answered_twice) {
            found.push(Aspect::AnsweredTwice);
        }
        if !alike(&|before| before.bgp == after.bgp) {
            found.push(Aspect::Routes);
        }
        if found.is_empty() {
            found.push(Aspect::Combination);
        }
        found
    }

    /// What happens to the Service, in words.
    pub fn what(&self) -> &'static str {
        self.aspect().what()
    }
}
