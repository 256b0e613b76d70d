//! EC2's answers as plain structs, and what is asked as parameters.
use std::collections::BTreeMap;

use super::{
    CreateSubnet, CreateVpc, Filter, Ipv6Block, Ipv6Source, NetworkInterface, Subnet, SubnetChange,
    Vpc, VpcAttribute, VpcPart, Zone,
};
use crate::query::Parameters;
use crate::xml::Element;

fn ipv6(of: &Element) -> Vec<Ipv6Block> {
    of.list("ipv6CidrBlockAssociationSet")
        .iter()
        .map(|block| Ipv6Block {
            association: block.text_or_empty("associationId"),
            cidr_block: block.text_or_empty("ipv6CidrBlock"),
            state: block
                .get("ipv6CidrBlockState")
                .map(|state| state.text_or_empty("state"))
                .unwrap_or_default(),
            pool: block.text_or_empty("ipv6Pool"),
            border_group: block.text_or_empty("networkBorderGroup"),
        })
        .collect()
}

pub(super) fn vpc(of: &Element) -> Vpc {
    Vpc {
        id: of.text_or_empty("vpcId"),
        state: of.text_or_empty("state"),
        owner: of.text_or_empty("ownerId"),
        cidr_block: of.text_or_empty("cidrBlock"),
        tenancy: of.text_or_empty("instanceTenancy"),
        dhcp_options: of.text_or_empty("dhcpOptionsId"),
        ipv6: ipv6(of),
        tags: of.pairs("tagSet", "key", "value"),
    }
}

pub(super) fn subnet(of: &Element) -> Subnet {
    let none = Element::default();
    let names = of.get("privateDnsNameOptionsOnLaunch").unwrap_or(&none);
    Subnet {
        id: of.text_or_empty("subnetId"),
        arn: of.text_or_empty("subnetArn"),
        state: of.text_or_empty("state"),
        vpc: of.text_or_empty("vpcId"),
        owner: of.text_or_empty("ownerId"),
        cidr_block: of.text_or_empty("cidrBlock"),
        zone: of.text_or_empty("availabilityZone"),
        zone_id: of.text_or_empty("availabilityZoneId"),
        ipv6: ipv6(of),
        ipv6_native: of.flag("ipv6Native"),
        assign_ipv6: of.flag("assignIpv6AddressOnCreation"),
        map_public_ip: of.flag("mapPublicIpOnLaunch"),
        map_customer_owned_ip: of.flag("mapCustomerOwnedIpOnLaunch"),
        customer_owned_pool: of.text_or_empty("customerOwnedIpv4Pool"),
        dns64: of.flag("enableDns64"),
        lni_at_device_index: of.whole("enableLniAtDeviceIndex"),
        hostname_type: names.text_or_empty("hostnameType"),
        resource_name_a: names.flag("enableResourceNameDnsARecord"),
        resource_name_aaaa: names.flag("enableResourceNameDnsAAAARecord"),
        outpost: of.text_or_empty("outpostArn"),
        tags: of.pairs("tagSet", "key", "value"),
    }
}

pub(super) fn interface(of: &Element) -> NetworkInterface {
    NetworkInterface {
        id: of.text_or_empty("networkInterfaceId"),
        description: of.text_or_empty("description"),
        status: of.text_or_empty("status"),
    }
}

pub(super) fn zone(of: &Element) -> Zone {
    Zone {
        name: of.text_or_empty("zoneName"),
        id: of.text_or_empty("zoneId"),
        state: of.text_or_empty("zoneState"),
        region: of.text_or_empty("regionName"),
        group: of.text_or_empty("groupName"),
        opt_in_status: of.text_or_empty("optInStatus"),
        border_group: of.text_or_empty("networkBorderGroup"),
        kind: of.text_or_empty("zoneType"),
        parent_name: of.text_or_empty("parentZoneName"),
        parent_id: of.text_or_empty("parentZoneId"),
    }
}

/// How an attribute is called in questions and answers; changes have it with a capital.
pub(super) fn attribute(attribute: VpcAttribute) -> &'static str {
    match attribute {
        VpcAttribute::DnsHostnames => "enableDnsHostnames",
        VpcAttribute::DnsSupport => "enableDnsSupport",
        VpcAttribute::AddressUsageMetrics => "enableNetworkAddressUsageMetrics",
    }
}

/// The call, the filter that singles it out, the list in the answer and the id in that list.
pub(super) fn part(part: VpcPart) -> (&'static str, Filter, &'static str, &'static str) {
    match part {
        VpcPart::NetworkAcl => (
            "DescribeNetworkAcls",
            Filter::new("default", ["true"]),
            "networkAclSet",
            "networkAclId",
        ),
        VpcPart::RouteTable => (
            "DescribeRouteTables",
            Filter::new("association.main", ["true"]),
            "routeTableSet",
            "routeTableId",
        ),
        VpcPart::SecurityGroup => (
            "DescribeSecurityGroups",
            Filter::new("group-name", ["default"]),
            "securityGroupInfo",
            "groupId",
        ),
    }
}

pub(super) fn say_filters(parameters: &mut Parameters, filters: &[Filter]) {
    for (n, filter) in filters.iter().enumerate() {
        let n = n + 1;
        parameters.say(format!("Filter.{n}.Name"), &filter.name);
        parameters.list(&format!("Filter.{n}.Value"), &filter.values);
    }
}

fn say_new_tags(parameters: &mut Parameters, kind: &str, tags: &BTreeMap<String, String>) {
    if !tags.is_empty() {
        parameters.say("TagSpecification.1.ResourceType", kind);
        parameters.tags("TagSpecification.1.Tag", tags);
    }
}

fn number(number: Option<i64>) -> Option<String> {
    number.map(|number| number.to_string())
}

fn say_ipv6(parameters: &mut Parameters, source: &Ipv6Source) {
    parameters.say_if("Ipv6CidrBlock", source.cidr_block.as_deref());
    parameters.say_if(
        "Ipv6CidrBlockNetworkBorderGroup",
        source.border_group.as_deref(),
    );
    parameters.say_if("Ipv6IpamPoolId", source.pool.as_deref());
    parameters.say_if(
        "Ipv6NetmaskLength",
        number(source.netmask_length).as_deref(),
    );
}

pub(super) fn new_vpc(request: &CreateVpc) -> Parameters {
    let mut said = Parameters::default();
    said.say(
        "AmazonProvidedIpv6CidrBlock",
        request.ipv6.amazon.to_string(),
    );
    said.say_if("CidrBlock", request.cidr_block.as_deref());
    said.say("InstanceTenancy", &request.tenancy);
    said.say_if("Ipv4IpamPoolId", request.ipv4_pool.as_deref());
    said.say_if(
        "Ipv4NetmaskLength",
        number(request.ipv4_netmask_length).as_deref(),
    );
    say_ipv6(&mut said, &request.ipv6);
    say_new_tags(&mut said, "vpc", &request.tags);
    said
}

pub(super) fn more_ipv6(vpc: &str, source: &Ipv6Source) -> Parameters {
    let mut said = Parameters::default();
    said.say("VpcId", vpc);
    if source.amazon {
        said.say("AmazonProvidedIpv6CidrBlock", "true");
    }
    say_ipv6(&mut said, source);
    said
}

pub(super) fn new_subnet(request: &CreateSubnet) -> Parameters {
    let mut said = Parameters::default();
    said.say("VpcId", &request.vpc);
    said.say_if("CidrBlock", request.cidr_block.as_deref());
    said.say_if("AvailabilityZone", request.zone.as_deref());
    said.say_if("AvailabilityZoneId", request.zone_id.as_deref());
    said.say_if("Ipv6CidrBlock", request.ipv6_cidr_block.as_deref());
    if request.ipv6_native {
        said.say("Ipv6Native", "true");
    }
    said.say_if("OutpostArn", request.outpost.as_deref());
    say_new_tags(&mut said, "subnet", &request.tags);
    said
}

pub(super) fn subnet_change(subnet: &str, change: &SubnetChange) -> Parameters {
    let mut said = Parameters::default();
    said.say("SubnetId", subnet);
    let mut flag = |name: &str, on: bool| said.say(format!("{name}.Value"), on.to_string());
    match change {
        SubnetChange::AssignIpv6(on) => flag("AssignIpv6AddressOnCreation", *on),
        SubnetChange::MapPublicIp(on) => flag("MapPublicIpOnLaunch", *on),
        SubnetChange::CustomerOwned { pool, map } => {
            flag("MapCustomerOwnedIpOnLaunch", *map);
            if !pool.is_empty() {
                said.say("CustomerOwnedIpv4Pool", pool);
            }
        }
        SubnetChange::Dns64(on) => flag("EnableDns64", *on),
        SubnetChange::LniAtDeviceIndex(0) => flag("DisableLniAtDeviceIndex", true),
        SubnetChange::LniAtDeviceIndex(position) => {
            said.say("EnableLniAtDeviceIndex", position.to_string());
        }
        SubnetChange::HostnameType(kind) => said.say("PrivateDnsHostnameTypeOnLaunch", kind),
        SubnetChange::ResourceNameA(on) => flag("EnableResourceNameDnsARecordOnLaunch", *on),
        SubnetChange::ResourceNameAaaa(on) => flag("EnableResourceNameDnsAAAARecordOnLaunch", *on),
    }
    said
}
