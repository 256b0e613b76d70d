//! Subnets: made in a VPC's range, described, deleted.

use serde::{Deserialize, Serialize};

use super::blocks::{self, Ipv6};
use super::kept::Kept;
use super::network::{Network, Ranges};
use super::tags::{self, Tags};
use super::vpcs::Vpc;
use super::zones::{self, Zone};
use super::{bad_value, element, flag, new_id, prefix, refused, switch};
use crate::query_calls::{Call, Refusal};

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
    subnet.put(call, &new_id("subnet"))
}

const IPV4: Ranges = Ranges {
    parameter: "cidrBlock",
    refusal: "InvalidSubnet.Range",
    ipv6: false,
    lengths: 16..=28,
};

pub(super) fn create(call: &Call<'_>, pending: u32) -> Result<String, Refusal> {
    let (vpc, within) = Vpc::named(call)?;
    let native = switch(call, "Ipv6Native")? == Some(true);
    let zone = zone_of(call)?;
    let cidr = match call.text("CidrBlock") {
        Some(_) if native => {
            return Err(refused(
                "InvalidParameterCombination",
                "An IPv6 native subnet has no IPv4 CIDR block",
            ));
        }
        Some(cidr) => free_part(call, vpc, &[&within.cidr], &IPV4, cidr)?.to_string(),
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
    let subnet = Subnet {
        vpc: vpc.to_owned(),
        cidr,
        zone,
        ipv6,
        ipv6_native: native,
        // Of a native subnet, addresses are what it is for.
        assign_ipv6: native,
        hostname_type: if native { "resource-name" } else { "ip-name" }.to_owned(),
        pending,
        ..Subnet::default()
    };
    subnet.put(call, &id)?;
    tags::put(call, &id, &tags)?;
    // CreateSubnet tells a new subnet as available, unlike a VPC.
    let shown = subnet.shown(call, &id, "available", &tags);
    Ok(format!("<subnet>{shown}</subnet>"))
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

/// A range for a subnet, which must be a free part of one that its VPC has.
pub(super) fn free_part(
    call: &Call<'_>,
    vpc: &str,
    of_vpc: &[&str],
    ranges: &Ranges,
    cidr: &str,
) -> Result<Network, Refusal> {
    let network = ranges.read(cidr)?;
    let inside = of_vpc
        .iter()
        .filter_map(|range| Network::parse(range))
        .any(|range| range.holds(network));
    if !inside {
        return Err(ranges.refused(cidr));
    }
    for (_, other) in Subnet::all(call)? {
        let of_ipv6 = other.ipv6.iter().map(|block| &block.cidr);
        let mut taken = of_ipv6
            .chain([&other.cidr])
            .filter_map(|c| Network::parse(c));
        if other.vpc == vpc && taken.any(|taken| taken.overlaps(network)) {
            return Err(refused(
                "InvalidSubnet.Conflict",
                format!("The CIDR '{cidr}' conflicts with another subnet"),
            ));
        }
    }
    Ok(network)
}

/// Addresses that instances can have: the service keeps five of each range.
fn free(cidr: &str) -> u64 {
    Network::parse(cidr)
        .filter(|network| !network.is_ipv6())
        .map_or(0, |network| {
            (1_u64 << (32 - network.length())).saturating_sub(5)
        })
}

impl Kept for Subnet {
    const WORD: &'static str = "subnet";
    const RECORD: &'static str = "ec2-subnet";
    const ID: &'static str = "SubnetId";
    const LIST: &'static str = "subnetSet";
    const MALFORMED: &'static str = "InvalidSubnetID.Malformed";
    const NOT_FOUND: &'static str = "InvalidSubnetID.NotFound";

    fn pending(&mut self) -> &mut u32 {
        &mut self.pending
    }

    fn ipv6(&self) -> &[Ipv6] {
        &self.ipv6
    }

    fn fact(&self, call: &Call<'_>, id: &str, name: &str) -> Option<String> {
        match name {
            "subnet-arn" => Some(arn(call, id)),
            "vpc-id" => Some(self.vpc.clone()),
            "cidr" | "cidr-block" | "cidrBlock" => Some(self.cidr.clone()),
            "availability-zone" | "availabilityZone" => Some(self.zone.clone()),
            "availability-zone-id" | "availabilityZoneId" => {
                Some(zones::id_of(call.region, &self.zone))
            }
            "default-for-az" | "defaultForAz" => Some(self.is_default.to_string()),
            "map-public-ip-on-launch" => Some(self.map_public_ip.to_string()),
            "ipv6-native" => Some(self.ipv6_native.to_string()),
            _ => None,
        }
    }

    fn shown(&self, call: &Call<'_>, id: &str, state: &str, tags: &Tags) -> String {
        let names = [
            element("hostnameType", &self.hostname_type),
            flag("enableResourceNameDnsARecord", self.resource_name_a),
            flag("enableResourceNameDnsAAAARecord", self.resource_name_aaaa),
        ]
        .concat();
        [
            element("subnetId", id),
            element("subnetArn", &arn(call, id)),
            element("state", state),
            element("ownerId", call.account),
            element("vpcId", &self.vpc),
            element("cidrBlock", &self.cidr),
            blocks::shown(&self.ipv6),
            element("availableIpAddressCount", &free(&self.cidr).to_string()),
            element("availabilityZone", &self.zone),
            element("availabilityZoneId", &zones::id_of(call.region, &self.zone)),
            flag("defaultForAz", self.is_default),
            flag("mapPublicIpOnLaunch", self.map_public_ip),
            flag("mapCustomerOwnedIpOnLaunch", false),
            flag("assignIpv6AddressOnCreation", self.assign_ipv6),
            flag("enableDns64", self.dns64),
            flag("ipv6Native", self.ipv6_native),
            format!("<privateDnsNameOptionsOnLaunch>{names}</privateDnsNameOptionsOnLaunch>"),
            tags::shown(tags),
        ]
        .concat()
    }
}

fn arn(call: &Call<'_>, id: &str) -> String {
    format!("{}subnet/{id}", prefix(call))
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, _) = Subnet::named(call)?;
    Subnet::forget(call, id)?;
    Ok(super::done())
}
