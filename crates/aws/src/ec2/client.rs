//! EC2 by signed calls: its SDK would be compiled for two dozen operations out of hundreds.
use std::collections::BTreeMap;

use super::wire;
use super::{
    Asked, CreateSubnet, CreateVpc, Ec2, Filter, Ipv6Source, NetworkInterface, Subnet,
    SubnetChange, Vpc, VpcAttribute, VpcPart, Zone,
};
use crate::Answer;
use crate::query::{Dialect, Parameters, Service};
use crate::signed::Signed;

const DIALECT: Dialect = Dialect {
    version: "2016-11-15",
    result: false,
    ask: "NextToken",
    token: "nextToken",
    more: None,
};

/// How many values a filter may have.
const VALUES: usize = 200;

/// EC2 behind signed calls.
pub(crate) struct Client {
    ec2: Service,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self {
            ec2: Service::new(signed, DIALECT),
        }
    }

    /// An IPv6 range for a VPC or subnet; answers the association's id.
    fn associate(
        &self,
        operation: &'static str,
        said: impl Into<Parameters>,
    ) -> Answer<'_, String> {
        let said = said.into();
        Box::pin(async move {
            let answer = self.ec2.once(operation, said).await?;
            let block = answer.get("ipv6CidrBlockAssociation");
            Ok(block
                .map(|block| block.text_or_empty("associationId"))
                .unwrap_or_default())
        })
    }

    fn change_tags(
        &self,
        operation: &'static str,
        resource: &str,
        tags: &BTreeMap<String, String>,
    ) -> Answer<'_, ()> {
        let mut said = Parameters::from([("ResourceId.1", resource)]);
        said.tags("Tag", tags);
        self.ec2.done(operation, said)
    }
}

fn asked(asked: Asked<'_>, id: &str) -> Parameters {
    let mut said = Parameters::default();
    match asked {
        Asked::One(one) => said.list(id, &[one]),
        Asked::Filtered(filters) => wire::say_filters(&mut said, filters),
    }
    said
}

impl Ec2 for Client {
    fn create_vpc(&self, request: CreateVpc) -> Answer<'_, Vpc> {
        Box::pin(async move {
            let said = wire::new_vpc(&request);
            let answer = self.ec2.once("CreateVpc", said).await?;
            Ok(answer.get("vpc").map(wire::vpc).unwrap_or_default())
        })
    }

    fn describe_vpcs<'a>(&'a self, asked_for: Asked<'a>) -> Answer<'a, Vec<Vpc>> {
        Box::pin(async move {
            let said = asked(asked_for, "VpcId");
            let found = self.ec2.all("DescribeVpcs", said, "vpcSet").await?;
            Ok(found.iter().map(wire::vpc).collect())
        })
    }

    fn vpc_attribute<'a>(&'a self, vpc: &'a str, attribute: VpcAttribute) -> Answer<'a, bool> {
        Box::pin(async move {
            let name = wire::attribute(attribute);
            let said = [("VpcId", vpc), ("Attribute", name)];
            let answer = self.ec2.call("DescribeVpcAttribute", said).await?;
            Ok(answer.get(name).is_some_and(|found| found.flag("value")))
        })
    }

    fn set_vpc_attribute<'a>(
        &'a self,
        vpc: &'a str,
        attribute: VpcAttribute,
        on: bool,
    ) -> Answer<'a, ()> {
        let mut name = wire::attribute(attribute).to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let mut said = Parameters::from([("VpcId", vpc)]);
        said.say(format!("{name}.Value"), on.to_string());
        self.ec2.done("ModifyVpcAttribute", said)
    }

    fn set_vpc_tenancy<'a>(&'a self, vpc: &'a str, tenancy: &'a str) -> Answer<'a, ()> {
        let said = [("VpcId", vpc), ("InstanceTenancy", tenancy)];
        self.ec2.done("ModifyVpcTenancy", said)
    }

    fn associate_vpc_block<'a>(&'a self, vpc: &'a str, block: Ipv6Source) -> Answer<'a, String> {
        self.associate("AssociateVpcCidrBlock", wire::more_ipv6(vpc, &block))
    }

    fn disassociate_vpc_block<'a>(&'a self, association: &'a str) -> Answer<'a, ()> {
        self.ec2
            .done("DisassociateVpcCidrBlock", [("AssociationId", association)])
    }

    fn delete_vpc<'a>(&'a self, vpc: &'a str) -> Answer<'a, ()> {
        self.ec2.done("DeleteVpc", [("VpcId", vpc)])
    }

    fn vpc_parts<'a>(
        &'a self,
        part: VpcPart,
        vpcs: &'a [String],
    ) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(async move {
            let (operation, filter, list, id) = wire::part(part);
            let mut parts = BTreeMap::new();
            for some in vpcs.chunks(VALUES) {
                let filters = [filter.clone(), Filter::new("vpc-id", some)];
                let mut said = Parameters::default();
                wire::say_filters(&mut said, &filters);
                for found in self.ec2.all(operation, said, list).await? {
                    if let (Some(vpc), Some(id)) = (found.text("vpcId"), found.text(id)) {
                        parts.insert(vpc, id);
                    }
                }
            }
            Ok(parts)
        })
    }

    fn create_subnet(&self, request: CreateSubnet) -> Answer<'_, Subnet> {
        Box::pin(async move {
            let said = wire::new_subnet(&request);
            let answer = self.ec2.once("CreateSubnet", said).await?;
            Ok(answer.get("subnet").map(wire::subnet).unwrap_or_default())
        })
    }

    fn describe_subnets<'a>(&'a self, asked_for: Asked<'a>) -> Answer<'a, Vec<Subnet>> {
        Box::pin(async move {
            let said = asked(asked_for, "SubnetId");
            let found = self.ec2.all("DescribeSubnets", said, "subnetSet").await?;
            Ok(found.iter().map(wire::subnet).collect())
        })
    }

    fn change_subnet<'a>(&'a self, subnet: &'a str, change: &'a SubnetChange) -> Answer<'a, ()> {
        self.ec2
            .done("ModifySubnetAttribute", wire::subnet_change(subnet, change))
    }

    fn associate_subnet_block<'a>(
        &'a self,
        subnet: &'a str,
        ipv6_cidr: &'a str,
    ) -> Answer<'a, String> {
        let said = [("SubnetId", subnet), ("Ipv6CidrBlock", ipv6_cidr)];
        self.associate("AssociateSubnetCidrBlock", said)
    }

    fn disassociate_subnet_block<'a>(&'a self, association: &'a str) -> Answer<'a, ()> {
        self.ec2.done(
            "DisassociateSubnetCidrBlock",
            [("AssociationId", association)],
        )
    }

    fn delete_subnet<'a>(&'a self, subnet: &'a str) -> Answer<'a, ()> {
        self.ec2.done("DeleteSubnet", [("SubnetId", subnet)])
    }

    fn interfaces_in<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<NetworkInterface>> {
        Box::pin(async move {
            let filters = [Filter::new("subnet-id", [subnet])];
            let said = asked(Asked::Filtered(&filters), "NetworkInterfaceId");
            let found = self
                .ec2
                .all("DescribeNetworkInterfaces", said, "networkInterfaceSet")
                .await?;
            Ok(found.iter().map(wire::interface).collect())
        })
    }

    fn delete_interface<'a>(&'a self, interface: &'a str) -> Answer<'a, ()> {
        self.ec2.done(
            "DeleteNetworkInterface",
            [("NetworkInterfaceId", interface)],
        )
    }

    fn create_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()> {
        self.change_tags("CreateTags", resource, tags)
    }

    fn delete_tags<'a>(
        &'a self,
        resource: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()> {
        self.change_tags("DeleteTags", resource, tags)
    }

    fn describe_zones<'a>(
        &'a self,
        all: bool,
        names: &'a [String],
        ids: &'a [String],
        filters: &'a [Filter],
    ) -> Answer<'a, Vec<Zone>> {
        Box::pin(async move {
            let mut said = Parameters::default();
            if all {
                said.say("AllAvailabilityZones", "true");
            }
            said.list("ZoneName", names);
            said.list("ZoneId", ids);
            wire::say_filters(&mut said, filters);
            let found = self
                .ec2
                .all("DescribeAvailabilityZones", said, "availabilityZoneInfo")
                .await?;
            Ok(found.iter().map(wire::zone).collect())
        })
    }
}
