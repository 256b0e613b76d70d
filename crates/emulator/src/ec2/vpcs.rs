//! VPCs: made with a network ACL, a route table and a security group of their own, described, deleted.

use serde::{Deserialize, Serialize};

use super::blocks::{self, Ipv6};
use super::kept::Kept;
use super::network::Ranges;
use super::subnets::{self, Subnet};
use super::tags::{self, Tags};
use super::{bad_value, element, flag, new_id, refused, switch, zones};
use crate::query_calls::{Call, Refusal};

const RANGES: Ranges = Ranges {
    parameter: "cidrBlock",
    refusal: "InvalidVpc.Range",
    ipv6: false,
    lengths: 16..=28,
};

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
    vpc.put(call, &id)?;
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

pub(super) fn create(call: &Call<'_>, pending: u32) -> Result<String, Refusal> {
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
    let network = RANGES.read(cidr)?;
    let region: Option<Region> = call.records.get(REGION, call.region, "")?;
    let dhcp_options = region.map(|region| region.dhcp_options).unwrap_or_default();
    let (id, mut vpc) = new(dhcp_options, &network.to_string(), tenancy);
    vpc.pending = pending;
    if switch(call, "AmazonProvidedIpv6CidrBlock")? == Some(true) {
        vpc.ipv6.push(blocks::from_amazon(call));
    }
    let tags = tags::of_new(call, "vpc")?;
    vpc.put(call, &id)?;
    tags::put(call, &id, &tags)?;
    // A new VPC is told as pending even where it is there at once.
    let shown = vpc.shown(call, &id, "pending", &tags);
    Ok(format!("<vpc>{shown}</vpc>"))
}

/// Pools are none of what is embedded here.
pub(super) fn no_pool(pool: &str) -> Refusal {
    refused(
        "InvalidIpamPoolId.NotFound",
        format!("The ipam-pool ID '{pool}' does not exist"),
    )
}

impl Kept for Vpc {
    const WORD: &'static str = "vpc";
    const RECORD: &'static str = "ec2-vpc";
    const ID: &'static str = "VpcId";
    const LIST: &'static str = "vpcSet";
    const MALFORMED: &'static str = "InvalidVpcID.Malformed";
    const NOT_FOUND: &'static str = "InvalidVpcID.NotFound";

    fn pending(&mut self) -> &mut u32 {
        &mut self.pending
    }

    fn ipv6(&self) -> &[Ipv6] {
        &self.ipv6
    }

    fn fact(&self, _: &Call<'_>, _: &str, name: &str) -> Option<String> {
        match name {
            "cidr" | "cidr-block" | "cidrBlock" | "cidr-block-association.cidr-block" => {
                Some(self.cidr.clone())
            }
            "is-default" | "isDefault" => Some(self.is_default.to_string()),
            "dhcp-options-id" | "dhcpOptionsId" => Some(self.dhcp_options.clone()),
            _ => None,
        }
    }

    fn shown(&self, call: &Call<'_>, id: &str, state: &str, tags: &Tags) -> String {
        let first = format!(
            "<cidrBlockAssociationSet><item>{}{}<cidrBlockState><state>associated</state></cidrBlockState></item></cidrBlockAssociationSet>",
            element("cidrBlock", &self.cidr),
            element("associationId", &id.replacen("vpc-", "vpc-cidr-assoc-", 1)),
        );
        [
            element("vpcId", id),
            element("ownerId", call.account),
            element("state", state),
            element("cidrBlock", &self.cidr),
            first,
            blocks::shown(&self.ipv6),
            element("dhcpOptionsId", &self.dhcp_options),
            element("instanceTenancy", &self.tenancy),
            flag("isDefault", self.is_default),
            tags::shown(tags),
        ]
        .concat()
    }
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, _) = Vpc::named(call)?;
    if Subnet::all(call)?
        .iter()
        .any(|(_, subnet)| subnet.vpc == id)
    {
        return Err(refused(
            "DependencyViolation",
            format!("The vpc '{id}' has dependencies and cannot be deleted."),
        ));
    }
    Vpc::forget(call, id)?;
    Ok(super::done())
}
