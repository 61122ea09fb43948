//! Cluster objects from manifests.
