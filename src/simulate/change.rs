//! What can happen in a cluster, as both engines take it.

use std::fmt;

use crate::cluster::{Endpoint, Namespace, Node, Service, ServiceKey};

/// Something that happens in the cluster.
#[derive(Debug, Clone)]
pub enum Change {
    /// A Service is created, or changed to this. Its status is the controller's: that
    /// of the change counts only for a new Service.
    ServiceApplied(Box<Service>),
    /// A Service is deleted, and its endpoints with it.
    ServiceDeleted(ServiceKey),
    /// A Service has these endpoints now.
    EndpointsChanged {
        /// The Service.
        service: ServiceKey,
        /// All its endpoints.
        endpoints: Vec<Endpoint>,
    },
    /// A Node is created, or changed to this.
    NodeApplied(Box<Node>),
    /// A Node is deleted.
    NodeDeleted(String),
    /// A Node fails: nothing runs on it any more.
    NodeFailed(String),
    /// A Node that failed comes back.
    NodeReturned(String),
    /// A Namespace is created, or changed to this.
    NamespaceApplied(Box<Namespace>),
    /// A Namespace is deleted.
    NamespaceDeleted(String),
}

/// Why a change cannot happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeError {
    /// There is no such Service.
    UnknownService(ServiceKey),
    /// There is no such Node.
    UnknownNode(String),
    /// There is no such Namespace.
    UnknownNamespace(String),
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownService(key) => write!(f, "there is no Service {key}"),
            Self::UnknownNode(name) => write!(f, "there is no Node {name}"),
            Self::UnknownNamespace(name) => write!(f, "there is no Namespace {name}"),
        }
    }
}

impl std::error::Error for ChangeError {}
