//! What Cilium decides: addresses (LB-IPAM), who may answer on the link (the L2
//! announcer) and which routes go where (the BGP control plane).
//!
//! In: a [`CiliumConfig`](crate::cilium::CiliumConfig), a
//! [`Cluster`](crate::cluster::Cluster), [`Options`].

mod allocate;
mod digest;
mod free;
mod goregex;
mod labels;
mod oracle;
mod order;
mod pools;
mod request;
mod rules;
mod settle;
mod start;
mod state;
mod time;
