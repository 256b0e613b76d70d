//! VPCs: made with a network ACL, a route table and a security group of their own, described, deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blocks::{self, Ipv6};
use super::network::Network;
use super::{
    Call, Refusal, bad_value, element, flag, is_id, new_id, refused, subnets, tags, zones,
};

const KIND: &str = "ec2-vpc";

/// What a region has from the start.
const REGION: &str = "ec2-region";

/// A VPC as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Vpc {
    pub(super) cidr: String,
    pub(super) tenancy: String,
    pub(super) acl: String,
    pub(super) route_table: String,
    pub(super) security_group: String,
    pub(super) dhcp_options: String,
    pub(super) is_default: bool,
    pub(super) dns_support: bool,
    pub(super) dns_hostnames: bool,
    pub(super) usage_metrics: bool,
    pub(super) ipv6: Vec<Ipv6>,
    /// How many more descriptions see it pending.
    pub(super) pending: u32,
}

#[derive(Serialize, Deserialize)]
struct Region {
    dhcp_options: String,
}

/// A region that is used for the first time has a default VPC with a subnet in each zone.
pub(super) fn begin(call: &Call<'_>) -> Result<(), Refusal> {
    if call
        .records
        .get::<Region>(REGION, call.region, "")?
        .is_some()
    {
        return Ok(());
    }
    let region = Region {
        dhcp_options: new_id("dopt"),
    };
    call.records.put(REGION, call.region, "", &region)?;
    let (id, mut vpc) = new(region.dhcp_options, "172.31.0.0/16", "default");
    vpc.is_default = true;
    vpc.dns_hostnames = true;
    put(call, &id, &vpc)?;
    for (n, zone) in zones::of(call.region).into_iter().enumerate() {
        subnets::put_default(call, &id, format!("172.31.{}.0/20", n * 16), &zone)?;
    }
    Ok(())
}

fn new(dhcp_options: String, cidr: &str, tenancy: &str) -> (String, Vpc) {
    let vpc = Vpc {
        cidr: cidr.to_owned(),
        tenancy: tenancy.to_owned(),
        acl: new_id("acl"),
        route_table: new_id("rtb"),
        security_group: new_id("sg"),
        dhcp_options,
        dns_support: true,
        ..Vpc::default()
    };
    (new_id("vpc"), vpc)
}

pub(super) fn put(call: &Call<'_>, id: &str, vpc: &Vpc) -> Result<(), Refusal> {
    Ok(call.records.put(KIND, call.region, id, vpc)?)
}

pub(super) fn all(call: &Call<'_>) -> Result<Vec<(String, Vpc)>, Refusal> {
    Ok(call.records.list(KIND, call.region)?)
}

/// The VPC of an id.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Vpc, Refusal> {
    if !is_id("vpc", id) {
        return Err(refused(
            "InvalidVpcID.Malformed",
            format!("Invalid id: \"{id}\" (expecting \"vpc-...\")"),
        ));
    }
    call.records.get(KIND, call.region, id)?.ok_or_else(|| {
        refused(
            "InvalidVpcID.NotFound",
            format!("The vpc ID '{id}' does not exist"),
        )
    })
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Refusal> {
    let tenancy = call.text("InstanceTenancy").unwrap_or("default");
    if !matches!(tenancy, "default" | "dedicated") {
        return Err(bad_value(
            "instanceTenancy",
            tenancy,
            "Tenancy must be 'default' or 'dedicated'.",
        ));
    }
    if let Some(pool) = call.text("Ipv4IpamPoolId").or(call.text("Ipv6IpamPoolId")) {
        return Err(no_pool(pool));
    }
    let Some(cidr) = call.text("CidrBlock") else {
        return Err(refused(
            "MissingParameter",
            "Either 'cidrBlock' or 'ipv4IpamPoolId' must be provided.",
        ));
    };
    let network = Network::parse(cidr)
        .filter(|network| !network.is_ipv6())
        .ok_or_else(|| bad_value("cidrBlock", cidr, "This is not a valid CIDR block."))?;
    if !(16..=28).contains(&network.length()) {
        return Err(refused(
            "InvalidVpc.Range",
            format!("The CIDR '{cidr}' is invalid."),
        ));
    }
    let region: Option<Region> = call.records.get(REGION, call.region, "")?;
    let dhcp_options = region.map(|region| region.dhcp_options).unwrap_or_default();
    let (id, mut vpc) = new(dhcp_options, &network.to_string(), tenancy);
    vpc.pending = call.pending_describes;
    if call.flag("AmazonProvidedIpv6CidrBlock")? == Some(true) {
        vpc.ipv6.push(blocks::from_amazon(call));
    }
    let tags = tags::of_new(call, "vpc")?;
    put(call, &id, &vpc)?;
    tags::put(call, &id, &tags)?;
    // A new VPC is told as pending even where it is there at once.
    vpc.pending = vpc.pending.max(1);
    Ok(format!("<vpc>{}</vpc>", shown(call, &id, &vpc, &tags)))
}

/// Pools are none of what is embedded here.
pub(super) fn no_pool(pool: &str) -> Refusal {
    refused(
        "InvalidIpamPoolId.NotFound",
        format!("The ipam-pool ID '{pool}' does not exist"),
    )
}

fn shown(call: &Call<'_>, id: &str, vpc: &Vpc, tags: &BTreeMap<String, String>) -> String {
    let state = if vpc.pending > 0 {
        "pending"
    } else {
        "available"
    };
    let first = format!(
        "<cidrBlockAssociationSet><item>{}{}<cidrBlockState><state>associated</state></cidrBlockState></item></cidrBlockAssociationSet>",
        element("cidrBlock", &vpc.cidr),
        element("associationId", &id.replacen("vpc-", "vpc-cidr-assoc-", 1)),
    );
    [
        element("vpcId", id),
        element("ownerId", call.account),
        element("state", state),
        element("cidrBlock", &vpc.cidr),
        first,
        blocks::shown(&vpc.ipv6),
        element("dhcpOptionsId", &vpc.dhcp_options),
        element("instanceTenancy", &vpc.tenancy),
        flag("isDefault", vpc.is_default),
        tags::shown(tags),
    ]
    .concat()
}

pub(super) fn describe(call: &Call<'_>) -> Result<String, Refusal> {
    let ids = call.list("VpcId");
    for id in &ids {
        find(call, id)?;
    }
    let mut found = Vec::new();
    for (id, mut vpc) in all(call)? {
        if !ids.is_empty() && !ids.contains(&id.as_str()) {
            continue;
        }
        let tags = tags::of(call, &id)?;
        let facts = |name: &str| {
            let one = |text: &str| Some(vec![text.to_owned()]);
            match name {
                "vpc-id" => one(&id),
                "cidr" | "cidr-block" | "cidrBlock" | "cidr-block-association.cidr-block" => {
                    one(&vpc.cidr)
                }
                "state" => one(if vpc.pending > 0 {
                    "pending"
                } else {
                    "available"
                }),
                "is-default" | "isDefault" => one(&vpc.is_default.to_string()),
                "dhcp-options-id" | "dhcpOptionsId" => one(&vpc.dhcp_options),
                "owner-id" => one(call.account),
                "ipv6-cidr-block-association.ipv6-cidr-block" => {
                    Some(vpc.ipv6.iter().map(|block| block.cidr.clone()).collect())
                }
                "ipv6-cidr-block-association.association-id" => {
                    Some(vpc.ipv6.iter().map(|block| block.id.clone()).collect())
                }
                _ => None,
            }
        };
        if call.lets_through(&tags, &facts)? {
            found.push(shown(call, &id, &vpc, &tags));
            if vpc.pending > 0 {
                vpc.pending -= 1;
                put(call, &id, &vpc)?;
            }
        }
    }
    call.page("vpcSet", found)
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.needed("VpcId")?;
    find(call, id)?;
    if subnets::all(call)?
        .iter()
        .any(|(_, subnet)| subnet.vpc == id)
    {
        return Err(refused(
            "DependencyViolation",
            format!("The vpc '{id}' has dependencies and cannot be deleted."),
        ));
    }
    call.records.remove(KIND, call.region, id)?;
    tags::forget(call, id)?;
    Ok(super::done())
}
