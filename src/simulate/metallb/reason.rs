//! Why a Service has no address.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

use super::ids::{PoolId, Port, ServiceId};
use super::request::WishError;
use crate::cluster::ServiceKey;

/// A refusal in handles; [`World`](super::world::World) turns it into a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    NoPools,
    NoClusterIps,
    MalformedClusterIps,
    OneClusterIp,
    FamilyChanged,
    Wish(WishError),
    WishFamily,
    Outside(IpAddr),
    Unfit(PoolId),
    Taken { address: IpAddr, by: Option<ServiceId> },
    PortTaken { address: IpAddr, port: Port, by: ServiceId },
    OtherPool(PoolId),
    AddressesMoved,
    UnknownPool,
    PoolExhausted(PoolId),
    Exhausted,
}

/// Why MetalLB does not give, or does not leave, a Service an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Refusal {
    /// `spec.loadBalancerClass` is not the one that MetalLB serves.
    ForeignClass {
        /// The class asked for.
        class: Option<String>,
    },
    /// There is no pool at all.
    NoPools,
    /// The Service has no cluster address, so its families are unknown.
    NoClusterIps,
    /// The Service's cluster addresses are not one of each family at most.
    MalformedClusterIps,
    /// Both families are required, but there is one cluster address.
    OneClusterIp,
    /// The addresses held are not of the Service's families.
    FamilyChanged,
    /// What is asked for makes no sense.
    Wish(WishError),
    /// The addresses asked for are not of the Service's families.
    WishFamily,
    /// No pool holds the address (or avoids it, or no pool holds all of them).
    Outside {
        /// The first of the addresses.
        address: IpAddr,
    },
    /// The pool is for other Services.
    Unfit {
        /// The pool.
        pool: String,
    },
    /// The address has users that it cannot be shared with.
    Taken {
        /// The address.
        address: IpAddr,
        /// One of the users.
        by: Option<ServiceKey>,
    },
    /// The address could be shared, but a port is in use.
    PortTaken {
        /// The address.
        address: IpAddr,
        /// The port as `TCP/80`.
        port: String,
        /// Who uses it.
        by: ServiceKey,
    },
    /// The address is of another pool than the one asked for.
    OtherPool {
        /// The pool of the address.
        pool: String,
        /// The pool asked for.
        asked: String,
    },
    /// Other addresses are asked for than those held.
    AddressesMoved,
    /// The pool asked for does not exist.
    UnknownPool {
        /// Its name.
        pool: String,
    },
    /// The pool asked for has nothing left of the families needed.
    PoolExhausted {
        /// The pool.
        pool: String,
    },
    /// No pool that fits has anything left of the families needed.
    Exhausted,
}

impl fmt::Display for WishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoWays => {
                "addresses are asked for both by annotation and by spec.loadBalancerIP"
            }
            Self::NotAnAddress => "what is asked for is not an address",
            Self::NotOnePerFamily => "more than one address of a family is asked for",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignClass { class: Some(class) } => {
                write!(f, "loadBalancerClass {class} is another controller's")
            }
            Self::ForeignClass { class: None } => {
                f.write_str("MetalLB serves only Services of its own loadBalancerClass")
            }
            Self::NoPools => f.write_str("there is no pool"),
            Self::NoClusterIps => f.write_str("the Service has no cluster address"),
            Self::MalformedClusterIps => {
                f.write_str("the Service's cluster addresses are malformed")
            }
            Self::OneClusterIp => {
                f.write_str("both families are required, but there is one cluster address")
            }
            Self::FamilyChanged => {
                f.write_str("the addresses held are not of the Service's families")
            }
            Self::Wish(error) => error.fmt(f),
            Self::WishFamily => {
                f.write_str("the addresses asked for are not of the Service's families")
            }
            Self::Outside { address } => write!(f, "no pool gives out {address}"),
            Self::Unfit { pool } => write!(f, "pool {pool} is for other Services"),
            Self::Taken { address, by: Some(by) } => {
                write!(f, "{address} is in use by {by}, which it cannot be shared with")
            }
            Self::Taken { address, by: None } => write!(f, "{address} is in use"),
            Self::PortTaken { address, port, by } => {
                write!(f, "port {port} of {address} is in use by {by}")
            }
            Self::OtherPool { pool, asked } => {
                write!(f, "the address is of pool {pool}, but pool {asked} is asked for")
            }
            Self::AddressesMoved => f.write_str("other addresses are asked for than those held"),
            Self::UnknownPool { pool } => write!(f, "there is no pool {pool}"),
            Self::PoolExhausted { pool } => {
                write!(f, "pool {pool} has nothing left of the families needed")
            }
            Self::Exhausted => {
                f.write_str("no pool that fits has anything left of the families needed")
            }
        }
    }
}
