//! Settings of VPCs and subnets, of which a call changes one.

use super::kept::Kept as _;
use super::subnets::Subnet;
use super::vpcs::Vpc;
use super::{bad_value, done, element, flag, refused, switch};
use crate::query_calls::{Call, Refusal};

type OfVpc = (&'static str, fn(&mut Vpc) -> &mut bool);

/// The settings of a VPC, as they are asked for.
const OF_VPC: [OfVpc; 3] = [
    ("enableDnsSupport", |vpc| &mut vpc.dns_support),
    ("enableDnsHostnames", |vpc| &mut vpc.dns_hostnames),
    ("enableNetworkAddressUsageMetrics", |vpc| {
        &mut vpc.usage_metrics
    }),
];

type OfSubnet = (&'static str, fn(&mut Subnet) -> &mut bool);

const OF_SUBNET: [OfSubnet; 5] = [
    ("AssignIpv6AddressOnCreation", |subnet| {
        &mut subnet.assign_ipv6
    }),
    ("MapPublicIpOnLaunch", |subnet| &mut subnet.map_public_ip),
    ("EnableDns64", |subnet| &mut subnet.dns64),
    ("EnableResourceNameDnsARecordOnLaunch", |subnet| {
        &mut subnet.resource_name_a
    }),
    ("EnableResourceNameDnsAAAARecordOnLaunch", |subnet| {
        &mut subnet.resource_name_aaaa
    }),
];

/// The settings of subnets on Outposts, of which there are none here.
const OF_OUTPOSTS: [&str; 4] = [
    "MapCustomerOwnedIpOnLaunch.Value",
    "CustomerOwnedIpv4Pool",
    "EnableLniAtDeviceIndex",
    "DisableLniAtDeviceIndex.Value",
];

pub(super) fn of_vpc(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.needed("VpcId")?;
    let asked = call.needed("Attribute")?;
    let mut vpc = Vpc::find(call, id)?;
    let (name, at) = OF_VPC
        .iter()
        .find(|(name, _)| *name == asked)
        .ok_or_else(|| bad_value("attribute", asked, "Unknown attribute."))?;
    Ok(format!(
        "{}<{name}>{}</{name}>",
        element("vpcId", id),
        flag("value", *at(&mut vpc))
    ))
}

/// The one setting that a call names; the service takes no two.
fn one<T>(mut said: Vec<T>, of: &str) -> Result<T, Refusal> {
    match (said.pop(), said.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(refused(
            "MissingParameter",
            format!("Missing attribute for {of}"),
        )),
        (Some(_), false) => Err(refused(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified",
        )),
    }
}

pub(super) fn modify_vpc(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, mut vpc) = Vpc::named(call)?;
    let mut said = Vec::new();
    for (name, at) in OF_VPC {
        let mut name = format!("{name}.Value");
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if let Some(on) = switch(call, &name)? {
            said.push((at, on));
        }
    }
    let (at, on) = one(said, "vpc")?;
    *at(&mut vpc) = on;
    vpc.put(call, id)?;
    Ok(done())
}

pub(super) fn modify_tenancy(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, mut vpc) = Vpc::named(call)?;
    let tenancy = call.needed("InstanceTenancy")?;
    if tenancy != "default" {
        return Err(bad_value(
            "instanceTenancy",
            tenancy,
            "The tenancy of a VPC can be changed to 'default' only.",
        ));
    }
    vpc.tenancy = tenancy.to_owned();
    vpc.put(call, id)?;
    Ok(flag("returnValue", true))
}

pub(super) fn modify_subnet(call: &Call<'_>) -> Result<String, Refusal> {
    let (id, mut subnet) = Subnet::named(call)?;
    if let Some(name) = OF_OUTPOSTS.iter().find(|name| call.text(name).is_some()) {
        return Err(refused(
            "InvalidParameterValue",
            format!(
                "{} can be changed for subnets on Outposts only",
                name.trim_end_matches(".Value")
            ),
        ));
    }
    let mut said = Vec::new();
    for (name, at) in OF_SUBNET {
        if let Some(on) = switch(call, &format!("{name}.Value"))? {
            said.push((name, Some((at, on))));
        }
    }
    let kind = call.text("PrivateDnsHostnameTypeOnLaunch");
    if kind.is_some() {
        said.push(("PrivateDnsHostnameTypeOnLaunch", None));
    }
    match one(said, "subnet")? {
        (name, Some((at, on))) => {
            let for_ipv6 = matches!(name, "AssignIpv6AddressOnCreation" | "EnableDns64");
            if for_ipv6 && on && subnet.ipv6.is_empty() {
                return Err(refused(
                    "InvalidParameterValue",
                    format!(
                        "Invalid value 'true' for {name}. The subnet '{id}' has no IPv6 CIDR block"
                    ),
                ));
            }
            *at(&mut subnet) = on;
        }
        (_, None) => match kind {
            Some(kind @ ("ip-name" | "resource-name")) => subnet.hostname_type = kind.to_owned(),
            kind => {
                return Err(bad_value(
                    "privateDnsHostnameTypeOnLaunch",
                    kind.unwrap_or_default(),
                    "It is ip-name or resource-name.",
                ));
            }
        },
    }
    subnet.put(call, id)?;
    Ok(done())
}
