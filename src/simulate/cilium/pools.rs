//! Pools as LB-IPAM reads them.

use std::net::IpAddr;

use super::labels::Selects;
use super::time;
use crate::cilium::{AllowFirstLastIps, LoadBalancerIpPoolSpec, PoolBlock};
use crate::ip::{self, IpRange, IpSet};
use crate::manifest::Resource;

/// A CiliumLoadBalancerIPPool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pool {
    pub(super) name: String,
    /// `metadata.creationTimestamp` in seconds; an absent one is before all others.
    pub(super) created: i64,
    pub(super) selects: Selects,
    /// `spec.disabled`.
    pub(super) disabled: bool,
    /// `allowFirstLastIPs: "No"`.
    pub(super) reserves_ends: bool,
    /// The blocks up to the first one that cannot be read.
    pub(super) blocks: Vec<Block>,
    /// Why the blocks from there on are lost.
    pub(super) bad_block: Option<String>,
}

/// One block of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) range: IpRange,
    /// Whether it was written as a CIDR.
    pub(super) is_cidr: bool,
}

impl Block {
    /// The first and the last address of a CIDR of more than two.
    pub(super) fn ends(self) -> Option<[IpAddr; 2]> {
        let ends = [self.range.first(), self.range.last()];
        let [first, last] = ends.map(ip::to_number);
        (self.is_cidr && last - first > 1).then_some(ends)
    }
}

impl Pool {
    pub(super) fn new(resource: &Resource<LoadBalancerIpPoolSpec>) -> Self {
        let spec = &resource.spec;
        let mut blocks = Vec::new();
        let mut bad_block = None;
        for (index, block) in spec.blocks.iter().enumerate() {
            match read_block(block) {
                Ok(block) => blocks.push(block),
                Err(fault) => {
                    bad_block = Some(format!("blocks[{index}]: {fault}"));
                    break;
                }
            }
        }
        Self {
            name: resource.meta.name.clone(),
            created: time::seconds(resource.meta.creation_timestamp.as_deref()),
            selects: Selects::or_every(spec.service_selector.as_ref()),
            disabled: spec.disabled,
            reserves_ends: spec.allow_first_last_ips == Some(AllowFirstLastIps::No),
            blocks,
            bad_block,
        }
    }

    /// The first and the last address of a block, where they are not given out.
    pub(super) fn reserved_ends(&self, block: Block) -> Option<[IpAddr; 2]> {
        block.ends().filter(|_| self.reserves_ends)
    }
}

/// The addresses of a pool, as LB-IPAM reads them.
#[derive(Debug)]
pub(crate) struct PoolAddresses {
    /// All of them.
    pub(crate) blocks: Vec<IpRange>,
    /// Those that are given out.
    pub(crate) given_out: IpSet,
    /// Whether nothing is given out.
    pub(crate) disabled: bool,
    /// Whether a block cannot be read.
    pub(crate) is_bad: bool,
}

impl PoolAddresses {
    /// Those of a CiliumLoadBalancerIPPool.
    pub(crate) fn of(resource: &Resource<LoadBalancerIpPoolSpec>) -> Self {
        let pool = Pool::new(resource);
        let blocks = pool.blocks.iter().map(|block| block.range).collect();
        let reserved = pool.blocks.iter().filter_map(|block| pool.reserved_ends(*block));
        let reserved = reserved.flatten().filter_map(|address| IpRange::new(address, address));
        let all: IpSet = pool.blocks.iter().map(|block| block.range).collect();
        Self {
            given_out: all.difference(&reserved.collect()),
            blocks,
            disabled: pool.disabled,
            is_bad: pool.bad_block.is_some(),
        }
    }
}

/// A block with a CIDR is that CIDR, whatever else it says; one with a start alone
/// is one address.
fn read_block(block: &PoolBlock) -> Result<Block, String> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(cidr) = given(&block.cidr) {
        let net = ip::parse_prefix(&cidr).map_err(|error| format!("{cidr:?}: {error}"))?.net();
        return Ok(Block { range: IpRange::from_cidr(net), is_cidr: true });
    }
    let address =
        |text: &str| ip::parse_addr_as_written(text).map_err(|error| format!("{text:?}: {error}"));
    let start = block.start.clone().unwrap_or_default();
    let first = address(&start)?;
    let last = match given(&block.stop) {
        Some(stop) => address(&stop)?,
        None => first,
    };
    let range = IpRange::new(first, last)
        .ok_or_else(|| format!("{first} to {last} is no range of one family"))?;
    Ok(Block { range, is_cidr: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(cidr: &str, start: &str, stop: &str) -> PoolBlock {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PoolBlock { cidr: text(cidr), start: text(start), stop: text(stop) }
    }

    fn pool(blocks: Vec<PoolBlock>) -> Pool {
        let spec = LoadBalancerIpPoolSpec {
            blocks,
            allow_first_last_ips: Some(AllowFirstLastIps::No),
            ..LoadBalancerIpPoolSpec::default()
        };
        Pool::new(&Resource { spec, ..Resource::default() })
    }

    #[test]
    fn blocks_are_read_as_cilium_reads_them() {
        for (written, first, last) in [
            (block("10.0.0.7/24", "", ""), "10.0.0.0", "10.0.0.255"),
            (block("10.0.0.0/24", "10.9.0.1", "10.9.0.2"), "10.0.0.0", "10.0.0.255"),
            (block("", "10.0.0.1", "10.0.0.9"), "10.0.0.1", "10.0.0.9"),
            (block("", "10.0.0.1", ""), "10.0.0.1", "10.0.0.1"),
            (block("2001:db8::/64", "", ""), "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"),
        ] {
            let range = read_block(&written).unwrap().range;
            assert_eq!(
                (range.first().to_string(), range.last().to_string()),
                (first.into(), last.into())
            );
        }
    }

    #[test]
    fn a_bad_block_takes_the_later_ones_with_it() {
        for bad in [
            block("", "10.0.0.9", "10.0.0.1"),
            block("", "10.0.0.1", "::2"),
            block("", "", "10.0.0.1"),
            block("", "x", ""),
        ] {
            let good = block("10.0.1.0/24", "", "");
            let pool = pool(vec![good.clone(), bad, good]);
            assert_eq!(pool.blocks.len(), 1);
            assert!(pool.bad_block.unwrap().starts_with("blocks[1]"));
        }
    }

    #[test]
    fn only_wide_cidrs_have_reserved_ends() {
        for (written, reserved) in [
            (block("10.0.0.0/30", "", ""), true),
            (block("10.0.0.0/31", "", ""), false),
            (block("10.0.0.0/32", "", ""), false),
            (block("2001:db8::/126", "", ""), true),
            (block("2001:db8::/127", "", ""), false),
            (block("", "10.0.0.0", "10.0.0.255"), false),
        ] {
            let pool = pool(vec![written]);
            assert_eq!(pool.reserved_ends(pool.blocks[0]).is_some(), reserved);
        }
    }
}
