//! Where in a document MetalLB is asked for something.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::names::{annotation, from_pointer};
use super::written::bytes;
use crate::manifest::{LAST_APPLIED, Node, Sources, Value, parse_embedded};
use crate::metallb;

/// API groups whose objects judge or match others by their annotations: what
/// stands there sets nothing.
const JUDGES: [&str; 5] = [
    "kyverno.io",
    "gatekeeper.sh",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "cel.dev",
];

/// Keys under which other objects keep Helm values.
const VALUES: [&str; 6] =
    ["values", "valuesObject", "valuesInline", "valuesContent", "values.yaml", "values.yml"];

/// An object around a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Object {
    pub(super) group: String,
    pub(super) kind: String,
    /// Where what it makes will live, as far as that is known: in several where it
    /// is built several times.
    pub(super) namespaces: BTreeSet<String>,
    /// `spec.loadBalancerIP` of a Service, where not empty.
    pub(super) load_balancer_ip: Option<String>,
    /// `metadata.labels`.
    pub(super) labels: BTreeMap<String, String>,
}

/// What stands around a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    pub(super) object: Option<Rc<Object>>,
    /// Whether it lies in Helm values.
    pub(super) values: bool,
    judged: bool,
    /// The document, by its offset.
    pub(super) document: usize,
}

/// A mapping with annotations of MetalLB's.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) map: Node,
    /// The mapping around it and its key there.
    pub(super) parent: Option<(Rc<Node>, String)>,
    pub(super) around: Around,
}

/// A list of JSON patch operations, and those of them that set annotations of
/// MetalLB's: the operation and the annotation's key.
#[derive(Debug, Clone)]
pub(super) struct Operations {
    pub(super) list: Node,
    pub(super) items: Vec<(usize, String)>,
    pub(super) around: Around,
}

/// A Service that asks by `spec.loadBalancerIP`.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) metadata: Node,
    pub(super) object: Rc<Object>,
}

/// What was found in one file.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sites: Vec<Site>,
    pub(super) operations: Vec<Operations>,
    pub(super) asking: Vec<Asking>,
    /// What needs no mention any more: it is dealt with, or is no setting.
    pub(super) handled: Vec<Range<usize>>,
    seen: BTreeSet<usize>,
}

/// Looks through documents of one source.
pub(super) struct Finder<'a> {
    sources: &'a Sources,
    /// The namespaces that Kustomize sets on the objects of the file, one for each way
    /// to build it; `None` where it sets none.
    namespaces: Vec<Option<String>>,
    pub(super) found: Found,
}

impl<'a> Finder<'a> {
    pub(super) fn new(sources: &'a Sources, namespaces: Vec<Option<String>>) -> Self {
        Self { sources, namespaces, found: Found::default() }
    }

    /// Looks through a document of a file.
    pub(super) fn document(&mut self, node: &Node) {
        if is_encrypted(node) {
            return;
        }
        let around = Around {
            values: node.get("kind").is_none(),
            document: node.span.start as usize,
            ..Around::default()
        };
        self.walk(node, None, &around);
    }

    fn walk(&mut self, node: &Node, parent: Option<(&Rc<Node>, &str)>, around: &Around) {
        match &node.value {
            Value::Map(entries) => {
                let around = match self.object(node, around) {
                    Some(around) => around,
                    None => return,
                };
                self.site(node, parent, &around);
                let own = Rc::new(node.clone());
                for (key, span, value) in entries {
                    if !within(node, bytes(*span)) || !within(node, bytes(value.span)) {
                        continue;
                    }
                    if key == LAST_APPLIED {
                        self.found.handled.push(bytes(value.span));
                        continue;
                    }
                    let mut around = around.clone();
                    around.values |= VALUES.contains(&key.as_str());
                    self.walk(value, Some((&own, key)), &around);
                }
            }
            Value::Seq(items) => {
                self.patch(node, items, around);
                for item in items.iter().filter(|item| within(node, bytes(item.span))) {
                    self.walk(item, None, around);
                }
            }
            Value::String(text) if text.contains("metallb") => self.embedded(node, around),
            _ => {}
        }
    }

    /// What is known around the fields of a mapping; `None` where nothing in it is
    /// looked at.
    fn object(&mut self, node: &Node, around: &Around) -> Option<Around> {
        let text = |key| node.get(key).and_then(Node::as_str);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else {
            return Some(around.clone());
        };
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        if group == metallb::GROUP {
            return None;
        }
        let field = |path: &str, key: &str| {
            let inner = path.split('.').try_fold(node, |node, part| node.get(part));
            let text = inner.and_then(|inner| inner.get(key)).and_then(Node::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let target = field("spec", "targetNamespace").or(field("spec.destination", "namespace"));
        let is_service = group.is_empty() && kind == "Service";
        let labels = node.get("metadata").and_then(|metadata| metadata.get("labels"));
        let labels = match labels.map(|labels| &labels.value) {
            Some(Value::Map(entries)) => entries
                .iter()
                .filter_map(|(key, _, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            _ => BTreeMap::new(),
        };
        let object = Rc::new(Object {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespaces: match target {
                Some(target) => BTreeSet::from([target]),
                None => self.homes(field("metadata", "namespace").as_ref()),
            },
            load_balancer_ip: field("spec", "loadBalancerIP").filter(|_| is_service),
            labels,
        });
        if let (Some(metadata), true) = (node.get("metadata"), object.load_balancer_ip.is_some()) {
            self.found
                .asking
                .push(Asking { metadata: metadata.clone(), object: Rc::clone(&object) });
        }
        let judges = |judge: &str| group == judge || group.ends_with(&format!(".{judge}"));
        Some(Around {
            judged: JUDGES.iter().any(|judge| judges(judge)),
            object: Some(object),
            values: false,
            document: around.document,
        })
    }

    /// The namespaces of an object that says this one itself.
    fn homes(&self, own: Option<&String>) -> BTreeSet<String> {
        self.namespaces.iter().filter_map(|set| set.as_ref().or(own)).cloned().collect()
    }

    fn site(&mut self, node: &Node, parent: Option<(&Rc<Node>, &str)>, around: &Around) {
        let Value::Map(entries) = &node.value else { return };
        let mut asks = entries
            .iter()
            .filter(|(key, span, _)| annotation(key).is_some() && within(node, bytes(*span)));
        if around.judged
            || asks.next().is_none()
            || !self.found.seen.insert(node.span.start as usize)
        {
            return;
        }
        self.found.sites.push(Site {
            map: node.clone(),
            parent: parent.map(|(map, key)| (Rc::clone(map), key.to_owned())),
            around: around.clone(),
        });
    }

    fn patch(&mut self, node: &Node, items: &[Node], around: &Around) {
        let key = |item: &Node| {
            let set = matches!(item.get("op")?.as_str()?, "add" | "replace");
            let (parents, last) = item.get("path")?.as_str()?.rsplit_once('/')?;
            let key = from_pointer(last);
            (set && parents.ends_with("annotations") && annotation(&key).is_some()).then_some(key)
        };
        let items: Vec<(usize, String)> =
            items.iter().enumerate().filter_map(|(at, item)| Some((at, key(item)?))).collect();
        if !items.is_empty() && !around.judged && self.found.seen.insert(node.span.start as usize) {
            let (list, around) = (node.clone(), around.clone());
            self.found.operations.push(Operations { list, items, around });
        }
    }

    /// YAML within a literal block, which can be edited in its place.
    fn embedded(&mut self, node: &Node, around: &Around) {
        let text = &self.sources.get(node.span.source).text;
        if !text.get(bytes(node.span)).is_some_and(|written| written.starts_with('|')) {
            return;
        }
        let mut ignored = Vec::new();
        for document in parse_embedded(self.sources, node, &mut ignored) {
            if document.span != node.span && !is_encrypted(&document) {
                let values = around.values || document.get("kind").is_none();
                self.walk(&document, None, &Around { values, ..around.clone() });
            }
        }
    }
}

/// Whether SOPS has signed a document: a changed byte would make it worthless.
pub(super) fn is_encrypted(node: &Node) -> bool {
    node.get("sops").is_some_and(|sops| sops.get("mac").is_some())
}

/// Whether a range lies in a node: what an alias or `<<` brings in stands elsewhere.
fn within(node: &Node, range: Range<usize>) -> bool {
    let outer = bytes(node.span);
    outer.start <= range.start && range.end <= outer.end
}
