//! What of a Service and a Node either side can see, and selectors as sets of them.
//!
//! Each thing that a selector can ask is a variable; its values are those that some
//! selector mentions, "another", and for a label "none". What nothing mentions
//! decides nothing.

use std::collections::{BTreeSet, HashMap};

use super::diagram::{ABSENT, ALWAYS, Diagram, Made, NEVER, OTHER, Slot, Spent, Store, Var};
use crate::cluster::{NAMESPACE_NAME, Namespace};
use crate::convert::{NAME_KEY, NAMESPACE_KEY, POOL_LABEL};
use crate::selector::{LabelSelector, Operator, Requirement};

/// The first value that a selector mentions.
const FIRST_NAMED: Slot = 2;

/// Variables beyond which a proof is given up: diagrams are walked by recursion.
const MAX_VARS: Var = 2_000;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Attribute {
    /// The pool's label, which the translation sets.
    Pool,
    /// A Service's namespace.
    Namespace,
    /// A Service's name.
    Name,
    /// A label of a Namespace that is not at hand.
    NamespaceLabel(String),
    /// A Service's label.
    Label(String),
    /// A Node's label.
    NodeLabel(String),
    /// An interface of a Node: its class among the patterns.
    Interface,
}

/// The variables with their values.
#[derive(Debug, Default)]
pub(super) struct Domain {
    attributes: Vec<Attribute>,
    places: HashMap<Attribute, Var>,
    values: Vec<Vec<String>>,
    slots: HashMap<(Var, String), Slot>,
}

impl Domain {
    /// The variable of an attribute.
    pub(super) fn var(&mut self, attribute: &Attribute) -> Var {
        if let Some(known) = self.places.get(attribute) {
            return *known;
        }
        let var = Var::try_from(self.attributes.len()).unwrap_or(Var::MAX);
        self.attributes.push(attribute.clone());
        self.values.push(Vec::new());
        self.places.insert(attribute.clone(), var);
        var
    }

    /// The value of a text.
    pub(super) fn slot(&mut self, var: Var, text: &str) -> Slot {
        if let Some(known) = self.slots.get(&(var, text.to_owned())) {
            return *known;
        }
        let Some(values) = self.values.get_mut(var as usize) else { return OTHER };
        values.push(text.to_owned());
        let slot = FIRST_NAMED + Slot::try_from(values.len() - 1).unwrap_or_default();
        self.slots.insert((var, text.to_owned()), slot);
        slot
    }

    /// What a variable asks.
    pub(super) fn attribute(&self, var: Var) -> Option<&Attribute> {
        self.attributes.get(var as usize)
    }

    /// The text of a value that something mentions.
    pub(super) fn text(&self, var: Var, slot: Slot) -> Option<&str> {
        let at = slot.checked_sub(FIRST_NAMED)? as usize;
        self.values.get(var as usize)?.get(at).map(String::as_str)
    }

    /// Whether something mentions this value of an attribute.
    pub(super) fn mentions(&self, attribute: &Attribute, text: &str) -> bool {
        let var = self.places.get(attribute);
        var.is_some_and(|var| self.slots.contains_key(&(*var, text.to_owned())))
    }

    /// The value of a text, or that of all texts that nothing mentions.
    pub(super) fn known_slot(&self, var: Var, text: &str) -> Slot {
        self.slots.get(&(var, text.to_owned())).copied().unwrap_or(OTHER)
    }

    /// The values of a variable that something mentions.
    fn named_slots(&self, var: Var) -> impl Iterator<Item = Slot> + use<> {
        let count = self.values.get(var as usize).map_or(0, Vec::len);
        (FIRST_NAMED..).take(count)
    }

    /// All that tells Services or Nodes apart of themselves, with how many values each
    /// may have.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&Attribute, usize)> {
        self.attributes.iter().zip(&self.values).filter_map(|(attribute, values)| {
            let others = match attribute {
                Attribute::Pool | Attribute::Interface => return None,
                Attribute::Namespace | Attribute::Name => 1,
                _ => 2,
            };
            Some((attribute, values.len() + others))
        })
    }
}

/// Diagrams with what their variables stand for.
pub(super) struct Logic<'b> {
    pub(super) store: Store<'b>,
    pub(super) domain: Domain,
    pool: Var,
    namespace: Var,
}

impl<'b> Logic<'b> {
    pub(super) fn new(expired: &'b dyn Fn() -> bool) -> Self {
        let mut domain = Domain::default();
        let pool = domain.var(&Attribute::Pool);
        let namespace = domain.var(&Attribute::Namespace);
        domain.var(&Attribute::Name);
        Self { store: Store::new(expired), domain, pool, namespace }
    }

    /// The variable of the pool's label, the first of all.
    pub(super) fn pool(&self) -> Var {
        self.pool
    }

    /// The Services that carry this pool label, or none.
    pub(super) fn labelled(&mut self, label: Option<&str>) -> Made {
        let slot = self.label_slot(label);
        self.store.one_of(self.pool, [slot])
    }

    /// The value of a pool label.
    pub(super) fn label_slot(&mut self, label: Option<&str>) -> Slot {
        label.map_or(ABSENT, |label| self.domain.slot(self.pool, label))
    }

    /// The Services that MetalLB's selectors select: any of them, every one where
    /// there is none.
    pub(super) fn services(&mut self, selectors: &[LabelSelector]) -> Made {
        self.any_of(selectors, |key| Attribute::Label(key.to_owned()))
    }

    /// The Nodes that MetalLB's selectors select: any, every one where there is none.
    pub(super) fn nodes(&mut self, selectors: &[LabelSelector]) -> Made {
        self.any_of(selectors, |key| Attribute::NodeLabel(key.to_owned()))
    }

    /// The Nodes that one selector of Cilium's selects; every one where it is absent.
    pub(super) fn cilium_nodes(&mut self, selector: Option<&LabelSelector>) -> Made {
        match selector {
            None => Ok(ALWAYS),
            Some(selector) => self.nodes(std::slice::from_ref(selector)),
        }
    }

    /// The Services that one selector of Cilium's selects, to which name and namespace
    /// are labels.
    pub(super) fn cilium_services(&mut self, selector: &LabelSelector) -> Made {
        self.any_of(std::slice::from_ref(selector), |key| match key {
            NAME_KEY => Attribute::Name,
            NAMESPACE_KEY => Attribute::Namespace,
            POOL_LABEL => Attribute::Pool,
            _ => Attribute::Label(key.to_owned()),
        })
    }

    /// The Services of these namespaces.
    pub(super) fn in_namespaces<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> Made {
        let slots: Vec<Slot> =
            names.into_iter().map(|name| self.domain.slot(self.namespace, name)).collect();
        self.store.one_of(self.namespace, slots)
    }

    /// The Services of these Namespaces, as far as anything tells them from others.
    pub(super) fn in_known_namespaces(&mut self, known: &[Namespace]) -> Made {
        let slot = |one: &Namespace| self.domain.known_slot(self.namespace, &one.name);
        let slots: BTreeSet<Slot> = known.iter().map(slot).collect();
        if !slots.contains(&OTHER) {
            return self.store.one_of(self.namespace, slots);
        }
        let named = self.domain.named_slots(self.namespace);
        self.store.none_of(self.namespace, named.filter(|slot| !slots.contains(slot)))
    }

    /// The Services of a Namespace that is not among these and that a selector
    /// selects: one that is still to come.
    pub(super) fn in_new_namespaces(
        &mut self,
        known: &[Namespace],
        selectors: &[LabelSelector],
    ) -> Made {
        if selectors.is_empty() {
            return Ok(NEVER);
        }
        let selected = self.any_of(selectors, |key| match key {
            NAMESPACE_NAME => Attribute::Namespace,
            _ => Attribute::NamespaceLabel(key.to_owned()),
        })?;
        let known = self.in_namespaces(known.iter().map(|one| one.name.as_str()))?;
        self.store.without(selected, known)
    }

    fn any_of(
        &mut self,
        selectors: &[LabelSelector],
        attribute: impl Fn(&str) -> Attribute,
    ) -> Made {
        if selectors.is_empty() {
            return Ok(ALWAYS);
        }
        let all: Result<Vec<Diagram>, Spent> =
            selectors.iter().map(|selector| self.selector(selector, &attribute)).collect();
        self.store.any(all?)
    }

    fn selector(
        &mut self,
        selector: &LabelSelector,
        attribute: &impl Fn(&str) -> Attribute,
    ) -> Made {
        let mut all = ALWAYS;
        for (key, value) in &selector.match_labels {
            let one = self.requirement(&attribute(key), Operator::In, &[value.as_str()].into())?;
            all = self.store.and(all, one)?;
        }
        for Requirement { key, operator, values } in &selector.match_expressions {
            let values = values.iter().map(String::as_str).collect();
            let one = self.requirement(&attribute(key), *operator, &values)?;
            all = self.store.and(all, one)?;
        }
        Ok(all)
    }

    fn requirement(
        &mut self,
        attribute: &Attribute,
        operator: Operator,
        values: &BTreeSet<&str>,
    ) -> Made {
        let var = self.domain.var(attribute);
        if var > MAX_VARS {
            return Err(Spent);
        }
        let slots: Vec<Slot> = values.iter().map(|text| self.domain.slot(var, text)).collect();
        let always_there = matches!(attribute, Attribute::Namespace | Attribute::Name);
        match operator {
            Operator::In => self.store.one_of(var, slots),
            Operator::NotIn => self.store.none_of(var, slots),
            Operator::Exists if always_there => Ok(ALWAYS),
            Operator::DoesNotExist if always_there => Ok(NEVER),
            Operator::Exists => self.store.none_of(var, [ABSENT]),
            Operator::DoesNotExist => self.store.one_of(var, [ABSENT]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_labels_than_can_be_walked_are_given_up() {
        let mut logic = Logic::new(&|| false);
        // Pool, namespace and name are there already.
        for var in 3..=MAX_VARS + 2 {
            let label = (format!("label-{var}"), "x".to_owned());
            let selector =
                LabelSelector { match_labels: [label].into(), ..LabelSelector::default() };
            let made = logic.services(&[selector]);
            assert_eq!(made.is_ok(), var <= MAX_VARS, "{var}");
        }
    }

    #[test]
    fn of_namespaces_that_are_named_only_those_at_hand_are_known() {
        let mut logic = Logic::new(&|| false);
        logic.in_namespaces(["shop"]).unwrap();
        let to_come = logic.domain.slot(logic.namespace, "to-come");
        let named = |name: &str| Namespace { name: name.to_owned(), ..Namespace::default() };
        // Nothing tells the second from others that nobody names.
        let known = logic.in_known_namespaces(&[named("shop"), named("default")]).unwrap();
        let expected = logic.store.none_of(logic.namespace, [to_come]).unwrap();
        assert_eq!(known, expected);
        let known = logic.in_known_namespaces(&[named("shop")]).unwrap();
        assert_eq!(known, logic.in_namespaces(["shop"]).unwrap());
    }
}
