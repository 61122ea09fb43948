//! Cilium's API, for each supported Cilium version.
//!
//! In: [`crate::manifest::Object`]s of `cilium.io`. Out: typed objects that the API
//! server of that version would accept. The same types are written by the
//! conversion, through [`Manifest`].

mod bgp;
pub mod codes;
mod config;
mod forms;
mod kind;
mod l2;
mod pool;
mod schema;
mod schemas;
pub mod settings;
mod validate;
pub mod version;

pub use bgp::{
    AdvertisementType, AutoDiscovery, BgpAdvertisementEntry, BgpAdvertisementSpec, BgpAttributes,
    BgpClusterConfigSpec, BgpCommunities, BgpFamily, BgpInstance, BgpInstanceOverride,
    BgpNodeConfigOverrideSpec, BgpPeer, BgpPeerConfigSpec, BgpPeerOverride, BgpTimers,
    BgpTransport, DefaultGateway, GracefulRestart, InterfaceAdvertisement, PeerConfigRef,
    ServiceAddressType, ServiceAdvertisement,
};
pub use config::CiliumConfig;
pub(crate) use config::PEERING_POLICY;
pub use kind::{ApiVersion, Kind, Manifest, Spec};
pub use l2::L2AnnouncementPolicySpec;
pub use pool::{AllowFirstLastIps, LoadBalancerIpPoolSpec, PoolBlock};
pub use settings::{DefaultIpam, Settings};
pub use validate::validate;
pub use version::{CiliumVersion, FACTS, Feature, Grade};
