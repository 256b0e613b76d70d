//! IPv6 ranges of VPCs and subnets.

use serde::{Deserialize, Serialize};

use super::kept::Kept as _;
use super::network::{Network, Ranges};
use super::subnets::{self, Subnet};
use super::vpcs::Vpc;
use super::{element, new_id, refused, switch, vpcs};
use crate::query_calls::{Call, Refusal};

/// A range as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ipv6 {
    pub(super) id: String,
    pub(super) cidr: String,
    /// From where it is announced; empty for those of subnets.
    pub(super) border_group: String,
}

/// A range that Amazon gives.
pub(super) fn from_amazon(call: &Call<'_>) -> Ipv6 {
    let random = uuid::Uuid::new_v4().as_u128();
    let (a, b) = ((random >> 16) & 0xfff, (random >> 32) & 0xff);
    let cidr = format!("2600:1f18:{a:x}:{b:x}00::/56");
    Ipv6 {
        id: new_id("vpc-cidr-assoc"),
        cidr: Network::parse(&cidr).map_or(cidr, |network| network.to_string()),
        border_group: call
            .text("Ipv6CidrBlockNetworkBorderGroup")
            .unwrap_or(call.region)
            .to_owned(),
    }
}

pub(super) fn shown(blocks: &[Ipv6]) -> String {
    let items: Vec<String> = blocks
        .iter()
        .map(|block| item(block, "associated"))
        .collect();
    let items: Vec<String> = items
        .into_iter()
        .map(|item| format!("<item>{item}</item>"))
        .collect();
    format!(
        "<ipv6CidrBlockAssociationSet>{}</ipv6CidrBlockAssociationSet>",
        items.concat()
    )
}

fn item(block: &Ipv6, state: &str) -> String {
    let pool = if block.border_group.is_empty() {
        ""
    } else {
        "Amazon"
    };
    [
        element("associationId", &block.id),
        element("ipv6CidrBlock", &block.cidr),
        format!("<ipv6CidrBlockState><state>{state}</state></ipv6CidrBlockState>"),
        element("networkBorderGroup", &block.border_group),
        element("ipv6Pool", pool),
    ]
    .concat()
}

fn told(owner: &str, id: &str, block: &Ipv6, state: &str) -> String {
    format!(
        "{}<ipv6CidrBlockAssociation>{}</ipv6CidrBlockAssociation>",
        element(owner, id),
        item(block, state)
    )
}

fn no_association(id: &str) -> Refusal {
    refused(
        "InvalidVpcCidrBlockAssociationID.NotFound",
        format!("The vpc CIDR block association ID '{id}' does not exist"),
    )
}

pub(super) fn associate_vpc(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, mut vpc) = Vpc::named(call)?;
    if let Some(pool) = call.text("Ipv6IpamPoolId") {
        return Err(vpcs::no_pool(pool));
    }
    if switch(call, "AmazonProvidedIpv6CidrBlock")? != Some(true) {
        return Err(refused(
            "InvalidParameterCombination",
            "Of further ranges, only those that Amazon provides for IPv6 are embedded here.",
        ));
    }
    if !vpc.ipv6.is_empty() {
        return Err(refused(
            "CidrLimitExceeded",
            "This network already has an Amazon-provided IPv6 CIDR block",
        ));
    }
    let block = from_amazon(call);
    vpc.ipv6.push(block.clone());
    vpc.put(call, id)?;
    Ok(told("vpcId", id, &block, "associating"))
}

pub(super) fn disassociate_vpc(call: &Call<'_>) -> Result<String, Refusal> {
    let association = call.needed("AssociationId")?;
    for (id, mut vpc) in Vpc::all(call)? {
        let Some(at) = vpc.ipv6.iter().position(|block| block.id == association) else {
            continue;
        };
        let used = Subnet::all(call)?
            .iter()
            .any(|(_, subnet)| subnet.vpc == id && !subnet.ipv6.is_empty());
        if used {
            return Err(refused(
                "InvalidCidrBlock.InUse",
                "The IPv6 CIDR block is used by subnets of the VPC",
            ));
        }
        let block = vpc.ipv6.remove(at);
        vpc.put(call, &id)?;
        return Ok(told("vpcId", &id, &block, "disassociating"));
    }
    Err(no_association(association))
}

/// The IPv6 range of a subnet: a free /64 of its VPC's.
pub(super) fn of_subnet(call: &Call<'_>, vpc: &str, cidr: &str) -> Result<Ipv6, Refusal> {
    const IPV6: Ranges = Ranges {
        parameter: "ipv6CidrBlock",
        refusal: "InvalidSubnet.Range",
        ipv6: true,
        lengths: 64..=64,
    };
    let blocks = Vpc::find(call, vpc)?.ipv6;
    let of_vpc: Vec<&str> = blocks.iter().map(|block| block.cidr.as_str()).collect();
    let network = subnets::free_part(call, vpc, &of_vpc, &IPV6, cidr)?;
    Ok(Ipv6 {
        id: new_id("subnet-cidr-assoc"),
        cidr: network.to_string(),
        border_group: String::new(),
    })
}

pub(super) fn associate_subnet(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.needed("SubnetId")?;
    let cidr = call.needed("Ipv6CidrBlock")?;
    let mut subnet = Subnet::find(call, id)?;
    if !subnet.ipv6.is_empty() {
        return Err(refused(
            "SubnetIpv6CidrBlockLimitExceeded",
            "The subnet already has an IPv6 CIDR block",
        ));
    }
    let block = of_subnet(call, &subnet.vpc, cidr)?;
    subnet.ipv6.push(block.clone());
    subnet.put(call, id)?;
    Ok(told("subnetId", id, &block, "associating"))
}

pub(super) fn disassociate_subnet(call: &Call<'_>) -> Result<String, Refusal> {
    let association = call.needed("AssociationId")?;
    for (id, mut subnet) in Subnet::all(call)? {
        let Some(at) = subnet.ipv6.iter().position(|block| block.id == association) else {
            continue;
        };
        let block = subnet.ipv6.remove(at);
        subnet.put(call, &id)?;
        return Ok(told("subnetId", &id, &block, "disassociating"));
    }
    Err(refused(
        "InvalidSubnetCidrBlockAssociationID.NotFound",
        format!("The subnet CIDR block association ID '{association}' does not exist"),
    ))
}
