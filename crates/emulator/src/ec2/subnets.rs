//! Subnets: made in a VPC's range, described, deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blocks::{self, Ipv6};
use super::network::Network;
use super::zones::Zone;
use super::{Call, Refusal, bad_value, element, flag, is_id, new_id, refused, tags, vpcs, zones};

const KIND: &str = "ec2-subnet";

/// A subnet as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Subnet {
    pub(super) vpc: String,
    pub(super) cidr: String,
    pub(super) zone: String,
    pub(super) is_default: bool,
    pub(super) ipv6: Vec<Ipv6>,
    pub(super) ipv6_native: bool,
    pub(super) assign_ipv6: bool,
    pub(super) map_public_ip: bool,
    pub(super) dns64: bool,
    pub(super) hostname_type: String,
    pub(super) resource_name_a: bool,
    pub(super) resource_name_aaaa: bool,
    /// How many more descriptions see it pending.
    pub(super) pending: u32,
}

pub(super) fn put(call: &Call<'_>, id: &str, subnet: &Subnet) -> Result<(), Refusal> {
    Ok(call.records.put(KIND, call.region, id, subnet)?)
}

pub(super) fn all(call: &Call<'_>) -> Result<Vec<(String, Subnet)>, Refusal> {
    Ok(call.records.list(KIND, call.region)?)
}

/// The subnet of an id.
pub(super) fn find(call: &Call<'_>, id: &str) -> Result<Subnet, Refusal> {
    if !is_id("subnet", id) {
        return Err(refused(
            "InvalidSubnetID.Malformed",
            format!("Invalid id: \"{id}\" (expecting \"subnet-...\")"),
        ));
    }
    call.records.get(KIND, call.region, id)?.ok_or_else(|| {
        refused(
            "InvalidSubnetID.NotFound",
            format!("The subnet ID '{id}' does not exist"),
        )
    })
}

/// A subnet of the default VPC.
pub(super) fn put_default(
    call: &Call<'_>,
    vpc: &str,
    cidr: String,
    zone: &Zone,
) -> Result<(), Refusal> {
    let subnet = Subnet {
        vpc: vpc.to_owned(),
        cidr,
        zone: zone.name.clone(),
        is_default: true,
        map_public_ip: true,
        hostname_type: "ip-name".to_owned(),
        ..Subnet::default()
    };
    put(call, &new_id("subnet"), &subnet)
}

/// The refusal of a range that is taken.
pub(super) fn conflict(cidr: &str) -> Refusal {
    refused(
        "InvalidSubnet.Conflict",
        format!("The CIDR '{cidr}' conflicts with another subnet"),
    )
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Refusal> {
    let vpc = call.needed("VpcId")?;
    let within = vpcs::find(call, vpc)?;
    let native = call.flag("Ipv6Native")? == Some(true);
    let zone = zone_of(call)?;
    let cidr = match call.text("CidrBlock") {
        Some(_) if native => {
            return Err(refused(
                "InvalidParameterCombination",
                "An IPv6 native subnet has no IPv4 CIDR block",
            ));
        }
        Some(cidr) => ipv4(call, vpc, &within.cidr, cidr)?,
        None if native => String::new(),
        None => {
            return Err(refused(
                "MissingParameter",
                "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
            ));
        }
    };
    let ipv6 = match call.text("Ipv6CidrBlock") {
        Some(cidr) => vec![blocks::of_subnet(call, vpc, cidr)?],
        None if native => {
            return Err(refused(
                "MissingParameter",
                "An IPv6 native subnet needs an IPv6 CIDR block.",
            ));
        }
        None => Vec::new(),
    };
    if let Some(outpost) = call.text("OutpostArn") {
        return Err(refused(
            "InvalidOutpostArn.NotFound",
            format!("The outpost '{outpost}' does not exist"),
        ));
    }
    let tags = tags::of_new(call, "subnet")?;
    let id = new_id("subnet");
    let mut subnet = Subnet {
        vpc: vpc.to_owned(),
        cidr,
        zone,
        ipv6,
        ipv6_native: native,
        // Of a native subnet, addresses are what it is for.
        assign_ipv6: native,
        hostname_type: if native { "resource-name" } else { "ip-name" }.to_owned(),
        pending: call.pending_describes,
        ..Subnet::default()
    };
    put(call, &id, &subnet)?;
    tags::put(call, &id, &tags)?;
    // CreateSubnet tells a new subnet as available, unlike a VPC.
    subnet.pending = 0;
    Ok(format!(
        "<subnet>{}</subnet>",
        shown(call, &id, &subnet, &tags)
    ))
}

fn zone_of(call: &Call<'_>) -> Result<String, Refusal> {
    let there = zones::of(call.region);
    let said = call.text("AvailabilityZone");
    let by_id = call.text("AvailabilityZoneId");
    let found = match (said, by_id) {
        (Some(name), _) => there.iter().find(|zone| zone.name == name),
        (None, Some(id)) => there.iter().find(|zone| zone.id == id),
        (None, None) => there.first(),
    };
    found.map(|zone| zone.name.clone()).ok_or_else(|| {
        let names: Vec<&str> = there.iter().map(|zone| zone.name.as_str()).collect();
        bad_value(
            "availabilityZone",
            said.or(by_id).unwrap_or_default(),
            &format!(
                "Subnets can currently only be created in the following availability zones: {}.",
                names.join(", ")
            ),
        )
    })
}

/// The IPv4 range of a subnet, which must be a free part of its VPC's.
fn ipv4(call: &Call<'_>, vpc: &str, within: &str, cidr: &str) -> Result<String, Refusal> {
    let network = Network::parse(cidr)
        .filter(|network| !network.is_ipv6())
        .ok_or_else(|| bad_value("cidrBlock", cidr, "This is not a valid CIDR block."))?;
    let inside = Network::parse(within).is_some_and(|within| within.holds(network));
    if !inside || !(16..=28).contains(&network.length()) {
        return Err(refused(
            "InvalidSubnet.Range",
            format!("The CIDR '{cidr}' is invalid."),
        ));
    }
    let taken = all(call)?
        .iter()
        .filter(|(_, subnet)| subnet.vpc == vpc)
        .filter_map(|(_, subnet)| Network::parse(&subnet.cidr))
        .any(|other| other.overlaps(network));
    if taken {
        return Err(conflict(cidr));
    }
    Ok(network.to_string())
}

/// Addresses that instances can have: the service keeps five of each range.
fn free(cidr: &str) -> u64 {
    Network::parse(cidr)
        .filter(|network| !network.is_ipv6())
        .map_or(0, |network| {
            (1_u64 << (32 - network.length())).saturating_sub(5)
        })
}

fn shown(call: &Call<'_>, id: &str, subnet: &Subnet, tags: &BTreeMap<String, String>) -> String {
    let state = if subnet.pending > 0 {
        "pending"
    } else {
        "available"
    };
    let names = [
        element("hostnameType", &subnet.hostname_type),
        flag("enableResourceNameDnsARecord", subnet.resource_name_a),
        flag("enableResourceNameDnsAAAARecord", subnet.resource_name_aaaa),
    ]
    .concat();
    [
        element("subnetId", id),
        element("subnetArn", &format!("{}subnet/{id}", call.prefix())),
        element("state", state),
        element("ownerId", call.account),
        element("vpcId", &subnet.vpc),
        element("cidrBlock", &subnet.cidr),
        blocks::shown(&subnet.ipv6),
        element("availableIpAddressCount", &free(&subnet.cidr).to_string()),
        element("availabilityZone", &subnet.zone),
        element(
            "availabilityZoneId",
            &zones::id_of(call.region, &subnet.zone),
        ),
        flag("defaultForAz", subnet.is_default),
        flag("mapPublicIpOnLaunch", subnet.map_public_ip),
        flag("mapCustomerOwnedIpOnLaunch", false),
        flag("assignIpv6AddressOnCreation", subnet.assign_ipv6),
        flag("enableDns64", subnet.dns64),
        flag("ipv6Native", subnet.ipv6_native),
        format!("<privateDnsNameOptionsOnLaunch>{names}</privateDnsNameOptionsOnLaunch>"),
        tags::shown(tags),
    ]
    .concat()
}

pub(super) fn describe(call: &Call<'_>) -> Result<String, Refusal> {
    let ids = call.list("SubnetId");
    for id in &ids {
        find(call, id)?;
    }
    let mut found = Vec::new();
    for (id, mut subnet) in all(call)? {
        if !ids.is_empty() && !ids.contains(&id.as_str()) {
            continue;
        }
        let tags = tags::of(call, &id)?;
        let facts = |name: &str| {
            let one = |text: &str| Some(vec![text.to_owned()]);
            match name {
                "subnet-id" => one(&id),
                "subnet-arn" => one(&format!("{}subnet/{id}", call.prefix())),
                "vpc-id" => one(&subnet.vpc),
                "cidr" | "cidr-block" | "cidrBlock" => one(&subnet.cidr),
                "state" => one(if subnet.pending > 0 {
                    "pending"
                } else {
                    "available"
                }),
                "availability-zone" | "availabilityZone" => one(&subnet.zone),
                "availability-zone-id" | "availabilityZoneId" => {
                    one(&zones::id_of(call.region, &subnet.zone))
                }
                "default-for-az" | "defaultForAz" => one(&subnet.is_default.to_string()),
                "map-public-ip-on-launch" => one(&subnet.map_public_ip.to_string()),
                "owner-id" => one(call.account),
                "ipv6-native" => one(&subnet.ipv6_native.to_string()),
                "ipv6-cidr-block-association.ipv6-cidr-block" => {
                    Some(subnet.ipv6.iter().map(|block| block.cidr.clone()).collect())
                }
                _ => None,
            }
        };
        if call.lets_through(&tags, &facts)? {
            found.push(shown(call, &id, &subnet, &tags));
            if subnet.pending > 0 {
                subnet.pending -= 1;
                put(call, &id, &subnet)?;
            }
        }
    }
    call.page("subnetSet", found)
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.needed("SubnetId")?;
    find(call, id)?;
    call.records.remove(KIND, call.region, id)?;
    tags::forget(call, id)?;
    Ok(super::done())
}
