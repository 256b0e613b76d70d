//! IPv6 ranges of VPCs and subnets: which one counts.

use trueup_aws::ec2::Ipv6Block;

/// The range that an object is about: the one it had, if that is still there, else the first.
pub(super) fn current<'b>(blocks: &'b [Ipv6Block], before: &str) -> Option<&'b Ipv6Block> {
    let mut there = blocks
        .iter()
        .filter(|block| matches!(block.state.as_str(), "associated" | "associating" | ""));
    let first = there.clone().next();
    there.find(|block| block.association == before).or(first)
}
