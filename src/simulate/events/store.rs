//! Which objects are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::file::Reference;
use super::kind::Kind;
use crate::cluster::ServiceKey;
use crate::manifest::Object;

/// The label by which an EndpointSlice names its Service.
const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";

/// What tells objects of one group apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) name: String,
}

/// The objects at hand, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Store {
    objects: Vec<Option<Object>>,
    places: HashMap<Key, usize>,
    /// The EndpointSlices of each Service.
    slices: BTreeMap<ServiceKey, BTreeSet<usize>>,
}

/// Why a reference names no one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotOne {
    None,
    Several,
}

impl Store {
    pub(super) fn new(objects: &[Object]) -> Self {
        let mut store = Self::default();
        for object in objects {
            match Kind::of(&object.kind).filter(|kind| kind.has_api_version(&object.api_version)) {
                Some(kind) if !object.meta.name.is_empty() => {
                    store.put(kind, object.clone());
                }
                // It cannot be spoken of, and counts all the same.
                _ => store.objects.push(Some(object.clone())),
            }
        }
        store
    }

    /// Puts an object in place of the one of the same name, or adds it. Returns the
    /// object that was there.
    pub(super) fn put(&mut self, kind: Kind, object: Object) -> Option<Object> {
        let key = key(kind, &object);
        let place = *self.places.entry(key).or_insert(self.objects.len());
        if kind == Kind::EndpointSlice
            && let Some(service) = service_of(&object)
        {
            self.slices.entry(service).or_default().insert(place);
        }
        match self.objects.get_mut(place) {
            Some(slot) => slot.replace(object),
            None => {
                self.objects.push(Some(object));
                None
            }
        }
    }

    /// Takes an object out.
    pub(super) fn take(&mut self, key: &Key) -> Option<Object> {
        let place = self.places.remove(key)?;
        self.objects.get_mut(place)?.take()
    }

    pub(super) fn contains(&self, kind: Kind, name: &str) -> bool {
        let key = Key { kind, namespace: String::new(), name: name.to_owned() };
        self.places.contains_key(&key)
    }

    /// The one object that is meant.
    pub(super) fn find(&self, reference: &Reference) -> Result<Key, NotOne> {
        let namespace = match &reference.namespace {
            Some(namespace) => Some(namespace.as_str()),
            None if reference.kind.defaults_namespace() => Some("default"),
            None => None,
        };
        let fits = |key: &&Key| {
            key.kind == reference.kind
                && key.name == reference.name
                && namespace.is_none_or(|namespace| key.namespace == namespace)
        };
        let mut fitting = self.places.keys().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key.clone()),
            (None, _) => Err(NotOne::None),
            (Some(_), Some(_)) => Err(NotOne::Several),
        }
    }

    /// The EndpointSlices of a Service.
    pub(super) fn slices_of(&self, service: &ServiceKey) -> Vec<Object> {
        let places = self.slices.get(service).into_iter().flatten();
        places
            .filter_map(|place| self.objects.get(*place)?.as_ref())
            .filter(|slice| service_of(slice).as_ref() == Some(service))
            .cloned()
            .collect()
    }

    /// Takes out the EndpointSlices of a Service that is deleted.
    pub(super) fn take_slices_of(&mut self, service: &ServiceKey) {
        for slice in self.slices_of(service) {
            self.take(&key(Kind::EndpointSlice, &slice));
        }
    }

    /// Everything but the cluster's own objects.
    pub(super) fn configuration(&self) -> Vec<Object> {
        let is_cluster = |object: &&Object| {
            Kind::of(&object.kind)
                .is_some_and(|kind| kind.is_cluster() && kind.has_api_version(&object.api_version))
        };
        self.objects.iter().flatten().filter(|object| !is_cluster(object)).cloned().collect()
    }
}

/// Cluster-wide kinds have no namespace, whatever is written.
pub(super) fn key(kind: Kind, object: &Object) -> Key {
    let namespace = match kind {
        Kind::Node | Kind::Namespace => String::new(),
        _ if object.meta.namespace.is_empty() && kind.defaults_namespace() => "default".to_owned(),
        _ => object.meta.namespace.clone(),
    };
    Key { kind, namespace, name: object.meta.name.clone() }
}

/// The Service whose endpoints an EndpointSlice holds.
pub(super) fn service_of(slice: &Object) -> Option<ServiceKey> {
    let name = slice.meta.labels.get(SERVICE_NAME_LABEL)?.clone();
    let Key { namespace, .. } = key(Kind::EndpointSlice, slice);
    Some(ServiceKey { namespace, name })
}
